/** @file Log densities of the samples of a data set under a run, by each of the methods. */
import { mapInto } from '../base/map-into.ts';
import type { Backend } from '../backend/program.ts';
import { foldIn, type Key } from '../base/key.ts';
import { sampleSize, type Tensor } from '../base/tensor.ts';
import type { LoadedRun } from '../run/load.ts';
import type { TrainedDequantizer } from '../run/dequantizer.ts';
import { binsOf } from '../catalog/loss.ts';
import type { DataSet, ImageSet } from '../data/dataset.ts';
import { bitsOffset, commonFactor } from '../data/scaler.ts';
import { bitsPerDim } from '../likelihood/bits-per-dim.ts';
import { continuousBound } from '../likelihood/continuous-bound.ts';
import { discreteBound } from '../likelihood/discrete-bound.ts';
import { logLikelihood } from '../likelihood/log-likelihood.ts';
import { dequantizerModel } from '../score/dequantizer-model.ts';
import { scoreModel, type Scores } from '../score/score-model.ts';
import type { VarianceKind } from '../score/variational.ts';
import { averaged } from '../train/train.ts';
import { samplesOf } from './run-data.ts';
import type { Terminal } from './shell/terminal.ts';

/** The exact trace costs one derivative per dimension: samples of so few get it. */
export const exactUpTo = 8;

/** How the density of a sample is found: by the flow, or bounded by the reverse SDE or the DDPM chain. */
export const methods = ['ode', 'bound', 'vlb'] as const;

/** What is to be computed of which rows. */
export interface EstimateRequest {
  readonly loaded: LoadedRun;
  readonly set: DataSet;
  readonly rows: readonly number[];
  /** Classes of the samples of the set, if densities are given them. */
  readonly labels: Uint8Array | undefined;
  readonly method: (typeof methods)[number];
  /** Independent estimates of each sample: Hutchinson probes, or draws of noise. */
  readonly probes: number;
  /** Times at which a bound looks; its own default where undefined. */
  readonly terms: number | undefined;
  /** Steps of the chain of `vlb`. */
  readonly steps: number;
  readonly variance: VarianceKind;
  readonly tolerance: number;
  readonly dequantizer: TrainedDequantizer | undefined;
  readonly key: Key;
  /** Samples computed together. */
  readonly batch: number;
  readonly backend: Backend;
}

/** Bits per dimension of samples, in the order of the rows. */
export interface Estimates {
  readonly bits: Float64Array;
  /** Each sample's estimates by each probe or draw. */
  readonly byProbe: readonly Float64Array[];
  /** Evaluations of the network of each sample. */
  readonly evals: readonly number[];
  /** Samples whose solution did not reach the tolerance, and that have no value. */
  readonly failed: number;
}

/** Numbers of the samples that are solved together: so many that batches stay full while samples end one by one. */
const numbersTogether = 2 ** 20;
const batchesTogether = 16;

/** Computes the estimates of all rows. */
export async function estimate(request: EstimateRequest, out: Terminal): Promise<Estimates> {
  const { loaded, rows, labels, batch, backend } = request;
  const size = loaded.data.shape.reduce((product, n) => product * n, 1);
  const together = Math.max(batch, Math.min(batchesTogether * batch, Math.floor(numbersTogether / size)));
  const params = averaged(loaded.point.state);
  const model = scoreModel(backend, loaded.net, { params, process: loaded.process, maxBatch: batch });
  const parts: Estimates[] = [];
  try {
    for (let begin = 0; begin < rows.length; begin += together) {
      const own = rows.slice(begin, begin + together);
      let evaluations = 0;
      const counting = (count: number): void => {
        evaluations += count;
        const each = Math.round(evaluations / own.length);
        out.progress(`samples ${begin + 1} to ${begin + own.length} of ${rows.length}: ${each} evaluations each`);
      };
      const scores = labels === undefined ? model : model.given(own.map((row) => labels[row]));
      parts.push(await estimatePart({ ...request, rows: own }, counted(scores, counting)));
    }
  } finally {
    out.done();
    await model.dispose();
  }
  return {
    bits: Float64Array.from(parts.flatMap((part) => Array.from(part.bits))),
    byProbe: parts.flatMap((part) => part.byProbe),
    evals: parts.flatMap((part) => part.evals),
    failed: parts.reduce((sum, part) => sum + part.failed, 0),
  };
}

/** A model whose evaluations of each sample are told as they are done. */
function counted(model: Scores, tell: (count: number) => void): Scores {
  return {
    ...model,
    score: (x, ...rest) => {
      tell(x.shape[0] ?? 0);
      return model.score(x, ...rest);
    },
    scoreJvp: (x, ...rest) => {
      tell(x.shape[0] ?? 0);
      return model.scoreJvp(x, ...rest);
    },
  };
}

