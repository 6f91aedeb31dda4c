/** @file The samplers that have a name. */
import { checkOptions } from '../base/check.ts';
import { ConfigError, type ConfigIssue } from '../base/errors.ts';
import { adamsBashforth } from '../sample/adams-bashforth.ts';
import { ancestral } from '../sample/ancestral.ts';
import { ddim } from '../sample/ddim.ts';
import { dpmSolver2S } from '../sample/dpm-solver-2s.ts';
import { dpmSolver2M, dpmSolver3M } from '../sample/dpm-solver-multistep.ts';
import { eulerMaruyama } from '../sample/euler-maruyama.ts';
import { heun } from '../sample/heun.ts';
import { langevin } from '../sample/langevin.ts';
import type { MoveOf } from '../sample/move.ts';
import { multistep, type MultistepOf } from '../sample/multistep.ts';
import { predictorCorrector } from '../sample/predictor-corrector.ts';
import { probabilityFlow } from '../sample/probability-flow.ts';
import { reverseDiffusion } from '../sample/reverse-diffusion.ts';
import type { Sampler } from '../sample/sampler.ts';
import { unipc } from '../sample/unipc.ts';
import { cosineGrid, karrasGrid, logSnrGrid, quadraticGrid, uniformGrid, type TimeGrid } from '../sde/time-grid.ts';

const grids = {
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
  /** Name of the time grid: uniform, quadratic, karras, log-snr or cosine. */
  readonly grid?: string | undefined;
  /** Signal-to-noise ratio of the Langevin corrector. */
  readonly snr?: number | undefined;
  /** Noise: 0 is none, 1 that of the reverse SDE. */
  readonly eta?: number | undefined;
  /** S_churn of EDM. */
  readonly churn?: number | undefined;
  /** Relative and absolute tolerance of an adaptive solver. */
  readonly tolerance?: number | undefined;
  /** Whether the last noise is removed. */
  readonly denoiseLast?: boolean | undefined;
  /** Whether samples have few dimensions, where the norm of one score says little about the noise level. */
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
interface Settings extends SamplerOptions {
  readonly steps: number;
  readonly grid: keyof typeof grids;
  readonly denoiseLast: boolean;
}

interface Entry extends Omit<SamplerInfo, 'name'> {
  readonly grid?: Settings['grid'];
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

const table = {
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
    build: ({ churn = 0, ...settings }) =>
      moving(heun({ churn: Math.min(churn / settings.steps, Math.SQRT2 - 1) }), settings),
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
    grid: 'karras',
    build: (settings) => lookingBack(adamsBashforth(), settings),
  },
  ode: {
    description: 'probability-flow ODE by Dormand-Prince 5(4), each sample in steps of its own',
    citation: 'Song et al. 2021, eq. 13; Dormand and Prince 1980',
    evaluationsPerStep: undefined,
    defaultSteps: undefined,
    stochastic: false,
    takes: ['tolerance'],
    build: ({ tolerance = 1e-4, denoiseLast }) => probabilityFlow({ rtol: tolerance, atol: tolerance, denoiseLast }),
  },
} as const satisfies Record<string, Entry>;

/** A named sampler. */
export type SamplerName = keyof typeof table;

const entries: Readonly<Record<string, Entry>> = table;

/** Every named sampler. */
export const samplerList: readonly SamplerInfo[] = Object.entries(entries).map(([name, entry]) => {
  const { description, citation, evaluationsPerStep, defaultSteps, stochastic } = entry;
  return { name, description, citation, evaluationsPerStep, defaultSteps, stochastic };
});

/** Every named sampler and one line on each. */
export const samplerNames: Readonly<Record<string, string>> = Object.fromEntries(
  samplerList.map(({ name, description, citation }) => [name, `${description} (${citation})`]),
);

/**
 * A sampler by name.
 * @throws ConfigError if there is none of this name, or it does not know an option or a time grid, if both steps and nfe
 * are given, or if nfe is too small for one step.
 */
export function buildSampler(name: string, options: SamplerOptions = {}): Sampler {
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry === undefined)
    throw new ConfigError([{ path: 'sampler', message: `expected ${Object.keys(table).join(', ')}, got ${name}` }]);
  const { grid = entry.grid ?? 'uniform', denoiseLast = true } = options;
  const issues = Object.entries(options)
    .filter(([option, value]) => value !== undefined && !takes(entry, option))
    .map(([option]): ConfigIssue => ({ path: option, message: `the sampler ${name} does not take it` }));
  if (!isGrid(grid)) issues.push({ path: 'grid', message: `expected ${Object.keys(grids).join(', ')}, got ${grid}` });
  if (!isGrid(grid) || issues.length > 0) throw new ConfigError(issues);
  return entry.build({ ...options, steps: stepsOf(entry, options), grid, denoiseLast });
}

/** Steps as asked for, as many as the evaluations allow, or by default. */
function stepsOf({ evaluationsPerStep = 1, defaultSteps = 1 }: Entry, options: SamplerOptions): number {
  const { steps, nfe, denoiseLast = true } = options;
  if (nfe === undefined) return steps ?? defaultSteps;
  const least = evaluationsPerStep + Number(denoiseLast);
  const last = denoiseLast ? ' and 1 for the last denoising' : '';
  checkOptions(
    [steps === undefined, 'nfe', 'expected either steps or nfe, got both'],
    [nfe >= least, 'nfe', `expected at least ${least} evaluations (${evaluationsPerStep} a step${last}), got ${nfe}`],
  );
  return Math.floor((nfe - Number(denoiseLast)) / evaluationsPerStep);
}

function isGrid(name: string): name is keyof typeof grids {
  return Object.hasOwn(grids, name);
}

function takes({ takes: own = [], evaluationsPerStep }: Entry, option: string): boolean {
  const known: readonly string[] = ['denoiseLast', 'lowDimensional', ...own];
  return known.includes(option) || (evaluationsPerStep !== undefined && ['steps', 'nfe', 'grid'].includes(option));
}
