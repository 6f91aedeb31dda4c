/** @file What sounds have as a kind of data, whether a network sees their spectrograms or their waves. */
import { keepsSoundForm, soundDeviation, soundFormOf, soundSet } from '../../data/sounds/sound-set.ts';
import { levelsOfRow, waveOfRow, findWaves, type SoundSet } from '../../data/sounds/sound.ts';
import { writeWav } from '../../data/sounds/wav.ts';
import { classesOf, type DataSet } from '../../data/dataset.ts';
import type { Units } from '../../data/kinds/set-kind.ts';
import { namedSpectrograms, spectrogramSheet, type Heard } from '../../plot/spectrogram-sheet.ts';
import type { DataKindRecord, RowsOf } from './data-kind.ts';
import { soundReport } from './sound-report.ts';

/** Seconds of silence between sounds of one file. */
const pause = 0.15;

/** Names of the files of a set: with the class of each where there are classes. */
function namesOf({ count, labels, ...set }: SoundSet): readonly string[] {
  const classes = classesOf({ ...set, ...(labels && { labels }) });
  return Array.from({ length: count }, (_, row) => {
    const name = classes[labels?.[row] ?? -1];
    return `${name === undefined ? '' : `${name.replaceAll(/[^\p{L}\p{N}]+/gu, '_')}-`}${row + 1}.wav`;
  });
}

/** The sounds of a set as they are drawn, with the class of each where there are classes. */
function heardOf({ labels, ...set }: SoundSet): readonly Heard[] {
  const classes = classesOf({ ...set, ...(labels && { labels }) });
  return Array.from({ length: set.count }, (_, row) => {
    const levels = levelsOfRow(set, row);
    const frames = levels.length / set.form.mel.bands;
    return { levels, frames, wave: waveOfRow(set, row), name: classes[labels?.[row] ?? -1] };
  });
}

/** All sounds of a set one after another, with pauses. */
function joined(set: SoundSet): Float32Array {
  const { length, mel } = set.form;
  const step = length + Math.round(pause * mel.rate);
  const out = new Float32Array(set.count * step);
  for (let row = 0; row < set.count; row++) out.set(waveOfRow(set, row), row * step);
  return out;
}

/** The waves of some sounds, of spectrograms those of Griffin and Lim's decoder also where others are known, as a model with these units sees them. */
function* heardSounds(
  { set, rows }: RowsOf<SoundSet>,
  { scaler, shape }: Units,
): Generator<number, DataSet | undefined> {
  const { form } = set;
  if (!keepsSoundForm(scaler.transform, shape)) return undefined;
  const wanted = soundFormOf(scaler);
  const alike = wanted.length === form.length && JSON.stringify(wanted.mel) === JSON.stringify(form.mel);
  if (!alike || (form.as === 'wave' && wanted.as === 'wave')) return undefined;
  const own: SoundSet = form.as === 'mel' ? { ...set, waves: undefined } : set;
  const waves = new Float32Array(rows.length * form.length);
  for (const [i, row] of rows.entries()) {
    waves.set(waveOfRow(own, row), i * form.length);
    yield (i + 1) / rows.length;
  }
  const labels = set.labels && Uint8Array.from(rows, (row) => set.labels?.[row] ?? 0);
  const { classNames, name } = set;
  return soundSet(waves, wanted, { name, ...(labels && { labels }), ...(classNames && { classNames }) });
}

/** The parts of the records of sounds that are alike. */
export const ofSounds = {
  unit: () => 'units of the data',
  sigmaData: soundDeviation,
  lowDimensional: false,
  conditional: true,
  reading: ({ scaler }) => {
    const { as, length, mel } = soundFormOf(scaler);
    return { as, rate: mel.rate, seconds: length / mel.rate };
  },
  transformOk: (transform, { shape }) => keepsSoundForm(transform, shape),
  image: (set, { columns }) => spectrogramSheet(heardOf(set), { columns }),
  plot: (set, { columns }) => namedSpectrograms(heardOf(set), { columns }),
  files: (set) => {
    const names = namesOf(set);
    return Array.from({ length: set.count }, (_, row) => [names[row] ?? '', writeWav(waveOfRow(set, row), set.form.mel.rate)] as const); // prettier-ignore
  },
  formats: [{ ending: '.wav', write: (set) => writeWav(joined(set), set.form.mel.rate) }],
  prepare: findWaves,
  heard: heardSounds,
  compare: soundReport,
  pictured: 36,
  snapshot: 9,
} satisfies Partial<DataKindRecord<string, SoundSet>>;
