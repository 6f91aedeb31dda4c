/** @file A bridge between two sets as runs: one for each direction of each round. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkOptions } from '../../base/check.ts';
import { FileError } from '../../base/errors.ts';
import type { Key } from '../../base/key.ts';
import { sizeOf } from '../../base/tensor.ts';
import { twoWayTimes } from '../../bridge/paths.ts';
import type { BridgeRecord } from '../../catalog/bridges.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import { merge } from '../../catalog/config/merge.ts';
import type { Plain } from '../../catalog/option.ts';
import { kindOf, type DataSet } from '../../data/dataset.ts';
import { drawnPairSet, pairSet } from '../../data/pair-set.ts';
import type { ConfigPart } from '../../model/training.ts';
import { running, type Running, type RunOptions } from '../../model/running.ts';
import { directionFolder, type BridgeFacts, type Direction } from '../../run/folder/bridge.ts';
import { isRun, roundsFolder } from '../../run/folder/run-folder.ts';
import type { EngineOptions } from '../host.ts';
import type { TrainOutcome, TrainRunControl, TrainRunStep } from '../training/loop.ts';
import { trainRun } from '../train-run.ts';
import { beginBridge, type BegunBridge, type BridgeChoice } from './begin-bridge.ts';
import { drawBridgePairs, halfRoundKey, pairSizes, pairsFile, readPairs, removePairs, writePairs } from './bridge-pairs.ts'; // prettier-ignore
import { damaging } from './damage-facts.ts';
import { openDirection } from './open-bridge.ts';

/** How a bridge is trained. */
export interface BridgeRunOptions extends BridgeChoice, EngineOptions, TrainRunControl {
  /** Name of the network. Default that of the data. */
  readonly network?: string | undefined;
  /** Steps of all rounds together. Default 2000 for each direction of each round. */
  readonly steps?: number | undefined;
  /** Samples of a step. Default that of the data. */
  readonly batch?: number | undefined;
  /** Keys of the configuration of every round that win over everything else. None by default. */
  readonly settings?: ConfigPart | Plain | undefined;
  /** Called while pairs are drawn. None by default. */
  readonly onPairs?: ((drawn: { readonly round: number; readonly fraction: number }) => void) | undefined;
}

/** One training step of a bridge; fraction and time left are those of all rounds. */
export interface BridgeRunStep extends TrainRunStep {
  /** Round, from 1. */
  readonly round: number;
  readonly rounds: number;
  readonly direction: Direction;
}

/** How a bridge stands when its training ends. */
export interface BridgeOutcome extends TrainOutcome {
  readonly method: string;
  /** Directions of rounds that are done. */
  readonly halfRounds: number;
}

/** Steps of a direction of a round, where they are not given. */
const defaultRoundSteps = 2000;

/**
 * Trains a bridge between two sets: two drifts, of which each carries the samples of one set to those of the other along the paths that are nearest to a
 * Brownian motion of variance epsilon. Each direction of each round is a run; those of the last one are `forward` and `backward` in the folder of the bridge.
 * @param a - name or path of the first set
 * @param b - name or path of the second set; undefined where `damage` makes it of the first
 * @throws ConfigError if the sets have samples of different shapes, or an option does not fit.
 * @throws FileError if a set or the folder cannot be used.
 * @throws NumericalError when the loss, the gradient or the update is not finite, with a way to go on.
 * @see Shi et al. 2023, "Diffusion Schroedinger bridge matching", algorithm 1
 */
export function bridgeRun(
  a: string,
  b: string | undefined,
  options: BridgeRunOptions & RunOptions<BridgeRunStep> = {},
): Running<BridgeRunStep, BridgeOutcome> {
  const { signal, onProgress, ...own } = options;
  return running(() => bridging([a, b], own), { signal, onProgress });
}

/** One direction of one round. */
interface HalfRound {
  readonly round: number;
  readonly direction: Direction;
  readonly folder: string;
  /** Of its pairs. */
  readonly name: string;
}

function halfRounds(
  folder: string,
  { rounds = 1 }: BridgeFacts,
  { oneWay = false }: BridgeRecord,
): readonly HalfRound[] {
  const all = Array.from({ length: oneWay ? 1 : 2 * rounds }, (_, k) => {
    const direction: Direction = k % 2 === 0 ? 'backward' : 'forward';
    return { round: Math.floor(k / 2) + 1, direction, name: `${Math.floor(k / 2) + 1}-${direction}` };
  });
  return all.map((own, k) => ({
    ...own,
    folder: k >= all.length - 2 ? directionFolder(folder, own.direction) : join(roundsFolder(folder), own.name),
  }));
}

