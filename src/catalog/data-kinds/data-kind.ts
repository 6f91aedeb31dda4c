/** @file The record of a kind of data. */
import type { Shape } from '../../base/tensor.ts';
import type { Named } from '../named.ts';
import type { Plain } from '../option.ts';

/** A kind of data: what its samples are, and the settings of a run that go with it. */
export interface DataKindRecord<Name extends string = string> extends Named<Name> {
  /** Whether samples of this kind can have a shape. */
  shapeOk(shape: Shape): boolean;
  /** What one number of a sample counts, for messages: 'gray levels of 256'. */
  readonly unit: string;
  /** Name of the network that a run has by default. */
  readonly network: string;
  /** Standard deviation of the data in the model's range. */
  readonly sigmaData: number;
  /** How the data are scaled. */
  scaling?(set: { readonly oneSpace?: boolean }): Plain;
  /** Settings of `train`. */
  readonly train: Plain;
}

/** A record of a kind of data. */
export function dataKind<const Name extends string>(record: DataKindRecord<Name>): DataKindRecord<Name> {
  return Object.freeze(record);
}
