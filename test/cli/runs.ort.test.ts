/** @file A run from its training to its samples, for points and for images. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { parseNpz } from '../../src/data/arrays/npz.ts';
import { formatNpy, type NpyArray } from '../../src/data/arrays/npy.ts';
import { decodeSafetensors } from '../../src/io/safetensors.ts';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother, scorefield, smallImages, smallPoints, type Ended } from './scorefield.ts';

const cwd = newFolder();
const [center, std] = [1000, 50];
const values = normal(key(1), 400).map((z) => center + std * z);
writeFileSync(join(cwd, 'points.npy'), formatNpy({ shape: [200, 2], data: values }));

const timeout = 60_000;
/** So few steps need a large rate, or the network stays at its initial zero. */
const quick = ['--set', 'train.warmup=1', '--set', 'train.learningRate=0.01'];
const often = [
  ...quick,
  '--set',
  'train.checkpointEvery=10',
  '--set',
  'train.logEvery=5',
  '--set',
  'train.sampleEvery=20',
];

interface Case {
  readonly name: string;
  readonly data: string;
  /** What the set calls itself. */
  readonly title: string;
  readonly options: readonly string[];
  readonly shape: readonly number[];
  /** Pictures of a snapshot. */
  readonly process: string;
  readonly pictures: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'points',
    data: 'points.npy',
    title: 'points.npy',
    process: 'vp',
    // With little noise even a poor network leaves samples where the data are.
    options: [...smallPoints, '--set', 'sde.betaMax=5'],
    shape: [2],
    pictures: ['.png'],
  },
  {
    name: 'images',
    data: 'emoji',
    title: 'emoji-faces',
    process: 'edm',
    options: smallImages,
    shape: [3, 8, 8],
    pictures: ['.png', '-strip.png'],
  },
];

type Answer = Readonly<Record<string, unknown>>;

/** The only line of a text, as JSON. */
function onlyObject(text: string): Answer {
  expect(text).toMatch(/^\{[^\n]*\}\n$/);
  return JSON.parse(text) as Answer;
}

function png(file: string): { width: number; height: number; channels: number; shades: number } {
  const { width, height, channels, data } = decode(readFileSync(join(cwd, file)));
  return { width, height, channels, shades: new Set(data).size };
}

function samplesIn(file: string): NpyArray {
  const arrays = parseNpz(new Uint8Array(readFileSync(join(cwd, file))), file);
  expect([...arrays.keys()]).toEqual(['samples']);
  return arrays.get('samples')!;
}

