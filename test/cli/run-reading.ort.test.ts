/** @file Data that are named beside a run are read as the run reads its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { bits } from '../../src/base/random.ts';
import { encodePng } from '../../src/plot/png.ts';
import { newFolder } from '../io/folders.ts';
import { reportedCalls } from './reported-calls.ts';

const cwd = newFolder();

const noise = new Uint8Array(bits(key(1), 4000).buffer);
function put(name: string, channels: 1 | 3, side: number, seed: number): void {
  mkdirSync(join(cwd, name, '..'), { recursive: true });
  const data = noise.slice(seed, seed + channels * side * side);
  writeFileSync(join(cwd, name), encodePng({ width: side, height: side, channels, data }));
}
// Gray and colored pictures of two sizes together: they are one set by --set data.channels and --size alone.
for (let i = 0; i < 84; i++) put(`mixed/${100 + i}.png`, i % 2 === 0 ? 1 : 3, i % 3 === 0 ? 8 : 9, i);
for (let i = 0; i < 4; i++) put(`colored/${i}.png`, 3, 12, 200 + i);
put('photo.png', 3, 8, 300);

const small = [
  ...['--batch', '4', '--threads', '1', '--set', 'train.warmup=1', '--set', 'train.sampleEvery=0'],
  ...['--set', 'net.channels=[4,4]', '--set', 'net.features=8', '--steps', '1', '--json'],
];
const run = ['train', 'mixed', '--size', '8', '--set', 'data.channels=1', '--limit', '80', '--net', 'score-net'];
const few = ['--threads', '1', '--tolerance', '0.1', '--json'];
const good = {
  run: [...run, '--out', 'run', ...small],
  own: ['likelihood', 'run', '--data', 'mixed', '-n', '1000', ...few],
  train: ['likelihood', 'run', '--data', 'train', '-n', '1000', ...few],
  other: ['likelihood', 'run', '--data', 'colored', '-n', '2', ...few],
  encode: ['encode', 'run', '--data', 'colored', '-n', '2', '--out', 'latents.npz', ...few],
  interpolate: ['interpolate', 'run', '--data', 'colored', '--steps', '3', '--out', 'strip.png', ...few],
  restore: [
    ...['restore', 'run', '--image', 'photo.png', '--task', 'denoise', '--nfe', '3', '-n', '2', '--out', 'restored'],
    ...['--threads', '1', '--json'],
  ],
  ofData: [
    ...['restore', 'run', '--data', 'colored', '--task', 'denoise', '--nfe', '3', '-n', '2', '--out', 'of-data'],
    ...['--threads', '1', '--json'],
  ],
  evaluate: [
    ...['evaluate', 'run', '--data', 'mixed', '-n', '40', '--extractor', 'random', '--steps', '1', '--sampler', 'ddim'],
    ...['--threads', '1', '--json'],
  ],
  dequantise: ['dequantise', 'run', '--steps', '1', '--threads', '1', '--json'],
  pack: ['pack', 'run', '--out', 'model', '--json'],
  ofModel: ['likelihood', './model', '--data', 'colored', '-n', '2', ...few],
  begun: ['train', 'colored', '--init', 'run', '--out', 'begun', ...small.slice(0, 8), '--steps', '1', '--json'],
  begunResumed: ['train', 'colored', '--out', 'begun', '--steps', '2', '--resume', '--json'],
};
const { resultOf } = await reportedCalls({
  cwd,
  good,
  bad: {
    'data of another size that nothing says how to read': [
      ['restore', 'run', '--image', 'colored/0.png', '--task', 'denoise', '--out', 'no'],
      /0\.png: expected a gray image of 8 x 8 pixels as the run has, found a gray image of 12 x 12 pixels/,
    ],
  },
});

it('the folder of the run is the data of the run, with their limit', () => {
  expect(resultOf('own')).toMatchObject({ n: 80, bitsPerDim: resultOf('train')['bitsPerDim'] });
});

it('a run that begins with another makes its pictures gray too, at their own size', () => {
  expect(resultOf('begun')).toMatchObject({ step: 1 });
});
