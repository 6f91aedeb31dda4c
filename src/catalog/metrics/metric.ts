/** @file The record of a metric: a number of samples, which is also measured of real ones. */
import type { Tensor } from '../../base/tensor.ts';
import type { Estimate } from '../../evaluate/estimate.ts';
import type { MatrixProduct } from '../../evaluate/float-rows.ts';
import type { PairDistances } from '../../evaluate/pair-distances.ts';
import type { Named } from '../named.ts';

/** What is known of a set of samples. */
export interface SetFeatures {
  /** `[N, D]` */
  readonly features: Tensor;
  /** Probabilities of the classes of the extractor, `[N, K]`; undefined where it has none. */
  readonly probabilities: Tensor | undefined;
}

/** What metrics share. */
export interface MetricTools {
  readonly product: MatrixProduct;
  /** Distances of all pairs of two sets, which are computed once. */
  readonly distances: (a: Tensor, b: Tensor) => Promise<PairDistances>;
}

/** An estimate, and the probability of one as extreme for samples of the law of the reference, where it is a test. */
export interface MetricEstimate extends Estimate {
  readonly pValue?: number;
}

/** A metric. */
export interface MetricRecord<Name extends string = string> extends Named<Name> {
  /** In words, as before a value. */
  readonly title: string;
  /** Which values are good: low ones, high ones, or those near that of real samples. */
  readonly better: 'low' | 'high' | 'real';
  /** Samples of each set at most, where it compares all pairs. Default all. */
  readonly most?: number;
  /** Whether it needs the classes of an extractor. Default false. */
  readonly classes?: boolean;
  /** What it is on average for samples of the law of the reference. Unknown by default. */
  expected?(samples: number, reference: number): number;
  /** The value of samples; a score of samples alone reads no reference. */
  measure(samples: SetFeatures, reference: SetFeatures, tools: MetricTools): Promise<MetricEstimate>;
}

/** A record of a metric. */
export function metric<const Name extends string>(record: MetricRecord<Name>): MetricRecord<Name> {
  return Object.freeze(record);
}

/** Samples of each set that metrics of all pairs compare. */
export const mostPairs = 2000;
