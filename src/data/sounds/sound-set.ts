/** @file Sets of sounds, and what can be done with them. */
import { checkOptions } from '../../base/check.ts';
import { ShapeError } from '../../base/errors.ts';
import { foldIn, type Key } from '../../base/key.ts';
import { normal } from '../../base/random.ts';
import { melLevels } from '../../base/sound/mel.ts';
import { framesOf } from '../../base/sound/stft.ts';
import { batchOf, sizeOf, type Shape, type Tensor } from '../../base/tensor.ts';
import type { Json } from '../../base/json.ts';
import { countOf } from '../kinds/sample-count.ts';
import { shownParts } from '../float-arrays/shown-parts.ts';
import type { Labeled, SetKind, Units } from '../kinds/set-kind.ts';
import { momentsOf } from '../moments.ts';
import { commonFactor, type Scaler } from '../scaler.ts';
import { isSoundForm, levelsOfRow, soundShapeOf, usualMel, type SoundForm, type SoundSet } from './sound.ts';

/** Standard deviation of sounds in the range of a model. */
export const soundDeviation = 0.5;

/** Noise beside which digital silence is not heard, as it is learned: 60 dB below full scale. */
const dither = 1e-3;

/** A set of its parts. */
function setOf(parts: Omit<SoundSet, 'operations' | 'kind' | 'grid' | 'mel' | 'height' | 'width'>): SoundSet {
  const [, ...grid] = soundShapeOf(parts.form);
  const [height, width] = grid;
  const sides = grid.length === 2 && height !== undefined && width !== undefined ? { height, width } : {};
  const { form } = parts;
  return { ...parts, grid, ...sides, mel: form.mel, operations: form.as === 'mel' ? spectrogramSets : soundSets };
}

/**
 * The set of waves.
 * @param waves - `[count, length]`
 */
export function soundSet(waves: Float32Array, form: SoundForm, about: Labeled & { readonly name: string }): SoundSet {
  const count = waves.length / form.length;
  const values = form.as === 'wave' ? waves : levelsOf(waves, form);
  return setOf({ ...about, form, count, values, waves });
}

/** Levels of waves; frames of which a value is missing are missing. */
function levelsOf(waves: Float32Array, { length, mel }: SoundForm): Float32Array {
  const frames = framesOf(length, mel);
  const size = mel.bands * frames;
  const before = (mel.window - mel.hop) / 2;
  const out = new Float32Array((waves.length / length) * size);
  for (let row = 0; row * length < waves.length; row++) {
    const wave = waves.subarray(row * length, (row + 1) * length);
    const levels = melLevels(
      wave.map((value) => (Number.isNaN(value) ? 0 : value)),
      mel,
    );
    if (wave.some(Number.isNaN))
      for (let t = 0; t < frames; t++) {
        const begin = Math.max(0, t * mel.hop - before);
        if (!wave.subarray(begin, t * mel.hop - before + mel.window).some(Number.isNaN)) continue;
        for (let band = 0; band < mel.bands; band++) levels[band * frames + t] = NaN;
      }
    out.set(levels, row * size);
  }
  return out;
}

/** The form that a scaler of sounds keeps. */
export function soundFormOf({ transform }: Pick<Scaler, 'transform'>): SoundForm {
  return (transform as unknown as { readonly sound: SoundForm }).sound;
}

/** Whether what a scaler keeps is the form of sounds of a shape. */
export function keepsSoundForm(transform: unknown, shape: Shape): boolean {
  return isSoundForm((transform as { readonly sound?: unknown } | undefined)?.sound, shape);
}

const saidOf = ({ as, length, mel }: SoundForm): string =>
  `${as === 'mel' ? `spectrograms of ${mel.bands} bands of ` : ''}${Number((length / mel.rate).toPrecision(4))} s at ${mel.rate} Hz`;

/** @throws ShapeError unless a set has the form that a run has learned. */
function requireSame({ form, name }: SoundSet, other: SoundForm): void {
  if (JSON.stringify(form) !== JSON.stringify(other))
    throw new ShapeError(`${name}: expected ${saidOf(other)}, as the run has learned, got ${saidOf(form)}`);
}

