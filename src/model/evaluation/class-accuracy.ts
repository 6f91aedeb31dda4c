/** @file How often a classifier finds the class that a sample was drawn of, class by class. */
import { inClassOrder, knowsClasses } from '../../data/class-names.ts';
import type { DataSet } from '../../data/dataset.ts';
import { shareEstimate, type Estimate } from '../../evaluate/estimate.ts';

/** How often a classifier finds the class of samples and of the reference. */
export type Found = Readonly<Record<'samples' | 'reference', Estimate>>;

/** The same of one class, and how many of them there were. */
export interface FoundClass extends Found {
  readonly n: Readonly<Record<'samples' | 'reference', number>>;
}

/** How often a classifier finds the classes of samples and of real ones. */
export interface ClassAccuracy extends Found {
  /** How often it would be right about the samples if what it finds had nothing to do with what was asked for: the sum over classes of the two shares. */
  readonly byChance: number;
  /** Class by class; classes without samples or without real ones are left out. */
  readonly classes: Readonly<Record<string, FoundClass>>;
  /** Of the waves that samples become, and the real ones by the same way, where that is not what the model draws. */
  readonly asHeard?: Found;
}

/** Some rows of a set, and the classes that a classifier has found of them. */
export interface Classified {
  readonly set: DataSet;
  readonly rows: readonly number[];
  readonly found: readonly number[];
}

/** The classes of rows by the numbers of a classifier, beside those that it has found; undefined without classes, or with others. */
function pairsOf({ set, rows, found }: Classified, names: readonly string[]): Pairs | undefined {
  if (names.length === 0 || !knowsClasses(names, set)) return undefined;
  const { labels } = inClassOrder(set, { names, whose: 'the extractor', path: 'data' });
  return rows.map((row, i) => [labels[row] ?? -1, found[i] ?? -1]);
}

type Pairs = readonly (readonly [asked: number, found: number])[];

const share = (pairs: Pairs): Estimate =>
  shareEstimate(pairs.filter(([asked, found]) => asked === found).length, pairs.length);

/** How often the class of samples, and of a reference, is the one that a classifier finds; undefined where either has none that it knows. */
export function foundOf(
  samples: Classified,
  reference: Classified,
  names: readonly string[],
): ClassAccuracy | undefined {
  const [own, theirs] = [pairsOf(samples, names), pairsOf(reference, names)];
  if (own === undefined || theirs === undefined) return undefined;
  const of = (pairs: Pairs, label: number): Pairs => pairs.filter(([asked]) => asked === label);
  const part = (label: number, which: 0 | 1): number => own.filter((pair) => pair[which] === label).length / own.length;
  const classes = names.flatMap((name, label) => {
    const [mine, real] = [of(own, label), of(theirs, label)];
    if (mine.length === 0 || real.length === 0) return [];
    const n = { samples: mine.length, reference: real.length };
    return [[name, { n, samples: share(mine), reference: share(real) }] as const];
  });
  return {
    samples: share(own),
    reference: share(theirs),
    byChance: names.reduce((sum, _, label) => sum + part(label, 0) * part(label, 1), 0),
    classes: Object.fromEntries(classes),
  };
}
