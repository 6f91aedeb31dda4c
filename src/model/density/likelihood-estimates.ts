/** @file Estimates of bits per dimension, sample by sample: by the probability flow, or bounds by the reverse SDE or the DDPM chain. */
import type { LikelihoodMethod } from '../choices.ts';
import { mapInto } from '../../base/map-into.ts';
import { foldIn, type Key } from '../../base/key.ts';
import { shardRows, type Shard, type ShardRows } from '../../base/shard.ts';
import { sampleSize, sizeOf, zeros, type Tensor } from '../../base/tensor.ts';
import type { TrainedDequantizer } from '../../run/dequantizer.ts';
import { binsOf } from '../../catalog/config/loss.ts';
import { codecOf } from '../../catalog/data-kinds/find.ts';
import { loadBatch } from '../../data/batch.ts';
import { kindOf, type DataSet } from '../../data/dataset.ts';
import { commonFactor } from '../../data/scaler.ts';
import { bitsPerDim } from '../../likelihood/bits-per-dim.ts';
import { continuousBound, defaultTimes } from '../../likelihood/continuous-bound.ts';
import { discreteBound } from '../../likelihood/discrete-bound.ts';
import { latentBound, type LatentBoundParts } from '../../likelihood/latent-bound.ts';
import { logLikelihood } from '../../likelihood/log-likelihood.ts';
import { isOfLatents, latentUnits, requireAutoencoder } from '../../nn/autoencoder.ts';
import type { AutoencoderModel } from '../../score/models/autoencoder-model.ts';
import { dequantizerModel } from '../../score/models/dequantizer-model.ts';
import type { Given } from '../../score/models/condition-rows.ts';
import type { Scores } from '../../score/models/score-model.ts';
import type { VarianceKind } from '../../score/objectives/variational.ts';
import { evaluationCounter } from '../evaluation-counter.ts';
import { flowProgress } from '../flow-progress.ts';
import type { Host } from '../host.ts';
import { reported } from '../running.ts';
import type { ScorePrograms } from '../score-programs.ts';
import type { TrainedModel } from '../trained.ts';

/** The exact trace costs one derivative per dimension: samples of so few dimensions get it. */
export const exactUpTo = 8;

/** What is to be computed of which samples; every choice is made. */
export interface EstimateRequest {
  readonly host: Host;
  readonly trained: TrainedModel;
  readonly programs: ScorePrograms;
  readonly set: DataSet;
  readonly rows: readonly number[];
  /** What each of the rows is given, if densities are conditional. */
  readonly given: Given | undefined;
  readonly method: LikelihoodMethod;
  readonly probes: number;
  readonly terms: number | undefined;
  readonly steps: number;
  readonly variance: VarianceKind;
  readonly tolerance: number;
  readonly dequantizer: TrainedDequantizer | undefined;
  readonly key: Key;
  readonly batch: number;
  readonly shard: Shard | undefined;
}

/** How far an estimate has come. */
export interface LikelihoodStep {
  /** The part of all samples that is done, 0 to 1. */
  readonly fraction: number;
  /** Samples in all. */
  readonly count: number;
  /** Index of the first sample that is being computed, and of the one after the last. */
  readonly first: number;
  readonly end: number;
  /** Evaluations of the network so far for each of these samples, on average. */
  readonly evaluations: number;
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
  /** Which of the rows these are. */
  readonly range: ShardRows;
}

/** Numbers of the samples that are solved together: so many that batches stay full while samples end one by one. */
const numbersTogether = 2 ** 20;
const batchesTogether = 16;

/** How many samples are solved together. */
export function solvedTogether({ data }: Pick<TrainedModel, 'data'>, batch: number): number {
  return Math.max(batch, Math.min(batchesTogether * batch, Math.floor(numbersTogether / sizeOf(data.shape))));
}

/**
 * The rows that a shard has of samples that are solved together.
 * @throws ConfigError as `shardRows`.
 */
export function rowsOfSolving(
  trained: Pick<TrainedModel, 'data'>,
  { shard, batch, total }: { readonly shard: Shard | undefined; readonly batch: number; readonly total: number },
): ShardRows {
  const group = solvedTogether(trained, batch);
  const what = `groups of ${group} samples that are solved together; take more, or give a smaller batch`;
  return shardRows(shard, { total, group, what });
}

