/** @file Commands that are stopped by Ctrl-C: they end with one sentence and exit code 130, and leave the files that there were. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writePly } from '../../src/data/shapes/ply.ts';
import { spherePoints } from '../../src/data/shapes/solids.ts';
import { writeWav } from '../../src/data/sounds/wav.ts';
import { key } from '../../src/base/key.ts';
import { newFolder } from '../io/folders.ts';
import { onUnix, unix } from '../platform.ts';
import { listing, oneAfterAnother, smallPoints, start } from './scorefield.ts';

const cwd = newFolder();
const [rate, length] = [2000, 256];
for (const folder of ['notes', 'balls', 'old']) mkdirSync(join(cwd, folder));
for (let i = 0; i < 400; i++) {
  const wave = Float32Array.from({ length }, (_, n) => 0.5 * Math.sin((2 * Math.PI * (120 + i) * n) / rate));
  writeFileSync(join(cwd, 'notes', `${i}.wav`), writeWav(wave, rate));
}
for (let i = 0; i < 20; i++) writeFileSync(join(cwd, 'balls', `${i}.ply`), writePly(spherePoints(key(i), 50)));
const hour = (i: number): string => new Date(Date.UTC(2024, 0, 1, i)).toISOString().slice(0, 16).replace('T', ' ');
const lines = Array.from({ length: 300 }, (_, i) => `${hour(i)},${(50 + 20 * Math.sin(i / 4)).toFixed(1)}`);
writeFileSync(join(cwd, 'power.csv'), ['time,load', ...lines].join('\n'));
writeFileSync(join(cwd, 'old.csv'), 'what there was');
writeFileSync(join(cwd, 'old', 'samples.png'), 'what there was');

const common = ['--threads', '1', '--steps', '2', '--batch', '4', '--set', 'train.sampleEvery=0'];
const small = ['--set', 'net.width=8', '--set', 'net.depth=2'];
const shapes = ['width=8', 'depth=1', 'encoderWidth=8', 'priorWidth=8', 'priorDepth=1', 'latent=4'];
const runs = [
  ['train', 'notes', '--out', 'run', ...common, '--set', 'net.width=8', '--set', 'net.multipliers=[1,1]'],
  ['train', 'notes', '--as', 'wave', '--condition', 'mel', '--out', 'vocoder', ...common, '--set', 'net.width=8'],
  ['train', 'power.csv', '--window', '24', '--out', 'series', ...common, ...small],
  ['train', 'balls', '--points', '24', '--out', 'shapes', ...common, ...shapes.flatMap((one) => ['--set', `net.${one}`])], // prettier-ignore
  ['train', 'two-gaussians', '--out', 'points', '--steps', '2', ...smallPoints],
];
const timeout = 240_000;

describe.skipIf(!unix)(`a command that is stopped by Ctrl-C${onUnix}`, () => {
  beforeAll(async () => {
    const ended = await oneAfterAnother(runs, { cwd });
    expect(ended.map(({ code, err }) => [code, err])).toEqual(runs.map(() => [0, '']));
  }, timeout);

  // Each would take hours.
  const endless = ['--steps', '1000000', '--threads', '1'];
  it.each([
    ['sample --like', ['sample', 'vocoder', '--like', 'test', '-n', '2', '--out', 'old', ...endless]],
    ['sample --vocoder', ['sample', 'run', '-n', '4', '--vocoder', 'vocoder', '--out', 'old', ...endless]],
    ['sample on several threads', ['sample', 'points', '-n', '64', '--out', 'new.npz', '--steps', '1000000', '--threads', '2']], // prettier-ignore
    ['forecast', ['forecast', 'series', '--history', 'power.csv', '--horizon', '6', '--out', 'old.csv', ...endless]],
    ['forecast --test', ['forecast', 'series', '--test', '--horizon', '6', ...endless]],
    ['evaluate', ['evaluate', 'run', '-n', '40', ...endless]],
    ['evaluate of shapes', ['evaluate', 'shapes', '--sampler', 'heun', ...endless]],
  ] as const)('ends with a sentence and writes nothing: %s', { timeout }, async (_, args) => {
    const before = listing(cwd);
    const child = start(args, { cwd });
    expect(await child.until((printed) => printed.includes(' 0 %'))).toBe(true);
    child.send('SIGINT');
    expect(await child.ended).toMatchObject({ code: 130, signal: null, err: 'scorefield: stopped by Ctrl-C\n' });
    expect(listing(cwd)).toEqual(before);
    expect(readFileSync(join(cwd, 'old.csv'), 'utf8')).toBe('what there was');
    expect(readFileSync(join(cwd, 'old', 'samples.png'), 'utf8')).toBe('what there was');
  });

  it('prints no object with --json', { timeout }, async () => {
    const child = start(['evaluate', 'run', '-n', '40', ...endless, '--json'], { cwd });
    expect(await child.until((printed) => printed.includes(' 0 %'))).toBe(true);
    child.send('SIGINT');
    const { code, out, err } = await child.ended;
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(err.split('\n').slice(-2)).toEqual(['scorefield: stopped by Ctrl-C', '']);
  });
});
