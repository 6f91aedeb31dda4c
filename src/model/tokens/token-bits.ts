/** @file Bits a token of sequences under a model of tokens. */
import { foldIn, key } from '../../base/key.ts';
import { drawChainBound } from '../../discrete/chain-bound.ts';
import type { Corruption } from '../../discrete/corruption.ts';
import { drawMaskedBound } from '../../discrete/masked.ts';
import { batchOfTokens, type TokenProbabilities } from '../../discrete/tokens.ts';
import { meanEstimate, type Estimate } from '../../evaluate/estimate.ts';

/** Bits of sequences under a model. */
export interface TokenBits {
  /** At most so many bits a token, with the error over sequences and draws. */
  readonly bitsPerToken: Estimate;
  /** Bits a token of each sequence: the mean over the draws. */
  readonly each: Float64Array;
  /** The part of the error that more draws would take away; undefined with one draw. */
  readonly drawError: number | undefined;
}

/** How bits are estimated. */
export interface TokenBitsOptions {
  /** Sequences of the set. */
  readonly rows: readonly number[];
  /** Noised sequences for each, at least 1. Default 8. */
  readonly draws?: number | undefined;
  /** Seed of the noise, an integer of 0 or more. Default 0. */
  readonly seed?: number | undefined;
}

/** The part of the estimate that is done. */
export interface BitsStep {
  readonly fraction: number;
}

/** What is measured. */
export interface BitsSubject {
  readonly probabilities: TokenProbabilities;
  readonly corruption: Corruption;
  /** K. */
  readonly states: number;
  /** L. */
  readonly length: number;
  /** Sequences, end to end. */
  readonly x0: Float32Array;
}

/** Sequences that are computed together. */
export const together = 32;

/** Noised sequences for each unless another number is asked for. */
export const defaultDraws = 8;

/** Estimates a bound of the bits of each sequence, whose random numbers depend on its place alone. */
export async function* estimateBits(
  { probabilities, corruption, states, length, x0 }: BitsSubject,
  { draws = defaultDraws, seed = 0 }: Pick<TokenBitsOptions, 'draws' | 'seed'>,
): AsyncGenerator<BitsStep, TokenBits> {
  const count = x0.length / length;
  const all = Array.from({ length: count }, () => new Float64Array(draws));
  for (let draw = 0; draw < draws; draw++)
    for (let begin = 0; begin < count; begin += together) {
      const part = Array.from({ length: Math.min(together, count - begin) }, (_, i) => begin + i);
      const base = foldIn(foldIn(key(seed), 'bound'), draw);
      const keys = part.map((i) => foldIn(foldIn(base, 'keys'), i));
      const how = { keys, strata: foldIn(foldIn(base, 'strata'), begin) };
      const clean = batchOfTokens(part.map((i) => x0.subarray(i * length, (i + 1) * length)));
      const nats =
        corruption.kind === 'masked'
          ? await drawMaskedBound(probabilities, clean, { ...how, states })
          : await drawChainBound(probabilities, clean, { ...how, ...corruption });
      part.forEach((i, j) => all[i]?.set([(nats[j] ?? 0) / length / Math.LN2], draw));
      yield { fraction: (draw + (begin + part.length) / count) / draws };
    }
  const estimates = all.map((values) => meanEstimate(values));
  const each = Float64Array.from(estimates, ({ value }) => value);
  const squares = estimates.reduce((sum, { standardError }) => sum + standardError ** 2, 0);
  return {
    bitsPerToken: meanEstimate(each),
    each,
    drawError: draws < 2 ? undefined : Math.sqrt(squares) / count,
  };
}
