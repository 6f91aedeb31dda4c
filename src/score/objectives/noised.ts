/** @file Noised samples and their scores: what almost every objective is written of. */
import { dimensionOf } from '../../base/tensor.ts';
import { foldIn, type Key } from '../../base/key.ts';
import { normalInto, stratified } from '../../base/random.ts';
import { add, input, mul, slice } from '../../graph/build.ts';
import type { Graph, Node } from '../../graph/node.ts';
import type { Network } from '../../nn/network.ts';
import {
  sigmaSquaredWeighting,
  uniformTimes,
  type TimeDistribution,
  type Weighting,
} from '../../sde/learning/weighting.ts';
import { coefficient, lossCoefficients, type ScoreProcess } from '../coefficients.ts';
import { perSample, reductionFactor, type Reduction } from './loss.ts';
import type { Drawn, LossSite } from './objective.ts';

/** At which times a loss is taken, and how it is weighed there and joined over a sample. */
export interface Weighing {
  /** lambda(t) of the loss, sigma(t)^2 by default. */
  readonly weighting?: Weighting;
  /** Where the times of a batch lie, uniform by default. */
  readonly times?: TimeDistribution;
  /** The mean over a sample by default. */
  readonly reduction?: Reduction;
}

/** A noised sample and what the network says of it. */
export interface Noised {
  readonly x0: Node;
  /** The noise, `[B, …]`. */
  readonly z: Node;
  /** x_t = alpha x0 + sigma z. */
  readonly x: Node;
  /** sigma(t), `[B]`. */
  readonly sigma: Node;
  /** sigma s(x_t, t), made without dividing by a small sigma. */
  readonly scaledScore: Node;
  /** The network's output, with all of its parts. */
  readonly raw: Node;
}

/** What a loss noises, and by which inputs. */
export interface NoisedOptions {
  /** Takes x = x0 instead of x_t, and reads neither noise nor alpha. Default false. */
  readonly clean?: boolean;
  /** The samples, where they are computed; the input `x0` by default. */
  readonly x0?: Node;
  /** Before the names of the inputs, of a second loss beside another one. Default nothing. */
  readonly prefix?: string;
}

/** The score of noised samples, times sigma. Its inputs are `x0` and `z` `[B, …]` and the loss coefficients `[B]`. */
export function noised(
  owner: Graph,
  net: Network,
  { scope, batch, classes }: LossSite,
  { clean = false, x0: given, prefix = '' }: NoisedOptions = {},
): Noised {
  const shape = [batch, ...net.sampleShape];
  const [x0, z] = [given ?? input(owner, `${prefix}x0`, shape), input(owner, `${prefix}z`, shape)];
  const [alpha, sigma, sigmaSkip, sigmaOut, inScale, label] = lossCoefficients.map((name) =>
    input(owner, prefix + name, [batch]),
  ) as [Node, Node, Node, Node, Node, Node];
  const x = clean ? x0 : add(mul(perSample(alpha, x0), x0), mul(perSample(sigma, z), z));
  const raw = net.forward(scope, mul(perSample(inScale, x), x), label, classes);
  const main = slice(raw, 1, { begin: 0, end: dimensionOf(x, 1) });
  const scaledScore = add(mul(perSample(sigmaSkip, x), x), mul(perSample(sigmaOut, main), main));
  return { x0, z, x, sigma, scaledScore, raw };
}

/** What `noised` reads, with independent noise and the input `weight` `[B]`: lambda / sigma^2 times the factor of the reduction over the batch. */
export function drawNoised(process: ScoreProcess, weighing: Weighing, clean: Clean, key: Key): Drawn {
  const z = new Float32Array(clean.x0.length);
  normalInto(z, foldIn(key, 'noise'));
  return drawWeighed(process, weighing, { ...clean, z }, key);
}

/** The same with given noise, at the times of the weighing. */
export function drawWeighed(
  process: ScoreProcess,
  weighing: Weighing,
  { x0, z, batch }: Clean & { readonly z: Float32Array },
  key: Key,
): Drawn {
  const { sde } = process;
  const { weighting = sigmaSquaredWeighting(sde), times: at = uniformTimes(sde), reduction = 'mean' } = weighing;
  const times = Array.from(stratified(foldIn(key, 'times'), batch), at);
  const factor = reductionFactor(reduction, { size: x0.length / batch, batch });
  const weight = new Float32Array(batch);
  for (const [i, t] of times.entries()) weight[i] = (factor * weighting(t)) / sde.sigma(t) ** 2;
  return { feeds: { ...coefficientsAt(process, times), x0, z, weight }, times };
}

/** A batch of samples without noise. */
export interface Clean {
  readonly x0: Float32Array;
  readonly batch: number;
}

/** What `noised` reads at given times. */
export function noiseFeeds(
  process: ScoreProcess,
  { x0, times }: Clean & { readonly times: readonly number[] },
  key: Key,
): Record<string, Float32Array> {
  const z = new Float32Array(x0.length);
  normalInto(z, foldIn(key, 'noise'));
  return { ...coefficientsAt(process, times), x0, z };
}

function coefficientsAt(process: ScoreProcess, times: readonly number[]): Record<string, Float32Array> {
  return Object.fromEntries(lossCoefficients.map((name) => [name, coefficient(name, process, times)] as const));
}