describe.each(cases)('a run on $name', ({ name, data, title, process, options, shape, pictures }) => {
  const run = `run-${name}`;
  let trained: Ended;
  beforeAll(async () => {
    trained = await scorefield(['train', data, '--out', run, '--steps', '40', ...options, ...often], { cwd });
  }, timeout);

  it('trains, in plain lines where it is piped, and leaves everything in its folder', () => {
    expect(trained).toMatchObject({ code: 0, err: '' });
    expect(trained.out).not.toMatch(/[\r\x1b]/);
    const [set, begun, progress, ...end] = trained.out.trimEnd().split('\n');
    expect(set).toMatch(
      new RegExp(`^${title}: [\\d,]+ samples \\[${shape.join(', ')}\\]; \\S+ with [\\d,]+ parameters; SDE ${process}$`),
    );
    expect(begun).toBe(`new run in ${run}`);
    expect(progress).toMatch(
      /^step 1 {2}loss [\d.]+ {2}[\d,]+ (images|points)\/s {2}[━─]{24} +\d+ % {2}[\d a-z]+ left$/,
    );
    expect(end.slice(-2)).toEqual([
      expect.stringMatching(/^done: step 40, loss [\d.]+, \d+ s of training$/),
      `draw samples with: scorefield sample ${run}`,
    ]);
    const steps = ['00000030', '00000040'];
    expect(readdirSync(join(cwd, run, 'checkpoints')).toSorted()).toEqual(
      expect.arrayContaining(steps.map((step) => `${step}.safetensors`)),
    );
    const lines = readFileSync(join(cwd, run, 'metrics.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    const metrics = lines.map((line) => JSON.parse(line) as Record<string, number>);
    expect(metrics.map(({ step }) => step)).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
    for (const line of metrics)
      for (const key of ['loss', 'smoothedLoss', 'gradientNorm', 'seconds']) expect(line[key]).toBeGreaterThan(0);
    expect(readdirSync(join(cwd, run)).filter((file) => file.startsWith('events.out.tfevents'))).toHaveLength(1);
    expect(existsSync(join(cwd, run, 'train.lock'))).toBe(false);
  });

  it('draws snapshots on its way: how noise becomes data', () => {
    const names = ['00000020', '00000040'].flatMap((step) => pictures.map((ending) => step + ending));
    expect(readdirSync(join(cwd, run, 'samples')).toSorted()).toEqual(names.toSorted());
    for (const file of names) expect(png(join(run, 'samples', file)).shades).toBeGreaterThan(2);
  });

  it('keeps at most as many checkpoints as asked for and the best, each whole', () => {
    const files = readdirSync(join(cwd, run, 'checkpoints'));
    expect(files.length).toBeLessThanOrEqual(3);
    for (const file of files) {
      const path = join(cwd, run, 'checkpoints', file);
      const { tensors, metadata } = decodeSafetensors(new Uint8Array(readFileSync(path)), path);
      expect(Object.keys(tensors)).toEqual(expect.arrayContaining(['params', 'm', 'v', 'ema']));
      expect(metadata).toMatchObject({ step: String(Number(file.slice(0, 8))) });
    }
  });

  it('is described by info', { timeout }, async () => {
    const calls = [[], ['--json']].map((flags) => ['info', run, ...flags]);
    const [words, json] = await oneAfterAnother(calls, { cwd });
    expect(words).toMatchObject({ code: 0, err: '' });
    for (const word of [run, data, 'parameters', process, '40 steps', '40']) expect(words!.out).toContain(word);
    expect(json).toMatchObject({ code: 0, err: '' });
    const value = onlyObject(json!.out);
    expect(value).toMatchObject({
      kind: 'run',
      folder: run,
      sampleShape: shape,
      config: { data: { ref: expect.stringContaining(data) as unknown } },
    });
    expect(value['checkpoints']).toEqual(expect.arrayContaining([30, 40]));
    expect(Object.keys(value['env'] as object)).toEqual(expect.arrayContaining(['scorefield', 'node', 'onnxruntime']));
  });

  it('gives samples as an array in the units and the layout of the data', { timeout }, async () => {
    const few = ['-n', '6', '--sampler', 'ancestral', '--steps', '30', '--threads', '1'];
    const calls = [
      ['--out', `${name}.npz`, '--json'],
      ['--out', `${name}-again.npz`, '--batch', '4'],
      ['--out', `${name}-seed.npz`, '--seed', '5'],
      ['--out', `${name}.PNG`],
      ['--json'],
    ];
    const ended = await oneAfterAnother(
      calls.map((more) => ['sample', run, ...few, ...more]),
      { cwd },
    );
    for (const end of ended) expect(end.code).toBe(0);
    expect(onlyObject(ended[0]!.out)).toMatchObject({
      file: `${name}.npz`,
      step: 40,
      n: 6,
      sampler: 'ancestral',
      seed: 0,
      failed: 0,
    });
    expect(ended[0]!.err).toContain('6 samples by ancestral');
    expect(ended[1]!.out).toContain('6 samples by ancestral');
    const [one, again, other] = [`${name}.npz`, `${name}-again.npz`, `${name}-seed.npz`].map(samplesIn);
    if (shape.length === 1) {
      expect(one!.shape).toEqual([6, 2]);
      expect(one!.data).toBeInstanceOf(Float64Array);
      for (const value of one!.data) expect(Math.abs(value - center) / std).toBeLessThan(10);
      // Batches of other sizes are sums of another order, to the rounding of float32.
      for (const [i, value] of one!.data.entries()) expect(again!.data[i]).toBeCloseTo(value, 1);
    } else {
      expect(one!.shape).toEqual([6, 8, 8, 3]);
      expect(one!.data).toBeInstanceOf(Uint8Array);
      expect(new Set(one!.data).size).toBeGreaterThan(20);
      for (const [i, value] of one!.data.entries()) expect(Math.abs(again!.data[i]! - value)).toBeLessThanOrEqual(1);
    }
    expect(other!.data).not.toEqual(one!.data);
    expect(png(`${name}.PNG`).shades).toBeGreaterThan(2);
    const file = onlyObject(ended[4]!.out)['file'] as string;
    expect(dirname(file)).toBe(join(run, 'samples'));
    expect(png(file)).toEqual(png(`${name}.PNG`));
  });

  it('resumes from its last step, and is left as it is if that is enough', { timeout }, async () => {
    const again = ['train', data, '--out', run, '--resume', '--json', '--threads', '1'];
    const calls = [again, [...again, '--steps', '45', '--set', 'train.sampleEvery=0']];
    const [done, more] = (await oneAfterAnother(calls, { cwd })) as [Ended, Ended];
    expect(done.code).toBe(0);
    expect(onlyObject(done.out)).toMatchObject({ run, step: 40, interrupted: false });
    expect(onlyObject(more.out)).toMatchObject({ run, step: 45, interrupted: false });
    expect(more.err).toContain(`going on with ${run} after step 40`);
    expect(more.err).toMatch(/done: step 45/);
    // What was asked for last is what the run is from then on.
    const stored = JSON.parse(readFileSync(join(cwd, run, 'config.json'), 'utf8')) as object;
    expect(stored).toMatchObject({ train: { steps: 45, sampleEvery: 0 } });
  });
});

describe('the data sets', () => {
  it('have names, descriptions and pictures', { timeout }, async () => {
    const calls = [
      ['data', '--list', '--json'],
      ['data', '--list'],
      ['info', 'two-gaussians', '--json'],
      ['info', 'emoji', '--size', '8', '--group', 'faces'],
      ['data', 'emoji', '--size', '8', '-n', '9', '--out', 'faces.png', '--json'],
      ['data', 'two-moons'],
    ];
    const [names, list, points, images, picture, plot] = await oneAfterAnother(calls, { cwd });
    for (const end of [names, list, points, images, picture, plot]) expect(end).toMatchObject({ code: 0 });
    const known = Object.keys(onlyObject(names!.out));
    expect(known).toEqual(expect.arrayContaining(['two-gaussians', 'emoji', 'mnist', 'fashion-mnist', 'cifar10']));
    for (const name of known) expect(list!.out).toContain(name);
    expect(onlyObject(points!.out)).toMatchObject({ name: 'two-gaussians', kind: 'points', count: 10_000, shape: [2] });
    expect(images!.out).toMatch(/shape +3, 8, 8/);
    expect(onlyObject(picture!.out)).toEqual({ file: 'faces.png', name: 'emoji', count: 9 });
    expect(png('faces.png')).toMatchObject({ channels: 3 });
    expect(plot!.out).toContain('10,000 samples of two-moons: grid.png');
    expect(png('grid.png').shades).toBeGreaterThan(2);
  });
});

describe('a run with minutes', () => {
  it('ends when they are over, and a resumed part counts the ones before', { timeout }, async () => {
    const args = [
      'train',
      'two-gaussians',
      '--out',
      'minutes',
      ...smallPoints,
      '--set',
      'train.sampleEvery=0',
      '--json',
    ];
    const calls = [
      ['--minutes', '0.01'],
      ['--minutes', '0.02', '--resume'],
      ['--minutes', '0.02', '--resume'],
    ];
    const ended = await oneAfterAnother(
      calls.map((more) => [...args, ...more]),
      { cwd },
    );
    const [first, second, third] = ended.map(({ out }) => onlyObject(out)) as [Answer, Answer, Answer];
    expect(first['seconds']).toBeGreaterThanOrEqual(0.6);
    expect(second['seconds']).toBeGreaterThanOrEqual(1.2);
    expect(second['step']).toBeGreaterThan(first['step'] as number);
    expect(third['step']).toBe(second['step']);
  });
});
