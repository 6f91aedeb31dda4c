/** @file The table of the posterior samplers that have a name. */
import { checkOptions } from '../base/check.ts';
import { annealedLikelihood } from '../inverse/annealed-likelihood.ts';
import { ddrm, ddrmEnd } from '../inverse/ddrm.ts';
import { diffpir } from '../inverse/diffpir.ts';
import { dps } from '../inverse/dps.ts';
import { mmps } from '../inverse/mmps.ts';
import { pigdm } from '../inverse/pigdm.ts';
import { constrain, constrained, guided, type PosteriorSampler } from '../inverse/problem.ts';
import { fitted, projection, replacement } from '../inverse/projection.ts';
import { redDiff } from '../inverse/red-diff.ts';
import { repaint } from '../inverse/repaint.ts';
import { twisted } from '../inverse/twisted.ts';
import { ancestral } from '../sample/ancestral.ts';
import { annealedLangevin } from '../sample/annealed-langevin.ts';
import { consistentAnnealed } from '../sample/consistent-annealed.ts';
import { dpmSolver2M } from '../sample/dpm-solver-multistep.ts';
import { langevin } from '../sample/langevin.ts';
import { multistep } from '../sample/multistep.ts';
import { predictorCorrector } from '../sample/predictor-corrector.ts';
import { reverseDiffusion } from '../sample/reverse-diffusion.ts';
import type { Sampler } from '../sample/sampler.ts';
import type { TimeGrid } from '../sde/time-grid.ts';
import { grids } from './sampler-table.ts';

/** What a named posterior sampler can be told. */
export interface InverseOptions {
  /** Intervals of the time grid. */
  readonly steps?: number | undefined;
  /** Evaluations of the score for each sample, in the place of steps. */
  readonly nfe?: number | undefined;
  /** Name of the time grid: auto, uniform, quadratic, karras, log-snr or cosine. */
  readonly grid?: string | undefined;
  /** Weight of the measurement: lambda of projections, factor of likelihood terms; 0 is the prior. */
  readonly weight?: number | undefined;
  /** Weight lambda of the prior against the misfit. */
  readonly priorWeight?: number | undefined;
  /** zeta of DPS, in the units of the samples. */
  readonly stepSize?: number | undefined;
  /** Share of a step's noise that is new, in variance: zeta of DiffPIR. */
  readonly freshNoise?: number | undefined;
  /** Standard deviation of the data, in the model's range. */
  readonly dataStd?: number | undefined;
  /** Iterations of conjugate gradients in each step. */
  readonly iterations?: number | undefined;
  /** Particles of each sample. */
  readonly particles?: number | undefined;
  /** New noise of DDRM where the measurement says little. */
  readonly eta?: number | undefined;
  /** Share of the measurement in DDRM's mean where it says much. */
  readonly etaB?: number | undefined;
  /** Steps of RePaint's jumps. */
  readonly jumpLength?: number | undefined;
  /** How often RePaint walks each part of the grid. */
  readonly resamplings?: number | undefined;
  /** Signal-to-noise ratio of the Langevin corrector. */
  readonly snr?: number | undefined;
  /** Whether samples have few dimensions, where the norm of one score says little about the noise level. */
  readonly lowDimensional?: boolean | undefined;
}

/** What a method needs of its problem: a linear operator, its singular values, the derivative of the score. */
export type InverseNeed = 'linear' | 'svd' | 'vjp';

/** A named posterior sampler, for people. */
export interface InverseInfo {
  readonly name: string;
  readonly description: string;
  readonly citation: string;
  readonly needs: readonly InverseNeed[];
  /** Whether it heeds the noise of the measurement; others take y for exact, or ask for a weight that stands for it. */
  readonly heedsNoise: boolean;
  /** Whether it takes noise of a law that is not Gaussian, as that of counts. */
  readonly anyNoise: boolean;
  readonly defaultSteps: number;
  /** Options beside `steps`, `grid` and `lowDimensional`, which all take. */
  readonly takes: readonly (keyof InverseOptions)[];
}

/** Options with the defaults of a method laid under them. */
export interface InverseSettings extends InverseOptions {
  readonly steps: number;
  readonly grid: keyof typeof grids;
}

