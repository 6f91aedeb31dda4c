/** @file SMLD (NCSN) as an SDE: the VE process through a table of noise levels. */
import { checkOptions } from '../../base/check.ts';
import { smldSigmas } from './discrete.ts';
import { monotoneCubic } from '../time/monotone-cubic.ts';
import type { Sde } from '../sde.ts';
import { levelGrid, levelsOf } from '../time/time-grid.ts';

/** Options of `smld`, in the units of the scaled data. */
export interface SmldOptions {
  /** Noise levels, ascending; `smldSigmas()` by default. */
  readonly sigmas?: ArrayLike<number>;
}

/**
 * The noise levels sigma_1 < ... < sigma_N of SMLD as an affine process: level i stands at t = i / N, where alpha = 1 and
 * sigma = sigma_i; between levels log(sigma) is a smooth rising curve h, with f = 0 and g = sigma sqrt(2 dh/dt). Of a
 * geometric sequence that is a VE SDE.
 * @throws ConfigError unless there are two levels or more, positive and rising.
 * @see Song et al. 2021, appendix B; Song and Ermon 2019, section 4
 */
export function smld({ sigmas = smldSigmas() }: SmldOptions = {}): Sde {
  const table = Float64Array.from(sigmas);
  const wrong = table.findIndex((sigma, i) => !(sigma > (table[i - 1] ?? 0) && sigma < Infinity));
  checkOptions(
    [table.length > 1, 'sigmas', `expected 2 levels or more, got ${table.length}`],
    [wrong < 0, 'sigmas', `expected rising positive numbers, got ${table[wrong]} at ${wrong}`],
  );
  const levels = levelsOf(table.length);
  const logSigma = monotoneCubic(table.map(Math.log), { first: 1 / table.length, step: 1 / table.length });
  const sigma = (t: number): number => Math.exp(logSigma.value(t));
  return Object.freeze({
    kind: 'smld',
    tMin: 1 / table.length,
    tEnd: 1 / table.length,
    tMax: 1,
    priorStd: sigma(1),
    alpha: () => 1,
    sigma,
    f: () => 0,
    g: (t: number) => sigma(t) * Math.sqrt(2 * logSigma.slope(t)),
    levels,
    grid: levelGrid(levels),
  });
}
