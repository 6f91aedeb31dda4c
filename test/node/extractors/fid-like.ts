/** @file Networks in ONNX files that are like the Inception network of FID from outside. */
import { writeFileSync } from 'node:fs';
import { encodeModel, type OnnxNode } from '../../../src/backend/onnx/onnx-model.ts';

/** What a network is. */
export interface Like {
  /** Of its input. */
  readonly sides?: readonly [channels: number, height: number, width: number];
  readonly batch?: number | string;
  readonly features?: number;
  /** Of what is added to pixels before they are averaged. */
  readonly shift?: number;
  /** By which means of pixels are multiplied. */
  readonly scale?: number;
}

/**
 * Of pixels of 0 to 1, this scale makes the kernel distance of the noise what was published for the Inception network: for means u of one set and v of the other, 3 s^2 (u - v)^2 and
 * terms of higher order; nine pixels of each image give it the spread that was published.
 */
const publishedScale = 0.33;

/** Writes a network whose features are all the mean of nine pixels, shifted and scaled. */
export function writeLike(
  file: string,
  { sides = [3, 299, 299], batch = 'N', features = 2048, shift = 0, scale = publishedScale }: Like = {},
): void {
  const op = (
    name: string,
    inputs: readonly string[],
    output: string,
    attributes: OnnxNode['attributes'] = {},
  ): OnnxNode => ({
    ...{ op: name, domain: '', inputs, outputs: [output], attributes },
  });
  const ints = (name: string, ...values: number[]) => ({
    ...{ name, shape: [values.length], data: BigInt64Array.from(values, BigInt) },
  });
  const model = encodeModel({
    nodes: [
      op('Slice', ['images', 'begin', 'end', 'axes'], 'corner'),
      op('ReduceMean', ['corner'], 'mean', { axes: [1, 2, 3], keepdims: 1 }),
      op('Add', ['mean', 'shift'], 'shifted'),
      op('Reshape', ['shifted', 'column'], 'one'),
      op('MatMul', ['one', 'weights'], 'features'),
    ],
    initializers: [
      ints('begin', 0, 0),
      ints('end', 1, 3),
      ints('axes', 2, 3),
      ints('column', -1, 1),
      { name: 'shift', shape: [], data: Float32Array.of(shift) },
      { name: 'weights', shape: [1, features], data: new Float32Array(features).fill(scale) },
    ],
    inputs: [{ name: 'images', shape: [batch, ...sides] }],
    outputs: [{ name: 'features', shape: [batch, features] }],
  });
  writeFileSync(file, model);
}