/** Computes the estimates of all rows, or those of a shard. */
export async function* estimate(request: EstimateRequest): AsyncGenerator<LikelihoodStep, Estimates> {
  const { trained, programs, rows, given, batch, shard } = request;
  const together = solvedTogether(trained, batch);
  const range = rowsOfSolving(trained, { shard, batch, total: rows.length });
  const count = range.to - range.from;
  const model = await programs.of({ samples: rows.length, maxBatch: batch });
  const parts: Omit<Estimates, 'range'>[] = [];
  for (let begin = range.from; begin < range.to; begin += together) {
    const own = rows.slice(begin, begin + together);
    const scores = given === undefined ? model : model.given(given.slice(begin, begin + together));
    const first = begin - range.from;
    const part = reported<LikelihoodStep, Omit<Estimates, 'range'>>((report) => {
      const { length } = own;
      const partDone = progressOf(request, length);
      let evaluations = 0;
      const counter = evaluationCounter(length, (samples, t, of) => {
        const part = partDone(evaluations / length, t, of);
        evaluations += samples;
        const fraction = (first + length * part) / count;
        return report({ fraction, count, first, end: first + length, evaluations: evaluations / length });
      });
      return estimatePart({ ...request, rows: own }, counter.scores(scores));
    });
    parts.push(yield* part);
  }
  return {
    bits: Float64Array.from(parts.flatMap((part) => Array.from(part.bits))),
    byProbe: parts.flatMap((part) => part.byProbe),
    evals: parts.flatMap((part) => part.evals),
    failed: parts.reduce((sum, part) => sum + part.failed, 0),
    range,
  };
}

/** How far the estimates of a batch have come: the flow by its times, bounds by their evaluations, whose number is known. */
function progressOf(
  { trained, method, probes, terms, steps }: EstimateRequest,
  samples: number,
): (evaluations: number, t: number | readonly number[], rows: readonly number[] | undefined) => number {
  const { sde } = trained.process;
  if (method === 'ode' || isOfLatents(trained.net)) {
    const progress = flowProgress(sde, samples, { from: sde.tMin, to: sde.tMax });
    return (_, t, rows) => progress(t, rows);
  }
  const all = probes * ((terms ?? (method === 'bound' ? defaultTimes : steps - 1)) + 1);
  return (evaluations) => evaluations / all;
}

/** Log densities of a batch with the estimates of each draw `[B, M]`, in nats. */
interface Found {
  readonly byDraw: Tensor;
  readonly evals: readonly number[];
  readonly failed: number;
}

async function estimatePart(request: EstimateRequest, model: Scores): Promise<Omit<Estimates, 'range'>> {
  const { trained, set, rows, method, probes: draws, terms, steps, variance } = request;
  const { sde } = trained.process;
  const keys = rows.map((row) => foldIn(foldIn(request.key, 'probes'), row));
  const score = { sde, score: model.score, keys };
  const bytes = kindOf(set).pictures?.bytes(set);
  const binned = method === 'vlb' && bytes !== undefined;
  const { x, logQ } = binned ? centers(trained, bytesOf(set, bytes, rows)) : await dequantized(request);
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
      if (request.programs.autoencoder !== undefined)
        return ofLatents(request, request.programs.autoencoder, { x, keys, model });
      const { byDrawNats, evals } = await continuousBound(score, x, { draws, ...(terms && { times: terms }) });
      return { byDraw: byDrawNats, evals, failed: 0 };
    },
    vlb: async (): Promise<Found> => {
      const bins = binsOf(trained.data.scaler);
      const law = variance === 'learned' ? model.reverseVariance : variance;
      const options = { draws, steps, ...(law && { variance: law }), ...(bins && { bins }), ...(terms && { terms }) };
      const { byDrawNats, evals } = await discreteBound(score, x, options);
      return { byDraw: byDrawNats, evals, failed: 0 };
    },
  };
  const { byDraw, evals, failed } = await byMethod[method]();
  // The mass of a bin is a probability already; a density becomes one by the scaling's Jacobian.
  const offsets = binned ? new Float64Array(rows.length) : codecOf(trained.data, trained.catalog).bitsOffset(x);
  const estimates = byDraw.data.length / rows.length;
  const nats = byDraw.data.map((value, j) => value - (logQ[Math.floor(j / estimates)] ?? 0));
  const byProbe = rows.map((_, i) =>
    bitsPerDim(nats.subarray(i * estimates, (i + 1) * estimates), { dimension, offset: offsets[i] ?? NaN }),
  );
  const means = byProbe.map((values) => values.reduce((sum, value) => sum + value / estimates, 0));
  return { bits: Float64Array.from(means), byProbe, evals, failed };
}

