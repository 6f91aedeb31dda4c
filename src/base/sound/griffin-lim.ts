/** @file Sounds from magnitudes alone, by phases that the overlap of frames asks for. */
import type { Complex } from '../fft.ts';
import type { Key } from '../key.ts';
import { uniform } from '../random.ts';
import { inverseStft, stft, type FrameForm, type Stft } from './stft.ts';

/** Options of `griffinLim`. */
export interface GriffinLimOptions {
  /** Values of the sound. */
  readonly length: number;
  /** Of the phases that it begins with. */
  readonly key: Key;
  /** Number of transforms there and back. Default 32. */
  readonly iterations?: number;
  /** Acceleration, of 0 (the published algorithm of 1984) to 1. Default 0.99. */
  readonly momentum?: number;
  /** Values of the sound that are known, NaN where they are not: they are kept. None by default. */
  readonly known?: ArrayLike<number> | undefined;
}

/**
 * A sound whose spectra have nearly these magnitudes: in turn the nearest spectra of a sound, and the nearest of these magnitudes, with a step beyond.
 * @param magnitudes - `[frames, bins]`
 * @see Griffin and Lim 1984; Perraudin, Balazs and Sondergaard 2013, "A fast Griffin-Lim algorithm", algorithm 2
 */
export function griffinLim(
  magnitudes: Float64Array,
  form: FrameForm,
  { length, key, iterations = 32, momentum = 0.99, known }: GriffinLimOptions,
): Float64Array {
  const bins = form.window / 2 + 1;
  const turns = uniform(key, magnitudes.length);
  let phased: Complex = {
    re: magnitudes.map((size, at) => size * Math.cos(2 * Math.PI * turns[at]!)),
    im: magnitudes.map((size, at) => size * Math.sin(2 * Math.PI * turns[at]!)),
  };
  const transform = (spectrum: Complex): Stft => ({ frames: magnitudes.length / bins, bins, spectrum });
  const waveOf = (spectrum: Complex): Float64Array => {
    const wave = inverseStft(transform(spectrum), form, length);
    return known === undefined ? wave : wave.map((value, n) => (Number.isNaN(known[n]!) ? value : known[n]!));
  };
  let before: Complex | undefined;
  for (let i = 0; i < iterations; i++) {
    const own = stft(waveOf(phased), form).spectrum;
    phased = before === undefined ? own : { re: own.re.slice(), im: own.im.slice() };
    if (before !== undefined) stepBeyond(phased, before, momentum);
    before = own;
    phased = withMagnitudes(phased, magnitudes);
  }
  return waveOf(phased);
}

/** x + momentum (x - before), in place. */
function stepBeyond({ re, im }: Complex, before: Complex, momentum: number): void {
  for (let at = 0; at < re.length; at++) {
    re[at]! += momentum * (re[at]! - before.re[at]!);
    im[at]! += momentum * (im[at]! - before.im[at]!);
  }
}

/** Spectra of the same phases; those that have none are 0. */
function withMagnitudes({ re, im }: Complex, magnitudes: Float64Array): Complex {
  const out = { re: new Float64Array(re.length), im: new Float64Array(re.length) };
  for (let at = 0; at < re.length; at++) {
    const factor = magnitudes[at]! / Math.max(Math.sqrt(re[at]! ** 2 + im[at]! ** 2), 1e-12);
    out.re[at] = re[at]! * factor;
    out.im[at] = im[at]! * factor;
  }
  return out;
}
