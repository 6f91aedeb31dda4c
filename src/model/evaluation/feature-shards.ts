/** @file Features of samples in shards, for distances that are computed once all are there. */
import { checkOptions } from '../../base/check.ts';
import { shardRows, type Shard, type ShardRows } from '../../base/shard.ts';
import { builtIn, type Catalog } from '../../catalog/catalog.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import type { DataSummary } from '../../run/data-summary.ts';
import type { ComparedFeatures, EvaluationRequest } from './evaluation.ts';
import { featureBatch } from './feature-extractor.ts';

/** Which of all samples, of the reference and of the other real samples a part has. */
export type FeatureRanges = Readonly<Record<'samples' | 'reference' | 'real', ShardRows>>;

/** Features, and which of all these are. */
export interface FeaturePart extends ComparedFeatures {
  readonly ranges: FeatureRanges;
}

/**
 * The part of the samples that a shard compares.
 * @param total - samples in all
 * @throws ConfigError unless every shard has something to do.
 */
export function sampleRange(shard: Shard | undefined, total: number): ShardRows {
  const what = `groups of ${featureBatch} samples; compare more`;
  return shardRows(shard, { total, group: featureBatch, what });
}

/**
 * A request with the part of the real samples that a shard has; of a reference that has fewer groups than there are shards, some shards have none.
 * @param options.range - which of all samples the request has
 */
export function shardOfRequest(
  { parts, ...request }: EvaluationRequest,
  { shard, range }: { readonly shard: Shard | undefined; readonly range: ShardRows },
): { readonly request: EvaluationRequest; readonly ranges: FeatureRanges } {
  const rangeOf = (total: number): ShardRows => {
    if (shard === undefined) return { from: 0, to: total, total };
    const at = (index: number): number =>
      Math.min(total, featureBatch * Math.floor((Math.ceil(total / featureBatch) * index) / shard.of));
    return { from: at(shard.index - 1), to: at(shard.index), total };
  };
  const { reference, real } = parts;
  const ranges = { samples: range, reference: rangeOf(reference.rows.length), real: rangeOf(range.total) };
  const own = {
    reference: { ...reference, rows: reference.rows.slice(ranges.reference.from, ranges.reference.to) },
    real: { ...real, rows: real.rows.slice(ranges.real.from, ranges.real.to) },
  };
  return { request: { ...request, parts: own }, ranges };
}

/** @throws ConfigError if the kind of the data compares samples by more than their features. */
export function requireFeaturesAlone(data: Pick<DataSummary, 'kind' | 'shape'>, catalog: Catalog = builtIn): void {
  checkOptions([
    dataKindOf(data, catalog).compare === undefined,
    'shard',
    `is of images and points; ${data.kind} are compared by more than features: draw their samples in shards, and evaluate the merged file`,
  ]);
}
