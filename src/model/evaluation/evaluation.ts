/** @file Samples compared with data by features. */
import { defaultEvaluationCount } from '../choices.ts';
import { checkOptions } from '../../base/check.ts';
import { foldIn, key } from '../../base/key.ts';
import { permutation } from '../../base/random.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { KindReport } from '../../catalog/data-kinds/data-kind.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import { batchOf, dimensionOf, type Shape } from '../../base/tensor.ts';
import { short } from '../../base/words.ts';
import { inSameUnits, kindOf, sampleShape, type DataSet } from '../../data/dataset.ts';
import type { Estimate } from '../../evaluate/estimate.ts';
import { energyAboveFloor, frechetSteps, mostOfEnergy } from '../../evaluate/feature-distance.ts';
import {
  extracted,
  openExtractor,
  type ExtractedFeatures,
  type Extractor,
  type Features,
} from './feature-extractor.ts';
import { foundOf, type ClassAccuracy } from './class-accuracy.ts';
import { reported, within, type EvaluationStep } from './evaluation-steps.ts';
import { asHeard, heardAccuracy } from './heard.ts';
import { measuredMetrics, type MeasuredMetric } from './metrics.ts';
import type { MetricRecord } from '../../catalog/metrics/metric.ts';
import type { Host } from '../host.ts';

export { within, type EvaluationStep } from './evaluation-steps.ts';

/** Some samples of a set. */
export interface Rows {
  readonly set: DataSet;
  readonly rows: readonly number[];
  /** What they are, for people: `of the test part of fashion-mnist`. */
  readonly what: string;
}

/** Real samples in two parts that share none: a reference, and others that are to it what perfect samples would be. */
export interface RealParts {
  readonly reference: Rows;
  readonly real: Rows;
}

/** The order in which rows of a set become a reference, whatever samples are compared. */
export function referenceOrder(set: DataSet): readonly number[] {
  return Array.from(permutation(foldIn(key(0), 'reference'), set.count));
}

/**
 * A set in two halves, in a random order of its own that is always the same.
 * @param name - what people call the set; its own name by default
 */
export function halves(set: DataSet, name = set.name): RealParts {
  const rows = referenceOrder(set);
  const half = rows.length >> 1;
  return {
    reference: { set, rows: rows.slice(0, half), what: `of one half of ${name}` },
    real: { set, rows: rows.slice(half), what: `of the other half of ${name}` },
  };
}

/** Which features, of how many samples, against what. */
export interface Evaluation {
  /** Name of the features: `random`, `the points themselves`, or that of a classifier or another network. */
  readonly extractor: string;
  /** What the Fréchet distance is called: `FD (random)`, or `FID` of the network whose distance has that name. */
  readonly distance: string;
  /** The first digits of the SHA-256 of the parameters that compute the features. */
  readonly extractorFingerprint: string;
  /** How many features. */
  readonly dimension: number;
  /** Samples, and as many real ones. */
  readonly n: number;
  readonly reference: { readonly count: number; readonly what: string };
  readonly real: { readonly what: string };
  /** Fréchet distance of n samples from the reference, of n real ones, and the difference. */
  readonly frechet: Estimate;
  readonly frechetFloor: Estimate;
  readonly frechetExcess: Estimate;
  /** Energy distance of the samples from the reference, and of the real ones. */
  readonly energy: Estimate;
  readonly energyFloor: Estimate;
  /** Metrics that were asked for. */
  readonly metrics?: readonly MeasuredMetric[];
  /** The part of the samples, and of the reference, that the extractor takes for each class. */
  readonly classes?: Readonly<Record<string, readonly [samples: number, reference: number]>>;
  /** How often the class of a sample is the one that the extractor takes it for, and the same of the reference, where both have classes that it knows. */
  readonly accuracy?: ClassAccuracy;
  /** What else the kind of the data says of samples: of a table its columns, pairs of columns, and the nearest record. */
  readonly report?: KindReport;
}

/** The jackknife leaves out a twentieth of the samples, of two or more. */
const leastCount = 40;

/**
 * How many samples are compared.
 * @param given - how many samples there are; undefined where they are drawn
 * @throws ConfigError if there are fewer than 40, of real samples or of these, or fewer than are asked for.
 */
