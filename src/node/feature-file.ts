/** @file Features of samples and of real ones as files, which are compared without the samples. */
import { FileError } from '../base/errors.ts';
import type { ShardRows } from '../base/shard.ts';
import { batchOf, tensor, type Tensor } from '../base/tensor.ts';
import type { MetricRecord } from '../catalog/metrics/metric.ts';
import type { NpyArray } from '../data/arrays/npy.ts';
import { parseNpz } from '../data/arrays/npz.ts';
import { readBytes } from '../io/atomic.ts';
import { compareFeatures, type ComparedFeatures, type Evaluation, type EvaluationStep } from '../model/evaluation/evaluation.ts'; // prettier-ignore
import type { FeatureRanges } from '../model/evaluation/feature-shards.ts';
import { running, type RunOptions, type Running } from '../model/running.ts';
import { nodeHost, type EngineOptions } from './host.ts';
import { isPartOf } from './shards.ts';

const setNames = ['samples', 'reference', 'real'] as const;
type SetName = (typeof setNames)[number];

const arrayName = (set: SetName, what: 'features' | 'labels' | 'probabilities'): string => `${set}_${what}`;
const aboutName = 'about';

/** What a file says of its features. */
interface About extends Pick<ComparedFeatures, 'extractor' | 'what'> {
  /** Name of the real samples. */
  readonly data: string;
}

/**
 * Features as arrays by name: of the samples, the reference and other real samples the features, and of a classifier the classes and their
 * probabilities; and what they are.
 * @param data - name of the real samples
 */
export function featureArrays(found: ComparedFeatures, data: string): Readonly<Record<string, NpyArray>> {
  const { extractor, what } = found;
  const about: About = { data, extractor, what };
  const text = new TextEncoder().encode(JSON.stringify(about));
  const arrays: Record<string, NpyArray> = {};
  for (const set of setNames) {
    const { features, labels, probabilities } = found[set];
    arrays[arrayName(set, 'features')] = features;
    if (probabilities === undefined) continue;
    arrays[arrayName(set, 'labels')] = { shape: [labels.length], data: Int32Array.from(labels) };
    arrays[arrayName(set, 'probabilities')] = probabilities;
  }
  return { ...arrays, [aboutName]: { shape: [text.length], data: text } };
}

/** The rows of the arrays of a part; null of what is the same in all. */
export function featureRows(ranges: FeatureRanges): Readonly<Record<string, ShardRows | null>> {
  const rows: Record<string, ShardRows | null> = { [aboutName]: null };
  for (const what of ['features', 'labels', 'probabilities'] as const)
    for (const set of setNames) rows[arrayName(set, what)] = ranges[set];
  return rows;
}

/** Whether a file has features that were written to be compared. */
export function isFeatureFile(file: string): boolean {
  try {
    const first = arrayName('samples', 'features');
    return parseNpz(readBytes(file), file, (names) => names.filter((name) => name === first)).size > 0;
  } catch (error) {
    if (error instanceof FileError) return false;
    throw error;
  }
}

/** Features of a file, and the name of the real samples. */
export interface StoredFeatures extends ComparedFeatures {
  readonly data: string;
}

/**
 * Reads features.
 * @throws FileError unless the file has those of samples, a reference and other real samples, as `featureArrays` makes them.
 */
export function readFeatures(file: string): StoredFeatures {
  const arrays = parseNpz(readBytes(file), file);
  if (isPartOf(arrays))
    throw new FileError(file, 'expected all features, found the part of a shard; merge all parts first');
  const about = aboutOf(arrays.get(aboutName), file);
  const numbers = (name: string): Tensor => {
    const found = arrays.get(name);
    if (found === undefined)
      throw new FileError(file, `expected an array ${name} as evaluate --out writes it, found none`);
    return tensor(found.data, found.shape);
  };
  const setOf = (set: SetName): ComparedFeatures[SetName] => {
    const features = numbers(arrayName(set, 'features'));
    const classes = about.extractor.classes.length > 0;
    return {
      features,
      labels: classes ? Array.from(numbers(arrayName(set, 'labels')).data) : [],
      probabilities: classes ? numbers(arrayName(set, 'probabilities')) : undefined,
    };
  };
  const [samples, reference, real] = [setOf('samples'), setOf('reference'), setOf('real')];
  const found = { ...about, samples, reference, real };
  requireSizes(found, file);
  return found;
}

/** @throws FileError unless all sets have features [N, D] of one D, and of a classifier a class and probabilities for each. */
function requireSizes({ extractor: { classes }, ...sets }: ComparedFeatures, file: string): void {
  const shapes = setNames.map((set) => sets[set].features.shape);
  const [own, , theirs] = shapes;
  const [, width] = own ?? [];
  if (shapes.some((shape) => shape.length !== 2 || shape[1] !== width) || own?.[0] !== theirs?.[0]) {
    const text = setNames.map((set, i) => `${set} [${shapes[i]?.join(', ')}]`).join(', ');
    throw new FileError(file, `expected features [N, D] of one D, of as many real samples as samples, found ${text}`);
  }
  for (const set of setNames) {
    const { features, labels, probabilities } = sets[set];
    const expected = [batchOf(features), classes.length].join(', ');
    if (classes.length > 0 && (labels.length !== batchOf(features) || probabilities?.shape.join(', ') !== expected))
      throw new FileError(
        file,
        `expected classes of all ${set} and probabilities [${expected}], found ${labels.length} and [${probabilities?.shape.join(', ')}]`,
      );
  }
}

function aboutOf(found: NpyArray | undefined, file: string): About {
  try {
    const about = JSON.parse(new TextDecoder().decode(Uint8Array.from(found?.data ?? []))) as Partial<About>;
    const { data, extractor, what } = about;
    if (typeof data === 'string' && Array.isArray(extractor?.classes) && typeof what?.reference === 'string')
      return { data, extractor, what };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new FileError(file, 'expected features as evaluate --out writes them, found none that say what they are');
}

/**
 * Distances and metrics of features of a file.
 * @throws ConfigError if a metric needs classes and the features have none.
 */
export function compareFeatureFile(
  features: ComparedFeatures,
  {
    metrics = [],
    signal,
    onProgress,
    ...engine
  }: EngineOptions & RunOptions<EvaluationStep> & { readonly metrics?: readonly MetricRecord[] | undefined } = {},
): Running<EvaluationStep, Evaluation> {
  return running(() => compareFeatures(nodeHost(engine), features, metrics), { signal, onProgress });
}
