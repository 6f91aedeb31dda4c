/** @file What sounds have as a kind of data, whether a network sees their spectrograms or their waves. */
import { keepsSoundForm, soundDeviation, soundFormOf } from '../../data/sounds/sound-set.ts';
import { levelsOfRow, waveOfRow, findWaves, type SoundSet } from '../../data/sounds/sound.ts';
import { writeWav } from '../../data/sounds/wav.ts';
import { classesOf } from '../../data/dataset.ts';
import { namedSpectrograms, spectrogramSheet, type Heard } from '../../plot/spectrogram-sheet.ts';
import type { DataKindRecord } from './data-kind.ts';
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
  compare: soundReport,
  pictured: 36,
  snapshot: 9,
} satisfies Partial<DataKindRecord<string, SoundSet>>;