/** Log densities of a batch with the estimates of each draw `[B, M]`, in nats. */
interface Found {
  readonly byDraw: Tensor;
  readonly evals: readonly number[];
  readonly failed: number;
}

async function estimatePart(request: EstimateRequest, model: Scores): Promise<Estimates> {
  const { loaded, set, rows, method, probes: draws, terms, steps, variance } = request;
  const { sde } = loaded.process;
  const keys = rows.map((row) => foldIn(foldIn(request.key, 'probes'), row));
  const score = { sde, score: model.score, keys };
  const binned = method === 'vlb' && set.kind === 'images' && set.floats === undefined;
  const { x, logQ } = binned ? centers(loaded, set, rows) : await dequantized(request);
  const dimension = sampleSize(x);
  const byMethod = {
    ode: async (): Promise<Found> => {
      const trace = dimension <= exactUpTo ? exact : { ...hutchinson, probes: draws };
      const { tolerance } = request;
      const options = { trace, rtol: tolerance, atol: tolerance };
      const { byProbeNats, evals, status } = await logLikelihood({ sde, scoreJvp: model.scoreJvp, keys }, x, options);
      return { byDraw: byProbeNats, evals, failed: status.filter((state) => state !== 'ok').length };
    },
    bound: async (): Promise<Found> => {
      const { byDrawNats, evals } = await continuousBound(score, x, { draws, ...(terms && { times: terms }) });
      return { byDraw: byDrawNats, evals, failed: 0 };
    },
    vlb: async (): Promise<Found> => {
      const bins = binsOf(loaded.data.scaler);
      const law = variance === 'learned' ? model.reverseVariance : variance;
      const options = { draws, steps, ...(law && { variance: law }), ...(bins && { bins }), ...(terms && { terms }) };
      const { byDrawNats, evals } = await discreteBound(score, x, options);
      return { byDraw: byDrawNats, evals, failed: 0 };
    },
  };
  const { byDraw, evals, failed } = await byMethod[method]();
  // The mass of a bin is a probability already; a density becomes one by the scaling's Jacobian.
  const offset = binned ? 0 : bitsOffset(loaded.data.scaler);
  const estimates = byDraw.data.length / rows.length;
  const nats = byDraw.data.map((value, j) => value - (logQ[Math.floor(j / estimates)] ?? 0));
  const bits = bitsPerDim(nats, { dimension, offset });
  const byProbe = rows.map((_, i) => bits.subarray(i * estimates, (i + 1) * estimates));
  const means = byProbe.map((values) => values.reduce((sum, value) => sum + value / estimates, 0));
  return { bits: Float64Array.from(means), byProbe, evals, failed };
}

const exact = { kind: 'exact' } as const;
const hutchinson = { kind: 'hutchinson', law: 'rademacher' } as const;

/** Samples in the model's range, with the log density of what was added to them. */
interface Prepared {
  readonly x: Tensor;
  readonly logQ: Float64Array;
}

/** Bytes at the centres of their bins. */
function centers({ data }: LoadedRun, set: ImageSet, rows: readonly number[]): Prepared {
  const factor = commonFactor(data.scaler);
  const { shift } = data.scaler;
  return placed(data.shape, bytesOf(set, rows), (byte) => factor * (byte + 0.5 - (shift[0] ?? 0)));
}

async function dequantized({
  loaded,
  set,
  rows,
  key,
  dequantizer,
  batch,
  backend,
}: EstimateRequest): Promise<Prepared> {
  if (dequantizer === undefined || set.kind === 'points')
    return { x: samplesOf(loaded, set, rows, key), logQ: new Float64Array(rows.length) };
  const { flow, params } = dequantizer;
  const factor = commonFactor(loaded.data.scaler);
  const { shift } = loaded.data.scaler;
  const bytes = bytesOf(set, rows);
  const model = await dequantizerModel(backend, flow, { params, maxBatch: batch });
  try {
    const keys = rows.map((row) => foldIn(foldIn(key, 'dequantization'), row));
    const { u, logDensityNats } = await model.draw(bytes, keys);
    const { x } = placed(loaded.data.shape, bytes, (byte, j) => factor * (byte + (u.data[j] ?? 0) - (shift[0] ?? 0)));
    return { x, logQ: logDensityNats };
  } finally {
    await model.dispose();
  }
}

function placed(shape: readonly number[], bytes: Uint8Array, at: (byte: number, j: number) => number): Prepared {
  const size = shape.reduce((product, n) => product * n, 1);
  const rows = bytes.length / size;
  return {
    x: { shape: [rows, ...shape], data: mapInto(new Float64Array(bytes.length), bytes, at) },
    logQ: new Float64Array(rows),
  };
}

function bytesOf({ pixels, count }: ImageSet, rows: readonly number[]): Uint8Array {
  const size = pixels.length / count;
  const out = new Uint8Array(rows.length * size);
  rows.forEach((row, i) => out.set(pixels.subarray(row * size, (row + 1) * size), i * size));
  return out;
}
