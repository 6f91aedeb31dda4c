/** @file How near the samples of each posterior sampler come to exact posteriors, and whether they spread as they should. */
import { combine, normPerSample } from '../base/arith.ts';
import { foldIn, split, type Key } from '../base/key.ts';
import { normal, normalBatch, uniform } from '../base/random.ts';
import { batchOf, sizeOf, takeRows, tensor, type Tensor } from '../base/tensor.ts';
import { buildPosteriorSampler, inverseList, type InverseOptions } from '../config/inverse.ts';
import { coverage, rankTest, simulationRanks, type Coverage } from '../evaluate/calibration.ts';
import { meanEstimate, type Estimate } from '../evaluate/estimate.ts';
import { slicedWasserstein } from '../evaluate/wasserstein.ts';
import { exactPosterior, mixtureDraws } from '../inverse/exact-posterior.ts';
import { measure, type Measurement } from '../inverse/measurement.ts';
import { mask } from '../inverse/operator/mask.ts';
import { matrix } from '../inverse/operator/matrix.ts';
import type { LinearOperator } from '../inverse/operator/operator.ts';
import { finish } from '../sample/sampler.ts';
import { gaussianMixture, type GaussianMixture } from '../sde/gaussian-mixture.ts';
import { vp } from '../sde/vp.ts';

/** A prior and an operator. */
export interface CalibrationProblem {
  readonly name: string;
  readonly dimension: number;
  readonly prior: GaussianMixture;
  readonly operator: LinearOperator;
}

/** Standard deviation of the noise of every measurement; the priors have variance of about one. */
export const noiseStd = 0.3;

/** What each method is told: about a hundred evaluations a sample, where its own defaults are more. */
export const settings = {
  replacement: { steps: 50, lowDimensional: true },
  projection: { steps: 50, lowDimensional: true, weight: 0.5 },
  'annealed-langevin': { steps: 20 },
  repaint: { steps: 40, jumpLength: 5, resamplings: 3 },
  ddrm: { steps: 20 },
  diffpir: { steps: 100 },
  'red-diff': { steps: 100 },
  dps: { steps: 50, stepSize: 0.3 },
  pigdm: { steps: 50 },
  mmps: { steps: 50, iterations: 3 },
  twisted: { steps: 40, particles: 8 },
} as const satisfies Readonly<Record<string, InverseOptions>>;

/** Where the truth lies among the draws of its posterior, along one direction. */
export interface DirectionCalibration {
  /** Of central credible intervals. */
  readonly coverage50: Coverage;
  readonly coverage90: Coverage;
  /** Of the hypothesis that the ranks of the truth are uniform. */
  readonly rankPValue: number;
  readonly rankCounts: readonly number[];
}

const told: Readonly<Record<string, InverseOptions>> = settings;

/** One method on one problem. */
export interface MethodCalibration {
  readonly method: string;
  readonly problem: string;
  /** Evaluations of the score for one sample, counted. */
  readonly evaluations: number;
  /** Sliced Wasserstein distance (p = 2) of samples of one posterior from as many exact ones. */
  readonly distance: Estimate;
  /** The same for two exact sets. */
  readonly floor: Estimate;
  /** Along a random direction A^T u of what is measured. */
  readonly measured: DirectionCalibration;
  /** Along a random direction of all. */
  readonly anywhere: DirectionCalibration;
  /** Root mean square of (y - A x) / noiseStd, and that of exact samples. */
  readonly residual: number;
  readonly exactResidual: number;
}

/** Sizes of the study. */
export interface CalibrationOptions {
  readonly key: Key;
  /** Truths, each with a measurement. */
  readonly truths: number;
  /** Samples for each of them. */
  readonly draws: number;
  /** Samples of the first posterior alone, for distances. */
  readonly samples: number;
  readonly problems?: readonly CalibrationProblem[];
  readonly methods?: readonly string[];
}

