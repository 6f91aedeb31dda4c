/** @file How far sounds are from others frame by frame: log-spectral and mel-cepstral distances. */
import { ShapeError } from '../base/errors.ts';
import { melLevels, type MelForm } from '../base/sound/mel.ts';
import { magnitudesOf, stft } from '../base/sound/stft.ts';
import { meanEstimate, type Estimate } from './estimate.ts';

/** Numbers of two sounds of as many frames. */
export interface FramePair {
  readonly a: ArrayLike<number>;
  /** The reference. */
  readonly b: ArrayLike<number>;
  readonly frames: number;
}

/** Frames of the reference that are quieter than the loudest by more, in decibels, are not heard. */
const heardDepth = 40;

/** Frames of a sound that are heard: those whose loudest number is within 40 dB of the loudest of all. */
function heardFrames(loudest: readonly number[]): readonly number[] {
  const most = loudest.reduce((a, b) => Math.max(a, b), -Infinity);
  return [...loudest.keys()].filter((t) => loudest[t]! >= most - heardDepth);
}

const decibels = (magnitude: number): number => 20 * Math.log10(Math.max(magnitude, Number.MIN_VALUE));

/**
 * The mean over frames of the root mean square difference of two spectra in decibels; each is counted from a floor below its own loudest value, and frames of the reference that
 * are not heard do not count.
 * @param pair - magnitudes `[frames, bins]`
 * @param floor - in decibels, 60 by default
 * @returns decibels: |20 log10 g| for a sound and g times that
 * @throws ShapeError if the two differ in length.
 * @see Gray and Markel 1976, "Distance measures for speech processing"
 */
export function logSpectralDistance({ a, b, frames }: FramePair, floor = 60): number {
  requireAlike(a, b);
  const bins = a.length / frames;
  const levelsOf = (x: ArrayLike<number>): Float64Array => {
    const levels = Float64Array.from(x, decibels);
    const least = levels.reduce((most, level) => Math.max(most, level), -Infinity) - floor;
    return levels.map((level) => Math.max(least, level));
  };
  const [one, other] = [levelsOf(a), levelsOf(b)];
  const heard = heardFrames(
    Array.from({ length: frames }, (_, t) => other.subarray(t * bins, (t + 1) * bins).reduce((x, y) => Math.max(x, y))),
  );
  const sum = heard.reduce((all, t) => {
    let squares = 0;
    for (let k = t * bins; k < (t + 1) * bins; k++) squares += (one[k]! - other[k]!) ** 2;
    return all + Math.sqrt(squares / bins);
  }, 0);
  return sum / heard.length;
}

/** Cepstral coefficients that count; the first, which is the loudness, does not. */
const coefficients = 13;

/**
 * The mean over frames of 10 sqrt(2) / ln 10 ||c - c'||, of the coefficients 1 to 13 of the orthonormal cosine transform of logarithms of mel bands; frames of the reference that
 * are not heard do not count.
 * @param pair - levels in decibels `[bands, frames]`
 * @returns decibels: 0 for a sound and a louder one
 * @throws ShapeError if the two differ in length.
 * @see Kubichek 1993, "Mel-cepstral distance measure for objective speech quality assessment"
 */
export function melCepstralDistance({ a, b, frames }: FramePair): number {
  requireAlike(a, b);
  const bands = a.length / frames;
  const count = Math.min(coefficients, bands - 1);
  const waves = Float64Array.from({ length: count * bands }, (_, j) => {
    const [k, band] = [1 + Math.floor(j / bands), j % bands];
    return Math.sqrt(2 / bands) * Math.cos((Math.PI * k * (band + 0.5)) / bands);
  });
  const column = (x: ArrayLike<number>, t: number): Float64Array =>
    Float64Array.from({ length: bands }, (_, band) => x[band * frames + t]!);
  const heard = heardFrames(
    Array.from({ length: frames }, (_, t) => column(b, t).reduce((x, y) => Math.max(x, y), -Infinity)),
  );
  // Levels of 20 log10 are 20 / ln 10 times natural logarithms.
  const scale = ((10 * Math.SQRT2) / Math.LN10) * (Math.LN10 / 20);
  const sum = heard.reduce((all, t) => {
    const [own, theirs] = [column(a, t), column(b, t)];
    let squares = 0;
    for (let k = 0; k < count; k++) {
      let apart = 0;
      for (let band = 0; band < bands; band++) apart += waves[k * bands + band]! * (own[band]! - theirs[band]!);
      squares += apart ** 2;
    }
    return all + scale * Math.sqrt(squares);
  }, 0);
  return sum / heard.length;
}

function requireAlike(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length !== b.length || a.length === 0)
    throw new ShapeError(`expected two sounds of one length, got ${a.length} and ${b.length} numbers`);
}

/** How far waves are from others, in decibels. */
export interface WaveDistance {
  /** Log-spectral distance. */
  readonly spectral: Estimate;
  /** Mel-cepstral distance. */
  readonly cepstral: Estimate;
}

/**
 * The mean distances of waves from others, each from its own.
 * @param form - of the frames and bands
 * @throws ShapeError if two differ in length.
 */
export function waveDistance(
  waves: readonly ArrayLike<number>[],
  others: readonly ArrayLike<number>[],
  form: MelForm,
): WaveDistance {
  const found = waves.map((wave, i) => {
    const truth = others[i] ?? [];
    const [a, b] = [stft(wave, form), stft(truth, form)];
    return [
      logSpectralDistance({ a: magnitudesOf(a), b: magnitudesOf(b), frames: a.frames }),
      melCepstralDistance({ a: melLevels(wave, form), b: melLevels(truth, form), frames: a.frames }),
    ] as const;
  });
  const mean = (part: 0 | 1): Estimate => meanEstimate(found.map((pair) => pair[part]));
  return { spectral: mean(0), cepstral: mean(1) };
}
