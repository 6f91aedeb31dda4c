/** @file Every predictor, corrector and sampler, with the law of each step where it is affine. */
import { foldIn, type Key } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { bosh3Rounds } from '../../src/ode/bosh3.ts';
import { adamsBashforth } from '../../src/sample/multistep/adams-bashforth.ts';
import { ancestral } from '../../src/sample/steps/ancestral.ts';
import { annealedLangevin } from '../../src/sample/correctors/annealed-langevin.ts';
import { consistentAnnealed } from '../../src/sample/steps/consistent-annealed.ts';
import { ddim } from '../../src/sample/steps/ddim.ts';
import { dpmSolver2S } from '../../src/sample/steps/dpm-solver-2s.ts';
import { dpmSolver2M, dpmSolver3M } from '../../src/sample/multistep/dpm-solver-multistep.ts';
import { eulerMaruyama } from '../../src/sample/steps/euler-maruyama.ts';
import { gottaGoFast } from '../../src/sample/adaptive/gotta-go-fast.ts';
import { hamiltonian } from '../../src/sample/correctors/hamiltonian.ts';
import { heun } from '../../src/sample/steps/heun.ts';
import { langevin } from '../../src/sample/correctors/langevin.ts';
import { langevinDynamics } from '../../src/sample/correctors/langevin-dynamics.ts';
import type { SamplerStepOf } from '../../src/sample/sampler-step.ts';
import { multistep, type MultistepOf } from '../../src/sample/multistep/multistep.ts';
import { predictorCorrector } from '../../src/sample/predictor-corrector.ts';
import { probabilityFlow } from '../../src/sample/adaptive/probability-flow.ts';
import { reverseDiffusion } from '../../src/sample/steps/reverse-diffusion.ts';
import type { Sampler } from '../../src/sample/sampler.ts';
import { stochasticRungeKutta } from '../../src/sample/steps/stochastic-runge-kutta.ts';
import { unipc } from '../../src/sample/multistep/unipc.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { karrasGrid, type TimeGrid } from '../../src/sde/time/time-grid.ts';

/** A step as published: mean = x x + s score, with noise of standard deviation `noise`. */
export interface Coefficients {
  readonly x: number;
  readonly s: number;
  readonly noise: number;
}

export interface KnownMove {
  readonly name: string;
  readonly step: SamplerStepOf;
  readonly law: (sde: Sde, from: number, to: number) => Coefficients;
}

function steps(sde: Sde, from: number, to: number): { a: number; v: number } {
  const a = sde.alpha(from) / sde.alpha(to);
  return { a, v: sde.sigma(from) ** 2 - a ** 2 * sde.sigma(to) ** 2 };
}

/** DDIM: alpha(to) D + sqrt(sigma(to)^2 - noise^2) z with D = (x + sigma^2 s) / alpha and z = -sigma s. */
function ddimOf(eta: number): KnownMove {
  return {
    name: `DDIM with eta ${eta}`,
    step: ddim({ eta }),
    law: (sde, from, to) => {
      const { a, v } = steps(sde, from, to);
      const noise = (eta * Math.sqrt(v) * sde.sigma(to)) / sde.sigma(from);
      const kept = Math.sqrt(sde.sigma(to) ** 2 - noise ** 2);
      return { x: 1 / a, s: sde.sigma(from) ** 2 / a - sde.sigma(from) * kept, noise };
    },
  };
}

export const predictors: readonly KnownMove[] = [
  {
    name: 'Euler-Maruyama',
    step: eulerMaruyama(),
    law: (sde: Sde, from: number, to: number): Coefficients => ({
      x: 1 - sde.f(from) * (from - to),
      s: sde.g(from) ** 2 * (from - to),
      noise: sde.g(from) * Math.sqrt(from - to),
    }),
  },
  {
    name: 'reverse diffusion',
    step: reverseDiffusion(),
    law: (sde: Sde, from: number, to: number): Coefficients => {
      const { a, v } = steps(sde, from, to);
      return { x: 2 - a, s: v, noise: Math.sqrt(v) };
    },
  },
  {
    name: 'ancestral',
    step: ancestral(),
    law: (sde: Sde, from: number, to: number): Coefficients => {
      const { a, v } = steps(sde, from, to);
      return { x: 1 / a, s: v / a, noise: Math.sqrt((v * sde.sigma(to) ** 2) / sde.sigma(from) ** 2) };
    },
  },
  {
    name: 'ancestral with the forward variance',
    step: ancestral({ variance: 'forward' }),
    law: (sde: Sde, from: number, to: number): Coefficients => {
      const { a, v } = steps(sde, from, to);
      return { x: 1 / a, s: v / a, noise: Math.sqrt(v) };
    },
  },
  ddimOf(0.5),
];

export const snr = 0.3;

/** The Langevin corrector whose step size does not depend on the state. */
export const affineCorrector: KnownMove = {
  name: 'Langevin by sigma',
  step: langevin({ snr, stepSize: 'sigma' }),
  law: (sde, from) => {
    const eta = 2 * (snr * sde.sigma(from)) ** 2;
    return { x: 1, s: eta, noise: Math.sqrt(2 * eta) };
  },
};

const correctors: readonly { name: string; corrector: SamplerStepOf | undefined; evals: number }[] = [
  { name: 'none', corrector: undefined, evals: 0 },
  { name: 'Langevin by norm', corrector: langevin({ stepSize: 'norm' }), evals: 1 },
  { name: 'two steps of Langevin by sigma', corrector: langevin({ steps: 2, stepSize: 'sigma' }), evals: 2 },
];

