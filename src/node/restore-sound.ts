/** @file A sound of a file restored by a model: its gaps filled, or its clipped values found again. */
import { join } from 'node:path';
import { checkOptions } from '../base/check.ts';
import { FileError } from '../base/errors.ts';
import { beyondLevel, lostDecibels, withClipping, withGaps, type Damaged } from '../data/sounds/damage.ts';
import { readSound } from '../data/sounds/read-sounds.ts';
import { soundFormOf, soundSet } from '../data/sounds/sound-set.ts';
import { waveOfRow, type SoundForm, type SoundSet } from '../data/sounds/sound.ts';
import { writeWav } from '../data/sounds/wav.ts';
import { writeTogether } from '../io/atomic.ts';
import type { Model } from '../model/model.ts';
import { pictureOfSet } from './set-picture.ts';
import { makeFolder } from '../io/folders.ts';

/** What is restored of sounds. */
export const soundTasks = ['inpaint', 'declip'] as const;

/** What was lost of a sound. */
export interface SoundDamage {
  /** `inpaint` fills gaps, `declip` finds values beyond a level. */
  readonly task: (typeof soundTasks)[number];
  /** Of inpaint: begin and end of the gap, in seconds. */
  readonly gap?: readonly number[] | undefined;
  /** Of declip: the level at which the sound is clipped first, of full scale 1. By default it was clipped at its greatest value. */
  readonly level?: number | undefined;
}

/** Restored sounds of which a sheet has a picture. */
const mostPictured = 62;

/** A sound that waits to be restored. */
export interface SoundProblem {
  /** Clips of which a part is missing, and the others. */
  readonly set: SoundSet;
  readonly damaged: Damaged;
  /** The sound of the file; it is the truth where it was not clipped before. */
  readonly wave: Float32Array;
  readonly isTruth: boolean;
}

/** @throws ConfigError unless a model is one of sounds. */
function formOfModel({ trained, info }: Model): SoundForm {
  const isSound = ['sounds', 'spectrograms'].includes(trained.data.kind);
  checkOptions([isSound, 'sound', `expected a model of sounds, ${info.name} is one of ${trained.data.kind}`]);
  return soundFormOf(trained.data.scaler);
}

/**
 * The sound of a file as clips of a model, without what is lost.
 * @throws FileError if the file has another rate, several channels or less than a frame.
 * @throws ConfigError if the model is not of sounds, or the damage does not fit it or the sound.
 */
export function soundProblem(model: Model, file: string, { task, gap, level }: SoundDamage): SoundProblem {
  const form = formOfModel(model);
  const { rate, channels, values: wave } = readSound(file);
  const { mel, length, as } = form;
  if (rate !== mel.rate)
    throw new FileError(file, `expected ${mel.rate} Hz, as the run has learned, found ${rate}; convert it first, such as by \`ffmpeg -i ${file} -ar ${mel.rate} out.wav\``); // prettier-ignore
  if (channels !== 1)
    throw new FileError(file, `expected one channel, as the run has learned, found ${channels}; mix them first, such as by \`ffmpeg -i ${file} -ac 1 out.wav\``); // prettier-ignore
  if (wave.length < mel.window)
    throw new FileError(file, `expected at least ${mel.window} values, a frame, found ${wave.length}`);
  checkOptions(
    [gap === undefined || task === 'inpaint', 'gap', 'is of --task inpaint'],
    [level === undefined || task === 'declip', 'level', 'is of --task declip'],
    [task === 'declip' || gap?.length === 2, 'gap', `expected the begin and the end of the gap in seconds, such as 0.1,0.15, got ${gap?.join() ?? 'none'}`],
    [task === 'inpaint' || as === 'wave', 'task', 'expected inpaint, as this run has learned spectrograms, of which clipping is no part; declip takes a run of --as wave'],
  ); // prettier-ignore
  const [begin = 0, end = 0] = gap ?? [];
  const damaged = task === 'inpaint' ? withGaps(wave, rate, [[begin, end]]) : withClipping(wave, level);
  const clips = new Float32Array(Math.ceil(wave.length / length) * length);
  clips.set(damaged.known);
  const isTruth = task === 'inpaint' || level !== undefined;
  return { set: soundSet(clips, form, { name: file }), damaged, wave, isTruth };
}

/** Restored sounds, each as long as the file. */
export interface RestoredSounds {
  readonly waves: readonly Float32Array[];
  /** Mean decibels of the lost values over the error there, of what is left and of the restored sounds; undefined where the truth is not known. */
  readonly decibels: Readonly<Record<'measured' | 'restored', number>> | undefined;
}

/**
 * The restored sounds of samples of the clips that are incomplete.
 * @param completed - `count` samples of each of the rows
 */
export function restoredSounds(
  { set, damaged, wave, isTruth }: SoundProblem,
  {
    completed,
    rows,
    count,
  }: { readonly completed: SoundSet; readonly rows: readonly number[]; readonly count: number },
): RestoredSounds {
  const { length } = set.form;
  const waves = Array.from({ length: count }, (_, k) => {
    const whole = damaged.measured.slice();
    rows.forEach((row, i) => {
      const own = waveOfRow(completed, i * count + k);
      whole.set(own.subarray(0, Math.min(length, whole.length - row * length)), row * length);
    });
    const kept = whole.map((value, n) => (Number.isNaN(damaged.known[n]) ? value : (damaged.known[n] ?? value)));
    return beyondLevel(kept, damaged);
  });
  if (!isTruth) return { waves, decibels: undefined };
  const of = (own: Float32Array): number => lostDecibels(wave, own, damaged.known);
  const restored = waves.reduce((sum, own) => sum + of(own), 0) / count;
  return { waves, decibels: { measured: of(damaged.measured), restored } };
}

/**
 * Writes restored sounds to a folder: each as a WAV file, what is left of the sound as `measured.wav`, and a sheet of the spectrograms of the sound, of what is left and of the
 * restored ones.
 * @throws FileError if something cannot be written.
 */
export async function writeRestoredSounds(
  folder: string,
  { set, damaged, wave }: SoundProblem,
  { waves }: RestoredSounds,
): Promise<Readonly<Record<'sounds' | 'measured' | 'sheet', string>>> {
  const { form } = set;
  const { rate } = form.mel;
  const all = [wave, damaged.measured, ...waves.slice(0, mostPictured)];
  const whole = { ...form, as: 'wave' as const, length: wave.length };
  const joined = new Float32Array(all.length * wave.length);
  all.forEach((own, i) => joined.set(own, i * wave.length));
  const called = ['the sound', 'what was left', ...all.slice(2).map((_, i) => `restored ${i + 1}`)];
  const shown = soundSet(joined, whole, {
    name: 'restored',
    labels: Uint8Array.from(called.keys()),
    classNames: called,
  });
  const picture = await pictureOfSet(shown, { columns: Math.min(4, all.length) });
  makeFolder(folder);
  const names = waves.map((_, i) => `restored-${i + 1}.wav`);
  writeTogether(folder, [
    ...waves.map((own, i) => [names[i] ?? '', writeWav(own, rate)] as const),
    ['measured.wav', writeWav(damaged.measured, rate)],
    ['sheet.png', picture],
  ]);
  const [first = '', last = first] = [names[0], names.at(-1)];
  return {
    sounds: first === last ? join(folder, first) : `${join(folder, first)} to ${join(folder, last)}`,
    measured: join(folder, 'measured.wav'),
    sheet: join(folder, 'sheet.png'),
  };
}
