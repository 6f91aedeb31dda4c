/** @file How near the samples of each posterior sampler come to exact posteriors, and whether they spread as they should. */
import { combine, dotPerSample } from '../base/arith.ts';
import { foldIn, split, type Key } from '../base/key.ts';
import { normal, normalBatch } from '../base/random.ts';
import { sizeOf, takeRows, tensor, type Tensor } from '../base/tensor.ts';
import { whyNot } from '../catalog/restorations/inverse-tasks.ts';
import { buildPosteriorSampler, inverseList } from '../catalog/posterior-samplers/build-posterior-sampler.ts';
import { posteriorSamplers } from '../catalog/posterior-samplers/index.ts';
import { coverage, rankTest, simulationRanks, type Coverage } from '../evaluate/calibration.ts';
import { meanEstimate, type Estimate } from '../evaluate/estimate.ts';
import { slicedWasserstein } from '../evaluate/wasserstein.ts';
import { exactPosterior, mixtureDraws } from '../inverse/posterior/exact-posterior.ts';
import { measure, type Measurement } from '../inverse/measurement.ts';
import { finish } from '../sample/sampler.ts';
import { gaussianMixture } from '../sde/exact/gaussian-mixture.ts';
import { vp } from '../sde/processes/vp.ts';
import { calibrationProblems, type CalibrationProblem } from './calibration-problems.ts';

/** The settings of each method: about a hundred evaluations a sample, where its own defaults are more. */
export const settings: Readonly<Record<string, Readonly<Record<string, number | boolean>>>> = Object.fromEntries(
  posteriorSamplers.map(({ name, study = {} }) => [name, study]),
);

/** Where the truth lies among the draws of its posterior, along one direction. */
export interface DirectionCalibration {
  /** Of central credible intervals. */
  readonly coverage50: Coverage;
  readonly coverage90: Coverage;
  /** Of the hypothesis that the ranks of the truth are uniform. */
  readonly rankPValue: number;
  readonly rankCounts: readonly number[];
}

/** Independent sets of samples that distances are averaged over. */
const sets = 4;

/** One method on one problem. */
export interface MethodCalibration {
  readonly method: string;
  readonly problem: string;
  /** Evaluations of the score for one sample, counted. */
  readonly evaluations: number;
  /** Sliced Wasserstein distance (p = 2) of samples of one posterior from as many exact ones: mean and error over sets. */
  readonly distance: Estimate;
  /** The same for exact samples. */
  readonly floor: Estimate;
  /** Along a random direction A^T u of what is measured. */
  readonly measured: DirectionCalibration;
  /** Along a random direction of all. */
  readonly anywhere: DirectionCalibration;
  /**
   * Root mean square of (y - A x) / noiseStd over the draws of all truths. Draws of the posterior and their measurement have
   * the law of the truth and its measurement, so that 1 is expected.
   */
  readonly residual: Estimate;
}

/** Sizes of the study. */
export interface CalibrationOptions {
  readonly key: Key;
  /** Truths, each with a measurement. */
  readonly truths: number;
  /** Samples for each of them. */
  readonly draws: number;
  /** Samples of the first posterior alone in each of four sets, for distances. */
  readonly samples: number;
  readonly problems?: readonly CalibrationProblem[];
  readonly methods?: readonly string[];
}

/** Measures every method on every problem that it can use, under the VP SDE and exact scores; methods share truths, keys and directions. */
export async function calibrationStudy(options: CalibrationOptions): Promise<readonly MethodCalibration[]> {
  const { key, problems = calibrationProblems(key), methods = inverseList.map(({ name }) => name) } = options;
  const results: MethodCalibration[] = [];
  for (const problem of problems) {
    const measureMethod = calibrator(problem, options);
    for (const method of methods)
      if (whyNot(method, problem.operator) === undefined) results.push(await measureMethod(method));
  }
  return results;
}

