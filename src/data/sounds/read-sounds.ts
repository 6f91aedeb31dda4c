/** @file A folder of WAV files, or of one subfolder of them per class, as clips of one rate and length. */
import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { checkOptions } from '../../base/check.ts';
import { ConfigError, FileError } from '../../base/errors.ts';
import { readRegularFile } from '../../base/regular-file.ts';
import { resampled } from '../../base/sound/resample.ts';
import { attempt } from '../../base/system-problem.ts';
import { plural } from '../../base/words.ts';
import { folderOfFiles, hasFiles } from '../folder-of-files.ts';
import { keptOut, testRows } from '../kept-out.ts';
import type { Split } from '../sets/standard-set.ts';
import { soundSet } from './sound-set.ts';
import { usualMel, type SoundForm, type SoundSet } from './sound.ts';
import { mono, readWav, type Recording } from './wav.ts';

/** The largest file that is read, 256 MiB, and the values of all clips together. */
const [mostBytes, mostValues] = [2 ** 28, 2 ** 26];

/** The rate of files that have a higher one, in Hz, unless another is asked for; seconds of a clip at most, as usual. */
const [usualRate, usualSeconds] = [16_000, 1];

/** Frames of a clip are a multiple of this, so that a network can halve them. */
const frameMultiple = 8;

/** Most folders of sounds that are classes. */
const mostClasses = 256;

/** How sounds are read. */
export interface SoundOptions {
  /** Values of a second, to which all are converted. By default the rate of the files, at most 16,000. */
  readonly rate?: number | undefined;
  /** Length of a clip. By default that of the longest files, at most 1. */
  readonly seconds?: number | undefined;
  /** What a network sees. Default mel. */
  readonly as?: SoundForm['as'] | undefined;
  /** `train` for nine in ten files, `test` for the others, which are drawn with a fixed seed. All by default. */
  readonly split?: Split | undefined;
  /** At most so many files, the first ones. Not limited by default. */
  readonly limit?: number | undefined;
}

/** Whether a file is one of a sound by its name. */
export const isSoundFile = (path: string): boolean => /\.wave?$/i.test(path);

/** Whether a folder has WAV files, itself or in its folders. */
export function hasSounds(folder: string): boolean {
  return hasFiles(folder, isSoundFile);
}

/**
 * The sound of a file of at most 256 MiB.
 * @throws FileError as `readWav`, or if it is larger.
 */
export function readSound(file: string): Recording {
  const { size } = attempt(file, 'cannot be read', () => statSync(file));
  if (size > mostBytes)
    throw new FileError(
      file,
      `expected at most ${mostBytes >> 20} MiB, found ${Math.round(size / 2 ** 20)}; cut it first, such as by \`ffmpeg -i ${basename(file)} -f segment -segment_time 60 part-%03d.wav\``,
    );
  return readWav(readRegularFile(file, { maxBytes: mostBytes }), file);
}

/** A sound with the rate and the channels that its file had. */
interface Sound {
  readonly label: number;
  readonly wave: Float32Array;
  readonly from: Pick<Recording, 'rate' | 'channels'>;
}

/**
 * The clips of a WAV file, or of those of a folder by their names, or of its folders, which then are classes. Stereo becomes mono, other rates are converted; longer files are
 * several clips, shorter ones end in silence. Of many files those that are damaged or have less than a frame are left out with a note.
 * @throws FileError if the folder cannot be read, none of its files is a sound, or there are too few to keep one out.
 * @throws ConfigError if the rate or the length cannot be, or there are more sounds than memory takes.
 */
