/** @file How a set of samples stands to a set of references, by the distances of their members alone. */

/** Distances `[rows, columns]`, row-major. */
export interface DistanceTable {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** What distances of samples and references say. */
export interface SetDistances {
  /** MMD: the mean over references of the distance of the nearest sample; the less, the better. */
  readonly matching: number;
  /** COV: the share of references that are the nearest of some sample; the more, the better. */
  readonly coverage: number;
  /** 1-NNA: how often the nearest other member of both sets is of the same set; 1/2 is best, 1 says that they are apart, 0 that samples are copies. */
  readonly nearestNeighbor: number;
}

/** Expected 1-NNA of n samples and n references of the same law: the nearest of 2 n - 1 others is one of the n - 1 of the own set. */
export function expectedNearestNeighbor(n: number): number {
  return (n - 1) / (2 * n - 1);
}

/** The distances of all pairs. */
export function distancesOf<T>(a: readonly T[], b: readonly T[], distance: (a: T, b: T) => number): DistanceTable {
  return finished(distanceSteps(a, b, distance));
}

/** The same, with a step after each row of the table. */
export function* distanceSteps<T>(
  a: readonly T[],
  b: readonly T[],
  distance: (a: T, b: T) => number,
): Generator<undefined, DistanceTable> {
  const data = new Float64Array(a.length * b.length);
  for (const [i, one] of a.entries()) {
    for (const [j, other] of b.entries()) data[i * b.length + j] = distance(one, other);
    yield;
  }
  return { rows: a.length, columns: b.length, data };
}

/** The distances of the members of a set, each pair once. */
export function ownDistances<T>(a: readonly T[], distance: (a: T, b: T) => number): DistanceTable {
  return finished(ownDistanceSteps(a, distance));
}

/** The same, with a step after each member. */
export function* ownDistanceSteps<T>(
  a: readonly T[],
  distance: (a: T, b: T) => number,
): Generator<undefined, DistanceTable> {
  const n = a.length;
  const data = new Float64Array(n * n);
  for (const [i, one] of a.entries()) {
    for (let j = 0; j < i; j++) data[i * n + j] = data[j * n + i] = distance(one, a[j]!);
    yield;
  }
  return { rows: n, columns: n, data };
}

function finished<R>(steps: Generator<unknown, R>): R {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
  }
}

/**
 * MMD, COV and 1-NNA.
 * @param parts.between - of samples (rows) and references (columns)
 * @see Achlioptas et al. 2018, "Learning representations and generative models for 3D point clouds", section 2 (MMD, COV); Yang et al. 2019, "PointFlow", section 5.1 (1-NNA)
 */
export function setDistances({
  samples,
  references,
  between,
}: Readonly<Record<'samples' | 'references' | 'between', DistanceTable>>): SetDistances {
  const [n, m] = [samples.rows, references.rows];
  const at = ({ data, columns }: DistanceTable, i: number, j: number): number => data[i * columns + j]!;
  const nearest = new Float64Array(m).fill(Infinity);
  const covered = new Set<number>();
  let [correct, own] = [0, new Float64Array(n).fill(Infinity)];
  for (let i = 0; i < n; i++) {
    let [least, place] = [Infinity, -1];
    for (let j = 0; j < m; j++) {
      const distance = at(between, i, j);
      if (distance < least) [least, place] = [distance, j];
      if (distance < nearest[j]!) nearest[j] = distance;
    }
    covered.add(place);
    for (let j = 0; j < n; j++) if (j !== i) own[i] = Math.min(own[i]!, at(samples, i, j));
    correct += vote(own[i]!, least);
  }
  own = new Float64Array(m).fill(Infinity);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) if (j !== i) own[i] = Math.min(own[i]!, at(references, i, j));
    correct += vote(own[i]!, nearest[i]!);
  }
  return {
    matching: nearest.reduce((sum, distance) => sum + distance, 0) / m,
    coverage: covered.size / m,
    nearestNeighbor: correct / (n + m),
  };
}

/** Whether the own set is nearer; a tie is half of it. */
function vote(own: number, other: number): number {
  return own === other ? 0.5 : Number(own < other);
}
