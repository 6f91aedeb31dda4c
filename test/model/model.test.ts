/** @file The handle beside the functions that it is made of, on a small random network: the same bits, and the same refusals. */
import { beforeAll, describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import type { Backend } from '../../src/backend/program.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { tensor } from '../../src/base/tensor.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { unscaled } from '../../src/data/scaler.ts';
import type { ImageSet, PointSet } from '../../src/data/dataset.ts';
import { decode, encode } from '../../src/likelihood/latent.ts';
import { logLikelihood } from '../../src/likelihood/log-likelihood.ts';
import { modelOf, type Model } from '../../src/model/model.ts';
import { trainedFromBytes } from '../../src/model/model-bytes.ts';
import { drawnClasses } from '../../src/model/samples/drawn-classes.ts';
import type { Host } from '../../src/model/host.ts';
import { trainOn } from '../../src/model/training.ts';
import { initialize } from '../../src/nn/network.ts';
import { buildSampler } from '../../src/catalog/samplers/build-sampler.ts';
import { eulerMaruyama, finish, predictorCorrector, scoreModel } from '../../src/index.ts';

const files = new Map<string, Uint8Array>();
let compiled = 0;
const backend: Backend = {
  ...interpreter(),
  compile: (outputs, kept) => {
    compiled += 1;
    return interpreter().compile(outputs, kept);
  },
};
const host: Host = {
  backend: () => Promise.resolve(backend),
  writeFile: (path, bytes) => {
    files.set(path, bytes);
    return Promise.resolve();
  },
  rasterize: () => Promise.resolve(Uint8Array.of(137)),
};

const points: PointSet = {
  kind: 'points',
  name: 'blobs',
  count: 40,
  dimension: 2,
  values: Float64Array.from({ length: 80 }, (_, i) => (i % 4 < 2 ? 30 : -10) + (i % 7)),
  labels: Uint8Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 0 : 1)),
  classNames: ['left', 'right'],
};

/** A model with the parameters that training would begin with, whose output layer is not zero. */
function modelOn(set: PointSet | ImageSet, asked: object): Model {
  const config = resolveConfig({ kind: set.kind, height: 8, width: 8 }, asked as Record<string, unknown>);
  const built = buildTraining(config, set);
  const { trained, fixed } = initialize(built.net, key(3));
  const params = { trained: trained.map((value, i) => 0.1 * value + 0.01 * Math.sin(i)), fixed };
  const shape = set.kind === 'points' ? [set.dimension] : [set.channels, set.height, set.width];
  const classes = built.net.classes > 0 ? { classes: { names: set.classNames ?? [], fingerprint: '' } } : {};
  const data = { kind: set.kind, shape, scaler: built.scaler, fingerprint: '', ...classes };
  return modelOf(host, { ...built, name: 'small', config, data, step: 7, params });
}

const mlp = {
  data: { ref: 'blobs' },
  parametrization: { kind: 'x0' },
  net: { kind: 'mlp', width: 8, depth: 1, features: 4, classes: 2 },
};

let model: Model;
beforeAll(() => {
  model = modelOn(points, mlp);
});

