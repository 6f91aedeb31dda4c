/** @file The table of the samplers that have a name. */
import { checkOptions } from '../base/check.ts';
import { bosh3Rounds } from '../ode/bosh3.ts';
import { adamsBashforth } from '../sample/adams-bashforth.ts';
import { ancestral } from '../sample/ancestral.ts';
import { annealedLangevin } from '../sample/annealed-langevin.ts';
import { consistentAnnealed } from '../sample/consistent-annealed.ts';
import { ddim } from '../sample/ddim.ts';
import { dpmSolver2S } from '../sample/dpm-solver-2s.ts';
import { dpmSolver2M, dpmSolver3M } from '../sample/dpm-solver-multistep.ts';
import { eulerMaruyama } from '../sample/euler-maruyama.ts';
import { gottaGoFast } from '../sample/gotta-go-fast.ts';
import { hamiltonian } from '../sample/hamiltonian.ts';
import { heun } from '../sample/heun.ts';
import { langevin } from '../sample/langevin.ts';
import { langevinDynamics } from '../sample/langevin-dynamics.ts';
import type { MoveOf } from '../sample/move.ts';
import { multistep, type MultistepOf } from '../sample/multistep.ts';
import { predictorCorrector } from '../sample/predictor-corrector.ts';
import { probabilityFlow } from '../sample/probability-flow.ts';
import { reverseDiffusion } from '../sample/reverse-diffusion.ts';
import type { Sampler } from '../sample/sampler.ts';
import { stochasticRungeKutta } from '../sample/stochastic-runge-kutta.ts';
import { unipc } from '../sample/unipc.ts';
import {
  cosineGrid,
  karrasGrid,
  logSnrGrid,
  quadraticGrid,
  suitedGrid,
  uniformGrid,
  type TimeGrid,
} from '../sde/time-grid.ts';

/** The time grids that have a name. */
export const grids = {
  /** What suits the SDE. */
  auto: suitedGrid,
  uniform: uniformGrid,
  quadratic: quadraticGrid,
  karras: karrasGrid(),
  'log-snr': logSnrGrid,
  cosine: cosineGrid,
} as const satisfies Record<string, TimeGrid>;

/** What a named sampler can be told. */
export interface SamplerOptions {
  /** Intervals of the time grid, for samplers that have one. */
  readonly steps?: number | undefined;
  /** Evaluations of the score for each sample: as many steps as they allow, instead of `steps`. */
  readonly nfe?: number | undefined;
  /** Name of the time grid: auto, uniform, quadratic, karras, log-snr or cosine. */
  readonly grid?: string | undefined;
  /** Signal-to-noise ratio of the Langevin corrector. */
  readonly snr?: number | undefined;
  /** Noise: 0 is none, 1 that of the reverse SDE. */
  readonly eta?: number | undefined;
  /** S_churn of EDM: a step raises the noise level by the share min(S_churn / N, sqrt(2) - 1) of N = steps + 1 levels. */
  readonly churn?: number | undefined;
  /** Step size of annealed Langevin dynamics, relative to sigma^2: 0.062 by default. */
  readonly stepSize?: number | undefined;
  /** Relative tolerance of an adaptive solver, which the absolute one follows: it is equal, and of gotta-go-fast at most 2/256. */
  readonly tolerance?: number | undefined;
  /** Factor of the prior's draw, for solvers of the probability flow. */
  readonly temperature?: number | undefined;
  /** Whether the last noise is removed. */
  readonly denoiseLast?: boolean | undefined;
  /** Whether samples have few dimensions, where Langevin steps by norms add variance: `isLowDimensional` tells. */
  readonly lowDimensional?: boolean | undefined;
}

/** A named sampler, for people. */
export interface SamplerInfo {
  readonly name: string;
  readonly description: string;
  readonly citation: string;
  /** Evaluations of the score in one step; undefined where each sample takes the steps that it needs. */
  readonly evaluationsPerStep: number | undefined;
  readonly defaultSteps: number | undefined;
  readonly stochastic: boolean;
}

/** Options with the defaults of a sampler laid under them. */
export interface Settings extends SamplerOptions {
  readonly steps: number;
  readonly grid: keyof typeof grids;
  readonly denoiseLast: boolean;
}

/** How a named sampler is described and built. */
export interface Entry extends Omit<SamplerInfo, 'name'> {
  /** The time grid unless another is asked for, auto by default; null where time stands still. */
  readonly grid?: Settings['grid'] | null;
  /** Options beside `denoiseLast` and `lowDimensional`, which all take, and those of the time grid. */
  readonly takes?: readonly (keyof SamplerOptions)[];
  readonly build: (settings: Settings) => Sampler;
}

