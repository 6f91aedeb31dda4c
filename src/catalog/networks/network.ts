/** @file The record of a network. */
import type * as v from 'valibot';
import type { Rule } from '../../base/check.ts';
import type { Shape } from '../../base/tensor.ts';
import type { Network } from '../../nn/network.ts';
import type { ScoreProcess } from '../../score/coefficients.ts';
import type { Named } from '../named.ts';
import type { OptionValues, Plain } from '../option.ts';

/** A named network. */
export interface NetworkRecord<
  Name extends string = string,
  Options extends v.ObjectEntries = v.ObjectEntries,
> extends Named<Name> {
  /** Name of the task that it learns. */
  readonly task: string;
  /** How many axes the samples have that it takes: 1 for vectors `[dimension]`, 3 for images `[channels, height, width]`. */
  readonly axes: readonly number[];
  readonly options: Options;
  /** Name of the process that it was published with. */
  readonly process: string;
  /** Features that it has of the label. */
  readonly embedding: 'positional' | 'fourier' | 'none';
  /** Whether its Fourier features are made for log(sigma). */
  readonly logSigma?: boolean;
  /**
   * Options that depend on the size of images.
   * @param shape - of the images; the channels count for nothing
   * @param asked - options that are asked for
   */
  defaults?(shape: Shape, asked: Plain): Plain;
  /** What it asks of the process of a run. */
  rules?(process: ScoreProcess): readonly Rule[];
  build(shape: Shape, options: OptionValues<Options>): Network;
}

/** A record of a network. */
export function networkRecord<const Name extends string, const Options extends v.ObjectEntries>(
  record: NetworkRecord<Name, Options>,
): NetworkRecord<Name, Options> {
  return Object.freeze(record);
}
