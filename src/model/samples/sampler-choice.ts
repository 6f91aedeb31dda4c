/** @file The sampler of a model: the one that is asked for, or the one that suits the model and the budget. */
import { checkOptions, type Rule } from '../../base/check.ts';
import { anyOf } from '../../base/words.ts';
import { builtIn, type Catalog } from '../../catalog/catalog.ts';
import { sigmaDataOf } from '../../catalog/config/defaults.ts';
import {
  buildSampler,
  isLowDimensional,
  samplerSteps,
  studentSamplerList,
  type SamplerOptions,
} from '../../catalog/samplers/build-sampler.ts';
import type { Sampler } from '../../sample/sampler.ts';
import type { TrainedModel } from '../trained.ts';

/** How samples are asked for; what is left out is chosen to suit the model. */
export interface SamplerChoice extends Omit<SamplerOptions, 'denoiseLast' | 'lowDimensional' | 'sigmaData' | 'cost'> {
  /** Name of a sampler (see `samplerList`), or a sampler of one's own. Default what suits the model and `nfe`. */
  readonly sampler?: string | Sampler | undefined;
  /** Whether the noise that is left at the end is removed; true by default. */
  readonly denoise?: boolean | undefined;
}

/** A sampler with its name. */
export interface ChosenSampler {
  readonly name: string;
  readonly sampler: Sampler;
  /** Whether it adds noise on the way; of samplers of one's own that is not known. */
  readonly noisy: boolean;
}

/**
 * The choice under a guidance that changes the steps of some samplers: one of those, the first by default.
 * @throws ConfigError if another one is asked for.
 */
export function choiceUnder(
  { method, samplers }: { readonly method: string; readonly samplers?: readonly string[] | undefined },
  choice: SamplerChoice,
): SamplerChoice {
  if (samplers === undefined) return choice;
  const { sampler = samplers[0] } = choice;
  checkOptions([
    typeof sampler === 'string' && samplers.includes(sampler),
    'sampler',
    `expected ${anyOf(samplers)}, whose steps ${method} changes, got ${typeof sampler === 'string' ? sampler : 'one of your own'}`,
  ]);
  return { ...choice, sampler };
}

/**
 * Evaluations below which predictor-corrector sampling leaves noise on the samples, because its Langevin steps have not settled:
 * docs/samplers.md.
 */
const fewEvaluations = 200;

/**
 * The sampler that is asked for; else one of few evaluations where the budget is small; else the model's own, with its own number of
 * steps or evaluations unless others are asked for.
 * @param cost - evaluations of networks that the score of a sample costs; the budget `nfe`, and the model's own, is of those
 * @throws ConfigError as `buildSampler`, if a model of one noise level or a student is to be sampled by another sampler than its own, or one
 * that has learned a velocity by a sampler with noise.
 */
export function chooseSampler(
  { sampling, data }: Pick<TrainedModel, 'sampling' | 'data'>,
  choice: SamplerChoice,
  cost = 1,
  catalog: Catalog = builtIn,
): ChosenSampler {
  const { nfe } = choice;
  const hurried = sampling.sampler === 'pc' && choice.snr === undefined && (nfe ?? Infinity) < fewEvaluations * cost;
  const suited = hurried ? 'dpm-solver-2m' : sampling.sampler;
  const { sampler: named = suited, denoise = true, ...asked } = choice;
  if (typeof named === 'function') return { name: 'custom', sampler: named, noisy: false };
  checkOptions([
    !sampling.oneLevel || named === sampling.sampler,
    'sampler',
    `expected ${sampling.sampler}, as the run has learned the score at one noise level alone, got ${named}`,
  ]);
  const { stochastic } = catalog.samplers.find(({ name }) => name === named) ?? { stochastic: false };
  const noisy = stochastic || (choice.eta ?? 0) > 0 || (choice.churn ?? 0) > 0;
  checkOptions([
    !(sampling.flowOnly && noisy),
    'sampler',
    `expected a sampler of the probability flow, without noise, as the run has learned a velocity and no score; got ${named}`,
  ]);
  checkOptions(...studentRules(sampling, { ...choice, sampler: named }, cost));
  const own = named === sampling.sampler;
  // Levels that are asked for say how many steps there are.
  const unlimited = own && asked.steps === undefined && asked.nfe === undefined && typeof asked.grid !== 'object';
  const length = {
    steps: asked.steps ?? (unlimited ? sampling.steps : undefined),
    nfe: nfe ?? (unlimited ? ownNfe(sampling, cost) : undefined),
    cost,
    denoiseLast: denoise && sampling.denoise,
  };
  const { grid } = sampling;
  // Levels are those of one number of steps.
  const fits = own && (typeof grid !== 'object' || samplerSteps(named, length, catalog) === grid.length - 1);
  const options = {
    ...asked,
    ...length,
    grid: asked.grid ?? (fits ? grid : undefined),
    lowDimensional: isLowDimensional(data, catalog),
    sigmaData: sigmaDataOf(data, catalog),
  };
  return { name: named, sampler: buildSampler(named, options, catalog), noisy };
}

