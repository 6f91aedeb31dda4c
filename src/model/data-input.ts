/** @file What a model takes for data: a data set, samples, or an array in the units of the data. */
import { foldIn, key } from '../base/key.ts';
import { permutation } from '../base/random.ts';
import type { Shape } from '../base/tensor.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import type { DataSummary } from '../run/data-summary.ts';
import { inUnitsOf, isDataSet, type DataSet } from '../data/dataset.ts';
import type { Samples } from './samples/samples.ts';

/**
 * An array in the units and the layout of files. Images: bytes, or floats where the model has learned floats, `[n, H, W]` or `[n, H, W, C]`, of one image also without n. Points: numbers
 * `[n, d]`, of one point also `[d]`.
 */
export interface DataArray {
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

/** Data for a model. */
export type DataInput = DataSet | Samples | DataArray;

/**
 * Data as a set of samples of a model's shape.
 * @throws ShapeError if the array does not have the shape of the model's samples, or images are not whole numbers of 0 to 255.
 */
export function dataSetOf(
  input: DataInput,
  {
    data,
    catalog,
  }: { readonly data: Pick<DataSummary, 'kind' | 'shape' | 'scaler'>; readonly catalog?: Catalog | undefined },
  name = 'data',
): DataSet {
  if ('toDataSet' in input) return inUnitsOf(data.scaler, input.toDataSet());
  if (isDataSet(input)) return inUnitsOf(data.scaler, input);
  return dataKindOf(data, catalog).fromArray(input, data, name);
}

/**
 * Different rows of a data set in random order.
 * @param count - at most so many; all of them where the set has fewer
 */
export function randomRows(set: Pick<DataSet, 'count'>, count: number, seed: number): readonly number[] {
  return Array.from(permutation(foldIn(key(seed), 'rows'), set.count)).slice(0, count);
}
