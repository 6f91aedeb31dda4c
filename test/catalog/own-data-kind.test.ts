/** @file A kind of data that scorefield does not have, in one file: the handle trains on it, draws, takes arrays, judges and writes it. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { dimensionOf, tensor, type Tensor } from '../../src/base/tensor.ts';
import { builtIn, catalog } from '../../src/catalog/catalog.ts';
import { dataKind, type DataKindRecord } from '../../src/catalog/data-kinds/data-kind.ts';
import { firstOf, sampleShape, type OwnSet } from '../../src/data/dataset.ts';
import { describe as summaryOf } from '../../src/data/describe.ts';
import { fingerprint } from '../../src/data/fingerprint.ts';
import { largestDistance } from '../../src/data/largest-distance.ts';
import { momentsOf } from '../../src/data/moments.ts';
import { affineCodec, type Codec, type Scaler } from '../../src/data/scaler.ts';
import { standardize } from '../../src/data/standardize.ts';
import { parseNpz } from '../../src/data/arrays/npz.ts';
import type { Host } from '../../src/model/host.ts';
import { trainedFromBytes } from '../../src/model/model-bytes.ts';
import { modelOf } from '../../src/model/model.ts';
import { trainOn } from '../../src/model/training.ts';

/** Vectors of positive numbers, whose logarithms are standardized. */
interface RateSet extends OwnSet {
  readonly dimension: number;
  readonly values: Float64Array;
}

const logs = (x: Tensor): Tensor => ({ shape: x.shape, data: x.data.map(Math.log) });

function logCodec(scaler: Scaler): Codec {
  const affine = affineCodec(scaler);
  const toData = (x: Tensor): Tensor => ({ shape: x.shape, data: affine.toData(x).data.map(Math.exp) });
  // d log(y) / dy = 1 / y
  const logDetNats = (x: Tensor): Float64Array => {
    const sizes = affine.logDetNats(x);
    const d = dimensionOf(x, 1);
    return sizes.map((of, i) =>
      affine
        .toData(x)
        .data.subarray(i * d, (i + 1) * d)
        .reduce((sum, log) => sum - log, of),
    );
  };
  return {
    toModel: (y) => affine.toModel(logs(y)),
    toData,
    logDetNats,
    bitsOffset: (x) => logDetNats(x).map((nats) => -nats / (dimensionOf(x, 1) * Math.LN2)),
  };
}

function rateSet(name: string, values: Float64Array, dimension: number): RateSet {
  return { operations: rates, name, count: values.length / dimension, dimension, values };
}

const rates: DataKindRecord<'rates'> = dataKind<'rates', RateSet>({
  ...{ name: 'rates', description: 'vectors of positive numbers, [dimension]', unit: () => 'counts a second' },
  ...{ network: 'mlp', sigmaData: 1, lowDimensional: true, snapshot: 100, train: { batch: 32, learningRate: 1e-3 } },
  shapeOk: (shape) => shape.length === 1,
  sampleShape: ({ dimension }) => [dimension],
  firstOf: (set, count) => ({ ...set, count, values: set.values.subarray(0, count * set.dimension) }),
  content: ({ values }) => [values],
  describe: ({ values, dimension }) => momentsOf(values, { groups: dimension, anySize: true }),
  scalerOf: (set) => ({ ...standardize({ ...set, values: set.values.map(Math.log) }, 'columns'), transform: 'log' }),
  codec: logCodec,
  transformOk: (transform) => transform === 'log',
  load: ({ values, dimension }, { scaler, rows }) => {
    const own = rows.flatMap((row) => Array.from(values.subarray(row * dimension, (row + 1) * dimension)));
    return Float32Array.from(logCodec(scaler).toModel(tensor(own, [rows.length, dimension])).data);
  },
  features: 'rates',
  numbers: ({ values, dimension }, rows) =>
    Float64Array.from(rows.flatMap((row) => Array.from(values.subarray(row * dimension, (row + 1) * dimension)))),
  toArray: (x, { scaler }) => logCodec(scaler).toData(x),
  toSet: (x, { scaler }, about) => ({
    ...rateSet(about.name, logCodec(scaler).toData(x).data, dimensionOf(x, 1)),
    ...about,
  }),
  fromArray: ({ data }, { shape: [dimension = 1] }, name) => rateSet(name, Float64Array.from(data), dimension),
  standIn: ([dimension = 1]) => rateSet('a stand-in', new Float64Array(2 * dimension).fill(1), dimension),
  plot: ({ values, count }) => `<svg>${count} samples from ${Math.min(...values)}</svg>`,
});

