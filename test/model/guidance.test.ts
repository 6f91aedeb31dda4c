/** @file Guidance of a handle: by a second network, within an interval, and by a guidance that a catalog adds. */
import { describe, expect, it } from 'vitest';
import { combine } from '../../src/base/arith.ts';
import { key, split } from '../../src/base/key.ts';
import { tensor } from '../../src/base/tensor.ts';
import { interpreter } from '../../src/backend/interpreter.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { builtIn, catalog } from '../../src/catalog/catalog.ts';
import { positive } from '../../src/catalog/config/limits.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { guidance } from '../../src/catalog/guidances/guidance.ts';
import { withDefault } from '../../src/catalog/option.ts';
import type { PointSet } from '../../src/data/dataset.ts';
import type { Host } from '../../src/model/host.ts';
import { modelOf, type Model } from '../../src/model/model.ts';
import { chooseSampler } from '../../src/model/samples/sampler-choice.ts';
import type { TrainedModel } from '../../src/model/trained.ts';
import { initialize } from '../../src/nn/network.ts';
import { finish } from '../../src/sample/sampler.ts';
import { noiseRatio } from '../../src/sde/time/noise-ratio.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';

const host: Host = {
  backend: () => Promise.resolve(interpreter()),
  writeFile: () => Promise.resolve(),
  rasterize: () => Promise.resolve(new Uint8Array()),
};

const set: PointSet = {
  kind: 'points',
  name: 'blobs',
  count: 40,
  dimension: 2,
  values: Float64Array.from({ length: 80 }, (_, i) => (i % 4 < 2 ? 30 : -10) + (i % 7)),
  labels: Uint8Array.from({ length: 40 }, (_, i) => i % 2),
};

interface Asked {
  readonly classes?: readonly string[];
  readonly seed?: number;
  readonly sde?: string;
  readonly shift?: number;
}

/** An untrained network with parameters of its own seed. */
function trainedOf({ classes = [], seed = 1, sde = 've', shift = 0 }: Asked = {}): TrainedModel {
  const net = { kind: 'mlp', width: 8, depth: 1, features: 4, classes: classes.length };
  const config = resolveConfig(
    { kind: 'points' },
    { ...{ data: { ref: 'blobs' }, parametrization: { kind: 'x0' } }, net, sde: { kind: sde } },
  );
  const values = set.values.map((value) => value + shift);
  const built = buildTraining(config, { ...set, values, ...(classes.length > 0 && { classNames: classes }) });
  const { trained, fixed } = initialize(built.net, key(seed));
  const params = { trained: trained.map((value, i) => 0.1 * value + 0.01 * Math.sin(i * seed)), fixed };
  const known = classes.length > 0 ? { classes: { names: classes, fingerprint: '' } } : {};
  const data = { kind: 'points' as const, shape: [2], scaler: built.scaler, fingerprint: '', ...known };
  return { ...built, name: `net-${seed}`, config, data, step: 7, params };
}

const open = (asked?: Asked): Model => modelOf(host, trainedOf(asked));
const x = tensor([0.3, -0.2, 1, 0.5], [2, 2]);
const t = 0.5;
const issueOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
};

