/** @file Samples of several models at once: of the product, the mixture or the negation of their densities. */
import { checkOptions } from '../base/check.ts';
import { foldIn, key, split } from '../base/key.ts';
import { uniform } from '../base/random.ts';
import { concatRows, takeRows } from '../base/tensor.ts';
import { compositions, type CompositionName } from '../catalog/compositions.ts';
import { correctionNames, corrections } from '../catalog/corrections.ts';
import { find } from '../catalog/named.ts';
import { isOfLatents } from '../nn/autoencoder.ts';
import { annealedCorrections } from '../sample/correctors/annealed-corrections.ts';
import { predictorCorrector } from '../sample/predictor-corrector.ts';
import { ancestral } from '../sample/steps/ancestral.ts';
import type { Sampler } from '../sample/sampler.ts';
import { productOf } from '../sde/composition.ts';
import { logSnrGrid } from '../sde/time/time-grid.ts';
import { evaluationCounter } from './evaluation-counter.ts';
import type { Host } from './host.ts';
import type { Model } from './model.ts';
import { running, type RunOptions, type Running } from './running.ts';
import { samplesOf, type Samples } from './samples/samples.ts';
import { requireAllLevels, type TrainedModel } from './trained.ts';

/** How models are composed, and how samples of the composition are drawn. */
export interface CompositionOptions {
  /** `product`, `mixture` or `negation`. Default product. */
  readonly as?: string | undefined;
  /** A number for each model: exponents of a product, shares of a mixture; of a negation the second and later ones are taken away. Default what the composition has. */
  readonly weights?: readonly number[] | undefined;
  /** The chain at each noise level: `mala`, `hmc`, `mala-line`, `langevin` or `none`. Default mala where all models have energies, else mala-line. */
  readonly correct?: string | undefined;
  /** Steps of the chain at each noise level. Default 8. */
  readonly corrections?: number | undefined;
  /** Step size of the chain relative to sigma, of Langevin steps relative to sigma^2. Default 0.3. */
  readonly stepSize?: number | undefined;
  /** Noise levels on the way, in equal ratios. Default 60. */
  readonly steps?: number | undefined;
  /** Number of samples, at least 1. Default 64. */
  readonly count?: number | undefined;
  /** Seed of everything random, a whole number. Default 0. */
  readonly seed?: number | undefined;
  /** Samples that are computed together. Default 64. */
  readonly batch?: number | undefined;
}

/** How far the samples are. */
export interface CompositionStep {
  /** The part of the computation that is done, 0 to 1. */
  readonly fraction: number;
}

/** Samples of a composition. */
export interface CompositionResult {
  readonly samples: Samples;
  readonly as: CompositionName;
  readonly weights: readonly number[];
  /** The chain that was used; `none` of a mixture, which needs none. */
  readonly correct: string;
}

/**
 * Draws samples of models together. The models have learned data of one shape and scaling with one process; each may be given a condition of its own,
 * so that one model with two texts is a composition too.
 *
 * Samples of a mixture are each drawn by one of the models. Those of products and negations follow Markov chains at every noise level, because the
 * summed scores are no score of a process, see `productOf`.
 * @throws ConfigError if there are fewer than two models, they do not go together, or a correction needs energies that a network has not.
 * @throws NumericalError if a sample is not finite.
 */
export function composedSamples(
  host: Host,
  models: readonly Model[],
  { signal, onProgress, ...options }: CompositionOptions & RunOptions<CompositionStep> = {},
): Running<CompositionStep, CompositionResult> {
  return running(() => drawn(host, models, options), { signal, onProgress });
}

async function* drawn(
  host: Host,
  models: readonly Model[],
  { as = 'product', weights: asked, correct, count = 64, seed = 0, batch = 64, ...how }: CompositionOptions,
): AsyncGenerator<CompositionStep, CompositionResult> {
  const record = find(compositions, as, 'as');
  const trained = requireAlike(models);
  const weights = asked ?? record.weights(models.length);
  checkOptions([
    weights.length === models.length,
    'weights',
    `expected a number for each of the ${models.length} models, got ${weights.length}`,
  ]);
  checkOptions(...record.rules(weights));
  const powers = record.powers(weights);
  if (powers === 'one of them') {
    checkOptions([
      correct === undefined || correct === 'none',
      'correct',
      `expected none for a mixture, got ${correct}`,
    ]);
    const samples = yield* mixed(host, models, { weights, count, seed, batch });
    return { samples, as: record.name, weights, correct: 'none' };
  }
  const { name, sampler } = samplerFor(models, correct, how);
  const { score, logDensity } = productOf(
    models.map((model, i) => ({ score: model.score, logDensity: model.logDensity, weight: powers[i] ?? 0 })),
  );
  const { sde } = trained.process;
  const keys = split(key(seed), count);
  const { shape } = trained.data;
  const parts = [];
  const evaluations: number[] = [];
  for (let first = 0; first < count; first += batch) {
    const own = keys.slice(first, first + batch);
    const counter = evaluationCounter(own.length);
    const law = { score: counter.score(score), logDensity };
    const steps = sampler(logDensity)({ sde, ...law, shape, keys: own });
    for (;;) {
      const next = await steps.next();
      if (next.done === true) {
        parts.push(next.value.x);
        break;
      }
      yield { fraction: (first + own.length * (next.value.step / (next.value.steps ?? Infinity))) / count };
    }
    evaluations.push(...counter.counts().map((n) => n * models.length));
  }
  const status = keys.map(() => 'ok' as const);
  const samples = samplesOf(unitsOf(host, trained), { x: concatRows(parts), evaluations, status });
  return { samples, as: record.name, weights, correct: name };
}

