/** @file Laws of every posterior sampler, and their limits. */
import { describe, expect, it } from 'vitest';
import { combine } from '../../src/base/arith.ts';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { key, split } from '../../src/base/key.ts';
import { batchOf, takeRows, zeros, type Tensor } from '../../src/base/tensor.ts';
import {
  buildPosteriorSampler,
  inverseList,
  posteriorSteps,
  type InverseOptions,
} from '../../src/catalog/posterior-samplers/build-posterior-sampler.ts';
import { buildSampler } from '../../src/catalog/samplers/build-sampler.ts';
import { annealedLikelihood } from '../../src/inverse/guidance/annealed-likelihood.ts';
import { dps } from '../../src/inverse/guidance/dps.ts';
import { mixtureDraws } from '../../src/inverse/posterior/exact-posterior.ts';
import { measure, type Measurement } from '../../src/inverse/measurement.ts';
import { mmps } from '../../src/inverse/guidance/mmps.ts';
import { downsample } from '../../src/inverse/operator/sensing/downsample.ts';
import { identity } from '../../src/inverse/operator/sensing/identity.ts';
import { linearOperator } from '../../src/inverse/operator/linear-operator.ts';
import { phaseRetrieval } from '../../src/inverse/operator/phase-retrieval.ts';
import { pigdm } from '../../src/inverse/guidance/pigdm.ts';
import { guided, type InverseProblem } from '../../src/inverse/problem.ts';
import { projection } from '../../src/inverse/posterior/projection.ts';
import { finish, type SampleResult } from '../../src/sample/sampler.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { subVp } from '../../src/sde/processes/sub-vp.ts';
import { ve } from '../../src/sde/processes/ve.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { gaussianPrior, mixturePrior, operators, problemOf, randomMatrix } from './cases.ts';
import { fewOptions, methods } from './methods.ts';

const sdes = [ve(), vp(), subVp(), edm()];
const keys = split(key(19), 3);
const half = operators(4)[1]!;

function problemWith(
  sde: InverseProblem['sde'],
  { noiseStd, operator = half }: { noiseStd: number; operator?: Measurement['operator'] },
): InverseProblem {
  const prior = mixturePrior(4);
  return problemOf(
    sde,
    prior,
    measure(split(key(3), 3), { operator, noiseStd }, mixtureDraws(split(key(5), 3), prior)),
  );
}

const alone = (problem: InverseProblem, i: number): InverseProblem => ({
  ...problem,
  measurement: { ...problem.measurement, y: takeRows(problem.measurement.y, [i]) },
});

