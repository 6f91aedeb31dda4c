/** @file One step of training as one program: loss, gradients, clipping, Adam and the moving average. */
import { mapInto } from '../base/map-into.ts';
import type { Arrays, Backend, DeviceArray, Feeds } from '../backend/program.ts';
import { bits } from '../base/random.ts';
import { foldIn, type Key } from '../base/key.ts';
import { sizeOf } from '../base/tensor.ts';
import { add, concat, input, mul, reshape, slice, sub, sum } from '../graph/build.ts';
import { enterLayer, graph, type Graph, type Node } from '../graph/node.ts';
import { gradient } from '../graph/vjp.ts';
import { layout, type MaskInput, type Network } from '../nn/network.ts';
import type { RateDecay } from '../nn/learning-rate.ts';
import { adamStep, stepNumbers, stepNumbersAt, type AdamOptions } from '../nn/optimizer.ts';
import { lossScopes } from './loss-scopes.ts';
import type { Objective } from './objectives/objective.ts';
import { profileDecay } from './power-profiles.ts';

/**
 * Everything that training changes, and the fixed parameters; each vector is `[P]` except `fixed`. Between steps the vectors are
 * on the device where the backend keeps them.
 */
export interface TrainState<V extends Float32Array | DeviceArray = Float32Array> {
  readonly params: V;
  readonly m: V;
  readonly v: V;
  readonly ema: V;
  /** Averages with power-law profiles, one for each of the optimizer's; none by default. */
  readonly profiles?: readonly V[];
  readonly fixed: Float32Array;
}

/** The numbers of a state, as arrays: those on the device are read, others are as they are. */
export async function readState({
  fixed,
  profiles,
  ...vectors
}: TrainState<Float32Array | DeviceArray>): Promise<TrainState> {
  const read = (value: Float32Array | DeviceArray): Promise<Float32Array> =>
    value instanceof Float32Array ? Promise.resolve(value) : value.read();
  const [params, m, v, ema] = await Promise.all([vectors.params, vectors.m, vectors.v, vectors.ema].map(read));
  const others = profiles && (await Promise.all(profiles.map(read)));
  return { params, m, v, ema, ...(others && { profiles: others }), fixed } as TrainState;
}

/** Frees the device arrays of a state; arrays are left as they are. */
export async function disposeState(state: TrainState<Float32Array | DeviceArray>): Promise<void> {
  const { params, m, v, ema, profiles = [] } = state;
  for (const value of [params, m, v, ema, ...profiles]) if (!(value instanceof Float32Array)) await value.dispose();
}

/** Constants of the optimizer. */
export interface OptimizerOptions extends Omit<AdamOptions, 'muon'> {
  /** Whether matrices take the steps of Muon in place of those of Adam; they do not by default. */
  readonly muon?: boolean;
  /** Step size after the warm-up. */
  readonly learningRate: number;
  /** Steps over which the rate rises linearly. */
  readonly warmup: number;
  /** How the rate falls after the warm-up; not at all by default. */
  readonly decay?: RateDecay;
  /** Decay of the average of the parameters. */
  readonly emaDecay: number;
  /** Exponents gamma of averages with the weights (1 - 1 / n)^(gamma + 1) of the average before step n; none by default. */
  readonly profiles?: readonly number[];
}

/** The optimizer of the score SDE paper, with the warm-up and the rate of runs of thousands of steps. */
export const defaultOptimizer: OptimizerOptions = {
  learningRate: 5e-4,
  warmup: 500,
  clip: 1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  emaDecay: 0.999,
};

/** One batch: what the loss reads, and the key of dropout. */
export interface TrainBatch {
  readonly feeds: Arrays;
  readonly key: Key;
  /** Whether this member of a group asks all to stop after the step. Default false. */
  readonly stop?: boolean;
}

/** What a step yields besides the new state. */
export interface StepResult {
  /** The caller disposes of it. */
  readonly state: TrainState<DeviceArray>;
  readonly loss: number;
  readonly losses: Float32Array;
  /** Norm of the gradient before clipping. */
  readonly gradientNorm: number;
  /** Of a step that was computed in parts: how many, and the mean over them of the square of the norm of the gradient of each part alone. */
  readonly parts?: { readonly count: number; readonly square: number } | undefined;
  /** Whether all new parameters are finite numbers. */
  readonly finite: boolean;
  /** Whether any member of the group has asked to stop. */
  readonly stop: boolean;
}

