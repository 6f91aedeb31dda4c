/** @file Metrics by name, of samples and of real ones in their place. */
import { batchOf, takeRows, type Tensor } from '../../base/tensor.ts';
import { checkOptions } from '../../base/check.ts';
import { matrixProducts } from '../../backend/matrix-product.ts';
import type { MetricEstimate, MetricRecord, MetricTools, SetFeatures } from '../../catalog/metrics/metric.ts';
import { pairDistances, type PairDistances } from '../../evaluate/pair-distances.ts';
import type { Backend } from '../../backend/program.ts';

/** A metric, measured. */
export interface MeasuredMetric {
  readonly name: string;
  readonly title: string;
  readonly better: MetricRecord['better'];
  /** Samples, and real ones, that were compared, and samples of the reference. */
  readonly n: number;
  readonly reference: number;
  readonly samples: MetricEstimate;
  /** Of real samples in the place of the samples. */
  readonly real: MetricEstimate;
  /** What it is on average for samples of the law of the reference, where that is known. */
  readonly expected?: number;
}

/** The sets that are compared. */
export interface MetricSets {
  readonly samples: SetFeatures;
  readonly reference: SetFeatures;
  readonly real: SetFeatures;
}

/**
 * Measures metrics one after the other, yielding the part that is done, 0 to 1.
 * @throws ConfigError if one needs classes, and the extractor has none.
 */
export async function* measuredMetrics(
  backend: Backend,
  records: readonly MetricRecord[],
  sets: MetricSets,
): AsyncGenerator<number, readonly MeasuredMetric[]> {
  const needs = records.find((record) => record.classes === true && sets.samples.probabilities === undefined);
  checkOptions([
    needs === undefined,
    'metrics',
    `expected features of a classifier for ${needs?.name ?? ''}, got those of none`,
  ]);
  const products = matrixProducts(backend);
  const product: MetricTools['product'] = (a, b, sizes) => products.of(a, b, sizes);
  const known = new Map<Tensor, Map<Tensor, Promise<PairDistances>>>();
  const distances: MetricTools['distances'] = (a, b) => {
    const own = known.get(a) ?? new Map<Tensor, Promise<PairDistances>>();
    known.set(a, own);
    const found = own.get(b) ?? pairDistances(a, b, product);
    own.set(b, found);
    return found;
  };
  // Parts of equal size are the same objects, so that their distances are computed once.
  const parts = new Map<number, MetricSets>();
  const setsOf = (most: number): MetricSets => {
    const found = parts.get(most) ?? {
      samples: firstOf(sets.samples, most),
      reference: firstOf(sets.reference, most),
      real: firstOf(sets.real, most),
    };
    parts.set(most, found);
    return found;
  };
  try {
    const measured: MeasuredMetric[] = [];
    for (const [i, record] of records.entries()) {
      yield i / records.length;
      const { name, title, better, most = Infinity } = record;
      const own = setsOf(most);
      const samples = await record.measure(own.samples, own.reference, { product, distances });
      const real = await record.measure(own.real, own.reference, { product, distances });
      const [n, reference] = [batchOf(own.samples.features), batchOf(own.reference.features)];
      const expected = record.expected?.(n, reference);
      measured.push({ name, title, better, n, reference, samples, real, ...(expected !== undefined && { expected }) });
    }
    return measured;
  } finally {
    await products.dispose();
  }
}

function firstOf({ features, probabilities }: SetFeatures, most: number): SetFeatures {
  if (batchOf(features) <= most) return { features, probabilities };
  const rows = Array.from({ length: most }, (_, row) => row);
  return { features: takeRows(features, rows), probabilities: probabilities && takeRows(probabilities, rows) };
}
