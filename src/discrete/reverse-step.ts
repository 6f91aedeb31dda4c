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
  const weights = reverseWeights(noise, form, { n, seen }).map((weight, k) => p[k]! * weight);
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

/** Tokens that are so much less likely than another one to have become what is seen are left out. */
const leastEvidence = 1e-12;

/**
 * What p(x0 = k) of each token is multiplied with in a form, up to a factor: 1, or in the mixture, whose terms are normalized one by one,
 * 1 / q(x_n | x0 = k), of which the least is 1.
 */
export function reverseWeights(
  { tokens, total }: TokenNoise,
  form: ReverseForm,
  { n, seen }: { readonly n: number; readonly seen: number },
): Float64Array {
  const weights = new Float64Array(tokens).fill(1);
  if (form === 'published') return weights;
  const evidence = weights.map((_, k) => total(n, k, seen));
  const most = evidence.reduce((a, b) => Math.max(a, b));
  return evidence.map((own) => (own < leastEvidence * most ? 0 : most / own));
}

/** KL(q || p) of two laws, in nats. */
export function klNats(q: ArrayLike<number>, p: ArrayLike<number>): number {
  let total = 0;
  for (let k = 0; k < q.length; k++) if (q[k]! > 0) total += q[k]! * Math.log(q[k]! / p[k]!);
  return total;
}
