/** @file Standard sets in IDX format, found on this machine or downloaded from their official mirrors. */
import { join } from 'node:path';
import { FileError } from '../../base/errors.ts';
import type { ImageSet } from '../dataset.ts';
import { download, type KnownFile } from './download.ts';
import { kindOfPath } from '../file.ts';
import { readIdxImages } from '../arrays/idx.ts';
import { cacheOf, searchOrder, type Places } from '../places.ts';

/** The part of a standard set: for learning, or for measuring. */
export type Split = 'train' | 'test';

/** A set of gray images in four gzipped IDX files. */
export interface StandardSet {
  readonly name: string;
  readonly description: string;
  /** Side of the images, in pixels. */
  readonly size: number;
  /** Addresses that the name of a file is appended to, tried in order. */
  readonly mirrors: readonly string[];
  readonly files: Readonly<Record<Split, { readonly images: KnownFile; readonly labels: KnownFile }>>;
  readonly classNames: readonly string[];
  /** How else to get the set. */
  readonly hint?: string;
}

function known(name: string, bytes: number, sha256: string): KnownFile {
  return { name, bytes, sha256 };
}

/** Handwritten digits. */
export const mnist: StandardSet = {
  name: 'mnist',
  description: 'handwritten digits, 60,000 gray images of 28 x 28 in 10 classes',
  size: 28,
  mirrors: ['https://storage.googleapis.com/cvdf-datasets/mnist/', 'https://ossci-datasets.s3.amazonaws.com/mnist/'],
  files: {
    train: {
      images: known(
        'train-images-idx3-ubyte.gz',
        9912422,
        '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
      ),
      labels: known(
        'train-labels-idx1-ubyte.gz',
        28881,
        '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
      ),
    },
    test: {
      images: known(
        't10k-images-idx3-ubyte.gz',
        1648877,
        '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
      ),
      labels: known(
        't10k-labels-idx1-ubyte.gz',
        4542,
        'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
      ),
    },
  },
  classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
};

/** Photographs of clothes. */
export const fashionMnist: StandardSet = {
  name: 'fashion-mnist',
  description: 'photographs of clothes, 60,000 gray images of 28 x 28 in 10 classes',
  size: 28,
  mirrors: [
    'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
    'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
  ],
  files: {
    train: {
      images: known(
        'train-images-idx3-ubyte.gz',
        26421880,
        '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
      ),
      labels: known(
        'train-labels-idx1-ubyte.gz',
        29515,
        'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
      ),
    },
    test: {
      images: known(
        't10k-images-idx3-ubyte.gz',
        4422102,
        '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
      ),
      labels: known(
        't10k-labels-idx1-ubyte.gz',
        5148,
        '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
      ),
    },
  },
  classNames: ['T-shirt', 'trouser', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'ankle boot'],
  hint: 'or install the Debian package dataset-fashion-mnist',
};

/** Which part of a set, where it is looked for, and from where it is fetched. */
export interface StandardOptions extends Places {
  readonly split?: Split | undefined;
  /** In place of the official mirrors. */
  readonly mirrors?: readonly string[] | undefined;
}

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
  return { kind: 'images', name: set.name, channels: 1, ...data, classNames: set.classNames, flips: false };
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
