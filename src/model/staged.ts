/** @file Samples by models of growing resolution. */
import { checkOptions } from '../base/check.ts';
import { UnsupportedError } from '../base/errors.ts';
import { key, split } from '../base/key.ts';
import { concatRows } from '../base/tensor.ts';
import type { DataSet } from '../data/dataset.ts';
import { isOfLatents } from '../nn/autoencoder.ts';
import { langevin } from '../sample/correctors/langevin.ts';
import { detailVariance, halving } from '../sample/stages/halving.ts';
import { stages, type Stage } from '../sample/stages/stages.ts';
import { noiseRatio } from '../sde/time/noise-ratio.ts';
import { dataSetOf, type DataInput } from './data-input.ts';
import { modelInputs } from './density/likelihood-estimates.ts';
import type { Host } from './host.ts';
import type { Model } from './model.ts';
import { running, type RunOptions, type Running } from './running.ts';
import { drawnClasses } from './samples/drawn-classes.ts';
import { chooseSampler } from './samples/sampler-choice.ts';
import { samplesOf, type Samples } from './samples/samples.ts';
import { requireAllLevels } from './trained.ts';

/** How samples are drawn in stages. */
export interface StagesOptions {
  /**
   * Noise levels sigma / alpha, in units of the finer model's scaled data, at which the next model takes over, one fewer than models. Default the highest level of the
   * finer model where the coarser one has it too.
   */
  readonly until?: readonly number[] | undefined;
  /** s_perp^2 of the data of each model but the first, in scaled units. Default measured on its training data, which are found in Node alone. */
  readonly detail?: readonly number[] | undefined;
  /** Data of each model but the first, on which s_perp^2 is measured. Default the training data. */
  readonly data?: readonly DataInput[] | undefined;
  /** Sampler of all stages. Default what suits each model. */
  readonly sampler?: string | undefined;
  /** Steps of each stage. Default those of the sampler. */
  readonly steps?: readonly number[] | undefined;
  /** Signal-to-noise ratio of one Langevin step after each lift. Default none. */
  readonly snr?: number | undefined;
  /** Number of samples, at least 1. Default 64. */
  readonly count?: number | undefined;
  /** Seed of everything random, a whole number. Default 0. */
  readonly seed?: number | undefined;
  /** Samples that are computed together. Default 64. */
  readonly batch?: number | undefined;
}

/** How far the samples are. */
export interface StagesStep {
  /** The part of the steps that is done, 0 to 1. */
  readonly fraction: number;
  /** Index of the stage. */
  readonly stage: number;
}

/** Samples that were drawn in stages. */
export interface StagedSamples {
  readonly samples: Samples;
  /** Where each stage but the last ended. */
  readonly until: readonly number[];
  /** s_perp^2 of each lift. */
  readonly detail: readonly number[];
  /** Names of the samplers. */
  readonly samplers: readonly string[];
  /** Evaluations of a sample in each stage. */
  readonly evaluations: readonly number[];
}

/** Samples of the data on which the lost variance is measured. */
const measured = 1000;

/**
 * Draws samples by models of growing resolution, each of half the side of the next: the coarsest begins with noise, and each of the others with what the one
 * before has left at `until`.
 * @param models - from the lowest resolution on
 * @throws ConfigError if the models do not halve, their data are scaled otherwise, or a noise level is none of theirs.
 * @throws UnsupportedError if the training data are needed and cannot be found here.
 * @throws NumericalError if a sample is not finite.
 */
export function stagedSamples(
  host: Host,
  models: readonly Model[],
  { signal, onProgress, ...options }: StagesOptions & RunOptions<StagesStep> = {},
): Running<StagesStep, StagedSamples> {
  return running(() => drawn(host, models, options), { signal, onProgress });
}

async function* drawn(
  host: Host,
  models: readonly Model[],
  { sampler: named, steps, snr, count = 64, seed = 0, batch = 64, ...asked }: StagesOptions,
): AsyncGenerator<StagesStep, StagedSamples> {
  requireHalves(models);
  const lifts = models.length - 1;
  const { until = untilOf(models), detail } = asked;
  requireLength('until', until, lifts);
  requireLength('steps', steps, models.length);
  requireLength('detail', detail, lifts);
  requireLength('data', asked.data, lifts);
  const details: number[] = [];
  for (const [i, model] of models.slice(1).entries())
    details.push(detail?.[i] ?? (await detailOf(host, model, asked.data?.[i])));
  const chosen = models.map(({ trained }, i) =>
    chooseSampler(trained, { sampler: named, steps: steps?.[i], denoise: i === lifts ? undefined : false }),
  );
  const classes = classesOf(models, { count, seed });
  const stagesOf = (own: readonly Model[]): readonly Stage[] =>
    own.map(({ sde, score, trained }, i) => {
      const { sampler } = chosen[i] as (typeof chosen)[number];
      const { shape } = trained.data;
      if (i === lifts) return { sde, score, shape, sampler };
      const corrector = snr === undefined ? {} : { corrector: langevin({ snr }) };
      return { sde, score, shape, sampler, lift: { until: until[i] ?? NaN, detail: details[i] ?? NaN, ...corrector } };
    });
  const keys = split(key(seed), count);
  const parts = [];
  const evals: (readonly number[])[] = models.map(() => []);
  for (let first = 0; first < count; first += batch) {
    const own = keys.slice(first, first + batch);
    const named = classes?.slice(first, first + batch);
    const drawing = stages(stagesOf(named ? models.map((model) => givenClasses(model, named)) : models))(own);
    for (;;) {
      const next = await drawing.next();
      if (next.done === true) {
        parts.push(next.value.x);
        next.value.evalsByStage.forEach((each, i) => (evals[i] = [...(evals[i] ?? []), ...each]));
        break;
      }
      const { stage, fraction } = next.value;
      yield { fraction: (first + (own.length * (stage + fraction)) / models.length) / count, stage };
    }
  }
  const { data, name, catalog } = (models[lifts] as Model).trained;
  const evaluations = keys.map((_, row) => evals.reduce((sum, each) => sum + (each[row] ?? 0), 0));
  const samples = samplesOf(
    { host, data, name, catalog },
    {
      x: concatRows(parts),
      labels: labelsOf(models[lifts] as Model, classes, count),
      evaluations,
      status: keys.map(() => 'ok' as const),
    },
  );
  const mean = (each: readonly number[]): number => each.reduce((sum, value) => sum + value, 0) / each.length;
  return {
    samples,
    until,
    detail: details,
    samplers: chosen.map(({ name: own }) => own),
    evaluations: evals.map(mean),
  };
}