/** A compiled training step. */
export interface TrainStep {
  /** Takes step n, counted from 1, when a part `spent` of the minutes is over (default 0); the state before it is left as it is. */
  run(state: TrainState<Float32Array | DeviceArray>, batch: TrainBatch, n: number, spent?: number): Promise<StepResult>;
  dispose(): Promise<void>;
}

/** What the host reads of a step; the last is a finite number if all new parameters are. */
type StepOutput = 'loss' | 'losses' | UpdateOutput;
type UpdateOutput = 'gradientNorm' | 'paramsSum';
type NextState = 'nextParams' | 'nextM' | 'nextV' | 'nextEma' | NextProfile;
type NextProfile = `nextProfile${number}`;

const profileName = (i: number): `profile${number}` => `profile${i}`;
const nextProfileName = (i: number): NextProfile => `nextProfile${i}`;

/** Keeps the sum of parameters within float32, as long as each is. */
const sumScale = 1e-10;

/** Constants of the optimizer that are written into a graph. */
export type WrittenOptimizer = Omit<AdamOptions, 'muon'> & Pick<OptimizerOptions, 'profiles' | 'muon'>;

/** What a loss is written for. */
export interface LossRequest {
  /** Samples that the graph reads. */
  readonly batch: number;
  /** Samples of the step in all of its parts. Default `batch`. */
  readonly total?: number;
  readonly objective: Objective;
  /** Whether it reads which numbers of the samples are there, as `observed` `[B, …]`. Default false. */
  readonly missing?: boolean;
}

/** The gradient of a loss in a graph. */
export interface WrittenGradient {
  readonly owner: Graph;
  /** `[P]`. */
  readonly params: Node;
  /** `[P]`, whether the loss reads it or not. */
  readonly ema: Node;
  readonly loss: Node;
  readonly losses: Node;
  /** `[P]`. */
  readonly flat: Node;
  readonly masks: readonly MaskInput[];
}

/** Writes a loss and its gradient; a network or a loss with classes reads them as `classes` `[B, K]`. */
export function writeGradient(
  net: Network,
  { batch, total = batch, objective, missing = false }: LossRequest,
): WrittenGradient {
  const g = graph();
  enterLayer(g, 'parameters');
  const { trained, fixed } = layout(net);
  const [params, ema] = [input(g, 'params', [trained]), input(g, 'ema', [trained])];
  const bound = lossScopes(net, {
    ...{ trained: params, average: ema },
    fixed: fixed === 0 ? undefined : input(g, 'fixed', [fixed]),
  });
  const { classes = net.classes } = objective;
  const given = classes === 0 ? {} : { classes: input(g, 'classes', [batch, classes]) };
  const there = missing ? { observed: input(g, 'observed', [batch, ...net.sampleShape]) } : {};
  enterLayer(g, 'loss');
  const { loss, losses } = objective.write(g, net, { ...bound.scopes, batch, total, ...given, ...there });
  enterLayer(g, 'optimizer');
  const gradients = gradient(loss, bound.trained).map((part) => reshape(part, [sizeOf(part.shape)]));
  const flat = concat(gradients as [Node, ...Node[]], 0);
  return { owner: g, params, ema, loss, losses, flat, masks: bound.masks };
}

