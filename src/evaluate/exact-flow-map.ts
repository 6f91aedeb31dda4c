/** @file The exact map of the probability flow of data whose coordinates are independent mixtures of Gaussians. */
import { ShapeError } from '../base/errors.ts';
import { sampleSize, tensor } from '../base/tensor.ts';
import { normalizedLogs, spreadOf } from '../sde/exact/gaussian-mixture.ts';
import type { FlowMap } from '../sde/flow-map.ts';
import type { Sde } from '../sde/sde.ts';
import { upperGamma } from '../base/gamma.ts';

/** The law of one number: a mixture of Gaussians. */
export interface ScalarMixture {
  readonly means: readonly number[];
  /** One standard deviation for all components, or one each; 0 is a point. */
  readonly stds: number | readonly number[];
  /** Positive numbers, normalized to sum to 1; equal by default. */
  readonly weights?: readonly number[];
}

interface Component {
  readonly logWeight: number;
  readonly mean: number;
  readonly std: number;
}

/**
 * Where the probability flow of an affine SDE takes data of independent coordinates. In one dimension the flow keeps the order of points, so
 * that it is Phi(x; t -> s) = F_s^-1(F_t(x)) with the distribution functions of the noised laws; a Gaussian N(m, v^2) has
 * Phi = alpha_s m + (v_s / v_t) (x - alpha_t m), v_t^2 = alpha_t^2 v^2 + sigma_t^2.
 * @param laws - that of every coordinate, or one for each in the order of a sample's numbers
 * @throws ConfigError if a weight is not positive or a standard deviation is negative.
 * @throws ShapeError if weights or standard deviations do not match the means, or the map is asked for samples of another size.
 */
export function exactFlowMap(sde: Sde, laws: ScalarMixture | readonly ScalarMixture[]): FlowMap {
  const own = (Array.isArray(laws) ? (laws as readonly ScalarMixture[]) : [laws as ScalarMixture]).map(componentsOf);
  const at = (components: readonly Component[], t: number): readonly Component[] =>
    components.map(({ logWeight, mean, std }) => ({
      logWeight,
      mean: sde.alpha(t) * mean,
      std: Math.hypot(sde.alpha(t) * std, sde.sigma(t)),
    }));
  const map = (x: Parameters<FlowMap>[0], from: number, to: number): ReturnType<typeof tensor> => {
    const size = sampleSize(x);
    if (own.length !== 1 && own.length !== size)
      throw new ShapeError(`x: expected samples of ${own.length} numbers, one for each law, got ${size}`);
    const marginals = own.map((components) => [at(components, from), at(components, to)] as const);
    const data = Float64Array.from(x.data, (value, i) => {
      const [before, after] = marginals[own.length === 1 ? 0 : i % size] ?? [[], []];
      return from === to ? value : transported(value, before, after);
    });
    return { shape: x.shape, data };
  };
  return (x, from, to) => Promise.resolve().then(() => map(x, from, to));
}

function componentsOf({ means, stds, weights }: ScalarMixture): readonly Component[] {
  const rows = tensor([...means], [means.length, 1]);
  const [logs, spread] = [normalizedLogs(weights, means.length), spreadOf({ means: rows, stds })];
  return means.map((mean, k) => ({ mean, logWeight: logs[k] ?? 0, std: spread[k] ?? 0 }));
}

/** The number at which `after` has the distribution function that `before` has at x, by bisection to the last bit. */
function transported(x: number, before: readonly Component[], after: readonly Component[]): number {
  const units = before.map(({ mean, std }) => (x - mean) / std);
  // A mixture's quantile lies between those of its components.
  const ends = [Math.min(...units), Math.max(...units)].map((z) => after.map(({ mean, std }) => mean + std * z));
  let low = Math.min(...(ends[0] ?? []));
  let high = Math.max(...(ends[1] ?? []));
  // The smaller tail has the more digits.
  const side = logTail(x, before, 1) < logTail(x, before, -1) ? 1 : -1;
  const level = logTail(x, before, side);
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    const beyond = logTail(middle, after, side);
    if (side === 1 ? beyond > level : beyond < level) low = middle;
    else high = middle;
  }
}

/** log P(X > x) for side 1, log P(X < x) for side -1. */
function logTail(x: number, components: readonly Component[], side: 1 | -1): number {
  const logs = components.map(({ logWeight, mean, std }) => logWeight + logUpper((side * (x - mean)) / std));
  const largest = Math.max(...logs);
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0));
}

/** From here on the tail is computed by its asymptotic series, whose terms fall by 1/900 there. */
const far = 30;

/** log P(Z > z) of a standard normal Z. */
function logUpper(z: number): number {
  if (z < 0) return Math.log1p(-upperGamma(0.5, (z * z) / 2) / 2);
  if (z < far) return Math.log(upperGamma(0.5, (z * z) / 2) / 2);
  const w = 1 / (z * z);
  const series = 1 - w * (1 - 3 * w * (1 - 5 * w * (1 - 7 * w)));
  return -0.5 * z * z - Math.log(z * Math.sqrt(2 * Math.PI)) + Math.log(series);
}
