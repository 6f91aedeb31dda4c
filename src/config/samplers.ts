/** @file The samplers that have a name. */
import { ConfigError } from '../base/errors.ts';
import { ancestral } from '../sample/ancestral.ts';
import { eulerMaruyama } from '../sample/euler-maruyama.ts';
import { langevin } from '../sample/langevin.ts';
import { predictorCorrector } from '../sample/predictor-corrector.ts';
import { probabilityFlow } from '../sample/probability-flow.ts';
import { reverseDiffusion } from '../sample/reverse-diffusion.ts';
import type { Sampler } from '../sample/sampler.ts';

/** What a named sampler can be told. */
export interface SamplerOptions {
  /** Intervals of the time grid, for samplers that have one. */
  readonly steps?: number | undefined;
  /** Signal-to-noise ratio of the Langevin corrector. */
  readonly snr?: number | undefined;
  /** Relative and absolute tolerance of the ODE solver. */
  readonly tolerance?: number | undefined;
  /** Whether the last noise is removed. */
  readonly denoiseLast?: boolean | undefined;
  /** Whether samples have few dimensions, where the norm of one score says little about the noise level. */
  readonly lowDimensional?: boolean | undefined;
}

interface Entry {
  readonly description: string;
  readonly takes: readonly (keyof SamplerOptions)[];
  readonly build: (options: SamplerOptions) => Sampler;
}

const gridOptions = ['steps', 'denoiseLast', 'lowDimensional'] as const;

const table = {
  pc: {
    description:
      'reverse diffusion with a Langevin corrector (Song et al. 2021, algorithm 1); default 500 steps, 2 evaluations each',
    takes: [...gridOptions, 'snr'],
    build: ({ steps = 500, snr = 0.16, denoiseLast = true, lowDimensional = false }) =>
      predictorCorrector({
        steps,
        denoiseLast,
        predictor: reverseDiffusion(),
        corrector: langevin({ snr, stepSize: lowDimensional ? 'sigma' : 'norm' }),
      }),
  },
  'euler-maruyama': {
    description: 'the reverse SDE by Euler-Maruyama; default 1000 steps',
    takes: gridOptions,
    build: ({ steps = 1000, denoiseLast = true }) =>
      predictorCorrector({ steps, denoiseLast, predictor: eulerMaruyama() }),
  },
  'reverse-diffusion': {
    description: 'the reverse SDE in the steps of the forward one (Song et al. 2021, appendix E); default 1000 steps',
    takes: gridOptions,
    build: ({ steps = 1000, denoiseLast = true }) =>
      predictorCorrector({ steps, denoiseLast, predictor: reverseDiffusion() }),
  },
  ancestral: {
    description: 'ancestral sampling (Ho et al. 2020, algorithm 2, for any SDE); default 250 steps',
    takes: gridOptions,
    build: ({ steps = 250, denoiseLast = true }) => predictorCorrector({ steps, denoiseLast, predictor: ancestral() }),
  },
  ode: {
    description: 'probability-flow ODE by Dormand-Prince with step control per sample; default tolerance 1e-4',
    takes: ['tolerance', 'denoiseLast', 'lowDimensional'],
    build: ({ tolerance = 1e-4, denoiseLast = true }) =>
      probabilityFlow({ rtol: tolerance, atol: tolerance, denoiseLast }),
  },
} as const satisfies Record<string, Entry>;

/** A named sampler. */
export type SamplerName = keyof typeof table;

/** Every named sampler and one line on each. */
export const samplerNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(table).map(([name, { description }]) => [name, description]),
);

/**
 * A sampler by name.
 * @throws ConfigError if there is none of this name, or it does not know an option.
 */
export function buildSampler(name: string, options: SamplerOptions = {}): Sampler {
  const entries: Readonly<Record<string, Entry>> = table;
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry === undefined)
    throw new ConfigError([{ path: 'sampler', message: `expected ${Object.keys(table).join(', ')}, got ${name}` }]);
  const issues = Object.entries(options)
    .filter(([option, value]) => value !== undefined && !entry.takes.some((known) => known === option))
    .map(([option]) => ({ path: option, message: `the sampler ${name} does not take it` }));
  if (issues.length > 0) throw new ConfigError(issues);
  return entry.build(options);
}