/** Writes what the optimizer makes of a gradient `[P]`: the state after the step, and what the host reads of it. */
export function writeUpdate(
  net: Network,
  { owner: g, params: before, ema: average, flat }: Pick<WrittenGradient, 'owner' | 'params' | 'ema' | 'flat'>,
  adam: WrittenOptimizer,
): { outputs: Readonly<Record<UpdateOutput, Node>>; kept: Readonly<Record<NextState, Node>> } {
  const { segments, trained } = layout(net);
  const vector = (name: string): Node => input(g, name, [trained]);
  const state = { params: before, m: vector('m'), v: vector('v'), ema: average };
  const numbers = input(g, 'numbers', [stepNumbers.length]);
  const next = adamStep(state, flat, {
    ...adam,
    numbers,
    muon: adam.muon === true ? segments.filter(({ trainable }) => trainable) : undefined,
  });
  const { params, m, v, ema, gradientNorm } = next;
  const { profiles = [] } = adam;
  const weights = profiles.length === 0 ? undefined : input(g, 'profileDecays', [profiles.length]);
  const nextProfiles = profiles.map((_, i) => {
    const weight = weights && reshape(slice(weights, 0, { begin: i, end: i + 1 }), []);
    return [nextProfileName(i), add(params, mul(sub(vector(profileName(i)), params), weight ?? 0))] as const;
  });
  const kept = { nextParams: params, nextM: m, nextV: v, nextEma: ema, ...Object.fromEntries(nextProfiles) };
  return { outputs: { gradientNorm, paramsSum: sum(mul(params, sumScale)) }, kept };
}

/** The graph of a training step for batches of one size, with the state after it as `kept`. */
export function trainStepGraph(
  net: Network,
  request: LossRequest,
  adam: WrittenOptimizer,
): {
  outputs: Readonly<Record<StepOutput, Node>>;
  kept: Readonly<Record<NextState, Node>>;
  masks: readonly MaskInput[];
} {
  const written = writeGradient(net, request);
  const { loss, losses, masks } = written;
  const { outputs, kept } = writeUpdate(net, written, adam);
  return { outputs: { loss, losses, ...outputs }, kept, masks };
}

/** Compiles the training step of a network for batches of one size. */
export async function compileTrainStep(
  backend: Backend,
  net: Network,
  options: LossRequest & { readonly optimizer: OptimizerOptions },
): Promise<TrainStep> {
  const { optimizer } = options;
  const { outputs, kept, masks } = trainStepGraph(net, options, optimizer);
  const program = await backend.compile(outputs, kept);
  return {
    run: async (state, { feeds, key, stop = false }, n, spent) => {
      const result = await program.run({
        ...feeds,
        ...updateFeeds(state, optimizer, { n, spent }),
        ...Object.fromEntries(masks.map((mask) => [mask.name, dropoutMask(foldIn(key, mask.name), mask)])),
      });
      const { loss, losses } = result;
      return { ...updated(state, optimizer, result), loss: loss[0] ?? NaN, losses, stop };
    },
    dispose: () => program.dispose(),
  };
}

/** What the update of a state reads besides the gradient. */
export function updateFeeds(
  { profiles = [], ...state }: TrainState<Float32Array | DeviceArray>,
  optimizer: OptimizerOptions,
  { n, spent }: { readonly n: number; readonly spent: number | undefined },
): Feeds {
  const { profiles: gammas = [] } = optimizer;
  return {
    ...state,
    ...Object.fromEntries(profiles.map((value, i) => [profileName(i), value])),
    ...(gammas.length > 0 && { profileDecays: Float32Array.from(gammas, (gamma) => profileDecay(gamma, n)) }),
    numbers: stepNumbersAt(n, optimizer, spent),
  };
}

/** The state that an update has made, and what it says of it. */
export function updated(
  { fixed }: TrainState<Float32Array | DeviceArray>,
  { profiles: gammas = [] }: OptimizerOptions,
  result: Readonly<Record<UpdateOutput, Float32Array> & Record<NextState, DeviceArray>>,
): Pick<StepResult, 'state' | 'gradientNorm' | 'finite'> {
  const { nextParams, nextM, nextV, nextEma, gradientNorm, paramsSum } = result;
  const profiles = gammas.flatMap((_, i) => result[nextProfileName(i)] ?? []);
  return {
    state: {
      ...{ params: nextParams, m: nextM, v: nextV, ema: nextEma, fixed },
      ...(gammas.length > 0 && { profiles }),
    },
    gradientNorm: gradientNorm[0] ?? NaN,
    finite: Number.isFinite(paramsSum[0]),
  };
}

/** A dropout mask of a step. */
export function dropoutMask(key: Key, { shape, rate }: MaskInput): Float32Array {
  const threshold = rate * 2 ** 32;
  const keep = 1 / (1 - rate);
  const size = sizeOf(shape);
  return mapInto(new Float32Array(size), bits(key, size), (word) => (word < threshold ? 0 : keep));
}
