/**
 * @file Muon: momentum whose matrices are made orthogonal, so that a step changes all directions of a layer alike.
 * @see Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"
 */
import { dimensionOf, sizeOf, type Shape } from '../base/tensor.ts';
import { add, concat, constant, div, matmul, mul, reshape, slice, sqrt, square, sum } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';

/** The quintic a s + b s^3 + c s^5, which brings singular values of (0, 1] near 1 in five rounds. */
const [linear, cubic, quintic] = [3.4445, -4.775, 2.0315];
const rounds = 5;

/** Keeps a gradient of zeros at zero. */
const smallest = 1e-7;

/** Rows and columns that a matrix has at least: fewer are an image's channels, and no layer between others. */
const leastSide = 8;

/** The root mean square of a step of Adam at a rate of 1, which the steps of matrices get, so that one learning rate suits both. */
const stepSize = 0.2;

/** A parameter in the vector of all. */
export interface VectorPart {
  readonly begin: number;
  readonly end: number;
  readonly shape: Shape;
}

/** Whether a parameter is a matrix between layers: weights of dense layers, and of convolutions with a row for each channel of the result. */
export function isMatrix(shape: Shape): boolean {
  const [rows = 1] = shape;
  return shape.length > 1 && Math.min(rows, sizeOf(shape) / rows) >= leastSide;
}

/**
 * Matrices with the same singular vectors, and singular values of about .7 to 1.2.
 * @param x - `[k, m, n]`, k matrices
 */
export function orthogonalized(x: Node): Node {
  const [count = 1, rows = 1, columns = 1] = x.shape;
  const wide = rows <= columns;
  const side = Math.min(rows, columns);
  const identity = new Float64Array(side * side);
  for (let i = 0; i < side; i++) identity[i * (side + 1)] = linear;
  const scaledIdentity = constant(x.graph, identity, [1, side, side]);
  const norm = reshape(sqrt(sum(square(reshape(x, [count, rows * columns])), [1])), [count, 1, 1]);
  let y = div(x, add(norm, smallest));
  for (let i = 0; i < rounds; i++) {
    const gram = matmul(y, y, { transposeA: !wide, transposeB: wide });
    const powers = add(mul(gram, cubic), mul(matmul(gram, gram), quintic));
    const weights = add(powers, scaledIdentity);
    y = wide ? matmul(weights, y) : matmul(y, weights);
  }
  return y;
}

/**
 * A direction `[P]` in which the parts that are matrices are those of Muon: .2 sqrt(max(m, n)) times the orthogonalized momentum.
 * @param direction - of the parts that are none
 * @param momentum - `[P]`
 * @see Liu et al. 2025, "Muon is scalable for LLM training", section 2.2, for the size of the steps
 */
export function withMatrices(direction: Node, momentum: Node, parts: readonly VectorPart[]): Node {
  const pieces = new Map<number, Node>();
  // Matrices of one shape are one product each round.
  for (const [[rows, columns], group] of groupsOf(parts)) {
    const cut = group.map(({ begin, end }) => reshape(slice(momentum, 0, { begin, end }), [1, rows, columns]));
    const steps = orthogonalized(concat(cut as [Node, ...Node[]], 0));
    const sized = mul(steps, stepSize * Math.sqrt(Math.max(rows, columns)));
    for (const [i, { begin, end }] of group.entries())
      pieces.set(begin, reshape(slice(sized, 0, { begin: i, end: i + 1 }), [end - begin]));
  }
  const [total = 0] = direction.shape;
  const all: Node[] = [];
  for (let from = 0; from < total;) {
    const piece = pieces.get(from);
    const end = Math.min(total, ...[...pieces.keys()].filter((begin) => begin > from));
    const next = piece ?? slice(direction, 0, { begin: from, end });
    all.push(next);
    from += dimensionOf(next, 0);
  }
  return concat(all as [Node, ...Node[]], 0);
}

/** The matrices among the parts by their rows and columns. */
function groupsOf(
  parts: readonly VectorPart[],
): ReadonlyArray<readonly [readonly [rows: number, columns: number], readonly VectorPart[]]> {
  const groups = new Map<string, VectorPart[]>();
  const sidesOf = (part: VectorPart): [number, number] => [dimensionOf(part, 0), sizeOf(part.shape.slice(1))];
  for (const part of parts) {
    if (!isMatrix(part.shape)) continue;
    const name = sidesOf(part).join();
    groups.set(name, [...(groups.get(name) ?? []), part]);
  }
  return [...groups.values()].flatMap((group) => (group[0] ? [[sidesOf(group[0]), group] as const] : []));
}
