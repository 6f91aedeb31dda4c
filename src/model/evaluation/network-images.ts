/** @file Images as networks of one size read them. */
import { checkOptions } from '../../base/check.ts';
import { mapInto } from '../../base/map-into.ts';
import { tensor, type Shape, type Tensor } from '../../base/tensor.ts';
import { kindOf, sampleShape, type DataSet, type SetKind } from '../../data/dataset.ts';
import { cleanResizeInto } from '../../data/pictures/resize.ts';

/**
 * @param name - of the extractor that reads them
 * @throws ConfigError unless samples are gray or colored images.
 */
export function requireColors(kind: SetKind, shape: Shape, name: string): void {
  const [channels] = shape;
  checkOptions([
    kind.pictures !== undefined && shape.length === 3 && (channels === 1 || channels === 3),
    'features',
    `expected images [1, H, W] or [3, H, W] for ${name}, got ${kind.name} [${shape.join(', ')}]`,
  ]);
}

/**
 * Images of a set in three colors, resized cleanly to a square: black is -1 and white is 1, `[rows, 3, side, side]`. Gray images have three equal colors.
 * @throws ConfigError unless the samples are gray or colored images.
 */
export function networkImages(set: DataSet, rows: readonly number[], side: number): Tensor {
  const shape = sampleShape(set);
  requireColors(kindOf(set), shape, 'a network of images');
  const [channels = 1, height = 1, width = 1] = shape;
  const to = { height: side, width: side };
  const [size, area] = [channels * height * width, side * side];
  const out = new Float64Array(rows.length * 3 * area);
  const values = new Float64Array(size);
  const { pictures } = kindOf(set);
  const bytes = pictures?.bytes(set);
  rows.forEach((row, i) => {
    if (bytes !== undefined) mapInto(values, bytes.subarray(row * size, (row + 1) * size), (byte) => byte / 127.5 - 1);
    else mapInto(values, pictures?.unitValues(set, row) ?? [], (value) => 2 * value - 1);
    const own = out.subarray(i * 3 * area, (i + 1) * 3 * area);
    cleanResizeInto(own, values, { count: channels, height, width }, { to, range: [-1, 1] });
    if (channels === 1) for (const color of [1, 2]) own.copyWithin(color * area, 0, area);
  });
  return tensor(out, [rows.length, 3, side, side]);
}