/** What samplers on a time grid have in common. */
const gridOf = ({ steps, grid, denoiseLast }: Settings): { steps: number; grid: TimeGrid; denoiseLast: boolean } => {
  return { steps, grid: grids[grid], denoiseLast };
};
const moving = (predictor: MoveOf, settings: Settings): Sampler =>
  predictorCorrector({ ...gridOf(settings), predictor });
const lookingBack = (method: MultistepOf, settings: Settings): Sampler => multistep(method, gridOf(settings));

/**
 * Every named sampler. Time grids are as published where that is clear (even steps, EDM's noise levels, geometric
 * levels), and else those of least error in about 20 evaluations of a mixture's exact score over all SDEs.
 */
export const samplerTable = {
  pc: {
    description: 'predictor-corrector: reverse diffusion with a Langevin corrector',
    citation: 'Song et al. 2021, algorithm 1',
    evaluationsPerStep: 2,
    defaultSteps: 500,
    stochastic: true,
    takes: ['snr'],
    build: ({ snr = 0.16, lowDimensional = false, ...settings }) =>
      predictorCorrector({
        ...gridOf(settings),
        predictor: reverseDiffusion(),
        corrector: langevin({ snr, stepSize: lowDimensional ? 'sigma' : 'norm' }),
      }),
  },
  'euler-maruyama': {
    description: 'the reverse SDE by Euler-Maruyama',
    citation: 'Song et al. 2021, eq. 6',
    evaluationsPerStep: 1,
    defaultSteps: 1000,
    stochastic: true,
    build: (settings) => moving(eulerMaruyama(), settings),
  },
  'reverse-diffusion': {
    description: 'the reverse SDE in the steps of the forward one',
    citation: 'Song et al. 2021, appendix E',
    evaluationsPerStep: 1,
    defaultSteps: 1000,
    stochastic: true,
    build: (settings) => moving(reverseDiffusion(), settings),
  },
  ancestral: {
    description: 'ancestral sampling of DDPM, for any SDE',
    citation: 'Ho et al. 2020, algorithm 2',
    evaluationsPerStep: 1,
    defaultSteps: 250,
    stochastic: true,
    build: (settings) => moving(ancestral(), settings),
  },
  ddim: {
    description: 'denoising diffusion implicit models; with noise where eta is above 0',
    citation: 'Song, Meng and Ermon 2021, eq. 12',
    evaluationsPerStep: 1,
    defaultSteps: 50,
    stochastic: false,
    grid: 'cosine',
    takes: ['eta'],
    build: ({ eta = 0, ...settings }) => moving(ddim({ eta }), settings),
  },
  heun: {
    description: "EDM's sampler: Heun's method in the noise level; with noise where churn is above 0",
    citation: 'Karras et al. 2022, algorithm 2',
    evaluationsPerStep: 2,
    defaultSteps: 17,
    stochastic: false,
    grid: 'karras',
    takes: ['churn'],
    // The published N counts the noise levels, of which there is one more than there are steps between them.
    build: ({ churn = 0, ...settings }) => {
      checkOptions([Number.isFinite(churn), 'churn', `expected a number of 0 or more, got ${churn}`]);
      return moving(heun({ churn: Math.min(churn / (settings.steps + 1), Math.SQRT2 - 1) }), settings);
    },
  },
  'dpm-solver-2s': {
    description: 'DPM-Solver++(2S): second order in single steps',
    citation: 'Lu et al. 2022, DPM-Solver++, algorithm 1',
    evaluationsPerStep: 2,
    defaultSteps: 15,
    stochastic: false,
    grid: 'log-snr',
    build: (settings) => moving(dpmSolver2S(), settings),
  },
  'dpm-solver-2m': {
    description: 'DPM-Solver++(2M): second order from two estimates; with noise where eta is above 0',
    citation: 'Lu et al. 2022, DPM-Solver++, algorithm 2',
    evaluationsPerStep: 1,
    defaultSteps: 20,
    stochastic: false,
    grid: 'log-snr',
    takes: ['eta'],
    build: ({ eta = 0, ...settings }) => lookingBack(dpmSolver2M({ eta }), settings),
  },
  'dpm-solver-3m': {
    description: 'DPM-Solver++(3M): third order from three estimates; with noise where eta is above 0',
    citation: 'Lu et al. 2022, DPM-Solver++, section 4',
    evaluationsPerStep: 1,
    defaultSteps: 20,
    stochastic: false,
    grid: 'log-snr',
    takes: ['eta'],
    build: ({ eta = 0, ...settings }) => lookingBack(dpmSolver3M({ eta }), settings),
  },
  'dpm-solver-sde': {
    description: 'SDE-DPM-Solver++(2M): the reverse SDE from two estimates',
    citation: 'Lu et al. 2022, DPM-Solver++, section 5',
    evaluationsPerStep: 1,
    defaultSteps: 50,
    stochastic: true,
    grid: 'log-snr',
    takes: ['eta'],
    build: ({ eta = 1, ...settings }) => lookingBack(dpmSolver2M({ eta }), settings),
  },
  unipc: {
    description: 'UniPC of order 2: a multistep predictor whose corrector costs nothing; third order',
    citation: 'Zhao et al. 2023, algorithms 1 and 2',
    evaluationsPerStep: 1,
    defaultSteps: 15,
    stochastic: false,
    grid: 'log-snr',
    build: (settings) => lookingBack(unipc(), settings),
  },
  'adams-bashforth': {
    description: 'Adams-Bashforth of order 3 in the noise level (rhoAB-DEIS)',
    citation: 'Zhang and Chen 2023',
    evaluationsPerStep: 1,
    defaultSteps: 20,
    stochastic: false,
    grid: 'cosine',
    build: (settings) => lookingBack(adamsBashforth(), settings),
  },
  'stochastic-runge-kutta': {
    description: 'the reverse SDE by SRA1, of strong order 1.5',
    citation: 'Roessler 2010, SRA1',
    evaluationsPerStep: 2,
    defaultSteps: 50,
    stochastic: true,
    grid: 'karras',
    build: (settings) => moving(stochasticRungeKutta(), settings),
  },
  'gotta-go-fast': {
    description: 'the reverse SDE in adaptive steps, each sample with its own',
    citation: 'Jolicoeur-Martineau et al. 2021, Gotta Go Fast, algorithm 1',
    evaluationsPerStep: undefined,
    defaultSteps: undefined,
    stochastic: true,
    takes: ['tolerance'],
    build: ({ tolerance = 0.05, denoiseLast }) => gottaGoFast({ rtol: tolerance, denoiseLast }),
  },
  'annealed-langevin': {
    description: "NCSN's annealed Langevin dynamics, 5 steps at each noise level",
    citation: 'Song and Ermon 2019, algorithm 1',
    evaluationsPerStep: 5,
    defaultSteps: 200,
    stochastic: true,
    grid: 'log-snr',
    takes: ['stepSize'],
    build: ({ stepSize = 0.062, ...settings }) => moving(annealedLangevin({ stepSize, steps: 5 }), settings),
  },
  'consistent-annealed': {
    description: 'consistent annealed sampling: Langevin steps that end with the noise of the next level',
    citation: 'Jolicoeur-Martineau et al. 2021, algorithm 2',
    evaluationsPerStep: 1,
    defaultSteps: 232,
    stochastic: true,
    grid: 'log-snr',
    build: (settings) => moving(consistentAnnealed(), settings),
  },
  'pc-hamiltonian': {
    description: 'predictor-corrector: reverse diffusion with a Hamiltonian corrector of 3 leapfrog steps',
    citation: 'Song et al. 2021, algorithm 1; Neal 2011',
    evaluationsPerStep: 5,
    defaultSteps: 200,
    stochastic: true,
    build: (settings) =>
      predictorCorrector({
        ...gridOf(settings),
        predictor: reverseDiffusion(),
        corrector: hamiltonian({ leapfrogs: 3 }),
      }),
  },
  langevin: {
    description: 'Langevin dynamics at the last noise level alone, for comparison',
    citation: 'Song and Ermon 2019, eq. 4',
    evaluationsPerStep: 1,
    defaultSteps: 1000,
    stochastic: true,
    grid: null,
    build: ({ steps, denoiseLast }) => langevinDynamics({ steps, denoiseLast }),
  },
  ode: {
    description: 'probability-flow ODE by Dormand-Prince 5(4), each sample in steps of its own',
    citation: 'Song et al. 2021, eq. 13; Dormand and Prince 1980',
    evaluationsPerStep: undefined,
    defaultSteps: undefined,
    stochastic: false,
    takes: ['tolerance', 'temperature'],
    build: ({ tolerance = 1e-4, temperature = 1, denoiseLast }) =>
      probabilityFlow({ rtol: tolerance, atol: tolerance, temperature, denoiseLast }),
  },
  'ode-bosh3': {
    description: 'probability-flow ODE by Bogacki-Shampine 3(2), for rough answers',
    citation: 'Song et al. 2021, eq. 13; Bogacki and Shampine 1989',
    evaluationsPerStep: undefined,
    defaultSteps: undefined,
    stochastic: false,
    takes: ['tolerance', 'temperature'],
    build: ({ tolerance = 1e-2, temperature = 1, denoiseLast }) =>
      probabilityFlow({ rtol: tolerance, atol: tolerance, temperature, denoiseLast, solve: bosh3Rounds }),
  },
} as const satisfies Record<string, Entry>;
