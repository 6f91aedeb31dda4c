/** @file Data sets by name, from the records of a catalog, or by path. */
import { builtIn, type Catalog } from '../catalog/catalog.ts';
import { parsed } from '../catalog/config/issues.ts';
import { withKeys } from '../catalog/config/limits.ts';
import type { DataFiles, DataSetRecord } from '../catalog/data-sets/data-set.ts';
import type { Plain } from '../catalog/option.ts';
import type { DataSet } from '../data/dataset.ts';
import { readAsset } from '../data/asset.ts';
import { openAmong, optionsAmong, trainedAmong } from '../data/open.ts';
import type { Opener, OpenOptions } from '../data/opener.ts';
import { openCifar10 } from '../data/sets/cifar10.ts';
import type { Split } from '../data/sets/standard-set.ts';
import { openStandard } from '../data/sets/standard.ts';

const files: DataFiles = { standard: openStandard, cifar10: openCifar10, asset: readAsset };

/** How each set of a catalog is opened. */
function openersOf({ dataSets }: Catalog): Readonly<Record<string, Opener>> {
  return Object.fromEntries(dataSets.map((record) => [record.name, openerOf(record)]));
}

function openerOf(record: DataSetRecord): Opener {
  const { description, side, options: entries } = record;
  return {
    description,
    takes: Object.keys(entries) as (keyof OpenOptions)[],
    ...(side === undefined ? {} : { side }),
    open: (options) => {
      const own = Object.entries(options).filter(([name]) => Object.hasOwn(entries, name));
      return Promise.resolve(record.open(parsed(withKeys(entries), Object.fromEntries(own)), files));
    },
  };
}

/** Every set that has a name, and one line on each. */
export const dataSetNames: Readonly<Record<string, string>> = Object.fromEntries(
  builtIn.dataSets.map(({ name, description }) => [name, description]),
);

/**
 * Opens a data set by name, or by path: a .npy or .npz file, an IDX file of images, the unpacked folder of CIFAR-10, or a
 * folder of images. A name wins over a path; `./name` is always a path.
 * @throws ConfigError if there is no such set, or an option is wrong or not one of the set's; FileError if a file cannot
 * be used.
 * @example
 * ```ts
 * import { openDataSet } from 'scorefield/node';
 *
 * const moons = await openDataSet('two-moons', { count: 500, seed: 1 });
 * console.log(moons.count);
 * ```
 */
export function openDataSet(ref: string, options?: OpenOptions): Promise<DataSet>;
/** A data set of a catalog, whose options may be others. */
export function openDataSet(ref: string, options: Plain, catalog: Catalog): Promise<DataSet>;
export function openDataSet(ref: string, options: OpenOptions = {}, catalog: Catalog = builtIn): Promise<DataSet> {
  return openAmong(openersOf(catalog), ref, options);
}

/**
 * Options that a set understands.
 * @throws ConfigError if there is no set of this name or path.
 */
export function optionsOfData(ref: string, catalog: Catalog = builtIn): Promise<readonly (keyof OpenOptions)[]> {
  return optionsAmong(openersOf(catalog), ref);
}

/** The part of a set that a training takes unless its user says; undefined for all. */
export function trainedPart(ref: string, catalog: Catalog = builtIn): Promise<Split | undefined> {
  return trainedAmong(openersOf(catalog), ref);
}
