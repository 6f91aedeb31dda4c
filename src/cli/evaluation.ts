/** @file Samples compared with data by an extractor: what `evaluate` prints and model cards hold. */
import type { Estimate } from '../evaluate/estimate.ts';
import { energyAboveFloor, frechetAboveFloor } from '../evaluate/feature-distance.ts';
import type { Extractor } from './extractor.ts';
import type { RealParts, Rows } from './reference.ts';
import type { Terminal } from './shell/terminal.ts';

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

/** Work that takes no longer than this shows no progress. */
const silentMs = 1000;

/** Compares samples with as many real ones. */
export async function evaluateSamples(
  extractor: Extractor,
  samples: Pick<Rows, 'set' | 'rows'>,
  { reference, real }: RealParts,
  out: Pick<Terminal, 'progress' | 'done'>,
): Promise<Evaluation> {
  const n = samples.rows.length;
  const look = ({ set, rows }: Pick<Rows, 'set' | 'rows'>): ReturnType<Extractor['of']> => extractor.of(set, rows);
  const own = await look(samples);
  const theirs = await look(reference);
  const others = await look({ set: real.set, rows: real.rows.slice(0, n) });
  const sets = { samples: own.features, reference: theirs.features, real: others.features };
  const started = performance.now();
  const frechet = frechetAboveFloor(sets, {
    onProgress: (done, of) => {
      if (performance.now() - started > silentMs) out.progress(`Fréchet distances: ${done} of ${of}`);
    },
  });
  const energy = energyAboveFloor(sets);
  out.done();
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