export function evaluatedCount(
  { real, reference }: RealParts,
  { count: asked, given = Infinity }: { readonly count: number | undefined; readonly given?: number | undefined },
): number {
  const most = real.rows.length;
  const few = [reference, real].find(({ rows }) => rows.length < leastCount);
  checkOptions([
    few === undefined,
    'reference',
    `expected at least ${leastCount} real samples to compare with and as many beside them, got ${few?.rows.length} ${few?.what}`,
  ]);
  const count = asked ?? Math.min(defaultEvaluationCount, most, given);
  checkOptions(
    [Number.isInteger(count) && count >= leastCount, 'count', `expected at least ${leastCount} samples, got ${count}`],
    [
      count <= most,
      'count',
      `expected at most ${most}, as many as there are real samples beside the reference, got ${count}`,
    ],
    [count <= given, 'count', `expected at most ${given}, as many as there are samples, got ${count}`],
  );
  return count;
}

/**
 * Samples of a set that may be sorted: where not all of them are compared, those of a permutation that depends on their number alone.
 */
export function partOf(set: DataSet, count: number): Pick<Rows, 'set' | 'rows'> {
  const whole = count === set.count && count <= mostOfEnergy;
  const order = whole
    ? Array.from({ length: count }, (_, row) => row)
    : Array.from(permutation(foldIn(key(0), 'file'), set.count));
  return { set, rows: order.slice(0, count) };
}

/** Distances are of squares of the numbers. */
const largest = 1e150;

/** @throws ConfigError if the squares of numbers that are features themselves are beyond all numbers. */
function requireSquares(set: DataSet): void {
  const kind = kindOf(set);
  const own = kind.features === kind.name ? kind.content(set) : [];
  const bad = own
    .map((numbers) => numbers.find((value) => Math.abs(value) > largest))
    .find((found) => found !== undefined);
  checkOptions([
    bad === undefined,
    'data',
    `expected numbers whose squares are finite, found ${short(bad ?? 0)} in ${set.name}; rescale them`,
  ]);
}

/** @throws ConfigError unless the reference has samples of a shape, whose squares are numbers. */
export function requireReference({ reference }: RealParts, shape: Shape): void {
  const found = sampleShape(reference.set);
  checkOptions([
    found.join() === shape.join(),
    'reference',
    `expected samples [${shape.join(', ')}], got [${found.join(', ')}]`,
  ]);
  requireSquares(reference.set);
}

/** What samples, the reference and other real samples are to an extractor, and what they are called. */
export interface ComparedFeatures extends Record<'samples' | 'reference' | 'real', ExtractedFeatures> {
  readonly extractor: Pick<Extractor, 'name' | 'distance' | 'fingerprint' | 'classes'>;
  /** The reference and the other real samples, for people. */
  readonly what: Readonly<Record<'reference' | 'real', string>>;
}

/** What is compared, by which features. */
export interface EvaluationRequest {
  readonly samples: Pick<Rows, 'set' | 'rows'>;
  readonly parts: RealParts;
  readonly features?: Features | undefined;
  readonly catalog?: Catalog | undefined;
  /** Whether sample i was drawn to be like row i of the reference. Default false. */
  readonly paired?: boolean | undefined;
}

/** Samples, the reference and the real ones in the same units. */
function inUnitsOfSamples({ samples, parts: { reference, real } }: EvaluationRequest): RealParts & {
  readonly samples: Pick<Rows, 'set' | 'rows'>;
} {
  const inUnits = (part: Rows): Rows => ({ ...part, set: inSameUnits(samples.set, part.set)[1] });
  const own = { ...samples, set: inSameUnits(samples.set, reference.set)[0] };
  return { samples: own, reference: inUnits(reference), real: inUnits(real) };
}

/**
 * Features of samples, of the reference, and of the other real samples.
 * @throws ConfigError if samples have another shape than the reference, or not the features that are asked for.
 */
export async function* evaluationFeatures(
  host: Host,
  request: EvaluationRequest,
): AsyncGenerator<EvaluationStep, ComparedFeatures> {
  const shape = sampleShape(request.samples.set);
  requireReference(request.parts, shape);
  requireSquares(request.samples.set);
  const { samples, reference, real } = inUnitsOfSamples(request);
  const kind = kindOf(request.samples.set);
  const extractor = await openExtractor(host, kind, { shape, features: request.features });
  try {
    const steps = extracted(extractor, [samples, reference, real]);
    let next = await steps.next();
    for (; next.done !== true; next = await steps.next()) yield { fraction: next.value, stage: 'features' };
    const [own, theirs, others] = next.value as [ExtractedFeatures, ExtractedFeatures, ExtractedFeatures];
    const { name, distance, fingerprint, classes } = extractor;
    const about = { name, ...(distance !== undefined && { distance }), fingerprint, classes };
    const what = { reference: reference.what, real: real.what };
    return { samples: own, reference: theirs, real: others, extractor: about, what };
  } finally {
    await extractor.dispose();
  }
}

