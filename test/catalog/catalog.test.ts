/** @file A thing of each kind that scorefield does not have is found wherever the built-in ones are. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { map, scale as scaleTensor } from '../../src/base/arith.ts';
import { key, split } from '../../src/base/key.ts';
import { tensor } from '../../src/base/tensor.ts';
import { buildModel, buildTraining } from '../../src/catalog/build.ts';
import { builtIn, catalog, type Catalog } from '../../src/catalog/catalog.ts';
import { condition } from '../../src/catalog/conditions/condition.ts';
import { dataKind } from '../../src/catalog/data-kinds/data-kind.ts';
import { points as pointKind } from '../../src/catalog/data-kinds/points.ts';
import { dataSet } from '../../src/catalog/data-sets/data-set.ts';
import { catalogTables, describe as described } from '../../src/catalog/describe.ts';
import { optionText } from '../../src/catalog/option-text.ts';
import { buildPosteriorSampler } from '../../src/catalog/posterior-samplers/build-posterior-sampler.ts';
import { buildTask, whyNot } from '../../src/catalog/restorations/inverse-tasks.ts';
import { positive } from '../../src/catalog/config/limits.ts';
import { guidance } from '../../src/catalog/guidances/guidance.ts';
import { networkRecord } from '../../src/catalog/networks/network.ts';
import { objective } from '../../src/catalog/objectives/objective.ts';
import { weighingOptions } from '../../src/catalog/objectives/options.ts';
import { optional, withDefault } from '../../src/catalog/option.ts';
import { parametrization } from '../../src/catalog/parametrizations/parametrization.ts';
import { posteriorSampler } from '../../src/catalog/posterior-samplers/posterior-sampler.ts';
import { likeDdpm, process } from '../../src/catalog/processes/process.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { ofPictures, restoration } from '../../src/catalog/restorations/restoration.ts';
import { buildSampler } from '../../src/catalog/samplers/build-sampler.ts';
import { repeated, sampler } from '../../src/catalog/samplers/sampler.ts';
import { startNamed } from '../../src/catalog/start-named.ts';
import { startRecord } from '../../src/catalog/starts.ts';
import { task } from '../../src/catalog/tasks/task.ts';
import { guided } from '../../src/inverse/problem.ts';
import { identity } from '../../src/inverse/operator/sensing/identity.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { gaussianLaw } from '../../src/sample/laws/gaussian-law.ts';
import { ddim } from '../../src/sample/steps/ddim.ts';
import { openDataSet } from '../../src/run/data-sets.ts';
import { finish } from '../../src/sample/sampler.ts';
import { independentCoupling } from '../../src/score/objectives/coupling.ts';
import { denoising } from '../../src/score/objectives/denoising.ts';
import { empirical } from '../../src/sde/exact/empirical.ts';
import { epsilon } from '../../src/sde/learning/parametrization.ts';
import { uniformGrid } from '../../src/sde/time/time-grid.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { sigmaSquaredWeighting, uniformTimes } from '../../src/sde/learning/weighting.ts';
import { namesPage } from '../../scripts/make-names.ts';
import { issuesOf, points } from './sets.ts';

const description = 'a thing of a test';
const mine = {
  tasks: task({ name: 'my-task', description, use: 'nothing', network: 'my-network', objective: 'my-objective' }),
  dataKinds: dataKind({
    ...pointKind,
    name: 'my-data',
    description,
    shapeOk: (shape) => shape.length === 2,
    network: 'my-network',
    sigmaData: 2,
    train: { batch: 3, learningRate: 1e-2 },
  }),
  dataSets: dataSet({
    name: 'my-set',
    description,
    options: { spread: withDefault(positive, 2, 'spread') },
    open: ({ spread }) => ({ ...points, name: 'my-set', count: 1, values: Float64Array.of(spread, -spread) }),
  }),
  networks: networkRecord({
    name: 'my-network',
    description,
    task: 'my-task',
    axes: [1, 2],
    options: { width: withDefault(positive, 8, 'units', { unit: 'neurons' }) },
    process: 'my-process',
    embedding: 'positional',
    build: ([dimension = 1], { width }) => mlp(dimension, { width }),
  }),
  processes: process({
    name: 'my-process',
    description,
    citation: 'this test',
    options: { rate: withDefault(positive, 7, 'noise rate'), tMin: optional(positive, 'smallest time') },
    defaults: { ...likeDdpm, parametrization: 'my-parametrization' },
    build: ({ rate, ...times }) => vp({ betaMax: rate, ...times }),
  }),
  conditions: condition({
    name: 'my-condition',
    description,
    options: { letters: withDefault(positive, 2, 'letters that count') },
    coding: (texts, { letters }) => ({ words: texts.flat().map((text) => text.slice(0, letters)), buckets: 0 }),
  }),
  parametrizations: parametrization({
    name: 'my-parametrization',
    description,
    options: { factor: withDefault(positive, 2, 'factor') },
    defaults: () => ({ factor: 3 }),
    build: ({ factor }) => epsilon({ timeScale: factor }),
  }),
  objectives: objective({
    name: 'my-objective',
    description,
    task: 'my-task',
    options: { ...weighingOptions, kept: withDefault(v.boolean(), true, 'whether it is kept') },
    build: (_, { process: noise, weighing }) => denoising(noise, weighing),
    sampling: () => ({ sampler: 'my-sampler' }),
  }),
  weightings: { name: 'my-weighting', description, build: sigmaSquaredWeighting },
  times: { name: 'my-times', description, build: uniformTimes },
  couplings: { name: 'my-coupling', description, independent: false, keepsClasses: true, build: independentCoupling },
  bridges: {
    name: 'my-bridge',
    description,
    first: ['independent'],
    rounds: 1,
    pairs: { vectors: 2, pictures: 2 },
  },
  grids: { name: 'my-grid', description, grid: uniformGrid },
  samplers: sampler({
    name: 'my-sampler',
    description,
    citation: 'this test',
    evaluationsPerStep: 1,
    defaultSteps: 4,
    stochastic: true,
    grid: 'uniform',
    options: { noise: withDefault(positive, 1, 'noise', { remedy: 'less noise' }) },
    build: ({ noise, ...settings }) => repeated(ddim({ eta: noise }), settings),
  }),
  guidances: guidance({
    name: 'my-guidance',
    description,
    citation: 'this test',
    guide: 'none',
    toClass: false,
    differentiable: false,
    options: { push: withDefault(positive, 2, 'push') },
    evaluations: () => 1,
    build: ({ push }, { conditional: { score } }) => ({
      score: async (...at) => scaleTensor(push, await score(...at)),
      scoreVjp: undefined,
      reverseVariance: undefined,
    }),
  }),
  starts: startRecord({
    name: 'my-start',
    description,
    options: { size: withDefault(positive, 2, 'size') },
    fit: (_key, x, { size }) => gaussianLaw(map(x, (value) => size * value)),
  }),
  posteriorSamplers: posteriorSampler({
    name: 'my-posterior',
    description,
    citation: 'this test',
    needs: [],
    heedsNoise: false,
    anyNoise: true,
    defaultSteps: 5,
    options: { pull: withDefault(positive, 1, 'pull') },
    study: { steps: 3 },
    evaluations: ({ steps }) => steps + 1,
    build: ({ steps }) => guided(({ score }) => score, buildSampler('ddim', { steps })),
  }),
  restorations: restoration({
    name: 'my-restoration',
    description,
    options: { strength: withDefault(positive, 3, 'strength') },
    counts: true,
    build: (shape) => ofPictures(identity(shape)),
  }),
} as const;

const own = catalog(
  Object.fromEntries(Object.entries(mine).map(([list, record]) => [list, [...builtIn[list as keyof Catalog], record]])),
);
const asked = { data: { ref: 'x' }, task: 'my-task', loss: { weighting: 'my-weighting', times: 'my-times' } };

describe('a catalog with a thing of one’s own in every list', () => {
  it.each(Object.entries(mine))('lists it: %s', (list, { name, ...record }) => {
    const found = described(own)[list as keyof Catalog].at(-1)!;
    expect(found).toMatchObject({ name, description });
    expect(found.options.map((option) => option.name)).toEqual(Object.keys('options' in record ? record.options : {}));
    expect(catalogTables(own)).toContain(`**${name}**: ${description}`);
    expect(catalogTables()).not.toContain(name);
  });

  it('has it in the schema and in the defaults', () => {
    expect(resolveConfig(points, asked, own)).toMatchObject({
      task: 'my-task',
      net: { kind: 'my-network', width: 8 },
      sde: { kind: 'my-process', rate: 7 },
      parametrization: { kind: 'my-parametrization', factor: 3 },
      loss: { kind: 'my-objective', weighting: 'my-weighting', times: 'my-times', kept: true },
    });
    const ofData = resolveConfig({ kind: 'my-data' }, asked, own);
    expect(ofData).toMatchObject({ net: { kind: 'my-network' }, train: { batch: 3, learningRate: 1e-2 } });
    expect(issuesOf(() => resolveConfig(points, { ...asked, sde: { kind: 'my-proces' } }, own))).toEqual([
      expect.stringMatching(/^sde.kind: expected ve, .*, my-process, got my-proces; did you mean my-process\?$/),
    ]);
    expect(issuesOf(() => resolveConfig(points, { ...asked, sde: { ratee: 2 } }, own))).toEqual([
      'sde.ratee: unknown key; expected rate, tMin; did you mean rate?',
    ]);
    expect(issuesOf(() => resolveConfig(points, asked))).not.toEqual([]);
  });

  it('builds it', async () => {
    const config = resolveConfig(points, { ...asked, sde: { rate: 9 } }, own);
    const { process: built, objective: loss, sampling, task: learned } = buildTraining(config, points, own);
    expect([built.sde.kind, learned, sampling.sampler]).toEqual(['my-process', 'my-task', 'my-sampler']);
    expect(built.sde.alpha(0.5)).toBe(vp({ betaMax: 9 }).alpha(0.5));
    expect(built.parametrization.label(1)).toBe(3);
    expect(loss.kind).toBe('denoising');
    expect(buildModel(config, [4, 4], own).net.sampleShape).toEqual([4]);
    const sde = vp();
    const request = { sde, score: empirical(sde, tensor([0.3], [1, 1])).score, shape: [1], keys: split(key(1), 2) };
    const drawn = finish(buildSampler('my-sampler', { noise: 0.5, grid: 'my-grid' }, own)(request));
    expect((await drawn).evals).toEqual([5, 5]);
    expect(issuesOf(() => buildSampler('my-sampler', { noize: 1 }, own))).toEqual([
      'noize: the sampler my-sampler does not take it; it takes steps, nfe, grid, noise',
    ]);
    expect(buildPosteriorSampler('my-posterior', { pull: 2 }, own)).toBeTypeOf('function');
    const restored = buildTask('my-restoration', [1, 4, 4], { key: key(2) }, own);
    expect(restored.operator.kind).toBe('identity');
    expect(whyNot('my-posterior', restored.operator, own)).toBeUndefined();
  });

  it('opens it', async () => {
    const set = await openDataSet('my-set', { spread: 5 }, own);
    expect(set).toMatchObject({ name: 'my-set', values: Float64Array.of(5, -5) });
    expect((await openDataSet('my-set', {}, own)).count).toBe(1);
    await expect(openDataSet('my-set', { sprad: 5 }, own)).rejects.toThrow('my-set has no such option, only spread');
    await expect(openDataSet('my-sett', {}, own)).rejects.toThrow(
      /expected one of two-gaussians, .*, my-set, or the path/,
    );
    await expect(openDataSet('my-set')).rejects.toThrow('expected one of');
  });

  it('couples data and noise by it', () => {
    const config = resolveConfig(points, { data: { ref: 'x' }, loss: { coupling: 'my-coupling' } }, own);
    expect(config.loss).toMatchObject({ kind: 'denoising', coupling: 'my-coupling' });
    const { objective: built, sampling } = buildTraining(config, points, own);
    expect(built.kind).toBe('denoising');
    // What is learned with a coupling of its own is sampled by the probability flow alone.
    expect(sampling).toMatchObject({ sampler: 'ddim', flowOnly: true });
    expect(issuesOf(() => resolveConfig(points, { data: { ref: 'x' }, loss: { coupling: 'my-coupling' } }))).toEqual([
      'loss.coupling: expected independent, ot, stored, got my-coupling',
    ]);
  });

  it('fits a start by it, with a value of its first option', () => {
    const x = tensor([1, 3], [2, 1]);
    const drawn = (text: string): number => {
      const { data } = startNamed(text, own)(key(1), x).draw([key(2)]) as ReturnType<typeof tensor>;
      return data[0]!;
    };
    expect(drawn('my-start')).toBeCloseTo(2 * drawn('gaussian'), 12);
    expect(drawn('my-start:5')).toBeCloseTo(5 * drawn('gaussian'), 12);
    expect(issuesOf(() => startNamed('my-start', builtIn))).toEqual([
      'start: expected gaussian, dct, mixture, got my-start',
    ]);
    expect(issuesOf(() => startNamed('mixture:many'))).toEqual([
      expect.stringMatching(/^components: expected a number, got/),
    ]);
    expect(issuesOf(() => startNamed('gaussian:2'))).toEqual(['start: gaussian takes no value after its name, got 2']);
    expect(issuesOf(() => startNamed('mixture:'))).toEqual([expect.stringMatching(/^components: expected a number/)]);
  });

  it('refuses two things of one name', () => {
    expect(issuesOf(() => catalog({ grids: [...builtIn.grids, builtIn.grids[0]!] }))).toEqual([
      'grids: expected names that differ, found auto twice',
    ]);
  });
});

describe('every option', () => {
  const all = Object.values(described()).flat();
  const options = all.flatMap(({ name, options: of }) => of.map((option) => ({ of: name, ...option })));

  it('has a description, and a default or words on its absence', () => {
    expect(options.length).toBeGreaterThan(80);
    for (const { of, ...option } of options) {
      expect(option.help, `${of}.${option.name}`).not.toBe('');
      expect(option.type, `${of}.${option.name}`).not.toBe(undefined);
      if (!option.required && option.default === undefined) expect(option.help, of).toMatch(/\(default: /);
    }
  });

  it('is described with its unit, values, range and default', () => {
    const text = (thing: string, name: string): string =>
      optionText(options.find((option) => option.of === thing && option.name === name)!);
    expect(text('vp', 'betaMax')).toBe('noise rate at t = 1 (above 0; default: 20)');
    expect(text('ddpm', 'steps')).toContain('at least 2, at most 100000; default: 1000');
    expect(text('score', 'label')).toContain('one of time, logSigma; default: time');
    expect(text('superres', 'factor')).toContain('unit: pixels');
  });
});

it('docs/names.md is what the catalog says', () => {
  expect(readFileSync(resolve(import.meta.dirname, '../../docs/names.md'), 'utf8')).toBe(namesPage);
});
