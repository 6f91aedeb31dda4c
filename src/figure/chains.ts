/** @file Chains of Langevin steps from any start, and the mode of a mixture at which each ends. */
import { foldIn, split, type Key } from '../base/key.ts';
import { uniform } from '../base/random.ts';
import { tensor, type Tensor } from '../base/tensor.ts';
import type { Mixture } from '../data/dataset.ts';
import type { Estimate } from '../evaluate/estimate.ts';
import { modeWeights } from '../evaluate/mode-weights.ts';
import type { AxisRange } from '../plot/svg-frame.ts';
import { foldAll } from '../sample/along-grid.ts';
import { annealedLangevin } from '../sample/correctors/annealed-langevin.ts';
import { edm } from '../sde/processes/edm.ts';
import type { ScoreFn } from '../sde/score-fn.ts';
import { asTensors } from './mixture.ts';

/** A way through noise levels. */
export interface ChainOptions {
  /** A score whose time is the noise level. */
  readonly score: ScoreFn;
  /** One per chain. */
  readonly keys: readonly Key[];
  /** Where the chains begin, `[n, d]`. */
  readonly start: Tensor;
  /** Noise levels, in their order. */
  readonly levels: readonly number[];
  /** Step size alpha over the square of the noise level. */
  readonly stepSize: number;
  /** Steps x + alpha/2 s + sqrt(alpha) z at each level. */
  readonly steps: number;
}

/**
 * Where chains of annealed Langevin dynamics end, not denoised.
 * @see Song and Ermon 2019, algorithm 1
 */
export async function annealedChains({ score, keys, start, levels, stepSize, steps }: ChainOptions): Promise<Tensor> {
  const takeStep = annealedLangevin({ stepSize, steps, convention: 'paper' })(edm(), score);
  let x = start;
  for (const [i, level] of levels.entries()) x = (await takeStep(foldAll(keys, i), x, level, level)).x;
  return x;
}

/**
 * Where chains of plain Langevin dynamics on the law of the data end: a chain at one level, whose square is the unit of the
 * step size, with the score of the data.
 * @see Song and Ermon 2019, eq. 4
 */
export function plainChains({
  score,
  unit,
  ...options
}: Omit<ChainOptions, 'levels'> & { unit: number }): Promise<Tensor> {
  return annealedChains({ ...options, levels: [unit], score: (x) => score(x, 0) });
}

/** Noise levels from the first to the last in equal ratios. */
export function geometricLevels(first: number, last: number, n: number): readonly number[] {
  return Array.from({ length: n }, (_, i) => first * (last / first) ** (i / (n - 1)));
}

/** Points spread evenly over a square, each from its own key, with the keys of their chains. */
export function evenStart(
  key: Key,
  side: AxisRange,
  n: number,
): { readonly keys: readonly Key[]; readonly start: Tensor } {
  const keys = split(key, n);
  const [low, high] = side;
  const start = keys.flatMap((own) => Array.from(uniform(foldIn(own, 'start'), 2), (u) => low + (high - low) * u));
  return { keys, start: tensor(start, [n, 2]) };
}

/** The part of points `[n, d]` that belongs to component k of a mixture. */
export function weightOfMode(x: Tensor, mixture: Mixture, k: number): Estimate {
  return modeWeights(x, asTensors(mixture)).found[k] ?? { value: NaN, standardError: NaN };
}

/** An estimate as people read it: 0.21 \u00b1 0.01. */
export function withError({ value, standardError }: Estimate): string {
  const digits = standardError > 0 ? Math.max(2, Math.ceil(-Math.log10(standardError))) : 2;
  return `${value.toFixed(digits)} \u00b1 ${standardError.toFixed(digits)}`;
}