function sets(name: string, as: SoundForm['as']): SetKind<SoundSet> {
  return Object.freeze<SetKind<SoundSet>>({
    name,
    shapeOk: (shape) => shape[0] === 1 && shape.length === (as === 'mel' ? 3 : 2),
    sampleShape: ({ form }) => soundShapeOf(form),
    firstOf: (set, count) => ({
      ...set,
      count,
      values: set.values.subarray(0, count * sizeOf(soundShapeOf(set.form))),
      ...(set.waves && { waves: set.waves.subarray(0, count * set.form.length) }),
    }),
    content: ({ values }) => [values],
    extraBytes: ({ waves, values }) => (waves === values ? 0 : (waves?.byteLength ?? 0)),
    describe: ({ values, form }) => ({
      ...momentsOf(values, { groups: 1 }),
      columns: { sound: saidOf({ ...form, as: 'wave' }), spectrogram: spectrogramText(form) },
    }),
    scalerOf: ({ values, form, name: of }) => {
      const { mean, std } = momentsOf(values, { groups: 1 });
      const [center = 0, spread = 0] = [mean[0], std[0]];
      checkOptions([spread > 0, 'data', `expected sounds that differ, found that ${of} is silent`]);
      // Waves are as likely as their negatives.
      const shift = as === 'mel' ? [center] : [0];
      const transform = { sound: JSON.parse(JSON.stringify(form)) as Json };
      return { kind: 'standard', factor: soundDeviation / spread, shift, transform };
    },
    load: (set, { scaler, rows, key }) => {
      requireSame(set, soundFormOf(scaler));
      const [factor, shift] = [commonFactor(scaler), scaler.shift[0] ?? 0];
      const size = sizeOf(soundShapeOf(set.form));
      const out = new Float32Array(rows.length * size);
      rows.forEach((row, i) => {
        const own = set.values.subarray(row * size, (row + 1) * size);
        const said = as === 'mel' ? own : heard(own, foldIn(key, i));
        for (let j = 0; j < size; j++) out[i * size + j] = factor * (said[j]! - shift);
      });
      return out;
    },
    shown: ({ shape }, key) => shownParts(shape, key),
    portraits: { rows: portraits, unitsFor },
    gaps: {
      isIncomplete: ({ values, form }, row) => {
        const size = sizeOf(soundShapeOf(form));
        return values.subarray(row * size, (row + 1) * size).some(Number.isNaN);
      },
      known: (set, { scaler, rows }) => {
        requireSame(set, soundFormOf(scaler));
        const [factor, shift] = [commonFactor(scaler), scaler.shift[0] ?? 0];
        const own = rowsOf(set, rows);
        const x = own.map((value) => (Number.isNaN(value) ? 0 : factor * (value - shift)));
        return { x: Float32Array.from(x), known: Uint8Array.from(own, (value) => Number(!Number.isNaN(value))) };
      },
      filled: ({ waves, form, name: of, ...set }, rows, samples) => {
        const own = rowsOf({ ...set, form }, rows);
        const values = samples.values.map((value, j) => (Number.isNaN(own[j]) ? value : own[j]!));
        const kept = as === 'mel' && waves !== undefined ? { waves: wavesOf(waves, rows, form.length) } : {};
        return setOf({ name: of, form, count: rows.length, values, ...kept });
      },
    },
    inUnitsOf: (scaler, set) => {
      requireSame(set, soundFormOf(scaler as Scaler));
      return set;
    },
    features: as === 'mel' ? 'random' : name,
    ownFeatures: (set, rows) => bandMoments(set, rows),
    numbers: rowsOf,
    toArray: (x, { scaler }) => {
      const form = soundFormOf(scaler);
      return { shape: [batchOf(x), ...soundShapeOf(form).slice(1)], data: inUnits(x, scaler) };
    },
    toSet: (x, { scaler }, about) =>
      setOf({ ...about, form: soundFormOf(scaler), count: batchOf(x), values: inUnits(x, scaler) }),
    fromArray: ({ shape, data }, { scaler }, of) => {
      const form = soundFormOf(scaler);
      const count = countOf(shape, soundShapeOf(form).slice(1), data, of);
      return setOf({ name: of, form, count, values: Float32Array.from(data) });
    },
    standIn: (shape) => standIn(as, shape),
  });
}

