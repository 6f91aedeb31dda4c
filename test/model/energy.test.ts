/** @file Energies of networks through the handle: densities, samplers that accept and reject by them, and compositions. */
import { describe, expect, it } from 'vitest';
import { combine, dotPerSample } from '../../src/base/arith.ts';
import { key } from '../../src/base/key.ts';
import { tensor } from '../../src/base/tensor.ts';
import { interpreter } from '../../src/backend/interpreter.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import type { PointSet } from '../../src/data/dataset.ts';
import { composedSamples } from '../../src/model/composition.ts';
import type { Host } from '../../src/model/host.ts';
import { modelOf, type Model } from '../../src/model/model.ts';
import { initialize } from '../../src/nn/network.ts';
import { lineIntegral } from '../../src/sample/correctors/line-integral.ts';

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
  values: Float64Array.from({ length: 80 }, (_, i) => (i % 4 < 2 ? 3 : -1) + (i % 7)),
  labels: Uint8Array.from({ length: 40 }, (_, i) => i % 2),
};

interface Asked {
  readonly classes?: readonly string[];
  readonly seed?: number;
  readonly energy?: boolean;
  readonly sde?: string;
  readonly parametrization?: string;
  readonly scale?: number;
}

function open({
  classes = [],
  seed = 1,
  energy = true,
  sde = 've',
  parametrization = 'epsilon',
  scale = 1,
}: Asked = {}): Model {
  const net = { kind: 'mlp', width: 8, depth: 2, features: 4, classes: classes.length, energy };
  const config = resolveConfig(
    { kind: 'points' },
    { data: { ref: 'blobs' }, parametrization: { kind: parametrization }, net, sde: { kind: sde } },
  );
  const values = set.values.map((value) => scale * value);
  const built = buildTraining(config, { ...set, values, ...(classes.length > 0 && { classNames: classes }) });
  const { trained, fixed } = initialize(built.net, key(seed));
  const params = { trained: trained.map((value, i) => 0.5 * value + 0.03 * Math.sin(i * seed)), fixed };
  const known = classes.length > 0 ? { classes: { names: classes, fingerprint: '' } } : {};
  const data = { kind: 'points' as const, shape: [2], scaler: built.scaler, fingerprint: '', ...known };
  return modelOf(host, { ...built, name: `net-${seed}`, config, data, step: 7, params });
}

const x = tensor([0.3, -0.2, 1, 0.5], [2, 2]);

describe('the density of an energy network', () => {
  it.each([
    ['epsilon', 've', 0.7],
    ['x0', 'vp', 0.4],
    ['edm', 'edm', 1.3],
  ])('has the score of %s under %s as its gradient', async (parametrization, sde, t) => {
    const model = open({ parametrization, sde });
    const step = tensor([0.6, -0.3, -0.2, 0.8], [2, 2]);
    const y = combine([1, x], [1e-3, step]);
    const back = combine([1, x], [-1e-3, step]);
    const [after, before] = [await model.logDensity!(y, t), await model.logDensity!(back, t)];
    const along = dotPerSample(await model.score(x, t), step);
    // Central differences of step 1e-3 of what the interpreter computes in float64 and coefficients in float32.
    along.forEach((slope, i) => expect((after[i]! - before[i]!) / 2e-3).toBeCloseTo(slope, 4));
    const ratio = await lineIntegral(model.score, { evaluations: 5 })(x, combine([1, x], [1, step]), t);
    const far = await model.logDensity!(combine([1, x], [1, step]), t);
    const near = await model.logDensity!(x, t);
    ratio.forEach((value, i) => expect(value).toBeCloseTo(far[i]! - near[i]!, 4));
  });

  it('is that of the guided score under guidance', async () => {
    const model = open({ classes: ['left', 'right'] });
    const [own, all] = [await model.given({ class: 'left' }).logDensity!(x, 0.5), await model.logDensity!(x, 0.5)];
    const guided = await model.given({ class: 'left', guidance: 3 }).logDensity!(x, 0.5);
    guided.forEach((value, i) => expect(value).toBeCloseTo(3 * own[i]! - 2 * all[i]!, 10));
  });

  it('is there of energies alone, and samplers say so', async () => {
    const options = { count: 2, steps: 3 } as const;
    for (const sampler of ['pc-mala', 'pc-hmc']) {
      const { samples } = await open().sample({ ...options, sampler });
      expect(samples.evaluations[0]).toBeGreaterThan(9);
      await expect(open({ energy: false }).sample({ ...options, sampler })).rejects.toThrow(
        `sampler: expected a network with an energy for ${sampler}, such as one that was trained with --set net.energy=true`,
      );
    }
    expect(open({ energy: false }).logDensity).toBeUndefined();
  });
});

describe('compositions', () => {
  const options = { count: 3, steps: 4, corrections: 1 } as const;
  const issue = async (models: readonly Model[], own: object = {}): Promise<string> => {
    try {
      await composedSamples(host, models, { ...options, ...own });
    } catch (error) {
      return (error as Error).message;
    }
    return 'no error';
  };

  it.each([
    ['product', true, 'mala'],
    ['product', false, 'mala-line'],
    ['negation', true, 'mala'],
    ['mixture', false, 'none'],
  ])('%s with energies %s is corrected by %s, the same from one seed', async (as, energy, correct) => {
    const models = [open({ energy }), open({ energy, seed: 2 })];
    const result = await composedSamples(host, models, { ...options, as });
    expect(result).toMatchObject({ as, correct });
    expect(result.samples.count).toBe(3);
    const again = await composedSamples(host, models, { ...options, as, batch: 2 });
    again.samples.data.forEach((value, i) => expect(value).toBeCloseTo(result.samples.data[i]!, 6));
  });

  it('refuse what does not go together, in one sentence each', async () => {
    const [one, other] = [open(), open({ seed: 2 })];
    expect(await issue([one])).toBe('models: expected two models or more, got 1');
    expect(await issue([one, open({ seed: 2, scale: 2 })])).toContain(
      'models: expected models whose data are scaled alike, net-2 has another scale than net-1',
    );
    expect(await issue([one, open({ sde: 'vp' })])).toContain('models: expected models of one process, net-1 has ve');
    expect(await issue([one, open({ energy: false, seed: 3 })], { correct: 'hmc' })).toBe(
      'correct: expected models with energies for hmc, net-3 has a score alone; train it with --set net.energy=true, or take mala-line',
    );
    expect(await issue([one, other], { weights: [1] })).toBe(
      'weights: expected a number for each of the 2 models, got 1',
    );
    expect(await issue([one, other], { as: 'negation', weights: [1, 1] })).toContain(
      'expected positive numbers, of which the first is more',
    );
    expect(await issue([one, other], { as: 'sum' })).toContain('as: expected product, mixture, negation, got sum');
    expect(await issue([one, other], { correct: 'gibbs' })).toContain(
      'correct: expected mala, hmc, mala-line, langevin, none',
    );
    expect(await issue([one, other], { as: 'mixture', correct: 'hmc' })).toBe(
      'correct: expected none for a mixture, got hmc',
    );
  });
});
