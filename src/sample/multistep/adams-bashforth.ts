/** @file Adams-Bashforth methods in the noise level. */
import { combine } from '../../base/arith.ts';
import { checkOptions } from '../../base/check.ts';
import type { Sde } from '../../sde/sde.ts';
import { noiseRatio } from '../../sde/time/noise-ratio.ts';
import { polynomialMean, type EstimateNode } from './exponential.ts';
import type { MultistepOf, Visit } from './multistep.ts';

/** Options of `adamsBashforth`. */
export interface AdamsBashforthOptions {
  /** Slopes that a step uses. Default 3. */
  readonly order?: 1 | 2 | 3 | 4;
}

/**
 * Adams-Bashforth in the noise level r = sigma / alpha of y = x / alpha, for which the probability flow is dy/dr = z
 * with the noise z = (x - alpha D) / sigma: the polynomial through the last slopes, integrated exactly over steps of
 * any length. It is DEIS with polynomials in r.
 * @throws ConfigError unless order is 1, 2, 3 or 4.
 * @see Zhang and Chen 2023, "Fast sampling of diffusion models with exponential integrator", rhoAB-DEIS
 */
export function adamsBashforth({ order = 3 }: AdamsBashforthOptions = {}): MultistepOf {
  checkOptions([[1, 2, 3, 4].includes(order), 'order', `expected 1, 2, 3 or 4, got ${order}`]);
  return (sde) => ({
    memory: order,
    predict(_keys, past, to) {
      const [{ t: from, x }] = past;
      const dr = noiseRatio(sde, to) - noiseRatio(sde, from);
      const slopes = past.map((visit) => slopeAt(sde, visit, { from, dr }));
      const moved = combine([sde.alpha(to) / sde.alpha(from), x], [sde.alpha(to) * dr, polynomialMean(slopes, 0)]);
      return { x: moved, mean: moved };
    },
  });
}

function slopeAt(
  sde: Sde,
  { t, x, denoised }: Visit,
  { from, dr }: { readonly from: number; readonly dr: number },
): EstimateNode {
  const sigma = sde.sigma(t);
  return {
    u: (noiseRatio(sde, t) - noiseRatio(sde, from)) / dr,
    value: combine([1 / sigma, x], [-sde.alpha(t) / sigma, denoised]),
  };
}
