/** @file `train --init`: a run that begins with the parameters of a run or a model. */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decodeSafetensors } from '../../src/io/safetensors.ts';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother, smallPoints } from './scorefield.ts';
import { reportedCalls, type ReportedCalls } from './reported-calls.ts';

const cwd = newFolder();
const train = (out: string, steps: number, ...more: readonly string[]): string[] => [
  ...['train', 'two-moons', '--out', out, '--steps', String(steps), '--json', '--set', 'train.sampleEvery=0'],
  ...['--set', 'train.warmup=1', ...more],
];
// Steps so short that parameters stay where they were.
const still = ['--set', 'train.learningRate=1e-12'];

const good = {
  first: train('first', 30, ...smallPoints, '--set', 'train.emaDecay=0.9', '--sde', 've'),
  pack: ['pack', 'first', '--out', 'model', '--json'],
  ofRun: train('of-run', 1, '--init', 'first', ...still),
  ofModel: train('of-model', 1, '--init', './model', ...still),
  onOther: ['train', 'swiss-roll', ...train('on-other', 1, '--init', 'first', ...still).slice(2)],
  adjusted: train('adjusted', 1, '--init', 'first', '--set', 'sde.sigmaMax=20', ...still),
  half: train('half', 3, '--init', 'first'),
  resumed: train('half', 6, '--resume'),
  whole: train('whole', 6, '--init', 'first'),
  info: ['info', 'of-run', '--json'],
  classifier: ['train', 'two-gaussians', '--task', 'classifier', '--out', 'classifier', '--steps', '2', ...smallPoints],
};
const bad: ReportedCalls<string>['bad'] = {
  'nothing there': [
    train('no', 1, '--init', 'nothing'),
    /nothing: there is no folder of a run and no model of this name/,
  ],
  'a classifier to begin a score with': [
    train('no', 1, '--init', 'classifier'),
    /--init: expected a run or a model of a score, classifier is of a classifier/,
  ],
  'a score to begin a classifier with': [
    ['train', 'two-gaussians', '--task', 'classifier', '--out', 'no', '--init', 'first'],
    /--init: expected a run or a model of a classifier, first is of a score/,
  ],
  'another network': [
    train('no', 1, '--init', 'first', '--set', 'net.width=9'),
    /--init: expected parameters of the network mlp of this run, \S+ \[.*\]; first has \S+ \[.*\]; take the network/,
  ],
  'images for a network of points': [
    ['train', 'emoji', '--limit', '20', '--size', '8', '--out', 'no', '--init', 'first'],
    /net\.kind: images and arrays need one of the networks score-net, .*; got mlp/,
  ],
  'a run that began elsewhere': [
    train('half', 9, '--resume', '--init', 'whole'),
    /train\.init: this run has "first", got "whole"; start a new run to change it/,
  ],
};
const { endOf, resultOf } = await reportedCalls({ cwd, good, bad });

function vectorsOf(run: string, step: number): Readonly<Record<string, Float32Array>> {
  const file = join(cwd, run, 'checkpoints', `${String(step).padStart(8, '0')}.safetensors`);
  const { tensors } = decodeSafetensors(new Uint8Array(readFileSync(file)), file);
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]));
}
/** Largest difference over the largest number. */
function relative(a: Float32Array = new Float32Array(1), b: Float32Array = new Float32Array(1)): number {
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0) / largest;
}

it('begins with the averaged parameters, not with those of the last step', () => {
  const { ema, params } = vectorsOf('first', 30);
  const { params: own, ema: average } = vectorsOf('of-run', 1);
  expect(relative(ema, own)).toBeLessThan(1e-6);
  expect(relative(ema, average)).toBeLessThan(1e-6);
  expect(relative(ema, params)).toBeGreaterThan(1e-3);
});

it('begins with a model as well, whose parameters are rounded to 11 bits, and on other data', () => {
  const { ema } = vectorsOf('first', 30);
  expect(relative(ema, vectorsOf('of-model', 1)['params'])).toBeLessThan(2 ** -11);
  expect(relative(ema, vectorsOf('on-other', 1)['params'])).toBeLessThan(1e-6);
});

it('records where it started in the configuration, which info prints, and keeps the SDE', () => {
  const config = (run: string): Record<string, Record<string, unknown>> =>
    JSON.parse(readFileSync(join(cwd, run, 'config.json'), 'utf8')) as Record<string, Record<string, unknown>>;
  expect(config('of-run')['sde']).toEqual(config('first')['sde']);
  expect(config('of-run')['net']).toEqual(config('first')['net']);
  expect(config('of-run')['train']!['init']).toBe('first');
  // A key of the SDE that is taken over, which that of the network's default has not.
  expect(config('adjusted')['sde']).toMatchObject({ kind: 've', sigmaMax: 20 });
  expect(resultOf('ofRun')['step']).toBe(1);
  expect(endOf('info').out).toContain('first');
});

it('resumes bit for bit, even if it was killed before its first checkpoint', { timeout: 120_000 }, async () => {
  const last = (run: string): Buffer => readFileSync(join(cwd, run, 'checkpoints', '00000006.safetensors'));
  expect(last('half').equals(last('whole'))).toBe(true);
  cpSync(join(cwd, 'whole'), join(cwd, 'early'), { recursive: true });
  rmSync(join(cwd, 'early', 'checkpoints'), { recursive: true });
  for (const name of ['metrics.jsonl', 'history.json']) rmSync(join(cwd, 'early', name));
  const [early] = await oneAfterAnother([train('early', 6, '--resume')], { cwd });
  expect(early!.code, early!.err).toBe(0);
  expect(last('early').equals(last('whole'))).toBe(true);
});
