/** @file Samples of a small random model that begin with data or a law of them, beside the functions that the handle is made of. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../../src/backend/interpreter.ts';
import { ConfigError, UnsupportedError } from '../../../src/base/errors.ts';
import { foldIn, key, split } from '../../../src/base/key.ts';
import { normalBatch } from '../../../src/base/random.ts';
import { scale } from '../../../src/base/arith.ts';
import { tensor } from '../../../src/base/tensor.ts';
import { npzSet } from '../../../src/data/arrays/array-set.ts';
import { formatNpz } from '../../../src/data/arrays/npz.ts';
import { fingerprint } from '../../../src/data/fingerprint.ts';
import { buildTraining } from '../../../src/catalog/build.ts';
import { resolveConfig } from '../../../src/catalog/config/resolve.ts';
import { buildSampler } from '../../../src/catalog/samplers/build-sampler.ts';
import { firstOf, type PointSet } from '../../../src/data/dataset.ts';
import type { Host } from '../../../src/model/host.ts';
import { givenInputs } from '../../../src/model/inputs.ts';
import { modelOf, type Model } from '../../../src/model/model.ts';
import type { SampleOptions } from '../../../src/model/samples/sampling.ts';
import { initialize } from '../../../src/nn/network.ts';
import type { DataLaw } from '../../../src/sample/laws/data-law.ts';
import { straightPaths } from '../../../src/sample/adaptive/straightness.ts';
import { finish } from '../../../src/sample/sampler.ts';
import { fromNoised, fromState } from '../../../src/sample/start.ts';
import { scoreModel } from '../../../src/score/models/score-model.ts';
import { noiseRatio, timeOfNoiseRatio } from '../../../src/sde/time/noise-ratio.ts';
import { priorSample } from '../../../src/sde/prior.ts';

// Two classes far apart.
const count = 200;
const points: PointSet = {
  kind: 'points',
  name: 'two blobs',
  count,
  dimension: 2,
  values: normalBatch(split(key(1), count), [2]).data.map((z, k) => 0.1 * z + (Math.floor(k / 2) % 2 === 0 ? -5 : 5)),
  labels: Uint8Array.from({ length: count }, (_, row) => row % 2),
  classNames: ['low', 'high'],
};
const bare: Host = {
  backend: () => Promise.resolve(interpreter()),
  writeFile: () => Promise.resolve(),
  rasterize: () => Promise.resolve(new Uint8Array()),
};
let opened = 0;
const host: Host = {
  ...bare,
  trainingData: () => {
    opened += 1;
    return Promise.resolve(points);
  },
};

function modelOn(where: Host, { loss = {}, classes: conditional = 2 } = {}): Model {
  const net = { kind: 'mlp', width: 8, depth: 1, features: 4, classes: conditional };
  const config = resolveConfig(points, { data: { ref: 'blobs' }, net, loss });
  const built = buildTraining(config, points);
  const { trained, fixed } = initialize(built.net, key(3));
  const params = { trained: trained.map((value, i) => 0.1 * value + 0.01 * Math.sin(i)), fixed };
  const classes = { names: ['low', 'high'], fingerprint: '' };
  const data = { kind: 'points' as const, shape: [2], scaler: built.scaler, fingerprint: '', classes };
  return modelOf(where, { ...built, name: 'small', config, data, step: 7, params });
}

const model = modelOn(host);
const { trained } = model;
const { sde } = trained.process;
const few = { sampler: 'ddim', steps: 3, seed: 5 } as const;
/** The noise level of 1, of which data in the units of the model are. */
const level = 1;
const least = noiseRatio(sde, sde.tEnd);

const problem = (options: SampleOptions, of = model): Promise<string> =>
  Promise.resolve(of.sample({ ...few, ...options })).then(
    () => 'none',
    (error: unknown) => {
      expect(error).toBeInstanceOf(ConfigError);
      return (error as ConfigError).issues.map(({ path, message }) => `${path}: ${message}`).join();
    },
  );

