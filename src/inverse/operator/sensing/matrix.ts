/** @file Operators given by a matrix: of points, of the channels of an image, and random ones for compressed sensing. */
import { checkOptions, positiveInteger } from '../../../base/check.ts';
import { ShapeError } from '../../../base/errors.ts';
import type { Key } from '../../../base/key.ts';
import { normal } from '../../../base/random.ts';
import { batchOf, sizeOf, zeros, type Shape, type Tensor } from '../../../base/tensor.ts';
import { linearOperator } from '../linear-operator.ts';
import { dot, matrixSvd, type MatrixRows } from './matrix-svd.ts';
import type { LinearOperator, SingularSystem } from '../operator.ts';
import { checkShape, imageShape } from '../shapes.ts';

/** Above this many operations in a sweep the singular values of a matrix take longer than half a minute: then there are none. */
const svdLimit = 2 ** 29;

/**
 * A x with a matrix along the first axis of a sample, alike at every place of the other axes: `[C, ...]` to `[m, ...]`.
 * On points `[D]` it is any linear map; on images it mixes channels. The singular value decomposition comes with it where
 * m <= C and m^2 C is below 2^29.
 * @param weights - `[m, C]`, finite numbers
 * @throws ShapeError if the matrix has not one column per entry of the first axis.
 */
export function matrix(shapeIn: Shape, weights: Tensor): LinearOperator {
  checkShape(shapeIn);
  const [columns = 0, ...rest] = shapeIn;
  const [m = 0] = weights.shape;
  if (weights.shape.length !== 2 || weights.shape[1] !== columns || m === 0)
    throw new ShapeError(`matrix: expected shape [m, ${columns}] for samples [${shapeIn}], got [${weights.shape}]`);
  checkOptions([weights.data.every(Number.isFinite), 'weights', 'expected finite numbers']);
  const rows = Array.from({ length: m }, (_, i) => weights.data.subarray(i * columns, (i + 1) * columns));
  return matrixOperator('matrix', { shapeIn, shapeOut: [m, ...rest] }, rows);
}

/**
 * Gray images from colored ones: the mean of the channels, `[C, H, W]` to `[1, H, W]`. Its singular value is 1 /
 * sqrt(C), and U'y = sqrt(C) y is the first of the decoupled coordinates V'x, in which colorization is inpainting.
 * @see Song et al. 2021, appendix I.3
 */
export function gray(shapeIn: Shape): LinearOperator {
  const { channels, height, width } = imageShape('gray', shapeIn);
  const mean = new Float64Array(channels).fill(1 / channels);
  return matrixOperator('gray', { shapeIn, shapeOut: [1, height, width] }, [mean]);
}

/**
 * Compressed sensing: m random sums of all values of x, with weights from N(0, 1 / m), so that E |A x|^2 = |x|^2. The
 * matrix is kept in memory, m n numbers.
 * @param measurements - m, at most the size of a sample
 * @throws ConfigError if there are more measurements than values.
 * @see Candes, Romberg and Tao 2006; Donoho 2006
 */
export function gaussianSensing(key: Key, shapeIn: Shape, measurements: number): LinearOperator {
  checkShape(shapeIn);
  const n = sizeOf(shapeIn);
  checkOptions(positiveInteger('measurements', measurements), [
    measurements <= n,
    'measurements',
    `expected at most ${n}, the size of a sample, got ${measurements}`,
  ]);
  const values = normal(key, measurements * n).map((z) => z / Math.sqrt(measurements));
  const rows = Array.from({ length: measurements }, (_, i) => values.subarray(i * n, (i + 1) * n));
  return matrixOperator('gaussian-sensing', { shapeIn, shapeOut: [measurements] }, rows);
}

