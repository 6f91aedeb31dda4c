/** @file Tables and series of which parts are missing, completed: files of samples and of their quantiles. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../base/system-problem.ts';
import { checkOptions } from '../base/check.ts';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import type { DataSet } from '../data/dataset.ts';
import type { Completion } from '../model/completion/completion.ts';
import type { TrainedModel } from '../model/trained.ts';
import { writeTogether } from '../io/atomic.ts';

/**
 * Writes a completion into a folder: `draws.csv`, every sample of every row, and `holes.csv`, for each value that was missing the quantiles of its samples, or the shares of
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
  }: { readonly set: DataSet; readonly completion: Completion; readonly quantiles: readonly number[] },
): Readonly<Record<string, string>> {
  const kind = dataKindOf(trained.data, trained.catalog);
  const { formats = [], name } = kind;
  const [format] = formats;
  checkOptions([
    format !== undefined && kind.holes !== undefined,
    'table',
    `expected a model of tables, series or fields, found one of ${name}`,
  ]);
  const { samples, rows, count } = completion;
  const row = rows.flatMap((own) => new Array<number>(count).fill(own + 1));
  const draw = row.map((_, i) => (i % count) + 1);
  const texts = {
    draws: format?.write(samples, { row, draw }) ?? '',
    holes: kind.holes?.(set, completion, quantiles) ?? '',
  };
  attempt(folder, 'cannot be created', () => mkdirSync(folder, { recursive: true }));
  writeTogether(
    folder,
    Object.entries(texts).map(([own, text]) => [`${own}.csv`, text] as const),
  );
  return Object.fromEntries(Object.keys(texts).map((own) => [own, join(folder, `${own}.csv`)]));
}
