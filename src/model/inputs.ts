/** @file Samples of data as a model reads them. */
import { checkOptions } from '../base/check.ts';
import { key } from '../base/key.ts';
import type { Tensor } from '../base/tensor.ts';
import { sampleShape } from '../data/dataset.ts';
import { dataSetOf, type DataInput } from './data-input.ts';
import { modelInputs } from './density/likelihood-estimates.ts';
import type { TrainedModel } from './trained.ts';

/** Which samples of data are taken, and the noise that makes bytes continuous. */
export interface InputOptions {
  /** Rows of the data; all of them by default. The noise of a sample depends on the seed and its row. */
  readonly rows?: readonly number[] | undefined;
  /** Seed of the noise of bytes. Default 0. */
  readonly seed?: number | undefined;
}

/** Data in the range of the model, bytes with uniform noise that depends on the seed. */
export function givenInputs(trained: TrainedModel, input: DataInput, { seed = 0, rows }: InputOptions): Tensor {
  const set = dataSetOf(input, trained);
  const own = rows ?? Array.from({ length: set.count }, (_, row) => row);
  const outside = own.find((row) => !Number.isInteger(row) || row < 0 || row >= set.count);
  checkOptions([
    outside === undefined,
    'rows',
    `expected 0 to ${set.count - 1}, samples of ${set.name}, got ${outside}`,
  ]);
  const x = modelInputs(trained, set, own, key(seed));
  return { ...x, shape: [own.length, ...sampleShape(set)] };
}
