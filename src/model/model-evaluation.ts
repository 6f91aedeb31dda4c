/** @file How good a model is: distances of its samples from data, or how often a classifier is right. */
import { checkOptions } from '../base/check.ts';
import { inClassOrder } from '../data/class-names.ts';
import type { MetricRecord } from '../catalog/metrics/metric.ts';
import type { DataSet } from '../data/dataset.ts';
import { meanEstimate, type Estimate } from '../evaluate/estimate.ts';
import { dataSetOf, type DataInput } from './data-input.ts';
import type { ShardRows } from '../base/shard.ts';
import { conditionOfRows } from './condition.ts';
import { evaluated, evaluatedCount, evaluationFeatures, halves, partOf, requireReference, within, type Evaluation, type EvaluationRequest, type EvaluationStep, type RealParts } from './evaluation/evaluation.ts'; // prettier-ignore
import { requireFeaturesAlone, sampleRange, shardOfRequest, type FeaturePart } from './evaluation/feature-shards.ts'; // prettier-ignore
import { classifierExtractor, featureBatch, type Features } from './evaluation/feature-extractor.ts';
import type { Host } from './host.ts';
import { drawSamples, type SampleOptions, type SamplingResult, type Source } from './samples/sampling.ts';
import type { TrainedModel } from './trained.ts';

/** How samples are compared with data: which samples, and by which features. Options of sampling are of samples that are drawn. */
export interface EvaluateOptions extends SampleOptions {
  /** Samples to compare; samples of the model are drawn by default. */
  readonly samples?: DataInput | undefined;
  /** `random` convolutions, the `points` themselves, or a model of a classifier. Default: `points` for points, else `random`. */
  readonly features?: Features | undefined;
  /** Metrics beside the distances: those of `metrics` of `scorefield/catalog`, or others. Default none. */
  readonly metrics?: readonly MetricRecord[] | undefined;
  /** How many samples, at least 40. Default 5000, or as many as there are real samples beside the reference. */
  readonly count?: number | undefined;
}

/** Distances of samples from data, and how the samples were drawn. */
export interface ModelEvaluation extends Evaluation {
  /** Undefined where samples were given. */
  readonly drawn: SamplingResult | undefined;
}

/** The part of the work that is left for features and distances where samples are drawn. */
const comparing = 0.2;

/** What is compared, and how the samples were drawn. */
interface Compared {
  readonly request: EvaluationRequest;
  readonly drawn: SamplingResult | undefined;
  /** Which of all samples these are. */
  readonly range: ShardRows;
}

/** Samples that are given, or drawn, beside the real ones that there are as many of. */
async function* comparedSamples(
  source: Source,
  reference: DataInput | RealParts,
  { samples, features, count: asked, shard, ...choice }: Omit<EvaluateOptions, 'metrics'>,
): AsyncGenerator<EvaluationStep, Compared> {
  const { trained } = source;
  const { catalog } = trained;
  const parts = 'real' in reference ? reference : halves(dataSetOf(reference, trained, 'reference'));
  requireReference(parts, trained.data.shape);
  if (samples !== undefined) {
    const set = dataSetOf(samples, trained, 'samples');
    const count = evaluatedCount(parts, { count: asked, given: set.count });
    const { rows } = partOf(set, count);
    const range = sampleRange(shard, count);
    const own = { set, rows: rows.slice(range.from, range.to) };
    return { request: { samples: own, parts, features, catalog }, drawn: undefined, range };
  }
  const { set, rows } = parts.reference;
  const paired = trained.net.ofSample === true;
  const count = evaluatedCount(parts, { count: asked, ...(paired && { given: rows.length }) });
  const like = paired ? { condition: conditionOfRows(trained, set, rows.slice(0, count), catalog) } : {};
  const drawing = drawSamples(
    { ...source, ...like },
    { ...choice, count, shard: shard && { ...shard, multiple: featureBatch } },
  );
  let next = await drawing.next();
  try {
    for (; next.done !== true; next = await drawing.next())
      yield { fraction: (1 - comparing) * next.value.fraction, stage: 'sampling' };
  } finally {
    await drawing.return(undefined as unknown as SamplingResult);
  }
  const drawn = next.value;
  const own = { set: drawn.samples.toDataSet(), rows: Array.from({ length: drawn.samples.count }, (_, row) => row) };
  return { request: { samples: own, parts, features, catalog, paired }, drawn, range: drawn.rows };
}

/**
 * Compares samples of a model, or given ones, with data.
 * @throws ConfigError as `drawSamples` and `evaluated`, or if there are too few samples.
 */
export async function* evaluateModel(
  source: Source,
  reference: DataInput | RealParts,
  { metrics, ...options }: EvaluateOptions,
): AsyncGenerator<EvaluationStep, ModelEvaluation> {
  checkOptions([options.shard === undefined, 'shard', 'is of features, which are compared once they are merged']);
  const { request, drawn } = yield* comparedSamples(source, reference, options);
  const start = drawn === undefined ? 0 : 1 - comparing;
  return { ...(yield* within(start, 1, evaluated(source.host, { ...request, metrics }))), drawn };
}

/** Features of samples of a model and of real ones. */
export interface ModelFeatures extends FeaturePart {
  /** Undefined where samples were given. */
  readonly drawn: SamplingResult | undefined;
}

/**
 * The features by which `evaluateModel` compares samples, or those of a shard.
 * @throws ConfigError as `evaluateModel`, or if the kind of the data compares samples by more than features.
 */
export async function* modelFeatures(
  source: Source,
  reference: DataInput | RealParts,
  { metrics, ...options }: EvaluateOptions,
): AsyncGenerator<EvaluationStep, ModelFeatures> {
  const { data, catalog } = source.trained;
  requireFeaturesAlone(data, catalog);
  checkOptions([metrics === undefined, 'metrics', 'are of features that are compared, not of those that are written']);
  const { drawn, ...compared } = yield* comparedSamples(source, reference, options);
  const { request, ranges } = shardOfRequest(compared.request, { shard: options.shard, range: compared.range });
  const start = drawn === undefined ? 0 : 1 - comparing;
  return { ...(yield* within(start, 1, evaluationFeatures(source.host, request))), ranges, drawn };
}

/** How often a classifier is right. */
export interface Accuracy {
  /** Samples that were classified. */
  readonly n: number;
  /** The part of them whose class the classifier finds, 0 to 1. */
  readonly accuracy: Estimate;
}

/**
 * How often a classifier is right about samples as they are, without noise.
 * @param options.rows - of the set; all of them by default
 * @throws ConfigError if the model is no classifier, or samples have classes that it does not know.
 */
export async function* classifierAccuracyOf(
  host: Host,
  trained: TrainedModel,
  {
    set,
    rows = [...Array(set.count).keys()],
  }: { readonly set: DataSet; readonly rows?: readonly number[] | undefined },
): AsyncGenerator<EvaluationStep, Accuracy> {
  const { config, name, data } = trained;
  checkOptions([config.task === 'classifier', 'model', `expected a classifier, ${name} learns a ${config.task}`]);
  const names = data.classes?.names ?? [];
  const { labels: truth } = inClassOrder(set, { names, whose: name, path: 'data' });
  const extractor = await classifierExtractor(await host.backend(1), trained, data.shape);
  try {
    yield { fraction: 0, stage: 'features' };
    const { labels } = await extractor.of(set, rows);
    const accuracy = meanEstimate(labels.map((label, i) => Number(label === truth[rows[i] ?? 0])));
    return { n: labels.length, accuracy };
  } finally {
    await extractor.dispose();
  }
}
