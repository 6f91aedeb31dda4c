/**
 * @file One step of training in parts: each computes the gradient of its samples, the sums are taken once, and every member of the group makes the same
 * update of them.
 */
import type { Backend, DeviceArray, Feeds, Program } from '../backend/program.ts';
import { inputsOf } from '../backend/program.ts';
import { ConfigError } from '../base/errors.ts';
import { addInto, solo, type Group } from '../base/group.ts';
import { foldIn } from '../base/key.ts';
import type { Shape } from '../base/tensor.ts';
import { input } from '../graph/build.ts';
import { graph } from '../graph/node.ts';
import { layout, type MaskInput, type Network } from '../nn/network.ts';
import { batchPart, divides, mostParts, partOf, type BatchPart } from './batch-parts.ts';
import type { Objective } from './objectives/objective.ts';
import {
  dropoutMask,
  updated,
  updateFeeds,
  writeGradient,
  writeUpdate,
  type OptimizerOptions,
  type TrainBatch,
  type TrainState,
  type TrainStep,
} from './train-step.ts';

/** How a step is divided. */
export interface DividedStepOptions {
  /** Samples of a step, in all of its parts. */
  readonly batch: number;
  readonly objective: Objective;
  /** Whether the loss reads which numbers of the samples are there. Default false. */
  readonly missing?: boolean;
  readonly optimizer: OptimizerOptions;
  /** Where parts are computed side by side, as many as it has workers. */
  readonly parts: Backend;
  /** Those that compute the step together, each its share of the parts. Default this process alone. */
  readonly group?: Group | undefined;
}

/** What a member says beside its gradients and losses: the loss of all, the squares of its gradients, and whether it asks to stop. */
const notes = ['loss', 'squares', 'spent', 'stop'] as const;

/**
 * Whether a step of this objective can be divided among so many members.
 * @throws ConfigError if it cannot.
 */
export function requireDivisible(objective: Objective, batch: number, members: number): void {
  if (divides(objective, batch, members)) return;
  const message =
    objective.sections === undefined
      ? `a step of the loss ${objective.kind} cannot be divided among ${members} members`
      : `expected a batch with equal parts for ${members} members, got ${batch}`;
  throw new ConfigError([{ path: 'train.batch', message }]);
}

/** Compiles a training step that is computed in parts; for one part it is `compileTrainStep`'s in two programs. */
export async function compileDividedStep(
  backend: Backend,
  net: Network,
  { batch, objective, optimizer, missing = false, parts: engine, group = solo }: DividedStepOptions,
): Promise<TrainStep> {
  requireDivisible(objective, batch, group.size);
  const { sections = (size: number) => [size] } = objective;
  const own = mostParts(objective, batch / group.size, engine.workers ?? 1);
  const count = own * group.size;
  const written = writeGradient(net, { batch: batch / count, total: batch, objective, missing });
  const { loss, losses, masks } = written;
  const shapes = new Map(inputsOf({ loss, flat: written.flat }).map(({ attrs, shape }) => [attrs.name, shape]));
  const parts = Array.from({ length: own }, (_, i) => batchPart(sections(batch), count, group.rank * own + i));
  const { trained } = layout(net);
  const gradients = await engine.compile({ gradient: written.flat, losses, loss });
  const update = await compileUpdate(backend, net, optimizer);
  /** What the members of the group add up: the gradient, the loss of each sample, and notes. */
  const sums = new Float32Array(trained + batch + notes.length);
  const shared = own > 1 ? sharedCopies() : (_: string, values: Float32Array): Float32Array => values;
  return {
    run: async (state, { feeds, key, stop = false }, n, spent = 0) => {
      const common = await commonFeeds(state, gradients, shared);
      const results = await Promise.all(
        parts.map((part) => gradients.run({ ...common, ...feedsOf({ feeds, key }, { part, shapes, masks }) })),
      );
      addUp(
        sums.subarray(0, trained),
        results.map(({ gradient }) => gradient),
      );
      sums.fill(0, trained);
      const ofSamples = sums.subarray(trained, trained + batch);
      parts.forEach(({ rows }, i) => rows.forEach((row, j) => (ofSamples[row] = results[i]?.losses[j] ?? NaN)));
      const total = results.reduce((sum, result) => sum + (result.loss[0] ?? NaN), 0);
      // The gradient of a part is a share of that of the whole: of so many times as many samples.
      const squares = count < 2 ? 0 : results.reduce((sum, { gradient }) => sum + count * squareOf(gradient), 0);
      sums.set([total, squares, group.rank === 0 ? spent : 0, Number(stop)], trained + batch);
      await group.sum(sums);
      const [lossOfAll = NaN, square = NaN, spentOfFirst = 0, stops = 0] = sums.subarray(trained + batch);
      const result = await update.run({
        ...updateFeeds(state, optimizer, { n, spent: spentOfFirst }),
        gradient: sums.subarray(0, trained),
      });
      return {
        ...updated(state, optimizer, result),
        loss: lossOfAll,
        losses: ofSamples.slice(),
        stop: stops > 0,
        ...(count > 1 && { parts: { count, square } }),
      };
    },
    dispose: async () => {
      await gradients.dispose();
      await update.dispose();
    },
  };
}