describe('a start', () => {
  const data = { shape: [3, 2], data: [-5, -5, 0, 1, 5, 4] };

  it('from data is that of the low level, bit for bit', async () => {
    // Data become float32, as training reads them.
    const x0 = givenInputs(trained, data, {});
    const low = scoreModel(interpreter(), trained.net, { params: trained.params, process: trained.process });
    const sampler = buildSampler('ddim', { steps: 3, lowDimensional: true });
    const start = fromNoised(sde, x0, timeOfNoiseRatio(sde, level));
    const keys = split(key(5), 3);
    const { x } = await finish(sampler({ sde, score: low.score, reverseVariance: 0, shape: [2], keys, start }));
    const { samples } = await model.sample({ ...few, count: 3, start: { level, from: data } });
    expect(samples.x.data).toEqual(x.data);
    // Another start, or another level, is another sample.
    const other = await model.sample({ ...few, count: 3, start: { level: 2 * level, from: data } });
    expect(other.samples.x.data).not.toEqual(samples.x.data);
  });

  it('at the smallest level leaves the data nearly as they are, and one sample serves for all', async () => {
    const from = { shape: [1, 2], data: [0, 1] };
    const { samples } = await model.sample({ ...few, count: 4, start: { level: least, from } });
    // The units of the data are five times those of the model.
    samples.data.forEach((value, k) => expect(Math.abs(value - (k % 2))).toBeLessThan(5 * 6 * least));
  });

  it('does not depend on the batch', async () => {
    for (const from of ['mixture:2', { shape: [6, 2], data: Array.from({ length: 12 }, (_, k) => k - 6) }]) {
      const all = await model.sample({ ...few, count: 6, start: { level, from } });
      const parts = await model.sample({ ...few, count: 6, start: { level, from }, batch: 2 });
      expect(parts.samples.data).toEqual(all.samples.data);
    }
  });

  it('from a law of the training data has the classes that are asked for', async () => {
    for (const from of ['gaussian', 'mixture', 'dct']) {
      const of = model.given({ class: ['low', 'high', 'high', 'low', 'high'] });
      const { samples } = await of.sample({ ...few, count: 5, start: { level: least, from } });
      const signs = [0, 1, 2, 3, 4].map((row) => Math.sign(samples.data[2 * row]!));
      expect(signs).toEqual([-1, 1, 1, -1, 1]);
    }
    // Of no class in particular each begins with the law of the class that is drawn for it.
    const { samples } = await model.sample({ ...few, count: 40, start: { level: least, from: 'mixture:2' } });
    samples.labels!.forEach((label, row) => expect(Math.sign(samples.data[2 * row]!)).toBe(2 * label - 1));
    for (const value of samples.data) expect(Math.abs(Math.abs(value) - 5)).toBeLessThan(1);
    const lows = samples.data.filter((value) => value < 0).length;
    expect(lows).toBeGreaterThan(20);
    expect(lows).toBeLessThan(60);
  });

  it('takes other data to fit to, and a law of one’s own', async () => {
    const before = opened;
    const other = { shape: [2, 2], data: [9, 9, 9, 9] };
    const fitted = await model.sample({ ...few, count: 2, start: { level: least, from: 'gaussian', data: other } });
    for (const value of fitted.samples.data) expect(Math.abs(value - 9)).toBeLessThan(5 * 6 * least);
    const mine: DataLaw = {
      kind: 'mine',
      shape: [2],
      draw: (keys) =>
        tensor(
          keys.flatMap(() => [1, -1]),
          [keys.length, 2],
        ),
    };
    const own = await model.sample({ ...few, count: 2, start: { level: least, from: mine } });
    own.samples.x.data.forEach((value, k) => expect(Math.abs(value - (k % 2 === 0 ? 1 : -1))).toBeLessThan(6 * least));
    expect(opened).toBe(before);
  });

  it('is refused in a sentence where it cannot be', async () => {
    const most = Number(noiseRatio(sde, sde.tMax).toPrecision(4));
    expect(await problem({ count: 2, start: { level: 1e9, from: 'dct' } })).toBe(
      `start.level: expected ${Number(least.toPrecision(4))} to ${most}, the noise levels sigma / alpha of the model, got 1000000000`,
    );
    expect(await problem({ count: 2, start: { level: NaN, from: 'dct' } })).toMatch(/^start.level: expected /);
    expect(await problem({ count: 2, start: { level, from: data } })).toBe(
      'start.from: expected one sample, or 2 for as many that are drawn, got 3',
    );
    expect(await problem({ count: 2, start: { level, from: 'gausian' } })).toBe(
      'start: expected gaussian, dct, mixture, got gausian; did you mean gaussian?',
    );
    const lost = modelOn(bare).sample({ ...few, count: 2, start: { level, from: 'dct' } });
    await expect(Promise.resolve(lost)).rejects.toThrow(UnsupportedError);
  });
});

