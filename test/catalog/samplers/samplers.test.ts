import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/base/errors.ts';
import { foldIn, key, split } from '../../../src/base/key.ts';
import { tensor, zeros, type Tensor } from '../../../src/base/tensor.ts';
import {
  buildSampler,
  isLowDimensional,
  samplerList,
  samplerNames,
} from '../../../src/catalog/samplers/build-sampler.ts';
import { annealedLangevin } from '../../../src/sample/correctors/annealed-langevin.ts';
import { langevin } from '../../../src/sample/correctors/langevin.ts';
import { predictorCorrector } from '../../../src/sample/predictor-corrector.ts';
import { reverseDiffusion } from '../../../src/sample/steps/reverse-diffusion.ts';
import { finish } from '../../../src/sample/sampler.ts';
import { edm } from '../../../src/sde/processes/edm.ts';
import { empirical } from '../../../src/sde/exact/empirical.ts';
import { gaussianMixture } from '../../../src/sde/exact/gaussian-mixture.ts';
import { priorSample } from '../../../src/sde/prior.ts';
import type { ScoreFn } from '../../../src/sde/score-fn.ts';
import { smldSigmas } from '../../../src/sde/processes/discrete.ts';
import { smld } from '../../../src/sde/processes/smld.ts';
import { logSnrGrid } from '../../../src/sde/time/time-grid.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { allSdes } from '../../sde/all.ts';

