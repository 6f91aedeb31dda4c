/** @file Every noise process, parametrization and weighting by its name on the command line; levels from data. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { key, split } from '../../src/base/key.ts';
import { tensor } from '../../src/base/tensor.ts';
import { loadRun } from '../../src/run/load.ts';
import { parametrizationKinds, sdeKinds } from '../../src/catalog/kinds.ts';
import type { PointSet } from '../../src/data/dataset.ts';
import { parseNpz } from '../../src/data/arrays/npz.ts';
import { openDataSet } from '../../src/run/data-sets.ts';
import { scaled, commonFactor } from '../../src/data/scaler.ts';
import { scoreError } from '../../src/evaluate/score-error.ts';
import { scoreModel } from '../../src/score/models/score-model.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { timeOfNoiseRatio } from '../../src/sde/time/noise-ratio.ts';
import { averaged } from '../../src/train/train.ts';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother } from './scorefield.ts';

const cwd = newFolder();
const set = (await openDataSet('two-gaussians', { seed: 7, count: 1000 })) as PointSet;
const weightings = ['sigma2', 'likelihood', 'edm', 'x0', 'min-snr', 'truncated-snr', 'v', 'flow-matching'];
const quick = ['train.warmup=20', 'train.learningRate=0.005', 'train.emaDecay=0.95', 'train.sampleEvery=0'];
const small = ['net.width=32', 'net.features=16', ...quick];
const train = (out: string, steps: number, ...options: string[]): string[] => [
  ...['train', 'two-gaussians', '--steps', `${steps}`, '--batch', '128', '--out', out, '--json', '--threads', '1'],
  ...[...small.flatMap((setting) => ['--set', setting]), ...options],
];
const sample = (run: string): string[] => [
  ...['sample', run, '-n', '200', '--sampler', 'ancestral', '--steps', '50', '--out', `${run}.npz`, '--threads', '1'],
];

/** The error of the score of a run relative to the exact one, where the noise is as large as the data: 1 for no score. */
async function errorOf(run: string): Promise<number> {
  const { net, process, point, data } = loadRun(join(cwd, run));
  const { sde } = process;
  const { means, stds, weights } = set.mixture!;
  const { score: exact } = gaussianMixture(sde, {
    means: scaled(data.scaler, tensor(means.flat(), [means.length, 2])),
    stds: stds.map((std) => std * commonFactor(data.scaler)),
    weights,
  });
  const model = scoreModel(nodeBackend({ threads: 1 }), net, { params: averaged(point.state), process, maxBatch: 512 });
  const request = {
    ...{ sde, score: model.score, exact, keys: split(key(5), set.count), times: [timeOfNoiseRatio(sde, 1)] },
    x0: scaled(data.scaler, tensor(set.values, [set.count, 2])),
  };
  const [found] = await scoreError(request);
  await model.dispose();
  return found!.relative.value;
}

describe('every process', async () => {
  const ended = await oneAfterAnother(
    sdeKinds.flatMap((kind) => [train(kind, 300, '--sde', kind), sample(kind)]),
    { cwd },
  );

  it.each(sdeKinds.map((kind, i) => [kind, i] as const))('trains and samples two Gaussians: %s', async (kind, i) => {
    const [trained, sampled] = [ended[2 * i]!, ended[2 * i + 1]!];
    expect([trained.code, sampled.code], trained.err + sampled.err).toEqual([0, 0]);
    // So short a training leaves 0.07 to 0.31; a score of another process, or scaled by another noise, is off by about 1.
    expect(await errorOf(kind)).toBeLessThan(0.45);
    const values = [...parseNpz(new Uint8Array(readFileSync(join(cwd, `${kind}.npz`))), kind).get('samples')!.data];
    const squares = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    // The data have the standard deviation 1; that of linear-ve still has much noise after 50 even steps down from 50.
    expect(squares).toBeGreaterThan(0.6);
    expect(squares).toBeLessThan(2.5);
  });
});

describe('every', async () => {
  const settings = [
    ...parametrizationKinds.map((kind) => `parametrization.kind=${kind}`),
    ...weightings.map((weighting) => `loss.weighting=${weighting}`),
  ];
  const ended = await oneAfterAnother(
    settings.map((setting, i) => train(`run-${i}`, 200, '--sde', 'rectified-flow', '--set', setting)),
    { cwd },
  );

  it.each(settings.map((setting, i) => [setting, i] as const))('%s learns the score', async (setting, i) => {
    const { code, err } = ended[i]!;
    expect(code, err).toBe(0);
    // The weights of the likelihood and of the data are nearly all at little noise, and leave 0.5 and 0.3, the others 0.13
    // to 0.22 after 200 steps.
    const most = /likelihood|=x0/.test(setting) ? 0.7 : 0.35;
    expect(await errorOf(`run-${i}`)).toBeLessThan(most);
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
  expect(JSON.parse(points!.out)).toMatchObject({ dimension: 2, sigmaMin: 0.01, ratio: 'Infinity' });
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
