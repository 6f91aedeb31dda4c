/** @file The SDE dx = sigma^t dw of Song's tutorial. */
import { above, checkOptions } from '../../base/check.ts';
import type { Sde } from '../sde.ts';
import { timeRules, type TimeOptions } from '../time/times.ts';

/** Options of `sigmaPower`. */
export interface SigmaPowerOptions extends TimeOptions {
  /** Base of the diffusion coefficient, above 1. Default 25. */
  readonly sigma?: number;
}

/**
 * The SDE dx = b^t dw with the base b = `sigma`: alpha = 1, sigma(t) = sqrt((b^(2t) - 1) / (2 log b)), f = 0, g = b^t.
 * @throws ConfigError unless sigma > 1 and 0 < tMin <= tEnd < 1.
 * @see Song 2021, "Generative modeling by estimating gradients of the data distribution" and its tutorial notebook
 */
export function sigmaPower(options: SigmaPowerOptions = {}): Sde {
  const { sigma: base = 25, tMin = 1e-5, tEnd = Math.max(tMin, 1e-3) } = options;
  checkOptions(above('sigma', base, ['the constant', 1]), ...timeRules({ tMin, tEnd, tMax: 1 }));
  const rate = 2 * Math.log(base);
  const sigma = (t: number): number => Math.sqrt(Math.expm1(rate * t) / rate);
  return Object.freeze({
    kind: 'sigma-power',
    tMin,
    tEnd,
    tMax: 1,
    priorStd: sigma(1),
    alpha: () => 1,
    sigma,
    f: () => 0,
    g: (t: number) => base ** t,
  });
}
