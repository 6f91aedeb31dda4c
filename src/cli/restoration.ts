/** @file Posterior samples of measured images under a run, and what classical methods make of the same measurement. */
import { mapInto } from '../base/map-into.ts';
import { combine, map, rmsPerSample } from '../base/arith.ts';
import { foldIn, key } from '../base/key.ts';
import { batchOf, concatRows, sampleSize, takeRows, zeros, type Tensor } from '../base/tensor.ts';
import type { LoadedRun } from '../run/load.ts';
import type { InverseOptions } from '../catalog/inverse.ts';
import type { RestorationTask } from '../catalog/inverse-tasks.ts';
import { blackAndWhite, commonFactor, unscaled, type Scaler } from '../data/scaler.ts';
import { psnr, ssim } from '../evaluate/image-quality.ts';
import { changeUnits, type ChangeOfUnits } from '../inverse/change-of-units.ts';
import { totalVariationByDiscrepancy } from '../inverse/discrepancy.ts';
import type { Measurement } from '../inverse/measurement.ts';
import type { InverseProblem, PosteriorSampler } from '../inverse/problem.ts';
import { thresholded } from '../inverse/thresholded.ts';
import { followed, type Guide } from './divergence.ts';
import type { Terminal } from './shell/terminal.ts';

/** A posterior sampler with its name and what it was told. */
export interface Method {
  readonly name: string;
  /** Options that the method takes. */
  readonly takes: readonly string[];
  readonly options: InverseOptions;
  readonly sampler: PosteriorSampler;
}

/** What is to be restored, in the user's units: images in [0, 1]. */
export interface RestorationRequest {
  readonly task: RestorationTask;
  readonly method: Method;
  /** Of one image for each row, `[k, ...shapeOut]`. */
  readonly measurement: Measurement;
  /** Names the random numbers of each image. */
  readonly rows: readonly number[];
  /** Samples of each image. */
  readonly n: number;
  readonly seed: number;
  /** Samples that are computed together. */
  readonly batch: number;
}

