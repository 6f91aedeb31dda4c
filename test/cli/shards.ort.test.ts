/** @file Samples drawn in shards: merged they are the file of one process, and mistakes are said. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { formatNpz } from '../../src/data/arrays/npz.ts';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother, smallPoints, type Ended } from './scorefield.ts';

const cwd = newFolder();
const drawing = ['sample', 'run', '-n', '20', '--batch', '4', '--nfe', '4', '--class', 'all', '--threads', '1'];
const shard = (i: number, of: number, ...more: string[]) => [...drawing, '--shard', `${i}/${of}`, ...more];
const smallNet = ['net.width=8', 'net.multipliers=[1,2]', 'net.blocks=1', 'train.sampleEvery=0'].flatMap((one) => [
  '--set',
  one,
]);
const half = (command: readonly string[], i: number, ...more: string[]): readonly string[] => [
  ...[...command, '--shard', `${i}/2`, '--threads', '1', '--out', `${command[0]}-${i}.npz`, ...more],
];
/** Commands of which one process and two shards with their merge are to write the same arrays. */
const divided: Readonly<Record<string, readonly string[]>> = {
  // 16 batches are solved together.
  likelihood: ['likelihood', 'run', '--data', 'train', '-n', '30', '--batch', '1', '--tolerance', '1e-2'],
  encode: ['encode', 'run', '--data', 'train', '-n', '30', '--batch', '1', '--tolerance', '1e-2'],
  restore: [
    'restore',
    'faces',
    '--task',
    'denoise',
    '--data',
    'train',
    '--index',
    '0-2,5',
    '-n',
    '3',
    '--batch',
    '6',
    '--steps',
    '2',
  ],
  evaluate: ['evaluate', 'faces', '-n', '130', '--nfe', '2', '--batch', '8'],
};
const calls: Readonly<Record<string, readonly string[]>> = {
  train: ['train', 'points.npz', '--conditional', '--out', 'run', '--steps', '2', ...smallPoints],
  whole: [...drawing, '--out', 'whole.npz'],
  first: shard(1, 3, '--out', 'p1.npz'),
  second: shard(2, 3, '--out', 'p2.npz', '--json'),
  third: shard(3, 3, '--out', 'p3.npz'),
  again: shard(2, 3, '--out', 'p2.npz'),
  merge: ['merge', 'p3.npz', 'p1.npz', 'p2.npz', '--out', 'merged.npz', '--json'],
  seeded: shard(2, 3, '--out', 'other.npz', '--seed', '1'),
  mixed: ['merge', 'p1.npz', 'other.npz', 'p3.npz'],
  missing: ['merge', 'p1.npz', 'p3.npz'],
  plain: ['merge', 'points.npz'],
  beyond: shard(4, 3),
  zero: shard(0, 3),
  fraction: [...drawing, '--shard', '1.5'],
  many: shard(1, 64),
  picture: shard(1, 3, '--out', 'p.png'),
  faces: ['train', 'images.npz', '--out', 'faces', '--steps', '2', '--batch', '4', '--threads', '1', ...smallNet],
  ...Object.fromEntries(
    Object.entries(divided).flatMap(([name, words]) => [
      [name, [...words, '--threads', '1', '--out', name === 'restore' ? 'restored' : `${name}.npz`]],
      [`${name}1`, half(words, 1)],
      [`${name}2`, half(words, 2, '--json')],
      [`${name}Merged`, ['merge', `${name}-2.npz`, `${name}-1.npz`, '--out', `${name}-merged.npz`]],
    ]),
  ),
  compared: [...divided['evaluate']!, '--threads', '1', '--json'],
  features: ['evaluate', 'evaluate-merged.npz', '--json'],
  otherData: ['merge', 'likelihood-1.npz', 'encode-2.npz'],
  manyImages: [
    'restore',
    'faces',
    '--task',
    'denoise',
    '--data',
    'train',
    '-n',
    '4',
    '--shard',
    '1/2',
    '--out',
    'r.npz',
  ],
  manyRows: ['likelihood', 'run', '--data', 'train', '--shard', '1/2', '--out', 'l.npz'],
  noFile: ['likelihood', 'run', '--data', 'train', '--shard', '1/2'],
  halfFeatures: ['evaluate', 'evaluate-1.npz'],
};
let ended: Readonly<Record<string, Ended>>;

