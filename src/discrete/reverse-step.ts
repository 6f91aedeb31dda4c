/**
 * @file The steps of a process of tokens backward. What a model says of x0 becomes a law of x_{n-1} in one of two forms:
 *
 * - `mixture`: sum over x0 of q(x_{n-1} | x_n, x0) p(x0 | x_n). Its best p is the posterior p(x0_i | x_n), which cross-entropy
 *   learns too.
 * - `published`: q(x_n | x_{n-1}) sum over x0 of q(x_{n-1} | x0) p(x0), normalized. The factor q(x_n^i | .) stands in the formula, so that
 *   its best p is p(x0_i | x_n without position i) and not the posterior; cross-entropy draws the network away from it, unless the
 *   noise is absorbing, where both agree.
 */
import { normalizeInto } from './tokens.ts';
import type { TokenNoise } from './token-noise.ts';

/** How p(x0) becomes a law of x_{n-1}. */
export type ReverseForm = 'mixture' | 'published';

/**
 * q(x_{n-1} | x_n, x0) of each state: Q_n(x_{n-1}, x_n) (Q_1 … Q_{n-1})(x0, x_{n-1}), normalized.
 * @see Austin et al. 2021, eq. 3
 */
export function tokenPosterior(noise: TokenNoise, n: number, seen: number, x0: number): Float64Array {
  return normalizeInto(
    Float64Array.from({ length: noise.states }, (_, j) => noise.step(n, j, seen) * noise.total(n - 1, x0, j)),
  );
}

/**
 * p(x_{n-1} | x_n) of each state from what a model says of x0.
 * @param p - p(x0), `[tokens]`
 * @see Austin et al. 2021, eq. 4
 */
export function reverseLaw(
  noise: TokenNoise,
  form: ReverseForm,
  { n, seen, p }: { readonly n: number; readonly seen: number; readonly p: ArrayLike<number> },
): Float64Array {
  const { states, tokens } = noise;
  const weights = Float64Array.from(
    { length: tokens },
    (_, k) => p[k]! * reverseWeight(noise, form, { n, seen, x0: k }),
  );
  const out = new Float64Array(states);
  for (let j = 0; j < states; j++) {
    const likely = noise.step(n, j, seen);
    if (likely === 0) continue;
    let sum = 0;
    for (let k = 0; k < tokens; k++) sum += weights[k]! * noise.total(n - 1, k, j);
    out[j] = likely * sum;
  }
  return normalizeInto(out);
}

/** What p(x0 = k) is multiplied with in a form: 1 / q(x_n | x0) in the mixture, whose terms are normalized one by one. */
export function reverseWeight(
  noise: TokenNoise,
  form: ReverseForm,
  { n, seen, x0 }: { readonly n: number; readonly seen: number; readonly x0: number },
): number {
  if (form === 'published') return 1;
  const evidence = noise.total(n, x0, seen);
  return evidence === 0 ? 0 : 1 / evidence;
}

/** KL(q || p) of two laws, in nats. */
export function klNats(q: ArrayLike<number>, p: ArrayLike<number>): number {
  let total = 0;
  for (let k = 0; k < q.length; k++) if (q[k]! > 0) total += q[k]! * Math.log(q[k]! / p[k]!);
  return total;
}
