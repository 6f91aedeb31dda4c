/** @file Bridges whose plan is a mixture of Gaussians given each start: exact, and without a network. */
import { checkOptions, positive } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';
import { foldIn, type Key } from '../base/key.ts';
import { normalInto, uniform } from '../base/random.ts';
import { batchOf, sampleSize, zeros, type Tensor } from '../base/tensor.ts';
import type { Drift } from './paths.ts';

/** v(y) = sum_k exp(logWeights[k]) N(y; centers[k], epsilon diag(scales[k])), which makes the plan exp(x y / epsilon) v(y) of a bridge from any start. */
export interface LightPotential {
  /** Numbers of a sample. */
  readonly dimension: number;
  /** Variance of the reference over the whole time, above 0. */
  readonly epsilon: number;
  /** `[K]`. */
  readonly logWeights: Float64Array;
  /** `[K, d]`. */
  readonly centers: Float64Array;
  /** Diagonals of S_k, above 0, `[K, d]`. */
  readonly scales: Float64Array;
}

/** The law of the end given x_t: a mixture of Gaussians. */
interface EndLaw {
  /** Of each component, of sum 1, `[K]`. */
  readonly weights: Float64Array;
  /** log of the sum of the weights before they were normalized. */
  readonly logMass: number;
  /** `[K, d]`. */
  readonly means: Float64Array;
  /** Variances, `[K, d]`. */
  readonly variances: Float64Array;
}

/**
 * The law of the end y of a bridge given where a path is, when a part `left` of the time remains: with r, S of a component its precision is
 * (1 / S + (1 - left) / left) / epsilon, and at the start (left = 1) its mean is r + S x.
 * @throws ConfigError unless 0 < left <= 1.
 * @see Korotin et al. 2024, "Light Schroedinger bridge", proposition 3.2
 */
export function endLaw(potential: LightPotential, x: ArrayLike<number>, left = 1): EndLaw {
  const { dimension: d, epsilon, logWeights, centers, scales } = potential;
  checkOptions([left > 0 && left <= 1, 'left', `expected above 0 to 1, got ${left}`]);
  const count = logWeights.length;
  const weights = new Float64Array(count);
  const [means, variances] = [new Float64Array(count * d), new Float64Array(count * d)];
  const pull = (1 - left) / left;
  for (let k = 0; k < count; k++) {
    let log = logWeights[k]!;
    for (let j = 0; j < d; j++) {
      const [r, s] = [centers[k * d + j]!, scales[k * d + j]!];
      const precision = 1 / s + pull;
      const mean = (r / s + x[j]! / left) / precision;
      means[k * d + j] = mean;
      variances[k * d + j] = epsilon / precision;
      log += 0.5 * ((precision * mean * mean - (r * r) / s) / epsilon - Math.log(s * precision));
    }
    weights[k] = log;
  }
  const most = weights.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  for (let k = 0; k < count; k++) sum += weights[k] = Math.exp(weights[k]! - most);
  for (let k = 0; k < count; k++) weights[k]! /= sum;
  return { weights, logMass: most + Math.log(sum), means, variances };
}

/** Draws the end of each path that starts at a sample of x, from the key of the sample: the plan of the bridge, exactly. */
export function drawEnds(potential: LightPotential, x: Tensor, keys: readonly Key[]): Tensor {
  const d = requireFit(potential, x);
  if (keys.length !== batchOf(x))
    throw new ShapeError(`drawEnds: expected ${batchOf(x)} keys, one per sample, got ${keys.length}`);
  const out = zeros(x.shape);
  const z = new Float64Array(d);
  keys.forEach((key, i) => {
    const { weights, means, variances } = endLaw(potential, row(x, i, d));
    let left = uniform(foldIn(key, 'component'), 1)[0]!;
    let k = 0;
    while (k < weights.length - 1 && left >= weights[k]!) left -= weights[k++]!;
    normalInto(z, foldIn(key, 'end'));
    for (let j = 0; j < d; j++) out.data[i * d + j] = means[k * d + j]! + Math.sqrt(variances[k * d + j]!) * z[j]!;
  });
  return out;
}

