/** @file The transformation after which any column of numbers is standard normal. */
import { normalCdf } from '../../base/gamma.ts';
import { probit } from '../../base/probit.ts';
import type { Fitted, Transform, TransformParts, TransformRecord } from './transform.ts';

/** Pieces of the distribution function between numbers that are no atoms. */
const pieces = 256;
/** Probability of numbers between two pieces, which no sample had: unlikely, and not impossible. */
const between = 1e-5;
const halfLog2Pi = 0.5 * Math.log(2 * Math.PI);

/** A part of the distribution: all in one number, or even between two. */
interface Piece {
  readonly mass: number;
  readonly from: number;
  readonly to: number;
}

/**
 * z = Phi^-1(F(value)) with the distribution function F of the data, piecewise linear in 256 pieces of equal probability. A number that more than
 * one in 256 samples have, or any of fewer than 256 numbers, is an atom: it is spread at random over its part of the range, and what is there on
 * the way back is that number again. So integers, zeros among other numbers and dates need nothing of their own.
 * @see Kotelnikov et al. 2023, "TabDDPM", section 3
 */
export const quantileNormal: TransformRecord = {
  name: 'quantile-normal',
  description: 'standard normal, whatever the distribution; numbers that many samples share are kept',
  fit: ({ sorted }: Fitted): TransformParts => {
    const all = withGaps(piecesOf(sorted));
    const total = all.reduce((sum, { mass }) => sum + mass, 0);
    let sum = 0;
    const p = all.map(({ mass }) => (sum += mass / total));
    // Beyond the extremes of n samples lies about 1 / n of the distribution.
    return {
      p: [0, ...p.slice(0, -1), 1].map((value) => Number(value.toPrecision(9))),
      x: [...all.map(({ from }) => from), all.at(-1)?.to ?? 0],
      tail: Math.max(1e-6, 0.5 / (sorted.length + 1)),
    };
  },
  build: ({ p, x, tail }) => {
    if (!isRising(p) || !isRising(x) || p.length !== x.length || p.length < 2) return undefined;
    if (typeof tail !== 'number' || !(tail > 0 && tail < 0.5) || p[0] !== 0 || p.at(-1) !== 1) return undefined;
    return quantiles({ p: Float64Array.from(p), x: Float64Array.from(x), tail });
  },
};

function isRising(value: unknown): value is readonly number[] {
  if (!Array.isArray(value) || !value.every((own) => Number.isFinite(own))) return false;
  const numbers = value as readonly number[];
  return numbers.every((own, i) => i === 0 || own >= (numbers[i - 1] ?? NaN));
}

/** How many different numbers there are, at most `most` of them are counted. */
function differentOf(sorted: Float64Array, most: number): number {
  let count = 0;
  for (let i = 0; i < sorted.length && count < most; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) count++;
  return count;
}

/** Atoms, and between them pieces with at least one in 256 of the samples. */
function piecesOf(sorted: Float64Array): readonly Piece[] {
  const n = sorted.length;
  const few = differentOf(sorted, pieces + 1) <= pieces;
  const least = n / pieces;
  const out: Piece[] = [];
  let open: { readonly from: number; to: number; count: number } | undefined;
  const close = (): void => {
    if (open !== undefined) out.push({ mass: open.count / n, from: open.from, to: open.to });
    open = undefined;
  };
  for (let at = 0, next = 0; at < n; at = next) {
    const value = sorted[at]!;
    while (next < n && sorted[next] === value) next++;
    const count = next - at;
    if (few || count >= least) {
      close();
      out.push({ mass: count / n, from: value, to: value });
      continue;
    }
    open ??= { from: value, to: value, count: 0 };
    open.to = value;
    open.count += count;
    if (open.count < least) continue;
    const { to } = open;
    close();
    // The next piece begins where this one ends, unless an atom stands there.
    open = { from: to, to, count: 0 };
  }
  if (open?.count === 0) open = undefined;
  close();
  return out.filter(({ mass }) => mass > 0);
}

function withGaps(all: readonly Piece[]): readonly Piece[] {
  return all.flatMap((piece, i) => {
    const next = all[i + 1];
    return next === undefined || next.from === piece.to
      ? [piece]
      : [piece, { mass: between, from: piece.to, to: next.from }];
  });
}

function quantiles({
  p,
  x,
  tail,
}: {
  readonly p: Float64Array;
  readonly x: Float64Array;
  readonly tail: number;
}): Transform {
  const last = p.length - 1;
  const share = 1 - 2 * tail;
  const z = p.map((value) => probit(tail + share * value));
  const [low, high, zLow, zHigh] = [x[0]!, x[last]!, z[0]!, z[last]!];
  // Numbers beyond those of the data lie along a normal law of their width.
  const width = high > low ? (high - low) / (zHigh - zLow) : Math.abs(low) || 1;
  return {
    toModel: (value, u) => {
      if (value < low) return zLow - (low - value) / width;
      if (value > high) return zHigh + (value - high) / width;
      const k = firstAtLeast(x, value);
      if (x[k] === value) {
        const end = k < last && x[k + 1] === value ? k + 1 : k;
        return end === k ? z[k]! : probit(tail + share * (p[k]! + u * (p[end]! - p[k]!)));
      }
      const part = (value - x[k - 1]!) / (x[k]! - x[k - 1]!);
      return probit(tail + share * (p[k - 1]! + part * (p[k]! - p[k - 1]!)));
    },
    toData: (at) => {
      if (at <= zLow) return low;
      if (at >= zHigh) return high;
      const k = firstAtLeast(z, at);
      if (z[k] === at || x[k] === x[k - 1]) return x[k]!;
      const part = ((normalCdf(at) - tail) / share - p[k - 1]!) / (p[k]! - p[k - 1]!);
      return x[k - 1]! + Math.min(1, Math.max(0, part)) * (x[k]! - x[k - 1]!);
    },
    logSlope: (at) => {
      if (at <= zLow || at >= zHigh) return -Math.log(width);
      const k = firstAtLeast(z, at);
      const mass = share * (p[k]! - p[k - 1]!);
      const length = x[k]! - x[k - 1]!;
      // dp/dx, or the probability of an atom, over the standard normal density.
      return Math.log(length > 0 ? mass / length : mass) + 0.5 * at * at + halfLog2Pi;
    },
  };
}

/** The first place of rising numbers with at least a value, by halving. */
function firstAtLeast(numbers: Float64Array, value: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
