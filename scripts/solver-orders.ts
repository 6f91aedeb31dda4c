/** @file Measured orders of convergence of all solvers with fixed steps, and of those that choose their steps. */
import { key, split } from '../src/base/key.ts';
import { normalBatch } from '../src/base/random.ts';
import { tensor, type Tensor } from '../src/base/tensor.ts';
import { meanEstimate } from '../src/evaluate/estimate.ts';
import { bosh3Rounds } from '../src/ode/bosh3.ts';
import { dopri5Rounds } from '../src/ode/dopri5.ts';
import { predictorCorrector } from '../src/sample/predictor-corrector.ts';
import { probabilityFlow } from '../src/sample/adaptive/probability-flow.ts';
import { finish, type Sampler } from '../src/sample/sampler.ts';
import { gaussianMixture } from '../src/sde/exact/gaussian-mixture.ts';
import { logSnrGrid } from '../src/sde/time/time-grid.ts';
import { vp } from '../src/sde/processes/vp.ts';
import { orderedSamplers, predictors, type OrderedSampler } from '../test/sample/all.ts';
import { marginal } from '../test/sample/gaussian-case.ts';
import { exactMoments } from '../test/sample/linear.ts';

/** One solver with its error for each number of steps. */
export interface SolverOrder {
  readonly solver: string;
  /** The word of the command line that uses it, where there is one. */
  readonly sampler: string | null;
  readonly solves: 'probability flow' | 'reverse SDE';
  readonly evaluationsPerStep: number;
  readonly theory: number;
  readonly measured: number;
  /** Of the slope, from how far the errors lie from a straight line. */
  readonly standardError: number;
  readonly steps: readonly number[];
  readonly errors: readonly number[];
}

/** The named samplers among the solvers of the tests. */
const names: Readonly<Record<string, string>> = {
  'DDIM with eta 0': 'ddim',
  Heun: 'heun',
  'DPM-Solver++(2S)': 'dpm-solver-2s',
  'DPM-Solver++(2M)': 'dpm-solver-2m',
  'DPM-Solver++(3M)': 'dpm-solver-3m',
  'SDE-DPM-Solver++(2M)': 'dpm-solver-sde',
  'UniPC of order 2': 'unipc',
  'Adams-Bashforth of order 3': 'adams-bashforth',
  'stochastic Runge-Kutta': 'stochastic-runge-kutta',
  'Euler-Maruyama': 'euler-maruyama',
  'reverse diffusion': 'reverse-diffusion',
  ancestral: 'ancestral',
};

/** Predictors of the reverse SDE of weak order 1, each with one normal number in a step. */
const firstOrder: readonly OrderedSampler[] = predictors
  .filter(({ name }) => name in names)
  .map(({ name, step }) => ({
    name,
    of: (options) => predictorCorrector({ predictor: step, ...options }),
    evalsPerStep: 1,
    order: 1,
    noise: (keys) => [normalBatch(keys, [1]).data],
  }));

const solvers = [...firstOrder, ...orderedSamplers];
const dopri5 = { solver: 'Dormand-Prince 5(4)', sampler: 'ode', theory: 5, evaluationsPerStep: 6 };
const bosh3 = { solver: 'Bogacki-Shampine 3(2)', sampler: 'ode-bosh3', theory: 3, evaluationsPerStep: 3 };

/** All solvers, in the order in which they are measured. */
export const solverNames: readonly string[] = [...solvers.map(({ name }) => name), dopri5.solver, bosh3.solver];

const sde = vp();
const { score } = gaussianMixture(sde, { means: tensor([1, 0, 0, -1, 2, 2], [3, 2]), stds: [0.3, 0.1, 0.5] });
const request = { sde, score, shape: [2], keys: split(key(51), 32) };
const flowSteps = [60, 120, 240, 480];
const reverseSteps = [20, 40, 80, 160];

/**
 * Measured orders under the VP SDE, on steps that are even in log-SNR: for the probability flow of a mixture of three
 * Gaussians, by the root mean square distance of 32 samples from their exact ends; for the reverse SDE of Gaussian data,
 * weakly, by the exact variance of what the solver draws.
 */
export async function measureOrders(): Promise<readonly SolverOrder[]> {
  const exact = (await finish(probabilityFlow({ rtol: 1e-13, atol: 1e-13, denoiseLast: false })(request))).x;
  const distance = async (sampler: Sampler): Promise<{ error: number; nfe: number }> => {
    const { x, evals } = await finish(sampler(request));
    return { error: rmsDistance(x, exact), nfe: meanEstimate(evals).value };
  };
  const fixed: SolverOrder[] = [];
  for (const { name, of, order, noise, evalsPerStep } of solvers) {
    const steps = noise === undefined ? flowSteps : reverseSteps;
    const errors: number[] = [];
    for (const n of steps) {
      const sampler = of({ steps: n, denoiseLast: false, grid: logSnrGrid });
      errors.push(
        noise === undefined
          ? (await distance(sampler)).error
          : Math.abs(
              (await exactMoments(sde, sampler, { steps: n, noise })).variance - marginal(sde, sde.tEnd).variance,
            ),
      );
    }
    fixed.push({
      solver: name,
      sampler: names[name] ?? null,
      solves: noise === undefined ? 'probability flow' : 'reverse SDE',
      evaluationsPerStep: evalsPerStep,
      theory: order,
      ...slopeOf(steps, errors),
      steps,
      errors,
    });
  }
  return [...fixed, ...(await adaptiveOrders(distance))];
}

/** Solvers that choose their steps: error against evaluations as the tolerance falls. */
async function adaptiveOrders(
  distance: (sampler: Sampler) => Promise<{ readonly error: number; readonly nfe: number }>,
): Promise<readonly SolverOrder[]> {
  const methods = [
    { ...dopri5, solve: dopri5Rounds, tolerances: [1e-8, 1e-9, 1e-10, 1e-11] },
    { ...bosh3, solve: bosh3Rounds, tolerances: [1e-5, 1e-6, 1e-7, 1e-8] },
  ];
  const orders: SolverOrder[] = [];
  for (const { solve, tolerances, ...about } of methods) {
    const found = [];
    for (const tolerance of tolerances)
      found.push(await distance(probabilityFlow({ rtol: tolerance, atol: tolerance, denoiseLast: false, solve })));
    const steps = found.map(({ nfe }) => nfe / about.evaluationsPerStep);
    const errors = found.map(({ error }) => error);
    orders.push({ ...about, solves: 'probability flow', ...slopeOf(steps, errors), steps, errors });
  }
  return orders;
}

/** Minus the slope of log error against log steps by least squares, with its standard error. */
export function slopeOf(
  steps: readonly number[],
  errors: readonly number[],
): { readonly measured: number; readonly standardError: number } {
  const [x, y] = [steps.map(Math.log), errors.map(Math.log)];
  const mean = (values: readonly number[]): number => meanEstimate(values).value;
  const [centerX, centerY] = [mean(x), mean(y)];
  const spread = x.reduce((sum, v) => sum + (v - centerX) ** 2, 0);
  const slope = x.reduce((sum, v, i) => sum + (v - centerX) * (y[i]! - centerY), 0) / spread;
  const left = y.reduce((sum, v, i) => sum + (v - centerY - slope * (x[i]! - centerX)) ** 2, 0);
  return { measured: -slope, standardError: Math.sqrt(left / (x.length - 2) / spread) };
}

function rmsDistance(x: Tensor, y: Tensor): number {
  return Math.sqrt(x.data.reduce((sum, v, i) => sum + (v - y.data[i]!) ** 2, 0) / x.data.length);
}
