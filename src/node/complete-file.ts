/** @file Tables and series of which parts are missing, completed: files of samples and of their quantiles. */
import { join } from 'node:path';
import { checkOptions } from '../base/check.ts';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import type { DataSet } from '../data/dataset.ts';
import type { Completion } from '../model/completion/completion.ts';
import type { TrainedModel } from '../model/trained.ts';
import { writeTogether } from '../io/atomic.ts';
import { makeFolder } from '../io/folders.ts';

/**
 * Writes a completion into a folder: `draws`, every sample of every row in the format of the file that had gaps, and `holes.csv`, for each value that was missing the quantiles of its samples, or the shares of
 * its categories.
 * @throws ConfigError if the samples are of a kind that is not written as text.
 * @throws FileError if a file cannot be written.
 */
export function completeFile(
  { trained }: { readonly trained: TrainedModel },
  folder: string,
  {
    set,
    completion,
    quantiles,
    file,
  }: {
    readonly set: DataSet;
    readonly completion: Completion;
    readonly quantiles: readonly number[];
    readonly file: string;
  },
): Readonly<Record<'draws' | 'holes', string>> {
  const kind = dataKindOf(trained.data, trained.catalog);
  const { formats = [], name } = kind;
  const format = formats.find(({ ending }) => file.toLowerCase().endsWith(ending)) ?? formats[0];
  checkOptions([
    format !== undefined && kind.holes !== undefined,
    'table',
    `expected a model of tables, series or fields, found one of ${name}`,
  ]);
  const { samples, rows, count } = completion;
  const row = rows.flatMap((own) => new Array<number>(count).fill(own + 1));
  const draw = row.map((_, i) => (i % count) + 1);
  const draws = `draws${format?.ending ?? ''}`;
  const contents = [
    [draws, format?.write(samples, { row, draw }) ?? ''],
    ['holes.csv', kind.holes?.(set, completion, quantiles) ?? ''],
  ] as const;
  makeFolder(folder);
  writeTogether(folder, contents);
  return { draws: join(folder, draws), holes: join(folder, 'holes.csv') };
}
