/** @file The real samples that `evaluate` compares with: a reference, and others that are to it what good samples would be. */
import { checkOptions } from '../base/check.ts';
import { foldIn, key } from '../base/key.ts';
import { permutation } from '../base/random.ts';
import type { Shape } from '../base/tensor.ts';
import { sampleShape, type DataSet } from '../data/dataset.ts';
import { optionsOf } from '../data/open.ts';
import type { OpenOptions } from '../data/opener.ts';
import { openShown } from './shell/opening.ts';

/** Some samples of a set. */
export interface Rows {
  readonly set: DataSet;
  readonly rows: readonly number[];
  /** What they are, for people. */
  readonly what: string;
}

/** Real samples in two parts that share none. */
export interface RealParts {
  readonly reference: Rows;
  readonly real: Rows;
}

/**
 * Of a set with a test part, that is the reference and the training part the rest; another set is split into halves, in an
 * order of its own. Both are what they are whatever samples are compared.
 * @throws ConfigError if samples of the set have another shape.
 */
export async function realParts(
  ref: string,
  { options, shape }: { readonly options: OpenOptions; readonly shape: Shape },
): Promise<RealParts> {
  const takes = await optionsOf(ref);
  const known = Object.fromEntries(Object.entries(options).filter(([name]) => (takes as string[]).includes(name)));
  const train = await openShown(ref, takes.includes('split') ? { ...known, split: 'train' } : known);
  const found = sampleShape(train);
  checkOptions([
    found.join() === shape.join(),
    '--data',
    `expected samples [${shape.join(', ')}], got [${found.join(', ')}]`,
  ]);
  const test = await testPart(ref, takes, known);
  const order = (set: DataSet): readonly number[] => Array.from(permutation(foldIn(key(0), 'reference'), set.count));
  if (test !== undefined)
    return {
      reference: { set: test, rows: order(test), what: `of the test part of ${ref}` },
      real: { set: train, rows: order(train), what: `of the training part of ${ref}` },
    };
  const rows = order(train);
  const half = rows.length >> 1;
  return {
    reference: { set: train, rows: rows.slice(0, half), what: `of one half of ${ref}` },
    real: { set: train, rows: rows.slice(half), what: `of the other half of ${ref}` },
  };
}

async function testPart(
  ref: string,
  takes: readonly (keyof OpenOptions)[],
  options: OpenOptions,
): Promise<DataSet | undefined> {
  if (takes.includes('split')) return openShown(ref, { ...options, split: 'test' });
  if (takes.includes('seed')) return openShown(ref, { ...options, seed: (options.seed ?? 0) + 1 });
  return undefined;
}
