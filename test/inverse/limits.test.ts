/** @file The limits of every posterior sampler: nothing measured, no weight, no noise, one class. */
import { describe, expect, it } from 'vitest';
import { scale } from '../../src/base/arith.ts';
import { foldIn, key, split, type Key } from '../../src/base/key.ts';
import { batchOf, tensor, zeros, type Tensor } from '../../src/base/tensor.ts';
import {
  buildPosteriorSampler,
  inverseList,
  type InverseOptions,
} from '../../src/catalog/posterior-samplers/build-posterior-sampler.ts';
import { whyNot } from '../../src/catalog/restorations/inverse-tasks.ts';
import { buildSampler } from '../../src/catalog/samplers/build-sampler.ts';
import { classifierGuidance } from '../../src/sde/guidance/classifier-guidance.ts';
import { mixtureDraws } from '../../src/inverse/posterior/exact-posterior.ts';
import { measure, type Measurement } from '../../src/inverse/measurement.ts';
import { gaussianNoise } from '../../src/inverse/noise.ts';
import { linearOperator } from '../../src/inverse/operator/linear-operator.ts';
import { matrix } from '../../src/inverse/operator/sensing/matrix.ts';
import { twisted } from '../../src/inverse/posterior/twisted.ts';
import { ancestral } from '../../src/sample/steps/ancestral.ts';
import { annealedLangevin } from '../../src/sample/correctors/annealed-langevin.ts';
import { alongGrid, foldAll } from '../../src/sample/along-grid.ts';
import { consistentAnnealed } from '../../src/sample/steps/consistent-annealed.ts';
import { predictorCorrector } from '../../src/sample/predictor-corrector.ts';
import { finish, type Sampler } from '../../src/sample/sampler.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { logSnrGrid, suitedGrid } from '../../src/sde/time/time-grid.ts';
import { ve } from '../../src/sde/processes/ve.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { mixturePrior, operators, problemOf } from './cases.ts';

const steps = 24;
const prior = mixturePrior(4);
const keys = split(key(19), 3);
const none = (shape: number[]) => (of: Tensor): Tensor => zeros([batchOf(of), ...shape]); // prettier-ignore
const flat = (shape: number[]) => (of: Tensor): Tensor => ({ shape: [batchOf(of), ...shape], data: of.data }); // prettier-ignore

/** Two numbers that say nothing of x. */
const nothing: Measurement = {
  operator: linearOperator({
    kind: 'nothing',
    shapeIn: [4],
    shapeOut: [2],
    apply: none([2]),
    adjoint: none([4]),
    pseudoInverse: none([4]),
    normalInverse: (y, lambda) => scale(typeof lambda === 'number' ? 1 / lambda : Array.from(lambda, (l) => 1 / l), y),
    svd: { singularValues: new Float64Array(2), vt: flat([4]), v: flat([4]), ut: flat([2]), u: flat([2]) },
  }),
  y: tensor([0.7, -0.4], [1, 2]),
  noiseStd: 0.3,
};

const measurement = measure(split(key(3), 3), { operator: operators(4)[1]!, noiseStd: 0.3 }, mixtureDraws(split(key(5), 3), prior)); // prettier-ignore

const namedSampler = (name: string): Sampler => buildSampler(name, { steps, ...(name === 'pc' && { lowDimensional: true }) }); // prettier-ignore
const alongNoise: Sampler = predictorCorrector({
  predictor: annealedLangevin({ steps: 5 }),
  steps,
  grid: logSnrGrid,
});
const fresh = (freshness: number): Sampler =>
  predictorCorrector({ predictor: consistentAnnealed({ freshness }), steps });

/** What each method is without a measurement, and with no weight where it has one. */
const cases: readonly { name: string; free: Sampler; weightless?: InverseOptions; lowDimensional?: boolean }[] = [
  { name: 'replacement', free: namedSampler('pc'), lowDimensional: true },
  { name: 'projection', free: namedSampler('pc'), lowDimensional: true, weightless: { weight: 0 } },
  { name: 'annealed-langevin', free: alongNoise, weightless: { weight: 0 } },
  { name: 'repaint', free: predictorCorrector({ predictor: ancestral(), steps }) },
  { name: 'ddrm', free: fresh(0.85) },
  { name: 'diffpir', free: fresh(1) },
  { name: 'dps', free: namedSampler('ancestral'), weightless: { stepSize: 0 } },
  { name: 'pigdm', free: namedSampler('dpm-solver-sde'), weightless: { weight: 0 } },
  { name: 'mmps', free: namedSampler('dpm-solver-sde'), weightless: { weight: 0 } },
];
const others = ['red-diff', 'twisted'];

it('has every method', () => {
  expect([...cases.map(({ name }) => name), ...others].sort()).toEqual(inverseList.map(({ name }) => name).sort());
});

