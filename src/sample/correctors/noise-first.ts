/** @file Annealed Langevin dynamics whose steps add their noise before the score is taken, as ShapeGF has it. */
import { combine } from '../../base/arith.ts';
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { foldIn } from '../../base/key.ts';
import { normalBatch } from '../../base/random.ts';
import type { Tensor } from '../../base/tensor.ts';
import { suitedGrid, type TimeGrid } from '../../sde/time/time-grid.ts';
import { alongGrid, foldAll } from '../along-grid.ts';
import type { Sampler } from '../sampler.ts';
import type { StepResult } from '../sampler-step.ts';

/** Options of `noiseFirstLangevin`. */
export interface NoiseFirstOptions {
  /** Intervals of the time grid, between one level more. Default 9. */
  readonly steps?: number;
  /** The levels. Default `suitedGrid`, those of a discrete SDE. */
  readonly grid?: TimeGrid;
  /** Steps at each level, the first and the last one too. Default 10. */
  readonly repeats?: number;
}

/**
 * At each level sigma, from the largest on, steps x' = x + sqrt(2) sigma z and x'' = x' + sigma^2 s(x', sigma): a Langevin step of size sigma^2 whose score is taken
 * after its noise, so that the last step ends without noise. Of a point x_0 alone every step ends in x_0; of N(0, v) a step takes the variance V
 * to (V + 2 sigma^2) (v / (v + sigma^2))^2.
 * @throws ConfigError unless steps and repeats are positive integers.
 * @see Cai et al. 2020, algorithm 1
 */
export function noiseFirstLangevin({ steps = 9, grid = suitedGrid, repeats = 10 }: NoiseFirstOptions = {}): Sampler {
  checkOptions(positiveInteger('repeats', repeats));
  return alongGrid({ steps, grid, denoiseLast: false }, ({ sde, score, keys }) => {
    const own = foldAll(keys, 'corrector');
    const at = async (x: Tensor, t: number, index: number): Promise<Tensor> => {
      const sigma = sde.sigma(t);
      let state = x;
      for (let repeat = 0; repeat < repeats; repeat++) {
        const z = normalBatch(
          own.map((key) => foldIn(foldIn(key, index), repeat)),
          x.shape.slice(1),
        );
        const noisy = combine([1, state], [Math.SQRT2 * sigma, z]);
        state = combine([1, noisy], [sigma ** 2, await score(noisy, t)]);
      }
      return state;
    };
    return async (x, { index, from, to }): Promise<StepResult> => {
      const first = index === 0 ? await at(x, from, 0) : x;
      const moved = await at(first, to, index + 1);
      return { x: moved, mean: moved };
    };
  });
}