/** A grid on which a few dozen steps are enough for every SDE. */
export const grid: TimeGrid = karrasGrid();

export interface KnownSampler {
  readonly name: string;
  /** A sampler of about `steps` steps. */
  readonly of: (options: { steps: number; denoiseLast: boolean }) => Sampler;
  /** Score evaluations per step, where that is fixed. */
  readonly evalsPerStep: number | undefined;
}

/** A sampler with fixed steps whose order of convergence is known. */
export interface OrderedSampler extends KnownSampler {
  readonly of: (options: { steps: number; denoiseLast: boolean; grid?: TimeGrid }) => Sampler;
  readonly evalsPerStep: number;
  readonly order: number;
  /** The normal numbers of a step; none for a solver of the probability flow. */
  readonly noise: Noise | undefined;
}

/** The normal numbers that a step draws for a coordinate, from the keys of the step. */
export type Noise = (keys: readonly Key[]) => readonly Float64Array[];

const oneDraw: Noise = (keys) => [normalBatch(keys, [1]).data];
const twoDraws: Noise = (keys) =>
  ['increment', 'integral'].flatMap((name) => oneDraw(keys.map((key) => foldIn(key, name))));

function moving(
  name: string,
  predictor: SamplerStepOf,
  about: Pick<OrderedSampler, 'evalsPerStep' | 'order' | 'noise'>,
): OrderedSampler {
  return { name, of: (options) => predictorCorrector({ predictor, grid, ...options }), ...about };
}

function lookingBack(
  name: string,
  method: MultistepOf,
  about: Pick<OrderedSampler, 'order' | 'noise'>,
): OrderedSampler {
  return { name, of: (options) => multistep(method, { grid, ...options }), evalsPerStep: 1, ...about };
}

export const orderedSamplers: readonly OrderedSampler[] = [
  ...[ddimOf(0), ddimOf(1)].map(({ name, step }, i) =>
    moving(name, step, { evalsPerStep: 1, order: 1, noise: i === 0 ? undefined : oneDraw }),
  ),
  moving('Heun', heun(), { evalsPerStep: 2, order: 2, noise: undefined }),
  moving('DPM-Solver++(2S)', dpmSolver2S(), { evalsPerStep: 2, order: 2, noise: undefined }),
  moving('stochastic Runge-Kutta', stochasticRungeKutta(), { evalsPerStep: 2, order: 2, noise: twoDraws }),
  lookingBack('DPM-Solver++(2M)', dpmSolver2M(), { order: 2, noise: undefined }),
  lookingBack('DPM-Solver++(3M)', dpmSolver3M(), { order: 3, noise: undefined }),
  lookingBack('SDE-DPM-Solver++(2M)', dpmSolver2M({ eta: 1 }), { order: 2, noise: oneDraw }),
  lookingBack('SDE-DPM-Solver++(3M)', dpmSolver3M({ eta: 1 }), { order: 2, noise: oneDraw }),
  ...([1, 2, 3] as const).map((order) =>
    lookingBack(`UniPC of order ${order}`, unipc({ order }), { order: order + 1, noise: undefined }),
  ),
  ...([1, 2, 3, 4] as const).map((order) =>
    lookingBack(`Adams-Bashforth of order ${order}`, adamsBashforth({ order }), { order, noise: undefined }),
  ),
];

export const samplers: readonly KnownSampler[] = [
  ...predictors.flatMap(({ name, step }) =>
    correctors.map(({ name: correctorName, corrector, evals }): KnownSampler => ({
      name: `${name} with corrector ${correctorName}`,
      of: (options) => predictorCorrector({ predictor: step, ...(corrector && { corrector }), grid, ...options }),
      evalsPerStep: 1 + evals,
    })),
  ),
  ...orderedSamplers,
  {
    name: 'Heun with churn',
    of: (options) => predictorCorrector({ predictor: heun({ churn: 0.2, noiseScale: 1.003 }), grid, ...options }),
    evalsPerStep: 2,
  },
  {
    name: 'annealed Langevin',
    of: (options) => predictorCorrector({ predictor: annealedLangevin({ steps: 2 }), grid, ...options }),
    evalsPerStep: 2,
  },
  {
    name: 'consistent annealed',
    of: (options) => predictorCorrector({ predictor: consistentAnnealed(), grid, ...options }),
    evalsPerStep: 1,
  },
  {
    name: 'reverse diffusion with a Hamiltonian corrector',
    of: (options) =>
      predictorCorrector({
        predictor: reverseDiffusion(),
        corrector: hamiltonian({ leapfrogs: 2, steps: 2 }),
        grid,
        ...options,
      }),
    evalsPerStep: 6,
  },
  {
    name: 'Langevin dynamics',
    of: (options) => langevinDynamics(options),
    evalsPerStep: 1,
  },
  {
    name: 'Gotta Go Fast',
    of: ({ denoiseLast }) => gottaGoFast({ denoiseLast, rtol: 0.1, atol: 0.01 }),
    evalsPerStep: undefined,
  },
  {
    name: 'probability flow',
    of: ({ denoiseLast }) => probabilityFlow({ denoiseLast, rtol: 1e-3, atol: 1e-3 }),
    evalsPerStep: undefined,
  },
  {
    name: 'probability flow by Bogacki-Shampine',
    of: ({ denoiseLast }) => probabilityFlow({ denoiseLast, rtol: 1e-3, atol: 1e-3, solve: bosh3Rounds }),
    evalsPerStep: undefined,
  },
];
