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
};
let ended: Readonly<Record<string, Ended>>;

beforeAll(async () => {
  const points = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i));
  const labels = Uint8Array.from({ length: 30 }, (_, i) => i % 2);
  writeFileSync(
    join(cwd, 'points.npz'),
    formatNpz({ points: { shape: [30, 2], data: points }, labels: { shape: [30], data: labels } }),
  );
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
  ['many', '--shard: expected at most 10 shards, since there are 10 batches of 4; draw more, or give a smaller batch'],
  ['picture', '--shard: expected a file .npz for the part, --out part.npz'],
])('are refused with one sentence: %s', (name, sentence) => {
  const { code, err } = ended[name]!;
  expect(err).toContain(sentence);
  expect({ code, lines: err.trim().split('\n').length }).toEqual({ code: 2, lines: 1 });
});
