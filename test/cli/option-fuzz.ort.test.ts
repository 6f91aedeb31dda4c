/** @file Every option of every command with any value: the command runs, or says in a sentence what is wrong with it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { foldIn, key } from '../../src/base/key.ts';
import { permutation } from '../../src/base/random.ts';
import { formatNpy } from '../../src/data/arrays/npy.ts';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother, scorefield, smallPoints, type Ended } from './scorefield.ts';

const cwd = newFolder();
const timeout = 120_000;
const one = ['--threads', '1'];

/** A call of each command that is short where it succeeds. */
const calls: Readonly<Record<string, readonly string[]>> = {
  train: ['points.npy', '--steps', '1', '--set', 'train.sampleEvery=0', '--out', 'new', ...one],
  sample: ['run', '-n', '2', '--sampler', 'ddim', '--steps', '1', '--out', 'x.npz', ...one],
  likelihood: ['run', '--data', 'train', '-n', '2', ...one],
  dequantise: ['run', '--steps', '1', ...one],
  encode: ['run', '--data', 'train', '-n', '2', ...one],
  decode: ['run', 'nothing.npz', ...one],
  interpolate: ['run', '--data', 'train', '--steps', '2', ...one],
  restore: ['run', '--task', 'denoise', ...one],
  evaluate: ['run', '-n', '40', '--sampler', 'ddim', '--steps', '1', ...one],
  pack: ['run', '--out', 'packed', ...one],
  models: [],
  export: ['run'],
  samplers: [],
  info: ['run'],
  data: ['points.npy'],
  profile: ['mlp', '--repeats', '1', '--batch', '1', '--sample', ...one],
  figure: ['none', ...one],
  completion: ['bash'],
};

/** No number of any option. */
const none = ['abc', '-1', 'NaN', 'Infinity', '-Infinity', '1e999', '', ' ', '1,5', '--', '-0.5'];
/** Numbers that some options take, small enough to end soon. */
const some = ['0', '1', '1.5', '0x2', '1e-300', '9007199254740993', '1e21', '1e300', '\u0000', '\u001b[2J', 'é'];

/** Flags of a help text that have a value. */
function flagsOf(help: string): readonly string[] {
  const section = help.split('\nOptions:\n')[1] ?? '';
  return [...section.matchAll(/^ {2}(--?[\w-]+) <[^>]+>/gm)].map(([, flag = '']) => flag);
}

let flags: Readonly<Record<string, readonly string[]>>;

beforeAll(async () => {
  const data = Float64Array.from({ length: 200 }, (_, i) => Math.sin(i * i));
  writeFileSync(join(cwd, 'points.npy'), formatNpy({ shape: [100, 2], data }));
  const train = ['train', 'points.npy', '--out', 'run', '--steps', '2', '--set', 'train.sampleEvery=0', ...smallPoints];
  expect(await scorefield(train, { cwd })).toMatchObject({ code: 0, err: '' });
  const names = Object.keys(calls);
  const pages = await oneAfterAnother(
    names.map((name) => [name, '--help']),
    { cwd },
  );
  flags = Object.fromEntries(names.map((name, i) => [name, flagsOf(pages[i]!.out)]));
}, timeout);

/** Whether a command ended well, or with a sentence. */
function isSound({ code, err }: Ended): boolean {
  if (code === 0) return true;
  const sentence = /^scorefield: [^\n]+\n( {2}[^\n]+\n)*$/.test(err) && err.length < 1500;
  return code === 2 && sentence && !/ {4}at |node_modules|undefined|\[object|TypeError|RangeError|NaN to/.test(err);
}

it('has been found in the help of all commands', () => {
  expect(Object.values(flags).flat().length).toBeGreaterThan(120);
});

it('with a value', { timeout }, async () => {
  const root = key(41);
  const tried = Object.entries(flags).flatMap(([name, own]) =>
    own.flatMap((flag) => {
      const order = (values: readonly string[], from: string): readonly string[] =>
        Array.from(permutation(foldIn(foldIn(root, `${name} ${flag}`), from), values.length), (i) => values[i]!);
      const values = ['abc', ...order(none.slice(1), 'none').slice(0, 2), ...order(some, 'some').slice(0, 1)];
      return values.map((value) => ({ name, flag, value }));
    }),
  );
  const ended = await oneAfterAnother(
    tried.map(({ name, flag, value }) => [name, ...calls[name]!, flag, value]),
    { cwd },
  );
  const parsers = new Set<string>();
  const unsound: string[] = [];
  for (const [i, { name, flag, value }] of tried.entries()) {
    const end = ended[i]!;
    const call = `${name} ${flag} ${JSON.stringify(value)}`;
    if (!isSound(end)) unsound.push(`${call}: ${end.code} ${end.err.slice(0, 300)}`);
    const refused = end.err.includes(`argument '${value.replaceAll('\u0000', '\\u0000')}' is invalid`);
    if (value === 'abc' && refused) parsers.add(`${name} ${flag}`);
    const number = parsers.has(`${name} ${flag}`);
    if (none.includes(value) && number && end.code !== 2) unsound.push(`${call} was taken`);
  }
  expect(unsound).toEqual([]);
  expect(parsers.size).toBeGreaterThan(60);
});