/** Rows of length C on the sample as `[C, places]`. */
function matrixOperator(
  kind: string,
  { shapeIn, shapeOut }: Pick<LinearOperator, 'shapeIn' | 'shapeOut'>,
  rows: MatrixRows,
): LinearOperator {
  const [columns, places] = [rows[0]!.length, sizeOf(shapeOut) / rows.length];
  const turned = Array.from({ length: columns }, (_, j) => Float64Array.from(rows, (row) => row[j]!));
  const map = (to: Shape, by: MatrixRows) => (x: Tensor) => product(by, x, [batchOf(x), ...to], places);
  const svd =
    rows.length <= columns && rows.length ** 2 * columns < svdLimit
      ? singularSystem(rows, { shapeIn, shapeOut, places })
      : undefined;
  return linearOperator({
    kind,
    shapeIn,
    shapeOut,
    apply: map(shapeOut, rows),
    adjoint: map(shapeIn, turned),
    ...(svd && { svd }),
  });
}

/** Each place's column of `[B, C, places]` times the rows: `[B, rows, places]`, in the given shape. */
function product(rows: MatrixRows, x: Tensor, shape: Shape, places: number): Tensor {
  const { data } = zeros(shape);
  const count = rows.length;
  const columns = rows[0]?.length ?? 0;
  const all: { readonly column: Float64Array; readonly first: number }[] = [];
  forEachPlace(x, columns, places, (column, b, p) => {
    all.push({ column: column.slice(), first: b * count * places + p });
  });
  let i = 0;
  // Four sums at a time, since each addition waits for the one before it; their rows stay at hand for all columns.
  for (; i + 3 < count; i += 4) {
    const [q, r, s, t] = [rows[i]!, rows[i + 1]!, rows[i + 2]!, rows[i + 3]!];
    for (const { column, first } of all) {
      let [sumQ, sumR, sumS, sumT] = [0, 0, 0, 0];
      for (let j = 0; j < columns; j++) {
        const value = column[j]!;
        sumQ += q[j]! * value;
        sumR += r[j]! * value;
        sumS += s[j]! * value;
        sumT += t[j]! * value;
      }
      data[first + i * places] = sumQ;
      data[first + (i + 1) * places] = sumR;
      data[first + (i + 2) * places] = sumS;
      data[first + (i + 3) * places] = sumT;
    }
  }
  for (; i < count; i++) for (const { column, first } of all) data[first + i * places] = dot(rows[i]!, column);
  return { shape, data };
}

function forEachPlace(
  { shape, data }: Tensor,
  columns: number,
  places: number,
  visit: (column: Float64Array, sample: number, place: number) => void,
): void {
  const column = new Float64Array(columns);
  for (let b = 0; b < batchOf({ shape }); b++) {
    for (let p = 0; p < places; p++) {
      for (let j = 0; j < columns; j++) column[j] = data[(b * columns + j) * places + p]!;
      visit(column, b, p);
    }
  }
}

/** Coordinate i of place p is number i * places + p, so that measured coordinates come first. */
function singularSystem(
  rows: MatrixRows,
  { shapeIn, shapeOut, places }: { readonly shapeIn: Shape; readonly shapeOut: Shape; readonly places: number },
): SingularSystem {
  const { singularValues, u, vInto, vtInto } = matrixSvd(rows);
  const n = sizeOf(shapeIn);
  const r = singularValues.length;
  const turned = rows.map((_, i) => Float64Array.from(u, (vector) => vector[i]!));
  const eachPlace = (x: Tensor, into: (column: Float64Array) => void, shape: Shape): Tensor => {
    const out = zeros([batchOf(x), ...shape]);
    const columns = n / places;
    forEachPlace(x, columns, places, (column, b, p) => {
      into(column);
      for (let j = 0; j < columns; j++) out.data[(b * columns + j) * places + p] = column[j]!;
    });
    return out;
  };
  return {
    singularValues: Float64Array.from({ length: r * places }, (_, at) => singularValues[Math.floor(at / places)]!),
    vt: (x) => eachPlace(x, vtInto, [n]),
    v: (c) => eachPlace(c, vInto, shapeIn),
    ut: (y) => product(u, y, [batchOf(y), r * places], places),
    u: (c) => product(turned, c, [batchOf(c), ...shapeOut], places),
  };
}