describe('autoguidance', () => {
  const [model, weaker] = [open(), open({ seed: 2 })];

  it('is s_weak + w (s - s_weak), with the evaluations of both counted', async () => {
    const [own, other] = [await model.score(x, t), await weaker.score(x, t)];
    const guided = model.given({ guidance: { scale: 2.5, guide: weaker } });
    expect((await guided.score(x, t)).data).toEqual(combine([2.5, own], [-1.5, other]).data);
    expect(guided.condition).toMatchObject({ method: 'autoguidance', guidance: 2.5, labels: [], cost: 2 });
    const { samples } = await guided.sample({ count: 2, sampler: 'ddim', nfe: 12 });
    expect(samples.evaluations).toEqual([12, 12]);
    const plain = await model.given({ guidance: { guide: weaker } }).sample({ count: 2, sampler: 'ddim', nfe: 12 });
    expect(plain.samples.data).toEqual((await model.sample({ count: 2, sampler: 'ddim', nfe: 12 })).samples.data);
  });

  it('gives the weaker network the same class, by its name', async () => {
    const left = open({ classes: ['left', 'right'] });
    const turned = open({ classes: ['right', 'left'], seed: 2 });
    const guided = left.given({ class: 'right', guidance: { scale: 2, guide: turned } });
    const [own, other] = [left.given({ class: 'right' }), turned.given({ class: 'right' })];
    const expected = combine([2, await own.score(x, t)], [-1, await other.score(x, t)]);
    expect((await guided.score(x, t)).data).toEqual(expected.data);
  });

  it('refuses a network of another process, other data or another task', () => {
    const given = (guide: Model): string => issueOf(() => model.given({ guidance: { guide } }));
    expect(given(open({ sde: 'vp' }))).toMatch(/^guidance.guide: expected a model with the process of the run, ve/);
    expect(given(modelOf(host, { ...trainedOf(), data: { ...trainedOf().data, shape: [3] } }))).toMatch(
      /^guidance.guide: expected a model of samples \[2\], got one of \[3\]/,
    );
    expect(given(open({ shift: 5 }))).toMatch(/^guidance.guide: expected one trained on the data of the run/);
    const plain = trainedOf();
    const elsewhere = { ...plain, config: { ...plain.config, data: { ref: 'moons' } } };
    const others = modelOf(host, { ...elsewhere, data: { ...elsewhere.data, fingerprint: 'ab' } });
    expect(given(others)).toBe(
      'guidance.guide: expected one trained on the data of the run, blobs; net-1 was trained on moons',
    );
    const asked = { method: 'classifier', guide: weaker };
    expect(issueOf(() => model.given({ guidance: asked }))).toBe(
      'guidance.guide: expected a classifier for classifier, got a weaker model of scores',
    );
  });
});

describe('an interval', () => {
  const model = open({ classes: ['left', 'right'] });
  const level = noiseRatio(model.sde, t);
  const right = model.given({ class: 'right' });

  it('has the scale between its noise levels, and the class alone elsewhere', async () => {
    const all = model.given({ class: 'right', guidance: 3 });
    const within = model.given({ class: 'right', guidance: { scale: 3, interval: [level / 2, 2 * level] } });
    const outside = model.given({ class: 'right', guidance: { scale: 3, interval: [2 * level, 4 * level] } });
    expect((await within.score(x, t)).data).toEqual((await all.score(x, t)).data);
    expect((await within.score(x, t)).data).not.toEqual((await right.score(x, t)).data);
    expect((await outside.score(x, t)).data).toEqual((await right.score(x, t)).data);
  });

  it('costs an evaluation of two networks only within it', async () => {
    const limited = model.given({ class: 'right', guidance: { scale: 3, interval: [level, 1e9] } });
    const options = { count: 1, sampler: 'ddim', steps: 20, grid: 'uniform', denoise: false };
    const { samples } = await limited.sample(options);
    // Of 20 times from 1 in steps of 0.05, 11 are at least 0.5.
    expect(samples.evaluations).toEqual([31]);
  });

  it.each([
    [[2, 1], 'guidance.interval: expected the lowest noise level before the highest'],
    [[1], 'guidance.interval'],
    [[-1, 2], 'guidance.interval.0: expected 0 or more'],
    [[100, 200], 'guidance.interval: expected noise levels among 0.01 to 50, those of the process, got 100 to 200'],
    [[0, 0.005], 'guidance.interval: expected noise levels among 0.01 to 50, those of the process, got 0 to 0.005'],
  ])('refuses %o', (interval, message) => {
    const own = { interval: interval as unknown as [number, number] };
    expect(issueOf(() => model.given({ class: 'right', guidance: own }))).toContain(message);
  });

  it('answers a wrong name or option with the right ones', () => {
    const given = (own: Record<string, unknown>): string =>
      issueOf(() => model.given({ class: 'right', guidance: own }));
    expect(given({ method: 'clasifier' })).toMatch(
      /^guidance.method: expected classifier-free, classifier, autoguidance, cfg\+\+, got clasifier; did you mean classifier\?$/,
    );
    expect(given({ intervall: [1, 2] })).toMatch(
      /^guidance.intervall: unknown key; expected interval; did you mean interval\?$/,
    );
    expect(issueOf(() => model.given({ guidance: 2 }))).toMatch(/^guidance: expected a class to guide to/);
  });
});

