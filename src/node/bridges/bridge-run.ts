/** @file A bridge between two sets as runs: one for each direction of each round. */
import { existsSync, mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { checkOptions, positive, positiveInteger } from '../../base/check.ts';
import { FileError } from '../../base/errors.ts';
import { attempt } from '../../base/system-problem.ts';
import { twoWayTimes } from '../../bridge/paths.ts';
import { bridges, firstPairs, type BridgeRecord } from '../../catalog/bridges.ts';
import { merge } from '../../catalog/config/merge.ts';
import { find, unknownName } from '../../catalog/named.ts';
import { defaultEpsilon } from '../../catalog/objectives/bridge-matching.ts';
import type { Plain } from '../../catalog/option.ts';
import { kindOf } from '../../data/dataset.ts';
import { pairSet, type Pairs } from '../../data/pair-set.ts';
import type { ConfigPart } from '../../model/training.ts';
import { running, type Running, type RunOptions } from '../../model/running.ts';
import { directionFolder, isBridge, readBridge, writeBridge, type BridgeEnd, type BridgeFacts, type Direction } from '../../run/folder/bridge.ts'; // prettier-ignore
import { openDataSet, optionsOfData, trainedPart } from '../../run/data-sets.ts';
import { isRun, roundsFolder } from '../../run/folder/run-folder.ts';
import { dataConfig, type DataChoice } from '../data-config.ts';
import type { EngineOptions } from '../host.ts';
import type { TrainOutcome, TrainRunControl, TrainRunStep } from '../training/loop.ts';
import type { OpenSet } from '../training/prepared.ts';
import { trainRun } from '../train-run.ts';
import { openEnds, type OpenEnds } from './bridge-ends.ts';
import { drawBridgePairs, halfRoundKey, pairSizes, pairsFile, readPairs, removePairs, writePairs } from './bridge-pairs.ts'; // prettier-ignore
import { openDirection } from './open-bridge.ts';

/** How a bridge is trained. */
export interface BridgeRunOptions extends EngineOptions, TrainRunControl, DataChoice {
  /** Folder of the bridge. Default `runs/` and the names of the sets with -to- between them. */
  readonly out?: string | undefined;
  /** Whether to go on with the bridge in `out`, or begin it where there is none. Default false: a new one. */
  readonly resume?: boolean | undefined;
  /** How: a name of `bridges`. Default dsbm. */
  readonly method?: string | undefined;
  /** Variance that the reference gains between the ends, in units of the scaled data, above 0. Default 0.1. */
  readonly epsilon?: number | undefined;
  /** Rounds, each of both directions, at least 1. Default that of the method. */
  readonly rounds?: number | undefined;
  /** What the first pairs are: `independent`, `ot`, `reference` or `rows`. Default that of the method. */
  readonly first?: string | undefined;
  /** Steps of a path of `dsb`, at least 1. Default 20. */
  readonly chain?: number | undefined;
  /** Pairs, or paths of `dsb`, that each half-round learns from, at least 2. Default that of the method: 20000 points or 2000 images. */
  readonly pairs?: number | undefined;
  /** Class of the samples of the first set, of emoji their group. All by default. */
  readonly from?: string | undefined;
  /** Class of the samples of the second set, of emoji their group. All by default. */
  readonly to?: string | undefined;
  /** Name of the network. Default that of the data. */
  readonly network?: string | undefined;
  /** Steps of all rounds together. Default 2000 for each direction of each round. */
  readonly steps?: number | undefined;
  /** Samples of a step. Default that of the data. */
  readonly batch?: number | undefined;
  /** Seed of everything random. Default 0. */
  readonly seed?: number | undefined;
  /** Keys of the configuration of every round that win over everything else. None by default. */
  readonly settings?: ConfigPart | Plain | undefined;
  /** Called while pairs are drawn. None by default. */
  readonly onPairs?: ((drawn: { readonly round: number; readonly fraction: number }) => void) | undefined;
  /** Opens the data. Default `openDataSet`. */
  readonly open?: OpenSet | undefined;
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
 * @param b - name or path of the second set
 * @throws ConfigError if the sets have samples of different shapes, or an option does not fit.
 * @throws FileError if a set or the folder cannot be used.
 * @throws NumericalError when the loss, the gradient or the update is not finite, with a way to go on.
 * @see Shi et al. 2023, "Diffusion Schroedinger bridge matching", algorithm 1
 */
export function bridgeRun(
  a: string,
  b: string,
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

function halfRounds(folder: string, { rounds }: BridgeFacts, { oneWay = false }: BridgeRecord): readonly HalfRound[] {
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
  [a, b]: readonly [a: string, b: string],
  options: BridgeRunOptions,
): AsyncGenerator<BridgeRunStep, BridgeOutcome> {
  const { resume = false, open = openDataSet, settings = {}, batch, seed = 0, network, onPairs } = options;
  const { threads, device, onStart, onNote, stopRequested, saveRequested } = options;
  const folder = options.out ?? join('runs', `${shortName(a, options.from)}-to-${shortName(b, options.to)}`);
  const method = find(bridges, options.method ?? 'dsbm', 'method');
  const facts = await factsOf([a, b], method, options);
  const isThere = isBridge(folder);
  if (isThere && !resume)
    throw new FileError(
      folder,
      'there is a bridge in this folder; go on with it with --resume, or choose another --out',
    );
  if (isThere) requireSame(folder, readBridge(folder), facts);
  const ends = await openEnds(facts, open);
  const known = withPairs(facts, ends, method);
  const { epsilon, chain } = known;
  const loss = { kind: method.objective, epsilon, ...(chain !== undefined && { steps: chain }) };
  const path = chain === undefined ? undefined : twoWayTimes(chain);
  const [own, other] = [ends.a.rows.length, ends.b.rows.length];
  checkOptions([
    known.first !== 'rows' || own === other,
    'first',
    `expected sets whose rows belong together for ${method.name}, ${a} has ${own} and ${b} has ${other}`,
  ]);
  const all = halfRounds(folder, known, method);
  const steps = Math.max(1, Math.floor((options.steps ?? defaultRoundSteps * all.length) / all.length));
  // A folder with other content is refused by its first run; until then nothing is in it but what is known of the bridge.
  if (!isThere) {
    if (isRun(folder)) throw new FileError(folder, 'there is a run in this folder; choose another --out');
    attempt(folder, 'cannot be created', () => mkdirSync(folder, { recursive: true }));
    writeBridge(folder, known);
  }
  const reached = Math.max(
    0,
    all.findLastIndex((own) => isRun(own.folder)),
  );
  let outcome: TrainOutcome | undefined;
  for (const [k, own] of all.entries()) {
    if (k < reached) continue;
    const [target, source] = own.direction === 'forward' ? [ends.b, ends.a] : [ends.a, ends.b];
    const file = pairsFile(folder, own.name);
    if (!existsSync(file)) {
      const before = all[k - 1];
      const from = before === undefined ? known.first : await openDirection(before.folder, { method: method.name, epsilon }, { threads, device }); // prettier-ignore
      try {
        const onFraction = (fraction: number): void => onPairs?.({ round: own.round, fraction });
        const drawn = await drawBridgePairs({ ends: { target, source }, count: known.pairs, epsilon, path, key: halfRoundKey(seed, k), from, onFraction }); // prettier-ignore
        writePairs(file, folder, drawn);
      } finally {
        if (typeof from !== 'string') await from[Symbol.asyncDispose]();
      }
    }
    const before = all[k - 1];
    if (before !== undefined) removePairs(pairsFile(folder, before.name));
    const pairs: Pairs = readPairs(file, pairSizes(target, chain));
    const { set, scaler, shape } = target;
    const end = own.direction === 'forward' ? known.a : known.b;
    const training = trainRun(end.data.ref, {
      ...{ threads, device, onStart, onNote, stopRequested, saveRequested, network, batch },
      ...{ out: own.folder, resume: resume && isRun(own.folder), init: all[k - 2]?.folder, steps },
      // Each direction has noise of its own.
      seed: seed + k,
      task: 'bridge',
      open: () =>
        Promise.resolve(
          pairSet(pairs, { kind: kindOf(set), scaler, shape, name: `${own.name} of ${basename(folder)}` }),
        ),
      config: merge(
        { data: end.data, train: { decay: 'cosine', warmup: Math.min(100, Math.floor(steps / 10)) } },
        { loss },
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
        ...{ round: own.round, rounds: known.rounds, direction: own.direction },
      };
    }
    outcome = await training;
    if (outcome.interrupted) return { ...outcome, run: folder, method: method.name, halfRounds: k };
  }
  if (outcome === undefined) throw new FileError(folder, 'there is nothing to train');
  return { ...outcome, run: folder, method: method.name, halfRounds: all.length };
}

function shortName(ref: string, part: string | undefined): string {
  return part ?? basename(resolve(ref)).replace(/\.\w+$/, '');
}

/** What is asked for; the number of pairs depends on the data, 0 stands for it. */
async function factsOf(
  [a, b]: readonly [string, string],
  { name, rounds: usual, first: kinds, chain: usualChain }: BridgeRecord,
  options: BridgeRunOptions,
): Promise<BridgeFacts> {
  const { epsilon = defaultEpsilon, rounds = usual, chain = usualChain, pairs = 0, seed = 0 } = options;
  const first = firstPairs.find((one) => one === (options.first ?? kinds[0]));
  checkOptions(
    [Number.isFinite(epsilon), 'epsilon', `expected a number, got ${epsilon}`],
    positive('epsilon', epsilon),
    positiveInteger('rounds', rounds),
    [
      usualChain !== undefined || options.chain === undefined,
      'chain',
      `is of methods that learn chains, such as dsb; ${name} learns diffusions, whose steps are those of sample`,
    ],
    [
      chain === undefined || (Number.isInteger(chain) && chain >= 2 && chain <= 1000),
      'chain',
      `expected 2 to 1000 steps, got ${chain}`,
    ],
    [
      options.pairs === undefined || (Number.isInteger(pairs) && pairs >= 2),
      'pairs',
      `expected at least 2, got ${pairs}`,
    ],
    [first !== undefined && kinds.includes(first), 'first', unknownName(options.first ?? '', kinds)],
  );
  const end = async (ref: string, part: string | undefined): Promise<BridgeEnd> => {
    const grouped = part !== undefined && (await optionsOfData(ref)).includes('group');
    const data = dataConfig(ref, grouped ? { ...options, group: part } : options);
    const split = await trainedPart(ref);
    return {
      data: split === undefined ? data : { ...data, split },
      ...(part !== undefined && !grouped && { class: part }),
    };
  };
  const [from, to] = [await end(a, options.from), await end(b, options.to)];
  return {
    a: from,
    b: to,
    method: name as BridgeFacts['method'],
    epsilon,
    rounds,
    first: first ?? 'independent',
    ...(chain !== undefined && { chain }),
    pairs,
    seed,
  };
}

function withPairs(facts: BridgeFacts, { a }: OpenEnds, { pairs }: BridgeRecord): BridgeFacts {
  if (facts.pairs > 0) return facts;
  return { ...facts, pairs: a.shape.length === 1 ? pairs.vectors : pairs.pictures };
}

/** @throws FileError if the bridge in a folder is another one. */
function requireSame(folder: string, before: BridgeFacts, asked: BridgeFacts): void {
  for (const name of ['a', 'b', 'method', 'epsilon', 'rounds', 'first', 'chain', 'pairs', 'seed'] as const) {
    if (name === 'pairs' && asked.pairs === 0) continue;
    const [old, own] = [JSON.stringify(before[name]), JSON.stringify(asked[name])];
    if (old !== own)
      throw new FileError(folder, `this bridge has ${name} ${old}, got ${own}; give the same, or choose another --out`);
  }
}
