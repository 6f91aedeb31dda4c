/** @file Models of the next token by the few before it, counted: what a model of tokens is measured against. */
import type { Estimate } from './estimate.ts';

/** A counted model. */
export interface NGram {
  /** n: the next token is predicted from the n - 1 before it. */
  readonly order: number;
  /** -log2 of the probability of each token after those before it; the first ones have fewer before them. */
  bits(tokens: ArrayLike<number>): Float64Array;
}

interface Follower {
  total: number;
  readonly counts: Map<number, number>;
}

/**
 * Counts how often each of K tokens follows each context of up to n - 1 tokens, and mixes the orders as Witten and Bell: a context that was
 * followed by r different tokens in c places leaves r / (r + c) to the shorter one, and the empty context to even odds.
 * @see Witten and Bell 1991, method C; Chen and Goodman 1999, section 2.5
 */
export function nGram(
  tokens: ArrayLike<number>,
  { order, states }: { readonly order: number; readonly states: number },
): NGram {
  const contexts = new Map<string, Follower>();
  for (let i = 0; i < tokens.length; i++)
    for (const context of contextsAt(tokens, i, order)) {
      const known = contexts.get(context) ?? { total: 0, counts: new Map<number, number>() };
      contexts.set(context, known);
      known.total += 1;
      known.counts.set(tokens[i]!, (known.counts.get(tokens[i]!) ?? 0) + 1);
    }
  const probability = (all: ArrayLike<number>, i: number): number => {
    let p = 1 / states;
    for (const context of contextsAt(all, i, order)) {
      const known = contexts.get(context);
      if (known === undefined) break;
      const { total, counts } = known;
      p = ((counts.get(all[i]!) ?? 0) + counts.size * p) / (total + counts.size);
    }
    return p;
  };
  return { order, bits: (all) => Float64Array.from({ length: all.length }, (_, i) => -Math.log2(probability(all, i))) };
}

/** The contexts of a token, the shortest first, as texts. */
function contextsAt(tokens: ArrayLike<number>, i: number, order: number): string[] {
  const out = [''];
  for (let n = 1; n < Math.min(order, i + 1); n++) out.push(`${tokens[i - n]!},${out[n - 1]!}`);
  return out;
}

/** The mean of values of neighbors, which may depend on each other, with the error over parts of `size` of them. */
export function meanOfParts(values: Float64Array, size: number): Estimate {
  const parts: number[] = [];
  for (let begin = 0; begin + size <= values.length; begin += size)
    parts.push(values.subarray(begin, begin + size).reduce((sum, value) => sum + value, 0) / size);
  const n = parts.length;
  const mean = parts.reduce((sum, value) => sum + value, 0) / n;
  const variance = parts.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return {
    value: values.reduce((sum, value) => sum + value, 0) / values.length,
    standardError: Math.sqrt(variance / n),
  };
}
