/** @file DDPM as an SDE: the VP process through a table of betas. */
import { ddpmTables } from './discrete.ts';
import { monotoneCubic } from '../time/monotone-cubic.ts';
import type { Sde } from '../sde.ts';
import { levelGrid, levelsOf } from '../time/time-grid.ts';

/** Options of `ddpm`. */
export interface DdpmOptions {
  /** Variance that each step adds, from data to noise; `linearBetas()` by default. */
  readonly betas?: ArrayLike<number>;
}

/**
 * The DDPM chain of betas beta_1, ..., beta_N as an affine process: level i stands at t = i / N, where alpha^2 is the
 * product of 1 - beta_k up to i. Between levels B = -log(alpha^2) is a smooth rising curve, with alpha = exp(-B / 2),
 * sigma = sqrt(1 - exp(-B)), f = -B' / 2 and g = sqrt(B').
 * @throws ConfigError unless there are two betas or more, each above 0 and below 1.
 * @see Song et al. 2021, appendix B; Ho et al. 2020, eq. 4
 */
export function ddpm({ betas }: DdpmOptions = {}): Sde {
  const { beta } = ddpmTables(betas);
  const levels = levelsOf(beta.length);
  let sum = 0;
  const table = beta.map((b) => (sum -= Math.log1p(-b)));
  const integral = monotoneCubic(Float64Array.from([0, ...table]), { first: 0, step: 1 / beta.length });
  return Object.freeze({
    kind: 'ddpm',
    tMin: 1 / beta.length,
    tEnd: 1 / beta.length,
    tMax: 1,
    priorStd: 1,
    alpha: (t: number) => Math.exp(-0.5 * integral.value(t)),
    sigma: (t: number) => Math.sqrt(-Math.expm1(-integral.value(t))),
    f: (t: number) => -0.5 * integral.slope(t),
    g: (t: number) => Math.sqrt(integral.slope(t)),
    levels,
    grid: levelGrid(levels),
  });
}
