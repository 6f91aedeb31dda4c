/**
 * @file Denoised estimates and steps of the probability flow inside of a graph. What depends on time is computed by the host in
 * float64 and enters as one number per sample, so that the graph knows no SDE.
 */
import type { Arrays } from '../../backend/program.ts';
import { InternalError } from '../../base/errors.ts';
import { add, input, mul, slice, sub } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import type { Network, Scope } from '../../nn/network.ts';
import { withEndRows } from '../../nn/with-end.ts';
import type { Sde } from '../../sde/sde.ts';
import { endRows, type ScoreProcess } from '../coefficients.ts';
import { perSample } from './loss.ts';

/** A network with the place of its parameters, and the classes of the samples if it knows any. */
export interface PlacedNetwork {
  readonly net: Network;
  readonly scope: Scope;
  readonly classes?: Node | undefined;
  /** Scale w by which the output F_0 + w (F_c - F_0) is guided to the classes, from that without them. Default 1. */
  readonly guidance?: number | undefined;
  /** Whether a network of steps is given where they end, the input `<at>.end` `[B, E]`; by default it is given none. */
  readonly toEnd?: boolean;
}

/** Factors of the data and of the noise in a state: those of a time, or `cleanLevel`. */
export interface Level {
  readonly alpha: number;
  readonly sigma: number;
}

/** A state without noise, where the last step of a sampler ends. */
export const cleanLevel: Level = Object.freeze({ alpha: 1, sigma: 0 });

/** The factors at a time. */
export function levelAt(sde: Sde, t: number): Level {
  return { alpha: sde.alpha(t), sigma: sde.sigma(t) };
}

/**
 * sum_k c_k x_k with factors per sample, which are the inputs `<at>.<name>` `[B]`.
 * @param terms - each name with its x `[B, …]`
 */
export function weightedSum(at: string, terms: Readonly<Record<string, Node>>): Node {
  const products = Object.entries(terms).map(([name, x]) => {
    const [batch = 1] = x.shape;
    return mul(perSample(input(x.graph, `${at}.${name}`, [batch]), x), x);
  });
  const [first, ...others] = products;
  if (first === undefined) throw new InternalError('a sum of no terms');
  return others.reduce(add, first);
}

/** One vector of numbers per sample for each name: the inputs that `weightedSum` reads. */
export function perSampleFeeds<K extends string>(at: string, rows: readonly Readonly<Record<K, number>>[]): Arrays {
  const [first] = rows;
  const names = first === undefined ? [] : (Object.keys(first) as K[]);
  return Object.fromEntries(names.map((name) => [`${at}.${name}`, Float32Array.from(rows, (row) => row[name])]));
}

/**
 * The denoised estimate D = (x + sigma^2 s) / alpha of a network, whose inputs are `denoisedFeeds` of the same name: with
 * s = skip x + out F it is (1 + sigma^2 skip) / alpha x + sigma^2 out / alpha F.
 * @param x - `[B, …]`, states at the times `at`
 * @param at - the name of the times
 */
export function denoised(
  x: Node,
  { net, scope, classes, guidance = 1, toEnd = false }: PlacedNetwork,
  at: string,
): Node {
  const [batch = 1, channels = 1] = x.shape;
  const each = (name: string): Node => input(x.graph, `${at}.${name}`, [batch]);
  const scaled = mul(perSample(each('inScale'), x), x);
  const end = toEnd && net.ends !== undefined ? input(x.graph, `${at}.end`, [batch, net.ends]) : undefined;
  const outputOf = (given: Node | undefined): Node =>
    net.forward(scope, scaled, each('label'), withEndRows(net, given, end));
  const own = outputOf(classes);
  // Estimates are affine in the output, so that guiding the output guides them.
  const raw = guidance === 1 || classes === undefined ? own : guided(own, outputOf(undefined), guidance);
  return weightedSum(at, { x, output: slice(raw, 1, { begin: 0, end: channels }) });
}

/** @see Ho and Salimans 2022, "Classifier-free diffusion guidance", eq. 6, with w for its 1 + w */
function guided(conditional: Node, unconditional: Node, scale: number): Node {
  return add(unconditional, mul(sub(conditional, unconditional), scale));
}

/**
 * What `denoised` reads at the time of each sample.
 * @param options.cleanAt - time up to which a state counts as data, so that D = x / alpha; none by default
 * @param options.ends - where the step of each sample ends that D is for, undefined for no step; by default a network is given none
 */
export function denoisedFeeds(
  at: string,
  process: ScoreProcess,
  times: readonly number[],
  { cleanAt = -Infinity, ends }: { readonly cleanAt?: number; readonly ends?: readonly (number | undefined)[] } = {},
): Arrays {
  const { sde, parametrization } = process;
  const rows = times.map((t) => {
    const { alpha, sigma } = levelAt(sde, t);
    const variance = t <= cleanAt ? 0 : sigma ** 2;
    return {
      x: (1 + variance * parametrization.skip(t)) / alpha,
      output: (variance * parametrization.out(t)) / alpha,
      inScale: parametrization.inScale(t),
      label: parametrization.label(t),
    };
  });
  return { ...perSampleFeeds(at, rows), ...(ends && { [`${at}.end`]: endRows(process, times, ends) }) };
}

/**
 * The deterministic DDIM step, alpha' D + sigma' (x - alpha D) / sigma, which is Euler's method in sigma / alpha.
 * @param step - the name of the step, whose inputs are `ddimFeeds`
 * @see Song, Meng and Ermon 2021, eq. 12
 */
export function ddimStep(x: Node, estimate: Node, step: string): Node {
  return weightedSum(step, { x, estimate });
}

/** A step of each sample from one level to another. */
export interface LevelStep {
  readonly from: Level;
  readonly to: Level;
}

/** What `ddimStep` reads. */
export function ddimFeeds(step: string, steps: readonly LevelStep[]): Arrays {
  const rows = steps.map(({ from, to }) => {
    const kept = to.sigma / from.sigma;
    return { x: kept, estimate: to.alpha - kept * from.alpha };
  });
  return perSampleFeeds(step, rows);
}

/**
 * The second half of a step of Heun's method in sigma / alpha, whose first half is the DDIM step: x and its estimate at the begin,
 * the state that the DDIM step has come to and the estimate there.
 * @param step - the name of the step, whose inputs are `heunFeeds`
 * @see Karras et al. 2022, algorithm 1
 */
export function heunStep(
  { x, estimate, next, nextEstimate }: Readonly<Record<'x' | 'estimate' | 'next' | 'nextEstimate', Node>>,
  step: string,
): Node {
  return weightedSum(step, { x, estimate, next, nextEstimate });
}

/** What `heunStep` reads; a step that ends without noise is Euler's. */
export function heunFeeds(step: string, steps: readonly LevelStep[]): Arrays {
  const rows = steps.map(({ from, to }) => {
    const [r, end] = [from.sigma / from.alpha, to.sigma / to.alpha];
    if (end === 0) return { x: 0, estimate: to.alpha, next: 0, nextEstimate: 0 };
    const half = (end - r) / 2;
    return {
      x: (to.alpha / from.alpha) * (1 + half / r),
      estimate: (-to.alpha * half) / r,
      next: half / end,
      nextEstimate: (-to.alpha * half) / end,
    };
  });
  return perSampleFeeds(step, rows);
}
