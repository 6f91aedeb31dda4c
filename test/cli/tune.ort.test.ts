/** @file `scorefield tune`: what it writes is what `sample` uses, a kill leaves everything as it was, and mistakes are one sentence. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseNpz } from '../../src/data/arrays/npz.ts';
import { loadAnyRun } from '../../src/run/load.ts';
import { newFolder } from '../io/folders.ts';
import { listing, oneAfterAnother, smallPoints, start, type Ended } from './scorefield.ts';

const cwd = newFolder();
const timeout = 60_000;
const quiet = ['--threads', '1', '--json'];
const search = ['--nfe', '5', '--sampler', 'ddim', '-n', '16', '--trials', '20', ...quiet];
const more = ['--set', 'train.sampleEvery=0'];

const calls = {
  train: ['train', 'two-moons', '--out', 'run', '--steps', '40', ...smallPoints, '--json', ...more],
  pack: ['pack', 'run', '--out', 'model', '--sampler', 'heun', '--nfe', '9', ...quiet],
  looked: ['tune', 'run', ...search, '--nfe', '4,6', '--evaluate', '40', '--out', 'tune.json'],
  picture: ['tune', 'model', ...search, '--out', 'tune.svg'],
  run: ['tune', 'run', ...search, '--write'],
  model: ['tune', 'model', ...search, '--write'],
  fromRun: ['sample', 'run', '-n', '8', '--out', 'run.npz', ...quiet],
  fromModel: ['sample', 'model', '-n', '8', '--out', 'model.npz', ...quiet],
  packed: ['pack', 'run', '--out', 'packed', ...quiet],
  several: ['tune', 'run', ...search, '--nfe', '4,6', '--write'],
  shipped: ['tune', 'fashion-mnist', '--write', ...quiet],
  classifier: ['tune', 'fashion-mnist-features', ...quiet],
  one: ['tune', 'run', '--nfe', '1', ...quiet],
  adaptive: ['tune', 'run', '--sampler', 'ode', ...quiet],
  guided: ['tune', 'run', '--guidance', '2', ...quiet],
  format: ['tune', 'run', '--out', 'tune.txt', ...quiet],
  levels: ['sample', 'run', '--grid', '80,8,9', '--sampler', 'ddim', ...quiet],
  number: ['sample', 'run', '--grid', '80,x', '--sampler', 'ddim', ...quiet],
} as const;

type Name = keyof typeof calls;
let ended: Readonly<Record<Name, Ended>>;
beforeAll(async () => {
  const all = await oneAfterAnother(Object.values(calls), { cwd });
  ended = Object.fromEntries(Object.keys(calls).map((name, i) => [name, all[i]])) as Record<Name, Ended>;
}, timeout);

const result = (name: Name): Record<string, unknown> => {
  expect(ended[name]).toMatchObject({ code: 0 });
  return JSON.parse(ended[name].out) as Record<string, unknown>;
};

interface Row {
  readonly nfe: number;
  readonly tuned: { readonly levels: readonly number[]; readonly evaluation?: { readonly n: number } };
}

it('has a row for each number of evaluations, with a comparison with data, and writes nothing else by itself', () => {
  const rows = result('looked')['rows'] as readonly Row[];
  expect(rows.map(({ nfe }) => nfe)).toEqual([4, 6]);
  expect(rows.map(({ tuned }) => tuned.evaluation?.n)).toEqual([40, 40]);
  const file = JSON.parse(readFileSync(join(cwd, 'tune.json'), 'utf8')) as { readonly rows: unknown };
  expect(file.rows).toEqual(rows);
  result('picture');
  expect(readFileSync(join(cwd, 'tune.svg'), 'utf8')).toMatch(/^<svg/);
});

describe.each([
  ['run', 'fromRun', 'run.npz'],
  ['model', 'fromModel', 'model.npz'],
] as const)('the grid that is written into a %s', (name, sampled, file) => {
  it('is the one with which it is sampled', () => {
    const [row] = result(name)['rows'] as readonly Row[];
    const { sampling } = loadAnyRun(join(cwd, name));
    expect(sampling).toMatchObject({ sampler: 'ddim', nfe: 5, grid: row?.tuned.levels });
    expect(result(sampled)).toMatchObject({ sampler: 'ddim', evaluations: { mean: 5 } });
    expect(parseNpz(readFileSync(join(cwd, file)), file).get('samples')?.shape).toEqual([8, 2]);
  });
});

it('leaves the parameters of a model as they were, and goes into a model that is packed later', () => {
  result('packed');
  const [model, packed] = ['model', 'packed'].map((name) => loadAnyRun(join(cwd, name)));
  expect(model?.point.state.ema).toEqual(packed?.point.state.ema);
  expect(packed?.ownSampling).toEqual(loadAnyRun(join(cwd, 'run')).ownSampling);
});

it('leaves everything as it was when it is killed', { timeout }, async () => {
  const files = [join(cwd, 'run', 'sampling.json'), join(cwd, 'model', 'model.safetensors')];
  const before = files.map((file) => readFileSync(file, 'utf8'));
  const names = listing(cwd);
  for (const ref of ['run', 'model']) {
    const child = start(
      ['tune', ref, '--nfe', '30', '--trials', '100000', '--threads', '1', '--write', '--out', 'x.json'],
      { cwd },
    );
    await child.until((printed) => printed.includes('30 evaluations'));
    child.send('SIGKILL');
    await child.ended;
  }
  expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(before);
  expect(listing(cwd)).toEqual(names);
});

describe('what is wrong is one sentence', () => {
  it.each([
    ['several', 'nfe: expected one number of evaluations to write, got 2'],
    [
      'shipped',
      'fashion-mnist is a model that the package ships, which is not written to; make a copy with `scorefield pack fashion-mnist --out models/mine`',
    ],
    ['classifier', 'RUN: expected a run that learns a score, fashion-mnist-features is a classifier'],
    ['one', 'nfe: expected at least 2 evaluations (1 a step and 1 for the last denoising), got 1'],
    ['adaptive', 'ode chooses its own steps'],
    ['guided', 'guidance: expected a class to guide to, --class'],
    ['format', 'tune.txt: expected a name that ends in .svg or .png or .json'],
    ['levels', 'grid: expected two or more noise levels above 0, each below the last, got 80,8,9'],
    ['number', 'expected a number'],
  ] as [Name, string][])('%s', (name, sentence) => {
    expect(ended[name].code).toBe(2);
    expect(ended[name].err).toContain(sentence);
    expect(existsSync(join(cwd, 'tune.txt'))).toBe(false);
  });
});
