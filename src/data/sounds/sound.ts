/** @file What a set of sounds is: clips of one length and one rate, as waves or as mel spectrograms. */
import { key, foldIn } from '../../base/key.ts';
import { griffinLim } from '../../base/sound/griffin-lim.ts';
import { magnitudesOfLevels, melLevels, usualBands, type MelForm } from '../../base/sound/mel.ts';
import { framesOf } from '../../base/sound/stft.ts';
import type { Shape } from '../../base/tensor.ts';
import type { OwnSet } from '../kinds/set-kind.ts';

/** What a network sees of sounds. */
export const soundViews = ['mel', 'wave'] as const;

/** What all clips of a set have in common, and what a model of them keeps. */
export interface SoundForm {
  /** `mel` are levels of bands `[1, bands, frames]`, `wave` are waves `[1, length]`. */
  readonly as: (typeof soundViews)[number];
  /** L, values of a clip. */
  readonly length: number;
  /** The bands of its spectrogram, and the rate. */
  readonly mel: MelForm;
}

/** Clips. */
export interface SoundSet extends OwnSet {
  readonly form: SoundForm;
  /** What a network sees in units of the data: decibels `[count, bands, frames]`, or waves `[count, length]`, of which full scale is 1. */
  readonly values: Float32Array;
  /** Waves `[count, length]`, NaN where a value is missing; undefined of spectrograms that a model has drawn. */
  readonly waves?: Float32Array | undefined;
  /** Sizes of the grid as a network sees it. */
  readonly grid: Shape;
  /** The bands of its spectrograms. */
  readonly mel: MelForm;
  /** Of spectrograms, bands and frames. */
  readonly height?: number;
  readonly width?: number;
}

/** Seconds of a frame, about; levels below the floor are not heard; the lowest band begins here, in Hz. */
const [frameSeconds, floor, low] = [0.032, -70, 60] as const;

/** The usual bands of sounds of a rate: frames of about 32 ms that begin every quarter of that. */
export function usualMel(rate: number): MelForm {
  const window = 2 ** Math.max(5, Math.round(Math.log2(frameSeconds * rate)));
  const [high, from] = [rate / 2, Math.min(low, rate / 40)];
  return {
    rate,
    window,
    hop: window / 4,
    bands: usualBands({ rate, window, low: from, high }),
    low: from,
    high,
    floor,
  };
}

/** The shape of a clip as a network sees it. */
export function soundShapeOf({ as, length, mel }: SoundForm): Shape {
  return as === 'mel' ? [1, mel.bands, framesOf(length, mel)] : [1, length];
}

/** The levels of a clip, `[bands, frames]`. */
export function levelsOfRow({ form, values, waves }: SoundSet, row: number): Float32Array {
  const { mel, length } = form;
  const size = mel.bands * framesOf(length, mel);
  return form.as === 'mel'
    ? values.subarray(row * size, (row + 1) * size)
    : Float32Array.from(melLevels((waves ?? values).subarray(row * length, (row + 1) * length), mel));
}

/** Rounds of the decoder of spectrograms. */
const iterations = 40;

/** The wave of a clip as it is; undefined where it has to be found, of a spectrogram alone or with a part of the wave. */
function knownWave({ form, values, waves }: SoundSet, row: number): Float32Array | undefined {
  const { length, as } = form;
  const all = waves ?? (as === 'wave' ? values : undefined);
  const own = all?.subarray(row * length, (row + 1) * length);
  return own === undefined || (as === 'mel' && own.some(Number.isNaN)) ? undefined : own;
}

/** The wave of a clip; of a spectrogram alone one that has such levels, by Griffin and Lim's algorithm. */
export function waveOfRow(set: SoundSet, row: number): Float32Array {
  const { form, values, waves } = set;
  const own = knownWave(set, row);
  if (own !== undefined) return own;
  const known = waves?.subarray(row * form.length, (row + 1) * form.length);
  const rows = decoded.get(values) ?? new Map<number, Float32Array>();
  decoded.set(values, rows);
  const wave = rows.get(row) ?? decodedLevels(levelsOfRow(set, row), form, { seed: row, known });
  rows.set(row, wave);
  return wave;
}

/** Finds the waves of the clips of which they are not known, which `waveOfRow` has then at once; yields the part of them that is done. */
export function* findWaves(set: SoundSet): Generator<number, void> {
  const rows = Array.from({ length: set.count }, (_, row) => row).filter((row) => knownWave(set, row) === undefined);
  for (const [i, row] of rows.entries()) {
    waveOfRow(set, row);
    yield (i + 1) / rows.length;
  }
}

/** Waves that were decoded of some levels, which a picture and files both need. */
const decoded = new WeakMap<Float32Array, Map<number, Float32Array>>();

/**
 * A wave of levels `[bands, frames]`.
 * @param options.seed - of the phases that it begins with, 0 by default
 * @param options.known - its values where they are known, else NaN; none by default
 */
export function decodedLevels(
  levels: ArrayLike<number>,
  { mel, length }: SoundForm,
  { seed = 0, known }: { readonly seed?: number; readonly known?: Float32Array | undefined } = {},
): Float32Array {
  const magnitudes = magnitudesOfLevels(levels, mel);
  const options = { length, iterations, known, key: foldIn(key(0), `phases ${seed}`) };
  return Float32Array.from(griffinLim(magnitudes, mel, options));
}

/** Whether what a file says of the form of sounds is sound and has the shape of its samples. */
export function isSoundForm(form: unknown, shape: Shape): form is SoundForm {
  const { as, length, mel } = (form ?? {}) as Partial<Record<keyof SoundForm, unknown>>;
  const {
    rate,
    window,
    hop,
    bands,
    low: from,
    high,
    floor: least,
  } = (mel ?? {}) as Partial<Record<keyof MelForm, unknown>>;
  const whole = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;
  const finite = (value: unknown): value is number => Number.isFinite(value);
  if (!(soundViews as readonly unknown[]).includes(as) || !whole(length) || !whole(rate) || !whole(bands)) return false;
  if (!whole(window) || !whole(hop) || !finite(from) || !finite(high) || !finite(least)) return false;
  const sound =
    window % 2 === 0 && 2 * hop <= window && (window - hop) % 2 === 0 && from >= 0 && from < high && high <= rate / 2;
  return sound && soundShapeOf(form as SoundForm).join() === shape.join();
}