const own = catalog({ dataKinds: [...builtIn.dataKinds, rates] });
const values = normal(key(7), 400).map((z, j) => Math.exp((j % 2 === 0 ? 3 : -1) + 0.5 * z));
const set = rateSet('lifetimes', values, 2);
const files = new Map<string, Uint8Array>();
const host: Host = {
  backend: () => Promise.resolve(interpreter()),
  writeFile: (path, bytes) => Promise.resolve(void files.set(path, bytes)),
  rasterize: (svg) => Promise.resolve(new TextEncoder().encode(svg)),
};
const small = { net: { width: 8, depth: 1, features: 4 } };
const training = trainOn(host, set, { steps: 3, batch: 8, catalog: own, config: small });

describe('a kind of data of one’s own', () => {
  it('is described, cut and fingerprinted by what its sets carry', () => {
    expect(summaryOf(set)).toMatchObject({ kind: 'rates', count: 200, shape: [2], bytesInMemory: 3200 });
    expect(sampleShape(firstOf(set, 3))).toEqual([2]);
    expect(firstOf(set, 3).values).toEqual(values.subarray(0, 6));
    expect(fingerprint(set)).toBe(fingerprint({ kind: 'points', name: 'x', count: 200, dimension: 2, values }));
    const { distance } = largestDistance(set, rates.scalerOf(set, {}));
    expect(distance).toBeGreaterThan(2);
  });

  it('trains, draws samples in its own units and saves them', async () => {
    const model = await training;
    expect(model.info).toMatchObject({ data: 'rates', shape: [2], network: 'mlp', step: 3 });
    const { samples } = await model.sample({ count: 5, sampler: 'ddim', steps: 3 });
    const again = logCodec(model.trained.data.scaler).toData(samples.x);
    expect(samples.data).toEqual(again.data);
    expect(samples.data.every((value) => value > 0)).toBe(true);
    expect(samples.toDataSet()).toMatchObject({ operations: rates, count: 5, name: 'samples of a model of lifetimes' });
    expect(() => samples.toPng()).toThrow(/expected samples that are pictures, found rates/);
    for (const name of ['a.npz', 'a.svg', 'a.png']) await samples.save(name);
    expect(parseNpz(files.get('a.npz')!, 'a.npz').get('samples')).toEqual({ shape: [5, 2], data: samples.data });
    expect(new TextDecoder().decode(files.get('a.svg'))).toContain('5 samples');
    expect(files.get('a.png')).toEqual(files.get('a.svg'));
  });

  it('is written and read as a model, with a catalog that has it and not without', async () => {
    const model = await training;
    const bytes = model.toBytes();
    const read = modelOf(host, trainedFromBytes(bytes, 'rates', own));
    expect(read.trained.data).toEqual({ ...model.trained.data, scaler: { ...model.trained.data.scaler } });
    const { samples } = await read.sample({ count: 2, sampler: 'ddim', steps: 2 });
    expect(samples.data.every((value) => value > 0)).toBe(true);
    expect(() => trainedFromBytes(bytes, 'rates')).toThrow(/expected the shape and scaling of the data/);
  });

  it('has the likelihood of its own units: that of the logarithms less their sum', async () => {
    const model = await training;
    const rows = [0, 1, 2];
    const array = { shape: [3, 2], data: values.subarray(0, 6) };
    const { bitsPerDim: bits } = await model.logLikelihood(array, { tolerance: 1e-3 });
    const { bitsPerDim: ofSet } = await model.logLikelihood(set, { tolerance: 1e-3, rows });
    expect(bits).toEqual(ofSet);
    // The same network on the logarithms as points, whose affine scaler has a constant log-Jacobian.
    const { kind, factor, shift } = model.trained.data.scaler;
    const data = { ...model.trained.data, kind: 'points', scaler: { kind, factor, shift } };
    const plain = modelOf(host, { ...model.trained, data });
    const { bitsPerDim: ofLogs } = await plain.logLikelihood(
      { shape: [3, 2], data: logs(tensor(array.data, [3, 2])).data },
      { tolerance: 1e-3 },
    );
    for (const i of rows) {
      const sum = Math.log(values[2 * i]!) + Math.log(values[2 * i + 1]!);
      expect(bits[i]).toBeCloseTo(ofLogs[i]! + sum / (2 * Math.LN2), 5);
    }
  });

  it('is compared by its own numbers', async () => {
    const model = await training;
    const { extractor, n } = await model.evaluate(set, { count: 40, sampler: 'ddim', steps: 2 });
    expect([extractor, n]).toEqual(['the rates themselves', 40]);
  });
});
