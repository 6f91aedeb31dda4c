/** @file The assignment of rows to columns of least cost. */
import { allFinite } from './arith.ts';
import { NumericalError, ShapeError } from './errors.ts';

/**
 * The permutation that minimizes the sum over rows i of cost[i, permutation[i]], exact up to rounding: rows get the columns where they
 * are cheapest, and each row that is left gets one by a shortest augmenting path, in O(N^3) steps at most.
 * @param cost - row-major, `[N, N]`
 * @returns the column of each row
 * @throws ShapeError unless the cost has N^2 numbers.
 * @throws NumericalError if a cost is not finite.
 * @see Jonker and Volgenant 1987, "A shortest augmenting path algorithm for dense and sparse linear assignment problems"
 */
export function assignment(cost: Float64Array, n: number): Uint32Array {
  if (cost.length !== n * n) throw new ShapeError(`assignment: expected ${n} x ${n} costs, got ${cost.length}`);
  if (!allFinite(cost)) throw new NumericalError('assignment: a cost is not finite');
  const matching: Matching = {
    cost,
    n,
    v: new Float64Array(n),
    columnOf: new Int32Array(n).fill(-1),
    rowOf: new Int32Array(n).fill(-1),
  };
  reduceColumns(matching);
  for (let row = 0; row < n; row++) if (matching.columnOf[row]! < 0) augment(matching, row);
  return Uint32Array.from(matching.columnOf);
}

/**
 * Rows and columns that belong together so far, -1 where there is none yet, and the potentials of the columns: a row with a column
 * has the least cost[row, j] - v[j] there.
 */
interface Matching {
  readonly cost: Float64Array;
  readonly n: number;
  readonly v: Float64Array;
  readonly columnOf: Int32Array;
  readonly rowOf: Int32Array;
}

/** Potentials are the least costs of the columns, whose rows get them, one column each. */
function reduceColumns({ cost, n, v, columnOf, rowOf }: Matching): void {
  const least = new Int32Array(n);
  v.set(cost.subarray(0, n));
  for (let i = 1; i < n; i++)
    for (let j = 0; j < n; j++)
      if (cost[i * n + j]! < v[j]!) {
        v[j] = cost[i * n + j]!;
        least[j] = i;
      }
  for (let j = n - 1; j >= 0; j--)
    if (columnOf[least[j]!]! < 0) {
      columnOf[least[j]!] = j;
      rowOf[j] = least[j]!;
    }
}

/** Gives a column to a free row along the shortest path to a free column, by Dijkstra's algorithm on the reduced costs. */
function augment({ cost, n, v, columnOf, rowOf }: Matching, first: number): void {
  const length = new Float64Array(n).fill(Infinity);
  // The row before a column on its path.
  const before = new Int32Array(n);
  // The first `left` columns are still to be reached.
  const columns = Int32Array.from({ length: n }, (_, j) => j);
  let left = n;
  let row = first;
  let base = 0;
  let shortest = 0;
  let end = -1;
  while (end < 0) {
    const at = row * n;
    let nearest = 0;
    let least = Infinity;
    for (let k = 0; k < left; k++) {
      const j = columns[k]!;
      const path = base + cost[at + j]! - v[j]!;
      let own = length[j]!;
      if (path < own) {
        length[j] = own = path;
        before[j] = row;
      }
      if (own > least) continue;
      // Of paths of one length, one that ends is best.
      if (own < least || rowOf[j]! < 0) {
        least = own;
        nearest = k;
      }
    }
    shortest = least;
    const column = columns[nearest]!;
    columns[nearest] = columns[--left]!;
    columns[left] = column;
    if (rowOf[column]! < 0) end = column;
    else {
      row = rowOf[column]!;
      base = shortest - (cost[row * n + column]! - v[column]!);
    }
  }
  for (let k = left + 1; k < n; k++) v[columns[k]!]! += length[columns[k]!]! - shortest;
  for (let column = end; ;) {
    const own = before[column]!;
    const next = columnOf[own]!;
    rowOf[column] = own;
    columnOf[own] = column;
    if (own === first) return;
    column = next;
  }
}