describe.each(cases)('$name', ({ name, free, lowDimensional }) => {
  it.each([ve(), vp()])('is the sampler of the prior where nothing is measured ($kind)', async (sde) => {
    const options = { steps, ...(lowDimensional && { lowDimensional }), ...(name === 'repaint' && { resamplings: 1 }) };
    const problem = problemOf(sde, prior, nothing);
    const { x } = await finish(buildPosteriorSampler(name, options)({ ...problem, shape: [4], keys }));
    const expected = await finish(free({ ...problem, shape: [4], keys }));
    x.data.forEach((v, i) => expect(v).toBeCloseTo(expected.x.data[i]!, 8));
  });
});

it.each(cases.filter(({ weightless }) => weightless))(
  '$name with weight 0 is the sampler of the prior bit for bit',
  async ({ name, free, weightless, lowDimensional }) => {
    const problem = problemOf(vp(), prior, measurement);
    const options = { steps, ...(lowDimensional && { lowDimensional }), ...weightless };
    const { x, evals } = await finish(buildPosteriorSampler(name, options)({ ...problem, shape: [4], keys }));
    const expected = await finish(free({ ...problem, shape: [4], keys }));
    expect(x.data).toEqual(expected.x.data);
    expect(evals).toEqual(expected.evals);
  },
);

it('twisted particles that nothing weighs are ancestral samples of the prior, of equal weight', async () => {
  const problem = problemOf(vp(), prior, nothing);
  const { particles, weights } = await finish(twisted({ steps, particles: 4 })({ ...problem, shape: [4], keys }));
  weights.data.forEach((w) => expect(w).toBeCloseTo(0.25, 10));
  const own = keys.flatMap((one) => Array.from({ length: 4 }, (_, k): Key => foldIn(foldIn(one, 'particle'), k)));
  const step = ancestral()(problem.sde, problem.score);
  const chain = alongGrid({ steps, grid: suitedGrid, denoiseLast: true }, (run) => (x, { index, from, to }) => {
    return step(foldAll(run.keys, index), x, from, to);
  });
  const expected = await finish(chain({ ...problem, shape: [4], keys: own }));
  particles.data.forEach((v, i) => expect(v).toBeCloseTo(expected.x.data[i]!, 8));
});

it('RED-diff without a measurement does not look at y, and without a prior at nothing else', async () => {
  const redDiff = (given: Measurement, options: InverseOptions): Promise<Tensor> =>
    finish(buildPosteriorSampler('red-diff', { steps: 200, ...options })({ ...problemOf(vp(), prior, given), shape: [4], keys })).then(({ x }) => x); // prettier-ignore
  const [one, other] = [await redDiff(nothing, {}), await redDiff({ ...nothing, y: zeros([1, 2]) }, {})];
  expect(one.data).toEqual(other.data);
  const fit = await redDiff({ ...measurement, noiseStd: 0 }, { priorWeight: 0 });
  const misfit = measurement.operator.apply(fit).data;
  // Adam in steps of 0.1 that have 200 to settle.
  misfit.forEach((v, i) => expect(Math.abs(v - measurement.y.data[i]!)).toBeLessThan(0.02));
});

it('noise as a law changes nothing where nothing is measured', async () => {
  for (const { name, anyNoise } of inverseList) {
    if (!anyNoise || name === 'twisted') continue;
    const run = (given: Measurement): Promise<Tensor> =>
      finish(buildPosteriorSampler(name, { steps: 12 })({ ...problemOf(vp(), prior, given), shape: [4], keys })).then(({ x }) => x); // prettier-ignore
    const [plain, law] = [await run(nothing), await run({ ...nothing, noise: gaussianNoise(0.3) })];
    law.data.forEach((v, i) => expect(v, name).toBeCloseTo(plain.data[i]!, 8));
  }
});

it('a classifier of one class is certain, and guides nowhere', async () => {
  const { sde, score } = problemOf(vp(), prior, nothing);
  // log p(c | x) = 0 everywhere.
  const certain = (x: Tensor): Promise<Tensor> => Promise.resolve(zeros(x.shape));
  const free = await finish(namedSampler('ancestral')({ sde, score, shape: [4], keys }));
  const guided = classifierGuidance({ score, classifier: certain, scale: 5 });
  const { x } = await finish(namedSampler('ancestral')({ sde, score: guided, shape: [4], keys }));
  expect(x.data).toEqual(free.x.data);
});

describe('a measurement that no x fits, without noise', () => {
  const twice = matrix([1], tensor([1, 1], [2, 1]));
  const own = split(key(23), 20);
  const y = tensor(
    own.flatMap(() => [1, 2]),
    [20, 2],
  );
  const unit = gaussianMixture(vp(), { means: tensor([0], [1, 1]), stds: [1] });
  const able = inverseList.map(({ name }) => name).filter((name) => whyNot(name, twice) === undefined);

  it.each(able)('leaves the samples of %s at the least squares solution', async (name) => {
    const sampler = buildPosteriorSampler(name, { steps: 40, lowDimensional: true });
    const problem = { sde: vp(), ...unit, shape: [1], keys: own, measurement: { operator: twice, y, noiseStd: 0 } };
    const { x } = await finish(sampler(problem));
    // Methods that take the measurement for nearly exact end within a tenth of the prior's deviation.
    x.data.forEach((value) => expect(Math.abs(value - 1.5)).toBeLessThan(0.1));
  });
});
