/** @file Samples compared with data in a Node process, without the model that drew them. */
import type { MetricRecord } from '../catalog/metrics/metric.ts';
import type { Shard } from '../base/shard.ts';
import { kindOf, sampleShape, type DataSet } from '../data/dataset.ts';
import { evaluated, evaluatedCount, evaluationFeatures, halves, partOf, type Evaluation, type EvaluationStep, type RealParts } from '../model/evaluation/evaluation.ts'; // prettier-ignore
import {
  requireFeaturesAlone,
  sampleRange,
  shardOfRequest,
  type FeaturePart,
} from '../model/evaluation/feature-shards.ts';
import type { Features } from '../model/evaluation/feature-extractor.ts';
import { running, type RunOptions, type Running } from '../model/running.ts';
import { nodeHost, type EngineOptions } from './host.ts';

/** Options of `compareSamples`. */
export interface CompareOptions extends EngineOptions, RunOptions<EvaluationStep> {
  /**
   * Features of a name, such as `random` or `inception`, the `points` themselves, a model of a classifier, or `openFid`. Default: `points` for points, else `random`.
   */
  readonly features?: Features | undefined;
  /** Metrics beside the distances: those of `metrics` of `scorefield/catalog`, or others. Default none. */
  readonly metrics?: readonly MetricRecord[] | undefined;
  /**
   * How many samples are compared, at least 40: of a set that has more, a part drawn with a fixed seed. Default 5000, or as many as there
   * are samples, or real samples beside the reference.
   */
  readonly count?: number | undefined;
}

/**
 * How far samples are from data: Fréchet and energy distances of their features, beside those of as many real samples.
 * @param reference - a data set, which is split into a reference and other real samples, or both parts (see `openRealParts`)
 * @throws ConfigError if there are too few samples, they have another shape than the data, or the features do not fit.
 */
export function compareSamples(
  samples: DataSet,
  reference: DataSet | RealParts,
  { features, metrics, count, signal, onProgress, ...engine }: CompareOptions = {},
): Running<EvaluationStep, Evaluation> {
  const host = nodeHost(engine);
  return running(
    () => {
      const parts = 'real' in reference ? reference : halves(reference);
      const part = partOf(samples, evaluatedCount(parts, { count, given: samples.count }));
      return evaluated(host, { samples: part, parts, features, metrics });
    },
    { signal, onProgress },
  );
}

/**
 * The features by which `compareSamples` compares samples, or those of a shard.
 * @throws ConfigError as `compareSamples`, or if the kind of the data compares samples by more than features.
 */
export function sampleFeatures(
  samples: DataSet,
  reference: DataSet | RealParts,
  {
    features,
    count,
    shard,
    signal,
    onProgress,
    ...engine
  }: Omit<CompareOptions, 'metrics'> & {
    readonly shard?: Shard | undefined;
  } = {},
): Running<EvaluationStep, FeaturePart> {
  const host = nodeHost(engine);
  const steps = async function* (): AsyncGenerator<EvaluationStep, FeaturePart> {
    requireFeaturesAlone({ kind: kindOf(samples).name, shape: sampleShape(samples) });
    const parts = 'real' in reference ? reference : halves(reference);
    const { rows } = partOf(samples, evaluatedCount(parts, { count, given: samples.count }));
    const range = sampleRange(shard, rows.length);
    const own = { samples: { set: samples, rows: rows.slice(range.from, range.to) }, parts, features };
    const { request, ranges } = shardOfRequest(own, { shard, range });
    return { ...(yield* evaluationFeatures(host, request)), ranges };
  };
  return running(steps, { signal, onProgress });
}
