/** @file `model.tune`: what it measures, that sampling repeats it, and what it refuses, on a small random network. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../../src/backend/interpreter.ts';
import { foldIn, key, split } from '../../../src/base/key.ts';
import { buildTraining } from '../../../src/catalog/build.ts';
import { resolveConfig } from '../../../src/catalog/config/resolve.ts';
import { buildSampler } from '../../../src/catalog/samplers/build-sampler.ts';
import type { PointSet } from '../../../src/data/dataset.ts';
import { endPointError } from '../../../src/evaluate/end-point-error.ts';
import { modelOf, type Model } from '../../../src/model/model.ts';
import { trainedFromBytes } from '../../../src/model/model-bytes.ts';
import { tuningFigure } from '../../../src/model/samples/tuning-figure.ts';
import { nearestOf, type TunedRow, type TuneOptions } from '../../../src/model/samples/tuning.ts';
import type { TrainedModel } from '../../../src/model/trained.ts';
import { initialize } from '../../../src/nn/network.ts';
import { finish } from '../../../src/sample/sampler.ts';
import { referenceOf } from '../../../src/sample/tuning/reference.ts';

const host = {
  backend: () => Promise.resolve(interpreter()),
  writeFile: () => Promise.resolve(),
  rasterize: () => Promise.resolve(Uint8Array.of(137)),
};

const points: PointSet = {
  kind: 'points',
  name: 'blobs',
  count: 120,
  dimension: 2,
  values: Float64Array.from({ length: 240 }, (_, i) => (i % 4 < 2 ? 30 : -10) + (i % 7)),
  labels: Uint8Array.from({ length: 120 }, (_, i) => (i % 2 === 0 ? 0 : 1)),
  classNames: ['left', 'right'],
};

function modelWith(asked: object, more: Partial<TrainedModel> = {}): Model {
  const net = { kind: 'mlp', width: 8, depth: 1, features: 4, classes: 2 };
  const config = resolveConfig({ kind: 'points' }, { data: { ref: 'blobs' }, net, ...asked });
  const built = buildTraining(config, points);
  const { trained, fixed } = initialize(built.net, key(3));
  const params = { trained: trained.map((value, i) => 0.1 * value + 0.01 * Math.sin(i)), fixed };
  const classes = { classes: { names: points.classNames ?? [], fingerprint: '' } };
  const data = { kind: 'points', shape: [2], scaler: built.scaler, fingerprint: '', ...classes } as const;
  return modelOf(host, { ...built, name: 'small', config, data, step: 7, params, ...more });
}

const model = modelWith({ parametrization: { kind: 'x0' } });
const small = { count: 12, trials: 20 };

describe('a search', () => {
  const searching = model.tune({ nfe: [4, 7], sampler: 'ddim', ...small, seed: 5, reference: points, samples: 40 });

  it('measures the grid that was found, the best named one and the usual one, in steps whose fractions rise to 1', async () => {
    const fractions: number[] = [];
    for await (const { fraction } of searching) fractions.push(fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBeCloseTo(1, 2);
    const { sampler, n, rows } = await searching;
    expect({ sampler, n, nfe: rows.map(({ nfe }) => nfe) }).toEqual({ sampler: 'ddim', n: 12, nfe: [4, 7] });
    for (const { nfe, tuned, best, usual } of rows) {
      expect(tuned.levels).toHaveLength(nfe);
      expect(usual.name).toBe('cosine');
      expect(best.error.value).toBeLessThanOrEqual(usual.error.value);
      for (const { evaluation } of [tuned, best, usual]) expect(evaluation?.n).toBe(40);
    }
  });

  it('has the errors that the sampler has along these levels', async () => {
    const { rows } = await searching;
    const keys = split(foldIn(key(5), 'measurement'), 12);
    const request = { sde: model.sde, score: model.score, shape: [2], keys };
    const { end } = await finish(referenceOf(request));
    for (const { tuned, best } of rows)
      for (const { levels, error } of [tuned, best]) {
        const { x } = await finish(buildSampler('ddim', { grid: levels })(request));
        expect(endPointError(x, end).rms).toEqual(error);
      }
  });

  it('gives way to a named grid that is nearer', async () => {
    const { rows } = await searching;
    const [row] = rows;
    expect(nearestOf({ ...row!, tuned: { ...row!.tuned, error: { value: 0, standardError: 0 } } }).name).toBe('tuned');
    expect(nearestOf({ ...row!, tuned: { ...row!.tuned, error: { value: 9, standardError: 0 } } })).toBe(row!.best);
  });

  it('is drawn', async () => {
    const svg = tuningFigure(await searching, 'small & fine');
    expect(svg).toContain('4 evaluations');
    expect(svg).toContain('small &amp; fine by ddim');
  });
});

it('of any sampler searches those whose named grids are best, and says which one it has found', async () => {
  const { sampler, rows } = await model.tune({ nfe: 3, sampler: 'any', count: 8, trials: 4 });
  const [{ tuned, best, usual }] = rows as [TunedRow];
  expect([sampler, usual.sampler, usual.name]).toEqual(['any', 'dpm-solver-2m', 'log-snr']);
  for (const one of ['ddim', 'unipc']) {
    const [row] = (await model.tune({ nfe: 3, sampler: one, count: 8, trials: 1 })).rows;
    expect(best.error.value).toBeLessThanOrEqual(row!.best.error.value);
    if (best.sampler === one) expect(best).toMatchObject({ name: row!.best.name, error: row!.best.error });
  }
  const drawn = await model.sample({ sampler: tuned.sampler, grid: tuned.levels, count: 1 });
  expect(drawn.samples.evaluations).toEqual([3]);
});

it('of a guided model divides the budget by what a guided score costs, and takes a list of classes', async () => {
  const given = model.given({ class: Array.from({ length: 8 }, (_, i) => i % 2), guidance: 2 });
  const { rows, n } = await given.tune({ nfe: 8, sampler: 'dpm-solver-2m', trials: 5 });
  expect(n).toBe(8);
  expect(rows[0]?.nfe).toBe(8);
  // Two evaluations of the network for each of the score.
  expect(rows[0]?.tuned.levels).toHaveLength(4);
});

it('stops at a signal, with what it says', async () => {
  const stopped = new AbortController();
  const searching = model.tune({ nfe: 5, ...small, signal: stopped.signal, onProgress: () => stopped.abort() });
  await expect(searching).rejects.toThrow(/aborted/);
});

it('is what a model that says so is sampled with, unless other evaluations or another grid are asked for', async () => {
  const { tuned } = (await model.tune({ nfe: 5, sampler: 'ddim', ...small })).rows[0]!;
  const sampling = { ...model.trained.sampling, sampler: 'ddim', nfe: 5, grid: tuned.levels };
  const own = modelWith({ parametrization: { kind: 'x0' } }, { sampling });
  const along = await model.sample({ count: 3, sampler: 'ddim', grid: tuned.levels });
  expect(along.samples.evaluations).toEqual([5, 5, 5]);
  for (const choice of [{}, { nfe: 5 }, { sampler: 'ddim', nfe: 5 }])
    expect((await own.sample({ count: 3, ...choice })).samples.x).toEqual(along.samples.x);
  for (const choice of [{ nfe: 9 }, { grid: 'karras', nfe: 5 }, { sampler: 'unipc' }]) {
    const usual = await model.sample({ count: 3, sampler: 'ddim', ...choice });
    expect((await own.sample({ count: 3, ...choice })).samples.x).toEqual(usual.samples.x);
  }
  const three = await own.sample({ count: 3, grid: [tuned.levels[0]!, 1, 0.1] });
  expect(three.samples.evaluations).toEqual([3, 3, 3]);
  const again = trainedFromBytes(own.toBytes(), 'again');
  expect(again.sampling).toMatchObject({ sampler: 'ddim', nfe: 5, grid: tuned.levels });
});

describe('what cannot be searched is one sentence', () => {
  it.each([
    [{ nfe: 1 }, /^nfe: expected at least 2 evaluations \(1 a step and 1 for the last denoising\), got 1$/],
    [
      { nfe: 8, sampler: 'ode' },
      /^sampler: expected one whose samples depend on the time grid alone, .*; ode chooses its own steps$/,
    ],
    [{ nfe: 8, sampler: 'ancestral' }, /ancestral adds noise in every step$/],
    [{ nfe: 8, sampler: 'hein' }, /^sampler: expected .*, got hein; did you mean heun\?$/],
    [{ nfe: 100 }, /^nfe: expected at most 50 steps, 100 evaluations are 99$/],
    [{ nfe: [] }, /^nfe: expected a number of evaluations, got none$/],
    [{ nfe: 8, count: 3 }, /^count: expected at least 8 starts, got 3$/],
  ] as [TuneOptions, RegExp][])('%j', async (options, sentence) => {
    await expect(model.tune(options)).rejects.toThrow(sentence);
  });

  it('a list of classes of another length, and a classifier', async () => {
    const two = model.given({ class: [0, 1] });
    await expect(two.tune({ nfe: 4, count: 9 })).rejects.toThrow('count: expected a class for each of 9 starts, got 2');
    const classifier = modelWith({}, { config: { ...model.trained.config, task: 'classifier' } });
    await expect(classifier.tune({ nfe: 4 })).rejects.toThrow(
      'expected a run that learns a score, small is a classifier',
    );
  });
});
