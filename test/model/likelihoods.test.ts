/** @file What is built on likelihoods and latents of the handle: the ladder of tolerances, round trips, progress, dequantizers. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { key } from '../../src/base/key.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import type { ImageSet, PointSet } from '../../src/data/dataset.ts';
import { trainDequantizerOn, type DequantizerStep } from '../../src/model/dequantizer-training.ts';
import { flowProgress } from '../../src/model/flow-progress.ts';
import type { Host } from '../../src/model/host.ts';
import { modelOf, type Model } from '../../src/model/model.ts';
import { roundTrip } from '../../src/model/round-trip.ts';
import { toleranceLadder } from '../../src/model/tolerance-ladder.ts';
import { initialize } from '../../src/nn/network.ts';
import { vp } from '../../src/index.ts';

const host: Host = {
  backend: () => Promise.resolve(interpreter()),
  writeFile: () => Promise.resolve(),
  rasterize: () => Promise.resolve(Uint8Array.of(137)),
};

function modelOn(set: PointSet | ImageSet, asked: object): Model {
  const config = resolveConfig({ kind: set.kind, height: 8, width: 8 }, asked as Record<string, unknown>);
  const built = buildTraining(config, set);
  const { trained, fixed } = initialize(built.net, key(3));
  const params = { trained: trained.map((value, i) => 0.1 * value + 0.01 * Math.sin(i)), fixed };
  const shape = set.kind === 'points' ? [set.dimension] : [set.channels, set.height, set.width];
  const data = { kind: set.kind, shape, scaler: built.scaler, fingerprint: '' };
  return modelOf(host, { ...built, name: 'small', config, data, step: 7, params });
}

const points: PointSet = {
  kind: 'points',
  name: 'blobs',
  count: 6,
  dimension: 2,
  values: Float64Array.from({ length: 12 }, (_, i) => (i % 4 < 2 ? 3 : -1) + (i % 7) / 7),
};
const model = modelOn(points, {
  data: { ref: 'blobs' },
  parametrization: { kind: 'x0' },
  net: { kind: 'mlp', width: 8, depth: 1, features: 4 },
});

const images: ImageSet = {
  ...{ kind: 'images', name: 'squares', count: 8, channels: 1, height: 8, width: 8, flips: false },
  pixels: Uint8Array.from({ length: 512 }, (_, i) => (i * 37) % 256),
};
const ofImages = modelOn(images, {
  data: { ref: 'squares' },
  net: { kind: 'score-net', channels: [4, 4], features: 8 },
});

/** Steps whose parts of the whole rise from 0 to 1. */
function expectRising(fractions: readonly number[]): void {
  expect(fractions.length).toBeGreaterThan(3);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  expect(fractions[0]).toBeGreaterThanOrEqual(0);
  expect(fractions.at(-1)).toBeGreaterThan(0.8);
  expect(fractions.at(-1)).toBeLessThanOrEqual(1);
}

describe('the ladder of tolerances', () => {
  it('is the likelihood at each of them, with the distance from the last', async () => {
    const rows = [4, 1, 2];
    const tolerances = [1e-1, 1e-3, 1e-5];
    const fractions: number[] = [];
    const ladder = await toleranceLadder(model, points, {
      ...{ rows, tolerances, seed: 5 },
      onProgress: ({ fraction }) => fractions.push(fraction),
    });
    const alone = await Promise.all(
      tolerances.map((tolerance) => model.logLikelihood(points, { rows, seed: 5, tolerance }).result),
    );
    const truth = alone.at(-1)!.bitsPerDim;
    ladder.forEach(({ tolerance, bitsPerDim, error, evaluations }, k) => {
      expect(tolerance).toBe(tolerances[k]);
      expect(bitsPerDim).toBe(alone[k]!.mean.value);
      const squares = Array.from(alone[k]!.bitsPerDim, (value, i) => (value - truth[i]!) ** 2);
      expect(error).toBeCloseTo(Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / rows.length), 12);
      expect(evaluations).toBeCloseTo(alone[k]!.evaluations.reduce((sum, count) => sum + count, 0) / rows.length, 9);
    });
    expect(ladder[2]!.error).toBe(0);
    expect(ladder[0]!.error).toBeGreaterThan(ladder[1]!.error);
    expectRising(fractions);
    await expect(toleranceLadder(model, points, { tolerances: [] })).rejects.toThrow(
      'tolerances: expected at least one',
    );
  });
});