describe('samples', () => {
  it('are those of the low level, bit for bit, in the units of the data', async () => {
    const { trained } = model;
    const low = scoreModel(interpreter(), trained.net, {
      params: trained.params,
      process: trained.process,
      maxBatch: 8,
    });
    const sampler = buildSampler('dpm-solver-2m', { nfe: 9, lowDimensional: true });
    const { samples, sampler: name } = await model.sample({ count: 6, seed: 5, sampler: 'dpm-solver-2m', nfe: 9 });
    // Of no class in particular: each is of the class that was drawn for it.
    expect(samples.labels).toEqual(drawnClasses(trained, { count: 6, seed: 5 })!.labels);
    const { score } = low.given([...samples.labels!]);
    const { x } = await finish(
      sampler({ sde: trained.process.sde, score, reverseVariance: 0, shape: [2], keys: split(key(5), 6) }),
    );
    expect(name).toBe('dpm-solver-2m');
    expect(samples.x.data).toEqual(x.data);
    expect(samples.shape).toEqual([6, 2]);
    expect(samples.data).toEqual(unscaled(trained.data.scaler, x).data);
    expect(samples.evaluations).toEqual([9, 9, 9, 9, 9, 9]);
  });

  it('do not depend on the batch that they are in', async () => {
    const all = await model.sample({ count: 7, nfe: 6, sampler: 'ancestral' });
    const parts = await model.sample({ count: 7, nfe: 6, sampler: 'ancestral', batch: 2 });
    expect(parts.samples.data).toEqual(all.samples.data);
  });

  it('come in steps whose fractions rise to 1', async () => {
    const fractions: number[] = [];
    const run = model.sample({ count: 5, sampler: 'ddim', steps: 4, batch: 2 });
    for await (const { fraction, steps, samples } of run) {
      fractions.push(fraction);
      expect(steps).toBe(4);
      expect(samples.x.shape[1]).toBe(2);
    }
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBeCloseTo(1, 12);
    expect((await run).samples.count).toBe(5);
  });

  it('are stopped by a signal between two steps', async () => {
    const stop = new AbortController();
    let steps = 0;
    const run = model.sample({
      count: 2,
      steps: 1000,
      sampler: 'ancestral',
      signal: stop.signal,
      onProgress: () => {
        if (++steps === 3) stop.abort();
      },
    });
    await expect(run.result).rejects.toMatchObject({ name: 'AbortError' });
    expect(steps).toBe(3);
  });

  it("are drawn by a sampler of the user's own", async () => {
    const own = predictorCorrector({ predictor: eulerMaruyama(), steps: 5 });
    const { samples, sampler } = await model.sample({ count: 2, sampler: own });
    expect(sampler).toBe('custom');
    expect(samples.evaluations).toEqual([6, 6]);
  });

  it('are compiled for once', async () => {
    await model.sample({ count: 4, nfe: 4, sampler: 'ddim' });
    const before = compiled;
    await model.sample({ count: 4, nfe: 5, sampler: 'ddim' });
    expect(compiled).toBe(before);
  });

  it('are files of the kinds that their data have', async () => {
    const { samples } = await model.sample({ count: 3, nfe: 4, sampler: 'ddim' });
    for (const name of ['a.npz', 'a.svg', 'a.png']) await samples.save(name);
    expect([...files.keys()]).toEqual(expect.arrayContaining(['a.npz', 'a.svg', 'a.png']));
    expect(new TextDecoder().decode(files.get('a.svg'))).toContain('<svg');
    expect(() => samples.toPng()).toThrow('toSvg');
    await expect(samples.save('a.txt')).rejects.toThrow('.png or .svg or .npz');
  });

  it.each([
    [{ count: 0 }, 'count'],
    [{ sampler: 'none' }, 'sampler'],
    [{ steps: 2, nfe: 3 }, 'nfe'],
  ])('are refused for %o', async (options, path) => {
    await expect(model.sample(options).result).rejects.toMatchObject({ issues: [{ path }] });
  });
});

describe('a class', () => {
  it('is found by name and by number, of all samples or of each, with guidance', async () => {
    const options = { count: 4, nfe: 8, sampler: 'ddim', seed: 2 };
    const right = await model.given({ class: 'Right' }).sample(options);
    const numbered = await model.given({ class: 1 }).sample(options);
    const mixed = await model.given({ class: ['left', 'right', 'left', 'right'] }).sample(options);
    const left = await model.given({ class: 'left' }).sample(options);
    expect(numbered.samples.data).toEqual(right.samples.data);
    expect(right.samples.labels).toEqual([1, 1, 1, 1]);
    expect(mixed.samples.data.slice(0, 2)).toEqual(left.samples.data.slice(0, 2));
    expect(mixed.samples.data.slice(2, 4)).toEqual(right.samples.data.slice(2, 4));
    expect(right.samples.evaluations).toEqual([8, 8, 8, 8]);
    const guided = await model.given({ class: 'right', guidance: 1.5 }).sample({ ...options, nfe: 16 });
    expect(guided.samples.evaluations).toEqual([16, 16, 16, 16]);
    expect(guided.samples.data).not.toEqual(right.samples.data);
    const none = await model.given({ class: 'right', guidance: 0 }).sample(options);
    expect(none.samples.data).toEqual((await model.given({ class: 'left', guidance: 0 }).sample(options)).samples.data);
    expect(none.samples.data).not.toEqual(right.samples.data);
  });

  it('has a score of its own', async () => {
    const x = tensor([0.3, -0.2, 1, 0.5], [2, 2]);
    const low = scoreModel(interpreter(), model.trained.net, {
      params: model.trained.params,
      process: model.trained.process,
    });
    expect((await model.score(x, 0.5)).data).toEqual((await low.score(x, 0.5)).data);
    expect((await model.given({ class: 'right' }).score(x, 0.5)).data).toEqual(
      (await low.given([1, 1]).score(x, 0.5)).data,
    );
  });

  it('is refused where there is none of its name', () => {
    expect(() => model.given({ class: 'middle' })).toThrow('left, right');
  });
});

