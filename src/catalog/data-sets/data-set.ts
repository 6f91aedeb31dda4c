/** @file The record of a data set: its options, and how it is drawn or read. */
import type * as v from 'valibot';
import type { DataSet, ImageSet } from '../../data/dataset.ts';
import type { StandardOptions, StandardSet } from '../../data/sets/standard-set.ts';
import type { Named } from '../named.ts';
import type { OptionValues } from '../option.ts';

/** Reads the files of data sets; records get it, so that those that draw their samples need no file system. */
export interface DataFiles {
  /** A set in IDX format, from this machine or its mirrors. */
  standard(set: StandardSet, options: StandardOptions): Promise<ImageSet>;
  /** CIFAR-10, from this machine. */
  cifar10(options: StandardOptions): Promise<ImageSet>;
  /** The content of a file among the assets of this package; of a name that ends in `.br`, unpacked. */
  asset(name: string): Promise<Uint8Array>;
}

/** A named data set. */
export interface DataSetRecord<
  Name extends string = string,
  Options extends v.ObjectEntries = v.ObjectEntries,
> extends Named<Name> {
  readonly options: Options;
  /** Side of the images, where it is known beforehand. */
  readonly side?: number;
  /** The set; `limit`, `size` and `flips` are applied to what it returns. */
  open(options: OptionValues<Options>, files: DataFiles): DataSet | Promise<DataSet>;
}

/** A record of a data set. */
export function dataSet<const Name extends string, const Options extends v.ObjectEntries>(
  record: DataSetRecord<Name, Options>,
): DataSetRecord<Name> {
  // Lists contain records of all options; a record gets the values of its own.
  return Object.freeze(record);
}
