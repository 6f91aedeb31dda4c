/**
 * @file Markov chains of tokens, the "Gaussian mixture" of text: entropy, likelihood, samples, and p(x0_i | x_t) in closed form by
 * the forward-backward recursion, under any noise that takes each token by itself.
 */
import { foldIn, type Key } from '../base/key.ts';
import { dimensionOf, zeros, type Tensor } from '../base/tensor.ts';
import { drawCategorical } from './categorical.ts';
import { batchOfTokens, normalizeInto, rowAt, sequencesOf } from './tokens.ts';

/** The law of a chain x_1, x_2, ... of K states. */
export interface MarkovChain {
  /** p(x_1), `[K]`, of sum 1. */
  readonly initial: readonly number[];
  /** p(x_{i+1} = b | x_i = a) as row a, each of sum 1. */
  readonly transition: readonly (readonly number[])[];
}

/** q(x_t = seen | x0 = k) for each k, `[K]`: how a noised token was likely to come about. */
export type Emission = (seen: number) => ArrayLike<number>;

/** The emission of masks: a token that is seen is itself, one that is masked may be any. */
export function maskEmission(states: number): Emission {
  const rows = Array.from({ length: states + 1 }, (_, seen) =>
    Float64Array.from({ length: states }, (_, k) => Number(seen === states || seen === k)),
  );
  return (seen) => rows[seen] ?? [];
}

/** The entropy of the first L tokens, in nats. */
export function chainEntropy({ initial, transition }: MarkovChain, length: number): number {
  const entropy = (p: readonly number[]): number => p.reduce((sum, q) => sum - (q > 0 ? q * Math.log(q) : 0), 0);
  let marginal: readonly number[] = initial;
  let total = entropy(initial);
  for (let i = 1; i < length; i++) {
    total += marginal.reduce((sum, p, a) => sum + p * entropy(transition[a] ?? []), 0);
    marginal = initial.map((_, b) => marginal.reduce((sum, p, a) => sum + p * (transition[a]?.[b] ?? 0), 0));
  }
  return total;
}

/** log p(x) of one sequence, in nats. */
export function chainLogProbability({ initial, transition }: MarkovChain, x: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) {
    const k = x[i] ?? 0;
    total += Math.log((i === 0 ? initial[k] : transition[x[i - 1] ?? 0]?.[k]) ?? 0);
  }
  return total;
}

/** Sequences `[keys.length, L]`, of which each depends on its key alone. */
export function drawChain({ initial, transition }: MarkovChain, keys: readonly Key[], length: number): Tensor {
  const rows = keys.map((key) => {
    const row = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      const law = i === 0 ? initial : transition[row[i - 1] ?? 0];
      row[i] = drawCategorical(foldIn(key, i), law ?? []);
    }
    return row;
  });
  return batchOfTokens(rows);
}

/**
 * p(x0_i | x_t) of each position `[B, L, K]` for noised sequences `[B, L]`.
 * @param options.without - leaves what is seen of position i itself out: p(x0_i | x_t without i). Default false
 * @see Rabiner 1989, section III
 */
export function chainPosteriors(
  chain: MarkovChain,
  x: Tensor,
  emission: Emission,
  { without = false }: { readonly without?: boolean } = {},
): Tensor {
  const { length: states } = chain.initial;
  const out = zeros([...x.shape, states]);
  const length = dimensionOf(x, 1);
  sequencesOf(x).forEach((sequence, b) => {
    const { before, after } = messages(chain, sequence, emission);
    for (let i = 0; i < length; i++) {
      const seen = emission(sequence[i] ?? 0);
      const row = rowAt(out, b * length + i);
      for (let k = 0; k < states; k++)
        row[k] = (before[i]?.[k] ?? 0) * (after[i]?.[k] ?? 0) * (without ? 1 : (seen[k] ?? 0));
      normalizeInto(row);
    }
  });
  return out;
}

/** log p(x_t) of each noised sequence, in nats. */
export function noisedLogProbability(chain: MarkovChain, x: Tensor, emission: Emission): Float64Array {
  return Float64Array.from(sequencesOf(x), (sequence) => messages(chain, sequence, emission).logEvidence);
}

interface Messages {
  /** p(x0_i | what is seen before i). */
  readonly before: readonly Float64Array[];
  /** p(what is seen after i | x0_i) but for a factor. */
  readonly after: readonly Float64Array[];
  readonly logEvidence: number;
}

function messages({ initial, transition }: MarkovChain, seen: Uint32Array, emission: Emission): Messages {
  const { length: states } = initial;
  const all = Array.from({ length: states }, (_, k) => k);
  const before: Float64Array[] = [];
  let logEvidence = 0;
  let next: Float64Array = Float64Array.from(initial);
  for (const token of seen) {
    const own = next;
    before.push(own);
    const row = emission(token);
    const joint = own.map((p, k) => p * (row[k] ?? 0));
    const evidence = joint.reduce((sum, p) => sum + p, 0);
    logEvidence += Math.log(evidence);
    next = Float64Array.from(all, (b) =>
      joint.reduce((sum, p, a) => sum + (p / evidence) * (transition[a]?.[b] ?? 0), 0),
    );
  }
  const after: Float64Array[] = [];
  let message: Float64Array = new Float64Array(states).fill(1);
  for (let i = seen.length - 1; i >= 0; i--) {
    const own = message;
    after.unshift(own);
    const row = emission(seen[i] ?? 0);
    const joint = own.map((p, k) => p * (row[k] ?? 0));
    message = normalizeInto(
      Float64Array.from(all, (a) => joint.reduce((sum, p, b) => sum + (transition[a]?.[b] ?? 0) * p, 0)),
    );
  }
  return { before, after, logEvidence };
}
