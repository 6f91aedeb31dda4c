/**
 * @file Noise of tokens in discrete steps: q(x_n | x_{n-1}) is row x_{n-1} of a matrix Q_n, and q(x_n | x_0) row x_0 of the product
 * Q_1 … Q_n, in float64.
 * @see Austin et al. 2021, "Structured denoising diffusion models in discrete state-spaces", appendix A.2
 */
import { checkOptions, positiveInteger } from '../base/check.ts';

/** A process of K states in T steps. */
export interface TokenNoise {
  readonly kind: 'uniform' | 'absorbing' | 'gaussian';
  /** States of the chain: the tokens and, of absorbing noise, the mask as the last one. */
  readonly states: number;
  /** Tokens of data, the first of the states. */
  readonly tokens: number;
  /** T. */
  readonly steps: number;
  /** Q_n at (from, to), for n of 1 to T. */
  readonly step: (n: number, from: number, to: number) => number;
  /** (Q_1 … Q_n) at (from, to), for n of 0 to T. */
  readonly total: (n: number, from: number, to: number) => number;
}

/** Numbers of the products of a Gaussian process: half a GiB. */
const mostNumbers = 2 ** 26;

interface NoiseSize {
  readonly tokens: number;
  readonly steps: number;
}

/** The rates of the cosine schedule of uniform noise: 1 - abar(n) / abar(n - 1), at most 0.999. */
export function cosineRates(steps: number): Float64Array {
  const kept = (s: number): number => Math.cos((((s + 0.008) / 1.008) * Math.PI) / 2);
  return Float64Array.from({ length: steps }, (_, n) => Math.min(0.999, 1 - kept((n + 1) / steps) / kept(n / steps)));
}

/** Rates of even steps from one to another; the published ones by default. */
export function linearRates(steps: number, [first, last]: readonly [number, number] = [1e-4, 0.02]): Float64Array {
  return Float64Array.from({ length: steps }, (_, n) => first + ((last - first) * n) / Math.max(1, steps - 1));
}

/** Product of what is kept, for n of 0 to T. */
function products(rates: Float64Array): Float64Array {
  const out = new Float64Array(rates.length + 1).fill(1);
  for (let n = 1; n <= rates.length; n++) out[n] = out[n - 1]! * (1 - rates[n - 1]!);
  return out;
}

function checkSize({ tokens, steps }: NoiseSize): void {
  checkOptions(positiveInteger('steps', steps), [
    Number.isInteger(tokens) && tokens >= 2,
    'tokens',
    `expected 2 or more, got ${tokens}`,
  ]);
}

/** Uniform noise: Q = (1 - b) I + (b / K) 1 1^T, with rates of the cosine schedule by default. */
export function uniformNoise(size: NoiseSize, rates: Float64Array = cosineRates(size.steps)): TokenNoise {
  checkSize(size);
  const { tokens, steps } = size;
  const kept = products(rates);
  const at = (keep: number, from: number, to: number): number => (from === to ? keep : 0) + (1 - keep) / tokens;
  return {
    ...{ kind: 'uniform', states: tokens, tokens, steps },
    step: (n, from, to) => at(1 - rates[n - 1]!, from, to),
    total: (n, from, to) => at(kept[n]!, from, to),
  };
}

/** Noise that turns tokens into masks: Q = (1 - b) I + b 1 e_m^T with b_n = 1 / (T - n + 1), so that n / T of all are masked at n. */
export function absorbingNoise(size: NoiseSize): TokenNoise {
  checkSize(size);
  const { tokens, steps } = size;
  const at = (keep: number, from: number, to: number): number => {
    if (from === tokens) return Number(to === tokens);
    return to === tokens ? 1 - keep : from === to ? keep : 0;
  };
  return {
    ...{ kind: 'absorbing', states: tokens + 1, tokens, steps },
    step: (n, from, to) => at(1 - 1 / (steps - n + 1), from, to),
    total: (n, from, to) => at(1 - n / steps, from, to),
  };
}

/**
 * The discretized Gaussian, for tokens with an order: off the diagonal the softmax over all offsets n of -(K - 1) to K - 1 of
 * -4 n^2 / ((K - 1)^2 b), and on it what is left, so that rows and columns sum to 1. Offsets are those of the formula for every K.
 * @throws ConfigError if the products of the matrices are too many numbers.
 * @see Austin et al. 2021, eq. 13
 */
export function gaussianNoise(size: NoiseSize, rates: Float64Array = gaussianRates(size)): TokenNoise {
  checkSize(size);
  const { tokens, steps } = size;
  checkOptions([
    (steps + 1) * tokens ** 2 <= mostNumbers,
    'steps',
    `expected at most ${Math.floor(mostNumbers / tokens ** 2) - 1} for ${tokens} tokens, got ${steps}`,
  ]);
  const matrices = Array.from(rates, (rate) => gaussianMatrix(tokens, rate));
  const totals: Float64Array[] = [
    Float64Array.from({ length: tokens ** 2 }, (_, i) => Number(Math.floor(i / tokens) === i % tokens)),
  ];
  for (const matrix of matrices) totals.push(product(totals.at(-1)!, matrix, tokens));
  return {
    ...{ kind: 'gaussian', states: tokens, tokens, steps },
    step: (n, from, to) => matrices[n - 1]![from * tokens + to]!,
    total: (n, from, to) => totals[n]![from * tokens + to]!,
  };
}

/**
 * The published rates, 1e-4 to 0.02 for 256 tokens and 1000 steps, so that as much noise comes with the first step and in all for other
 * numbers of them.
 */
function gaussianRates({ tokens, steps }: NoiseSize): Float64Array {
  const first = 1e-4 * (255 / (tokens - 1)) ** 2;
  return linearRates(steps, [first, Math.max(first, 20 / steps)]);
}

function gaussianMatrix(tokens: number, rate: number): Float64Array {
  const weight = (offset: number): number => Math.exp((-4 * offset ** 2) / ((tokens - 1) ** 2 * rate));
  let all = 1;
  for (let n = 1; n < tokens; n++) all += 2 * weight(n);
  const out = new Float64Array(tokens ** 2);
  for (let from = 0; from < tokens; from++) {
    let rest = 1;
    for (let to = 0; to < tokens; to++) {
      if (from === to) continue;
      const value = weight(to - from) / all;
      out[from * tokens + to] = value;
      rest -= value;
    }
    out[from * tokens + from] = rest;
  }
  return out;
}

function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size ** 2);
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++) {
      const value = a[i * size + k]!;
      for (let j = 0; j < size; j++) out[i * size + j]! += value * b[k * size + j]!;
    }
  return out;
}

/** The processes by name, with their published rates. */
export const tokenNoises: Readonly<Record<TokenNoise['kind'], (size: NoiseSize) => TokenNoise>> = {
  uniform: (size) => uniformNoise(size),
  absorbing: absorbingNoise,
  gaussian: (size) => gaussianNoise(size),
};
