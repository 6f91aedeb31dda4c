/** @file Runs of every objective by the command line: trained, gone on with, and sampled. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { key, split } from '../../src/base/key.ts';
import { loadRun } from '../../src/run/load.ts';
import { buildSampler } from '../../src/catalog/samplers/build-sampler.ts';
import { parseNpz } from '../../src/data/arrays/npz.ts';
import { unscaled } from '../../src/data/scaler.ts';
import type { ReverseVariance } from '../../src/sample/sampler-step.ts';
import { finish } from '../../src/sample/sampler.ts';
import { scoreModel } from '../../src/score/models/score-model.ts';
import { averaged } from '../../src/train/train.ts';
import { oneAfterAnother, smallImages, smallPoints, type Ended } from './scorefield.ts';

const cwd = mkdtempSync(join(tmpdir(), 'scorefield-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const set = (...settings: readonly string[]): string[] => settings.flatMap((setting) => ['--set', setting]);

/** The sampler that a run is drawn by where none is asked for. */
const runs: readonly { name: string; args: readonly string[]; sampler: string }[] = [
  { name: 'dsm', args: ['--objective', 'dsm', ...set('loss.sigma=0.3')], sampler: 'langevin' },
  { name: 'ncsn', args: ['--objective', 'ncsn', ...set('loss.levels=6')], sampler: 'annealed-langevin' },
  { name: 'ddpm', args: ['--objective', 'ddpm', ...set('loss.steps=30')], sampler: 'ancestral' },
  { name: 'vlb', args: ['--objective', 'vlb', ...set('loss.variance=large')], sampler: 'ancestral' },
  { name: 'hybrid', args: ['--objective', 'hybrid'], sampler: 'ancestral' },
  { name: 'exact', args: ['--objective', 'exact', ...set('net.energy=true')], sampler: 'pc' },
  { name: 'clean', args: ['--objective', 'exact', ...set('loss.noise=none')], sampler: 'langevin' },
  { name: 'sliced', args: ['--objective', 'sliced', ...set('loss.law=sphere', 'loss.projections=2')], sampler: 'pc' },
  { name: 'sliced-vr', args: ['--objective', 'sliced-vr'], sampler: 'pc' },
  { name: 'on-ddpm', args: ['--objective', 'hybrid', '--sde', 'ddpm', ...set('sde.steps=50')], sampler: 'ancestral' },
];
const train = ({ name, args }: (typeof runs)[number], steps: number, ...more: readonly string[]): string[] => [
  ...['train', 'two-gaussians', '--out', name, '--steps', String(steps), '--json', ...smallPoints],
  ...set('train.sampleEvery=0'),
  ...args,
  ...more,
];
// Samplers whose number of steps the objective does not set, or sets to a thousand, take few.
const few = (name: string): string[] => (['ncsn', 'ddpm', 'on-ddpm'].includes(name) ? [] : ['--steps', '5']);
const sample = (name: string, ...more: readonly string[]): string[] => [
  ...['sample', name, '-n', '3', '--json', '--out', `${name}.npz`, '--threads', '1'],
  ...more,
];

const calls = runs.flatMap((run) => [train(run, 4), train(run, 6, '--resume'), sample(run.name, ...few(run.name))]);
const images = [
  ['train', 'emoji', '--out', 'bytes', '--steps', '3', '--objective', 'hybrid', '--json', ...smallImages],
  sample('bytes', '--steps', '4'),
];
const mistakes = [
  ['train', 'two-moons', '--out', 'no', '--objective', 'unknown'],
  ['sample', 'dsm', '--sampler', 'pc'],
  ['train', 'two-gaussians', '--out', 'dsm', '--resume', '--objective', 'sliced', '--steps', '9'],
  ['train', 'emoji', '--out', 'no', '--objective', 'exact', ...smallImages],
  ...[['likelihood'], ['encode'], ['interpolate', '--from', '0', '--to', '1'], ['dequantise']].map(
    ([command = '', ...options]) => [command, 'clean', ...options],
  ),
];
const ended = await oneAfterAnother([...calls, ...images, ...mistakes], { cwd });
const failed = ended.slice(calls.length + images.length);
const wholeRun = /RUN: expected a run that has learned the score at all noise levels, found one of one level/;
const jsonOf = ({ out }: Ended): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>;