/** How a named posterior sampler is described and built. */
export interface InverseEntry extends Omit<InverseInfo, 'name' | 'takes'> {
  /** The time grid unless another is asked for, auto by default. */
  readonly grid?: InverseSettings['grid'];
  readonly takes?: readonly (keyof InverseOptions)[];
  /** Evaluations of the score for one sample, with or without derivative; they grow with the steps. */
  readonly evaluations: (settings: InverseSettings) => number;
  readonly build: (settings: InverseSettings) => PosteriorSampler;
}

const gridOf = ({ steps, grid }: InverseSettings): { steps: number; grid: TimeGrid } => ({ steps, grid: grids[grid] });

/** The Langevin corrector of the published predictor-corrector samplers. */
const correctorOf = ({ snr = 0.16, lowDimensional = false }: InverseSettings): ReturnType<typeof langevin> =>
  langevin({ snr, stepSize: lowDimensional ? 'sigma' : 'norm' });

/**
 * The reverse SDE to second order, for guidance that knows the width of the posterior: ancestral steps with the posterior
 * variance, as published, leave the samples of 50 steps too narrow.
 */
const reverseSde = (settings: InverseSettings): Sampler => multistep(dpmSolver2M({ eta: 1 }), gridOf(settings));

/** Particles of a sample, which are in memory together. */
const mostParticles = 65_536;

