/** @file Classes by the command line: trained, described, sampled, and refused. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { expect, it } from 'vitest';
import { parseNpz } from '../../src/data/arrays/npz.ts';
import { newFolder } from '../io/folders.ts';
import { smallImages, smallPoints } from './scorefield.ts';
import { reportedCalls, type ReportedCalls } from './reported-calls.ts';

const cwd = newFolder();

const quick = ['--set', 'train.warmup=1', '--set', 'train.learningRate=0.005', '--set', 'train.sampleEvery=0'];
const train = (out: string, steps: number, ...more: readonly string[]): string[] => [
  ...['train', 'two-gaussians', '--out', out, '--steps', String(steps), '--json', ...smallPoints, ...quick],
  ...['--set', 'train.emaDecay=0.9', ...more],
];
const conditional = ['--conditional', '--set', 'train.labelDropout=0.4'];
const sample = (out: string, ...more: readonly string[]): string[] => [
  ...['sample', 'run', '--sampler', 'heun', '--threads', '1', '--json', '--out', out, ...more],
];
const likelihood = (...more: readonly string[]): string[] => [
  ...['likelihood', 'run', '-n', '6', '--tolerance', '1e-2', '--threads', '1', '--json', ...more],
];
const emoji = smallImages.filter((word) => word !== '--group' && word !== 'faces');

const good = {
  run: train(
    'run',
    400,
    '--conditional',
    ...['--batch', '64', '--set', 'train.learningRate=0.02', '--set', 'net.width=16'],
  ),
  half: train('half', 20, ...conditional),
  resumed: train('half', 40, '--resume', ...conditional),
  whole: train('whole', 40, ...conditional),
  plain: train('plain', 2),
  info: ['info', 'run'],
  free: sample('free.npz', '-n', '5', '--steps', '6', '--class', '0', '--guidance', '0'),
  guidance0: sample('guidance0.npz', '-n', '5', '--steps', '6', '--class', '1', '--guidance', '0'),
  class0: sample('class0.npz', '-n', '40', '--steps', '10', '--class', '0'),
  class1: sample('class1.npz', '-n', '40', '--steps', '10', '--class', '1', '--guidance', '1'),
  guided: sample('guided.npz', '-n', '5', '--nfe', '26', '--class', '1', '--guidance', '2'),
  alone: sample('alone.npz', '-n', '5', '--nfe', '26', '--class', '1', '--guidance', '2', '--batch', '2'),
  all: sample('all.npz', '--steps', '4', '--class', 'all'),
  first: [
    ...['train', 'emoji', '--conditional', '--out', 'first', '--limit', '120', '--steps', '1', '--json'],
    ...[...emoji, ...quick],
  ],
  firstAll: ['sample', 'first', '--class', 'all', '-n', '2', '--steps', '2', '--out', 'first.png', '--json'],
  noClass: likelihood(),
  givenClass: likelihood('--given-class'),
  images: [
    ...['train', 'emoji', '--conditional', '--out', 'images', '--steps', '2', '--json'],
    ...[...emoji, ...quick, '--set', 'train.sampleEvery=2'],
  ],
  grid: ['sample', 'images', '--class', 'all', '-n', '2', '--steps', '2', '--out', 'grid.png', '--json'],
  people: ['sample', 'images', '--class', 'PEOPLE', '-n', '2', '--steps', '2', '--json'],
};
const bad: ReportedCalls<string>['bad'] = {
  'a class that is none': [sample('no.npz', '--class', '2'), /--class: expected all, 0 to 1; got '2'/],
  'a name that is none': [
    ['sample', 'images', '--class', 'cats'],
    /--class: expected all, 0 to 8, smileys, people, .*flags; got 'cats'/,
  ],
  'a class without samples': [
    ['sample', 'first', '--class', 'people'],
    /--class: expected a class that had samples, all, smileys; 'people' had none in the training/,
  ],
  'guidance without a class': [
    sample('no.npz', '--guidance', '2'),
    /--guidance: expected a class to guide to, --class/,
  ],
  'guidance that runs away': [
    sample('no.npz', '-n', '2', '--steps', '6', '--class', '1', '--guidance', '1e9'),
    /--guidance: guidance diverged (at the first step|after step \d of 6, at t = [\d.]+), with guidance = 1000000000: a sample is .*; try a smaller guidance, more steps, or another sampler/,
  ],
  'negative guidance': [
    sample('no.npz', '--class', '1', '--guidance', '-1'),
    /'--guidance <W>' argument '-1' is invalid: expected a number of at least 0/,
  ],
  'a run without classes': [
    ['sample', 'plain', '--class', '1'],
    /--class: this run knows no classes; train one with --conditional/,
  ],
  'densities given classes of a run without': [
    ['likelihood', 'plain', '--given-class'],
    /--given-class: this run knows no classes; train one with --conditional/,
  ],
  'classes of a run that goes on without': [
    train('plain', 4, '--resume', '--conditional'),
    /--conditional: this run has a network without classes; start a new run/,
  ],
  'data without labels': [
    ['train', 'swiss-roll', '--conditional', '--out', 'no'],
    /--conditional: expected data with classes, found none in swiss-roll/,
  ],
  'a network without classes': [
    ['train', 'emoji', '--conditional', '--net', 'score-net', '--out', 'no'],
    /--conditional: expected one of the networks mlp, diffwave, ddpmpp, ncsnpp, ddpm, got score-net/,
  ],
  'fewer classes than there are': [
    train('no', 2, '--conditional', '--set', 'net.classes=1'),
    /net.classes: expected the 2 classes of two-gaussians, got 1/,
  ],
};

const { endOf, resultOf } = await reportedCalls({ cwd, good, bad });
const arrays = (name: string): ReturnType<typeof parseNpz> =>
  parseNpz(new Uint8Array(readFileSync(join(cwd, name))), name);
const samples = (name: string): number[] => Array.from(arrays(`${name}.npz`).get('samples')!.data);

it('a run that went on is the run that did not stop', () => {
  const last = (run: string): Buffer => readFileSync(join(cwd, run, 'checkpoints', '00000040.safetensors'));
  expect(last('half').equals(last('whole'))).toBe(true);
});

it('info tells the classes', () => {
  expect(endOf('info').out).toMatch(/classes +0, 1\n/);
});

it('guidance 0 draws the same samples whatever the class, bit for bit', () => {
  expect(samples('guidance0')).toEqual(samples('free'));
  expect(samples('guided')).not.toEqual(samples('free'));
});

it('samples of a class lie where the class does, and say which it is', () => {
  // The classes are Gaussians about (-1, -1) and (1, 1); after 400 small steps most samples are on the right side.
  const share = (name: string): number => {
    const x = samples(name);
    return Array.from({ length: 40 }, (_, i) => Number(x[2 * i]! + x[2 * i + 1]! > 0)).reduce((a, b) => a + b) / 40;
  };
  expect(share('class0')).toBeLessThan(0.2);
  expect(share('class1')).toBeGreaterThan(0.8);
  expect(Array.from(arrays('class1.npz').get('labels')!.data)).toEqual(new Array(40).fill(1));
  expect(resultOf('class1')).toMatchObject({ n: 40, classes: ['1'], guidance: 1 });
});

it('evaluations of both scores count, and --nfe is of both', () => {
  // Heun takes two evaluations a step, the last denoising one: 13 allow 6 steps, at twice the cost.
  expect(resultOf('guided')).toMatchObject({ evaluations: { mean: 26, min: 26, max: 26 } });
  expect(resultOf('class1')).toMatchObject({ evaluations: { mean: 21 } });
  expect(resultOf('guidance0')).toMatchObject({ evaluations: { mean: 13 } });
});

it('samples do not depend on which are computed together', () => {
  const [together, apart] = [samples('guided'), samples('alone')];
  // Programs of two batch sizes differ by roundings of float32.
  together.forEach((value, i) => expect(apart[i]).toBeCloseTo(value, 3));
});

it('all classes are eight samples of each, in order', () => {
  expect(Array.from(arrays('all.npz').get('labels')!.data)).toEqual([...new Array<number>(8).fill(0), ...new Array<number>(8).fill(1)]); // prettier-ignore
  expect(resultOf('all')).toMatchObject({ n: 16, classes: ['0', '1'] });
});

it('a picture of all classes has a row of each', () => {
  const { width, height } = decode(readFileSync(join(cwd, 'grid.png')));
  // Nine categories of 2 images of 8 pixels with their gaps.
  expect(height / width).toBeGreaterThan(4);
  expect(height / width).toBeLessThan(4.6);
  expect(resultOf('grid')).toMatchObject({ n: 18 });
  expect(resultOf('people')).toMatchObject({ n: 2, classes: ['people'] });
  // The first 120 emoji are all smileys.
  expect(resultOf('firstAll')).toMatchObject({ n: 2, classes: ['smileys'] });
});

it('densities are those of all classes, or of each sample given its class', () => {
  const [free, given] = [resultOf('noClass'), resultOf('givenClass')];
  expect(given).toMatchObject({ n: 6, givenClass: true });
  expect(free).not.toHaveProperty('givenClass');
  expect(given['bitsPerDim']).not.toBe(free['bitsPerDim']);
});
