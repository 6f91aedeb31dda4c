/** @file Samples as files of the format of their data, with a picture of all of them. */
import { join } from 'node:path';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import type { DrawOptions } from '../catalog/data-kinds/data-kind.ts';
import type { DataSet } from '../data/dataset.ts';
import { FileError } from '../base/errors.ts';
import { writeAtomic, writeTogether } from '../io/atomic.ts';
import { pictureOfSet } from './set-picture.ts';
import { makeFolder } from '../io/folders.ts';

/** Paths of what was written. */
export interface SampleFiles {
  readonly samples: readonly string[];
  readonly picture: string | undefined;
}

/**
 * Writes the samples of a set to one file: a picture, or a format of their kind, by its ending.
 * @throws FileError for another ending, or if it cannot be written.
 */
export async function saveSet(set: DataSet, file: string, looks: DrawOptions = {}): Promise<void> {
  const { formats = [] } = dataKindOf(set);
  const format = formats.find(({ ending }) => file.toLowerCase().endsWith(ending));
  if (format === undefined && !/\.png$/i.test(file))
    throw new FileError(
      file,
      `expected a name that ends in ${['.png', ...formats.map(({ ending }) => ending)].join(' or ')}`,
    );
  writeAtomic(file, format?.write(set) ?? (await pictureOfSet(set, looks)));
}

/**
 * Writes the samples of a set to a folder, one file each, and a picture of them where the kind has one.
 * @throws FileError if the folder or a file cannot be written.
 */
export async function writeSampleFiles(set: DataSet, folder: string, looks: DrawOptions = {}): Promise<SampleFiles> {
  const kind = dataKindOf(set);
  const files = kind.files?.(set) ?? [];
  const image = kind.plot || kind.image ? await pictureOfSet(set, looks) : undefined;
  makeFolder(folder);
  const picture = 'samples.png';
  writeTogether(folder, [...files, ...(image === undefined ? [] : [[picture, image] as const])]);
  return {
    samples: files.map(([name]) => join(folder, name)),
    picture: image === undefined ? undefined : join(folder, picture),
  };
}
