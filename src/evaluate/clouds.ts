/** @file Distances of clouds of points. */
import { assignment } from '../base/assignment.ts';
import { ShapeError } from '../base/errors.ts';

/** Squared distances of the points of clouds `[N, 3]` and `[M, 3]`, `[N, M]`. */
function squaredDistances(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const [n, m] = [a.length / 3, b.length / 3];
  if (!(n >= 1 && m >= 1))
    throw new ShapeError(`expected clouds of points [N, 3], got ${a.length} and ${b.length} numbers`);
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    const [x, y, z] = [a[3 * i]!, a[3 * i + 1]!, a[3 * i + 2]!];
    for (let j = 0; j < m; j++) {
      const [dx, dy, dz] = [x - b[3 * j]!, y - b[3 * j + 1]!, z - b[3 * j + 2]!];
      out[i * m + j] = dx * dx + dy * dy + dz * dz;
    }
  }
  return out;
}

/**
 * Chamfer distance of clouds `[N, 3]` and `[M, 3]`: mean_x min_y |x - y|^2 + mean_y min_x |x - y|^2, squared and summed both ways.
 * @throws ShapeError if a cloud is empty.
 * @see Fan, Su and Guibas 2017, "A point set generation network for 3D object reconstruction from a single image", section 3.3
 */
export function chamferDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const squares = squaredDistances(a, b);
  const [n, m] = [a.length / 3, b.length / 3];
  const nearest = new Float64Array(m).fill(Infinity);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let least = Infinity;
    for (let j = 0; j < m; j++) {
      const square = squares[i * m + j]!;
      if (square < least) least = square;
      if (square < nearest[j]!) nearest[j] = square;
    }
    sum += least;
  }
  return sum / n + nearest.reduce((all, square) => all + square, 0) / m;
}

/**
 * Earth mover's distance of clouds of equally many points: the least mean distance |x - y| over all ways to pair them, exactly, in N^3 steps.
 * @throws ShapeError if they have not as many points.
 */
export function earthMoverDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length)
    throw new ShapeError(`expected clouds of as many points, got ${a.length / 3} and ${b.length / 3}`);
  const n = a.length / 3;
  const costs = squaredDistances(a, b).map(Math.sqrt);
  const columns = assignment(costs, n);
  return columns.reduce((sum, column, row) => sum + costs[row * n + column]!, 0) / n;
}