describe.each(methods(12))('$name', ({ name, sampler }) => {
  it.each(sdes)('depends on its own key and measurement alone ($kind)', async (sde) => {
    const problem = problemWith(sde, { noiseStd: 0.3 });
    const together = await finish(sampler({ ...problem, shape: [4], keys }));
    expect(together.x.shape).toEqual([3, 4]);
    expect(together.status).toEqual(['ok', 'ok', 'ok']);
    for (const [i, own] of keys.entries()) {
      const one = await finish(sampler({ ...alone(problem, i), shape: [4], keys: [own] }));
      expect(one.x.data).toEqual(takeRows(together.x, [i]).data);
      expect(one.evals).toEqual([together.evals[i]]);
    }
    const other = await finish(sampler({ ...problem, shape: [4], keys: split(key(20), 3) }));
    expect(other.x.data).not.toEqual(together.x.data);
  });

  it('counts every evaluation of the score', async () => {
    const problem = problemWith(vp(), { noiseStd: 0.3 });
    let rows = 0;
    const { evals } = await finish(
      sampler({
        ...problem,
        score: (x, t, own) => {
          rows += batchOf(x);
          return problem.score(x, t, own);
        },
        scoreVjp: (x, t, w, own) => {
          rows += batchOf(x);
          return problem.scoreVjp!(x, t, w, own);
        },
        shape: [4],
        keys,
      }),
    );
    expect(evals.reduce((a, b) => a + b, 0)).toBe(rows);
    expect(new Set(evals).size).toBe(1);
  });

  it('takes as many steps as a budget of evaluations holds', async () => {
    for (const nfe of [50, 97, 260]) {
      const few = fewOptions[name];
      const steps = posteriorSteps(name, { ...few, nfe });
      const problem = problemWith(vp(), { noiseStd: 0.3 });
      const costOf = async (options: InverseOptions): Promise<number> =>
        (await finish(buildPosteriorSampler(name, { ...few, ...options })({ ...problem, shape: [4], keys }))).evals[0]!;
      expect(await costOf({ nfe })).toBeLessThanOrEqual(nfe);
      expect(await costOf({ steps: steps + 1 })).toBeGreaterThan(nfe);
    }
    expect(() => posteriorSteps(name, { nfe: 1, particles: 1 })).toThrow(/^nfe: expected at least \d+ evaluations, those of one step, got 1$/); // prettier-ignore
    expect(posteriorSteps(name, { ...fewOptions[name], nfe: 195, cost: 2 })).toBe(posteriorSteps(name, { ...fewOptions[name], nfe: 97 })); // prettier-ignore
    expect(() => posteriorSteps(name, { nfe: 100, steps: 3 })).toThrow('nfe: expected either steps or nfe, got both');
  });

  it('samples images', async () => {
    const prior = { means: zeros([1, 1, 4, 4]), stds: 1 };
    const operator = downsample([1, 4, 4], 2);
    const measurement = measure(split(key(3), 2), { operator, noiseStd: 0.1 }, mixtureDraws(split(key(5), 2), prior));
    const { x } = await finish(
      sampler({ ...problemOf(vp(), prior, measurement), shape: [1, 4, 4], keys: split(key(1), 2) }),
    );
    expect(x.shape).toEqual([2, 1, 4, 4]);
    const [first = 0, second = 0] = misfits(x, measurement);
    // Nearer to its own measurement than to the other one.
    const swapped = misfits(x, { ...measurement, y: takeRows(measurement.y, [1, 0]) });
    expect(first).toBeLessThan(swapped[0]!);
    expect(second).toBeLessThan(swapped[1]!);
  });
});

/** Root mean square of y - A x of each sample. */
function misfits(x: Tensor, { operator, y }: Measurement): number[] {
  const gap = combine([1, y], [-1, operator.apply(x)]).data;
  const m = gap.length / batchOf(x);
  return Array.from({ length: batchOf(x) }, (_, i) => Math.hypot(...gap.subarray(i * m, (i + 1) * m)) / Math.sqrt(m));
}

/**
 * Largest misfit that a method leaves of an exact measurement: rounding; or about the noise at tEnd, 0.01, which the
 * annealed likelihood takes away for A A^T = I only; or what steps of fixed size leave, 0.1 for RED-diff and 0.05 for DPS.
 */
const misfitLeft: Readonly<Record<string, number>> = {
  ...{ replacement: 1e-12, projection: 1e-12, repaint: 1e-12, ddrm: 1e-12, diffpir: 1e-9 },
  ...{ 'annealed-langevin': 0.1, mmps: 1e-3, pigdm: 1e-3, 'red-diff': 0.05, dps: 0.15, twisted: 0.03 },
};

describe.each(methods(200))('$name in its limits', ({ name, sampler }) => {
  it.each([ve(), vp()])('returns what is measured without noise ($kind)', async (sde) => {
    for (const operator of [identity([4]), half, randomMatrix(2, 4)]) {
      const problem = problemWith(sde, { noiseStd: 0, operator });
      const { x } = await finish(sampler({ ...problem, shape: [4], keys }));
      for (const misfit of misfits(x, problem.measurement)) expect(misfit).toBeLessThan(misfitLeft[name]!);
    }
  });
});

it('RED-diff finds the mean of a Gaussian prior, and the fit of the rest', async () => {
  const prior = gaussianPrior(4);
  const redDiff = buildPosteriorSampler('red-diff', { steps: 500 });
  const truth = mixtureDraws(split(key(5), 1), prior);
  const measurement = measure(split(key(3), 1), { operator: half, noiseStd: 0 }, truth);
  const request = { ...problemOf(vp(), prior, measurement), shape: [4], keys: split(key(19), 100) };
  const { x } = await finish(redDiff(request));
  // Coordinates 0 and 2 are measured; of the others the gradients are noise about the pull of the prior.
  const n = 100;
  for (const j of [0, 1, 2, 3]) {
    const values = Array.from({ length: n }, (_, i) => x.data[4 * i + j]!);
    const mean = values.reduce((sum, v) => sum + v / n, 0);
    const std = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1));
    if (j % 2 === 0) expect(Math.max(...values.map((v) => Math.abs(v - truth.data[j]!)))).toBeLessThan(0.05);
    else {
      expect(Math.abs(mean - prior.means.data[j]!) / (std / Math.sqrt(n))).toBeLessThan(4);
      expect(std).toBeLessThan(0.7);
    }
  }
});

