/** @file The model that the worker has open, what the page must know of it, and the pictures that it is asked about. */
import type { Backend } from '../../backend/program.ts';
import { foldIn, key } from '../../base/key.ts';
import { uniform } from '../../base/random.ts';
import { sizeOf } from '../../base/tensor.ts';
import { inverseList } from '../../catalog/posterior-samplers/build-posterior-sampler.ts';
import { taskList, type TaskOptions } from '../../catalog/restorations/inverse-tasks.ts';
import type { ImageSet } from '../../data/dataset.ts';
import { setOfImages } from '../../data/kinds/image-set.ts';
import { shrink } from '../../data/pictures/resize.ts';
import { bytesOf } from '../../data/pictures/tones.ts';
import { emojiSet } from '../../data/sets/emoji-sheet.ts';
import type { DataInput } from '../../model/data-input.ts';
import type { Model } from '../../model/model.ts';
import { methodOf, taskOf } from '../../model/restoration/restoration-plan.ts';
import type { Image } from '../../plot/png.ts';
import { openModel } from '../../web/open-model.ts';

/** A model of the package by its name, or a file. */
export interface ModelAsk {
  readonly model: string | File;
}

/** A posterior sampler, and why it cannot be used. */
export interface MethodFacts {
  readonly name: string;
  readonly description: string;
  readonly citation: string;
  readonly problem: string | undefined;
}

/** What the page must know of a model. */
export interface ModelFacts {
  readonly name: string;
  /** `[C, H, W]` */
  readonly shape: readonly number[];
  readonly parameters: number;
  /** Names of its classes, and the words that it knows; none of a model without. */
  readonly classes: readonly string[];
  readonly words: readonly string[];
  /** Whether it reads texts, of known words or by their letters. */
  readonly reads: boolean;
  /** How it is sampled: the sampler and its evaluations, where the model says so. */
  readonly sampler: string;
  readonly nfe: number | undefined;
  /** Evaluations that the page asks for where the model says nothing of them. */
  readonly drawingNfe: number | undefined;
  /** Evaluations of each sample of a student, which takes no other number; undefined of other models. */
  readonly learnedNfe: number | undefined;
  /** Why it cannot restore; undefined if it can. */
  readonly problem: string | undefined;
}

/** A picture: an emoji by its number, a draw of the model by its seed, or colors `[H, W, 3]` of the size of the model's pictures. */
export type PictureAsk =
  | { readonly kind: 'emoji'; readonly row: number }
  | { readonly kind: 'draw'; readonly seed: number }
  | { readonly kind: 'colors'; readonly data: Uint8Array };

/** Pictures of one kind: draws of the model, emoji, one picture several times, plain ones of a gray, or bytes at random. */
export type GroupAsk =
  | { readonly kind: 'draws'; readonly seed: number; readonly count: number }
  | { readonly kind: 'emoji'; readonly rows: readonly number[] }
  | { readonly kind: 'colors'; readonly data: Uint8Array; readonly count: number }
  | { readonly kind: 'plain'; readonly gray: number; readonly count: number }
  | { readonly kind: 'noise'; readonly seed: number; readonly count: number };

/** Pictures as a model takes them. */
export interface Subject {
  readonly image: DataInput;
  readonly rows: readonly number[];
}

/** The models of a worker, of which one is open at a time. */
export interface Opened {
  readonly open: (ask: ModelAsk) => Promise<Model>;
  readonly subject: (model: Model, picture: PictureAsk) => Promise<Subject>;
  readonly group: (model: Model, group: GroupAsk) => Promise<Subject>;
  /** Some emoji as they are, by their numbers. */
  readonly emoji: (rows: readonly number[]) => Promise<readonly Image[]>;
}

/** Evaluations of a draw where a model says nothing of its sampling, which would be 2000 then. */
const someEvaluations = 20;

/** Evaluations for each draw of a model; undefined where the model has its own. */
export function drawingNfe({ info: { sampling } }: Pick<Model, 'info'>): number | undefined {
  const { nfe, steps, student, leaps, oneLevel } = sampling;
  const own = [nfe, steps, student, leaps].some((said) => said !== undefined) || oneLevel;
  return own ? undefined : someEvaluations;
}