/** E[y | x_t] for the samples of x, when a part `left` of the time remains. */
export function meanEnds(potential: LightPotential, x: Tensor, left = 1): Tensor {
  const d = requireFit(potential, x);
  const out = zeros(x.shape);
  for (let i = 0; i < batchOf(x); i++) {
    const { weights, means } = endLaw(potential, row(x, i, d), left);
    weights.forEach((weight, k) => {
      for (let j = 0; j < d; j++) out.data[i * d + j]! += weight * means[k * d + j]!;
    });
  }
  return out;
}

/** The drift of the bridge toward its end, whose time runs from 1 at the start to 0: (E[y | x_t] - x) / t. */
export function lightDrift(potential: LightPotential): Drift {
  return (x, t) => {
    // At the end itself the limit is that of a short way before it.
    const left = Math.max(t, 1e-6);
    const mean = meanEnds(potential, x, left);
    return { shape: x.shape, data: mean.data.map((value, j) => (value - x.data[j]!) / left) };
  };
}

/** How a potential is fitted. */
export interface LightFitOptions {
  /** Variance of the reference over the whole time, above 0. */
  readonly epsilon: number;
  /** Where all randomness comes from. */
  readonly key: Key;
  /** K, at least 1. Default 20. */
  readonly components?: number;
  /** Steps of Adam. Default 2000. */
  readonly steps?: number;
  /** Samples of each end in a step. Default 128. */
  readonly batch?: number;
  /** Size of the first steps, which falls to 0 by a cosine. Default 0.02. */
  readonly learningRate?: number;
}

/** A step of a fit. */
export interface LightFitStep {
  readonly step: number;
  readonly steps: number;
  /** E log c(x) - E log v(y), which is least at the bridge. */
  readonly loss: number;
}

/**
 * Fits the potential of the bridge from the law of x to that of y: minimizes E log c(x) - E log v(y) with c(x) the integral of exp(x y / epsilon) v(y),
 * which is KL(plan of the bridge | plan of v) up to a constant. It simulates nothing.
 * @param x - `[n, d]`, samples of the start
 * @param y - `[m, d]`, samples of the end
 * @throws ConfigError unless epsilon > 0.
 * @throws ShapeError unless both have one dimension.
 * @see Korotin et al. 2024, "Light Schroedinger bridge", eq. 8
 */
export function* fitLight(
  x: Tensor,
  y: Tensor,
  { epsilon, key, components: count = 20, steps = 2000, batch = 128, learningRate = 0.02 }: LightFitOptions,
): Generator<LightFitStep, LightPotential> {
  checkOptions(positive('epsilon', epsilon));
  const d = sampleSize(x);
  if (sampleSize(y) !== d) throw new ShapeError(`fitLight: expected ends of ${d} numbers, got one of ${sampleSize(y)}`);
  const parameters = firstParameters(x, y, { count, d, key });
  const adam = { m: new Float64Array(parameters.length), v: new Float64Array(parameters.length) };
  const rows = (all: Tensor, name: string, n: number): readonly ArrayLike<number>[] =>
    Array.from(uniform(foldIn(foldIn(key, name), n), batch), (u) => row(all, Math.floor(u * batchOf(all)), d));
  for (let n = 1; n <= steps; n++) {
    const gradient = new Float64Array(parameters.length);
    const potential = potentialOf(parameters, { count, d, epsilon });
    let loss = 0;
    for (const own of rows(x, 'x', n)) loss += addMass(gradient, potential, own) / batch;
    for (const own of rows(y, 'y', n)) loss -= addDensity(gradient, potential, own) / batch;
    const rate = 0.5 * learningRate * (1 + Math.cos((Math.PI * n) / steps));
    for (let i = 0; i < parameters.length; i++) {
      const g = gradient[i]! / batch;
      adam.m[i] = 0.9 * adam.m[i]! + 0.1 * g;
      adam.v[i] = 0.999 * adam.v[i]! + 0.001 * g * g;
      const [m, v] = [adam.m[i]! / (1 - 0.9 ** n), adam.v[i]! / (1 - 0.999 ** n)];
      parameters[i]! -= (rate * m) / (Math.sqrt(v) + 1e-8);
    }
    yield { step: n, steps, loss };
  }
  return potentialOf(parameters, { count, d, epsilon });
}