/** The problems of the study: one Gaussian and mixtures of three, in 2 to 64 dimensions. */
export function calibrationProblems(key: Key): readonly CalibrationProblem[] {
  const sums = (dimension: number): LinearOperator => {
    const rows = dimension / 2;
    const values = normal(foldIn(foldIn(key, 'sums'), dimension), rows * dimension);
    return matrix(
      [dimension],
      tensor(
        values.map((z) => z / Math.sqrt(rows)),
        [rows, dimension],
      ),
    );
  };
  const half = mask(
    [16],
    tensor(
      Array.from({ length: 16 }, (_, j) => (j + 1) % 2),
      [16],
    ),
  );
  const mixture = (dimension: number): GaussianMixture => ({
    means: normalBatch(split(foldIn(foldIn(key, 'means'), dimension), 3), [dimension]),
    stds: [0.3, 0.5, 0.4],
    weights: [1, 2, 3],
  });
  const stds = tensor(
    uniform(foldIn(key, 'stds'), 16).map((u) => 0.5 + u),
    [1, 16],
  );
  return [
    {
      name: 'Gaussian, 16-D, sums',
      dimension: 16,
      prior: { means: tensor(new Float64Array(16), [1, 16]), stds },
      operator: sums(16),
    },
    { name: 'mixture, 2-D, sum', dimension: 2, prior: mixture(2), operator: sums(2) },
    { name: 'mixture, 16-D, mask', dimension: 16, prior: mixture(16), operator: half },
    { name: 'mixture, 64-D, sums', dimension: 64, prior: mixture(64), operator: sums(64) },
  ];
}

/** Measures every method on every problem under the VP SDE and exact scores; methods share truths, keys and directions. */
export async function calibrationStudy(options: CalibrationOptions): Promise<readonly MethodCalibration[]> {
  const { key, problems = calibrationProblems(key), methods = inverseList.map(({ name }) => name) } = options;
  const results: MethodCalibration[] = [];
  for (const problem of problems) {
    const measureMethod = calibrator(problem, options);
    for (const method of methods) results.push(await measureMethod(method));
  }
  return results;
}

function calibrator(
  { name: problem, dimension, prior, operator }: CalibrationProblem,
  { key, truths: n, draws: m, samples }: CalibrationOptions,
): (method: string) => Promise<MethodCalibration> {
  const own = foldIn(key, problem);
  const truths = mixtureDraws(split(foldIn(own, 'truths'), n), prior);
  const all = measure(split(foldIn(own, 'noise'), n), { operator, noiseStd }, truths);
  const repeated = Array.from({ length: n * m }, (_, at) => Math.floor(at / m));
  const each = { ...all, y: takeRows(all.y, repeated) };
  const first = { ...all, y: takeRows(all.y, [0]) };
  const exact = exactPosterior(prior, first);
  const [reference, other] = ['reference', 'other'].map((set) => exact.draw(split(foldIn(own, set), samples))) as [
    Tensor,
    Tensor,
  ];
  const distance = (x: Tensor): Estimate => {
    const { value, standardError } = slicedWasserstein(foldIn(key, 'directions'), x, reference, { projections: 64 });
    return { value, standardError };
  };
  const floor = distance(other);
  const anywhere = normal(foldIn(own, 'direction'), dimension);
  const measured = operator.adjoint(normalBatch([foldIn(own, 'measured')], operator.shapeOut)).data;
  const sde = vp();
  const { score, scoreVjp } = gaussianMixture(sde, prior);
  const shape = [dimension];

  return async (method) => {
    const sampler = buildPosteriorSampler(method, told[method]);
    const draw = async (
      measurement: Measurement,
      label: string,
      count: number,
    ): Promise<{ x: Tensor; evals: readonly number[] }> =>
      finish(sampler({ sde, score, scoreVjp, measurement, shape, keys: split(foldIn(own, label), count) }));
    const { x, evals } = await draw(first, 'samples', samples);
    const { x: calibrated } = await draw(each, 'draws', n * m);
    const simulations = { truths, draws: tensor(calibrated.data, [n, m, dimension]) };
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
      distance: distance(x),
      floor,
      measured: along(measured),
      anywhere: along(anywhere),
      residual: residualOf(x, first),
      exactResidual: residualOf(reference, first),
    };
  };
}

/** Root mean square of (y - A x) / noiseStd over samples and values. */
function residualOf(x: Tensor, { operator, y }: Measurement): number {
  const repeated = takeRows(y, new Array<number>(batchOf(x)).fill(0));
  const norms = normPerSample(combine([1, repeated], [-1, operator.apply(x)]));
  return Math.sqrt(meanEstimate(norms.map((norm) => norm ** 2)).value / sizeOf(operator.shapeOut)) / noiseStd;
}
