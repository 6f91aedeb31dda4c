/** @file Extractors of features, by which samples are compared with data. */
import type { Backend } from '../../backend/program.ts';
import { checkOptions } from '../../base/check.ts';
import { foldIn, key } from '../../base/key.ts';
import { concatRows, tensor, type Shape, type Tensor } from '../../base/tensor.ts';
import { kindOf, sampleShape, type DataSet, type SetKind } from '../../data/dataset.ts';
import { fingerprintOf } from '../../data/fingerprint.ts';
import { centered, scaled, type Scaler } from '../../data/scaler.ts';
import { initialize, type Network, type ParamVectors } from '../../nn/network.ts';
import { randomFeatures } from '../../nn/random-features.ts';
import { featureModel } from '../../score/models/feature-model.ts';
import type { TrainedModel } from '../trained.ts';

/** What an extractor finds. */
export interface ExtractedFeatures {
  /** `[N, D]` */
  readonly features: Tensor;
  /** The likeliest class of each sample; none where the extractor has no classes. */
  readonly labels: readonly number[];
  /** Probabilities of the classes, `[N, K]`; undefined where the extractor has none. */
  readonly probabilities: Tensor | undefined;
}

/** An extractor of features. */
export interface Extractor {
  /** As in "FD (name)". */
  readonly name: string;
  /** The first digits of the SHA-256 of its parameters. */
  readonly fingerprint: string;
  /** Names of the classes that it distinguishes, none for one that does not. */
  readonly classes: readonly string[];
  /** Features of samples of a set. */
  of(set: DataSet, rows: readonly number[]): Promise<ExtractedFeatures>;
  dispose(): Promise<void>;
}

/** The name of the extractor of random convolutions. */
const randomName = 'random';

/** Samples whose features are taken in one go, which bounds the memory of their numbers. */
const chunk = 4096;

/**
 * Features by which samples are compared: `random`, those of a network with random parameters; the name of their kind, such as `points`,
 * where samples are their own features; or those of a classifier.
 */
export type Features = string | { readonly trained: TrainedModel };

/**
 * The extractor of features; by default points are their own features, and images have random ones.
 * @param kind - of the samples
 * @throws ConfigError if samples of this kind or shape have no such features, or the model is no classifier of them.
 */
export async function openExtractor(
  backend: Backend,
  kind: SetKind,
  { shape, features = kind.features }: { readonly shape: Shape; readonly features?: Features | undefined },
): Promise<Extractor> {
  if (typeof features !== 'string') return classifierExtractor(backend, features.trained, shape);
  if (features === randomName) return randomExtractor(backend, shape);
  const own = kind.features === kind.name;
  const expected = `expected random or a classifier${own ? ` or ${kind.name}` : ''} for ${kind.name}, got ${features}`;
  checkOptions([own && features === kind.name, 'features', expected]);
  return ownExtractor(kind.name);
}

/** Random convolutions, which know no data. */
async function randomExtractor(backend: Backend, shape: Shape): Promise<Extractor> {
  const net = randomFeatures(shape);
  const params = initialize(net, foldIn(key(0), 'features'));
  return ofNetwork(backend, { net, params, scaler: centered, label: 0, factor: 1, name: randomName, classes: [] });
}

/** Samples as they are: their numbers are the features. */
function ownExtractor(name: string): Extractor {
  return {
    name: `the ${name} themselves`,
    fingerprint: '',
    classes: [],
    of: (set, rows) => {
      const data = kindOf(set).ownFeatures?.(set, rows) ?? raw(set, rows).data;
      const features = tensor(data, [rows.length, data.length / Math.max(1, rows.length)]);
      return Promise.resolve({ features, labels: [], probabilities: undefined });
    },
    dispose: () => Promise.resolve(),
  };
}

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
      const likely: Tensor[] = [];
      // Once for no rows too, whose features have a width.
      for (let begin = 0; begin === 0 || begin < rows.length; begin += chunk) {
        const x = scaled(scaler, raw(set, rows.slice(begin, begin + chunk), scaler));
        const { features, output } = await model.of({ shape: x.shape, data: x.data.map((value) => factor * value) });
        parts.push(features);
        if (classes.length === 0) continue;
        labels.push(...likeliest(output));
        likely.push(probabilitiesOf(output));
      }
      return {
        features: concatRows(parts),
        labels,
        probabilities: likely.length > 0 ? concatRows(likely) : undefined,
      };
    },
    dispose: () => model.dispose(),
  };
}

/** Samples as numbers in the units of a scaler. */
function raw(set: DataSet, rows: readonly number[], scaler: Scaler = centered): Tensor {
  return tensor(kindOf(set).numbers(set, rows, scaler), [rows.length, ...sampleShape(set)]);
}

function likeliest({ shape, data }: Tensor): number[] {
  const [rows = 0, columns = 1] = shape;
  return Array.from({ length: rows }, (_, i) => {
    const row = data.subarray(i * columns, (i + 1) * columns);
    return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
  });
}

/** Probabilities from log-odds. */
function probabilitiesOf({ shape, data }: Tensor): Tensor {
  const [rows = 0, columns = 1] = shape;
  const out = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) {
    const own = data.subarray(i * columns, (i + 1) * columns);
    const largest = own.reduce((a, b) => Math.max(a, b));
    const parts = own.map((value) => Math.exp(value - largest));
    const whole = parts.reduce((sum, part) => sum + part, 0);
    out.set(
      parts.map((part) => part / whole),
      i * columns,
    );
  }
  return { shape, data: out };
}