const unitsOf = (host: Host, { data, name, catalog }: TrainedModel): Parameters<typeof samplesOf>[0] => ({
  ...{ host, data, name, catalog },
});

/** @throws ConfigError unless the models can be composed. */
function requireAlike(models: readonly Model[]): TrainedModel {
  const [first, ...others] = models.map(({ trained }) => trained);
  checkOptions([models.length >= 2, 'models', `expected two models or more, got ${models.length}`]);
  for (const { trained } of models) {
    requireAllLevels(trained);
    const message = `expected models of the data themselves, ${trained.name} is of latents`;
    checkOptions([!isOfLatents(trained.net), 'models', message]);
  }
  const { data, config, name } = first as TrainedModel;
  for (const other of others) {
    const shapes = [data.shape, other.data.shape].map((shape) => `[${shape.join(', ')}]`);
    checkOptions([
      shapes[0] === shapes[1],
      'models',
      `expected models of samples ${shapes[0]} as ${name} has, ${other.name} has ${shapes[1]}`,
    ]);
    checkOptions(
      [
        JSON.stringify(data.scaler) === JSON.stringify(other.data.scaler),
        'models',
        `expected models whose data are scaled alike, ${other.name} has another scale than ${name}; train both on data of one mean and deviation, or images with one --set range`,
      ],
      [
        JSON.stringify(config.sde) === JSON.stringify(other.config.sde),
        'models',
        `expected models of one process, ${name} has ${config.sde.kind} and ${other.name} ${other.config.sde.kind} with other options; train both with one --sde`,
      ],
    );
  }
  return first as TrainedModel;
}

/** The sampler of a product, by the correction that is asked for. */
function samplerFor(
  models: readonly Model[],
  correct: string | undefined,
  { steps = 60, corrections: each = 8, stepSize = 0.3 }: CompositionOptions,
): { readonly name: string; readonly sampler: (logDensity: Model['logDensity']) => Sampler } {
  const without = models.find(({ logDensity }) => logDensity === undefined);
  const suited = corrections.find(({ energies }) => !energies || without === undefined)?.name;
  const name = correct ?? suited ?? 'none';
  checkOptions([
    correctionNames.some((one) => one === name),
    'correct',
    `expected ${correctionNames.join(', ')}, got ${name}`,
  ]);
  const grid = { steps, grid: logSnrGrid };
  if (name === 'none') return { name, sampler: () => predictorCorrector({ ...grid, predictor: ancestral() }) };
  const record = find(corrections, name, 'correct');
  checkOptions([
    !record.energies || without === undefined,
    'correct',
    `expected models with energies for ${name}, ${without?.trained.name ?? ''} has a score alone; train it with --set net.energy=true, or take mala-line`,
  ]);
  const sampler = (logDensity: Model['logDensity']): Sampler =>
    annealedCorrections({ ...grid, corrector: record.build({ steps: each, stepSize, logDensity }) });
  return { name, sampler };
}

/** Samples of which each is drawn by one of the models. */
async function* mixed(
  host: Host,
  models: readonly Model[],
  { weights, count, seed, batch }: { weights: readonly number[] } & Record<'count' | 'seed' | 'batch', number>,
): AsyncGenerator<CompositionStep, Samples> {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const chosen = split(foldIn(key(seed), 'mixture'), count).map((own) => {
    let left = (uniform(own, 1)[0] ?? 0) * total;
    return Math.max(
      0,
      weights.findIndex((weight) => (left -= weight) < 0),
    );
  });
  const parts: Samples[] = [];
  const order: number[] = [];
  for (const [i, model] of models.entries()) {
    const rows = chosen.flatMap((one, row) => (one === i ? [row] : []));
    if (rows.length === 0) continue;
    const done = order.length;
    const drawing = model.sample({ count: rows.length, seed: seed + i, batch });
    for await (const { fraction } of drawing) yield { fraction: (done + rows.length * fraction) / count };
    parts.push((await drawing).samples);
    order.push(...rows);
  }
  const places = order.map((_, row) => order.indexOf(row));
  return samplesOf(unitsOf(host, (models[0] as Model).trained), {
    x: takeRows(concatRows(parts.map(({ x }) => x)), places),
    evaluations: places.map((at) => parts.flatMap(({ evaluations }) => evaluations)[at] ?? 0),
    status: places.map(() => 'ok' as const),
  });
}