/** The bound of a model of latents, whose own density is that of their probability flow. */
async function ofLatents(
  { trained, probes: draws, tolerance }: EstimateRequest,
  autoencoder: AutoencoderModel,
  { x, keys, model }: { readonly x: Tensor; readonly keys: readonly Key[]; readonly model: Scores },
): Promise<Found> {
  const { net, params, process } = trained;
  const { variance } = latentUnits(requireAutoencoder(net), params);
  const trace = sizeOf(net.sampleShape) <= exactUpTo ? exact : { ...hutchinson, probes: 1 };
  let failed = 0;
  const logDensity: LatentBoundParts['logDensity'] = async (z, own) => {
    const { sde } = process;
    const options = { trace, rtol: tolerance, atol: tolerance };
    const { logDensityNats, evals, status } = await logLikelihood(
      { sde, scoreJvp: model.scoreJvp, keys: own },
      z,
      options,
    );
    failed = Math.max(failed, status.filter((state) => state !== 'ok').length);
    return { nats: logDensityNats, evals };
  };
  const parts: LatentBoundParts = {
    encode: (own) => autoencoder.encode(own),
    decode: (z) => autoencoder.decode(z),
    ...{ variance, logDensity, keys },
  };
  const { byDrawNats, evals } = await latentBound(parts, x, { draws });
  return { byDraw: byDrawNats, evals, failed };
}

const exact = { kind: 'exact' } as const;
const hutchinson = { kind: 'hutchinson', law: 'rademacher' } as const;

/** Samples in the model's range, with the log density of what was added to them. */
interface Prepared {
  readonly x: Tensor;
  readonly logQ: Float64Array;
}

/** Bytes at the centers of their bins. */
function centers({ data }: TrainedModel, bytes: Uint8Array): Prepared {
  const factor = commonFactor(data.scaler);
  const { shift } = data.scaler;
  return placed(data.shape, bytes, (byte) => factor * (byte + 0.5 - (shift[0] ?? 0)));
}

async function dequantized(request: EstimateRequest): Promise<Prepared> {
  const { host, trained, set, rows, dequantizer, batch } = request;
  const all = kindOf(set).pictures?.bytes(set);
  if (dequantizer === undefined || all === undefined)
    return { x: modelInputs(trained, set, rows, request.key), logQ: new Float64Array(rows.length) };
  const { flow, params } = dequantizer;
  const factor = commonFactor(trained.data.scaler);
  const { shift } = trained.data.scaler;
  const bytes = bytesOf(set, all, rows);
  const model = await dequantizerModel(await host.backend(rows.length), flow, { params, maxBatch: batch });
  try {
    const keys = rows.map((row) => foldIn(foldIn(request.key, 'dequantization'), row));
    const { u, logDensityNats } = await model.draw(bytes, keys);
    const { x } = placed(trained.data.shape, bytes, (byte, j) => factor * (byte + (u.data[j] ?? 0) - (shift[0] ?? 0)));
    return { x, logQ: logDensityNats };
  } finally {
    await model.dispose();
  }
}

function placed(shape: readonly number[], bytes: Uint8Array, at: (byte: number, j: number) => number): Prepared {
  const rows = bytes.length / sizeOf(shape);
  return {
    x: { shape: [rows, ...shape], data: mapInto(new Float64Array(bytes.length), bytes, at) },
    logQ: new Float64Array(rows),
  };
}

function bytesOf({ count }: DataSet, all: Uint8Array, rows: readonly number[]): Uint8Array {
  const size = all.length / count;
  const out = new Uint8Array(rows.length * size);
  rows.forEach((row, i) => out.set(all.subarray(row * size, (row + 1) * size), i * size));
  return out;
}

/** Rows of a set in the model's range, bytes with uniform noise; a row's noise depends on the key and the row alone. */
export function modelInputs(
  { data }: Pick<TrainedModel, 'data'>,
  set: DataSet,
  rows: readonly number[],
  key: Key,
): Tensor {
  const out = zeros([rows.length, ...data.shape]);
  const size = sampleSize(out);
  rows.forEach((row, i) => {
    out.data.set(loadBatch(set, data.scaler, [row], foldIn(foldIn(key, 'data'), row)), i * size);
  });
  return out;
}
