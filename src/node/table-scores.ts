/** @file How strange each row of a table is, as a table. */
import { checkOptions } from '../base/check.ts';
import { sizeOf } from '../base/tensor.ts';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import type { DataSet } from '../data/dataset.ts';
import type { LikelihoodResult } from '../model/density/log-likelihood.ts';
import type { TrainedModel } from '../model/trained.ts';

/**
 * Makes the text of the rows with `bits`, -log2 of the density of each, whose continuous columns are densities in their units.
 * @param file - for the message
 * @throws ConfigError if the samples are of a kind that is not written as text.
 */
export function tableOfScores(
  { trained }: { readonly trained: TrainedModel },
  set: DataSet,
  file: string,
): (found: Pick<LikelihoodResult, 'bitsPerDim' | 'rows'>) => string | Uint8Array {
  const kind = dataKindOf(trained.data, trained.catalog);
  const { formats = [], name } = kind;
  const format = formats.find(({ ending }) => file.toLowerCase().endsWith(ending));
  if (format === undefined || kind.take === undefined) {
    checkOptions([false, 'out', `expected a file .npz for ${name}, got ${file}`]);
    return () => '';
  }
  return ({ bitsPerDim, rows }) =>
    format.write(kind.take?.(set, rows) ?? set, {
      bits: bitsPerDim.map((bits) => Number((bits * sizeOf(trained.data.shape)).toFixed(4))),
    });
}