const sde = vp();
const keys = split(key(81), 3);
const point = 0.3;
const request = { sde, score: empirical(sde, tensor([point], [1, 1])).score, shape: [1], keys };
const issuesOf = (build: () => unknown): readonly string[] => {
  try {
    build();
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
};

const fixed = samplerList.flatMap(({ evaluationsPerStep, ...sampler }) =>
  evaluationsPerStep === undefined ? [] : [{ ...sampler, evaluationsPerStep }],
);

describe.each(fixed)('the sampler $name', ({ name, evaluationsPerStep, defaultSteps }) => {
  it('takes the evaluations per step that it states', async () => {
    for (const steps of [1, 6]) {
      const { evals } = await finish(buildSampler(name, { steps })(request));
      expect(evals).toEqual(keys.map(() => steps * evaluationsPerStep + 1));
    }
    const next = await buildSampler(name)(request).next();
    expect(next.value).toMatchObject({ step: 1, steps: defaultSteps });
  });

  it('stays within a budget of evaluations, less than one step below it', async () => {
    for (const denoiseLast of [true, false])
      for (const nfe of [evaluationsPerStep + Number(denoiseLast), 11, 12, 13]) {
        const { evals } = await finish(buildSampler(name, { nfe, denoiseLast })(request));
        expect(evals[0]).toBeLessThanOrEqual(nfe);
        expect(evals[0]).toBeGreaterThan(nfe - evaluationsPerStep);
      }
    expect(issuesOf(() => buildSampler(name, { nfe: evaluationsPerStep }))).toEqual([
      expect.stringMatching(/^nfe: expected at least \d+ evaluations .* got \d+$/),
    ]);
    expect(issuesOf(() => buildSampler(name, { nfe: 20, steps: 5 }))).toEqual([
      'nfe: expected either steps or nfe, got both',
    ]);
  });

  it('follows every time grid that has a name, unless it stays at one time', async () => {
    if (name === 'langevin') {
      expect(issuesOf(() => buildSampler(name, { grid: 'karras' }))).toEqual([
        'grid: the sampler langevin does not take it; it takes steps, nfe',
      ]);
      return;
    }
    const ends = new Set<number>();
    for (const grid of ['uniform', 'quadratic', 'karras', 'log-snr', 'cosine']) {
      const first = await buildSampler(name, { steps: 5, grid })(request).next();
      if (first.done !== true) ends.add(first.value.t);
    }
    expect(ends.size).toBe(5);
    expect(issuesOf(() => buildSampler(name, { grid: 'even' }))).toHaveLength(1);
  });
});

it('annealed-langevin takes the step size that is asked for, 0.062 by default, and no other sampler does', async () => {
  const ends = async (options: object): Promise<readonly number[]> => [
    ...(await finish(buildSampler('annealed-langevin', { steps: 4, ...options })(request))).x.data,
  ];
  const step = predictorCorrector({
    predictor: annealedLangevin({ stepSize: 0.2, steps: 5 }),
    steps: 4,
    grid: logSnrGrid,
  });
  expect(await ends({ stepSize: 0.2 })).toEqual([...(await finish(step(request))).x.data]);
  expect(await ends({ stepSize: 0.062 })).toEqual(await ends({}));
  expect(await ends({ stepSize: 0.2 })).not.toEqual(await ends({}));
  for (const { name } of samplerList.filter((sampler) => sampler.name !== 'annealed-langevin'))
    expect(issuesOf(() => buildSampler(name, { stepSize: 0.2 }))).toEqual([
      expect.stringMatching(`^step-size: the sampler ${name} does not take it; it takes (steps, nfe|tolerance)`),
    ]);
});

it("heun with churn asks for the score at the noise levels of the paper's algorithm 2", async () => {
  const n = 18;
  const [sigmaMin, sigmaMax, rho] = [0.002, 80, 7];
  // Equation 5, and the noise levels of lines 5 to 8 at S_min = 0; t_N = 0.
  const levels = Array.from(
    { length: n },
    (_, i) => (sigmaMax ** (1 / rho) + (i / (n - 1)) * (sigmaMin ** (1 / rho) - sigmaMax ** (1 / rho))) ** rho,
  );
  for (const churn of [0, 3.6, 100]) {
    const gamma = Math.min(churn / n, Math.SQRT2 - 1);
    const asked: number[] = [];
    const score: ScoreFn = (state, t) => {
      asked.push(t as number);
      return Promise.resolve(zeros(state.shape));
    };
    await finish(buildSampler('heun', { churn })({ sde: edm(), score, shape: [1], keys }));
    expect(asked).toHaveLength(2 * n - 1);
    levels.slice(0, -1).forEach((level, i) => {
      // A network knows nothing beyond the largest level.
      expect(asked[2 * i]! / Math.min(sigmaMax, level * (1 + gamma))).toBeCloseTo(1, 12);
      expect(asked[2 * i + 1]! / levels[i + 1]!).toBeCloseTo(1, 12);
    });
    expect(asked.at(-1)! / sigmaMin).toBeCloseTo(1, 12);
  }
});

it('annealed-langevin in one step less than there are levels visits those of a discrete model', () => {
  const process = smld({ sigmas: smldSigmas({ levels: 38, sigmaMax: 4.63 }) });
  logSnrGrid(process, 37).forEach((t, i) => expect(t).toBeCloseTo(process.levels!.toReversed()[i]!, 9));
});

it('pc steps by norms where samples have 158 values or more, by sigma(t) elsewhere', async () => {
  const few = [
    { kind: 'points', shape: [2] },
    { kind: 'points', shape: [500] },
    { kind: 'images', shape: [1, 8, 8] },
    { kind: 'images', shape: [1, 1, 157] },
  ] as const;
  const many = [{ kind: 'images', shape: [1, 1, 158] }, { kind: 'images', shape: [1, 28, 28] }] as const; // prettier-ignore
  expect(few.map((data) => isLowDimensional(data))).toEqual(few.map(() => true));
  expect(many.map((data) => isLowDimensional(data))).toEqual(many.map(() => false));
  for (const [lowDimensional, stepSize] of [
    [true, 'sigma'],
    [false, 'norm'],
  ] as const) {
    const own = predictorCorrector({ predictor: reverseDiffusion(), corrector: langevin({ stepSize }), steps: 5 });
    const named = buildSampler('pc', { steps: 5, lowDimensional });
    expect((await finish(named(request))).x).toEqual((await finish(own(request))).x);
  }
});

const adaptive = samplerList.filter(({ evaluationsPerStep }) => evaluationsPerStep === undefined);

describe.each(adaptive)('the sampler $name', ({ name }) => {
  it('has no steps to choose', () => {
    expect(issuesOf(() => buildSampler(name, { steps: 5 }))).toEqual([
      expect.stringMatching(`^steps: the sampler ${name} does not take it; it takes tolerance`),
    ]);
    expect(issuesOf(() => buildSampler(name, { nfe: 5 }))).toEqual([
      expect.stringMatching(`^nfe: the sampler ${name} does not take it; it takes tolerance`),
    ]);
  });
});

describe.each(samplerList)('the sampler $name', ({ name, stochastic }) => {
  const tight = adaptive.some((sampler) => sampler.name === name) ? { tolerance: 1e-4 } : {};

  it(`adds ${stochastic ? '' : 'no '}noise`, async () => {
    const { x } = await finish(buildSampler(name, { denoiseLast: false, ...tight })(request));
    const start = priorSample(
      keys.map((k) => foldIn(k, 'prior')),
      sde,
      [1],
    );
    // Data at one point: without noise, the end is a function of the start, alpha x_0 + sigma z with its z.
    const exact = start.data.map((v) => {
      const z = (v - sde.alpha(sde.tMax) * point) / sde.sigma(sde.tMax);
      return sde.alpha(sde.tEnd) * point + sde.sigma(sde.tEnd) * z;
    });
    const distance = Math.max(...x.data.map((v, i) => Math.abs(v - exact[i]!))) / sde.sigma(sde.tEnd);
    if (stochastic) expect(distance).toBeGreaterThan(0.1);
    else expect(distance).toBeLessThan(0.05);
  });

  it('does not take what it does not know', () => {
    expect(issuesOf(() => buildSampler(name, { snr: 1, eta: 1, churn: 1, tolerance: 1 })).length).toBeGreaterThan(1);
    expect(samplerNames[name]).toContain('(');
  });
});

describe.each(allSdes)('21 evaluations of $kind', (process) => {
  const { score } = gaussianMixture(process, {
    means: tensor([1, 0, 0, -1, -1, 0.8], [3, 2]),
    stds: [0.3, 0.1, 0.2],
  });
  const flow = { sde: process, score, shape: [2], keys: split(key(82), 40) };
  const exact = finish(buildSampler('ode', { tolerance: 1e-7 })(flow));

  it.each(fixed.filter(({ stochastic }) => !stochastic))('bring $name near the probability flow', async ({ name }) => {
    const [{ x }, end] = [await finish(buildSampler(name, { nfe: 21 })(flow)), await exact];
    const error = x.data.reduce((sum, v, i) => sum + Math.abs(v - end.x.data[i]!), 0) / x.data.length;
    // A grid that does not suit the SDE leaves 0.3 and more of a data set of standard deviation 0.8.
    expect(error).toBeLessThan(0.2);
  });
});

it('an unknown name is answered with the known ones', () => {
  for (const name of ['fastest', 'toString'])
    expect(issuesOf(() => buildSampler(name))).toEqual([expect.stringContaining(`pc, euler-maruyama`)]);
});

it('a sample that is not finite is reported with the options that the sampler takes, and no others', async () => {
  const broken = { ...request, score: (x: Tensor) => Promise.resolve({ ...x, data: x.data.map(() => NaN) }) };
  const advice: Record<string, string> = {
    pc: 'more steps, a smaller snr, or',
    ode: 'a smaller tolerance, or',
    heun: 'more steps, a smaller churn, or',
    'annealed-langevin': 'more steps, a smaller step size, or',
    ddim: 'more steps, or',
  };
  for (const { name } of samplerList) {
    const drawing = finish(buildSampler(name)(broken));
    const message = await drawing.then(
      () => '',
      (error: unknown) => String(error),
    );
    // Samples that choose their steps may be given up before they stop being finite.
    if (message === '') expect(name).toBe('gotta-go-fast');
    else expect(message, name).toMatch(/^NumericalError: .*; try .*or a model whose training did not diverge$/);
    if (message !== '') expect(message.includes('snr'), name).toBe(name === 'pc');
    if (advice[name] !== undefined) expect(message, name).toContain(`; try ${advice[name]} a model`);
  }
});
