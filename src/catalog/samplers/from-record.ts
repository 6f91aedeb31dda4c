/** @file A sampler made of its record, without the rest of the catalog. */
import { checkOptions } from '../../base/check.ts';
import { ConfigError, NumericalError } from '../../base/errors.ts';
import type { Sampler } from '../../sample/sampler.ts';
import { givenLevels, levelsProblem } from '../../sde/time/given-levels.ts';
import type { TimeGrid } from '../../sde/time/time-grid.ts';
import type { Catalog } from '../catalog.ts';
import { parsed } from '../config/issues.ts';
import { withKeys } from '../config/limits.ts';
import { notTaken } from '../config/not-taken.ts';
import type { GridChoice } from '../grids.ts';
import { namesOf, unknownName } from '../named.ts';
import { optionsOf } from '../option.ts';
import type { SamplerRecord } from './sampler.ts';

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

/**
 * The sampler of a record. Where a sample stops being finite, its error says what to try of the options that it takes.
 * @param catalog - has the time grids
 * @throws ConfigError as `buildSampler`.
 */
export function samplerOf(record: SamplerRecord, options: SamplerOptions, { grids }: Pick<Catalog, 'grids'>): Sampler {
  const { grid = record.grid ?? 'auto', denoiseLast = true, lowDimensional = false } = options;
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const takes = takenBy(record);
  const issues = given
    .filter(([option]) => !ofAll.includes(option) && !takes.includes(option))
    .map(([option]) => notTaken(`the sampler ${record.name}`, spelled(option), takes.map(spelled)));
  const timeGrid = timeGridOf(grid, options.sigmaData, grids);
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
function timeGridOf(grid: GridChoice, sigmaData: number | undefined, grids: Catalog['grids']): TimeGrid | string {
  if (typeof grid !== 'string') return levelsProblem(grid) ?? givenLevels(grid);
  const known = grids.find((one) => one.name === grid);
  if (known === undefined) return unknownName(grid, namesOf(grids));
  return sigmaData === undefined ? known.grid : (known.ofData?.(sigmaData) ?? known.grid);
}

/** Steps as asked for, as many as the evaluations allow, those between given levels, or by default. */
export function stepsOf(record: SamplerRecord, options: SamplerOptions): number {
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
