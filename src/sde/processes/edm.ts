/** @file The SDE of EDM, whose time is the noise level itself. */
import { above, atLeast, checkOptions, positive } from '../../base/check.ts';
import type { Sde } from '../sde.ts';
import { karrasGrid } from '../time/time-grid.ts';

/** Options of `edm`, in the units of the scaled data. */
export interface EdmOptions {
  /** Smallest noise level, and so tMin. Default 0.002. */
  readonly sigmaMin?: number;
  /** Largest noise level, and so tMax. Default 80. */
  readonly sigmaMax?: number;
  /** Noise level at which sampling ends. Default sigmaMin. */
  readonly tEnd?: number;
}

/**
 * The EDM noise process: alpha = 1, sigma(t) = t, f = 0, g = sqrt(2 t), for t from sigmaMin to sigmaMax.
 * @throws ConfigError unless 0 < sigmaMin <= tEnd < sigmaMax.
 * @see Karras et al. 2022, "Elucidating the design space of diffusion-based generative models", table 1
 * @example
 * ```ts
 * import { edm, finish, gaussian, heun, key, predictorCorrector, split, tensor } from 'scorefield';
 *
 * const sde = edm();
 * const { score } = gaussian(sde, { mean: tensor([1], [1]), std: 0.5 });
 * const sampler = predictorCorrector({ predictor: heun(), steps: 18 });
 * const { x } = await finish(sampler({ sde, score, shape: [1], keys: split(key(0), 10) }));
 * console.log(x.data);
 * ```
 */
export function edm({ sigmaMin = 0.002, sigmaMax = 80, tEnd = sigmaMin }: EdmOptions = {}): Sde {
  checkOptions(
    positive('sigmaMin', sigmaMin),
    atLeast('tEnd', tEnd, ['sigmaMin', sigmaMin]),
    above('sigmaMax', sigmaMax, ['tEnd', tEnd]),
  );
  return Object.freeze({
    kind: 'edm',
    tMin: sigmaMin,
    tEnd,
    tMax: sigmaMax,
    priorStd: sigmaMax,
    alpha: () => 1,
    sigma: (t: number) => t,
    f: () => 0,
    g: (t: number) => Math.sqrt(2 * t),
    // Even steps in t would be even steps in sigma, nearly all of them far from the data.
    grid: karrasGrid(),
  });
}
