/** @file The time grid of a model for few evaluations: searched on some starts, and measured on others beside the named grids. */
import { checkOptions } from '../../base/check.ts';
import { foldIn, key, split, type Key } from '../../base/key.ts';
import { anyOf } from '../../base/words.ts';
import { builtIn } from '../../catalog/catalog.ts';
import { sigmaDataOf } from '../../catalog/config/defaults.ts';
import { find, namesOf } from '../../catalog/named.ts';
import {
  buildSampler,
  isLowDimensional,
  samplerSteps,
  type SamplerOptions,
} from '../../catalog/samplers/build-sampler.ts';
import type { SamplerRecord } from '../../catalog/samplers/sampler.ts';
import { endPointError } from '../../evaluate/end-point-error.ts';
import type { Estimate } from '../../evaluate/estimate.ts';
import { finish, type Sampler } from '../../sample/sampler.ts';
import { referenceOf } from '../../sample/tuning/reference.ts';
import { closedForms, tuneGrid, type NamedGrid, type NamedLevels } from '../../sample/tuning/tune-grid.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import type { DataInput } from '../data-input.ts';
import type { RealParts } from '../evaluation/evaluation.ts';
import type { Features } from '../evaluation/feature-extractor.ts';
import { evaluateModel, type ModelEvaluation } from '../model-evaluation.ts';
import { requireAllLevels } from '../trained.ts';
import type { Source } from './sampling.ts';

/** What a time grid is searched for. */
export interface TuneOptions {
  /** Network evaluations for each sample: one number, or several for a row each. */
  readonly nfe: number | readonly number[];
  /** Name of a sampler without noise and with steps of a fixed number. Default the model's own if it is one, else `dpm-solver-2m`. */
  readonly sampler?: string | undefined;
  /** Starts of the search, and as many others to measure with; at least 8. Default 128, or one for each class of a list. */
  readonly count?: number | undefined;
  /** Seed of the starts. Default 0. */
  readonly seed?: number | undefined;
  /** Runs of the sampler in each search at most, beside those of the named grids. Default 150. */
  readonly trials?: number | undefined;
  /** Data that samples are compared with, with the found grid and with the best named one. By default they are not. */
  readonly reference?: DataInput | RealParts | undefined;
  /** Features by which they are compared. Default as of `evaluate`: `points` for points, else `random`. */
  readonly features?: Features | undefined;
  /** Samples that are compared with data, at least 40. Default 500. */
  readonly samples?: number | undefined;
}

/** A step of a search. */
export interface TuningStep {
  /** Part of the work that is done, 0 to 1. */
  readonly fraction: number;
  /** Evaluations for each sample of the grid that is searched. */
  readonly nfe: number;
  readonly stage: 'reference' | 'search' | 'measurement' | 'evaluation';
  /** Least error so far on the starts of the search, once there is one. */
  readonly error: number | undefined;
}

/** A time grid with what was measured of it. */
export interface MeasuredGrid extends NamedLevels {
  /** Root mean square distance to the reference over all numbers of the samples, in the range of the model. */
  readonly error: Estimate;
  /** Half of the samples are nearer to the reference than this. */
  readonly medianError: number;
  /** Seconds for each sample. */
  readonly seconds: number;
  /** The comparison with data, where there is one. */
  readonly evaluation?: ModelEvaluation | undefined;
}

/** What was found for one number of evaluations. */
export interface TunedRow {
  /** Network evaluations for each sample, as the sampler takes them: at most as many as were asked for. */
  readonly nfe: number;
  readonly tuned: MeasuredGrid;
  /** The best of all named grids on the starts of the measurement, with or without their last level. */
  readonly best: MeasuredGrid;
  /** The grid that the sampler has by default. */
  readonly usual: MeasuredGrid;
}

/** The grid of a row with the least error: the one that was found, unless too few starts were searched to beat a named one. */
export function nearestOf({ tuned, best }: TunedRow): MeasuredGrid {
  return tuned.error.value <= best.error.value ? tuned : best;
}

