/** @file Extractors of features, by which samples are compared with data. */
import type { Backend } from '../../backend/program.ts';
import { checkOptions } from '../../base/check.ts';
import { foldIn, key } from '../../base/key.ts';
import { concatRows, tensor, type Shape, type Tensor } from '../../base/tensor.ts';
import { sampleShape, type DataSet } from '../../data/dataset.ts';
import { fingerprintOf } from '../../data/fingerprint.ts';
import { inUnitsOf, unitValues } from '../../data/float-images.ts';
import { centered, scaled, type Scaler } from '../../data/scaler.ts';
import { initialize, type Network, type ParamVectors } from '../../nn/network.ts';
import { randomFeatures } from '../../nn/random-features.ts';
import { featureModel } from '../../score/models/feature-model.ts';
import type { TrainedModel } from '../trained.ts';

/** An extractor of features. */
export interface Extractor {
  /** As in "FD (name)". */
  readonly name: string;
  /** The first digits of the SHA-256 of its parameters. */
  readonly fingerprint: string;
  /** Names of the classes that it distinguishes, none for one that does not. */
  readonly classes: readonly string[];
  /** Features `[N, D]` of samples of a set, and the likeliest class of each. */
  of(set: DataSet, rows: readonly number[]): Promise<{ readonly features: Tensor; readonly labels: readonly number[] }>;
  dispose(): Promise<void>;
}

/** The name of the extractor of random convolutions. */
const randomName = 'random';

/** Samples whose features are taken in one go, which bounds the memory of their numbers. */
const chunk = 4096;

/** Features by which samples are compared: of a network with random parameters, the points themselves, or those of a classifier. */
export type Features = 'random' | 'points' | { readonly trained: TrainedModel };

/**
 * The extractor of features; by default points are their own features, and images have random ones.
 * @throws ConfigError if samples of this shape have no such features, or the model is no classifier of them.
 */
export async function openExtractor(
  backend: Backend,
  shape: Shape,
  features: Features = shape.length === 1 ? 'points' : 'random',
): Promise<Extractor> {
  if (features === 'random') return randomExtractor(backend, shape);
  if (features !== 'points') return classifierExtractor(backend, features.trained, shape);
  checkOptions([shape.length === 1, 'features', `expected random or a classifier for images, got points`]);
  return pointExtractor;
}

/** Random convolutions, which know no data. */
async function randomExtractor(backend: Backend, shape: Shape): Promise<Extractor> {
  const net = randomFeatures(shape);
  const params = initialize(net, foldIn(key(0), 'features'));
  return ofNetwork(backend, { net, params, scaler: centered, label: 0, factor: 1, name: randomName, classes: [] });
}

/** Points as they are: their coordinates are the features. */
const pointExtractor: Extractor = {
  name: 'the points themselves',
  fingerprint: '',
  classes: [],
  of: (set, rows) => Promise.resolve({ features: raw(set, rows), labels: [] }),
  dispose: () => Promise.resolve(),
};

/**
 * The features and classes of a classifier.
 * @throws ConfigError if it reads samples of another shape.
 */
export async function classifierExtractor(
  backend: Backend,
  classifier: TrainedModel,
  shape: Shape,
): Promise<Extractor> {
  const { net, data, process, params, name, config } = classifier;
  checkOptions([
    config.task === 'classifier',
    'features',
    `expected a run of --task classifier, ${name} learns a ${config.task}`,
  ]);
  checkOptions([
    data.shape.join() === shape.join(),
    'features',
    `expected a classifier of samples [${shape.join(', ')}], got one of [${data.shape.join(', ')}]`,
  ]);
  // Samples are seen as they are, at the least noise that the classifier knows.
  const { sde, parametrization } = process;
  return ofNetwork(backend, {
    net,
    params,
    scaler: data.scaler,
    label: parametrization.label(sde.tMin),
    factor: parametrization.inScale(sde.tMin) * sde.alpha(sde.tMin),
    name,
    classes: data.classes?.names ?? [],
  });
}

interface Parts {
  readonly net: Network;
  readonly params: ParamVectors;
  readonly scaler: Scaler;
  readonly label: number;
  /** Of the scaled samples. */
  readonly factor: number;
  readonly name: string;
  readonly classes: readonly string[];
}

async function ofNetwork(
  backend: Backend,
  { net, params, scaler, label, factor, name, classes }: Parts,
): Promise<Extractor> {
  const model = await featureModel(backend, net, { params, label });
  const { trained } = params;
  return {
    name,
    fingerprint: fingerprintOf(new Uint8Array(trained.buffer, trained.byteOffset, trained.byteLength)),
    classes,
    of: async (set, rows) => {
      const parts: Tensor[] = [];
      const labels: number[] = [];
      for (let begin = 0; begin < rows.length; begin += chunk) {
        const x = scaled(scaler, raw(set, rows.slice(begin, begin + chunk), scaler));
        const { features, output } = await model.of({ shape: x.shape, data: x.data.map((value) => factor * value) });
        parts.push(features);
        if (classes.length > 0) labels.push(...likeliest(output));
      }
      return { features: concatRows(parts), labels };
    },
    dispose: () => model.dispose(),
  };
}

/** Samples as numbers in the units of a scaler: of bytes the middles of their bins; of floats, where bytes are read, what they are of 256. */
function raw(given: DataSet, rows: readonly number[], scaler: Pick<Scaler, 'kind' | 'range'> = centered): Tensor {
  const { range } = scaler;
  const set = range === undefined ? given : inUnitsOf(scaler, given);
  const shape = sampleShape(set);
  const size = shape.reduce((a, b) => a * b, 1);
  const values = new Float64Array(rows.length * size);
  const of = (row: number): ArrayLike<number> => {
    const [begin, end] = [row * size, (row + 1) * size];
    if (set.kind === 'points') return set.values.subarray(begin, end);
    if (range !== undefined && set.floats !== undefined) return set.floats.values.subarray(begin, end);
    return unitValues(set, row).map((value) => 256 * value);
  };
  rows.forEach((row, i) => {
    values.set(of(row), i * size);
  });
  return tensor(values, [rows.length, ...shape]);
}

function likeliest({ shape, data }: Tensor): number[] {
  const [rows = 0, columns = 1] = shape;
  return Array.from({ length: rows }, (_, i) => {
    const row = data.subarray(i * columns, (i + 1) * columns);
    return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
  });
}
