/** @file Sounds of which a part is lost: gaps, and values beyond a level that a recording could not contain. */
import { checkOptions } from '../../base/check.ts';

/** A sound with what is lost of it. */
export interface Damaged {
  /** What is left: silence in gaps, the level where it was clipped. */
  readonly measured: Float32Array;
  /** The same, NaN where the sound is lost. */
  readonly known: Float32Array;
  /** The level beyond which values were clipped; undefined of gaps. */
  readonly level?: number;
}

/** Part of the level from which on a value counts as clipped. */
const clippedPart = 0.999;

/** Pairs of neighbors at the greatest value that a clipped sound has at least; peaks of others come to it alone. */
const fewestPairs = 2;

/**
 * A sound with gaps.
 * @param gaps - begin and end of each, in seconds
 * @throws ConfigError unless each begins before it ends, within the sound.
 */
export function withGaps(
  wave: Float32Array,
  rate: number,
  gaps: readonly (readonly [begin: number, end: number])[],
): Damaged {
  const seconds = wave.length / rate;
  for (const [begin, end] of gaps)
    checkOptions([
      begin >= 0 && begin < end && end <= seconds,
      'gap',
      `expected a begin and a later end within the ${Number(seconds.toPrecision(4))} s of the sound, got ${begin},${end}`,
    ]);
  const isLost = (n: number): boolean => gaps.some(([begin, end]) => n >= begin * rate && n < end * rate);
  return {
    measured: wave.map((value, n) => (isLost(n) ? 0 : value)),
    known: wave.map((value, n) => (isLost(n) ? NaN : value)),
  };
}

/**
 * A sound that is clipped at a level, or was clipped at its greatest value.
 * @param level - full scale is 1; by default the greatest value of the sound, which must have been reached several times
 * @throws ConfigError if nothing of the sound is clipped.
 */
export function withClipping(wave: Float32Array, level?: number): Damaged & { readonly level: number } {
  const most = wave.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
  const at = level ?? most;
  const isLost = (value: number): boolean => Math.abs(value) >= clippedPart * at;
  const lost = wave.reduce((count, value) => count + Number(isLost(value)), 0);
  const pairs = wave.reduce((count, value, n) => count + Number(n > 0 && isLost(value) && isLost(wave[n - 1]!)), 0);
  checkOptions([
    at > 0 && (level === undefined ? pairs >= fewestPairs : lost > 0),
    'level',
    level === undefined
      ? `expected a clipped sound, which stands at its greatest value for several values, found that it does so ${pairs} times; say where it is to be clipped with --level`
      : `expected a level of at most the greatest value, ${Number(most.toPrecision(4))}, got ${level}`,
  ]);
  return {
    level: at,
    measured: wave.map((value) => Math.min(at, Math.max(-at, value))),
    known: wave.map((value) => (isLost(value) ? NaN : value)),
  };
}

/** A restored sound that is beyond the level wherever the measured one was clipped, with its sign. */
export function beyondLevel(restored: Float32Array, { measured, known, level }: Damaged): Float32Array {
  if (level === undefined) return restored;
  return restored.map((value, n) => {
    if (!Number.isNaN(known[n])) return value;
    const sign = Math.sign(measured[n]!);
    return sign * Math.max(sign * value, level);
  });
}

/**
 * How near a sound is to another where that was lost: 10 log10 (sum x^2 / sum (x - y)^2), in decibels.
 * @param truth - x
 */
export function lostDecibels(truth: Float32Array, y: Float32Array, known: Float32Array): number {
  let [power, error] = [0, 0];
  truth.forEach((value, n) => {
    if (!Number.isNaN(known[n])) return;
    power += value ** 2;
    error += (value - y[n]!) ** 2;
  });
  return 10 * Math.log10(power / Math.max(error, Number.MIN_VALUE));
}