/** Every named posterior sampler, those without derivatives of the score first. */
export const inverseTable = {
  replacement: {
    description: 'predictor-corrector that replaces what is measured after every move',
    citation: 'Song et al. 2021, appendix I.2',
    needs: ['linear'],
    heedsNoise: false,
    anyNoise: false,
    defaultSteps: 500,
    takes: ['snr'],
    evaluations: ({ steps }) => 2 * steps + 1,
    build: (settings) =>
      constrained({
        ...gridOf(settings),
        predictor: constrain(replacement(), reverseDiffusion()),
        corrector: constrain(replacement(), correctorOf(settings)),
        end: fitted,
      }),
  },
  projection: {
    description: 'predictor-corrector that projects on the measurement, with a weight, before every move',
    citation: 'Song, Shen, Xing and Ermon 2022, section 3.2',
    needs: ['linear'],
    heedsNoise: false,
    anyNoise: false,
    defaultSteps: 500,
    takes: ['snr', 'weight'],
    evaluations: ({ steps }) => 2 * steps + 1,
    build: ({ weight = 1, ...settings }) =>
      constrained({
        ...gridOf(settings),
        predictor: constrain(projection({ weight }), reverseDiffusion()),
        corrector: constrain(projection({ weight }), correctorOf(settings)),
        end: (problem, x) => fitted(problem, x, { weight }),
      }),
  },
  'annealed-langevin': {
    description: 'annealed Langevin dynamics with the likelihood of the noisy state, 5 steps at each noise level',
    citation: 'Jalal et al. 2021, section 3',
    needs: [],
    heedsNoise: true,
    anyNoise: true,
    defaultSteps: 200,
    grid: 'log-snr',
    takes: ['weight'],
    evaluations: ({ steps }) => 5 * steps + 1,
    build: ({ weight = 1, ...settings }) =>
      guided(
        annealedLikelihood({ weight }),
        predictorCorrector({ ...gridOf(settings), predictor: annealedLangevin({ steps: 5 }) }),
      ),
  },
  repaint: {
    description: 'replacement that goes back and forth, so that the unknown comes to agree with the known',
    citation: 'Lugmayr et al. 2022, algorithm 1',
    needs: ['linear'],
    heedsNoise: false,
    anyNoise: false,
    defaultSteps: 250,
    takes: ['jumpLength', 'resamplings'],
    evaluations: ({ steps, jumpLength: j = 10, resamplings: r = 10 }) =>
      steps + Math.max(0, Math.ceil(steps / j) - 1) * (r - 1) * j + 1,
    build: ({ jumpLength = 10, resamplings = 10, ...settings }) =>
      repaint({ ...gridOf(settings), jumpLength, resamplings }),
  },
  ddrm: {
    description: 'denoising diffusion restoration models: diffusion in the singular vectors of the operator',
    citation: 'Kawar et al. 2022, section 3.2',
    needs: ['linear', 'svd'],
    heedsNoise: true,
    anyNoise: false,
    defaultSteps: 20,
    takes: ['eta', 'etaB'],
    evaluations: ({ steps }) => steps + 1,
    build: ({ eta = 0.85, etaB = 1, ...settings }) =>
      constrained({ ...gridOf(settings), predictor: ddrm({ eta, etaB }), end: ddrmEnd({ etaB }) }),
  },
  diffpir: {
    description: 'DiffPIR: a proximal step of the measurement on every denoised estimate',
    citation: 'Zhu et al. 2023, algorithm 1',
    needs: ['linear'],
    heedsNoise: true,
    anyNoise: true,
    defaultSteps: 100,
    takes: ['priorWeight', 'freshNoise'],
    evaluations: ({ steps }) => steps + 1,
    build: ({ priorWeight = 1, freshNoise = 1, ...settings }) =>
      guided(
        diffpir({ priorWeight }),
        predictorCorrector({
          ...gridOf(settings),
          predictor: consistentAnnealed({ freshness: Math.sqrt(freshNoise) }),
        }),
      ),
  },
  'red-diff': {
    description: 'RED-diff: one likely solution by optimisation, with the score as regulariser',
    citation: 'Mardani et al. 2024, algorithm 1',
    needs: [],
    heedsNoise: false,
    anyNoise: true,
    defaultSteps: 1000,
    takes: ['priorWeight', 'stepSize'],
    evaluations: ({ steps }) => steps + 1,
    build: ({ priorWeight = 0.25, stepSize = 0.1, ...settings }) =>
      redDiff({ ...gridOf(settings), priorWeight, rate: stepSize }),
  },
  dps: {
    description: "diffusion posterior sampling: a gradient step on the denoised estimate's misfit after every move",
    citation: 'Chung et al. 2023, algorithm 1',
    needs: ['vjp'],
    heedsNoise: false,
    anyNoise: true,
    defaultSteps: 1000,
    takes: ['stepSize'],
    evaluations: ({ steps, stepSize }) => (stepSize === 0 ? 1 : 2) * steps + 1,
    build: ({ stepSize = 0.3, ...settings }) =>
      constrained({ ...gridOf(settings), predictor: constrain(dps({ stepSize }), ancestral()) }),
  },
  pigdm: {
    description: 'pseudoinverse-guided diffusion: the likelihood under an isotropic law of the data given the state',
    citation: 'Song, Vahdat, Mardani and Kautz 2023, eq. 7',
    needs: ['linear', 'vjp'],
    heedsNoise: true,
    anyNoise: true,
    defaultSteps: 50,
    grid: 'log-snr',
    takes: ['weight', 'dataStd'],
    evaluations: ({ steps, weight }) => (weight === 0 ? 1 : 2) * (steps + 1),
    build: ({ weight = 1, dataStd = 1, ...settings }) => guided(pigdm({ weight, dataStd }), reverseSde(settings)),
  },
  mmps: {
    description: 'moment matching posterior sampling: the likelihood under the covariance that the score has',
    citation: 'Rozet et al. 2024, section 4.2',
    needs: ['linear', 'vjp'],
    heedsNoise: true,
    anyNoise: true,
    defaultSteps: 50,
    grid: 'log-snr',
    takes: ['weight', 'iterations'],
    evaluations: ({ steps, weight, iterations = 3 }) => (weight === 0 ? 1 : iterations + 2) * (steps + 1),
    build: ({ weight = 1, iterations = 3, ...settings }) => guided(mmps({ weight, iterations }), reverseSde(settings)),
  },
  twisted: {
    description: 'twisted diffusion sampler: weighed particles, exact in the limit of many',
    citation: 'Wu et al. 2023, algorithm 1',
    needs: ['linear', 'vjp'],
    heedsNoise: true,
    anyNoise: true,
    defaultSteps: 100,
    grid: 'cosine',
    takes: ['particles', 'dataStd'],
    evaluations: ({ steps, particles = 16 }) => particles * (2 * steps + 1),
    build: ({ particles = 16, dataStd = 1, ...settings }) => {
      const message = `expected at most ${mostParticles}, got ${particles}`;
      checkOptions([!(particles > mostParticles), 'particles', message]);
      return twisted({ ...gridOf(settings), particles, dataStd });
    },
  },
} as const satisfies Record<string, InverseEntry>;
