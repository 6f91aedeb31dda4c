/** @file The density of a score model, by the probability-flow ODE. */
import { dotPerSample, scale } from '../base/arith.ts';
import { checkOptions, positiveInteger } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';
import { foldIn, type Key } from '../base/key.ts';
import { normalInto, rademacher } from '../base/random.ts';
import { batchOf, sampleSize, takeRows, zeros, type Tensor } from '../base/tensor.ts';
import type { OdeStatus } from '../ode/adaptive.ts';
import { dopri5 } from '../ode/dopri5.ts';
import { priorLogDensity } from '../sde/prior.ts';
import type { ScoreJvpFn } from '../sde/score-fn.ts';
import type { Sde } from '../sde/sde.ts';
import { meanPerSample } from './bits-per-dim.ts';
import { angleOf, pointAt, scaleAt, slope, type FlowOptions } from './flow.ts';

/**
 * How the trace of the score's Jacobian is found: exactly, with one derivative per dimension, or by Hutchinson's estimate
 * v^T J v, with probes v that stay the same for a sample during the whole solution.
 * @see Hutchinson 1990; Grathwohl et al. 2019, eq. 8
 */
export type Trace =
  | { readonly kind: 'exact' }
  | { readonly kind: 'hutchinson'; readonly law: 'rademacher' | 'gaussian'; readonly probes: number };

/** Options of `logLikelihood`. */
export interface LogLikelihoodOptions extends FlowOptions {
  /** One Rademacher probe by default. */
  readonly trace?: Trace;
}

/** Log densities of a batch, with what is needed to judge them. */
export interface Likelihood {
  /** log p at tMin of each sample, in nats, averaged over the probes; NaN where the status is not 'ok'. */
  readonly logDensityNats: Float64Array;
  /** `[B, M]`: the estimate of each probe alone. */
  readonly byProbeNats: Tensor;
  /** Where the flow takes the samples at tMax. */
  readonly latent: Tensor;
  /** Evaluations of the score with its derivative, per sample. */
  readonly evals: readonly number[];
  readonly status: readonly OdeStatus[];
}

/**
 * Log density of samples under the probability flow of a score: log p(x) = log prior(z) + int div(f x - g^2 s / 2) dt from tMin
 * to tMax along the flow that takes x to z. It is solved in the angle and scale of `slope`, where the divergence is
 * -tan(phi) (D + c^2 tr ds/dx) and the change of scale adds D log(c(tMax) / c(tMin)). The divergence of the linear part is
 * exact; only the score's is estimated. Each sample has its own steps and its own probes, so its value does not depend on
 * its batch.
 * @param x - `[B, …]`, in the model's range
 * @param keys - one per sample, from which its probes come
 * @throws ShapeError unless there is one key per sample.
 * @throws ConfigError unless the number of probes is a positive integer.
 * @see Song et al. 2021, eq. 39 and 40
 * @example
 * ```ts
 * import { gaussianMixture, key, split, tensor, vp } from 'scorefield';
 * import { logLikelihood } from 'scorefield/likelihood';
 *
 * const sde = vp();
 * const { scoreJvp } = gaussianMixture(sde, { means: tensor([-2, 2], [2, 1]), stds: 0.5 });
 * const x = tensor([-2, 0, 2], [3, 1]);
 * const { logDensityNats } = await logLikelihood({ sde, scoreJvp, keys: split(key(0), 3) }, x);
 * console.log(logDensityNats);
 * ```
 */