/** Grids of a sampler. */
export interface Tuning {
  readonly sampler: string;
  /** Starts that errors were measured with. */
  readonly n: number;
  readonly rows: readonly TunedRow[];
  readonly seconds: number;
}

/** More steps than these err little on every grid, and are long to search. */
const mostSteps = 50;
const leastCount = 8;
const defaultCount = 128;
const defaultSamples = 500;

/**
 * Searches time grids of few evaluations for a model, and measures them on starts that the search has not seen.
 * @param score - the score of a batch, given the model's condition
 * @throws ConfigError if the model has not learned the score at all noise levels, the sampler adds noise or chooses its own steps, or
 * there are too few evaluations for a step.
 */
export async function* tuneModel(
  source: Source,
  score: ScoreFn,
  options: TuneOptions,
): AsyncGenerator<TuningStep, Tuning> {
  const began = performance.now();
  const { trained, catalog = builtIn } = source;
  const { seed = 0, trials, reference: data, features, samples = defaultSamples } = options;
  const { name, record, plans, count, free, settings } = planOf(source, options);
  const { sde } = trained.process;
  const request = { sde, score, shape: trained.data.shape };
  const sampler = (levels: readonly number[]): Sampler => buildSampler(name, { ...settings, grid: levels }, catalog);
  const named = catalog.grids.map((one): NamedGrid => ({
    name: one.name,
    grid: one.ofData?.(settings.sigmaData) ?? one.grid,
  }));
  /** Steps of a part of the work, all of which is one part for both references and one for each number of evaluations. */
  const steps = <P extends { readonly fraction: number; readonly error?: number }, R>(
    work: AsyncGenerator<P, R>,
    [begin, end]: readonly [number, number],
    about: Pick<TuningStep, 'nfe' | 'stage'>,
  ): AsyncGenerator<TuningStep, R> =>
    relayed(work, ({ fraction, error }) => {
      return { fraction: (begin + fraction * (end - begin)) / (plans.length + 1), error, ...about };
    });
  const keysFor = (use: string): readonly Key[] => split(foldIn(key(seed), use), count);
  const [searched, measured] = [keysFor('search'), keysFor('measurement')];
  const fine = { nfe: plans[0]?.nfe ?? 0, stage: 'reference' } as const;
  const reference = yield* steps(referenceOf({ ...request, keys: searched }), [0, 0.5], fine);
  const { end } = yield* steps(referenceOf({ ...request, keys: measured }), [0.5, 1], fine);

  const measure = async ({ name: own, levels }: NamedLevels): Promise<MeasuredGrid> => {
    const started = performance.now();
    const { x } = await finish(sampler(levels)({ ...request, keys: measured }));
    const seconds = (performance.now() - started) / 1000 / count;
    const { rms, median } = endPointError(x, end);
    return { name: own, levels, error: rms, medianError: median, seconds };
  };
  const rows: TunedRow[] = [];
  for (const [i, { nfe, steps: length }] of plans.entries()) {
    const search = { ...request, keys: searched, sampler, steps: length, free, grids: named, reference, trials };
    const after = data === undefined ? i + 1.8 : i + 1.6;
    const { levels, error } = yield* steps(tuneGrid(search), [i + 1, after], { nfe, stage: 'search' });
    const all: MeasuredGrid[] = [];
    for (const candidate of [{ name: 'tuned', levels }, ...closedForms(sde, search)]) {
      all.push(await measure(candidate));
      yield { fraction: after / (plans.length + 1), nfe, stage: 'measurement', error };
    }
    const [tuned, ...others] = all;
    const best = others.toSorted((a, b) => a.error.value - b.error.value)[0];
    const usual = others.find((one) => one.name === (record.grid ?? 'auto')) ?? best;
    if (tuned === undefined || best === undefined || usual === undefined) continue;
    const compared = async function* (grid: MeasuredGrid, part: number): AsyncGenerator<TuningStep, MeasuredGrid> {
      if (data === undefined) return grid;
      const drawing = { sampler: name, grid: grid.levels, count: samples, features, seed };
      const range = [after + part * (i + 2 - after), after + (part + 1 / 3) * (i + 2 - after)] as const;
      const found = yield* steps(evaluateModel(source, data, drawing), range, { nfe, stage: 'evaluation' });
      return { ...grid, evaluation: { ...found, drawn: undefined } };
    };
    rows.push({
      nfe,
      tuned: yield* compared(tuned, 0),
      best: yield* compared(best, 1 / 3),
      usual: yield* compared(usual, 2 / 3),
    });
  }
  return { sampler: name, n: count, rows, seconds: (performance.now() - began) / 1000 };
}

