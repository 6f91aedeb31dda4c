/** @file Posterior samples of measured images, and what classical methods make of the same measurement. */
import { mapInto } from '../../base/map-into.ts';
import { map } from '../../base/arith.ts';
import { foldIn, key } from '../../base/key.ts';
import type { ShardRows } from '../../base/shard.ts';
import { batchOf, concatRows, sampleSize, takeRows, zeros, type Tensor } from '../../base/tensor.ts';
import type { InverseOptions } from '../../catalog/posterior-samplers/build-posterior-sampler.ts';
import type { RestorationTask } from '../../catalog/restorations/inverse-tasks.ts';
import { blackAndWhite, commonFactor, unscaled, type Scaler } from '../../data/scaler.ts';
import { changeUnits, type ChangeOfUnits } from '../../inverse/change-of-units.ts';
import { totalVariationByDiscrepancy } from '../../inverse/classical/discrepancy.ts';
import type { Decoder } from '../../inverse/decoder.ts';
import type { Measurement } from '../../inverse/measurement.ts';
import type { PosteriorSampler } from '../../inverse/problem.ts';
import { thresholded } from '../../inverse/guidance/thresholded.ts';
import type { SampleProgress } from '../../sample/sampler.ts';
import { ofEach, type Condition } from '../condition.ts';
import { compiledGuide, guidedScores, requireGuidedScore } from '../guidance.ts';
import { requireBounded, type Guide } from '../samples/divergence.ts';
import { evaluationCounter } from '../evaluation-counter.ts';
import type { Host } from '../host.ts';
import { latentUnits, requireAutoencoder } from '../../nn/autoencoder.ts';
import { previewed, type ScorePrograms } from '../score-programs.ts';
import type { TrainedModel } from '../trained.ts';

/** A posterior sampler with its name and its options. */
export interface Method {
  readonly name: string;
  /** Names of the options that the method takes. */
  readonly takes: readonly string[];
  readonly options: InverseOptions;
  readonly sampler: PosteriorSampler;
}

/** Measurements in the units of images in [0, 1], and the images that were measured where they are known. */
export interface Subjects {
  /** What people call them. */
  readonly name: string;
  /** Names the random numbers of each image. */
  readonly rows: readonly number[];
  /** Of one image for each row, `[k, ...shapeOut]`. */
  readonly measurement: Measurement;
  /** `[k, C, H, W]`, 0 to 1. */
  readonly truth?: Tensor;
  /** Expected counts of a measured value of 1, where the noise is Poisson's. */
  readonly counts?: number | undefined;
}

/** What is to be drawn. */
export interface RestorationRequest {
  readonly task: RestorationTask;
  readonly method: Method;
  readonly subjects: Subjects;
  /** Samples of each image. */
  readonly count: number;
  readonly seed: number;
  /** Samples that are computed together. */
  readonly batch: number;
  /** Which of all images the subjects are. */
  readonly range: ShardRows;
}

/** Restored images in [0, 1], as they came out: nothing is cut off. */
export interface PosteriorDraws {
  /** `[k n, C, H, W]`: n of the first image, n of the next. */
  readonly samples: Tensor;
  /** The same in the range of the model. */
  readonly x: Tensor;
  /** `[k, C, H, W]` */
  readonly means: Tensor;
  /** Standard deviations over the samples, `[k, C, H, W]`. */
  readonly spreads: Tensor;
  /** Classical reconstructions by name, `[k, C, H, W]`. */
  readonly baselines: Readonly<Record<string, Tensor>>;
  /** Weights of total variation that the noise asks for. */
  readonly tvWeights: readonly number[];
  /** Evaluations of the network, one number per sample. */
  readonly evaluations: readonly number[];
  /** Of the sampling. */
  readonly seconds: number;
}

