/** @file The restoration tasks that have a name: what is measured of an image in [0, 1], and what methods can use it. */
import { map } from '../base/arith.ts';
import { ConfigError, InternalError } from '../base/errors.ts';
import type { Key } from '../base/key.ts';
import { zeros, type Shape, type Tensor } from '../base/tensor.ts';
import { blur } from '../inverse/operator/blur.ts';
import { downsample } from '../inverse/operator/downsample.ts';
import { filteredBackProjection } from '../inverse/operator/filtered-back-projection.ts';
import { subsampledFourier } from '../inverse/operator/fourier.ts';
import { identity } from '../inverse/operator/identity.ts';
import { mask } from '../inverse/operator/mask.ts';
import { grey } from '../inverse/operator/matrix.ts';
import type { LinearOperator, Operator } from '../inverse/operator/operator.ts';
import { radon } from '../inverse/operator/radon.ts';
import { pseudoInverse } from '../inverse/operator/solve.ts';
import { inverseList } from './inverse.ts';
import { kSpacePicture, sinogramPicture } from './measurement-pictures.ts';
import { anglesOf, checkChannels, columnsOf, kernelOf, maskOf, randomSums, stoppedEarly } from './task-operators.ts';
import { notTaken } from './not-taken.ts';

/** What the named tasks can be told; each takes some of it. */
export interface TaskOptions {
  /** Known pixels, `[height, width]` with 1 for known and 0 for hidden, or the name of a mask: box, half or random:P. */
  readonly mask?: Tensor | string | undefined;
  /** Pixels that are averaged along each axis. */
  readonly factor?: number | undefined;
  /** Standard deviation of a Gaussian kernel in pixels, or a straight motion: motion:L of L pixels, motion:L:A at A degrees. */
  readonly blur?: number | string | undefined;
  /** Measurements as a share of the values of the image. */
  readonly rate?: number | undefined;
  /** How many times fewer columns of the Fourier transform than the image has. */
  readonly acceleration?: number | undefined;
  /** Angles from 0 to pi. */
  readonly angles?: number | undefined;
}

/** A task on images of one shape. */
export interface RestorationTask {
  readonly operator: LinearOperator;
  /** The classical inverse of the measurement: `[B, ...shapeOut]` to images `[B, ...shape]`. */
  readonly classical: { readonly name: string; readonly inverse: (y: Tensor) => Tensor };
  /** The measurement as pictures `[B, 1 or 3, h, w]` of values in [0, 1]; what is not an image is drawn as one. */
  readonly picture: (y: Tensor) => Tensor;
  /** The measurement of a picture that was taken elsewhere, `[B, ...pictureShape]`; none where it is no picture. */
  readonly fromPicture?: { readonly shape: Shape; readonly read: (picture: Tensor) => Tensor };
}

/** A named task, for people. */
export interface TaskInfo {
  readonly name: string;
  readonly description: string;
  /** The options that the task takes, with their defaults. */
  readonly takes: TaskOptions;
  /** Whether what is measured of an image is negative nowhere, so that it can be counted. */
  readonly counts: boolean;
}

interface TaskEntry extends Omit<TaskInfo, 'name'> {
  readonly build: (shape: Shape, options: TaskOptions, key: Key) => RestorationTask;
}

/** An entry whose `build` is given every option that it takes. */
function task<T extends TaskOptions>(
  entry: Omit<TaskEntry, 'takes' | 'build'> & {
    readonly takes: T;
    readonly build: (shape: Shape, settings: T, key: Key) => RestorationTask;
  },
): TaskEntry {
  return { ...entry, build: (shape, options, key) => entry.build(shape, { ...entry.takes, ...options }, key) };
}