/** What is to be done, once it is known that it can be. */
interface Plan {
  readonly name: string;
  readonly record: SamplerRecord;
  /** Steps for each number of evaluations, and how many evaluations they are. */
  readonly plans: readonly { readonly nfe: number; readonly steps: number }[];
  readonly count: number;
  /** Whether the last level may be above that of tEnd. */
  readonly free: boolean;
  readonly settings: SamplerOptions & { readonly sigmaData: number };
}

function planOf({ trained, condition, catalog = builtIn }: Source, options: TuneOptions): Plan {
  requireAllLevels(trained);
  const { nfe: asked, reference, count: given } = options;
  const listed = condition?.perSample === true ? condition.labels?.length : undefined;
  const count = given ?? listed ?? defaultCount;
  const budgets = [asked].flat();
  checkOptions(
    [Number.isInteger(count) && count >= leastCount, 'count', `expected at least ${leastCount} starts, got ${count}`],
    [listed === undefined || listed === count, 'count', `expected a class for each of ${count} starts, got ${listed}`],
    [
      listed === undefined || reference === undefined,
      'reference',
      'expected none where each start has a class of its own',
    ],
    [budgets.length > 0, 'nfe', 'expected a number of evaluations, got none'],
  );
  const { name, record } = noiselessSampler(catalog.samplers, trained.sampling.sampler, options.sampler);
  const { denoise: free } = trained.sampling;
  const settings = {
    denoiseLast: free,
    lowDimensional: isLowDimensional(trained.data),
    sigmaData: sigmaDataOf(trained.data),
  };
  const cost = condition?.guidance.cost ?? 1;
  const plans = budgets.map((budget) => {
    const steps = samplerSteps(name, { ...settings, cost, nfe: budget }, catalog);
    checkOptions([
      steps <= mostSteps,
      'nfe',
      `expected at most ${mostSteps} steps, ${budget} evaluations are ${steps}`,
    ]);
    return { steps, nfe: cost * (steps * (record.evaluationsPerStep ?? 1) + Number(free)) };
  });
  return { name, record, plans, count, free, settings };
}

/** The sampler that is asked for, or the model's own if its end points depend on the starts and the grid alone, or one that does. */
function noiselessSampler(
  all: readonly SamplerRecord[],
  own: string,
  asked: string | undefined,
): { readonly name: string; readonly record: SamplerRecord } {
  const good = all.filter((one) => !one.stochastic && one.evaluationsPerStep !== undefined && one.grid !== null);
  const suited = good.find((one) => one.name === own) ?? find(good, 'dpm-solver-2m', 'sampler');
  if (asked === undefined) return { name: suited.name, record: suited };
  const record = find(all, asked, 'sampler');
  const why = record.stochastic ? 'adds noise in every step' : 'chooses its own steps';
  checkOptions([
    good.includes(record),
    'sampler',
    `expected one whose samples depend on the time grid alone, ${anyOf(namesOf(good))}; ${asked} ${why}`,
  ]);
  return { name: asked, record };
}

/** The steps of another computation in the words of this one. */
async function* relayed<P, Q, R>(source: AsyncGenerator<P, R>, word: (step: P) => Q): AsyncGenerator<Q, R> {
  try {
    for (;;) {
      const next = await source.next();
      if (next.done === true) return next.value;
      yield word(next.value);
    }
  } finally {
    await source.return(undefined as R);
  }
}