export function readSounds(path: string, options: SoundOptions = {}): SoundSet {
  const { split, limit = Infinity, as = 'mel' } = options;
  const { files, folders } = isSoundFile(path) ? { files: [path], folders: [] } : folderOfFiles(path, isSoundFile);
  const own = folders
    .map((name) => ({ name, files: folderOfFiles(join(path, name), isSoundFile).files }))
    .filter((one) => one.files.length > 0);
  const ofClasses = files.length === 0 && own.length <= mostClasses;
  const all = (files.length > 0 ? files : own.flatMap((one) => one.files)).slice(0, limit);
  const classOf = ofClasses ? own.flatMap((one, label) => one.files.map(() => label)) : [];
  const single = all.length === 1;
  const { kept: sounds, notes } = opened(all, classOf, options.rate);
  const rates = [...new Set(sounds.map(({ from }) => from.rate))].sort((a, b) => a - b);
  const rate = options.rate ?? Math.min(usualRate, rates[0] ?? usualRate);
  checkOptions([
    Number.isInteger(rate) && rate >= 1000 && rate <= 192_000,
    'rate',
    `expected 1000 to 192000 Hz, got ${rate}`,
  ]);
  const waves = sounds.map((sound) => ({ ...sound, wave: resampled(sound.wave, sound.from.rate, rate) }));
  const mel = usualMel(rate);
  const form: SoundForm = { as, length: lengthOf(waves, options.seconds, mel), mel };
  const tests = testRows(waves.length);
  // Clips of one file are alike: a file is in one part as a whole, unless it is the only one.
  const wanted = waves.filter((_, row) => single || split === undefined || tests.has(row) === (split === 'test'));
  const long = wanted.filter(({ wave }) => wave.length >= mel.window);
  const short = wanted.length - long.length;
  if (short > 0) notes.push(`${plural(short, 'file')} left out with less than ${mel.window} values, a frame`);
  let clips = long.flatMap(({ wave, label }) => clipsOf(wave, form.length).map((clip) => ({ clip, label })));
  if (single && split !== undefined) {
    const apart = testRows(clips.length);
    clips = clips.filter((_, row) => apart.has(row) === (split === 'test'));
  }
  if (clips.length === 0)
    throw new FileError(
      path,
      long.length < wanted.length
        ? `expected sounds of at least ${mel.window} values, a frame, found none`
        : `expected at least ${keptOut} sounds, one in ${keptOut} of which is kept out, found ${waves.length}`,
    );
  const total = clips.length * form.length;
  if (total > mostValues)
    throw new ConfigError([
      {
        path: 'data',
        message: `expected at most ${mostValues} values in all, found ${total} in ${path}; take fewer sounds with --limit, or a lower --rate`,
      },
    ]);
  const others = waves.filter(({ from }) => from.rate !== rate).length;
  const stereo = waves.filter(({ from }) => from.channels > 1).length;
  if (others > 0) notes.push(`${plural(others, 'file')} of ${rates.filter((one) => one !== rate).join(', ')} Hz converted to ${rate} Hz`); // prettier-ignore
  if (stereo > 0) notes.push(`${plural(stereo, 'file')} of several channels mixed to one`);
  const joined = new Float32Array(total);
  clips.forEach(({ clip }, i) => joined.set(clip, i * form.length));
  return soundSet(joined, form, {
    name: basename(resolve(path)),
    ...(ofClasses && {
      labels: Uint8Array.from(clips, ({ label }) => label),
      classNames: own.map(({ name }) => name),
    }),
    ...(notes.length > 0 && { notes }),
  });
}

function opened(
  files: readonly string[],
  classOf: readonly number[],
  rate: number | undefined,
): { readonly kept: readonly Sound[]; readonly notes: string[] } {
  const kept: Sound[] = [];
  const notes: string[] = [];
  let first: FileError | undefined;
  let values = 0;
  files.forEach((file, row) => {
    try {
      const from = readSound(file);
      kept.push({ from: { rate: from.rate, channels: from.channels }, wave: mono(from), label: classOf[row] ?? 0 });
      values += (from.values.length / from.channels) * Math.min(1, (rate ?? usualRate) / from.rate);
    } catch (error) {
      // One bad file of many is left out.
      if (!(error instanceof FileError) || files.length === 1) throw error;
      first ??= error;
      notes.push(`${basename(file)} was left out: ${error.problem}`);
    }
    if (values > mostValues)
      throw new ConfigError([
        {
          path: 'data',
          message: `expected at most ${mostValues} values in all, found more in the first ${plural(row + 1, 'file')}; take fewer with --limit, or a lower --rate`,
        },
      ]);
  });
  if (kept.length === 0 && first !== undefined)
    throw new FileError(first.file, `${first.problem}; no other file of the folder can be read either`);
  return { kept, notes };
}

/** Values of a clip: as asked, or as most files have, in whole multiples of some frames. */
function lengthOf(
  sounds: readonly Pick<Sound, 'wave'>[],
  seconds: number | undefined,
  { hop, rate, window }: SoundForm['mel'],
): number {
  const unit = frameMultiple * hop;
  if (seconds !== undefined) {
    const asked = Math.max(1, Math.round((seconds * rate) / unit)) * unit;
    checkOptions([seconds > 0 && asked <= 2 ** 20, 'seconds', `expected more than 0 and at most ${2 ** 20 / rate}, got ${seconds}`]); // prettier-ignore
    return asked;
  }
  const lengths = sounds.map(({ wave }) => wave.length).filter((length) => length >= window);
  const sorted = lengths.sort((a, b) => a - b);
  // One long file of many does not make all others mostly silence.
  const most = sorted[Math.floor(0.95 * (sorted.length - 1))] ?? window;
  return Math.max(1, Math.ceil(Math.min(usualSeconds * rate, most) / unit)) * unit;
}

/** A short sound with silence behind it, or a long one in pieces, of which the last counts if it is half as long. */
function clipsOf(wave: Float32Array, length: number): readonly Float32Array[] {
  const count = Math.max(1, Math.floor(wave.length / length + 0.5));
  return Array.from({ length: count }, (_, i) => wave.subarray(i * length, (i + 1) * length));
}
