/** @file Posterior samples of a measured picture, and pictures that are drawn from a class or from words alone, by the handle of a model. */
import { dataSetOf } from '../../model/data-input.ts';
import type { Model } from '../../model/model.ts';
import { imageIn, spreadOf } from '../../model/restoration/restoration-pictures.ts';
import type { Quality } from '../../model/restoration/restoration-quality.ts';
import type { TaskOptions } from '../../catalog/restorations/inverse-tasks.ts';
import { taskOf } from '../../model/restoration/restoration-plan.ts';
import { kindOf } from '../../data/dataset.ts';
import { tensor, type Tensor } from '../../base/tensor.ts';
import { meanEstimate } from '../../evaluate/estimate.ts';
import type { Image } from '../../plot/png.ts';
import { drawingNfe, type ModelAsk, type Opened, type PictureAsk, type Subject } from './opened.ts';

/** The class or the words that samples are conditioned on. */
export interface Wish {
  /** Empty for nothing in particular. */
  readonly given: string;
  /** The guidance scale. */
  readonly guide: number;
}

/** A mask as the page has it: known pixels, row by row. */
export interface TaskAsk extends Omit<TaskOptions, 'mask'> {
  readonly task: string;
  /** 1 for known and 0 for hidden; the task's own mask where there is none. */
  readonly mask?: Uint8Array | undefined;
}

/** What is asked. */
export interface RestoreAsk extends ModelAsk, Wish {
  readonly picture: PictureAsk;
  readonly task: TaskAsk;
  readonly noise: number;
  readonly method: string;
  /** Evaluations for each sample; the method's own number where undefined. */
  readonly nfe: number | undefined;
  readonly seed: number;
  readonly count: number;
}

/** Samples on their way. */
export interface DrawStep {
  /** The part of the work that is done, 0 to 1. */
  readonly fraction: number;
  readonly samples: readonly Image[];
}

/** Words of a wish that the model does not know, with what may have been meant. */
interface Unknown {
  readonly unknown: readonly { readonly word: string; readonly meant?: string }[];
}

/** Posterior samples and what is known of them. */
export interface RestoreResult extends Unknown {
  readonly truth: Image;
  readonly measured: Image;
  readonly samples: readonly Image[];
  readonly mean: Image;
  /** Standard deviations of the pixels over the samples, row by row, for images of 0 to 1. */
  readonly spread: Float32Array;
  readonly quality: {
    readonly mean: Quality | undefined;
    readonly samples: readonly Quality[];
    /** The classical reconstructions by name. */
    readonly classical: Readonly<Record<string, Quality | undefined>>;
  };
  /** Network evaluations of a sample. */
  readonly evaluations: number;
  readonly seconds: number;
  /** The sheet of the library, as SVG. */
  readonly sheet: string;
}

/** What is asked for pictures from a class or from words. */
export interface DrawAsk extends ModelAsk, Wish {
  readonly seed: number;
  readonly count: number;
  /** Evaluations for each sample; the model's own number where undefined. */
  readonly nfe: number | undefined;
}

/** Pictures that were drawn. */
export interface DrawResult extends Unknown {
  readonly samples: readonly Image[];
  readonly evaluations: number;
  readonly seconds: number;
  readonly sampler: string;
}

/** The model under a wish. */
function wished(model: Model, { given, guide }: Wish): Model {
  const { info } = model;
  if (given.trim() === '') return model;
  return model.given({ ...(info.texts === undefined ? { class: given.trim() } : { text: given }), guidance: guide });
}

/** A task as the library takes it. */
export function taskFor({ info }: Model, { mask, ...task }: TaskAsk): TaskOptions & { readonly task: string } {
  const [, height = 1, width = 1] = info.shape;
  return { ...task, ...(mask && { mask: tensor(mask, [height, width]) }) };
}

/** A picture in the values of 0 to 1 that are measured, `[1, C, H, W]`. */
function valuesOf({ trained, info }: Model, { image, rows: [row = 0] }: Subject): Tensor {
  const set = dataSetOf(image, trained);
  const values = kindOf(set).pictures?.unitValues(set, row);
  if (values === undefined) throw new Error(`${info.name}: expected a model of images`);
  return { shape: [1, ...info.shape], data: values };
}

/** A picture, and what is measured of it without noise. */
export async function* shown(
  { open, subject }: Opened,
  { picture, task, ...ask }: ModelAsk & { readonly picture: PictureAsk; readonly task: TaskAsk | undefined },
): AsyncGenerator<never, { readonly truth: Image; readonly measured: Image | undefined }> {
  const model = await open(ask);
  const x = valuesOf(model, await subject(model, picture));
  const own = task && taskOf(model.trained, taskFor(model, task), 0);
  return { truth: imageIn(x, 0), measured: own && imageIn(own.picture(own.operator.apply(x)), 0) };
}

/** Draws posterior samples. */
export async function* restore(
  { open, subject }: Opened,
  { picture, task, noise, method, nfe, seed, count, ...ask }: RestoreAsk,
): AsyncGenerator<DrawStep, RestoreResult> {
  const model = await open(ask);
  const own = await subject(model, picture);
  const asked = wished(model, ask);
  const drawing = asked.restore({ ...taskFor(model, task), ...own, noise }, { method, nfe, seed, count, batch: count });
  for await (const { fraction, x } of drawing)
    yield { fraction, samples: Array.from({ length: count }, (_, i) => imageIn(x, i)) };
  const restored = await drawing;
  const { samples, means, spreads, quality, evaluations, seconds, subjects } = restored;
  const [image] = quality.images;
  return {
    truth: imageIn(valuesOf(model, own), 0),
    measured: imageIn(restored.task.picture(subjects.measurement.y), 0),
    samples: Array.from({ length: count }, (_, i) => imageIn(samples, i)),
    mean: imageIn(means, 0),
    spread: spreadOf(spreads, 0),
    quality: { mean: image?.mean, samples: image?.samples ?? [], classical: image?.baselines ?? {} },
    evaluations: meanEstimate(evaluations).value,
    seconds,
    sheet: restored.sheet(`${method}: ${task.task}`),
    unknown: asked.condition?.unknownWords ?? [],
  };
}

/** Draws pictures of a class, of words, or of nothing in particular. */
export async function* draw(
  { open }: Opened,
  { seed, count, nfe, ...ask }: DrawAsk,
): AsyncGenerator<DrawStep, DrawResult> {
  const opened = await open(ask);
  const model = wished(opened, ask);
  const drawing = model.sample({ seed, count, nfe: nfe ?? drawingNfe(opened) });
  let latest: readonly Image[] = [];
  for await (const { fraction, first, samples } of drawing) {
    const now = imagesOf(samples);
    latest = Array.from({ length: count }, (_, i) => now[i - first] ?? latest[i] ?? now[0]).filter(
      (image) => image !== undefined,
    );
    yield { fraction, samples: latest };
  }
  const { samples, seconds, sampler } = await drawing;
  return {
    samples: imagesOf(samples),
    evaluations: meanEstimate(samples.evaluations).value,
    seconds,
    sampler,
    unknown: model.condition?.unknownWords ?? [],
  };
}

function imagesOf({
  shape,
  data,
  count,
}: {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
  readonly count: number;
}): readonly Image[] {
  const [, height = 1, width = 1, channels = 1] = shape;
  const size = height * width * channels;
  const bytes = Uint8Array.from(data);
  return Array.from({ length: count }, (_, i) => ({
    ...{ height, width, channels: channels === 1 ? 1 : 3 },
    data: bytes.slice(i * size, (i + 1) * size),
  }));
}