/** What a network sees of some rows, in units of the data. */
function rowsOf({ values, form }: Pick<SoundSet, 'values' | 'form'>, rows: readonly number[]): Float64Array {
  const size = sizeOf(soundShapeOf(form));
  const out = new Float64Array(rows.length * size);
  rows.forEach((row, i) => out.set(values.subarray(row * size, (row + 1) * size), i * size));
  return out;
}

function wavesOf(waves: Float32Array, rows: readonly number[], length: number): Float32Array {
  const out = new Float32Array(rows.length * length);
  rows.forEach((row, i) => out.set(waves.subarray(row * length, (row + 1) * length), i * length));
  return out;
}

/** Spectrograms `[1, bands, frames]` in decibels. */
export const spectrogramSets: SetKind<SoundSet> = sets('spectrograms', 'mel');

/** Waves `[1, length]`. */
export const soundSets: SetKind<SoundSet> = sets('sounds', 'wave');

/** How spectrograms of a form are made, for people. */
function spectrogramText({ mel }: Pick<SoundForm, 'mel'>): string {
  const { window, hop, bands, low, high, floor } = mel;
  return `${bands} bands (HTK) of magnitudes from ${low} to ${high} Hz, Hann frames of ${window} values every ${hop}, levels in dB above ${floor}`;
}

/** A wave or its negative, which are the same to ears, with noise in place of digital silence. */
function heard(own: Float32Array, key: Key): Float64Array {
  const noise = normal(key, own.length + 1);
  const sign = noise[own.length]! < 0 ? -1 : 1;
  return Float64Array.from(own, (value, j) => sign * value + dither * noise[j]!);
}

/** Samples of a model in the units of the data; levels are at least the floor. */
function inUnits({ data }: Tensor, scaler: Scaler): Float32Array {
  const { as, mel } = soundFormOf(scaler);
  const [factor, shift] = [commonFactor(scaler), scaler.shift[0] ?? 0];
  return Float32Array.from(data, (value) => {
    const own = value / factor + shift;
    return as === 'mel' ? Math.max(mel.floor, own) : own;
  });
}

/** The mean and the deviation of each band over the frames of a clip: `[rows, 2 bands]`. */
function bandMoments(set: SoundSet, rows: readonly number[]): Float64Array {
  const { bands } = set.form.mel;
  const out = new Float64Array(rows.length * 2 * bands);
  rows.forEach((row, i) => {
    const levels = levelsOfRow(set, row);
    const { mean, std } = momentsOf(levels, { groups: bands, area: levels.length / bands });
    out.set([...mean, ...std], i * 2 * bands);
  });
  return out;
}

/** Decibels that count 1 for a network. */
const unitDecibels = 20;

/** The levels of clips as the rows of a network that makes waves of them: in units of 20 dB above the floor, over the root of their number. */
function portraits(set: SoundSet, rows: readonly number[], scaler: Scaler): readonly Float32Array[] {
  const { mel } = soundFormOf(scaler);
  if (JSON.stringify(set.form.mel) !== JSON.stringify(mel))
    throw new ShapeError(`${set.name}: expected ${spectrogramText({ mel })}, as the run has learned, got ${spectrogramText(set.form)}`); // prettier-ignore
  return rows.map((row) => {
    const levels = levelsOfRow(set, row);
    const unit = unitDecibels * Math.sqrt(levels.length);
    return Float32Array.from(levels, (level) => (level - mel.floor) / unit);
  });
}

/** Units of waves as long as the clips of a set. */
function unitsFor({ form: { length } }: SoundSet, { scaler }: Units): Units {
  const form = { ...soundFormOf(scaler), length };
  return {
    shape: soundShapeOf(form),
    scaler: { ...scaler, transform: { sound: JSON.parse(JSON.stringify(form)) as Json } },
  };
}

function standIn(as: SoundForm['as'], shape: Shape): SoundSet {
  const rate = 8000;
  const usual = usualMel(rate);
  const [, first = 1, frames = 1] = shape;
  const form: SoundForm =
    as === 'mel'
      ? { as, length: frames * usual.hop, mel: { ...usual, bands: first } }
      : { as, length: first, mel: usual };
  const size = sizeOf(shape);
  const values = Float32Array.from({ length: 2 * size }, (_, j) => (j < size ? -1 : 1));
  return setOf({ name: 'a stand-in', count: 2, form, values });
}
