/** @file What can be done with sets of points. */
import { ShapeError } from '../../base/errors.ts';
import { key } from '../../base/key.ts';
import { normal } from '../../base/random.ts';
import { batchOf, dimensionOf, sizeOf } from '../../base/tensor.ts';
import { momentsOf } from '../moments.ts';
import { factorsOf, unscaled } from '../scaler.ts';
import { standardize } from '../standardize.ts';
import { setOfPoints } from './point-set.ts';
import { countOf } from './sample-count.ts';
import type { LoadRequest, PointSet, SetKind } from './set-kind.ts';

const name = 'points';

/** Sets of points or other vectors `[dimension]` in their own units. */
export const pointSets: SetKind<PointSet> = Object.freeze<SetKind<PointSet>>({
  name,
  shapeOk: (shape) => shape.length === 1,
  sampleShape: ({ dimension }) => [dimension],
  firstOf: (set, count) => ({ ...set, count, values: set.values.subarray(0, count * set.dimension) }),
  content: ({ values }) => [values],
  describe: ({ values, dimension }) => momentsOf(values, { groups: dimension, anySize: true }),
  scalerOf: (set, { scale = set.oneSpace === true ? 'common' : 'columns' }) => standardize(set, scale),
  load: loadPoints,
  inCommonUnits: ({ values }, { factor }) =>
    typeof factor === 'number'
      ? { factor, data: values }
      : { factor: 1, data: values.map((value, j) => factor[j % factor.length]! * value) },
  features: name,
  numbers: ({ values, dimension }, rows) => {
    const out = new Float64Array(rows.length * dimension);
    rows.forEach((row, i) => {
      out.set(values.subarray(row * dimension, (row + 1) * dimension), i * dimension);
    });
    return out;
  },
  toArray: (x, { scaler }) => ({ shape: x.shape, data: unscaled(scaler, x).data }),
  toSet: (x, { scaler }, about) =>
    setOfPoints({ ...about, count: batchOf(x), dimension: dimensionOf(x, 1), values: unscaled(scaler, x).data }),
  fromArray: ({ shape, data }, { shape: [dimension = 1] }, of) =>
    setOfPoints({ name: of, count: countOf(shape, [dimension], data, of), dimension, values: Float64Array.from(data) }),
  standIn: (shape) => {
    const dimension = sizeOf(shape);
    return setOfPoints({ name: 'a stand-in', count: 2, dimension, values: normal(key(0), 2 * dimension) });
  },
});

function loadPoints({ values, dimension }: PointSet, { scaler, rows }: LoadRequest): Float32Array {
  const { shift } = scaler;
  const factors = factorsOf(scaler);
  const length = [shift.length, factors.length].find((length) => length !== 1 && length !== dimension);
  if (length !== undefined)
    throw new ShapeError(`loadBatch: expected a scaler for samples [${dimension}], got one for [${length}]`);
  const out = new Float32Array(rows.length * dimension);
  for (let i = 0; i < rows.length; i++)
    for (let j = 0; j < dimension; j++)
      out[i * dimension + j] =
        factors[j % factors.length]! * (values[rows[i]! * dimension + j]! - shift[j % shift.length]!);
  return out;
}
