/** @file Standard sets in IDX format, found on this machine or downloaded from their official mirrors. */
import { join } from 'node:path';
import { FileError } from '../../base/errors.ts';
import { setOfImages } from '../kinds/image-set.ts';
import type { ImageSet } from '../kinds/set-kind.ts';
import { download } from './download.ts';
import { kindOfPath } from '../file.ts';
import { readIdxImages } from '../arrays/idx.ts';
import { cacheOf, searchOrder } from '../places.ts';
import type { KnownFile, StandardOptions, StandardSet } from './standard-set.ts';

/**
 * Reads a standard set from the first place that has it, else downloads it into the cache. Files on this machine may have
 * been compressed anew, so that only downloads are compared with their checksums.
 * @throws FileError if a file is damaged, or the set is nowhere and cannot be downloaded.
 */
export async function openStandard(set: StandardSet, options: StandardOptions = {}): Promise<ImageSet> {
  const { images, labels } = set.files[options.split ?? 'train'];
  const folders = searchOrder(set.name, options);
  const found = (await firstWith(folders, images, labels)) ?? (await fetched(set, options, folders));
  const data = await readIdxImages(...found);
  return setOfImages({ name: set.name, channels: 1, ...data, classNames: set.classNames });
}

type Pair = readonly [images: string, labels: string];

async function firstWith(
  folders: readonly string[],
  ...files: readonly [KnownFile, KnownFile]
): Promise<Pair | undefined> {
  for (const folder of folders) {
    const [images, labels] = await Promise.all(files.map(({ name }) => present(join(folder, name))));
    if (images !== undefined && labels !== undefined) return [images, labels];
  }
  return undefined;
}

/** The path of a file, or of the same file unpacked. */
async function present(path: string): Promise<string | undefined> {
  for (const name of [path, path.replace(/\.gz$/, '')]) if ((await kindOfPath(name)) === 'file') return name;
  return undefined;
}

async function fetched(set: StandardSet, options: StandardOptions, searched: readonly string[]): Promise<Pair> {
  const { images, labels } = set.files[options.split ?? 'train'];
  const cache = cacheOf(set.name, options);
  const problems: string[] = [];
  for (const base of options.mirrors ?? set.mirrors) {
    try {
      await download(base, images, join(cache, images.name));
      await download(base, labels, join(cache, labels.name));
      return [join(cache, images.name), join(cache, labels.name)];
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      problems.push(error.message);
    }
  }
  throw new FileError(
    set.name,
    `not found in ${searched.join(', ')} and not downloaded (${problems.join('; ') || 'no mirror'}); ` +
      `put ${images.name} and ${labels.name} into one of these folders${set.hint === undefined ? '' : `, ${set.hint}`}`,
  );
}
