/** @file The metrics that have a name, in the order in which they are printed. */
import { checkOptions } from '../../base/check.ts';
import { find, namesOf } from '../named.ts';
import { classifierTest } from './classifier-test.ts';
import { coverage } from './coverage.ts';
import { density } from './density.ts';
import { frechetLessBias } from './frechet-less-bias.ts';
import { frechetLimit } from './frechet-limit.ts';
import { inceptionScore } from './inception-score.ts';
import type { MetricRecord } from './metric.ts';
import { kernelDistance } from './kernel-distance.ts';
import { precision } from './precision.ts';
import { recall } from './recall.ts';
import { vendiScore } from './vendi-score.ts';

/** Every named metric. */
export const metrics = [
  frechetLessBias,
  frechetLimit,
  kernelDistance,
  precision,
  recall,
  density,
  coverage,
  classifierTest,
  inceptionScore,
  vendiScore,
] as const;

/** Names of the metrics. */
export const metricNames: readonly string[] = namesOf(metrics);

/**
 * The metrics of these names, in the order of the list.
 * @param names - of metrics, or `all`, which is every metric that the features suit
 * @param features - whether they are of a classifier, whose classes some metrics need
 * @throws ConfigError if there is none of a name, or it needs a classifier.
 */
export function metricsNamed(
  names: readonly string[],
  { classifier }: { readonly classifier: boolean },
): readonly MetricRecord[] {
  const all: readonly MetricRecord[] = metrics;
  if (names.includes('all')) return all.filter((record) => classifier || record.classes !== true);
  const found = names.map((name) => find(all, name, 'metrics'));
  const needs = found.find((record) => !classifier && record.classes === true);
  checkOptions([
    needs === undefined,
    'metrics',
    `expected features of a classifier for ${needs?.name ?? ''}, got those of none`,
  ]);
  return all.filter((record) => found.includes(record));
}
