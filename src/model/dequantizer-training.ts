/** @file Training of the learned noise that makes the bytes of images continuous for the likelihoods of a model. */
import { dequantizerDefaults } from './choices.ts';
import { checkOptions, type Rule } from '../base/check.ts';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import { key } from '../base/key.ts';
import type { DataSet } from '../data/dataset.ts';
import { isOfBytes } from '../data/float-images.ts';
import { commonFactor } from '../data/scaler.ts';
import { dequantizer } from '../nn/dequantizer.ts';
import { layout } from '../nn/network.ts';
import type { DequantizerFacts, StoredDequantizer } from '../run/dequantizer.ts';
import { dequantization } from '../score/objectives/dequantization.ts';
import { train, type TrainPoint, type TrainProgress } from '../train/train.ts';
import { interleaved, type Host } from './host.ts';
import { running, type RunOptions, type Running } from './running.ts';
import { requireAllLevels, type TrainedModel } from './trained.ts';

/** How a dequantizer is trained. */
export interface DequantizerTrainingOptions {
  /** Training steps in all. Default 2000, or as many as fit in `minutes`. */
  readonly steps?: number | undefined;
  /** Minutes of this training; not limited by default. */
  readonly minutes?: number | undefined;
  /** Images of a step. Default 32. */
  readonly batch?: number | undefined;
  /** Coupling layers. Default 4. */
  readonly layers?: number | undefined;
  /** Channels of each layer. Default 32. */
  readonly width?: number | undefined;
  /** Step size of Adam. Default 0.001. */
  readonly learningRate?: number | undefined;
  /** Seed of everything random. Default 0. */
  readonly seed?: number | undefined;
  /** The training that goes on, with its own settings; a new one by default. */
  readonly from?: StoredDequantizer | undefined;
}

/** A dequantizer at a moment of its training, with all that is written to its file. */
export interface DequantizerMoment extends DequantizerFacts {
  readonly point: TrainPoint;
}

/** One step of the training. */
export interface DequantizerStep extends Pick<TrainProgress, 'step' | 'loss' | 'smoothedLoss'> {
  /** The part of all steps, or of all minutes, that is done, 0 to 1. */
  readonly fraction: number;
  /** Numbers that are trained. */
  readonly parameters: number;
  /** The dequantizer after this step. Ask for it within the loop, before the next step. */
  moment(): Promise<DequantizerMoment>;
}

/** Steps over which the learning rate rises. */
const warmup = 100;

/**
 * Trains a dequantizer by the variational bound of a model of images, whose network stays as it is. Losses are upper bounds of the
 * bits per dimension.
 * @throws ConfigError if the model is not one of images that has learned the score at all noise levels, or the training that goes
 * on has other settings, another score, or all of the steps.
 * @throws NumericalError when the loss, the gradient or the update is not finite.
 */
export function trainDequantizerOn(
  { host, trained }: { readonly host: Host; readonly trained: TrainedModel },
  set: DataSet,
  { signal, onProgress, ...options }: DequantizerTrainingOptions & RunOptions<DequantizerStep> = {},
): Running<DequantizerStep, DequantizerMoment> {
  return running(() => interleaved(host, training(host, trained, { set, options })), { signal, onProgress });
}

/**
 * Checks what can be checked before there are data.
 * @throws ConfigError as `trainDequantizerOn`.
 */
export function checkDequantizerTraining(trained: TrainedModel, options: DequantizerTrainingOptions): void {
  requireAllLevels(trained);
  const { from } = options;
  const { name, pictures } = dataKindOf(trained.data, trained.catalog);
  const found = pictures === undefined ? name : 'floats';
  checkOptions([
    isOfBytes(trained.data.scaler),
    'model',
    `expected a run of images of bytes, found one of ${found}, which are no bytes`,
  ]);
  if (from === undefined) return;
  const { step } = from.from;
  const own = { ...from.options, ...from.training };
  const steps = stepsOf(options);
  checkOptions(
    [
      from.step === trained.step,
      'resume',
      `this dequantizer was trained with the score of step ${from.step}, the latest is of step ${trained.step}; give --checkpoint, or train it anew`,
    ],
    [steps > step, 'steps', `expected more than the ${step} that this dequantizer has, got ${steps}`],
    ...(['layers', 'width', 'batch', 'learningRate', 'seed'] as const).map((name): Rule => {
      const asked = options[name] ?? own[name];
      return [asked === own[name], name, `this dequantizer has ${own[name]}, got ${asked}`];
    }),
  );
}

function stepsOf({ steps, minutes }: DequantizerTrainingOptions): number {
  return steps ?? (minutes === undefined ? dequantizerDefaults.steps : Infinity);
}

async function* training(
  host: Host,
  trained: TrainedModel,
  { set, options: asked }: { readonly set: DataSet; readonly options: DequantizerTrainingOptions },
): AsyncGenerator<DequantizerStep, DequantizerMoment> {
  checkDequantizerTraining(trained, asked);
  const { net, params, process, data } = trained;
  const { scaler } = data;
  const { minutes = Infinity, from } = asked;
  const own = dequantizerDefaults;
  const { layers = own.layers, width = own.width } = asked;
  const { batch = own.batch, learningRate = own.learningRate, seed = own.seed } = asked;
  const facts = {
    options: from?.options ?? { layers, width },
    training: from?.training ?? { batch, learningRate, seed },
    step: trained.step,
  };
  const flow = dequantizer(data.shape, facts.options);
  const range = { factor: commonFactor(scaler), shift: scaler.shift[0] ?? 0 };
  const objective = dequantization({ net, params, process }, flow, range);
  const steps = stepsOf(asked);
  const { trained: parameters } = layout(flow.net);
  const started = performance.now();
  let last: DequantizerMoment | undefined;
  for await (const { step, loss, smoothedLoss, point } of train({
    ...{ backend: await host.backend(1), set, scaler, net: flow.net, process, objective },
    batch: facts.training.batch,
    key: key(facts.training.seed),
    optimizer: { learningRate: facts.training.learningRate, warmup },
    ...(from && { from: from.from }),
  })) {
    const passed = (performance.now() - started) / 60_000;
    const moment = async (): Promise<DequantizerMoment> => ({ ...facts, point: await point() });
    const ends = step >= steps || passed >= minutes;
    if (ends) last = await moment();
    const fraction = Math.min(1, Math.max(step / steps, passed / minutes));
    yield { step, loss, smoothedLoss, fraction, parameters, moment: async () => last ?? moment() };
    if (ends) break;
  }
  return last as DequantizerMoment;
}
