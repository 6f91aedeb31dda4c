/** @file The variational bound of a process of tokens in steps: the sum of L_{n-1} over n, and L_T. */
import { foldIn, split, type Key } from '../base/key.ts';
import { indexOf, stratified } from '../base/random.ts';
import { dimensionOf, zeros, type Tensor } from '../base/tensor.ts';
import { drawCategorical } from './categorical.ts';
import { klNats, reverseLaw, tokenPosterior, type ReverseForm } from './reverse-step.ts';
import type { TokenNoise } from './token-noise.ts';
import { batchOfTokens, rowAt, sequencesOf, type TokenProbabilities } from './tokens.ts';

/** A noised sequence x_n: each token drawn from q(x_n | x0) by itself. */
export function noiseTokens(noise: TokenNoise, x0: ArrayLike<number>, n: number, key: Key): Float64Array {
  const own = (i: number): ArrayLike<number> =>
    Float64Array.from({ length: noise.states }, (_, j) => noise.total(n, x0[i]!, j));
  const u = tokenKeys(key, x0.length);
  return Float64Array.from(x0, (_, i) => drawCategorical(u(i), own(i)));
}

function tokenKeys(key: Key, length: number): (i: number) => Key {
  const keys = split(key, length);
  return (i) => keys[i]!;
}

/**
 * The term of step n for one noised sequence of a batch, in nats: the divergence of p(x_{n-1} | x_n) from q(x_{n-1} | x_n, x0), summed
 * over the positions. At n = 1 that is -log p(x0 | x_1) by the same formula; the released code takes the output of the network for that law.
 * @param p - of the batch, `[B, L, tokens]`
 * @see Austin et al. 2021, eq. 1
 */
export function stepNats(
  noise: TokenNoise,
  form: ReverseForm,
  {
    n,
    x,
    x0,
    p,
    row,
  }: { readonly n: number; readonly x: Tensor; readonly x0: Tensor; readonly p: Tensor; readonly row: number },
): number {
  const length = dimensionOf(x, 1);
  let total = 0;
  for (let at = row * length; at < (row + 1) * length; at++) {
    const [seen, clean] = [x.data[at]!, x0.data[at]!];
    const own = rowAt(p, at);
    total += klNats(tokenPosterior(noise, n, seen, clean), reverseLaw(noise, form, { n, seen, p: own }));
  }
  return total;
}

/** KL of q(x_T | x0) from the law that sampling starts with, in nats: uniform, or masks alone. */
export function priorNats(noise: TokenNoise, x0: ArrayLike<number>): number {
  const start = startLaw(noise);
  let total = 0;
  for (let i = 0; i < x0.length; i++)
    total += klNats(
      Float64Array.from({ length: noise.states }, (_, j) => noise.total(noise.steps, x0[i]!, j)),
      start,
    );
  return total;
}

/** The law of each token that sampling starts with. */
export function startLaw({ kind, states }: TokenNoise): Float64Array {
  return new Float64Array(states).fill(1 / states).map((p, j) => (kind === 'absorbing' ? Number(j === states - 1) : p));
}

/**
 * The bound of one sequence in nats, summed over all noised sequences of all steps, for sequences that have few.
 */
export async function exactChainBound(
  noise: TokenNoise,
  form: ReverseForm,
  probabilities: TokenProbabilities,
  x0: ArrayLike<number>,
): Promise<number> {
  const { length } = x0;
  const { states, steps } = noise;
  const x = zeros([states ** length, length]);
  const clean = zeros(x.shape);
  for (let row = 0; row < states ** length; row++)
    for (let i = 0; i < length; i++) {
      x.data[row * length + i] = Math.floor(row / states ** i) % states;
      clean.data[row * length + i] = x0[i]!;
    }
  let total = priorNats(noise, x0);
  for (let n = 1; n <= steps; n++) {
    const p = await probabilities(x, n / steps);
    for (let row = 0; row < states ** length; row++) {
      let likely = 1;
      for (let i = 0; i < length; i++) likely *= noise.total(n, x0[i]!, x.data[row * length + i]!);
      if (likely > 0) total += likely * stepNats(noise, form, { n, x, x0: clean, p, row });
    }
  }
  return total;
}

/**
 * A bound of -log p(x0) of each sequence, in nats, from one noised sequence of a step n drawn for each: T times the term of n, and the
 * term of the end.
 * @param keys - one a sequence
 */
export async function drawChainBound(
  probabilities: TokenProbabilities,
  x0: Tensor,
  { noise, form, keys, strata }: { noise: TokenNoise; form: ReverseForm; keys: readonly Key[]; strata: Key },
): Promise<Float64Array> {
  const { steps } = noise;
  const at = Array.from(stratified(foldIn(strata, 'steps'), keys.length), (u) => 1 + indexOf(u, steps));
  const out = new Float64Array(keys.length);
  const sequences = sequencesOf(x0);
  const seen = sequences.map((row, i) => noiseTokens(noise, row, at[i]!, foldIn(keys[i]!, 'noise')));
  for (const [i, row] of sequences.entries()) {
    const n = at[i]!;
    const [x, clean] = [batchOfTokens([seen[i]!]), batchOfTokens([row])];
    const p = await probabilities(x, n / steps);
    out[i] = steps * stepNats(noise, form, { n, x, x0: clean, p, row: 0 }) + priorNats(noise, row);
  }
  return out;
}
