/** @file What losses share: factors per sample, sums over samples, and how the squares of one sample are joined. */
import { reshape, sum } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import type { LossSite } from './objective.ts';

/** A factor per sample, `[B]`, as one that broadcasts over samples of x `[B, …]`. */
export function perSample(factor: Node, x: Node): Node {
  return reshape(
    factor,
    x.shape.map((size, i) => (i === 0 ? size : 1)),
  );
}

/** The sum over each sample of x `[B, …]`, `[B]`. */
export function sumPerSample(x: Node): Node {
  return sum(x, x.shape.map((_, i) => i).slice(1));
}

/** The factor of a mean over the samples of a step, whichever part of them a loss is written for. */
export function meanFactor({ batch, total = batch }: Pick<LossSite, 'batch' | 'total'>): number {
  return 1 / total;
}

/** The sections of a batch whose samples are all treated alike. */
export function oneSection(batch: number): readonly number[] {
  return [batch];
}

/** How the squares of one sample are joined: their sum, half of it, or their mean. */
export type Reduction = 'sum' | 'halfSum' | 'mean';

/** The factor that turns a sum of squares over a sample of `size` numbers into its reduction, averaged over a batch. */
export function reductionFactor(reduction: Reduction, { size, batch }: { size: number; batch: number }): number {
  const factors: Readonly<Record<Reduction, number>> = { sum: 1, halfSum: 0.5, mean: 1 / size };
  return factors[reduction] / batch;
}
