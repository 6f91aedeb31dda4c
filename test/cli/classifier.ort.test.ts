/** @file Classifiers by the command line: trained, described, and guiding samples. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseNpz } from '../../src/data/arrays/npz.ts';
import { newFolder } from '../io/folders.ts';
import { reportedCalls, type ReportedCalls } from './reported-calls.ts';

const cwd = newFolder();

const quick = [
  ...['--batch', '64', '--threads', '1', '--json', '--set', 'net.width=16', '--set', 'train.warmup=1'],
  ...['--set', 'train.learningRate=0.02', '--set', 'train.emaDecay=0.9', '--set', 'train.sampleEvery=0'],
];
const train = (data: string, out: string, steps: number, ...more: readonly string[]): string[] => [
  ...['train', data, '--out', out, '--steps', String(steps), ...quick, ...more],
];
const sample = (out: string, ...more: readonly string[]): string[] => [
  ...['sample', 'run', '-n', '40', '--sampler', 'heun', '--steps', '10', '--threads', '1', '--json'],
  ...['--out', `${out}.npz`, ...more],
];
const task = ['--task', 'classifier'];
const guide = ['--classifier', 'classifier'];
const last = (run: string, step: number): Buffer =>
  readFileSync(join(cwd, run, 'checkpoints', `${String(step).padStart(8, '0')}.safetensors`));

const good = {
  run: train('two-gaussians', 'run', 400),
  classifier: train('two-gaussians', 'classifier', 200, ...task, '--set', 'train.checkpointEvery=100'),
  half: train('two-gaussians', 'half', 10, ...task),
  resumed: train('two-gaussians', 'half', 20, '--resume'),
  whole: train('two-gaussians', 'whole', 20, ...task),
  fromVe: train('two-gaussians', 've', 300, '--sde', 've'),
  info: ['info', 'classifier'],
  free: sample('free'),
  guidance0: sample('guidance0', '--class', '1', ...guide, '--guidance', '0'),
  class0: sample('class0', '--class', '0', ...guide),
  class1: sample('class1', '--class', '1', ...guide, '--guidance', '2'),
  all: sample('all', '--class', 'all', '-n', '3', ...guide),
  weaker: train('two-gaussians', 'weaker', 20),
  weaker1: sample('weaker1', '--guide', 'weaker', '--guidance', '1'),
  weaker2: sample('weaker2', '--guide', 'weaker', '--guidance', '2'),
  limited: sample('limited', '--guide', 'weaker', '--guidance', '2', '--guidance-interval', '0.5,2'),
  otherSde: ['sample', 've', '-n', '2', '--steps', '50', '--class', '1', '--json', ...guide],
  images: [
    ...['train', 'emoji', ...task, '--out', 'pictures', '--limit', '120', '--steps', '2', '--size', '8'],
    ...[...quick, '--batch', '4', '--set', 'net.width=8'],
  ],
};
const bad: ReportedCalls<string>['bad'] = {
  'samples of a classifier': [
    ['sample', 'classifier'],
    /RUN: expected a (run that learns|model that has learned) a score, classifier is a classifier/,
  ],
  'densities of a classifier': [['likelihood', 'classifier'], /RUN: expected a run that learns a score/],
  'a score as classifier': [
    sample('no', '--class', '1', '--classifier', 'run'),
    /--classifier: expected a run of --task classifier, run learns a score/,
  ],
  'no such classifier': [sample('no', '--class', '1', '--classifier', 'nothing'), /nothing/],
  'two networks that guide': [
    sample('no', '--class', '1', '--guide', 'weaker', ...guide),
    /--guide: expected --guide or --classifier, got both/,
  ],
  'a guide of another process': [
    sample('no', '--guide', 've'),
    /--guide: expected a model with the process of the run, .* train one with the same --sde/,
  ],
  'a guidance that there is not': [
    sample('no', '--guide', 'weaker', '--guidance-method', 'autoguide'),
    /--guidance-method: expected classifier-free, .*; did you mean autoguidance\?/,
  ],
  'an interval from high to low': [
    sample('no', '--guide', 'weaker', '--guidance-interval', '2,1'),
    /--guidance-interval: expected the lowest noise level before the highest, got 2,1/,
  ],
  'an interval of one end': [
    sample('no', '--guide', 'weaker', '--guidance-interval', '2'),
    /option '--guidance-interval <LOW,HIGH>' argument '2' is invalid: expected LOW,HIGH, numbers joined by a comma/,
  ],
  'a classifier of other samples': [
    sample('no', '--class', '1', '--classifier', 'pictures'),
    /--classifier: expected a classifier of samples \[2\], got one of \[3, 8, 8\]/,
  ],
  'a classifier without a class': [sample('no', ...guide), /--classifier: expected a class to guide to, --class/],
  'a class that the classifier does not know': [
    sample('no', '--class', '2', ...guide),
    /--class: expected all, 0 to 1; got '2'/,
  ],
  'noise that the classifier has not seen': [
    ['sample', 've', '--class', '1', '--classifier', 'narrow'],
    /--classifier: expected one trained at noise ratios \S+ to 50.0, got \S+ to \S+; train one with another --sde/,
  ],
  'data of another scale': [
    ['sample', 'run', '--class', '1', '--classifier', 'other'],
    /--classifier: expected one trained on the data of the run, of mean .* and standard deviation .*; train one on the same data/,
  ],
  'an unknown task': [train('two-gaussians', 'no', 2, '--task', 'regress'), /--task: expected score, classifier, token-model, shape-model, autoencoder, bridge, got regress/], // prettier-ignore
  'data without classes': [train('swiss-roll', 'no', 2, ...task), /--task: expected data with classes, found none in swiss-roll/], // prettier-ignore
  'a network of scores': [
    train('two-gaussians', 'no', 2, ...task, '--net', 'mlp'),
    /net.kind: expected classifier for the task classifier, got mlp/,
  ],
  'a classifier with the loss of a score': [
    train('two-gaussians', 'no', 2, ...task, '--objective', 'denoising'),
    /loss.kind: expected cross-entropy for the task classifier, got denoising/,
  ],
  'a conditional classifier': [
    train('two-gaussians', 'no', 2, ...task, '--conditional'),
    /--conditional: this is of scores; a classifier knows its classes anyway/,
  ],
};
const prepared = [
  train('two-gaussians', 'narrow', 2, ...task, '--set', 'sde.betaMax=3'),
  train('two-moons', 'other', 2, ...task),
];

const { endOf, resultOf } = await reportedCalls({ cwd, prepared, good, bad });
const samples = (name: string): number[] =>
  Array.from(parseNpz(new Uint8Array(readFileSync(join(cwd, `${name}.npz`))), name).get('samples')!.data);

it('a classifier that went on is the one that did not stop', () => {
  expect(last('half', 20).equals(last('whole', 20))).toBe(true);
});

it('accuracies by noise level are in the metrics at every checkpoint, and in what is printed', () => {
  const lines = readFileSync(join(cwd, 'classifier', 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const steps = lines.map((line) => JSON.parse(line) as Record<string, number>).filter((line) => 'accuracy/1' in line);
  expect(steps.map(({ step }) => step)).toEqual([100, 200]);
  const { accuracy } = resultOf('classifier') as { accuracy: Record<string, number> };
  expect(steps.at(-1)).toMatchObject(accuracy);
  expect(accuracy['accuracy/0.1']).toBeGreaterThan(0.95);
  expect(endOf('classifier').err).toMatch(/right by noise ratio .*: \d+ % at 0.1, .* at 10\n/);
  expect(endOf('classifier').err).toMatch(
    /guide samples with: scorefield sample … --class … --classifier classifier\n/,
  );
  expect(endOf('info').out).toMatch(/network +classifier, /);
  expect(endOf('info').out).toMatch(/classes +0, 1\n/);
});

it('a weaker model guides, everywhere or within an interval of noise levels', () => {
  expect(samples('weaker1')).toEqual(samples('free'));
  const [free, both] = [{ evaluations: { mean: 21 } }, { evaluations: { mean: 42 } }];
  expect(resultOf('weaker1')).toMatchObject({ ...free, guidance: 1, guidanceMethod: 'autoguidance', guide: 'weaker' });
  expect(resultOf('weaker2')).toMatchObject({ ...both, guidance: 2 });
  const { evaluations, interval } = resultOf('limited') as { evaluations: { mean: number }; interval: number[] };
  expect(interval).toEqual([0.5, 2]);
  expect(evaluations.mean).toBeGreaterThan(21);
  expect(evaluations.mean).toBeLessThan(42);
});

it('guidance 0 draws samples of no class in particular, bit for bit', () => {
  expect(samples('guidance0')).toEqual(samples('free'));
});

it('samples of a class lie where the class does', () => {
  const share = (name: string): number => {
    const x = samples(name);
    return Array.from({ length: 40 }, (_, i) => Number(x[2 * i]! + x[2 * i + 1]! > 0)).reduce((a, b) => a + b) / 40;
  };
  // Of all samples 0.7 are of class 1.
  expect(share('class0')).toBeLessThan(0.2);
  expect(share('class1')).toBeGreaterThan(0.9);
});

it('evaluations of both networks count', () => {
  expect(resultOf('free')).toMatchObject({ evaluations: { mean: 21 } });
  expect(resultOf('guidance0')).toMatchObject({ evaluations: { mean: 21 }, guidance: 0, classifier: 'classifier' });
  expect(resultOf('class0')).toMatchObject({ evaluations: { mean: 42 }, guidance: 1, classes: ['0'] });
  expect(resultOf('all')).toMatchObject({ n: 6 });
});