/**
 * Compares samples with as many real ones.
 * @throws ConfigError if samples have another shape than the reference, or not the features that are asked for.
 */
export async function* evaluated(
  host: Host,
  { metrics = [], ...request }: EvaluationRequest & { readonly metrics?: readonly MetricRecord[] | undefined },
): AsyncGenerator<EvaluationStep, Evaluation> {
  // Distances take about as long as features, for the sets and the dimensions that are usual, and so do all metrics and a report.
  const kind = dataKindOf(request.samples.set, request.catalog);
  const stages = 2 + Number(metrics.length > 0) + Number(kind.compare !== undefined);
  const part = 1 / stages;
  const last = kind.compare === undefined ? 1 : 1 - part;
  const { samples, parts } = request;
  const real = { ...parts.real, rows: parts.real.rows.slice(0, samples.rows.length) };
  const asked = { ...request, parts: { ...parts, real } };
  // A classifier of spectrograms hears waves.
  const seen = asHeard(asked) ?? asked;
  const features = yield* within(0, part, evaluationFeatures(host, seen));
  const distances = yield* within(part, last, compareFeatures(host, features, metrics));
  const sets = inUnitsOfSamples(request);
  const { paired } = request;
  const reporting = kind.compare?.({ ...sets, paired });
  const middle = seen === asked ? (last + 1) / 2 : 1;
  const report = reporting && (yield* within(last, middle, reported(reporting)));
  const { classes } = features.extractor;
  const own = { ...seen.samples, found: features.samples.labels };
  const theirs = { ...seen.parts.reference, found: features.reference.labels };
  const accuracy = foundOf(own, theirs, classes);
  const hearing = seen === asked && accuracy !== undefined ? heardAccuracy(host, asked) : undefined;
  const heard = hearing && (yield* within(middle, 1, reported(hearing)));
  return {
    ...distances,
    ...(accuracy && { accuracy: { ...accuracy, ...(heard && { asHeard: heard }) } }),
    ...(report && { report }),
  };
}

/**
 * Distances and metrics of features.
 * @throws ConfigError if a metric needs classes and the extractor has none; ShapeError if there are too few samples.
 */
export async function* compareFeatures(
  host: Host,
  { samples, reference, real, extractor, what }: ComparedFeatures,
  records: readonly MetricRecord[] = [],
): AsyncGenerator<EvaluationStep, Evaluation> {
  const sets = { samples: samples.features, reference: reference.features, real: real.features };
  const part = records.length > 0 ? 1 / 2 : 1;
  const steps = frechetSteps(sets);
  let next = steps.next();
  for (; next.done !== true; next = steps.next()) yield { fraction: part * next.value, stage: 'distances' };
  const frechet = next.value;
  const energy = energyAboveFloor(sets);
  const measuring = measuredMetrics(await host.backend(1), records, { samples, reference, real });
  let step = await measuring.next();
  for (; step.done !== true; step = await measuring.next())
    yield { fraction: part * (1 + step.value), stage: 'metrics' };
  const { classes, name, distance = `FD (${name})`, fingerprint } = extractor;
  return {
    extractor: name,
    distance,
    extractorFingerprint: fingerprint,
    dimension: dimensionOf(sets.samples, 1),
    n: batchOf(sets.samples),
    reference: { count: batchOf(sets.reference), what: what.reference },
    real: { what: what.real },
    frechet: frechet.samples,
    frechetFloor: frechet.floor,
    frechetExcess: frechet.excess,
    energy: energy.samples,
    energyFloor: energy.floor,
    ...(records.length > 0 && { metrics: step.value }),
    ...(classes.length > 0 && {
      classes: Object.fromEntries(
        classes.map((of, label) => [of, [share(samples.labels, label), share(reference.labels, label)] as const]),
      ),
    }),
  };
}

function share(labels: readonly number[], label: number): number {
  return labels.filter((own) => own === label).length / Math.max(1, labels.length);
}