describe('cfg++', () => {
  const model = open({ classes: ['left', 'right'] });
  const options = { count: 2, steps: 4, grid: 'uniform' } as const;
  const draw = async (guidance: number | Record<string, unknown>): Promise<readonly [Float64Array, number]> => {
    const { samples } = await model.given({ class: 'right', guidance }).sample({ ...options, sampler: 'ddim' });
    return [samples.x.data, samples.evaluations[0]!];
  };

  it('takes the samplers whose steps it changes, with two evaluations a step', async () => {
    const [plain] = await draw(0);
    const [free, least] = await draw({ method: 'cfg++', scale: 0 });
    const [guided, most] = await draw({ method: 'cfg++', scale: 0.6 });
    free.forEach((value, i) => expect(value).toBeCloseTo(plain[i]!, 10));
    expect(Math.abs(guided[0]! - plain[0]!)).toBeGreaterThan(1e-6);
    expect([least, most]).toEqual([5, 10]);
    const { sampler } = await model
      .given({ class: 'right', guidance: { method: 'cfg++', scale: 0.6 } })
      .sample(options);
    expect(sampler).toBe('ddim');
  });

  it('says what it cannot do', async () => {
    const given = (own: object): Model => model.given({ class: 'right', guidance: { method: 'cfg++', ...own } });
    expect(issueOf(() => given({ scale: 7.5 }))).toBe('guidance: expected a scale of 0 to 1 for cfg++, got 7.5');
    expect(issueOf(() => given({ interval: [1, 2] }))).toContain('guidance.interval');
    await expect(given({}).sample({ ...options, sampler: 'heun' })).rejects.toThrow(
      'sampler: expected ddim, whose steps cfg++ changes, got heun',
    );
    await expect(given({}).score(x, t)).rejects.toThrow(
      'guidance.method: expected a guidance that makes a score, such as classifier-free; cfg++ changes the steps of ddim',
    );
  });
});

it('a guidance of one’s own is asked for by its name', async () => {
  const mine = guidance({
    name: 'louder',
    description: 'a multiple of the score',
    citation: 'this test',
    guide: 'none',
    toClass: false,
    differentiable: false,
    options: { factor: withDefault(positive, 2, 'factor of the score') },
    evaluations: () => 1,
    build: ({ factor, scale }, { conditional: { score } }) => ({
      score: async (...at) => combine([factor * scale, await score(...at)]),
      scoreVjp: undefined,
      reverseVariance: undefined,
    }),
  });
  const own = catalog({ guidances: [...builtIn.guidances, mine] });
  const model = modelOf(host, trainedOf(), own);
  const louder = model.given({ guidance: { method: 'louder', scale: 3, factor: 0.5 } });
  const plain = await model.score(x, t);
  expect((await louder.score(x, t)).data).toEqual(plain.data.map((value) => 1.5 * value));
  expect(louder.condition).toMatchObject({ method: 'louder', options: { factor: 0.5 }, cost: 1 });
  expect(issueOf(() => open().given({ guidance: { method: 'louder' } }))).toContain('got louder');
});

it("the budget of a packed model is divided by the cost of guidance, as the user's is", async () => {
  const trained = trainedOf();
  const packed = { ...trained, sampling: { ...trained.sampling, sampler: 'ddim', nfe: 24 } };
  const { sde } = trained.process;
  const { score } = gaussian(sde, { mean: tensor([0, 0], [2]), std: 1 });
  const evaluations = async (cost?: number): Promise<number> => {
    const { sampler } = chooseSampler(packed, {}, cost);
    const { evals } = await finish(sampler({ sde, score, shape: [2], keys: split(key(1), 1) }));
    return evals[0] ?? 0;
  };
  expect([await evaluations(), await evaluations(2)]).toEqual([24, 12]);
});
