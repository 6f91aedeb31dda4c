/** @file How often a classifier of noised samples is right, at each of a few noise levels. */
import type { Backend } from '../backend/program.ts';
import { combine } from '../base/arith.ts';
import { foldIn, key, split } from '../base/key.ts';
import { normalBatch, permutation } from '../base/random.ts';
import { tensor, type Tensor } from '../base/tensor.ts';
import { loadBatch } from '../data/batch.ts';
import { sampleShape, type DataSet } from '../data/dataset.ts';
import type { Scaler } from '../data/scaler.ts';
import type { Network, ParamVectors } from '../nn/network.ts';
import { classifierModel } from '../score/models/classifier-model.ts';
import { noiseRatio, timeOfNoiseRatio } from '../sde/time/noise-ratio.ts';
import type { Sde } from '../sde/sde.ts';

/** Noise ratios sigma / alpha at which accuracies are reported. */
const ratios = [0.1, 0.3, 1, 3, 10];

const mostSamples = 512;

/** A classifier with its data. */
export interface AccuracyRequest {
  readonly net: Network;
  readonly params: ParamVectors;
  readonly sde: Sde;
  readonly set: DataSet;
  readonly scaler: Scaler;
  /** K */
  readonly classes: number;
}

/**
 * The share of up to 512 samples of the set whose likeliest class is their own, by the noise ratio sigma / alpha at which they
 * are seen, for ratios that the SDE has. Samples and noise are the same at every call.
 */
export async function classifierAccuracy(
  backend: Backend,
  { net, params, sde, set, scaler, classes }: AccuracyRequest,
): Promise<Readonly<Record<string, number>>> {
  const base = foldIn(key(0), 'accuracy');
  const rows = Array.from(permutation(foldIn(base, 'rows'), set.count)).slice(0, mostSamples);
  const x0 = tensor(loadBatch(set, scaler, rows, foldIn(base, 'data')), [rows.length, ...sampleShape(set)]);
  const z = normalBatch(split(foldIn(base, 'noise'), rows.length), sampleShape(set));
  const model = await classifierModel(backend, net, { params, classes, sde });
  const found: Record<string, number> = {};
  try {
    for (const ratio of ratios) {
      if (ratio < noiseRatio(sde, sde.tMin) || ratio > noiseRatio(sde, sde.tMax)) continue;
      const t = timeOfNoiseRatio(sde, ratio);
      const logs = await model.logProbabilities(combine([sde.alpha(t), x0], [sde.sigma(t), z]), t);
      const right = likeliest(logs).filter((label, i) => label === set.labels?.[rows[i] ?? 0]);
      found[`accuracy/${ratio}`] = right.length / rows.length;
    }
  } finally {
    await model.dispose();
  }
  return found;
}

/** The column of the largest number of each row. */
function likeliest({ shape, data }: Tensor): number[] {
  const [rows = 0, columns = 0] = shape;
  return Array.from({ length: rows }, (_, i) => {
    const row = data.subarray(i * columns, (i + 1) * columns);
    return row.indexOf(Math.max(...row));
  });
}
