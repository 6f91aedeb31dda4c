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
const waves = ['--as', 'wave', '--unconditional', '--set', 'net.width=8', '--set', 'net.depth=4'];
const few = ['--steps', '3', '--threads', '1', '--json'];
const { resultOf } = await reportedCalls({
  cwd,
  good: {
    info: ['info', 'notes', '--json'],
    picture: ['data', 'notes', '--out', 'notes.png', '--json'],
    run: ['train', 'notes', '--out', 'run', ...common, ...spectrograms],
    waves: ['train', 'notes', '--out', 'waves', ...common, ...waves],
    folder: ['sample', 'run', '--class', 'low', '-n', '2', '--out', 'wav/', ...few],
    one: ['sample', 'waves', '-n', '2', '--out', 'two.wav', ...few],
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
  expect(resultOf('evaluate')).toMatchObject({ n: 40, report: { frames: { noise: {} }, decoder: {} } });
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
