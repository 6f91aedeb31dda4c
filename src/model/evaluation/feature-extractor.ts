/** @file Extractors of features, by which samples are compared with data. */
import type { Backend } from '../../backend/program.ts';
import { checkOptions } from '../../base/check.ts';
import { ConfigError, UnsupportedError } from '../../base/errors.ts';
import { concatRows, tensor, type Shape, type Tensor } from '../../base/tensor.ts';
import type { ExtractorFiles, ExtractorRecord } from '../../catalog/extractors/extractor.ts';
import { extractorNamed, extractorNames } from '../../catalog/extractors/index.ts';
import { kindOf, sampleShape, type DataSet, type SetKind } from '../../data/dataset.ts';
import { fingerprintOf } from '../../data/fingerprint.ts';
import { centered, scaled, type Scaler } from '../../data/scaler.ts';
import type { Network, ParamVectors } from '../../nn/network.ts';
import { featureModel } from '../../score/models/feature-model.ts';
import type { Host } from '../host.ts';
import type { TrainedModel } from '../trained.ts';
import { networkImages, requireColors } from './network-images.ts';

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
  /** What Fréchet distances of its features are called, where that is not "FD (name)". */
  readonly distance?: string;
  /** The first digits of the SHA-256 of its parameters. */
  readonly fingerprint: string;
  /** Names of the classes that it distinguishes, none for one that does not. */
  readonly classes: readonly string[];
  /** Features of samples of a set. */
  of(set: DataSet, rows: readonly number[]): Promise<ExtractedFeatures>;
  dispose(): Promise<void>;
}

/** Samples whose features a program computes together: parts begin with whole ones, so that features have the same bits as in one process. */
export const featureBatch = 64;

/** Samples whose features are taken in one go, which bounds the memory of their numbers. */
const chunk = 4096;

/** The same of images that are resized for a network, which are large: as many as its program computes together. */
const resizedChunk = 16;

/** How often features say how far they are, at most. */
const reports = 50;

/** What opens an extractor, such as that of a network in a file. */
export interface ExtractorSource {
  /** As of the extractor. */
  readonly fingerprint: string;
  /** @throws ConfigError if it has no features of samples of this kind and shape. */
  open(kind: SetKind, shape: Shape): Promise<Extractor>;
}

/**
 * Features by which samples are compared: those of an extractor with a name, such as `random`, a network with random parameters; the name of their kind, such as
 * `points`, where samples are their own features; those of a classifier; or those of an extractor from elsewhere.
 */
export type Features = string | { readonly trained: TrainedModel } | ExtractorSource;

/** Whether features are those of a classifier, so that samples have classes. */
export function haveClasses(features: Features): features is { readonly trained: TrainedModel } {
  return typeof features === 'object' && 'trained' in features;
}

/**
 * The extractor of features; by default points are their own features, and images have random ones.
 * @param kind - of the samples
 * @throws ConfigError if samples of this kind or shape have no such features, or the model is no classifier of them.
 * @throws UnsupportedError if the extractor needs what is not installed.
 */
export async function openExtractor(
  host: Pick<Host, 'backend' | 'extractorFiles'>,
  kind: SetKind,
  { shape, features = kind.features }: { readonly shape: Shape; readonly features?: Features | undefined },
): Promise<Extractor> {
  const backend = await host.backend(1);
  if (haveClasses(features)) return classifierExtractor(backend, features.trained, shape);
  if (typeof features === 'object') return features.open(kind, shape);
  const own = kind.features === kind.name;
  if (own && features === kind.name) return ownExtractor(kind.name);
  const record = extractorNamed(features);
  if (record === undefined) {
    const known = [...(own ? [kind.name] : []), ...extractorNames].join(', ');
    const message = `expected ${known} or a classifier for ${kind.name}, got ${features}`;
    throw new ConfigError([{ path: 'features', message }]);
  }
  return namedExtractor(backend, record, { kind, shape, files: host.extractorFiles ?? noFiles });
}

/** @throws UnsupportedError from all that would be read. */
const noFiles: ExtractorFiles = {
  inception: () => Promise.reject(new UnsupportedError('extractor inception: its weights are read in Node alone')),
};

async function namedExtractor(
  backend: Backend,
  record: ExtractorRecord,
  { kind, shape, files }: { readonly kind: SetKind; readonly shape: Shape; readonly files: ExtractorFiles },
): Promise<Extractor> {
  if (record.reads === 'resized') requireColors(kind, shape, record.name);
  const { net, params, name } = await record.open(shape, files);
  if (record.reads === 'samples')
    return ofNetwork(backend, { net, params, scaler: centered, label: 0, factor: 1, name, classes: [] });
  const [, side = 1] = net.sampleShape;
  const model = await featureModel(backend, net, { params, batch: resizedChunk });
  return {
    name,
    fingerprint: fingerprintOfNumbers(params.trained),
    classes: [],
    of: resizedFeatures(side, async (x) => (await model.of(x)).features),
    dispose: () => model.dispose(),
  };
}

/** Features of images that are resized to what a network reads, some at a time. */
export function resizedFeatures(side: number, of: (x: Tensor) => Promise<Tensor>): Extractor['of'] {
  return async (set, rows) => {
    const parts: Tensor[] = [];
    for (let begin = 0; begin === 0 || begin < rows.length; begin += resizedChunk)
      parts.push(await of(networkImages(set, rows.slice(begin, begin + resizedChunk), side)));
    return { features: concatRows(parts), labels: [], probabilities: undefined };
  };
}

/**
 * Features of samples of some sets, with the part of all of them that is done, 0 to 1, now and then. They are computed in whole groups of what programs compute together,
 * so that they have the same bits as all at once.
 */
export async function* extracted(
  extractor: Extractor,
  sets: readonly { readonly set: DataSet; readonly rows: readonly number[] }[],
): AsyncGenerator<number, readonly ExtractedFeatures[]> {
  const all = sets.reduce((sum, { rows }) => sum + rows.length, 0);
  const size = featureBatch * Math.max(1, Math.ceil(all / reports / featureBatch));
  const found: ExtractedFeatures[] = [];
  let done = 0;
  for (const { set, rows } of sets) {
    const parts: ExtractedFeatures[] = [];
    for (let begin = 0; begin === 0 || begin < rows.length; begin += size) {
      const some = rows.slice(begin, begin + size);
      parts.push(await extractor.of(set, some));
      done += some.length;
      yield done / Math.max(1, all);
    }
    found.push(joined(parts));
  }
  return found;
}

function joined(parts: readonly ExtractedFeatures[]): ExtractedFeatures {
  const likely = parts.flatMap(({ probabilities }) => (probabilities === undefined ? [] : [probabilities]));
  return {
    features: concatRows(parts.map(({ features }) => features)),
    labels: parts.flatMap(({ labels }) => labels),
    probabilities: likely.length > 0 ? concatRows(likely) : undefined,
  };
}

function fingerprintOfNumbers({ buffer, byteOffset, byteLength }: Float32Array): string {
  return fingerprintOf(new Uint8Array(buffer, byteOffset, byteLength));
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
  return {
    name,
    fingerprint: fingerprintOfNumbers(params.trained),
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
