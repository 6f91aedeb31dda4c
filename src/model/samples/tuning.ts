/** @file The time grid of a model for few evaluations: searched on some starts, and measured on others beside the named grids. */
import { checkOptions } from '../../base/check.ts';
import { foldIn, key, split, type Key } from '../../base/key.ts';
import { builtIn } from '../../catalog/catalog.ts';
import { sigmaDataOf } from '../../catalog/config/defaults.ts';
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
import {
  closedForms,
  tuneGrid,
  type NamedGrid,
  type NamedLevels,
  type TunedGrid,
  type TuneRequest,
} from '../../sample/tuning/tune-grid.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import type { DataInput } from '../data-input.ts';
import type { RealParts } from '../evaluation/evaluation.ts';
import type { Features } from '../evaluation/feature-extractor.ts';
import { evaluateModel, type ModelEvaluation } from '../model-evaluation.ts';
import { requireAllLevels } from '../trained.ts';
import { noiselessSamplers } from './noiseless-samplers.ts';
import type { Source } from './sampling.ts';

/** What a time grid is searched for. */
export interface TuneOptions {
  /** Network evaluations for each sample: one number, or several for a row each. */
  readonly nfe: number | readonly number[];
  /**
   * Name of a sampler without noise and with steps of a fixed number, or `any`: of all that take one evaluation a step, those two are searched whose
   * named grids are best. Default the model's own if it is one, else `dpm-solver-2m`.
   */
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
  /** Name of the sampler that goes along it. */
  readonly sampler: string;
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
  /** The best of all named grids of all samplers on the starts of the measurement, with or without their last level. */
  readonly best: MeasuredGrid;
  /** The grid that the first of the samplers has by default. */
  readonly usual: MeasuredGrid;
}

/** The grid of a row with the least error: the one that was found, unless too few starts were searched to beat a named one. */
export function nearestOf({ tuned, best }: TunedRow): MeasuredGrid {
  return tuned.error.value <= best.error.value ? tuned : best;
}

/** Grids of a sampler, or of several. */
export interface Tuning {
  /** What was asked for: a sampler, or `any`. */
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
  const { name, candidates, plans, count, free, settings } = planOf(source, options);
  const { sde } = trained.process;
  const request = { sde, score, shape: trained.net.sampleShape };
  const along =
    (one: string) =>
    (levels: readonly number[]): Sampler =>
      buildSampler(one, { ...settings, grid: levels }, catalog);
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

  /** The best grid of all samplers: of several, those two are searched whose named grids are best. */
  const searchAmong = async function* (
    search: Omit<TuneRequest, 'sampler'>,
    [begin, end]: readonly [number, number],
    about: Pick<TuningStep, 'nfe' | 'stage'>,
  ): AsyncGenerator<TuningStep, (TunedGrid & { readonly sampler: string }) | undefined> {
    const middle = candidates.length > 1 ? (begin + end) / 2 : begin;
    const part = (k: number, n: number, [from, to]: readonly [number, number]): readonly [number, number] => [
      from + (k * (to - from)) / n,
      from + ((k + 1) * (to - from)) / n,
    ];
    const ranked: { readonly record: SamplerRecord; readonly error: number }[] = [];
    for (const [k, record] of candidates.length > 1 ? candidates.entries() : []) {
      const range = part(k, candidates.length, [begin, middle]);
      const { error } = yield* steps(tuneGrid({ ...search, sampler: along(record.name), trials: 0 }), range, about);
      ranked.push({ record, error });
    }
    const first = ranked.toSorted((one, other) => one.error - other.error).slice(0, 2);
    const chosen = first.length === 0 ? candidates : first.map(({ record }) => record);
    let best: (TunedGrid & { readonly sampler: string }) | undefined;
    for (const [k, { name: sampler }] of chosen.entries()) {
      const range = part(k, chosen.length, [middle, end]);
      const found = yield* steps(tuneGrid({ ...search, sampler: along(sampler), trials }), range, about);
      if (found.error < (best?.error ?? Infinity)) best = { ...found, sampler };
    }
    return best;
  };
  const measure = async (sampler: string, { name: own, levels }: NamedLevels): Promise<MeasuredGrid> => {
    const started = performance.now();
    const { x } = await finish(along(sampler)(levels)({ ...request, keys: measured }));
    const seconds = (performance.now() - started) / 1000 / count;
    const { rms, median } = endPointError(x, end);
    return { sampler, name: own, levels, error: rms, medianError: median, seconds };
  };
  const rows: TunedRow[] = [];
  for (const [i, { nfe, steps: length }] of plans.entries()) {
    const search = { ...request, keys: searched, steps: length, free, grids: named, reference };
    const after = data === undefined ? i + 1.8 : i + 1.6;
    const stage = { nfe, stage: 'search' } as const;
    const nearest = yield* searchAmong(search, [i + 1, after], stage);
    if (nearest === undefined) continue;
    const all: MeasuredGrid[] = [];
    const forms = closedForms(sde, search);
    for (const [own, candidate] of [
      [nearest.sampler, { name: 'tuned', levels: nearest.levels }] as const,
      ...candidates.flatMap(({ name: one }) => forms.map((form) => [one, form] as const)),
    ]) {
      all.push(await measure(own, candidate));
      yield { fraction: after / (plans.length + 1), nfe, stage: 'measurement', error: nearest.error };
    }
    const [tuned, ...others] = all;
    const best = others.toSorted((a, b) => a.error.value - b.error.value)[0];
    const usual = others.find((one) => one.name === (candidates[0]?.grid ?? 'auto')) ?? best;
    if (tuned === undefined || best === undefined || usual === undefined) continue;
    const compared = async function* (grid: MeasuredGrid, part: number): AsyncGenerator<TuningStep, MeasuredGrid> {
      if (data === undefined) return grid;
      const drawing = { sampler: grid.sampler, grid: grid.levels, count: samples, features, seed };
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
  /** The samplers among which it is searched, the one that the model has by default first. */
  readonly candidates: readonly SamplerRecord[];
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
  const { name, candidates } = noiselessSamplers(catalog.samplers, trained.sampling.sampler, options.sampler);
  const { evaluationsPerStep = 1, name: first = name } = candidates[0] ?? {};
  const { denoise: free } = trained.sampling;
  const settings = {
    denoiseLast: free,
    lowDimensional: isLowDimensional(trained.data),
    sigmaData: sigmaDataOf(trained.data),
  };
  const cost = condition?.guidance.cost ?? 1;
  const plans = budgets.map((budget) => {
    const steps = samplerSteps(first, { ...settings, cost, nfe: budget }, catalog);
    checkOptions([
      steps <= mostSteps,
      'nfe',
      `expected at most ${mostSteps} steps, ${budget} evaluations are ${steps}`,
    ]);
    return { steps, nfe: cost * (steps * evaluationsPerStep + Number(free)) };
  });
  return { name, candidates, plans, count, free, settings };
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
