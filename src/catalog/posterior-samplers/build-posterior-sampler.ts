/** @file The posterior samplers that have a name. */
import { checkOptions } from '../../base/check.ts';
import { ConfigError } from '../../base/errors.ts';
import type { PosteriorSampler } from '../../inverse/problem.ts';
import { builtIn, type Catalog } from '../catalog.ts';
import { parsed } from '../config/issues.ts';
import { withKeys } from '../config/limits.ts';
import { find, namesOf, unknownName } from '../named.ts';
import { notTaken } from '../config/not-taken.ts';
import type { Plain } from '../option.ts';
import { posteriorSamplers } from './index.ts';
import type { InverseNeed, PosteriorSamplerRecord } from './posterior-sampler.ts';

export type { InverseNeed } from './posterior-sampler.ts';

/** What a named posterior sampler takes. */
export interface InverseOptions {
  /** Intervals of the time grid. Default the method's own. */
  readonly steps?: number | undefined;
  /** Evaluations of the score for each sample, in the place of steps. Not limited by default. */
  readonly nfe?: number | undefined;
  /** Name of the time grid: auto, uniform, quadratic, karras, log-snr, cosine or arctan. Default the method's own. */
  readonly grid?: string | undefined;
  /**
   * Weight of the measurement: lambda of projections, factor of likelihood terms; 0 is the prior. Default the
   * method's own.
   */
  readonly weight?: number | undefined;
  /** Weight lambda of the prior against the misfit. Default the method's own. */
  readonly priorWeight?: number | undefined;
  /** zeta of DPS, in the units of the samples. Default the method's own. */
  readonly stepSize?: number | undefined;
  /** Share of a step's noise that is new, in variance: zeta of DiffPIR. Default the method's own. */
  readonly freshNoise?: number | undefined;
  /** Standard deviation of the data, in the model's range. Default the method's own. */
  readonly dataStd?: number | undefined;
  /** Iterations of conjugate gradients in each step. Default the method's own. */
  readonly iterations?: number | undefined;
  /** Particles of each sample. Default the method's own. */
  readonly particles?: number | undefined;
  /** New noise of DDRM where the measurement says little, as a share of all noise from 0 to 1. Default the method's own. */
  readonly eta?: number | undefined;
  /** Share of the measurement in DDRM's mean where it says much. Default the method's own. */
  readonly etaB?: number | undefined;
  /** Steps of RePaint's jumps. Default the method's own. */
  readonly jumpLength?: number | undefined;
  /** How often RePaint walks each part of the grid. Default the method's own. */
  readonly resamplings?: number | undefined;
  /** Signal-to-noise ratio of the Langevin corrector. Default the method's own. */
  readonly snr?: number | undefined;
  /**
   * Whether samples have few dimensions, where the norm of one score says little about the noise level. Default
   * false.
   */
  readonly lowDimensional?: boolean | undefined;
}

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
  readonly takes: readonly string[];
}

/** What is listed of a posterior sampler. */
function inverseInfo(record: PosteriorSamplerRecord): InverseInfo {
  const { name, description, citation, needs, heedsNoise, anyNoise, defaultSteps, options } = record;
  return { name, description, citation, needs, heedsNoise, anyNoise, defaultSteps, takes: Object.keys(options) };
}

/** Every named posterior sampler. */
export const inverseList: readonly InverseInfo[] = posteriorSamplers.map(inverseInfo);

/**
 * A posterior sampler by name, with its defaults where no other values are given.
 * @throws ConfigError if there is none of this name, or it does not know an option or a time grid.
 */
export function buildPosteriorSampler(name: string, options?: InverseOptions): PosteriorSampler;
/** A posterior sampler of a catalog, whose options may be others. */
export function buildPosteriorSampler(name: string, options: Plain, catalog: Catalog): PosteriorSampler;
export function buildPosteriorSampler(
  name: string,
  options: InverseOptions = {},
  catalog: Catalog = builtIn,
): PosteriorSampler {
  const record = find(catalog.posteriorSamplers, name, 'method');
  const { grid = record.grid ?? 'auto', lowDimensional = false } = options;
  const takes = ['steps', 'nfe', 'grid', ...Object.keys(record.options)];
  const issues = Object.entries(options)
    .filter(([option, value]) => value !== undefined && option !== 'lowDimensional' && !takes.includes(option))
    .map(([option]) => notTaken(`the method ${name}`, option, takes));
  const known = catalog.grids.find((one) => one.name === grid);
  if (known === undefined) issues.push({ path: 'grid', message: unknownName(grid, namesOf(catalog.grids)) });
  if (known === undefined || issues.length > 0) throw new ConfigError(issues);
  const settings = { ...ownOf(record, options), steps: stepsOf(record, options), grid: known.grid, lowDimensional };
  const cost = record.evaluations(settings);
  const message = `expected at most ${mostEvaluations} evaluations for a sample, these options take ${cost}`;
  checkOptions([!(cost > mostEvaluations), name, message]);
  return record.build(settings);
}

/**
 * The steps of a named posterior sampler: as asked for, as many as the evaluations allow, or by default.
 * @param options.cost - evaluations of networks that the score of a sample costs, which `nfe` counts; 1 by default
 * @throws ConfigError if there is none of this name, both steps and nfe are given, or nfe is too small for one step.
 */
export function posteriorSteps(
  name: string,
  { cost, ...options }: InverseOptions & { readonly cost?: number | undefined },
  catalog: Catalog = builtIn,
): number {
  return stepsOf(find(catalog.posteriorSamplers, name, 'method'), options, cost);
}

/** The own options of a method, with their defaults. */
function ownOf({ options: entries }: PosteriorSamplerRecord, options: InverseOptions): Plain {
  const own = Object.entries(options).filter(([name]) => Object.hasOwn(entries, name));
  return parsed(withKeys(entries), Object.fromEntries(own));
}

/** Steps and evaluations end here: beyond it lies a slip of the pen. */
const mostEvaluations = 1e7;

function stepsOf(record: PosteriorSamplerRecord, options: InverseOptions, cost = 1): number {
  const { steps, nfe } = options;
  for (const [name, value = 1] of Object.entries({ steps, nfe }))
    checkOptions([
      Number.isInteger(value) && value >= 1 && value <= mostEvaluations,
      name,
      `expected a whole number of 1 to ${mostEvaluations}, got ${value}`,
    ]);
  if (nfe === undefined) return steps ?? record.defaultSteps;
  const own = ownOf(record, options);
  const costOf = (count: number): number => cost * record.evaluations({ ...own, steps: count });
  const least = costOf(1);
  checkOptions(
    [steps === undefined, 'nfe', 'expected either steps or nfe, got both'],
    [nfe >= least, 'nfe', `expected at least ${least} evaluations, those of one step, got ${nfe}`],
  );
  let [low, high] = [1, nfe + 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (costOf(middle) <= nfe) low = middle;
    else high = middle;
  }
  return low;
}
