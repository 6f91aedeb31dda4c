/** @file Stages of trained runs: what their samples are conditioned on. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openModel, sampleStages, trainRun, type Model } from '../../src/node.ts';
import { newFolder } from '../io/folders.ts';

const folder = newFolder();
const models: Model[] = [];
const count = 6;
const how = { until: [1], detail: [0.05], steps: [3, 3], count, batch: 4 };

beforeAll(async () => {
  for (const size of [4, 8]) {
    const out = join(folder, String(size));
    const net = { kind: 'ddpm' as const, width: 8, multipliers: [1], attention: [] };
    const config = { data: { size }, net, train: { learningRate: 1e-2, warmup: 0, emaDecay: 0.5 } };
    // The classes of a network without training have no effect: 60 steps give each its own score.
    await trainRun('digits', { out, conditional: true, threads: 1, batch: 32, steps: 60, config });
    models.push(await openModel(out, { threads: 1 }));
  }
}, 60_000);
afterAll(async () => {
  for (const model of models) await model[Symbol.asyncDispose]();
});

const values = async (own: readonly Model[], options: object = {}): Promise<readonly number[]> => [
  ...(await sampleStages(own, { ...how, ...options })).samples.data,
];

it('samples of no class in particular are each of one class in all stages, as often as the data have it', async () => {
  const { samples } = await sampleStages(models, how);
  expect(samples.labels).toHaveLength(count);
  const named = (samples.labels ?? []).slice(0, 4).map(String);
  const firstBatch = [...samples.data].slice(0, 4 * 64);
  const given = (own: readonly string[]): readonly Model[] => models.map((model) => model.given({ class: own }));
  expect(firstBatch).toEqual(await values(given(named), { count: 4 }));
  // Another class gives another sample.
  const others = named.map((name) => String((Number(name) + 1) % 10));
  expect(await values(given(others), { count: 4 })).not.toEqual(firstBatch);
});

it('one class for all samples is the class of each, also where samples take steps of their own length', async () => {
  const options = { sampler: 'ode', count: 4 };
  const one = await values(
    models.map((model) => model.given({ class: '3' })),
    { ...options, steps: undefined },
  );
  const each = await values(
    models.map((model) => model.given({ class: ['3', '3', '3', '3'] })),
    { ...options, steps: undefined },
  );
  expect(one).toEqual(each);
});
