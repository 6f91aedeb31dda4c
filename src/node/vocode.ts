/** @file Waves that have the spectrograms of sounds, by a model that makes them. */
import { basename, extname } from 'node:path';
import { checkOptions } from '../base/check.ts';
import { FileError } from '../base/errors.ts';
import { resampled } from '../base/sound/resample.ts';
import { firstOf } from '../data/dataset.ts';
import { isSoundFile, readSound } from '../data/sounds/read-sounds.ts';
import { soundFormOf, soundSet } from '../data/sounds/sound-set.ts';
import { decodedLevels, levelsOfRow, waveOfRow, type SoundForm, type SoundSet } from '../data/sounds/sound.ts';
import { mono, writeWav } from '../data/sounds/wav.ts';
import { waveDistance, type WaveDistance } from '../evaluate/sounds.ts';
import { makeFolder } from '../io/folders.ts';
import { writeTogether } from '../io/atomic.ts';
import type { Model } from '../model/model.ts';
import { running, type Running, type RunOptions } from '../model/running.ts';
import type { SampleOptions, SamplingStep } from '../model/samples/sampling.ts';
import { openRunData } from './run-data.ts';
import { pictureOfSet } from './set-picture.ts';
import type { SampleFiles } from './sample-files.ts';
import { join } from 'node:path';

/** Values of the longest sound that is taken as a whole. */
const mostValues = 2 ** 21;

/** Sounds of a sheet that are compared. */
const mostCompared = 16;

/** @throws ConfigError unless a model makes waves of spectrograms. */
function formOf({ trained, info }: Model): SoundForm {
  checkOptions([
    trained.net.ofSample === true,
    'like',
    `expected a run that makes waves of spectrograms, ${info.name} does not; train one with --as wave --condition mel`,
  ]);
  return soundFormOf(trained.data.scaler);
}

/**
 * The sounds of a file as a whole, or the first clips of data, at the rate of a model; the class of that of a file is its name.
 * @param ref - a WAV file, a folder of them, or a part of the data of the model, such as `test`
 * @param most - clips of data at most
 * @throws ConfigError unless the model makes waves of spectrograms; FileError if the file cannot be read, or is too short or too long.
 */
export async function soundsLike(model: Model, ref: string, most: number): Promise<SoundSet> {
  const form = formOf(model);
  if (!isSoundFile(ref)) return firstOf((await openRunData(model.trained, ref)) as unknown as SoundSet, most);
  const { mel } = form;
  const sound = readSound(ref);
  const wave = resampled(mono(sound), sound.rate, mel.rate);
  if (wave.length < mel.window)
    throw new FileError(ref, `expected at least ${mel.window} values, a frame, found ${wave.length}`);
  if (wave.length > mostValues)
    throw new FileError(
      ref,
      `expected at most ${Math.floor(mostValues / mel.rate)} s, found ${(wave.length / mel.rate).toFixed(0)} s; cut it first`,
    );
  const whole = new Float32Array(Math.ceil(wave.length / mel.hop) * mel.hop);
  whole.set(wave);
  const name = basename(ref, extname(ref));
  return soundSet(
    whole,
    { ...form, length: whole.length },
    { name: ref, labels: Uint8Array.of(0), classNames: [name] },
  );
}

/** Rows of a set, one after another `count` times each. */
function repeated({ form, labels, classNames, name, ...set }: SoundSet, count: number): SoundSet {
  const { length } = form;
  const waves = new Float32Array(set.count * count * length);
  for (let i = 0; i < set.count * count; i++)
    waves.set(waveOfRow({ ...set, form, name }, Math.floor(i / count)), i * length);
  const own = labels && Uint8Array.from({ length: set.count * count }, (_, i) => labels[Math.floor(i / count)] ?? 0);
  return soundSet(
    waves,
    { ...form, as: 'wave' },
    { name, ...(own && { labels: own }), ...(classNames && { classNames }) },
  );
}

/** Waves of sounds. */
export interface Vocoded {
  /** `count` waves of the first sound, then of the second, … */
  readonly waves: SoundSet;
  readonly sampler: string;
  /** Evaluations of the network for each wave on average. */
  readonly evaluations: number;
  readonly seconds: number;
}

/**
 * Draws waves that have the spectrograms of the sounds of a set, or are spectrograms themselves.
 * @param options.count - waves of each sound; 1 by default
 * @throws ConfigError unless the model makes waves of spectrograms; ShapeError if the spectrograms have other bands or frames than those of its training.
 */