interface Sizes {
  readonly count: number;
  readonly d: number;
}

/** log weights `[K]`, centers `[K, d]` and log scales `[K, d]`, end to end. */
function firstParameters(x: Tensor, y: Tensor, { count, d, key }: Sizes & { readonly key: Key }): Float64Array {
  const out = new Float64Array(count * (1 + 2 * d));
  const scale = 0.1;
  const mean = new Float64Array(d);
  x.data.forEach((value, i) => (mean[i % d]! += value / batchOf(x)));
  const chosen = uniform(foldIn(key, 'centers'), count);
  for (let k = 0; k < count; k++)
    for (let j = 0; j < d; j++) {
      const at = Math.floor(chosen[k]! * batchOf(y)) * d + j;
      // r + S x is to be a sample of the end for the mean of the starts.
      out[count + k * d + j] = y.data[at]! - scale * mean[j]!;
      out[count * (1 + d) + k * d + j] = Math.log(scale);
    }
  return out;
}

function potentialOf(
  parameters: Float64Array,
  { count, d, epsilon }: Sizes & { readonly epsilon: number },
): LightPotential {
  return {
    ...{ dimension: d, epsilon },
    logWeights: parameters.slice(0, count),
    centers: parameters.slice(count, count * (1 + d)),
    scales: parameters.slice(count * (1 + d)).map(Math.exp),
  };
}

/** Adds the gradient of log c(x) to that of the parameters, and returns log c(x). */
function addMass(gradient: Float64Array, potential: LightPotential, x: ArrayLike<number>): number {
  const { dimension: d, epsilon, scales } = potential;
  const { weights, logMass } = endLaw(potential, x);
  const count = weights.length;
  weights.forEach((weight, k) => {
    gradient[k]! += weight;
    for (let j = 0; j < d; j++) {
      const at = k * d + j;
      gradient[count + at]! += (weight * x[j]!) / epsilon;
      gradient[count * (1 + d) + at]! += (weight * scales[at]! * x[j]! * x[j]!) / (2 * epsilon);
    }
  });
  return logMass;
}

/** Takes the gradient of log v(y) from that of the parameters, and returns log v(y). */
function addDensity(gradient: Float64Array, potential: LightPotential, y: ArrayLike<number>): number {
  const { dimension: d, epsilon, logWeights, centers, scales } = potential;
  const count = logWeights.length;
  const logs = logWeights.map((log, k) => {
    let own = log;
    for (let j = 0; j < d; j++) {
      const variance = epsilon * scales[k * d + j]!;
      own -= 0.5 * ((y[j]! - centers[k * d + j]!) ** 2 / variance + Math.log(2 * Math.PI * variance));
    }
    return own;
  });
  const most = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = logs.reduce((total, log) => total + Math.exp(log - most), 0);
  logs.forEach((log, k) => {
    const part = Math.exp(log - most) / sum;
    gradient[k]! -= part;
    for (let j = 0; j < d; j++) {
      const at = k * d + j;
      const variance = epsilon * scales[at]!;
      const off = y[j]! - centers[at]!;
      gradient[count + at]! -= (part * off) / variance;
      gradient[count * (1 + d) + at]! -= part * 0.5 * (off ** 2 / variance - 1);
    }
  });
  return most + Math.log(sum);
}

function row(x: Tensor, i: number, d: number): Float64Array {
  return Float64Array.from(x.data.subarray(i * d, (i + 1) * d));
}

/** @throws ShapeError unless samples have as many numbers as the potential. */
function requireFit({ dimension }: LightPotential, x: Tensor): number {
  if (sampleSize(x) === dimension) return dimension;
  throw new ShapeError(`light bridge: expected samples of ${dimension} numbers, got ${sampleSize(x)}`);
}