/** Every named task. */
const table: Readonly<Record<string, TaskEntry>> = {
  inpaint: task({
    description: 'some pixels are hidden',
    takes: { mask: 'box' },
    counts: true,
    build: (shape, { mask: known }, key) => {
      const plane = maskOf(known, shape, key);
      const operator = mask(shape, plane);
      const hidden = map(operator.adjoint(operator.apply(filled([1, ...shape], 1))), (value) => 1 - value).data;
      return {
        operator,
        classical: { name: 'zero filling', inverse: (y) => operator.adjoint(y) },
        picture: (y) => map(operator.adjoint(y), (value, i) => value + 0.5 * (hidden[i % hidden.length] ?? 0)),
        fromPicture: { shape, read: (x) => operator.apply(x) },
      };
    },
  }),
  colorize: task({
    description: 'the mean of the channels is known',
    takes: {},
    counts: true,
    build: (shape) => {
      checkChannels('colorize', shape, [3, 'colour']);
      return ofPictures(grey(shape));
    },
  }),
  superres: task({
    description: 'means of blocks of pixels are known',
    takes: { factor: 2 },
    counts: true,
    build: (shape, { factor }) => ofPictures(downsample(shape, factor)),
  }),
  deblur: task({
    description: 'the image is out of focus or was moved (periodic at the borders)',
    takes: { blur: 1.5 },
    counts: true,
    build: (shape, { blur: kind }) => ofPictures(blur(shape, kernelOf(shape, kind))),
  }),
  denoise: task({
    description: 'the image is noisy',
    takes: {},
    counts: true,
    build: (shape) => ofPictures(identity(shape)),
  }),
  cs: task({
    description: 'random sums of all values are known (compressed sensing)',
    takes: { rate: 0.25 },
    counts: false,
    build: (shape, { rate }, key) => {
      const operator = randomSums(key, shape, rate);
      const inverse = (y: Tensor): Tensor => pseudoInverse(operator, y);
      return { operator, classical: { name: 'pseudo-inverse', inverse }, picture: inverse };
    },
  }),
  mri: task({
    description: 'some columns of the Fourier transform are known (Cartesian magnetic resonance imaging)',
    takes: { acceleration: 4 },
    counts: false,
    build: (shape, { acceleration }) => {
      checkChannels('mri', shape, [1, 'grey']);
      const [, height = 1, width = 1] = shape;
      const columns = columnsOf(width, acceleration);
      const operator = subsampledFourier(shape, columns);
      return {
        operator,
        classical: { name: 'zero filling', inverse: (y) => pseudoInverse(operator, y) },
        picture: (y) => kSpacePicture(y, { height, width, columns }),
      };
    },
  }),
  ct: task({
    description: 'sums along rays at some angles are known (computed tomography)',
    takes: { angles: 23 },
    counts: true,
    build: (shape, { angles }) => {
      checkChannels('ct', shape, [1, 'grey']);
      const scan = radon(shape, { angles: anglesOf(shape, angles) });
      return {
        operator: stoppedEarly(scan),
        classical: { name: 'FBP', inverse: (y) => filteredBackProjection(scan, y) },
        picture: sinogramPicture,
      };
    },
  }),
};

/** Every named task. */
export const taskList: readonly TaskInfo[] = Object.entries(table).map(([name, { description, takes, counts }]) => {
  return { name, description, takes, counts };
});

/**
 * A task by name.
 * @throws ConfigError if there is none of this name.
 */
export function taskInfo(name: string): TaskInfo {
  const found = taskList.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new ConfigError([
    { path: 'task', message: `expected ${taskList.map((one) => one.name).join(', ')}, got ${name || 'none'}` },
  ]);
}

/**
 * A task by name, on images of a shape.
 * @param key - of masks and sums that are random
 * @throws ConfigError or ShapeError if there is none of this name, it does not take an option, or the image does not fit.
 */
export function buildTask(name: string, shape: Shape, options: TaskOptions & { readonly key: Key }): RestorationTask {
  const { key, ...asked } = options;
  const settings = taskSettings(name, asked);
  const entry = Object.hasOwn(table, name) ? table[name] : undefined;
  if (entry === undefined) throw new InternalError(`the task ${name} is listed and cannot be built`);
  return entry.build(shape, settings, key);
}

/**
 * Options of a named task over its defaults.
 * @throws ConfigError if there is no task of this name, or it does not take an option.
 */
export function taskSettings(name: string, options: TaskOptions): TaskOptions {
  const { takes } = taskInfo(name);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const issues = given
    .filter(([option]) => !Object.hasOwn(takes, option))
    .map(([option]) => notTaken(`the task ${name}`, option, Object.keys(takes)));
  if (issues.length > 0) throw new ConfigError(issues);
  return { ...takes, ...Object.fromEntries(given) };
}

/** The posterior sampler unless another is asked for: few evaluations, no derivatives, and it heeds the noise. */
export function suitedMethod(operator: Operator, gaussian = true): string {
  return gaussian && whyNot('ddrm', operator) === undefined ? 'ddrm' : 'diffpir';
}

/**
 * Why a named posterior sampler cannot use an operator; nothing if it can.
 * @throws ConfigError if there is no sampler of this name.
 */
export function whyNot(method: string, operator: Operator): string | undefined {
  const found = inverseList.find(({ name }) => name === method);
  if (found === undefined) {
    const names = inverseList.map(({ name }) => name).join(', ');
    throw new ConfigError([{ path: 'method', message: `expected ${names}, got ${method}` }]);
  }
  const lacking: Readonly<Record<string, string | undefined>> = {
    linear: operator.linear ? undefined : `needs a linear operator, and ${operator.kind} is not`,
    svd:
      operator.linear && operator.svd !== undefined
        ? undefined
        : `needs the singular values of its operator, and ${operator.kind} has none in closed form here`,
  };
  const lacks = (needs: readonly string[]): string | undefined =>
    needs.map((need) => lacking[need]).find((what) => what !== undefined);
  const lack = lacks(found.needs);
  if (lack === undefined) return undefined;
  const others = inverseList.filter(({ needs }) => lacks(needs) === undefined).map(({ name }) => name);
  return `${method} ${lack}; expected ${others.join(', ')}`;
}

/** A task whose measurement is a picture. */
function ofPictures(operator: LinearOperator): RestorationTask {
  return {
    operator,
    classical: { name: 'pseudo-inverse', inverse: (y) => pseudoInverse(operator, y) },
    picture: (y) => y,
    fromPicture: { shape: operator.shapeOut, read: (picture) => picture },
  };
}

function filled(shape: Shape, value: number): Tensor {
  return map(zeros(shape), () => value);
}