describe('progress', () => {
  it.each(['ode', 'bound', 'vlb'] as const)('of likelihoods by %s rises to the end', async (method) => {
    const fractions: number[] = [];
    const options = { method, ...(method === 'vlb' && { steps: 20 }), probes: 2, batch: 4 };
    await model.logLikelihood(points, { ...options, onProgress: ({ fraction }) => fractions.push(fraction) });
    expectRising(fractions);
  });

  it('of latents rises to the end, there, back and on the way between two', async () => {
    const fractions: Record<string, number[]> = { encode: [], decode: [], interpolate: [] };
    const watch = (name: string) => ({ onProgress: (step: { readonly fraction: number }) => fractions[name]!.push(step.fraction) }); // prettier-ignore
    const { latents } = await model.encode(points, watch('encode'));
    await model.decode(latents, watch('decode'));
    await model.interpolate(points, { rows: [2, 5], steps: 4, ...watch('interpolate') });
    Object.values(fractions).forEach(expectRising);
  });

  it('of the flow is the mean over samples, and never falls', () => {
    const sde = vp();
    const part = flowProgress(sde, 2, { from: sde.tMin, to: sde.tMax });
    expect(part(sde.tMin)).toBe(0);
    expect(part([sde.tMax], [1])).toBe(0.5);
    expect(part([0.5], [1])).toBe(0.5);
    expect(part(sde.tMax)).toBe(1);
  });
});

describe('rows', () => {
  it('of data are encoded as they are in the whole set', async () => {
    const { x } = await ofImages.encode(images, { seed: 3, tolerance: 0.1 });
    const { x: some } = await ofImages.encode(images, { seed: 3, rows: [6, 0], tolerance: 0.1 });
    expect(some.shape).toEqual([2, 1, 8, 8]);
    expect(some.data.slice(0, 64)).toEqual(x.data.slice(6 * 64, 7 * 64));
    await expect(model.encode(points, { rows: [6] })).rejects.toThrow('rows: expected 0 to 5, samples of blobs, got 6');
  });

  it('come back from their latents', async () => {
    const options = { tolerance: 1e-6 };
    const encoded = await model.encode(points, options);
    const error = await roundTrip(model, encoded, { ...options, count: 4 });
    expect(error.count).toBe(4);
    expect(error.mean).toBeLessThan(1e-4);
    expect(error.largest).toBeGreaterThanOrEqual(error.mean);
  });
});

describe('a dequantizer', () => {
  const small = { batch: 2, layers: 2, width: 4, steps: 4 };

  it('continues as if it had not stopped', async () => {
    const source = { host, trained: ofImages.trained };
    const steps: DequantizerStep[] = [];
    const whole = await trainDequantizerOn(source, images, { ...small, onProgress: (step) => steps.push(step) });
    expect(steps.map(({ fraction }) => fraction)).toEqual([0.25, 0.5, 0.75, 1]);
    const half = await trainDequantizerOn(source, images, { ...small, steps: 2 });
    const { options, training, step, point } = half;
    const from = { options, training, step, from: point };
    const resumed = await trainDequantizerOn(source, images, { steps: 4, from });
    expect(resumed.point).toEqual(whole.point);
    expect(whole).toMatchObject({ step: 7, options: { layers: 2, width: 4 }, training: { batch: 2, seed: 0 } });
    await expect(trainDequantizerOn(source, images, { steps: 2, from })).rejects.toThrow(
      'steps: expected more than the 2 that this dequantizer has, got 2',
    );
    await expect(trainDequantizerOn(source, images, { steps: 9, width: 8, from })).rejects.toThrow(
      'width: this dequantizer has 4, got 8',
    );
  });

  it('is of images of bytes alone', async () => {
    await expect(trainDequantizerOn({ host, trained: model.trained }, points, small)).rejects.toThrow(
      'model: expected a run of images of bytes, found one of points',
    );
  });
});
