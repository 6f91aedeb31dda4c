/** @file The restoration tasks that have a name: what is measured of an image in [0, 1], and what methods can use it. */
import { ConfigError } from '../../base/errors.ts';
import type { Key } from '../../base/key.ts';
import type { Shape, Tensor } from '../../base/tensor.ts';
import type { Operator } from '../../inverse/operator/operator.ts';
import { builtIn, type Catalog } from '../catalog.ts';
import { find } from '../named.ts';
import { notTaken } from '../config/not-taken.ts';
import { optionsOf } from '../option.ts';
import { restorations } from './index.ts';
import type { RestorationRecord, RestorationTask } from './restoration.ts';

export type { RestorationTask } from './restoration.ts';

/** What the named tasks take; each takes some of it. */
export interface TaskOptions {
  /**
   * Known pixels, `[height, width]` with 1 for known and 0 for hidden, or the name of a mask: box, half or random:P.
   * Of `inpaint`. Default box.
   */
  readonly mask?: Tensor | string | undefined;
  /** Pixels that are averaged along each axis. Of `superres`. Default 2. */
  readonly factor?: number | undefined;
  /**
   * Standard deviation of a Gaussian kernel in pixels, or a straight motion: motion:L of L pixels, motion:L:A at A
   * degrees. Of `deblur`. Default 1.5.
   */
  readonly blur?: number | string | undefined;
  /** Measurements as a share of the values of the image. Of `cs`. Default 0.25. */
  readonly rate?: number | undefined;
  /** How many times fewer columns of the Fourier transform than the image has. Of `mri`. Default 4. */
  readonly acceleration?: number | undefined;
  /** Angles from 0 to pi. Of `ct`. Default 23. */
  readonly angles?: number | undefined;
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

/** What is listed of a task. */
function infoOf({ name, description, options, counts }: RestorationRecord): TaskInfo {
  const takes = Object.fromEntries(optionsOf(options).map((option) => [option.name, option.default]));
  return { name, description, takes, counts };
}

/** Every named task. */
export const taskList: readonly TaskInfo[] = restorations.map((record) => infoOf(record));

/**
 * A task by name.
 * @throws ConfigError if there is none of this name.
 */
export function taskInfo(name: string, catalog: Catalog = builtIn): TaskInfo {
  return infoOf(find(catalog.restorations, name, 'task'));
}

/**
 * A task by name, on images of a shape.
 * @param options.key - of masks and sums that are random
 * @throws ConfigError or ShapeError if there is none of this name, it does not take an option, or the image does not fit.
 */
export function buildTask(
  name: string,
  shape: Shape,
  options: TaskOptions & { readonly key: Key },
  catalog: Catalog = builtIn,
): RestorationTask {
  const { key, ...asked } = options;
  const record = find(catalog.restorations, name, 'task');
  return record.build(shape, { ...taskSettings(name, asked, catalog) }, key);
}

/**
 * Options of a named task over its defaults.
 * @throws ConfigError if there is no task of this name, or it does not take an option.
 */
export function taskSettings(name: string, options: TaskOptions, catalog: Catalog = builtIn): TaskOptions {
  const { takes } = taskInfo(name, catalog);
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
export function whyNot(method: string, operator: Operator, catalog: Catalog = builtIn): string | undefined {
  const found = find(catalog.posteriorSamplers, method, 'method');
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
  const others = catalog.posteriorSamplers.filter(({ needs }) => lacks(needs) === undefined).map(({ name }) => name);
  return `${method} ${lack}; expected ${others.join(', ')}`;
}