it('every sampler takes guidance, adaptive ones with their own measurements too', async () => {
  const problem = problemWith(vp(), { noiseStd: 0.3 });
  for (const name of ['ode', 'gotta-go-fast', 'heun', 'dpm-solver-2m', 'pc', 'unipc', 'euler-maruyama']) {
    const sampler = guided(mmps({ iterations: 2 }), buildSampler(name));
    const together = await finish(sampler({ ...problem, shape: [4], keys }));
    for (const [i, own] of keys.entries()) {
      const one = await finish(sampler({ ...alone(problem, i), shape: [4], keys: [own] }));
      expect(one.x.data, name).toEqual(takeRows(together.x, [i]).data);
      expect(one.evals, name).toEqual([together.evals[i]]);
    }
  }
});

it('operators that are not linear are for DPS, RED-diff and the annealed likelihood', async () => {
  const prior = { means: zeros([1, 1, 4, 4]), stds: 0.5 };
  const operator = phaseRetrieval([1, 4, 4]);
  const measurement = measure(split(key(3), 1), { operator, noiseStd: 0.05 }, mixtureDraws(split(key(5), 1), prior));
  const request = { ...problemOf(vp(), prior, measurement), shape: [1, 4, 4], keys: split(key(1), 1) };
  const free = misfits((await finish(buildSampler('ancestral', { steps: 200 })(request))).x, measurement)[0]!;
  for (const { name } of inverseList) {
    const sampler = buildPosteriorSampler(name, { steps: 200 });
    if (!['dps', 'red-diff', 'annealed-langevin'].includes(name)) {
      await expect(finish(sampler(request)), name).rejects.toThrow(/needs a linear operator, and .* is not linear/);
      continue;
    }
    const { x } = await finish(sampler(request));
    expect(misfits(x, measurement)[0]!, name).toBeLessThan(0.5 * free);
  }
});

it('mistakes are named', async () => {
  const problem = problemWith(vp(), { noiseStd: 0.3 });
  const run = (name: string, changed: Partial<InverseProblem>): Promise<SampleResult> =>
    finish(buildPosteriorSampler(name, { steps: 2 })({ ...problem, ...changed, shape: [4], keys }));
  for (const name of ['dps', 'pigdm', 'mmps', 'twisted'])
    await expect(run(name, { scoreVjp: undefined })).rejects.toThrow(
      `${name} differentiates the score and none was given`,
    );
  const measurement = { ...problem.measurement, y: zeros([2, 2]) };
  await expect(run('mmps', { measurement })).rejects.toThrow(ShapeError);
  const { kind, shapeIn, shapeOut } = half;
  const bare = { apply: (x: Tensor) => half.apply(x), adjoint: (y: Tensor) => half.adjoint(y) };
  const operator = linearOperator({ kind, shapeIn, shapeOut, ...bare });
  await expect(run('ddrm', { measurement: { ...problem.measurement, operator } })).rejects.toThrow(
    'has none in closed form',
  );
  expect(() => buildPosteriorSampler('mmsp')).toThrow('method: expected replacement, projection');
  expect(() => buildPosteriorSampler('mmps', { particles: 3 })).toThrow('particles: the method mmps does not take it');
  expect(() => buildPosteriorSampler('mmps', { grid: 'even' })).toThrow('grid: expected auto');
  for (const build of [
    () => mmps({ iterations: 0 }),
    () => pigdm({ dataStd: 0 }),
    () => dps({ stepSize: -1 }),
    () => projection({ weight: 1.5 }),
    () => annealedLikelihood({ annealing: 0 }),
    () => buildPosteriorSampler('ddrm', { eta: 2 }),
    () => buildPosteriorSampler('diffpir', { priorWeight: 0 }),
    () => buildPosteriorSampler('repaint', { jumpLength: 0 }),
    () => buildPosteriorSampler('twisted', { particles: 1.5 }),
    () => buildPosteriorSampler('red-diff', { stepSize: 0 }),
  ])
    expect(build).toThrow(ConfigError);
});
