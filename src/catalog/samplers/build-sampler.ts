/** @file The samplers that have a name. */
import { checkOptions } from '../../base/check.ts';
import { ConfigError, NumericalError } from '../../base/errors.ts';
import { sizeOf, type Shape } from '../../base/tensor.ts';
import type { Sampler } from '../../sample/sampler.ts';
import { givenLevels, levelsProblem } from '../../sde/time/given-levels.ts';
import type { TimeGrid } from '../../sde/time/time-grid.ts';
import { builtIn, type Catalog } from '../catalog.ts';
import { dataKindOf } from '../data-kinds/find.ts';
import { parsed } from '../config/issues.ts';
import { withKeys } from '../config/limits.ts';
import type { GridChoice } from '../grids.ts';
import { find, namesOf, unknownName } from '../named.ts';
import { notTaken } from '../config/not-taken.ts';
import { optionsOf, type Plain } from '../option.ts';
import { samplers } from './index.ts';
import type { SamplerInfo, SamplerRecord } from './sampler.ts';

export { gridNames, type GridChoice, type GridName } from '../grids.ts';
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
  /**
   * The time grid: auto, uniform, quadratic, karras, log-snr, cosine or arctan, or the noise levels sigma / alpha that are visited, from
   * that of tMax on. Default the sampler's own.
   */
  readonly grid?: GridChoice | undefined;
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
  /** Standard deviation of the scaled data, for the grid that depends on it. Default 0.5. */
  readonly sigmaData?: number | undefined;
  /** Evaluations of networks that the score of a sample costs, 2 where two are weighed by guidance; `nfe` counts those. Default 1. */
  readonly cost?: number | undefined;
}

const infos: readonly SamplerInfo[] = samplers.map(
  ({ name, description, citation, evaluationsPerStep, defaultSteps, stochastic, students }) => {
    return { name, description, citation, evaluationsPerStep, defaultSteps, stochastic, ...(students && { students }) };
  },
);

/** Every named sampler of a score. */
export const samplerList: readonly SamplerInfo[] = infos.filter(({ students }) => students === undefined);

/** The samplers of students, which end with an estimate. */
export const studentSamplerList: readonly SamplerInfo[] = infos.filter(({ students }) => students);

/** Every named sampler and one line on each. */
export const samplerNames: Readonly<Record<string, string>> = Object.fromEntries(
  infos.map(({ name, description, citation }) => [name, `${description} (${citation})`]),
);

/** Values of a sample from which on Langevin steps by norms add less variance than the step itself does: see `langevin`. */
const manyValues = 158;

/**
 * Whether samples have few dimensions, so that Langevin correctors take their step from sigma(t) and not from norms: points, and
 * images of fewer than 158 values.
 */
export function isLowDimensional(
  data: { readonly kind: string; readonly shape: Shape },
  catalog: Catalog = builtIn,
): boolean {
  return dataKindOf(data, catalog).lowDimensional || hasFewValues(data.shape);
}

/** Whether samples of a shape have fewer than 158 values, see `isLowDimensional`. */
export function hasFewValues(shape: Shape): boolean {
  return sizeOf(shape) < manyValues;
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
  const timeGrid = timeGridOf(grid, options.sigmaData, catalog);
  if (typeof timeGrid === 'string') issues.push({ path: 'grid', message: timeGrid });
  if (typeof timeGrid === 'string' || issues.length > 0) throw new ConfigError(issues);
  const own = Object.fromEntries(given.filter(([option]) => Object.hasOwn(record.options, option)));
  const settings = { steps: stepsOf(record, options), grid: timeGrid, denoiseLast, lowDimensional };
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

/** The time grid of a name or of noise levels; what is wrong where there is none. */
function timeGridOf(grid: GridChoice, sigmaData: number | undefined, { grids }: Catalog): TimeGrid | string {
  if (typeof grid !== 'string') return levelsProblem(grid) ?? givenLevels(grid);
  const known = grids.find((one) => one.name === grid);
  if (known === undefined) return unknownName(grid, namesOf(grids));
  return sigmaData === undefined ? known.grid : (known.ofData?.(sigmaData) ?? known.grid);
}

/**
 * The steps of a named sampler: as asked for, as many as the evaluations allow, or by default.
 * @throws ConfigError if there is none of this name, both steps and nfe are given, or nfe is too small for one step.
 */
export function samplerSteps(name: string, options: SamplerOptions, catalog: Catalog = builtIn): number {
  return stepsOf(find(catalog.samplers, name, 'sampler'), options);
}

/** Steps as asked for, as many as the evaluations allow, those between given levels, or by default. */
function stepsOf(record: SamplerRecord, options: SamplerOptions): number {
  const { evaluationsPerStep = 1, defaultSteps = 1, students = false } = record;
  const { steps, nfe, grid, cost = 1 } = options;
  const denoiseLast = !students && (options.denoiseLast ?? true);
  const levels = grid === undefined || typeof grid === 'string' ? undefined : grid.length;
  if (nfe === undefined) return steps ?? (levels === undefined ? defaultSteps : levels - 1);
  const least = cost * (evaluationsPerStep + Number(denoiseLast));
  const last = denoiseLast ? ` and ${cost} for the last denoising` : '';
  const each = `${cost * evaluationsPerStep} a step${last}${cost === 1 ? '' : `, ${cost} for each score under guidance`}`;
  checkOptions(
    [steps === undefined, 'nfe', 'expected either steps or nfe, got both'],
    [nfe >= least, 'nfe', `expected at least ${least} evaluations (${each}), got ${nfe}`],
  );
  return Math.floor((Math.floor(nfe / cost) - Number(denoiseLast)) / evaluationsPerStep);
}

/** An option as the command line spells it: step-size. */
function spelled(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Options of every sampler, which are chosen for its user. */
const ofAll = ['denoiseLast', 'lowDimensional', 'sigmaData', 'cost'];

function takenBy({ options, evaluationsPerStep, grid }: SamplerRecord): readonly string[] {
  const stepped = evaluationsPerStep === undefined ? [] : ['steps', 'nfe'];
  const gridded = evaluationsPerStep === undefined || grid === null ? [] : ['grid'];
  return [...stepped, ...gridded, ...Object.keys(options)];
}