/** One step of one batch of posterior samples. */
export interface RestorationStep {
  /** The part of the sampling that is done, 0 to 1. */
  readonly fraction: number;
  /** Samples in all. */
  readonly count: number;
  /** Index of the first sample of the batch. */
  readonly first: number;
  readonly step: number;
  readonly steps: number | undefined;
  readonly t: number;
  /** The batch as it is now, in [0, 1] where there is no noise, `[B, C, H, W]`. */
  readonly x: Tensor;
}

/** The range of a model from images in [0, 1], from black to white. */
export function modelUnits(scaler: Scaler): ChangeOfUnits {
  const factor = commonFactor(scaler);
  const [shift = 0] = scaler.shift;
  const [low, high] = blackAndWhite(scaler);
  return { factor: (high - low) * factor, offset: factor * (low - shift) };
}

/** Images of the model's range as images in [0, 1]. */
export function inUnitRange(scaler: Scaler, x: Tensor): Tensor {
  const [low, high] = blackAndWhite(scaler);
  return map(unscaled(scaler, x), (value) => (value - low) / (high - low));
}

/** Bytes as images in [0, 1]: the middles of the 256 gray levels. */
export function imagesOf(bytes: Uint8Array, shape: readonly number[]): Tensor {
  return { shape, data: mapInto(new Float64Array(bytes.length), bytes, (byte) => (byte + 0.5) / 256) };
}

/** Root mean square of the rounding to 256 gray levels: noise below it cannot be seen. */
const rounding = 1 / 256 / Math.sqrt(12);

/** What draws the samples. */
interface Source {
  readonly host: Host;
  readonly trained: TrainedModel;
  readonly programs: ScorePrograms;
  readonly condition: Condition | undefined;
}

/** Draws the samples of every image, and reconstructs it by classical methods. */
export async function* restored(
  source: Source,
  request: RestorationRequest,
): AsyncGenerator<RestorationStep, PosteriorDraws> {
  const started = performance.now();
  const { x, evaluations } = yield* draw(source, request);
  const seconds = (performance.now() - started) / 1000;
  return completed(request, source.trained.data.scaler, { x, evaluations, seconds });
}

/** Samples in the range of a model with their moments, and what classical methods make of the same measurement. */
export function completed(
  { task, subjects, count }: Pick<RestorationRequest, 'task' | 'subjects' | 'count'>,
  scaler: Scaler,
  { x, evaluations, seconds }: Pick<PosteriorDraws, 'x' | 'evaluations' | 'seconds'>,
): PosteriorDraws {
  const { measurement } = subjects;
  const samples = inUnitRange(scaler, x);
  const { means, spreads } = momentsOf(samples, count);
  const noiseStd = Math.max(measurement.noiseStd, rounding);
  const smooth = totalVariationByDiscrepancy(task.operator, measurement.y, { noiseStd, range: [0, 1] });
  const baselines = { [task.classical.name]: task.classical.inverse(measurement.y), 'total variation': smooth.x };
  return { samples, x, means, spreads, baselines, tvWeights: smooth.weights, evaluations, seconds };
}

