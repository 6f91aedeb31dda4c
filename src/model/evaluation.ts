/** @file Samples compared with data by features. */
import { foldIn, key } from '../base/key.ts';
import { permutation } from '../base/random.ts';
import type { Estimate } from '../evaluate/estimate.ts';
import { energyAboveFloor, frechetAboveFloor } from '../evaluate/feature-distance.ts';
import type { DataSet } from '../data/dataset.ts';
import type { Extractor } from './feature-extractor.ts';

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

/** A set in two halves, in a random order of its own that is always the same. */
export function halves(set: DataSet): RealParts {
  const rows = referenceOrder(set);
  const half = rows.length >> 1;
  return {
    reference: { set, rows: rows.slice(0, half), what: `of one half of ${set.name}` },
    real: { set, rows: rows.slice(half), what: `of the other half of ${set.name}` },
  };
}

/** Which features, of how many samples, against what. */
export interface Evaluation {
  readonly extractor: string;
  readonly extractorFingerprint: string;
  /** How many features. */
  readonly dimension: number;
  readonly n: number;
  readonly reference: { readonly count: number; readonly what: string };
  readonly real: { readonly what: string };
  /** Fréchet distance of n samples, of n real ones, and the difference. */
  readonly frechet: Estimate;
  readonly frechetFloor: Estimate;
  readonly frechetExcess: Estimate;
  readonly energy: Estimate;
  readonly energyFloor: Estimate;
  /** The part of the samples, and of the reference, that the extractor takes for each class. */
  readonly classes?: Readonly<Record<string, readonly [samples: number, reference: number]>>;
}

/** Compares samples with as many real ones. */
export async function evaluateSamples(
  extractor: Extractor,
  samples: Pick<Rows, 'set' | 'rows'>,
  { reference, real }: RealParts,
  onProgress: (done: number, of: number) => void = () => undefined,
): Promise<Evaluation> {
  const n = samples.rows.length;
  const look = ({ set, rows }: Pick<Rows, 'set' | 'rows'>): ReturnType<Extractor['of']> => extractor.of(set, rows);
  const own = await look(samples);
  const theirs = await look(reference);
  const others = await look({ set: real.set, rows: real.rows.slice(0, n) });
  const sets = { samples: own.features, reference: theirs.features, real: others.features };
  const frechet = frechetAboveFloor(sets, { onProgress });
  const energy = energyAboveFloor(sets);
  const { classes, name, fingerprint } = extractor;
  return {
    extractor: name,
    extractorFingerprint: fingerprint,
    dimension: own.features.shape[1] ?? 0,
    n,
    reference: { count: reference.rows.length, what: reference.what },
    real: { what: real.what },
    frechet: frechet.samples,
    frechetFloor: frechet.floor,
    frechetExcess: frechet.excess,
    energy: energy.samples,
    energyFloor: energy.floor,
    ...(classes.length > 0 && {
      classes: Object.fromEntries(
        classes.map((of, label) => [of, [share(own.labels, label), share(theirs.labels, label)] as const]),
      ),
    }),
  };
}

function share(labels: readonly number[], label: number): number {
  return labels.filter((own) => own === label).length / Math.max(1, labels.length);
}