async function* bridging(
  [a, b]: readonly [a: string, b: string | undefined],
  options: BridgeRunOptions,
): AsyncGenerator<BridgeRunStep, BridgeOutcome> {
  const { resume = false, settings = {}, batch, seed = 0, network } = options;
  const { threads, device, onStart, onNote, stopRequested, saveRequested } = options;
  const found = await beginBridge([a, b], options);
  const { folder, method, facts, write } = found;
  checkOptions([method.objective !== undefined, 'method', `${method.name} has no network to train; it is fitted by lightRun`]); // prettier-ignore
  const { epsilon, chain } = facts;
  const loss = { kind: method.objective, epsilon, ...(chain !== undefined && { steps: chain }) };
  const all = halfRounds(folder, facts, method);
  const steps = Math.max(1, Math.floor((options.steps ?? defaultRoundSteps * all.length) / all.length));
  write();
  const reached = Math.max(
    0,
    all.findLastIndex((own) => isRun(own.folder)),
  );
  let outcome: TrainOutcome | undefined;
  for (const [k, own] of all.entries()) {
    if (k < reached) continue;
    const before = all[k - 1];
    const name = `${own.name} of ${basename(folder)}`;
    const ready = facts.damage === undefined ? await storedPairs(found, { half: own, index: k, before, name }, options) : damagedPairs(found, name); // prettier-ignore
    if (before !== undefined) removePairs(pairsFile(folder, before.name));
    const end = (own.direction === 'forward' ? facts.a : facts.b) ?? facts.a;
    const training = trainRun(end.data.ref, {
      ...{ threads, device, onStart, onNote, stopRequested, saveRequested, network, batch },
      ...{ out: own.folder, resume: resume && isRun(own.folder), init: all[k - 2]?.folder, steps },
      // Each direction has noise of its own.
      seed: seed + k,
      task: 'bridge',
      open: () => Promise.resolve(ready),
      config: merge(
        { data: end.data, train: { decay: 'cosine', warmup: Math.min(100, Math.floor(steps / 10)) } },
        // A run that goes on is what it was.
        isRun(own.folder) ? { loss } : firstConfig(found, loss, network),
      ),
      settings: merge(settings, k >= all.length - 2 ? {} : { train: { keep: 1 } }),
    });
    for await (const step of training) {
      const perRound = step.secondsLeft / Math.max(1 - step.fraction, 1e-9);
      const later = step.fraction < 1 ? perRound * (all.length - k - 1) : 0;
      yield {
        ...step,
        fraction: (k + step.fraction) / all.length,
        secondsLeft: step.secondsLeft + later,
        ...{ round: own.round, rounds: facts.rounds ?? 1, direction: own.direction },
      };
    }
    outcome = await training;
    if (outcome.interrupted) return { ...outcome, run: folder, method: method.name, halfRounds: k };
  }
  if (outcome === undefined) throw new FileError(folder, 'there is nothing to train');
  return { ...outcome, run: folder, method: method.name, halfRounds: all.length };
}

/** What a run of a bridge begins with: whether it sees starts and, of images unless another network is asked for, the recipe by which they are trained. */
function firstConfig({ method, ends: { a } }: BegunBridge, loss: Plain, network: string | undefined): Plain {
  const own = method.seesStart === true ? { ...loss, start: true } : loss;
  const { recipe } = dataKindOf(a.set);
  const [, height, width] = a.shape;
  if (network !== undefined || recipe === undefined || height === undefined || width === undefined)
    return { loss: own };
  const { optimizer, learningRate } = recipe.train;
  return { loss: own, net: { ...recipe.net([height, width], {}) }, train: { optimizer, learningRate } };
}

/** The pairs of a half-round from their file, into which they are drawn unless they are there. */
async function storedPairs(
  { folder, method, facts, ends }: BegunBridge,
  { half, index, before, name }: { readonly half: HalfRound; readonly index: number; readonly before: HalfRound | undefined; readonly name: string }, // prettier-ignore
  { threads, device, onPairs, seed = 0 }: BridgeRunOptions,
): Promise<DataSet> {
  const { epsilon, chain } = facts;
  const [target, source] = half.direction === 'forward' ? [ends.b, ends.a] : [ends.a, ends.b];
  const file = pairsFile(folder, half.name);
  if (!existsSync(file)) {
    const path = chain === undefined ? undefined : twoWayTimes(chain);
    const from = before === undefined ? (facts.first ?? 'independent') : await openDirection(before.folder, { method: method.name, epsilon }, { threads, device }); // prettier-ignore
    try {
      const onFraction = (fraction: number): void => onPairs?.({ round: half.round, fraction });
      const drawn = await drawBridgePairs({ ends: { target, source }, count: facts.pairs ?? 0, epsilon, path, key: halfRoundKey(seed, index), from, onFraction }); // prettier-ignore
      writePairs(file, folder, drawn);
    } finally {
      if (typeof from !== 'string') await from[Symbol.asyncDispose]();
    }
  }
  const { set, scaler, shape } = target;
  return pairSet(readPairs(file, pairSizes(target, chain)), { kind: kindOf(set), scaler, shape, name });
}

/** Images with a damage that is drawn anew each time that one is seen. */
function damagedPairs({ facts, ends: { a } }: BegunBridge, name: string): DataSet {
  const { set, rows, scaler, shape } = a;
  const damage = damaging(facts, 'backward', a);
  const drawStarts = (x0: Float32Array, own: Key): Float32Array => {
    const ends = { shape: [x0.length / sizeOf(shape), ...shape], data: Float64Array.from(x0) };
    return Float32Array.from((damage?.(ends, own) ?? ends).data);
  };
  return drawnPairSet(set, rows, { kind: kindOf(set), scaler, shape, name, drawStarts });
}
