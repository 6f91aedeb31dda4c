/** @file A light bridge between two sets: both directions fitted, without a network. */
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { foldIn, key } from '../../base/key.ts';
import type { Tensor } from '../../base/tensor.ts';
import { fitLight } from '../../bridge/light-bridge.ts';
import { lightBridge } from '../../catalog/bridges.ts';
import { fingerprint } from '../../data/fingerprint.ts';
import { kindOf } from '../../data/dataset.ts';
import { running, type Running, type RunOptions } from '../../model/running.ts';
import { directionFolder, directions, type Direction } from '../../run/folder/bridge.ts';
import { isLight, writeLight } from '../../run/folder/light-file.ts';
import { beginBridge, type BridgeChoice } from './begin-bridge.ts';
import { rowsInModel } from './bridge-ends.ts';
import { makeFolder } from '../../io/folders.ts';

/** How a light bridge is fitted. */
export interface LightRunOptions extends Omit<BridgeChoice, 'method' | 'rounds' | 'first' | 'chain' | 'pairs'> {
  /** Steps of both directions together. Default 2000 for each. */
  readonly steps?: number | undefined;
  /** Samples of each set in a step. Default 128. */
  readonly batch?: number | undefined;
}

/** A step of the fit of both directions. */
export interface LightRunStep {
  readonly direction: Direction;
  readonly step: number;
  readonly loss: number;
  /** The part of both directions that is done, 0 to 1. */
  readonly fraction: number;
}

/** A light bridge that has been fitted. */
export interface LightOutcome {
  /** Folder of the bridge. */
  readonly run: string;
  readonly method: string;
  /** Losses of the directions that were fitted now: a mean of about the last tenth of their steps. */
  readonly losses: Readonly<Partial<Record<Direction, number>>>;
  readonly seconds: number;
}

/** Steps of a direction and samples of a step unless others are asked for. */
const usual = { steps: 2000, batch: 128 };

/**
 * Fits both directions of a bridge between two sets of points as mixtures of Gaussians given where a path is, which is quick, and exact but for what so many
 * Gaussians cannot say. Each is the bridge of its own start, so that they agree as far as both fits are right.
 * @param a - name or path of the first set
 * @param b - name or path of the second set
 * @throws ConfigError if the sets are no points of one dimension, or an option does not fit.
 * @throws FileError if a set or the folder cannot be used.
 * @see Korotin et al. 2024, "Light Schroedinger bridge"
 */
export function lightRun(
  a: string,
  b: string,
  options: LightRunOptions & RunOptions<LightRunStep> = {},
): Running<LightRunStep, LightOutcome> {
  const { signal, onProgress, ...own } = options;
  return running(() => fitting([a, b], own), { signal, onProgress });
}

async function* fitting(
  sets: readonly [a: string, b: string],
  options: LightRunOptions,
): AsyncGenerator<LightRunStep, LightOutcome> {
  const started = performance.now();
  const { steps: all = 2 * usual.steps, batch = usual.batch, seed = 0 } = options;
  checkOptions(positiveInteger('steps', all), positiveInteger('batch', batch));
  const { folder, method, facts, ends, write } = await beginBridge(sets, { ...options, method: lightBridge.name });
  const steps = Math.max(1, Math.floor(all / 2));
  checkOptions([
    ends.a.shape.length === 1,
    'method',
    `expected points for light, whose paths end in a mixture of Gaussians; ${sets[0]} has samples [${ends.a.shape.join(', ')}], take dsbm`,
  ]);
  write();
  const losses: Partial<Record<Direction, number>> = {};
  for (const [k, direction] of directions.entries()) {
    const own = directionFolder(folder, direction);
    if (isLight(own)) continue;
    const [from, to] = direction === 'forward' ? [ends.a, ends.b] : [ends.b, ends.a];
    const [x, y] = [from, to].map((end) => rowsInModel(end, end.rows, foldIn(key(seed), 'data'))) as [Tensor, Tensor];
    const fit = fitLight(x, y, {
      ...{ epsilon: facts.epsilon, steps, batch },
      ...(facts.components !== undefined && { components: facts.components }),
      key: foldIn(key(seed), direction),
    });
    let next = fit.next();
    let loss = NaN;
    while (next.done !== true) {
      const { step, loss: now } = next.value;
      loss = Number.isNaN(loss) ? now : loss + (now - loss) / Math.max(1, Math.min(step, steps / 10));
      yield { direction, step, loss, fraction: (k + step / steps) / directions.length };
      next = fit.next();
    }
    losses[direction] = loss;
    makeFolder(own);
    const { set, scaler, shape } = from;
    writeLight(own, {
      potential: next.value,
      data: { kind: kindOf(set).name, shape, scaler, fingerprint: fingerprint(set) },
    });
  }
  return { run: folder, method: method.name, losses, seconds: (performance.now() - started) / 1000 };
}
