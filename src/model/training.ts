/** @file Training a model on data in memory: steps to watch, and the model at the end. */
import { checkOptions } from '../base/check.ts';
import { key } from '../base/key.ts';
import { buildTraining, type Training } from '../catalog/build.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { defaultClasses } from '../catalog/config/default-classes.ts';
import { resolveConfig } from '../catalog/config/resolve.ts';
import { merge } from '../catalog/config/merge.ts';
import type { RunConfig } from '../catalog/config/schema.ts';
import { arraySet } from '../data/arrays/array-set.ts';
import { classCounts } from '../data/class-names.ts';
import { textCodingOf } from '../catalog/text-coding.ts';
import { classesOf, isDataSet, kindOf, sampleShape, type DataSet } from '../data/dataset.ts';
import { codingSize } from '../data/texts/text-coding.ts';
import type { NpyData } from '../data/arrays/npy.ts';
import type { DataSummary } from '../run/data-summary.ts';
import { denoising } from '../score/objectives/denoising.ts';
import { epsilon, type ParametrizationOf } from '../sde/learning/parametrization.ts';
import type { Sde } from '../sde/sde.ts';
import { averaged, train, type TrainPoint, type TrainProgress } from '../train/train.ts';
import type { DataArray } from './data-input.ts';
import { enginesFor, interleaved, type Host } from './host.ts';
import { modelOf, type Model } from './model.ts';
import { running, type RunOptions, type Running } from './running.ts';

/** A part of the configuration of a run: any of its keys. */
export type ConfigPart = { readonly [K in keyof RunConfig]?: Readonly<Record<string, unknown>> | RunConfig[K] };

/** How a model is trained. */
export interface TrainModelOptions {
  /** Training steps. Default 20000, or as many as fit in `minutes`. */
  readonly steps?: number | undefined;
  /** Minutes of training; not limited by default. */
  readonly minutes?: number | undefined;
  /** Samples of a step. Default 32 images, 64 with another network than the default, or 512 points. */
  readonly batch?: number | undefined;
  /** Seed of everything random. Default 0. */
  readonly seed?: number | undefined;
  /** Name of the network: mlp for points, score-net, ddpmpp, ncsnpp, ddpm, ncsn or ncsnv2 for images. Default mlp or ddpmpp. */
  readonly network?: string | undefined;
  /** Name of a process, or an SDE of one's own; what suits the network by default. */
  readonly process?: string | Sde | undefined;
  /** What the network predicts on an SDE of one's own: the noise by default. */
  readonly parametrization?: ParametrizationOf | undefined;
  /** Whether the network learns the classes of the data, so that samples of a class can be drawn. Default true for images of two or more classes with 100 samples each on average, else false. */
  readonly conditional?: boolean | undefined;
  /** Name of a condition on the texts of the data: words, trigrams or words-trigrams. None by default. */
  readonly condition?: string | undefined;
  /**
   * Other keys of the configuration, such as `{ net: { width: 64 }, train: { learningRate: 1e-3 } }`. Default what
   * suits the data and the network.
   */
  readonly config?: ConfigPart | undefined;
  /** The catalog that has what the options name, such as a kind of data of your own. Default that of scorefield. */
  readonly catalog?: Catalog | undefined;
}

/** What a model is trained on: a data set, an array in the layout of files, or rows of numbers. */
export type TrainingData = DataSet | DataArray | readonly (readonly number[])[];

/**
 * Training data as a set.
 * @throws FileError if the shape of an array is that of no data, or may be that of several.
 */
export function trainingSet(data: TrainingData): DataSet {
  if (isDataSet(data)) return data;
  if ('shape' in data) return arraySet({ shape: data.shape, data: typedArray(data.data) }, 'data');
  const [first = []] = data;
  return arraySet({ shape: [data.length, first.length], data: Float64Array.from(data.flat()) }, 'data');
}

function typedArray(data: ArrayLike<number>): NpyData {
  return data instanceof Uint8Array || data instanceof Float32Array ? data : Float64Array.from(data);
}

/** One step of training. */
export interface TrainingStep extends Pick<TrainProgress, 'step' | 'loss' | 'smoothedLoss' | 'gradientNorm'> {
  /** The part of all steps, or of all minutes, that is done, 0 to 1. */
  readonly fraction: number;
  /** The model as it is after this step. Ask for it within the loop, before the next step. */
  model(): Promise<Model>;
}