/** The evaluations that a model is sampled with: those of a student are its steps, whatever a step costs. */
function ownNfe({ nfe, student }: TrainedModel['sampling'], cost: number): number | undefined {
  return student === undefined || nfe === undefined ? nfe : nfe * cost;
}

/** A sampler by its name, with its length and its grid. */
type Named = Pick<SamplerChoice, 'steps' | 'nfe' | 'grid'> & { readonly sampler: string };

/**
 * What a sampler must be that takes a student: one of its own, in the steps that it has learned, if they are its own too. Of a score that
 * has learned steps the samplers of few steps take those alone.
 */
export function studentRules(sampling: TrainedModel['sampling'], named: Named, cost = 1): readonly Rule[] {
  const { student, grid = 'auto' } = sampling;
  const { sampler, grid: asked } = named;
  if (student === undefined) return leapRules(sampling, named, cost);
  const { option, taken, unit, price } = lengthOf(named, cost);
  const own = student.steps;
  const stepsWord = unit === 1 ? 'the steps' : own === 1 ? 'the step' : `the ${own} steps`;
  return [
    [
      student.samplers.includes(sampler),
      'sampler',
      `expected ${student.samplers.join(' or ')}, as the model is a student, whose estimate is where the flow ends; got ${sampler}`,
    ],
    [
      own === undefined || taken === undefined || taken === unit * own,
      option,
      `expected ${unit * Number(own)}, ${stepsWord} that the student has learned${price}, got ${taken}`,
    ],
    [
      own === undefined || asked === undefined || asked === grid,
      'grid',
      `expected ${grid}, the times that the student has learned, got ${asked}`,
    ],
  ];
}

/** How long a sampler is: steps, or evaluations, of which guidance takes more than one a step. */
function lengthOf(
  { steps, nfe }: Named,
  cost: number,
): {
  readonly option: 'steps' | 'nfe';
  readonly taken: number | undefined;
  readonly unit: number;
  readonly price: string;
} {
  if (steps !== undefined || cost === 1)
    return { option: steps === undefined ? 'nfe' : 'steps', taken: steps ?? nfe, unit: 1, price: '' };
  return { option: 'nfe', taken: nfe, unit: cost, price: ` at ${cost} evaluations each under guidance` };
}

/** Of other samplers the model is a score. */
function leapRules(
  { leaps, sampler: own, grid }: TrainedModel['sampling'],
  named: Named,
  cost: number,
): readonly Rule[] {
  const few = studentSamplerList.some(({ name }) => name === named.sampler);
  if (leaps === undefined || !few) return [];
  const { option, taken, unit, price } = lengthOf(named, cost);
  const known = taken === undefined || leaps.steps === undefined || leaps.steps.includes(taken / unit);
  const [least = 1, most] = [leaps.steps?.[0], leaps.steps?.at(-1)];
  const powers = `a power of two of ${unit * least} to ${unit * Number(most)}`;
  return [
    [
      leaps.samplers.includes(named.sampler),
      'sampler',
      `expected ${own}, or a sampler of scores, got ${named.sampler}`,
    ],
    [known, option, `expected ${powers}, the steps that the model has learned${price}, got ${taken}`],
    [
      leaps.steps === undefined || named.grid === undefined || named.grid === grid,
      'grid',
      `expected ${String(grid)}, the times that the model has learned, got ${String(named.grid)}`,
    ],
  ];
}
