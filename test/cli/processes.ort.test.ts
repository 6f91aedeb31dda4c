/** @file Every noise process, parametrization and weighting by its name on the command line; levels from data. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parametrizationKinds, sdeKinds } from '../../src/config/schema.ts';
import { parseNpz } from '../../src/data/npz.ts';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother } from './scorefield.ts';

const cwd = newFolder();
const weightings = ['sigma2', 'likelihood', 'edm', 'x0', 'min-snr', 'truncated-snr', 'v', 'flow-matching'];
const small = ['net.width=32', 'train.warmup=50', 'train.emaDecay=0.98', 'train.sampleEvery=0'];
const train = (out: string, steps: number, ...options: string[]): string[] => [
  ...['train', 'two-moons', '--steps', `${steps}`, '--batch', '128', '--out', out, '--json', '--threads', '1'],
  ...[...small.flatMap((setting) => ['--set', setting]), ...options],
];
const sample = (run: string): string[] => [
  ...['sample', run, '-n', '200', '--sampler', 'ancestral', '--steps', '50', '--out', `${run}.npz`, '--threads', '1'],
];

describe('every process', async () => {
  const ended = await oneAfterAnother(
    sdeKinds.flatMap((kind) => [train(kind, 300, '--sde', kind), sample(kind)]),
    { cwd },
  );

  it.each(sdeKinds.map((kind, i) => [kind, i] as const))('trains and samples two moons: %s', (kind, i) => {
    const [trained, sampled] = [ended[2 * i]!, ended[2 * i + 1]!];
    expect([trained.code, sampled.code], trained.err + sampled.err).toEqual([0, 0]);
    const values = [...parseNpz(new Uint8Array(readFileSync(join(cwd, `${kind}.npz`))), kind).get('samples')!.data];
    const rms = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
    // The moons have a standard deviation of about 1, which so short a training meets roughly.
    expect(rms).toBeGreaterThan(0.5);
    expect(rms).toBeLessThan(2);
  });
});

describe('every', async () => {
  const settings = [
    ...parametrizationKinds.map((kind) => `parametrization.kind=${kind}`),
    ...weightings.map((weighting) => `loss.weighting=${weighting}`),
  ];
  const ended = await oneAfterAnother(
    settings.map((setting, i) => train(`run-${i}`, 30, '--sde', 'rectified-flow', '--set', setting)),
    { cwd },
  );

  it.each(settings.map((setting, i) => [setting, i] as const))('%s trains', (_setting, i) => {
    const { code, out, err } = ended[i]!;
    expect(code, err).toBe(0);
    expect((JSON.parse(out) as { smoothedLoss: number }).smoothedLoss).toBeGreaterThan(0);
  });
});

it('the levels that fit data are printed, and can be trained on', async () => {
  const [points, images, none] = await oneAfterAnother(
    [
      ['data', 'two-moons', '--levels', '--json'],
      ['data', 'emoji', '--size', '8', '--group', 'faces', '--levels'],
      ['data', 'emoji', '--size', '1', '--limit', '1', '--levels'],
    ],
    { cwd },
  );
  expect(JSON.parse(points!.out)).toMatchObject({ dimension: 2, sigmaMin: 0.01, ratio: null });
  expect(images!.out).toMatch(/ratio +1\.1808 at most/);
  expect(images!.out).toMatch(/step size +0\.17\d sigma\^2, epsilon 1\.7\de-5/);
  const [, options = ''] = /train with: scorefield train emoji (.*)\n/.exec(images!.out) ?? [];
  expect(options).toMatch(/^--size 8 --group faces --sde smld --set sde\.sigmaMax=4\.63 --set sde\.levels=38$/);
  // The first of the 38 levels is that of the prior's draw.
  expect(images!.out).toMatch(
    /sample with: scorefield sample RUN --sampler annealed-langevin --steps 37 --step-size 0\.17\d\n/,
  );
  expect(none).toMatchObject({
    code: 2,
    err: 'scorefield: data: expected samples that differ, found that all of emoji are equal\n',
  });
});
