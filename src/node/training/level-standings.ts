/** @file How a run stands at each noise level, beside the best linear score of its data. */
import { matrixProducts } from '../../backend/matrix-product.ts';
import type { Backend } from '../../backend/program.ts';
import { foldIn, key } from '../../base/key.ts';
import { permutation } from '../../base/random.ts';
import { sizeOf } from '../../base/tensor.ts';
import { loadBatch } from '../../data/batch.ts';
import { sampleShape } from '../../data/dataset.ts';
import { wienerError } from '../../evaluate/wiener.ts';
import { standings, type LevelErrors, type LevelStanding } from '../../train/level-errors.ts';
import type { Prepared } from './prepared.ts';

/** Samples of the covariance at most, of numbers that make a small one, or of more. */
const [mostSamples, fewSamples] = [4096, 512];
const small = 1024;

/** A function that makes standings of errors; the covariance of the data is computed when it is first called. */
export function levelStandings(
  { set, training: { scaler, process } }: Pick<Prepared, 'set' | 'training'>,
  backend: Backend,
): (errors: LevelErrors | undefined) => Promise<readonly LevelStanding[] | undefined> {
  let linear: Promise<(ratio: number) => number> | undefined;
  const computed = async (): Promise<(ratio: number) => number> => {
    const size = sizeOf(sampleShape(set));
    const count = Math.min(set.count, size > small ? fewSamples : mostSamples);
    const own = foldIn(key(0), 'covariance');
    const rows = Array.from(permutation(own, set.count)).slice(0, count);
    const products = matrixProducts(backend);
    try {
      const data = loadBatch(set, scaler, rows, own);
      return await wienerError({ count, size, data }, (a, b, sizes) => products.of(a, b, sizes));
    } finally {
      await products.dispose();
    }
  };
  return async (errors) => errors && standings(errors, process.sde, await (linear ??= computed()));
}
