/** @file The samplers that have a name. */
import { checkOptions } from '../../base/check.ts';
import { ConfigError, NumericalError } from '../../base/errors.ts';
import { sizeOf, type Shape } from '../../base/tensor.ts';
import type { Sampler } from '../../sample/sampler.ts';
import { builtIn, type Catalog } from '../catalog.ts';
import { parsed } from '../config/issues.ts';
import { withKeys } from '../config/limits.ts';
import { find, namesOf, unknownName } from '../named.ts';
import { notTaken } from '../config/not-taken.ts';
import { optionsOf, type Plain } from '../option.ts';
import { samplers } from './index.ts';
import type { SamplerInfo, SamplerRecord } from './sampler.ts';

export { gridNames, type GridName } from '../grids.ts';
export type { SamplerInfo } from './sampler.ts';

/** What a named sampler takes. */
export interface SamplerOptions {
  /** Intervals of the time grid, for samplers that have one. Default the sampler's own. */
  readonly steps?: number | undefined;
  /**
   * Evaluations of the score for each sample: as many steps as they allow, instead of `steps`. Not limited by
   * default.
   */
  readonly nfe?: number | undefined;
  /** Name of the time grid: auto, uniform, quadratic, karras, log-snr or cosine. Default the sampler's own. */
  readonly grid?: string | undefined;
  /** Signal-to-noise ratio of the Langevin corrector. Default the sampler's own. */
  readonly snr?: number | undefined;
  /** Noise as a factor from 0 to 1: 0 is none, 1 that of the reverse SDE. Default the sampler's own. */
  readonly eta?: number | undefined;
  /**
   * S_churn of EDM: a step raises the noise level by the share min(S_churn / N, sqrt(2) - 1) of N = steps + 1 levels.
   * Default the sampler's own.
   */
  readonly churn?: number | undefined;
  /** Step size of annealed Langevin dynamics, relative to sigma^2: 0.062 by default. */
  readonly stepSize?: number | undefined;
  /**
   * Relative tolerance of an adaptive solver, which the absolute one follows: it is equal, and of gotta-go-fast at
   * most 2/256. Default the sampler's own.
   */
  readonly tolerance?: number | undefined;
  /** Factor of the prior's draw, for solvers of the probability flow. Default 1. */
  readonly temperature?: number | undefined;
  /** Whether the last noise is removed. Default true. */
  readonly denoiseLast?: boolean | undefined;
  /**
   * Whether samples have few dimensions, where Langevin steps by norms add variance: by `isLowDimensional`.
   * Default false.
   */
  readonly lowDimensional?: boolean | undefined;
}

/** Every named sampler. */
export const samplerList: readonly SamplerInfo[] = samplers.map(
  ({ name, description, citation, evaluationsPerStep, defaultSteps, stochastic }) => {
    return { name, description, citation, evaluationsPerStep, defaultSteps, stochastic };
  },
);

/** Every named sampler and one line on each. */
export const samplerNames: Readonly<Record<string, string>> = Object.fromEntries(
  samplerList.map(({ name, description, citation }) => [name, `${description} (${citation})`]),
);

/** Values of a sample from which on Langevin steps by norms add less variance than the step itself does: see `langevin`. */
const manyValues = 158;

/**
 * Whether samples have few dimensions, so that Langevin correctors take their step from sigma(t) and not from norms: points, and
 * images of fewer than 158 values.
 */
export function isLowDimensional(data: { readonly kind: 'images' | 'points'; readonly shape: Shape }): boolean {
  return data.kind === 'points' || sizeOf(data.shape) < manyValues;
}

/**
 * A sampler by name. Where a sample stops being finite, its error says what to try of the options that it takes.
 * @throws ConfigError if there is none of this name, or it does not know an option or a time grid, if both steps and
 * nfe are given, or if nfe is too small for one step.
 */
export function buildSampler(name: string, options?: SamplerOptions): Sampler;
/** A sampler of a catalog, whose options may be others. */
export function buildSampler(name: string, options: Plain, catalog: Catalog): Sampler;
export function buildSampler(name: string, options: SamplerOptions = {}, catalog: Catalog = builtIn): Sampler {
  const record = find(catalog.samplers, name, 'sampler');
  const { grid = record.grid ?? 'auto', denoiseLast = true, lowDimensional = false } = options;
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const takes = takenBy(record);
  const issues = given
    .filter(([option]) => !ofAll.includes(option) && !takes.includes(option))
    .map(([option]) => notTaken(`the sampler ${name}`, spelled(option), takes.map(spelled)));
  const known = catalog.grids.find((one) => one.name === grid);
  if (known === undefined) issues.push({ path: 'grid', message: unknownName(grid, namesOf(catalog.grids)) });
  if (known === undefined || issues.length > 0) throw new ConfigError(issues);
  const own = Object.fromEntries(given.filter(([option]) => Object.hasOwn(record.options, option)));
  const settings = { steps: stepsOf(record, options), grid: known.grid, denoiseLast, lowDimensional };
  return advised(record.build({ ...parsed(withKeys(record.options), own), ...settings }), record);
}

function advised(sampler: Sampler, record: SamplerRecord): Sampler {
  const steps = record.evaluationsPerStep === undefined ? [] : ['more steps'];
  const own = optionsOf(record.options).flatMap(({ remedy }) => remedy ?? []);
  const tries = [...steps, ...own, 'or a model whose training did not diverge'].join(', ');
  return async function* (request) {
    try {
      return yield* sampler(request);
    } catch (cause) {
      if (cause instanceof NumericalError) throw new NumericalError(`${cause.message}; try ${tries}`, { cause });
      throw cause;
    }
  };
}

/** Steps as asked for, as many as the evaluations allow, or by default. */
function stepsOf({ evaluationsPerStep = 1, defaultSteps = 1 }: SamplerRecord, options: SamplerOptions): number {
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

/** An option as the command line spells it: step-size. */
function spelled(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Options of every sampler, which are chosen for its user. */
const ofAll = ['denoiseLast', 'lowDimensional'];

function takenBy({ options, evaluationsPerStep, grid }: SamplerRecord): readonly string[] {
  const stepped = evaluationsPerStep === undefined ? [] : ['steps', 'nfe'];
  const gridded = evaluationsPerStep === undefined || grid === null ? [] : ['grid'];
  return [...stepped, ...gridded, ...Object.keys(options)];
}
