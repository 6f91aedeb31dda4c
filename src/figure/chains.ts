/** @file Where chains of Langevin steps end, and the mode of a mixture at which each does. */
import type { Tensor } from '../base/tensor.ts';
import type { Mixture } from '../data/dataset.ts';
import type { Estimate } from '../evaluate/estimate.ts';
import { modeWeights } from '../evaluate/mode-weights.ts';
import { langevinChains, type ChainOptions } from '../sample/chains.ts';
import { asTensors } from './mixture.ts';

/** Where chains of annealed Langevin dynamics end, not denoised. */
export async function annealedChains(options: ChainOptions): Promise<Tensor> {
  let { start: x } = options;
  for await (const state of langevinChains(options)) ({ x } = state);
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

/** The part of points `[n, d]` that belongs to component k of a mixture. */
export function weightOfMode(x: Tensor, mixture: Mixture, k: number): Estimate {
  return modeWeights(x, asTensors(mixture)).found[k] ?? { value: NaN, standardError: NaN };
}

/** An estimate as people read it: 0.21 \u00b1 0.01. */
export function withError({ value, standardError }: Estimate): string {
  const digits = standardError > 0 ? Math.max(2, Math.ceil(-Math.log10(standardError))) : 2;
  return `${value.toFixed(digits)} \u00b1 ${standardError.toFixed(digits)}`;
}