/**
 * The class of each sample where no model is given one: drawn as `drawnClasses` says for the finest model of classes, and the same in all stages.
 * @returns undefined where a model is given something, or none knows classes
 */
function classesOf(
  models: readonly Model[],
  how: { readonly count: number; readonly seed: number },
): readonly string[] | undefined {
  if (models.some(({ condition }) => condition !== undefined)) return undefined;
  const drawn = [...models].reverse().map(({ trained }) => drawnClasses(trained, how, trained.catalog));
  const { labels, names = [] } = drawn.find((one) => one !== undefined) ?? {};
  return labels?.map((label) => names[label] ?? '');
}

/** The model with the class of each sample of a batch, if it knows classes. */
function givenClasses(model: Model, names: readonly string[]): Model {
  return model.trained.net.classes > 0 && model.trained.data.classes !== undefined
    ? model.given({ class: names })
    : model;
}

/** The class of each sample as the finest model counts them; undefined of one without classes. */
function labelsOf(
  { trained, condition }: Model,
  classes: readonly string[] | undefined,
  count: number,
): readonly number[] | undefined {
  const given = condition?.labels ?? [];
  if (given.length > 0) return Array.from({ length: count }, (_, i) => given[given.length === 1 ? 0 : i] as number);
  const { names } = trained.data.classes ?? {};
  return names && classes?.map((name) => names.indexOf(name));
}

function requireLength(path: string, values: readonly unknown[] | undefined, length: number): void {
  checkOptions([
    values === undefined || values.length === length,
    path,
    `expected ${length} with commas between them for these runs, got ${values?.length}`,
  ]);
}

/** @throws ConfigError unless the models can be stages of one. */
function requireHalves(models: readonly Model[]): void {
  checkOptions([
    models.length >= 2,
    'models',
    `expected two models or more, from coarse to fine, got ${models.length}`,
  ]);
  for (const [i, { trained }] of models.entries()) {
    requireAllLevels(trained);
    const message = `expected runs of the data themselves, ${trained.name} is of latents`;
    checkOptions([!isOfLatents(trained.net), 'models', message]);
    const finer = models[i + 1]?.trained;
    if (finer === undefined) continue;
    const { shape } = finer.data;
    const axes = shape.length === 1 ? shape : shape.slice(1);
    const half = shape.map((side, axis) => (axis === 0 && shape.length > 1 ? side : side / 2));
    checkOptions([
      axes.every((side) => side % 2 === 0) && half.join() === trained.data.shape.join(),
      'models',
      `expected a run of samples [${half.join(', ')}], half the side of ${finer.name}, before it, got ${trained.name} with [${trained.data.shape.join(', ')}]`,
    ]);
    checkOptions([
      JSON.stringify(trained.data.scaler) === JSON.stringify(finer.data.scaler),
      'models',
      `expected runs whose data are scaled alike, ${trained.name} has another scale than ${finer.name}; train both with one --set range`,
    ]);
  }
}

/** The highest level of each finer model. */
function untilOf(models: readonly Model[]): readonly number[] {
  return models.slice(1).map(({ sde, trained }, i) => {
    const level = noiseRatio(sde, sde.tMax);
    const coarse = (models[i] as Model).sde;
    checkOptions([
      level / halving(trained.data.shape).factor < noiseRatio(coarse, coarse.tMax),
      'until',
      `expected the noise level at which ${trained.name} takes over, as it has learned all levels itself; 1 or 2 suit images`,
    ]);
    return level;
  });
}

async function detailOf(host: Host, { trained }: Model, data: DataInput | undefined): Promise<number> {
  if (data === undefined && host.trainingData === undefined)
    throw new UnsupportedError(
      'stages: expected the variance of the detail, or data; the training data of a model are found in Node alone',
    );
  const set = data === undefined ? ((await host.trainingData?.(trained)) as DataSet) : dataSetOf(data, trained, 'data');
  const rows = Array.from({ length: Math.min(measured, set.count) }, (_, i) =>
    Math.floor((i * set.count) / Math.min(measured, set.count)),
  );
  return detailVariance(halving(trained.data.shape), modelInputs(trained, set, rows, key(0)));
}