/**
 * Trains a model.
 * @throws ConfigError listing every option that is unknown or does not fit the data.
 * @throws NumericalError when the loss, the gradient or the update is not finite.
 */
export function trainOn(
  host: Host,
  data: TrainingData,
  options: TrainModelOptions & RunOptions<TrainingStep> = {},
): Running<TrainingStep, Model> {
  return running(() => interleaved(host, training(host, trainingSet(data), options)), options);
}

async function* training(host: Host, set: DataSet, options: TrainModelOptions): AsyncGenerator<TrainingStep, Model> {
  const { catalog } = options;
  const config = configFor(set, options);
  const built = buildTraining(config, set, catalog);
  const { process: own, parametrization = epsilon() } = options;
  const process = typeof own === 'object' ? { sde: own, parametrization: parametrization(own) } : built.process;
  const objective = typeof own === 'object' ? denoising(process) : built.objective;
  const plan = { ...built, process, objective };
  const summary = summaryOf(set, plan);
  const { steps = Infinity, minutes = Infinity, batch, seed } = config.train;
  const started = performance.now();
  const passed = (): number => (performance.now() - started) / 60_000;
  const modelAt = ({ step, state }: TrainPoint): Model => {
    const { task, net, reverseVariance, sampling } = plan;
    return modelOf(host, {
      ...{ task, config, data: summary, net, process, reverseVariance, sampling, step, params: averaged(state) },
      name: `a model of ${set.name}`,
      ownProcess: typeof own === 'object',
      catalog,
    });
  };
  const engines = await enginesFor(host, set, catalog);
  let last: Model | undefined;
  for await (const { step, loss, smoothedLoss, gradientNorm, point } of train({
    ...{ ...plan, ...engines, set, batch, key: key(seed), spent: () => Math.min(1, passed() / minutes) },
  })) {
    const ends = step >= steps || passed() >= minutes;
    if (ends) last = modelAt(await point());
    const fraction = Math.min(1, Math.max(step / steps, passed() / minutes));
    yield { step, loss, smoothedLoss, gradientNorm, fraction, model: async () => last ?? modelAt(await point()) };
    if (ends) break;
  }
  return last as Model;
}

function configFor(set: DataSet, options: TrainModelOptions): RunConfig {
  const { steps, minutes, batch, seed, network, process, conditional, config = {}, catalog } = options;
  const { condition } = options;
  const classes = classesOf(set).length;
  checkOptions([
    conditional !== true || classes > 0,
    'conditional',
    `expected data with classes, found none in ${set.name}`,
  ]);
  const named = (kind: unknown): { readonly kind?: string } => (typeof kind === 'string' ? { kind } : {});
  const [, height, width] = sampleShape(set);
  const kept = merge(config, {
    data: { ref: set.name },
    ...(condition !== undefined && { condition: named(condition) }),
    net: { ...named(network), ...(conditional === true && { classes }) },
    sde: named(process),
    train: { steps, minutes, batch, seed },
  });
  const own = conditional === undefined ? defaultClasses(set, kept, catalog) : 0;
  const asked = own === 0 ? kept : merge({ net: { classes: own } }, kept);
  const kind = { kind: kindOf(set).name, ...(height && width ? { height, width } : {}) };
  const resolved = resolveConfig(kind, asked, catalog);
  const coding = textCodingOf(resolved, set, { catalog });
  if (coding === undefined) return resolved;
  return resolveConfig(kind, merge({ net: { classes: codingSize(coding) } }, asked), catalog);
}

/** What samples need to know of the data; the content of data in memory has no fingerprint. */
function summaryOf(set: DataSet, { scaler, net, coding }: Pick<Training, 'scaler' | 'net' | 'coding'>): DataSummary {
  const names = classesOf(set);
  const summary = { kind: kindOf(set).name, shape: sampleShape(set), scaler, fingerprint: '' };
  if (coding !== undefined) return { ...summary, texts: { ...coding, fingerprint: '' } };
  return net.classes === 0 ? summary : { ...summary, classes: { names, fingerprint: '', counts: classCounts(set) } };
}