async function* draw(
  { host, trained, programs, condition }: Source,
  { method, subjects, range, count, seed, batch }: RestorationRequest,
): AsyncGenerator<RestorationStep, { readonly x: Tensor; readonly evaluations: readonly number[] }> {
  const { process, data, net } = trained;
  const { sde } = process;
  const { measurement, rows } = subjects;
  const units = modelUnits(data.scaler);
  const inModel = changeUnits(measurement, units);
  const root = foldIn(key(seed), 'samples');
  const all = rows.flatMap((row, image) =>
    Array.from({ length: count }, (_, j) => ({ image, key: foldIn(foldIn(root, row), j) })),
  );
  const needs = { samples: range.total * count, maxBatch: batch };
  const model = await programs.of(needs);
  if (condition) requireGuidedScore(condition.guidance);
  const guide = condition && (await compiledGuide(host, trained, condition.guidance, needs));
  const decoder = decoderOf(trained, programs);
  const parts: { readonly x: Tensor; readonly evaluations: readonly number[] }[] = [];
  try {
    for (let first = 0; first < all.length; first += batch) {
      const own = all.slice(first, first + batch);
      const y = takeRows(
        inModel.y,
        own.map(({ image }) => image),
      );
      const keys = own.map((one) => one.key);
      const counter = evaluationCounter(keys.length);
      const scores = condition
        ? guidedScores(
            condition.guidance,
            { trained, model, guide },
            ofEach(condition, condition.given, keys.length),
            counter,
          )
        : counter.scores(model);
      // Where images are is known, and where latents are is not.
      const prior = decoder
        ? { sde, ...scores, decoder }
        : thresholded({ sde, ...scores }, [units.offset, units.offset + units.factor]);
      const drawing = method.sampler({ ...prior, measurement: { ...inModel, y }, shape: net.sampleShape, keys });
      const shown = previewed(programs);
      const { x, evals } = yield* stepsOf(requireBounded(drawing, sde, guidedBy(method)), async (progress) => ({
        fraction: (first + keys.length * (progress.step / (progress.steps ?? Infinity))) / all.length,
        ...{ count: all.length, first, step: progress.step, steps: progress.steps, t: progress.t },
        x: inUnitRange(data.scaler, await shown(progress)),
      }));
      parts.push({ x: await programs.toData(x), evaluations: condition ? counter.counts() : evals });
    }
  } finally {
    await guide?.dispose();
  }
  return { x: concatRows(parts.map(({ x }) => x)), evaluations: parts.flatMap((part) => part.evaluations) };
}

/** The way from what a network draws to the images that are measured; undefined where it draws those. */
function decoderOf({ net, params }: TrainedModel, { autoencoder }: ScorePrograms): Decoder | undefined {
  if (autoencoder === undefined) return undefined;
  const { decode, decodeJvp: jvp, decodeVjp: vjp } = autoencoder;
  return { decode, jvp, vjp, variance: latentUnits(requireAutoencoder(net), params).variance };
}

/** The steps of a generator in another form, and its result. */
async function* stepsOf<R>(
  source: AsyncGenerator<SampleProgress, R>,
  form: (progress: SampleProgress) => Promise<RestorationStep>,
): AsyncGenerator<RestorationStep, R> {
  try {
    for (;;) {
      const next = await source.next();
      if (next.done === true) return next.value;
      yield await form(next.value);
    }
  } finally {
    await source.return(undefined as R);
  }
}

/** What a step's length is called, and which way is safer. */
const scales = [
  ['stepSize', 'a smaller'],
  ['weight', 'a smaller'],
  ['priorWeight', 'a larger'],
] as const;

function guidedBy({ name, takes, options }: Method): Guide {
  const own = scales.find(([option]) => takes.includes(option));
  const more = ['more steps', 'or another method'];
  if (own === undefined) return { option: 'method', name, scale: undefined, tries: more };
  const [option, safer] = own;
  const value = options[option];
  const scale = value === undefined ? `${option} at its default` : `${option} = ${value}`;
  return { option: 'method', name, scale, tries: [`${safer} ${option}`, ...more] };
}

/** Means and standard deviations over each n rows. */
function momentsOf(samples: Tensor, n: number): { readonly means: Tensor; readonly spreads: Tensor } {
  const size = sampleSize(samples);
  const shape = [batchOf(samples) / n, ...samples.shape.slice(1)];
  const at = (i: number, j: number): number => samples.data[(Math.floor(i / size) * n + j) * size + (i % size)] ?? 0;
  const sum = (of: (j: number) => number): number =>
    Array.from({ length: n }, (_, j) => of(j)).reduce((a, b) => a + b, 0);
  const means = map(zeros(shape), (_, i) => sum((j) => at(i, j)) / n);
  const spreads = map(means, (mean, i) => Math.sqrt(sum((j) => (at(i, j) - mean) ** 2) / (n - 1)));
  return { means, spreads };
}
