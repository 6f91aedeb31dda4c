/** @file Whether samples are nearer to the data of a training than new data are. */
import { checkOptions } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';
import { normalCdf } from '../base/gamma.ts';
import { mannWhitney } from './mann-whitney.ts';

/** Samples by their distances from the nearest sample of a training. */
export interface Distances {
  /** From the nearest, one number for each sample. */
  readonly nearest: ArrayLike<number>;
  /** The cell of the space in which each sample is. */
  readonly cells: ArrayLike<number>;
}

/** The test in one cell. */
export interface CellTest {
  readonly cell: number;
  /** Samples, and held-out ones, in it. */
  readonly samples: number;
  readonly heldOut: number;
  /** Of Mann and Whitney: below 0 where samples are nearer to the training than held-out ones. */
  readonly z: number;
}

/** The test of all cells. */
export interface CopyingTest {
  /** C_T: the mean of the z of cells, weighted by the held-out samples in them. */
  readonly statistic: number;
  /** The standard deviation of C_T where samples have the law of held-out ones. */
  readonly standardError: number;
  /** C_T over it: standard normal where samples have the law of held-out ones. Below -3 they are copies; far above 0 they lie apart from the data. */
  readonly z: number;
  /** Probability of a z as low or lower without copying. */
  readonly pValue: number;
  /** The z of all samples at once, without cells: blind to copies in one place that are made up for in another. */
  readonly whole: number;
  /** Cells with enough samples of both. */
  readonly cells: readonly CellTest[];
}

/**
 * The data-copying test: in each cell of the space, z of Mann and Whitney for the distances of generated and of held-out samples from the nearest
 * training sample; C_T = sum_c w_c z_c / sum_c w_c with w_c the held-out samples of cell c. Given the training samples, distances of equal laws are
 * exchangeable, so that each z_c is standard normal in the limit, and C_T normal with variance sum w_c^2 / (sum w_c)^2.
 * @param options.least - samples of both kinds that a cell must have to count; default 20
 * @throws ShapeError if there is not one cell for each distance.
 * @throws ConfigError if no cell has enough samples of both.
 * @see Meehan, Chaudhuri and Dasgupta 2020, "A non-parametric test to detect data-copying in generative models", section 4
 */
export function copyingTest(
  samples: Distances,
  heldOut: Distances,
  { least = 20 }: { readonly least?: number } = {},
): CopyingTest {
  for (const { nearest, cells } of [samples, heldOut])
    if (nearest.length !== cells.length)
      throw new ShapeError(`copyingTest: expected a cell for each of ${nearest.length} distances, got ${cells.length}`);
  const [own, theirs] = [byCell(samples), byCell(heldOut)];
  const cells = [...theirs.keys()]
    .sort((a, b) => a - b)
    .map((cell) => ({ cell, a: own.get(cell) ?? [], b: theirs.get(cell) ?? [] }))
    .filter(({ a, b }) => Math.min(a.length, b.length) >= least)
    .map(({ cell, a, b }) => ({ cell, samples: a.length, heldOut: b.length, z: mannWhitney(a, b).z }));
  checkOptions([cells.length > 0, 'least', `expected a cell with ${least} samples of both kinds, found none`]);
  const weight = cells.reduce((sum, { heldOut: n }) => sum + n, 0);
  const statistic = cells.reduce((sum, { heldOut: n, z }) => sum + n * z, 0) / weight;
  const standardError = Math.sqrt(cells.reduce((sum, { heldOut: n }) => sum + n * n, 0)) / weight;
  const z = statistic / standardError;
  return {
    ...{ statistic, standardError, z, pValue: normalCdf(z) },
    whole: mannWhitney(samples.nearest, heldOut.nearest).z,
    cells,
  };
}

function byCell({ nearest, cells }: Distances): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (let i = 0; i < nearest.length; i++) {
    const cell = cells[i]!;
    const list = found.get(cell) ?? [];
    list.push(nearest[i]!);
    found.set(cell, list);
  }
  return found;
}

/** How many samples are suspiciously near to one training sample. */
export interface NearCopies {
  /** The part of the samples whose ratio is below the threshold. */
  readonly share: number;
  /** The part that is expected of new data, and the standard error of the difference where they have one law. */
  readonly expected: number;
  readonly standardError: number;
  /** The ratio below which a sample counts. */
  readonly threshold: number;
}

/**
 * The part of samples whose ratio of the distances from the nearest and the second nearest training sample is below a quantile of the same ratio
 * of held-out samples: copies have a ratio near 0, new data one near 1, and data with near duplicates set their own threshold.
 * @param part - of the held-out samples that are below the threshold; default 0.01
 * @throws ShapeError if a set is empty.
 */
export function nearCopies(
  ratios: ArrayLike<number>,
  heldOut: ArrayLike<number>,
  { part = 0.01 }: { readonly part?: number } = {},
): NearCopies {
  const [m, n] = [ratios.length, heldOut.length];
  if (m === 0 || n === 0) throw new ShapeError('nearCopies: expected ratios, got an empty set');
  const sorted = Float64Array.from(heldOut).sort();
  const rank = Math.max(1, Math.round(part * n));
  const threshold = sorted[rank - 1]!;
  const share = Array.from(ratios).filter((ratio) => ratio <= threshold).length / m;
  // Of n numbers of one law the rank-th has on average rank / (n + 1) of the law below it.
  const expected = rank / (n + 1);
  return { share, expected, threshold, standardError: Math.sqrt(expected * (1 - expected) * (1 / m + 1 / n)) };
}
