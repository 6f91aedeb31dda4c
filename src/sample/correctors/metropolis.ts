/** @file The accept-reject step that makes a proposal leave a density exactly invariant. */
import { foldIn, type Key } from '../../base/key.ts';
import { uniform } from '../../base/random.ts';
import { concatRows, takeRows, type Tensor } from '../../base/tensor.ts';

/** log p_t at each sample of `x`, up to a constant: what the score is the gradient of. */
export type LogDensity = (x: Tensor, t: number) => Float64Array;

/** Which proposals are taken: each with probability min(1, e^ratio), never where the ratio is not a number. */
export function accepts(keys: readonly Key[], logRatios: readonly number[]): readonly boolean[] {
  return keys.map((key, i) => Math.log(uniform(foldIn(key, 'accept'), 1)[0] ?? 1) < (logRatios[i] ?? -Infinity));
}

/** The rows of `proposed` that are taken, and those of `current` in place of the others. */
export function pick(taken: readonly boolean[], proposed: Tensor, current: Tensor): Tensor {
  return takeRows(
    concatRows([proposed, current]),
    taken.map((yes, i) => (yes ? i : taken.length + i)),
  );
}
