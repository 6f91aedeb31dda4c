/** @file Samples of a small random model, and given ones, compared with data by the handle. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { ConfigError } from '../../src/base/errors.ts';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import type { PointSet } from '../../src/data/dataset.ts';
import { halves, type EvaluationStep } from '../../src/model/evaluation/evaluation.ts';
import type { Host } from '../../src/model/host.ts';
import { modelOf } from '../../src/model/model.ts';
import { initialize } from '../../src/nn/network.ts';

const host: Host = {
  backend: () => Promise.resolve(interpreter()),
  writeFile: () => Promise.resolve(),
  rasterize: () => Promise.resolve(new Uint8Array()),
};
const setOf = (seed: number, count: number): PointSet => ({
  kind: 'points',
  name: 'cloud',
  count,
  dimension: 2,
  values: normalBatch(split(key(seed), count), [2]).data,
});
const points = setOf(1, 100);
const config = resolveConfig(points, { data: { ref: 'cloud' }, net: { kind: 'mlp', width: 8, depth: 1, features: 4 } });
const built = buildTraining(config, points);
const model = modelOf(host, {
  ...{ ...built, name: 'small', config, step: 7, params: initialize(built.net, key(3)) },
  data: { kind: 'points', shape: [2], scaler: built.scaler, fingerprint: '' },
});
const few = { sampler: 'ddim', steps: 3 } as const;
const problem = async (work: PromiseLike<unknown>): Promise<string> =>
  Promise.resolve(work).then(
    () => 'none',
    (error: unknown) => {
      expect(error).toBeInstanceOf(ConfigError);
      return (error as ConfigError).issues.map(({ path, message }) => `${path}: ${message}`).join();
    },
  );

describe('evaluate', () => {
  it('finds of real samples what real samples have', async () => {
    const parts = halves(points);
    const values = parts.real.rows.flatMap((row) => [...points.values.subarray(2 * row, 2 * row + 2)]);
    const samples: PointSet = { ...points, count: 50, values: Float64Array.from(values) };
    const found = await model.evaluate(parts, { samples });
    expect(found).toMatchObject({
      ...{ extractor: 'the points themselves', dimension: 2, n: 50, drawn: undefined },
      ...{ reference: { count: 50, what: 'of one half of cloud' }, real: { what: 'of the other half of cloud' } },
    });
    expect(found.frechet).toEqual(found.frechetFloor);
    expect(found.frechetExcess).toEqual({ value: 0, standardError: 0 });
    expect(found.energy.value).toBeCloseTo(found.energyFloor.value, 12);
  });

  it('draws samples of the model, and finds of them what it finds of the same samples when they are given', async () => {
    const steps: EvaluationStep[] = [];
    const { drawn, ...found } = await model.evaluate(points, {
      ...{ ...few, count: 40, seed: 2 },
      onProgress: (step) => steps.push(step),
    });
    expect(drawn).toMatchObject({ sampler: 'ddim', seed: 2, samples: { count: 40 } });
    const { drawn: none, ...again } = await model.evaluate(points, { samples: drawn!.samples });
    expect(none).toBeUndefined();
    expect(again).toEqual(found);
    expect(found.frechetExcess.value).toBeGreaterThan(0);
    const fractions = steps.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect([fractions[0]! >= 0, fractions.at(-1)! <= 1]).toEqual([true, true]);
    expect([...new Set(steps.map(({ stage }) => stage))]).toEqual(['sampling', 'features', 'distances']);
  });

  it('compares a part of many samples, and as many as there are real ones unless a number is given', async () => {
    const found = await model.evaluate(points, { samples: setOf(5, 300) });
    expect(found.n).toBe(50);
    const part = await model.evaluate(points, { samples: setOf(5, 300), count: 40 });
    expect(part.n).toBe(40);
  });

  it('refuses what cannot be compared before anything is drawn', async () => {
    expect(await problem(model.evaluate(points, { count: 39 }))).toBe('count: expected at least 40 samples, got 39');
    expect(await problem(model.evaluate(points, { count: 51 }))).toMatch(/^count: expected at most 50, as many as /);
    const samples = setOf(5, 45);
    expect(await problem(model.evaluate(points, { samples, count: 46 }))).toMatch(
      /^count: expected at most 45, as many/,
    );
    expect(await problem(model.evaluate(points, { samples, features: model }))).toBe(
      'features: expected a run of --task classifier, small learns a score',
    );
    expect(await problem(model.evaluate(setOf(6, 60), few))).toMatch(
      /^reference: expected at least 40 real samples to compare with and as many beside them, got 30 of one half of /,
    );
    const other: PointSet = { ...points, dimension: 1, count: 200 };
    expect(await problem(model.evaluate(other, { samples }))).toBe('reference: expected samples [2], got [1]');
    expect(await problem(model.evaluate(other, few))).toBe('reference: expected samples [2], got [1]');
    expect(await problem(model.accuracy(points))).toBe('model: expected a classifier, small learns a score');
  });

  it('stops between two steps', async () => {
    const stop = new AbortController();
    const stopped = model.evaluate(points, { ...few, signal: stop.signal, onProgress: () => { stop.abort(); } }); // prettier-ignore
    await expect(stopped.result).rejects.toThrow(/abort/i);
  });
});