beforeAll(async () => {
  const points = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i));
  const labels = Uint8Array.from({ length: 30 }, (_, i) => i % 2);
  writeFileSync(
    join(cwd, 'points.npz'),
    formatNpz({ points: { shape: [30, 2], data: points }, labels: { shape: [30], data: labels } }),
  );
  const pixels = Uint8Array.from({ length: 260 * 64 }, (_, i) => (i * i * 31) % 251);
  writeFileSync(join(cwd, 'images.npz'), formatNpz({ images: { shape: [260, 8, 8], data: pixels } }));
  const all = await oneAfterAnother(Object.values(calls), { cwd });
  ended = Object.fromEntries(Object.keys(calls).map((name, i) => [name, all[i]!] as const));
}, 120_000);

it('give the file of one process, byte for byte, when they are merged', () => {
  for (const name of ['train', 'whole', 'first', 'second', 'third', 'merge'])
    expect({ name, code: ended[name]!.code }).toEqual({ name, code: 0 });
  const [whole, merged] = ['whole.npz', 'merged.npz'].map((file) => readFileSync(join(cwd, file)));
  expect(merged!.equals(whole!)).toBe(true);
  expect(JSON.parse(ended['merge']!.out)).toMatchObject({ parts: 3, rows: 40 });
});

it.each(Object.keys(divided))('give the arrays of one process when they are merged: %s', (name) => {
  for (const call of [name, `${name}1`, `${name}2`, `${name}Merged`])
    expect({ call, code: ended[call]!.code, ...(ended[call]!.code !== 0 && { err: ended[call]!.err }) }).toEqual({
      call,
      code: 0,
    });
  const whole = name === 'restore' ? 'restored/samples.npz' : `${name}.npz`;
  const [one, merged] = [whole, `${name}-merged.npz`].map((file) => readFileSync(join(cwd, file)));
  expect(merged!.equals(one!)).toBe(true);
});

it('have features whose distances are those of one process', () => {
  const [compared, features] = ['compared', 'features'].map(
    (call) => JSON.parse(ended[call]!.out) as Record<string, unknown>,
  );
  for (const name of [
    'n',
    'extractor',
    'frechet',
    'frechetFloor',
    'frechetExcess',
    'energy',
    'energyFloor',
    'reference',
  ])
    expect({ name, is: features![name] }).toEqual({ name, is: compared![name] });
});

it('are not drawn again where they are', () => {
  expect(ended['again']).toMatchObject({ code: 0, out: 'part 2/3 is there already: p2.npz\n' });
});

it.each([
  ['mixed', 'other.npz: expected a part of the same computation as p1.npz, but its seed is 1, not 0'],
  ['missing', 'p1.npz: expected all 3 parts of it, missing 2/3'],
  ['plain', 'points.npz: expected a part that a command with --shard has written'],
  ['beyond', 'expected a shard of 1/3 to 3/3'],
  ['zero', 'expected a shard of 1/3 to 3/3'],
  ['fraction', 'expected a shard such as 2/8, the second of eight'],
  [
    'many',
    '--shard: expected at most 10 shards, as many as there are batches of 4; draw more, or give a smaller batch',
  ],
  [
    'otherData',
    'encode-2.npz: expected a part of the same computation as likelihood-1.npz, but its command is "encode", not "likelihood"',
  ],
  [
    'manyImages',
    '--shard: expected at most 1 shard, as many as there are groups of 8 images, whose 4 samples each are whole batches of 32',
  ],
  [
    'manyRows',
    '--shard: expected at most 1 shard, as many as there are groups of 512 samples that are solved together',
  ],
  ['noFile', '--shard: expected a file .npz for the part, --out part.npz'],
  ['halfFeatures', 'evaluate-1.npz: expected all features, found the part of a shard; merge all parts first'],
  ['picture', '--shard: expected a file .npz for the part, --out part.npz'],
])('are refused with one sentence: %s', (name, sentence) => {
  const { code, err } = ended[name]!;
  expect(err).toContain(sentence);
  expect({ code, lines: err.trim().split('\n').length }).toEqual({ code: 2, lines: 1 });
});