function calibrator(
  { name: problem, dimension, prior, operator, noiseStd }: CalibrationProblem,
  { key, truths: n, draws: m, samples }: CalibrationOptions,
): (method: string) => Promise<MethodCalibration> {
  const own = foldIn(key, problem);
  const truths = mixtureDraws(split(foldIn(own, 'truths'), n), prior);
  const all = measure(split(foldIn(own, 'noise'), n), { operator, noiseStd }, truths);
  const repeated = Array.from({ length: n * m }, (_, at) => Math.floor(at / m));
  const each = { ...all, y: takeRows(all.y, repeated) };
  const first = { ...all, y: takeRows(all.y, [0]) };
  const exact = exactPosterior(prior, first);
  const exactSets = (label: string): readonly Tensor[] =>
    Array.from({ length: sets }, (_, k) => exact.draw(split(foldIn(foldIn(own, label), k), samples)));
  const reference = exactSets('reference');
  const distance = (found: readonly Tensor[]): Estimate =>
    meanEstimate(
      found.map((x, k) => slicedWasserstein(foldIn(key, k), x, reference[k] ?? x, { projections: 64 }).value),
    );
  const floor = distance(exactSets('other'));
  const anywhere = normal(foldIn(own, 'direction'), dimension);
  const measured = operator.adjoint(normalBatch([foldIn(own, 'measured')], operator.shapeOut)).data;
  const sde = vp();
  const { score, scoreVjp } = gaussianMixture(sde, prior);
  const shape = operator.shapeIn;

  return async (method) => {
    const sampler = buildPosteriorSampler(method, settings[method]);
    const draw = async (
      measurement: Measurement,
      label: string,
      count: number,
    ): Promise<{ x: Tensor; evals: readonly number[] }> =>
      finish(sampler({ sde, score, scoreVjp, measurement, shape, keys: split(foldIn(own, label), count) }));
    const { x, evals } = await draw(first, 'samples', sets * samples);
    const found = Array.from({ length: sets }, (_, k) =>
      takeRows(
        x,
        Array.from({ length: samples }, (__, i) => k * samples + i),
      ),
    );
    const { x: calibrated } = await draw(each, 'draws', n * m);
    const simulations = { truths, draws: tensor(calibrated.data, [n, m, ...shape]) };
    const along = (direction: Float64Array): DirectionCalibration => {
      const ranks = simulationRanks(foldIn(own, 'ties'), simulations, (of) =>
        of.reduce((sum, v, j) => sum + v * (direction[j] ?? 0), 0),
      );
      // Two ranks to a bin, so that a bin expects enough truths for the chi-square law.
      const { pValue, counts } = rankTest(ranks, { bins: Math.ceil((m + 1) / 2) });
      return {
        coverage50: coverage(ranks, 0.5),
        coverage90: coverage(ranks, 0.9),
        rankPValue: pValue,
        rankCounts: counts,
      };
    };
    return {
      method,
      problem,
      evaluations: meanEstimate(evals).value,
      distance: distance(found),
      floor,
      measured: along(measured),
      anywhere: along(anywhere),
      residual: residualOf(calibrated, each, m),
    };
  };
}

/** Root mean square of (y - A x) / noiseStd, with its error over truths, which have m draws each. */
function residualOf(x: Tensor, { operator, y, noiseStd }: Measurement, m: number): Estimate {
  const misfit = combine([1, y], [-1, operator.apply(x)]);
  const squares = dotPerSample(misfit, misfit).map((square) => square / sizeOf(operator.shapeOut) / noiseStd ** 2);
  const perTruth = Array.from({ length: squares.length / m }, (_, i) =>
    meanEstimate([...squares.subarray(i * m, (i + 1) * m)]),
  );
  const { value, standardError } = meanEstimate(perTruth.map((one) => one.value));
  const root = Math.sqrt(value);
  return { value: root, standardError: root === 0 ? 0 : standardError / (2 * root) };
}