describe('likelihoods and latents', () => {
  const { values } = points;
  const input = { shape: [3, 2], data: values.subarray(0, 6) };

  it('are those of the low level', async () => {
    const { trained } = model;
    const low = scoreModel(interpreter(), trained.net, { params: trained.params, process: trained.process });
    const { factor, shift } = trained.data.scaler;
    const factors = [factor].flat();
    const x = {
      shape: [3, 2],
      data: Float64Array.from(input.data, (v, j) =>
        Math.fround((factors[j % factors.length] ?? NaN) * (v - (shift[j % shift.length] ?? NaN))),
      ),
    };
    const { sde } = trained.process;
    const keys = [0, 1, 2].map((row) => foldIn(foldIn(key(0), 'probes'), row));
    const options = { rtol: 1e-3, atol: 1e-3, trace: { kind: 'exact' } } as const;
    const nats = await logLikelihood({ sde, scoreJvp: low.scoreJvp, keys }, x, options);
    const found = await model.logLikelihood(input, { tolerance: 1e-3 });
    // Bits per dimension of the data: the model's density times the scale of each column.
    const jacobian = [0, 1].reduce((sum, j) => sum + Math.log2(factors[j % factors.length] ?? NaN), 0) / 2;
    for (const [i, bits] of found.bitsPerDim.entries())
      expect(bits).toBeCloseTo(-(nats.logDensityNats[i] ?? NaN) / 2 / Math.LN2 - jacobian, 10);
    expect(found.evaluations).toEqual(nats.evals);
    const codes = await model.encode(input, { tolerance: 1e-3 });
    const low2 = await encode({ sde, score: low.score }, x, { rtol: 1e-3, atol: 1e-3 });
    for (const [i, z] of codes.latents.data.entries())
      expect(z).toBeCloseTo((low2.x.data[i] ?? NaN) / sde.priorStd, 12);
    const back = await model.decode(codes.latents, { tolerance: 1e-3 });
    const low3 = await decode({ sde, score: low.score }, low2.x, { rtol: 1e-3, atol: 1e-3 });
    for (const [i, v] of back.x.data.entries()) expect(v).toBeCloseTo(low3.x.data[i] ?? NaN, 9);
    const way = await model.interpolate({ shape: [2, 2], data: values.subarray(0, 4) }, { steps: 3, tolerance: 1e-3 });
    expect(way.count).toBe(3);
  });

  it('are refused for samples of another shape', async () => {
    await expect(model.logLikelihood({ shape: [2, 3], data: new Float64Array(6) }).result).rejects.toThrow('[n, 2]');
  });
});

describe('training in memory', () => {
  it('gives a model that samples, and the same one from its bytes to half precision', async () => {
    const losses: number[] = [];
    const trained = await trainOn(host, points, {
      steps: 3,
      batch: 8,
      conditional: true,
      config: { net: { width: 8, depth: 1, features: 4 } },
      onProgress: ({ loss }) => losses.push(loss),
    });
    expect(losses.length).toBe(3);
    expect(trained.info).toMatchObject({ step: 3, classes: ['left', 'right'], network: 'mlp', data: 'points' });
    const read = modelOf(host, trainedFromBytes(trained.toBytes(), 'bytes'));
    expect(read.info.classes).toEqual(['left', 'right']);
    const [a, b] = [trained, read].map((one) => one.sample({ count: 2, nfe: 6, sampler: 'ddim' }));
    const [first, second] = [(await a)?.samples.data ?? [], (await b)?.samples.data ?? []];
    for (let i = 0; i < 4; i++) expect(second[i]).toBeCloseTo(Number(first[i]), 0);
  });

  it('stops where its loop is left, with the model of that step', async () => {
    const run = trainOn(host, points, { batch: 4, config: { net: { width: 8, depth: 1, features: 4 } } });
    let found: Model | undefined;
    for await (const one of run)
      if (one.step === 2) {
        found = await one.model();
        break;
      }
    expect(found?.info.step).toBe(2);
  });
});