/** Restored images in [0, 1], as they came out: nothing is cut off. */
export interface Restoration {
  /** `[k n, C, H, W]`: n of the first image, n of the next. */
  readonly samples: Tensor;
  /** `[k, C, H, W]` */
  readonly means: Tensor;
  /** Standard deviations over the samples, `[k, C, H, W]`. */
  readonly spreads: Tensor;
  /** Classical reconstructions by name, `[k, C, H, W]`. */
  readonly baselines: Readonly<Record<string, Tensor>>;
  /** Weights of total variation that the noise asks for. */
  readonly tvWeights: readonly number[];
  /** Evaluations of the network for each sample. */
  readonly evals: readonly number[];
  /** Of the sampling. */
  readonly seconds: number;
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

/** Bytes as images in [0, 1]: the middles of the 256 grey levels. */
export function imagesOf(bytes: Uint8Array, shape: readonly number[]): Tensor {
  return { shape, data: mapInto(new Float64Array(bytes.length), bytes, (byte) => (byte + 0.5) / 256) };
}

/** Root mean square of the rounding to 256 grey levels: noise below it cannot be told. */
const rounding = 1 / 256 / Math.sqrt(12);

/** The score of the prior for a number of samples; `evals` counts evaluations of networks where one of it takes several. */
export type PriorOf = (samples: number) => Pick<InverseProblem, 'score' | 'scoreVjp'> & {
  readonly evals?: () => readonly number[];
};

/** Draws the samples of every image, and reconstructs it by classical methods. */
export async function restore(
  { process, data }: LoadedRun,
  priorOf: PriorOf,
  request: RestorationRequest,
  out: Terminal,
): Promise<Restoration> {
  const { task, measurement, n } = request;
  const started = performance.now();
  const { x, evals } = await draw({ process, data }, priorOf, request, out);
  const seconds = (performance.now() - started) / 1000;
  const samples = inUnitRange(data.scaler, x);
  const { means, spreads } = momentsOf(samples, n);
  const noiseStd = Math.max(measurement.noiseStd, rounding);
  out.progress('total variation');
  const smooth = totalVariationByDiscrepancy(task.operator, measurement.y, { noiseStd, range: [0, 1] });
  const baselines = { [task.classical.name]: task.classical.inverse(measurement.y), 'total variation': smooth.x };
  return { samples, means, spreads, baselines, tvWeights: smooth.weights, evals, seconds };
}

async function draw(
  { process: { sde }, data }: Pick<LoadedRun, 'process' | 'data'>,
  priorOf: PriorOf,
  { method, measurement, rows, n, seed, batch }: RestorationRequest,
  out: Terminal,
): Promise<{ readonly x: Tensor; readonly evals: readonly number[] }> {
  const units = modelUnits(data.scaler);
  const inModel = changeUnits(measurement, units);
  const root = foldIn(key(seed), 'samples');
  const all = rows.flatMap((row, image) =>
    Array.from({ length: n }, (_, j) => ({ image, key: foldIn(foldIn(root, row), j) })),
  );
  const parts: { readonly x: Tensor; readonly evals: readonly number[] }[] = [];
  for (let begin = 0; begin < all.length; begin += batch) {
    const own = all.slice(begin, begin + batch);
    const y = takeRows(
      inModel.y,
      own.map(({ image }) => image),
    );
    const keys = own.map((one) => one.key);
    const scores = priorOf(keys.length);
    const prior = thresholded({ sde, ...scores }, [units.offset, units.offset + units.factor]);
    const drawing = method.sampler({ ...prior, measurement: { ...inModel, y }, shape: data.shape, keys });
    const { x, evals } = await followed(drawing, { sde, guide: guideOf(method) }, ({ step, steps, x }) => {
      const which = `samples ${begin + 1} to ${begin + batchOf(x)} of ${all.length}`;
      out.progress(`${which}: step ${step}${steps === undefined ? '' : ` of ${steps}`}`);
    });
    parts.push({ x, evals: scores.evals?.() ?? evals });
  }
  return { x: concatRows(parts.map(({ x }) => x)), evals: parts.flatMap(({ evals }) => evals) };
}

/** What a step's length is called, and which way is safer. */
const scales = [
  ['stepSize', 'a smaller'],
  ['weight', 'a smaller'],
  ['priorWeight', 'a larger'],
] as const;

function guideOf({ name, takes, options }: Method): Guide {
  const own = scales.find(([option]) => takes.includes(option));
  const more = ['more --steps', 'or another --method'];
  if (own === undefined) return { option: '--method', name, scale: undefined, tries: more };
  const [option, safer] = own;
  const value = options[option];
  const scale = value === undefined ? `${option} at its default` : `${option} = ${value}`;
  return { option: '--method', name, scale, tries: [`${safer} ${option} (--set ${option}=...)`, ...more] };
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

/** How good a reconstruction is. */
export interface Quality {
  /** In decibels, for values cut off to [0, 1]; Infinity for equal images. */
  readonly psnr?: number;
  /** Of images of 11 pixels or more. */
  readonly ssim?: number;
  /** Root mean square of y - A x, for images in [0, 1]. */
  readonly misfit: number;
  /** The same relative to the noise, of each count its own, about 1 for samples of the posterior; none where there is no noise. */
  readonly residual?: number;
}

/**
 * The quality of each row.
 * @param x - `[k m, C, H, W]`: m reconstructions of each image
 * @param truth - `[k, C, H, W]`
 */
export function qualities(x: Tensor, measurement: Measurement, truth?: Tensor): readonly Quality[] {
  const { operator, y, noiseStd, noise } = measurement;
  const m = batchOf(x) / batchOf(y);
  const image = Array.from({ length: batchOf(x) }, (_, i) => Math.floor(i / m));
  const clean = operator.apply(x);
  const apart = combine([1, takeRows(y, image)], [-1, clean]);
  const misfits = rmsPerSample(apart, () => 1);
  const variances = noise?.varianceOf(clean);
  const relative = variances && rmsPerSample(map(apart, (value, i) => value / Math.sqrt(variances.data[i] ?? 1)), () => 1); // prettier-ignore
  const reference = truth && takeRows(truth, image);
  const shown = map(x, (value) => Math.min(1, Math.max(0, value)));
  const large = Math.min(...x.shape.slice(2)) >= 11;
  const decibels = reference && psnr(shown, reference, { dataRange: 1 });
  const similarity = reference && large ? ssim(shown, reference, { dataRange: 1 }) : undefined;
  return Array.from(misfits, (misfit, i) => ({
    ...(decibels && { psnr: decibels[i] ?? NaN }),
    ...(similarity && { ssim: similarity[i] ?? NaN }),
    misfit,
    ...(noiseStd > 0 && { residual: relative?.[i] ?? misfit / noiseStd }),
  }));
}