describe.each(runs.map((run, i) => ({ ...run, ended: ended.slice(3 * i, 3 * i + 3) })))('a run of $name', (run) => {
  const [begun, resumed, sampled] = run.ended as [Ended, Ended, Ended];

  it('is trained and gone on with', () => {
    expect([begun.code, resumed.code], begun.err + resumed.err).toEqual([0, 0]);
    expect([jsonOf(begun)['step'], jsonOf(resumed)['step']]).toEqual([4, 6]);
    expect(Number.isFinite(jsonOf(resumed)['smoothedLoss'])).toBe(true);
    const config = JSON.parse(readFileSync(join(cwd, run.name, 'config.json'), 'utf8')) as { loss: { kind: string } };
    expect(config.loss.kind).toBe(run.args[1]);
  });

  it(`is sampled by ${run.sampler} with finite samples`, () => {
    expect(sampled.code, sampled.err).toBe(0);
    expect(jsonOf(sampled)).toMatchObject({ sampler: run.sampler, n: 3, failed: 0 });
    const samples = parseNpz(readFileSync(join(cwd, `${run.name}.npz`)), 'samples.npz').get('samples');
    expect(samples!.shape).toEqual([3, 2]);
    expect(Array.from(samples!.data, Number).every(Number.isFinite)).toBe(true);
  });
});

it('counts the evaluations of the levels of ncsn and of steps with a learned variance', () => {
  const evaluations = (name: string): unknown =>
    (jsonOf(ended[3 * runs.findIndex((run) => run.name === name) + 2]!)['evaluations'] as { mean: number }).mean;
  // Five levels below the first with five steps each, and the last denoising; five steps and the last denoising; all of
  // the chain's times, once each.
  expect(['ncsn', 'hybrid', 'ddpm', 'on-ddpm'].map(evaluations)).toEqual([26, 6, 30, 50]);
});

describe.each(['vlb', 'hybrid'])('samples of a run of %s', (name) => {
  it('have the variance that the run was trained with', async () => {
    const { net, process, point, data, reverseVariance } = loadRun(join(cwd, name));
    const model = scoreModel(nodeBackend({ threads: 1 }), net, { params: averaged(point.state), process });
    const draw = async (variance: ReverseVariance): Promise<readonly number[]> => {
      const sampler = buildSampler('ancestral', { steps: 5 });
      const request = { sde: process.sde, score: model.score, shape: data.shape, keys: split(key(0), 3) };
      const { x } = await finish(sampler({ ...request, reverseVariance: variance }));
      return Array.from(unscaled(data.scaler, x).data);
    };
    const own = model.reverseVariance ?? reverseVariance;
    const [expected, other] = [await draw(own), await draw(0.5)];
    await model.dispose();
    const { data: found } = parseNpz(readFileSync(join(cwd, `${name}.npz`)), 'samples.npz').get('samples')!;
    const gap = (values: readonly number[]): number =>
      Math.max(...values.map((v, i) => Math.abs(v - Number(found[i]))));
    expect(gap(expected)).toBeLessThan(1e-5);
    expect(gap(other)).toBeGreaterThan(1e-3);
  });
});

it('trains images with the bound of their bytes and a learned variance, and draws them', () => {
  const [begun, sampled] = ended.slice(calls.length, calls.length + images.length) as [Ended, Ended];
  expect([begun.code, sampled.code], begun.err + sampled.err).toEqual([0, 0]);
  expect(readdirSync(join(cwd, 'bytes', 'samples')).some((name) => name.endsWith('.png'))).toBe(true);
});

it.each([
  [0, /--objective: expected denoising, .*sliced-vr, .*luhman, .*masked, d3pm, shape-gf, got unknown/],
  [1, /--sampler: expected langevin, as the run has learned the score at one noise level alone, got pc/],
  [2, /loss\.kind: this run has "dsm", got "sliced"/],
  [3, /loss\.kind: expected samples of at most 64 numbers for exact, got 192/],
  ...[4, 5, 6, 7].map((i) => [i, wholeRun] as const),
] as const)('says in one line what is wrong: mistake %i', (i, message) => {
  const { code, out, err } = failed[i]!;
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err.trim().split('\n')).toHaveLength(1);
  expect(err).toMatch(message);
});