export function vocode(
  model: Model,
  set: SoundSet,
  { count = 1, signal, onProgress, ...options }: SampleOptions & RunOptions<SamplingStep> = {},
): Running<SamplingStep, Vocoded> {
  return running(
    async function* () {
      formOf(model);
      const like = count === 1 ? set : repeated(set, count);
      const { samples, sampler, seconds } = yield* steps(
        model.given({ like }).sample({ ...options, count: like.count }),
      );
      const evaluations = samples.evaluations.reduce((sum, own) => sum + own, 0) / samples.count;
      const waves = samples.toDataSet() as unknown as SoundSet;
      return { waves, sampler, evaluations, seconds };
    },
    { signal, onProgress },
  );
}

/** The steps of a computation, and what it ends with. */
async function* steps<P, R>(computation: Running<P, R>): AsyncGenerator<P, R> {
  for await (const step of computation) yield step;
  return computation;
}

/** Spectrograms whose waves are those of another set, row by row. */
export function withWaves(spectrograms: SoundSet, { values }: SoundSet): SoundSet {
  return { ...spectrograms, waves: values };
}

/** The waves that Griffin and Lim's decoder makes of the spectrograms of the first sounds of a set, sixteen at most; yields the part that is done. */
export function* griffinLimWaves(set: SoundSet): Generator<number, readonly Float32Array[]> {
  const count = Math.min(set.count, mostCompared);
  const waves: Float32Array[] = [];
  for (let row = 0; row < count; row++) {
    waves.push(decodedLevels(levelsOfRow(set, row), set.form, { seed: row }));
    yield waves.length / count;
  }
  return waves;
}

/** How far waves are from the sounds whose spectrograms they have, and how far those of Griffin and Lim's decoder are, as `griffinLimWaves` has them. */
export function likeness(
  set: SoundSet,
  waves: SoundSet,
  decoded: readonly Float32Array[],
): Readonly<Record<'run' | 'griffinLim', WaveDistance>> {
  const each = waves.count / set.count;
  const rows = [...decoded.keys()];
  const { mel } = set.form;
  const truth = rows.map((row) => waveOfRow(set, row));
  return {
    run: waveDistance(
      rows.map((row) => waveOfRow(waves, row * each)),
      truth,
      mel,
    ),
    griffinLim: waveDistance(decoded, truth, mel),
  };
}

/**
 * Writes waves to a folder, each as a file, and a sheet: of each of the first sounds the sound itself, what Griffin and Lim's decoder makes of its spectrogram, and the first waves.
 * @throws FileError if something cannot be written.
 */
export async function writeLike(
  folder: string,
  { set, waves, decoded }: Readonly<{ set: SoundSet; waves: SoundSet; decoded: readonly Float32Array[] }>,
): Promise<SampleFiles> {
  const { form, classNames = [] } = set;
  const each = waves.count / set.count;
  const shown = Math.min(each, 2);
  const sounds = Math.min(set.count, Math.ceil(mostCompared / (2 + shown)));
  const nameOf = (row: number): string => classNames[set.labels?.[row] ?? -1] ?? String(row + 1);
  const cells = Array.from({ length: sounds }, (_, row) => [
    [nameOf(row), waveOfRow(set, row)] as const,
    ['Griffin-Lim', decoded[row] ?? new Float32Array(form.length)] as const,
    ...Array.from({ length: shown }, (__, k) => [`wave ${k + 1}`, waveOfRow(waves, row * each + k)] as const),
  ]).flat();
  const all = new Float32Array(cells.length * form.length);
  cells.forEach(([, wave], i) => all.set(wave, i * form.length));
  const sheet = soundSet(
    all,
    { ...form, as: 'wave' },
    { name: 'waves', labels: Uint8Array.from(cells.keys()), classNames: cells.map(([name]) => name) },
  );
  const picture = await pictureOfSet(sheet, { columns: (2 + shown) * Math.max(1, Math.floor(6 / (2 + shown))) });
  makeFolder(folder);
  const files = Array.from({ length: waves.count }, (_, i) => {
    const row = Math.floor(i / each);
    const number = set.count === 1 ? (i % each) + 1 : i + 1;
    return [
      `${nameOf(row).replaceAll(/[^\p{L}\p{N}]+/gu, '_')}-${number}.wav`,
      writeWav(waveOfRow(waves, i), form.mel.rate),
    ] as const;
  });
  writeTogether(folder, [...files, ['samples.png', picture]]);
  return { samples: files.map(([name]) => join(folder, name)), picture: join(folder, 'samples.png') };
}
