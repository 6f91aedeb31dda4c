/**
 * @file Masked diffusion: each token is kept until time t with probability alpha(t), else it is masked. The bound of -log p is an
 * integral over time, or, what is the same, a mean over the number of masks.
 */
import { indexOf, stratified } from '../base/random.ts';
import { foldIn, type Key } from '../base/key.ts';
import { dimensionOf, type Tensor } from '../base/tensor.ts';
import { fineUniform } from './categorical.ts';
import { batchOfTokens, rowAt, sequencesOf, type TokenProbabilities } from './tokens.ts';

/** How fast tokens are masked. */
export interface MaskSchedule {
  readonly kind: 'linear' | 'cosine';
  /** The probability that a token is kept until t, from 1 at 0 to 0 at 1. */
  readonly alpha: (t: number) => number;
  /** The weight of the loss, -alpha'(t) / (1 - alpha(t)). */
  readonly weight: (t: number) => number;
}

/** alpha = 1 - t, of weight 1 / t. */
export const linearMasks: MaskSchedule = { kind: 'linear', alpha: (t) => 1 - t, weight: (t) => 1 / t };

/**
 * alpha = 1 - cos(pi (1 - t) / 2), which masks slowly while little is masked.
 * @see Shi et al. 2024, "Simplified and generalized masked diffusion for discrete data", table 1
 */
export const cosineMasks: MaskSchedule = {
  kind: 'cosine',
  alpha: (t) => 1 - Math.cos((Math.PI / 2) * (1 - t)),
  weight: (t) => (Math.PI / 2) * Math.tan((Math.PI / 2) * (1 - t)),
};

/** The schedules by name. */
export const maskSchedules: Readonly<Record<MaskSchedule['kind'], MaskSchedule>> = {
  linear: linearMasks,
  cosine: cosineMasks,
};

/**
 * A sequence with each token masked with probability 1 - kept, by a key of its own.
 * @param mask - the number of a mask, K
 */
export function maskTokens(
  key: Key,
  x0: ArrayLike<number>,
  { kept, mask }: { readonly kept: number; readonly mask: number },
): Float64Array {
  const u = fineUniform(key, x0.length);
  return Float64Array.from(x0, (token, i) => ((u[i] ?? 0) < kept ? token : mask));
}

/** A sequence with `count` masks, at places of which each choice is as likely. */
function maskSome(
  key: Key,
  x0: ArrayLike<number>,
  { count, mask }: { readonly count: number; readonly mask: number },
): Float64Array {
  const u = fineUniform(key, x0.length);
  const order = Array.from(x0, (_, i) => i).sort((a, b) => (u[a] ?? 0) - (u[b] ?? 0));
  const out = Float64Array.from(x0);
  for (const i of order.slice(0, count)) out[i] = mask;
  return out;
}

/** -sum log p(x0_i | x) over the masked positions of one sequence of a batch, in nats. */
export function maskedNats(p: Tensor, { x, x0, row }: { x: Tensor; x0: Tensor; row: number }): number {
  const [length, states] = [dimensionOf(x, 1), dimensionOf(p, 2)];
  let total = 0;
  for (let at = row * length; at < (row + 1) * length; at++)
    if (x.data[at] === states) total -= Math.log(rowAt(p, at)[x0.data[at] ?? 0] ?? 0);
  return total;
}

/**
 * A bound of -log p(x0) of each sequence, in nats, from one set of masks each:
 * E over k uniform on 1 to L and k masks of (L / k) sum over masks of -log p(x0_i | x). It is the continuous bound of Sahoo et al. 2024
 * (eq. 10) and Shi et al. 2024 (eq. 5) with the time integrated out, so that no weight is large, and it is exact for exact p.
 * @param keys - one a sequence
 * @see Hoogeboom et al. 2022, "Autoregressive diffusion models", eq. 4
 */
export async function drawMaskedBound(
  probabilities: TokenProbabilities,
  x0: Tensor,
  { keys, states, strata }: { readonly keys: readonly Key[]; readonly states: number; readonly strata: Key },
): Promise<Float64Array> {
  const length = dimensionOf(x0, 1);
  const levels = stratified(foldIn(strata, 'masks'), keys.length);
  const counts = keys.map((_, i) => 1 + indexOf(levels[i] ?? 0, length));
  const masked = sequencesOf(x0).map((row, i) =>
    maskSome(foldIn(keys[i] ?? strata, 'places'), row, { count: counts[i] ?? 1, mask: states }),
  );
  const x = batchOfTokens(masked);
  // What is masked says all of the time, so that a batch may have sequences of many.
  const p = await probabilities(x, 1);
  return Float64Array.from(counts, (count, row) => (length / count) * maskedNats(p, { x, x0, row }));
}

/**
 * The same bound of one sequence, summed over all of its 2^L - 1 sets of masks.
 * @param weight - of a set of k masks among L, by default that of the continuous bound; of a chain of T steps see `stepWeights`
 */
export async function exactMaskedBound(
  probabilities: TokenProbabilities,
  x0: ArrayLike<number>,
  states: number,
  weight: (masks: number) => number = continuousWeight(x0.length),
): Promise<number> {
  const { length } = x0;
  const rows: Float64Array[] = [];
  for (let set = 1; set < 2 ** length; set++)
    rows.push(Float64Array.from({ length }, (_, i) => ((set >> i) & 1 ? states : (x0[i] ?? 0))));
  const x = batchOfTokens(rows);
  const clean = batchOfTokens(rows.map(() => x0));
  const p = await probabilities(x, 1);
  return rows.reduce((sum, row, i) => {
    const masks = row.filter((token) => token === states).length;
    return sum + weight(masks) * maskedNats(p, { x, x0: clean, row: i });
  }, 0);
}

/** int_0^1 (1 / t) t^k (1 - t)^(L - k) dt = (k - 1)! (L - k)! / L!, the weight of one set of k masks. */
function continuousWeight(length: number): (masks: number) => number {
  return (masks) => {
    let choices = 1;
    for (let j = 1; j <= masks; j++) choices *= (length - masks + j) / j;
    return 1 / (masks * choices);
  };
}

/**
 * The weights of `exactMaskedBound` for a chain of T steps:
 * sum_n (alpha_{n-1} - alpha_n) / (1 - alpha_n) (1 - alpha_n)^k alpha_n^(L - k) with alpha_n = alpha(n / T).
 * @see Sahoo et al. 2024, eq. 9
 */
export function stepWeights(schedule: MaskSchedule, steps: number, length: number): (masks: number) => number {
  return (masks) => {
    let total = 0;
    for (let n = 1; n <= steps; n++) {
      const [before, after] = [schedule.alpha((n - 1) / steps), schedule.alpha(n / steps)];
      total += ((before - after) / (1 - after)) * (1 - after) ** masks * after ** (length - masks);
    }
    return total;
  };
}