export async function logLikelihood(
  { sde, scoreJvp, keys }: { readonly sde: Sde; readonly scoreJvp: ScoreJvpFn; readonly keys: readonly Key[] },
  x: Tensor,
  {
    trace = { kind: 'hutchinson', law: 'rademacher', probes: 1 },
    solve = dopri5,
    ...solver
  }: LogLikelihoodOptions = {},
): Promise<Likelihood> {
  const [batch, size] = [batchOf(x), sampleSize(x)];
  if (keys.length !== batch) throw new ShapeError(`keys: expected ${batch}, one per sample, got ${keys.length}`);
  const probes = probesOf(trace, keys, x);
  const estimates = trace.kind === 'exact' ? 1 : probes.length;
  const counts = new Array<number>(batch).fill(0);

  /** d/dphi of the state (x / c, one log density per estimate). */
  const flow = async (angles: readonly number[], y: Tensor, rows: readonly number[]): Promise<Tensor> => {
    const points = angles.map((angle) => pointAt(sde, angle));
    const state = { shape: [rows.length, ...x.shape.slice(1)], data: columns(y, { from: 0, count: size }) };
    const at = scale(
      points.map((point) => point.scale),
      state,
    );
    const times = points.map(({ t }) => t);
    const out = zeros(y.shape);
    const addTo = (i: number, column: number, value: number): void => {
      const at = i * (size + estimates) + size + column;
      out.data[at] = (out.data[at] ?? 0) + value;
    };
    for (const [m, probe] of probes.entries()) {
      const v = takeRows(probe, rows);
      const { score, jvp } = await scoreJvp(at, times, v, rows);
      for (const row of rows) counts[row] = (counts[row] ?? 0) + 1;
      if (m === 0) setColumns(out, slope(points, state, score).data, size);
      const along = dotPerSample(v, jvp);
      points.forEach(({ ratio, scale }, i) =>
        addTo(i, trace.kind === 'exact' ? 0 : m, -ratio * scale ** 2 * (along[i] ?? 0)),
      );
    }
    points.forEach(({ ratio }, i) => {
      for (let m = 0; m < estimates; m++) addTo(i, m, -ratio * size);
    });
    return out;
  };

  const [first, last] = [scaleAt(sde, sde.tMin), scaleAt(sde, sde.tMax)];
  const start = zeros([batch, size + estimates]);
  setColumns(start, scale(1 / first, x).data, size);
  const span = { from: angleOf(sde, sde.tMin), to: angleOf(sde, sde.tMax) };
  const { y, status } = await solve(flow, start, { ...solver, ...span });
  const latent = scale(last, { shape: x.shape, data: columns(y, { from: 0, count: size }) });
  const prior = priorLogDensity(sde, latent).map((value) => value + size * Math.log(last / first));
  const byProbe = columns(y, { from: size, count: estimates }).map((change, i) => {
    const sample = Math.floor(i / estimates);
    return status[sample] === 'ok' ? (prior[sample] ?? 0) + change : NaN;
  });
  return {
    logDensityNats: meanPerSample(byProbe, batch),
    byProbeNats: { shape: [batch, estimates], data: byProbe },
    latent,
    evals: counts,
    status,
  };
}

/** The vectors along which derivatives are taken, each a batch shaped like x. */
function probesOf(trace: Trace, keys: readonly Key[], x: Tensor): readonly Tensor[] {
  const size = sampleSize(x);
  if (trace.kind === 'exact')
    return Array.from({ length: size }, (_, d) => ({
      shape: x.shape,
      data: x.data.map((_value, j) => (j % size === d ? 1 : 0)),
    }));
  checkOptions(positiveInteger('probes', trace.probes));
  return Array.from({ length: trace.probes }, (_, m) => {
    const out = zeros(x.shape);
    keys.forEach((key, i) => {
      const own = foldIn(foldIn(key, 'probe'), m);
      const row = out.data.subarray(i * size, (i + 1) * size);
      if (trace.law === 'rademacher') row.set(rademacher(own, size));
      else normalInto(row, own);
    });
    return out;
  });
}

/** Columns of a matrix `[R, C]`, end to end. */
function columns(
  { shape, data }: Tensor,
  { from, count }: { readonly from: number; readonly count: number },
): Float64Array {
  const [rows = 0, width = 0] = shape;
  const out = new Float64Array(rows * count);
  for (let i = 0; i < rows; i++) out.set(data.subarray(i * width + from, i * width + from + count), i * count);
  return out;
}

/** Writes the first `count` columns of a matrix that is being made. */
function setColumns({ shape, data }: Tensor, values: Float64Array, count: number): void {
  const [rows = 0, width = 0] = shape;
  for (let i = 0; i < rows; i++) data.set(values.subarray(i * count, (i + 1) * count), i * width);
}