/** Opens models with a backend. */
export function openedModels(backend: Backend, base: URL): Opened {
  let current: { readonly of: ModelAsk['model']; readonly model: Promise<Model> } | undefined;
  let emoji: Promise<ImageSet> | undefined;
  // A picture is shown and restored, several times.
  let drawn: { readonly model: Model; readonly seed: number; readonly subject: Promise<Subject> } | undefined;
  const fetched = async (path: string): Promise<Response> => {
    const response = await fetch(new URL(path, base));
    if (!response.ok) throw new Error(`${path} cannot be fetched: ${response.status} ${response.statusText}`);
    return response;
  };
  const readEmoji = async (): Promise<ImageSet> => {
    const [names, pictures] = await Promise.all([fetched('emoji/names.json'), fetched('emoji/pictures.rgb')]);
    return emojiSet(await names.text(), new Uint8Array(await pictures.arrayBuffer()));
  };
  // By its name, which is not its address.
  const fetchedModel = async (name: string): Promise<File> => {
    const response = await fetched(`models/${name}.safetensors`);
    return new File([await response.blob()], name);
  };
  const opened = async (of: string | File): Promise<Model> =>
    openModel(typeof of === 'string' ? await fetchedModel(of) : of, { backend });
  return {
    open: async ({ model: of }) => {
      if (current?.of === of) return current.model;
      const before = current;
      current = { of, model: opened(of) };
      current.model.catch(() => (current = undefined));
      await (await before?.model.catch(() => undefined))?.[Symbol.asyncDispose]();
      return current.model;
    },
    subject: async (model, picture) => {
      if (picture.kind === 'emoji') return emojiFor(model.info.shape, await (emoji ??= readEmoji()), [picture.row]);
      if (picture.kind === 'draw') {
        if (drawn?.model === model && drawn.seed === picture.seed) return drawn.subject;
        const draw = async (): Promise<Subject> => {
          const { samples } = await model.sample({ count: 1, seed: picture.seed, nfe: drawingNfe(model) });
          return { image: samples, rows: [0] };
        };
        const subject = draw();
        subject.catch(() => (drawn = undefined));
        drawn = { model, seed: picture.seed, subject };
        return subject;
      }
      return inColors(model.info.shape, [picture.data]);
    },
    group: async (model, group) => {
      const { shape } = model.info;
      if (group.kind === 'emoji') return emojiFor(shape, await (emoji ??= readEmoji()), group.rows);
      const rows = Array.from({ length: group.count }, (_, i) => i);
      if (group.kind === 'draws') {
        const { samples } = await model.sample({ count: group.count, seed: group.seed, nfe: drawingNfe(model) });
        return { image: samples, rows };
      }
      if (group.kind === 'colors')
        return inColors(
          shape,
          rows.map(() => group.data),
        );
      const size = sizeOf(shape);
      const data =
        group.kind === 'plain'
          ? new Uint8Array(rows.length * size).fill(group.gray)
          : Uint8Array.from(uniform(foldIn(key(group.seed), 'noise'), rows.length * size), (u) => 256 * u);
      return { image: { shape: filesShape(shape, rows.length), data }, rows };
    },
    emoji: async (rows) => {
      const set = await (emoji ??= readEmoji());
      return rows.map((row) => {
        const { height, width, data } = emojiImage(set, row, set.height);
        return { height, width, channels: 3, data };
      });
    },
  };
}

/** Emoji as a model of a shape takes them: of the set itself, or smaller and gray. */
function emojiFor(shape: readonly number[], set: ImageSet, rows: readonly number[]): Subject {
  const wrong = rows.find((row) => row >= set.count);
  if (wrong !== undefined) throw new Error(`expected an emoji of 0 to ${set.count - 1}, got ${wrong}`);
  const [channels = 1, height = 1, width = 1] = shape;
  if (channels === set.channels && height === set.height && width === set.width) return { image: set, rows };
  const side = Math.min(height, width);
  return inColors(
    shape,
    rows.map((row) => emojiImage(set, row, side).data),
  );
}

/** One emoji as pixels `[side, side, 3]`. */
function emojiImage(set: ImageSet, row: number, side: number): Image {
  const size = set.channels * set.height * set.width;
  const one = setOfImages({ ...set, count: 1, pixels: set.pixels.slice(row * size, (row + 1) * size) });
  const { pixels } = shrink(one, side);
  const area = side * side;
  const data = pixels.map((_, i) => pixels[(i % 3) * area + Math.floor(i / 3)] ?? 0);
  return { height: side, width: side, channels: 3, data };
}

/** Colors `[H, W, 3]` as pictures of a model, gray by their luminance where the model is gray. */
function inColors(shape: readonly number[], colors: readonly Uint8Array[]): Subject {
  const [channels = 1, height = 1, width = 1] = shape;
  const data = new Uint8Array(colors.length * channels * height * width);
  colors.forEach((own, i) =>
    data.set(bytesOf({ width, height, bands: 3, data: own }, channels === 1 ? 1 : 3), i * channels * height * width),
  );
  return { image: { shape: filesShape(shape, colors.length), data }, rows: colors.map((_, i) => i) };
}

/** The shape of so many pictures of a model in the layout of files. */
function filesShape([channels = 1, height = 1, width = 1]: readonly number[], count: number): readonly number[] {
  return [count, height, width, ...(channels === 1 ? [] : [channels])];
}

/** What the page must know of a model. */
export function factsOf(model: Model): ModelFacts {
  const { info, trained } = model;
  const { name, shape, parameters, classes, texts, sampling } = info;
  const { sampler, nfe } = sampling;
  const words = texts?.words ?? [];
  return {
    ...{
      name,
      shape,
      parameters,
      classes,
      words,
      reads: texts !== undefined,
      sampler,
      nfe,
      drawingNfe: drawingNfe(model),
      learnedNfe: sampling.student?.steps,
    },
    problem: problemOf(() => methodOf(trained, taskOf(trained, { task: 'denoise' }, 0), {}, false)),
  };
}

/** The posterior samplers, with why some cannot be used for a task; and the one that suits it. */
export function methodsFor(
  { trained }: Model,
  options: TaskOptions & { readonly task: string },
): { readonly suited: string; readonly methods: readonly MethodFacts[]; readonly description: string } {
  const task = taskOf(trained, options, 0);
  const methods = inverseList.map(({ name, description, citation }) => ({
    ...{ name, description, citation },
    problem: problemOf(() => methodOf(trained, task, { method: name }, false)),
  }));
  const { description = '' } = taskList.find(({ name }) => name === options.task) ?? {};
  return { suited: methodOf(trained, task, {}, false).name, methods, description };
}

function problemOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