describe('pairs', () => {
  it('have the noise from which the probability flow leads to each sample', async () => {
    const how = { sampler: 'heun', steps: 4, seed: 7, count: 5, batch: 2 } as const;
    const { samples } = await model.sample({ ...how, pairs: true });
    expect(samples.x.data).toEqual((await model.sample(how)).samples.x.data);
    expect((await model.sample(how)).samples.noise).toBeUndefined();
    const low = scoreModel(interpreter(), trained.net, { params: trained.params, process: trained.process });
    const start = fromState(scale(sde.priorStd, samples.noise!), sde.tMax);
    const sampler = buildSampler('heun', { steps: 4, lowDimensional: true });
    // Each is of the class that was drawn for it.
    const { score } = low.given([...samples.labels!]);
    const request = { sde, score, reverseVariance: 0, shape: [2], keys: split(key(99), 5), start };
    expect((await finish(sampler(request))).x.data).toEqual(samples.x.data);
  });

  it('go into a file and a data set, with the same noise in the file again', async () => {
    const { samples } = await model.sample({ sampler: 'heun', steps: 2, count: 5, pairs: true });
    const read = npzSet(samples.toNpz(), 'pairs.npz');
    const noise = Float32Array.from(samples.noise!.data);
    expect(read).toMatchObject({ kind: 'points', count: 5, noise });
    expect(samples.toDataSet().noise).toEqual(noise);
    expect(firstOf(read, 2).noise).toEqual(noise.subarray(0, 4));
    expect(fingerprint(read)).not.toBe(fingerprint({ ...read, noise: noise.map((z) => -z) }));
    const broken = formatNpz({
      samples: { shape: [5, 2], data: Float64Array.from(samples.data) },
      noise: { shape: [4, 2], data: new Float32Array(8) },
    });
    expect(() => npzSet(broken, 'pairs.npz')).toThrow(/expected noise of 10 finite numbers/);
  });

  it('without their class are drawn by the score without it, evenly among the others', async () => {
    const how = { sampler: 'heun', steps: 3, seed: 7, count: 5, batch: 2, pairs: true, hidden: 0.4 } as const;
    const { samples } = await model.sample(how);
    expect([...samples.given!]).toEqual([1, 1, 0, 1, 0]);
    expect(samples.labels).toEqual((await model.sample({ ...how, hidden: 0 })).samples.labels);
    const low = scoreModel(interpreter(), trained.net, { params: trained.params, process: trained.process });
    const { score } = low.given(samples.labels!.map((label, i) => (samples.given![i] === 1 ? label : undefined)));
    const start = fromState(scale(sde.priorStd, samples.noise!), sde.tMax);
    const sampler = buildSampler('heun', { steps: 3, lowDimensional: true });
    const request = { sde, score, reverseVariance: 0, shape: [2], keys: split(key(99), 5), start };
    expect((await finish(sampler(request))).x.data).toEqual(samples.x.data);
    const read = npzSet(samples.toNpz(), 'pairs.npz');
    expect([read.given, samples.toDataSet().given]).toEqual([samples.given, samples.given]);
    expect(firstOf(read, 3).given).toEqual(samples.given!.subarray(0, 3));
    const some = { shape: [5, 2], data: new Float32Array(10) };
    const broken = formatNpz({ samples: some, given: { shape: [5], data: Uint8Array.of(0, 1, 2, 0, 1) } });
    expect(() => npzSet(broken, 'pairs.npz')).toThrow(/expected given of shape \[5\] of zeros and ones/);
    expect(await problem({ hidden: 0.1 })).toMatch(/^hidden: is of pairs/);
  });

  it('are of samplers without noise that begin with noise', async () => {
    expect(await problem({ sampler: 'ancestral', pairs: true })).toMatch(
      /^pairs: expected a sampler of the probability/,
    );
    expect(await problem({ eta: 1, pairs: true })).toMatch(/^pairs: expected a sampler of the probability flow/);
    expect(await problem({ pairs: true, start: { level, from: 'gaussian' } })).toMatch(/^pairs: .* got a start/);
    const cold = { sampler: 'ode', steps: undefined, temperature: 0.5, pairs: true };
    expect(await problem(cold)).toMatch(/^pairs: expected a temperature of 1, got 0.5/);
  });
});

describe('the straightness of a model', () => {
  it('is that of the paths of its samples', async () => {
    const low = scoreModel(interpreter(), trained.net, { params: trained.params, process: trained.process });
    const noise = priorSample(
      split(key(5), 8).map((own) => foldIn(own, 'prior')),
      sde,
      [2],
    );
    const { straightness, evals } = await straightPaths({ sde, score: low.score }, noise, { rtol: 1e-2, atol: 1e-2 });
    const fractions: number[] = [];
    const found = await model.straightness({
      count: 8,
      seed: 5,
      tolerance: 1e-2,
      onProgress: ({ fraction }) => fractions.push(fraction),
    });
    expect(found.straightness.value).toBeCloseTo(
      straightness.reduce((sum, value) => sum + value / 8, 0),
      12,
    );
    expect(found.evaluations).toBe(evals.reduce((sum, value) => sum + value / 8, 0));
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(found).toMatchObject({ n: 8, failed: 0 });
  });
});

describe('a model of a velocity, of a coupling that is not independent', () => {
  const velocity = modelOn(host, { loss: { coupling: 'ot' }, classes: 0 });

  it('is sampled by the probability flow, and refuses samplers with noise', async () => {
    expect((await velocity.sample({ count: 2, steps: 2 })).sampler).toBe('ddim');
    for (const options of [
      { sampler: 'pc' },
      { sampler: 'ancestral' },
      { sampler: 'ddim', eta: 1 },
      { sampler: 'heun', churn: 3 },
    ])
      expect(await problem({ ...options, seed: 0 }, velocity)).toMatch(
        /^sampler: expected a sampler of the probability flow, without noise/,
      );
  });

  it('has no classes, whose noise the exchange would change', () => {
    expect(() => modelOn(host, { loss: { coupling: 'ot' } })).toThrow(/leaves the noise of each class as it is/);
  });

  it('has a density by the flow alone', async () => {
    const bound = velocity.logLikelihood(points, { rows: [0], method: 'bound' });
    await expect(Promise.resolve(bound)).rejects.toThrow(/expected ode/);
  });
});
