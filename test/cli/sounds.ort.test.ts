/** @file Sounds by the command line: a folder of WAV files is described, learned as spectrograms and as waves, drawn, judged, restored, and refused. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readWav, writeWav } from '../../src/data/sounds/wav.ts';
import { newFolder } from '../io/folders.ts';
import { reportedCalls } from './reported-calls.ts';

const cwd = newFolder();
const rate = 2000;
const note = (hertz: number, length = 256): Float32Array =>
  Float32Array.from({ length }, (_, n) => 0.5 * Math.sin((2 * Math.PI * hertz * n) / rate));
for (const [name, hertz] of [
  ['high', 500],
  ['low', 120],
] as const) {
  mkdirSync(join(cwd, 'notes', name), { recursive: true });
  for (let i = 0; i < 200; i++)
    writeFileSync(join(cwd, 'notes', name, `${i}.wav`), writeWav(note(hertz + i / 2), rate));
}
const wav = (name: string, bytes: Uint8Array): void => writeFileSync(join(cwd, name), bytes);
const clipped = note(130, 300).map((value) => Math.min(0.3, Math.max(-0.3, value)));
wav('whole.wav', writeWav(note(130, 300), rate));
wav('clipped.wav', writeWav(clipped, rate));
wav('fast.wav', writeWav(note(130), 4000));
wav('short.wav', writeWav(note(130, 20), rate));
const stereo = writeWav(note(130), rate);
new DataView(stereo.buffer).setUint16(22, 2, true);
wav('stereo.wav', stereo);
const codec = writeWav(note(130), rate);
new DataView(codec.buffer).setUint16(20, 85, true);
wav('codec.wav', codec);
wav('empty.wav', new Uint8Array());

const common = ['--threads', '1', '--json', '--steps', '4', '--batch', '4', '--set', 'train.sampleEvery=0'];
const spectrograms = ['--conditional', '--set', 'net.width=8', '--set', 'net.multipliers=[1,1]'];
const waves = ['--as', 'wave', '--unconditional', '--set', 'net.width=8'];
const vocoder = ['--as', 'wave', '--condition', 'mel', '--seconds', '0.128', '--set', 'net.width=8'];
const shallow = ['--set', 'net.depth=4', '--set', 'net.cycle=3'];
const few = ['--steps', '3', '--threads', '1', '--json'];
const { resultOf } = await reportedCalls({
  cwd,
  good: {
    info: ['info', 'notes', '--json'],
    picture: ['data', 'notes', '--out', 'notes.png', '--json'],
    run: ['train', 'notes', '--out', 'run', ...common, ...spectrograms],
    waves: ['train', 'notes', '--out', 'waves', ...common, ...waves],
    vocoder: ['train', 'notes', '--out', 'vocoder', ...common, ...vocoder, '--net', 'ddpmpp'],
    level: ['train', 'notes', '--out', 'level', ...common, ...vocoder, ...shallow, '--sde', 'wavegrad', '--set', 'net.embedding=positional'], // prettier-ignore
    like: ['sample', 'vocoder', '--like', 'fast.wav', '-n', '2', '--out', 'like/', ...few],
    six: ['sample', 'level', '--like', 'whole.wav', '--sampler', 'ancestral', '--grid', 'wavegrad', '--nfe', '6', '--out', 'six/', '--threads', '1', '--json'], // prettier-ignore
    test: ['sample', 'vocoder', '--like', 'test', '--out', 'test/', ...few],
    vocoded: ['sample', 'run', '--class', 'low', '-n', '2', '--vocoder', 'vocoder', '--out', 'vocoded/', ...few],
    'one vocoded': ['sample', 'run', '-n', '2', '--vocoder', 'vocoder', '--out', 'vocoded.wav', ...few],
    paired: ['evaluate', 'vocoder', '-n', '40', '--threads', '1', '--json', '--steps', '3'],
    folder: ['sample', 'run', '--class', 'low', '-n', '2', '--out', 'wav/', ...few],
    one: ['sample', 'waves', '-n', '2', '--out', 'two.wav', ...few],
    ear: ['train', 'notes', '--task', 'classifier', '--out', 'ear', '--steps', '60', '--batch', '16', '--threads', '1', '--json', '--set', 'net.width=8', '--set', 'train.learningRate=1e-2', '--set', 'train.warmup=5', '--set', 'train.sampleEvery=0'], // prettier-ignore
    judged: ['evaluate', 'run', '--extractor', 'ear', '-n', '40', '--threads', '1', '--json', '--steps', '3'],
    sung: ['train', 'notes', '--out', 'sung', ...common, '--as', 'wave', '--conditional', '--net', 'diffwave', ...shallow, '--set', 'net.width=8'], // prettier-ignore
    'judged waves': ['evaluate', 'sung', '--extractor', 'ear', '-n', '40', '--threads', '1', '--json', '--steps', '3'],
    evaluate: ['evaluate', 'run', '-n', '40', '--threads', '1', '--json', '--steps', '3'],
    filled: ['restore', 'waves', '--sound', 'whole.wav', '--task', 'inpaint', '--gap', '0.05,0.07', '-n', '2', '--out', 'filled', ...few], // prettier-ignore
    declipped: ['restore', 'waves', '--sound', 'clipped.wav', '--task', 'declip', '-n', '2', '--out', 'declipped', ...few], // prettier-ignore
  },
  bad: {
    'a codec': [['train', 'codec.wav'], /found the codec MP3; convert it first/],
    'an empty file': [['info', 'empty.wav'], /expected a WAV file, found an empty one/],
    'a file that is too short': [['info', 'short.wav'], /expected sounds of at least 64 values, a frame, found none/],
    'another rate': [['restore', 'waves', '--sound', 'fast.wav', '--task', 'declip'], /expected 2000 Hz, as the run has learned, found 4000; convert it/], // prettier-ignore
    'stereo of a run of mono': [['restore', 'waves', '--sound', 'stereo.wav', '--task', 'declip'], /expected one channel, as the run has learned, found 2; mix them/], // prettier-ignore
    'a sound that is not clipped': [['restore', 'waves', '--sound', 'whole.wav', '--task', 'declip'], /expected a clipped sound/], // prettier-ignore
    'no gap': [['restore', 'waves', '--sound', 'whole.wav', '--task', 'inpaint'], /begin and the end of the gap in seconds, such as 0.1,0.15/], // prettier-ignore
    'clipping of spectrograms': [['restore', 'run', '--sound', 'clipped.wav', '--task', 'declip'], /expected inpaint/],
    'a run of classes': [['restore', 'run', '--sound', 'whole.wav', '--task', 'inpaint', '--gap', '0.05,0.07'], /has learned to complete samples, which .* has not/], // prettier-ignore
    'a task of images': [['restore', 'waves', '--sound', 'whole.wav', '--task', 'ct'], /expected inpaint or declip for a sound, got ct/], // prettier-ignore
    'a class of a run of what is known': [['sample', 'waves', '--class', 'low'], /this run knows no classes/],
    'a vocoder without sounds': [['sample', 'vocoder'], /expected sounds whose spectrograms the waves are to have/],
    'a class of a vocoder': [['sample', 'vocoder', '--class', 'low'], /this run knows no classes/],
    'sounds for a run without spectrograms': [['sample', 'waves', '--like', 'whole.wav'], /expected a run that makes waves of spectrograms/], // prettier-ignore
    'a class beside sounds': [['sample', 'vocoder', '--like', 'whole.wav', '--class', 'low'], /is not of waves that are like others/], // prettier-ignore
    'a short sound to be like': [['sample', 'vocoder', '--like', 'short.wav'], /expected at least 64 values, a frame, found 20/], // prettier-ignore
    'a vocoder for waves': [['sample', 'waves', '--vocoder', 'vocoder'], /expected a run of spectrograms to make waves of, waves is one of sounds/], // prettier-ignore
    'a vocoder that is none': [['sample', 'run', '--vocoder', 'waves'], /expected a run that makes waves of spectrograms, waves does not/], // prettier-ignore
    'spectrograms of spectrograms': [['train', 'notes', '--condition', 'mel', '--steps', '1'], /net.bands: expected 0 for images, got 16; spectrograms are a condition of waves, --as wave/], // prettier-ignore
    'a gap without a sound': [['restore', 'waves', '--gap', '0,1'], /sound: expected with --gap/],
    'an option of shapes': [
      ['train', 'notes', '--points', '9'],
      /no such option, only limit, split, rate, seconds, as/,
    ],
    'a rate of shapes': [['train', 'chairs', '--rate', '8000'], /rate: .*no such option/],
  },
});

it('a folder is spectrograms of one length with a class for each folder', () => {
  expect(resultOf('info')).toMatchObject({ kind: 'spectrograms', count: 400, classes: [{ name: 'high' }, { name: 'low' }] }); // prettier-ignore
  expect(existsSync(join(cwd, 'notes.png'))).toBe(true);
});

it('samples are WAV files of their class with a sheet, or one file of all', () => {
  for (const name of ['low-1.wav', 'low-2.wav', 'samples.png']) expect(existsSync(join(cwd, 'wav', name))).toBe(true);
  const { values, rate: own } = readWav(new Uint8Array(readFileSync(join(cwd, 'two.wav'))), 'two.wav');
  // Two clips of 256 values and 0.15 s behind each.
  expect([own, values.length]).toEqual([rate, 2 * (256 + 300)]);
});

it('an evaluation has the distance of frames beside that of noise, and what the decoder loses', () => {
  const decoders = { 'Griffin-Lim': { spectral: { value: expect.any(Number) as number } } };
  expect(resultOf('evaluate')).toMatchObject({ n: 40, report: { frames: { noise: expect.any(Number) as number }, decoders } }); // prettier-ignore
});

it('waves of spectrograms are as long as the sounds, at the rate of the run, with a sheet and their distances', () => {
  const read = (file: string): ReturnType<typeof readWav> => readWav(new Uint8Array(readFileSync(join(cwd, file))), file); // prettier-ignore
  // 256 values at 4,000 Hz are 128 at 2,000 Hz, whole frames of 16.
  expect([read('like/fast-2.wav').rate, read('like/fast-2.wav').values.length]).toEqual([rate, 128]);
  expect(resultOf('like')).toMatchObject({ sounds: 1, n: 2, distances: { run: {}, griffinLim: {} } });
  expect(existsSync(join(cwd, 'like', 'samples.png'))).toBe(true);
  expect(resultOf('test')).toMatchObject({ sounds: 40, n: 40 });
  expect(resultOf('six')).toMatchObject({ sampler: 'ancestral', evaluations: 6 });
});

it('spectrograms become waves by a run that makes them, in the place of the algorithm of Griffin and Lim', () => {
  const bytes = (file: string): string => readFileSync(join(cwd, file)).toString('base64');
  expect(readFileSync(join(cwd, 'vocoded/low-1.wav')).length).toBe(readFileSync(join(cwd, 'wav/low-1.wav')).length);
  expect(bytes('vocoded/low-1.wav')).not.toBe(bytes('wav/low-1.wav'));
  expect(resultOf('vocoded')).toMatchObject({ vocoder: 'vocoder', waves: {} });
  expect(existsSync(join(cwd, 'vocoded.wav'))).toBe(true);
});

it('an evaluation of a run that makes waves has their distances beside those of the decoder and of noise', () => {
  const value = {
    spectral: { value: expect.any(Number) as number },
    cepstral: { value: expect.any(Number) as number },
  };
  expect(resultOf('paired')).toMatchObject({ n: 40, report: { decoders: { 'this run': value, 'Griffin-Lim': value, 'noise of the spectrum': value } } }); // prettier-ignore
});

it('a restored sound is the file but for what was lost, and beyond the level where it was clipped', () => {
  const restored = (folder: string): Float32Array =>
    readWav(new Uint8Array(readFileSync(join(cwd, folder, 'restored-2.wav'))), folder).values;
  const whole = note(130, 300);
  const apart = restored('filled').filter((value, n) => (n < 100 || n >= 140) && Math.abs(value - whole[n]!) > 1e-4);
  expect(apart).toEqual(new Float32Array());
  expect(resultOf('filled')['decibels']).toMatchObject({ measured: 0 });
  restored('declipped').forEach((value, n) => {
    if (Math.abs(clipped[n]!) >= 0.3 - 1e-3) expect(Math.sign(clipped[n]!) * value).toBeGreaterThan(0.299);
    else expect(value).toBeCloseTo(clipped[n]!, 3);
  });
  expect(resultOf('declipped')['decibels']).toBeUndefined();
});

it('says how often a classifier of spectrograms finds the class of samples and of real sounds, of levels, of their waves, and of a model of waves', () => {
  type Share = { value: number; standardError: number };
  type Accuracy = Record<'samples' | 'reference', Share> & {
    byChance: number;
    classes: Record<string, { n: Record<'samples' | 'reference', number> }>;
    asHeard?: Record<'samples' | 'reference', Share>;
  };
  const [levels, waves] = (['judged', 'judged waves'] as const).map((name) => resultOf(name)['accuracy'] as Accuracy);
  for (const found of [levels, waves]) {
    // Notes that are two octaves apart: real ones are heard as what they are.
    expect(found?.reference.value).toBeGreaterThan(0.95);
    expect(Object.keys(found?.classes ?? {})).toEqual(['high', 'low']);
    const n = Object.values(found?.classes ?? {}).reduce((sum, one) => sum + one.n.samples, 0);
    expect(n).toBe(40);
    expect(found?.samples.standardError).toBeGreaterThan(0);
  }
  expect(levels?.asHeard?.reference.value).toBeGreaterThan(0.95);
  expect(waves?.asHeard).toBeUndefined();
});
