import { describe, expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { sizeOf } from '../../src/base/tensor.ts';
import { buildModel, buildTraining } from '../../src/catalog/build.ts';
import type { Plain } from '../../src/catalog/option.ts';
import { resolveConfig, resumeConfig } from '../../src/catalog/config/resolve.ts';
import { jointLossKinds, lossKinds, sdeKinds, studentLossKinds, ownLossKinds } from '../../src/catalog/kinds.ts';
import { find } from '../../src/catalog/named.ts';
import { parseConfig } from '../../src/catalog/config/schema.ts';
import { readConfig } from '../../src/catalog/config/stored.ts';
import { sampleShape, type DataSet } from '../../src/data/dataset.ts';
import { bridges } from '../../src/catalog/bridges.ts';
import { grids } from '../../src/catalog/grids.ts';
import { noiseRatio } from '../../src/sde/time/noise-ratio.ts';
import { edmWeighting, likelihoodNormalizer } from '../../src/sde/learning/weighting.ts';
import { images, issuesOf, points } from './sets.ts';
import { drawOf } from '../score/site.ts';

const bridgeLossKinds = [...new Set(bridges.flatMap(({ objective = [] }) => objective))];
const data = { ref: 'some data' };
const eight = await images(8);
const problems = (set: DataSet, asked: Plain): readonly string[] =>
  issuesOf(() => buildTraining(resolveConfig(set, { data, ...asked }), set));

describe.each(lossKinds.flatMap((kind) => sdeKinds.map((sde) => ({ kind, sde }))))(
  'the loss $kind with $sde',
  (asked) => {
    const config = resolveConfig(points, { data, sde: { kind: asked.sde }, loss: { kind: asked.kind } });

    it('is a whole configuration, which stays itself when stored and read again', () => {
      expect(config.loss.kind).toBe(asked.kind);
      expect(parseConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
    });

    it('builds an objective whose times the SDE knows', () => {
      const { objective, process } = buildTraining(config, points);
      const { times, feeds } = drawOf(objective, new Float32Array(2 * 64).fill(0.5), 64, key(1));
      for (const t of times) {
        expect(t).toBeGreaterThanOrEqual(process.sde.tMin);
        expect(t).toBeLessThanOrEqual(process.sde.tMax);
      }
      for (const [name, values] of Object.entries(feeds)) expect(values.every(Number.isFinite), name).toBe(true);
    });
  },
);

describe.each(sdeKinds)('losses with the SDE %s', (sde) => {
  const built = (loss: Plain): ReturnType<typeof buildTraining> =>
    buildTraining(resolveConfig(points, { data, sde: { kind: sde }, loss }), points);
  const drawn = ({ objective }: ReturnType<typeof buildTraining>): ReadonlySet<number> =>
    new Set(drawOf(objective, new Float32Array(2 * 4096), 4096, key(1)).times);

  it.each(['dsm', 'exact', 'sliced', 'sliced-vr'])('see the one time of their level alone: %s', (kind) => {
    const one = built({ kind, sigma: 0.3, ...(kind === 'dsm' ? {} : { noise: 'none', levels: 7 }) });
    expect([...drawn(one)]).toEqual([one.process.sde.tMin]);
    expect(noiseRatio(one.process.sde, one.process.sde.tMin)).toBeCloseTo(0.3, 9);
    expect(one.sampling).toMatchObject({ oneLevel: true });
    expect(one.sampling.grid).toBeUndefined();
  });

  it.each([
    [{ kind: 'ncsn' }],
    [{ kind: 'ncsn', levels: 12 }],
    [{ kind: 'ddpm' }],
    [{ kind: 'ddpm', steps: 50 }],
    [{ kind: 'vlb', steps: 40 }],
    [{ kind: 'hybrid' }],
    [{ kind: 'exact', levels: 9 }],
    [{ kind: 'sliced', levels: 30 }],
    [{ kind: 'sliced-vr', levels: 9 }],
  ])('see the times at which their runs are sampled, and no others: %j', (loss) => {
    const training = built(loss);
    const { grid = 'auto', steps = 0 } = training.sampling;
    const sampled = find(grids, String(grid), 'grid').grid(training.process.sde, steps);
    // More samples than times, in equal parts of them: each time is drawn.
    expect(drawn(training)).toEqual(new Set(sampled));
  });
});

it.each([
  ['smld', 100, '0.01 to 50'],
  ['smld', 0.009, '0.01 to 50'],
  ['edm', 81, '0.002 to 80'],
])('refuses a level that %s does not have: %d', (kind, sigma, range) => {
  const message = `loss.sigma: expected ${range}, the noise levels sigma / alpha of ${kind}, got ${sigma}`;
  for (const loss of [
    { kind: 'dsm', sigma },
    { kind: 'exact', noise: 'none', sigma },
  ])
    expect(problems(points, { sde: { kind }, loss })).toEqual([message]);
  // Of a loss at all noise levels it says nothing.
  expect(problems(points, { sde: { kind }, loss: { kind: 'exact', sigma } })).toEqual([]);
});

it('takes the standard deviation of the data for the weights of EDM, whatever is predicted', () => {
  for (const [set, sigmaData] of [
    [points, 1],
    [eight, 0.5],
  ] as const) {
    const config = resolveConfig(set, {
      data,
      sde: { kind: 'edm' },
      parametrization: { kind: 'epsilon' },
      loss: { weighting: 'edm', reduction: 'sum' },
    });
    const { objective, process } = buildTraining(config, set);
    const batch = 8;
    const { feeds, times } = drawOf(objective, new Float32Array(batch * sizeOf(sampleShape(set))), batch, key(1));
    // The loss is that of sigma s, so that its weight is lambda / sigma^2.
    const weight = (t: number): number => edmWeighting(process.sde, { sigmaData })(t) / process.sde.sigma(t) ** 2;
    times.forEach((t, i) => expect((feeds['weight']![i]! * batch) / weight(t)).toBeCloseTo(1, 5));
  }
});

it('refuses labels that the levels of ncsn are not made for', () => {
  const of = (asked: Plain): readonly string[] => problems(eight, { net: { kind: 'ncsn' }, ...asked });
  for (const kind of ['ve', 'vp', 'smld', 'ddpm', 'sigma-power']) expect(of({ sde: { kind } }), kind).toEqual([]);
  for (const [asked, labels] of [
    [{ parametrization: { kind: 'edm' } }, '-1.15 to 0.978'],
    [{ parametrization: { kind: 'score', label: 'logSigma' } }, '-4.61 to 3.91'],
    [{ parametrization: { kind: 'score', timeScale: 999 } }, '0.00999 to 999'],
    [{ sde: { kind: 'edm' }, parametrization: { kind: 'score' } }, '0.002 to 80'],
  ] as const)
    expect(of(asked)).toEqual([
      `net.kind: expected labels from 0 to 1, which ncsn divides into its levels, got ${labels}; choose ncsnv2, or for ` +
        'ncsn the parametrization score with label time and timeScale 1, on an SDE whose times end at 1 (such as ve)',
    ]);
});

describe('a loss without a kind', () => {
  it('is denoising, as runs were stored before there were kinds', () => {
    const { kind, ...loss } = resolveConfig(points, { data }).loss;
    expect(kind).toBe('denoising');
    const stored = { ...resolveConfig(points, { data }), loss };
    expect(readConfig(stored)).toEqual(resolveConfig(points, { data }));
    expect(resumeConfig(readConfig(stored), { data, loss: { weighting: 'sigma2' } }).loss.kind).toBe('denoising');
  });

  it('that is asked for keeps the keys of a new one', () =>
    expect(resolveConfig(points, { data, loss: { times: 'importance' } }).loss).toMatchObject({
      kind: 'denoising',
      times: 'importance',
    }));
});

describe('a bad loss', () => {
  it.each([
    [
      { kind: 'no' },
      `loss.kind: expected ${[...lossKinds, ...jointLossKinds, ...studentLossKinds, 'cross-entropy', ...ownLossKinds, ...bridgeLossKinds, 'reconstruction'].join(', ')}, got no`,
    ],
    [{ kind: 'ncsn', levels: 1 }, 'loss.levels: expected at least 2, got 1'],
    [{ kind: 'ncsn', weighting: 'sigma2' }, 'loss.weighting: unknown key; expected levels, reduction'],
    [{ kind: 'sliced', law: 'cube' }, 'loss.law: expected gaussian, rademacher, sphere, got cube'],
    [{ kind: 'sliced', projections: 0 }, 'loss.projections: expected at least 1, got 0'],
    [{ kind: 'vlb', variance: 'none' }, 'loss.variance: expected small, large, learned, got none'],
    [{ kind: 'hybrid', factor: 0 }, 'loss.factor: expected a positive number, got 0'],
    [{ kind: 'dsm', sigma: -1 }, 'loss.sigma: expected a positive number, got -1'],
  ])('is refused: %j', (loss, message) => expect(problems(points, { loss })).toEqual([message]));

  it('is exact score matching of images, or an energy whose variance is learned', () => {
    expect(problems(eight, { loss: { kind: 'exact' } })).toEqual([
      'loss.kind: expected samples of at most 64 numbers for exact, got 192; sliced is for more',
    ]);
    expect(problems(points, { net: { energy: true }, loss: { kind: 'hybrid' } })).toEqual([
      'net.energy: expected false where the variance is learned, got true',
    ]);
  });
});

describe('the model of a configuration', () => {
  const modelOf = (asked: Plain): ReturnType<typeof buildModel> =>
    buildModel(resolveConfig(points, { data, ...asked }), sampleShape(points));

  it('has a network of two parts where the variance is learned, and a fixed variance else', () => {
    for (const [loss, parts, reverseVariance] of [
      [{ kind: 'hybrid' }, 2, 0],
      [{ kind: 'vlb', variance: 'learned' }, 2, 0],
      [{ kind: 'vlb' }, undefined, 0],
      [{ kind: 'vlb', variance: 'large' }, undefined, 1],
      [{}, undefined, 0],
    ] as const) {
      const model = modelOf({ loss });
      expect([model.net.parts, model.reverseVariance]).toEqual([parts, reverseVariance]);
    }
  });

  it('has the energy of the network where that is asked for, with its parameters', () => {
    const [plain, energy] = [modelOf({}), modelOf({ net: { energy: true } })];
    expect(energy.net.kind).toBe('energy of mlp');
    expect(energy.net.params.map(({ name }) => name)).toEqual(plain.net.params.map(({ name }) => name));
  });

  it('is sampled in the way that suits its loss', () => {
    const all = { sampler: 'pc', denoise: true, oneLevel: false };
    const one = { sampler: 'langevin', denoise: true, oneLevel: true };
    for (const [loss, expected] of [
      [{ kind: 'denoising' }, all],
      [{ kind: 'sliced' }, all],
      [{ kind: 'dsm' }, one],
      [
        { kind: 'exact', noise: 'none' },
        { ...one, denoise: false },
      ],
      [
        { kind: 'ncsn', levels: 30 },
        { ...all, sampler: 'annealed-langevin', grid: 'log-snr', steps: 29 },
      ],
      [{ kind: 'ddpm' }, { ...all, sampler: 'ancestral', grid: 'auto', steps: 999 }],
      [
        { kind: 'hybrid', steps: 30 },
        { ...all, sampler: 'ancestral', grid: 'auto', steps: 29 },
      ],
    ] as const)
      expect(modelOf({ loss }).sampling).toEqual(expected);
  });

  it('stops at the noise level that is learned alone', () => {
    const { sde } = modelOf({ loss: { kind: 'dsm', sigma: 0.4 } }).process;
    expect(sde.tMin).toBe(sde.tEnd);
    expect(noiseRatio(sde, sde.tEnd)).toBeCloseTo(0.4, 12);
  });
});

describe('likelihood weights at importance-sampled times', () => {
  it('have the expectation of those at uniform times: Z sigma^2 / (tMax - tMin)', () => {
    const loss = { weighting: 'likelihood', times: 'importance', reduction: 'sum' };
    const { objective, process } = buildTraining(resolveConfig(points, { data, loss }), points);
    const batch = 16;
    const { feeds } = drawOf(objective, new Float32Array(2 * batch), batch, key(1));
    const { sde } = process;
    const expected = likelihoodNormalizer(sde) / (sde.tMax - sde.tMin) / batch;
    feeds['weight']!.forEach((weight) => expect(weight / expected).toBeCloseTo(1, 6));
  });
});
