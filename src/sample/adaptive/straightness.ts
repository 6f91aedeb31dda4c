/** @file How straight the paths of the probability flow are, and where they end. */
import { combine, scale } from '../../base/arith.ts';
import { batchOf, sampleSize, type Tensor } from '../../base/tensor.ts';
import type { OdeOptions, OdeStatus } from '../../ode/adaptive.ts';
import { dopri5 } from '../../ode/dopri5.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import type { Sde } from '../../sde/sde.ts';
import { noiseRatio, timeOfNoiseRatio } from '../../sde/time/noise-ratio.ts';

/** The paths of a batch of states. */
export interface Paths {
  /** How far each path is from a straight one, mean over the numbers of a sample; 0 is straight. */
  readonly straightness: Float64Array;
  /** Mean square of the chord's velocity over the numbers of a sample, to compare it with. */
  readonly speed: Float64Array;
  /** The ends of the paths at tEnd, `[B, …]`. */
  readonly x: Tensor;
  /** Evaluations of the score, per sample. */
  readonly evals: readonly number[];
  readonly status: readonly OdeStatus[];
}

/**
 * Follows the probability flow from states at tMax to tEnd and measures how straight it goes: the integral over u of
 * ||v - (y_1 - y_0) / (u_1 - u_0)||^2 / d along y = x / (alpha + sigma), with u = sigma / (alpha + sigma) and
 * v = dy/du = z - x_0 of the noise and the data that the score estimates. In these coordinates every affine SDE is rectified flow, so that
 * the number does not depend on which one a model has. Straight paths need one Euler step.
 *
 * As the integral of ||v - c||^2 with the mean c of v is that of ||v||^2 less ||c||^2 (u_1 - u_0), the path's integral of ||v||^2 is solved beside it.
 * @param x - states at tMax, `[B, …]`
 * @param options - of the solver; tolerances are of y
 * @throws ConfigError unless rtol and atol are positive and maxSteps is a positive integer.
 * @see Liu et al. 2023, "Flow straight and fast", eq. 5
 */
export async function straightPaths(
  { sde, score }: { readonly sde: Sde; readonly score: ScoreFn },
  x: Tensor,
  options: OdeOptions = {},
): Promise<Paths> {
  const [batch, size] = [batchOf(x), sampleSize(x)];
  const partOf = (t: number): number => noiseRatio(sde, t) / (1 + noiseRatio(sde, t));
  const sizeAt = (t: number): number => sde.alpha(t) + sde.sigma(t);
  const [from, to] = [partOf(sde.tMax), partOf(sde.tEnd)];
  const start = scale(1 / sizeAt(sde.tMax), x);
  // The last number of a row is the integral of ||v||^2 / d.
  const rowsWith = (state: Float64Array, last: (row: number) => number, rows: number): Tensor => {
    const data = new Float64Array(rows * (size + 1));
    for (let row = 0; row < rows; row++) {
      data.set(state.subarray(row * size, (row + 1) * size), row * (size + 1));
      data[row * (size + 1) + size] = last(row);
    }
    return { shape: [rows, size + 1], data };
  };
  const statesOf = (y: Tensor): Tensor => {
    const rows = batchOf(y);
    const data = new Float64Array(rows * size);
    for (let row = 0; row < rows; row++)
      data.set(y.data.subarray(row * (size + 1), row * (size + 1) + size), row * size);
    return { shape: [rows, ...x.shape.slice(1)], data };
  };
  const { y, evals, status } = await dopri5(
    async (parts, both, rows) => {
      const times = parts.map((u) => timeOfNoiseRatio(sde, u / (1 - u)));
      const states = statesOf(both);
      const s = await score(scale(times.map(sizeAt), states), times, rows);
      // z - x_0 = -sigma s - (x + sigma^2 s) / alpha
      const v = combine(
        [times.map((t) => -1 - noiseRatio(sde, t)), states],
        [times.map((t) => -(1 + noiseRatio(sde, t)) * sde.sigma(t)), s],
      );
      return rowsWith(v.data, (row) => meanSquare(v.data, row, size), rows.length);
    },
    rowsWith(start.data, () => 0, batch),
    { ...options, from, to },
  );
  const end = statesOf(y);
  const chord = combine([1 / (from - to), start], [-1 / (from - to), end]);
  const speed = Float64Array.from({ length: batch }, (_, row) => meanSquare(chord.data, row, size));
  // The integral runs from tMax down.
  const straightness = speed.map((own, row) => Math.max(0, -y.data[row * (size + 1) + size]! - own * (from - to)));
  return { straightness, speed, x: scale(sizeAt(sde.tEnd), end), evals, status };
}

function meanSquare(values: Float64Array, row: number, size: number): number {
  let sum = 0;
  for (let j = row * size; j < (row + 1) * size; j++) sum += values[j]! ** 2;
  return sum / size;
}