function compileUpdate(backend: Backend, net: Network, optimizer: OptimizerOptions) {
  const owner = graph();
  const vector = (name: string) => input(owner, name, [layout(net).trained]);
  const written = { owner, params: vector('params'), ema: vector('ema'), flat: vector('gradient') };
  const { outputs, kept } = writeUpdate(net, written, optimizer);
  return backend.compile(outputs, kept);
}

/** Vectors by name in memory that all workers see, so that they are copied once and not for each. */
type Copies = (name: string, values: Float32Array) => Float32Array;

function sharedCopies(): Copies {
  const known = new Map<string, Float32Array>();
  return (name, values) => {
    const copy = known.get(name) ?? new Float32Array(new SharedArrayBuffer(values.byteLength));
    known.set(name, copy);
    copy.set(values);
    return copy;
  };
}

/** The vectors of a state that the gradient reads, as arrays, since engines of several workers keep none on a device. */
async function commonFeeds(
  { params, ema, fixed }: TrainState<Float32Array | DeviceArray>,
  { inputs }: Program,
  shared: Copies,
): Promise<Feeds> {
  const given = { params, ema, fixed };
  const read = Object.entries(given).filter(([name]) => inputs.includes(name));
  const arrays = read.map(async ([name, value]) => {
    return [name, shared(name, value instanceof Float32Array ? value : await value.read())] as const;
  });
  return Object.fromEntries(await Promise.all(arrays));
}

/** What one part reads of a batch. */
function feedsOf(
  { feeds, key }: TrainBatch,
  { part, shapes, masks }: { part: BatchPart; shapes: ReadonlyMap<string, Shape>; masks: readonly MaskInput[] },
): Feeds {
  const own = Object.entries(feeds).flatMap(([name, whole]) => {
    const shape = shapes.get(name);
    return shape === undefined ? [] : [[name, partOf(name, whole, shape, part)] as const];
  });
  const ownMasks = masks.map((mask) => {
    const [first = 1, ...others] = mask.shape;
    const whole = dropoutMask(foldIn(key, mask.name), { ...mask, shape: [first * part.count, ...others] });
    return [mask.name, partOf(mask.name, whole, mask.shape, part)] as const;
  });
  return Object.fromEntries([...own, ...ownMasks]);
}

function squareOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

/** The sum of the gradients of parts, in their order. */
function addUp(total: Float32Array, all: readonly Float32Array[]): void {
  const [first, ...others] = all;
  if (first !== undefined) total.set(first);
  for (const own of others) addInto(total, own);
}
