/** @file Data sets that are files or folders: the path says what kind of thing it is. */
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { checkOptions, type Rule } from '../base/check.ts';
import { FileError } from '../base/errors.ts';
import { requireRegularFile } from '../base/regular-file.ts';
import { npySet, npzSet, type ArrayOptions } from './arrays/array-set.ts';
import { hasCifar10, readCifar10 } from './sets/cifar10.ts';
import { withoutGaps, type DataSet, type ImageSet } from './dataset.ts';
import { readSeries } from './float-arrays/series-file.ts';
import { setOfImages } from './kinds/image-set.ts';
import { kindOfPath, readBytes } from './file.ts';
import { readIdxImages } from './arrays/idx.ts';
import { readImageFolder } from './pictures/image-folder.ts';
import { imageOptions as takes, type Opener, type OpenOptions } from './opener.ts';
import { hasMidi, readMelodies } from './melodies/midi-files.ts';
import { hasSounds, isSoundFile, readSounds } from './sounds/read-sounds.ts';
import { hasShapes, isShapeFile, readShape, readShapes } from './shapes/read-shapes.ts';
import { readText } from './tokens/text-file.ts';
import { mostTableBytes, readTable } from './tables/read-table.ts';
import type { Split } from './sets/standard-set.ts';

/** Options of every set of tokens. */
const tokenOptions = ['length', 'split', 'whole', 'limit'] as const;

const idxImages = /images([-.])idx3-ubyte(\.gz)?$/;

/**
 * How to open what is at a path; `undefined` if nothing is there.
 * @throws FileError if it is a file of another kind.
 */
export async function openerOfPath(path: string): Promise<Opener | undefined> {
  const kind = await kindOfPath(path);
  if (kind === undefined) return undefined;
  if (kind === 'special') requireRegularFile(path);
  return kind === 'folder' ? openerOfFolder(path) : openerOfFile(path);
}

const tableOptions = ['categories', 'numbers', 'omit', 'transforms'] as const;
const seriesOptions = ['window', 'stride', 'time', 'periodic'] as const;

/** Windows of a series where their length is said, else the rows of a table. */
function readTableOrSeries(text: string, path: string, options: OpenOptions): DataSet {
  const { window, stride, time, periodic, categories, numbers, ...common } = options;
  if (window !== undefined) {
    checkOptions(...Object.entries({ categories, numbers }).map(([name, value]): Rule => [value === undefined, name, 'is of tables, --window says that this is a series'])); // prettier-ignore
    return readSeries(text, path, { ...common, window, stride, time, periodic });
  }
  checkOptions(...Object.entries({ stride, time, periodic }).map(([name, value]): Rule => [value === undefined, name, 'is of series, for which --window says how long the samples are'])); // prettier-ignore
  return readTable(text, path, { ...common, categories, numbers });
}

/** @throws FileError if the text is larger than memory takes. */
async function readTableText(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > mostTableBytes)
    throw new FileError(
      path,
      `expected at most ${mostTableBytes >> 20} MiB, found ${Math.round(size / 2 ** 20)}; take a part of its rows, such as the first million by head -n 1000001`,
    );
  return new TextDecoder().decode(await readBytes(path));
}

function openerOfFile(path: string): Opener {
  const description = path;
  const ofArray = [...takes, 'layout', 'names', 'transforms', 'periodic'] as const;
  const formOf = ({ layout, names, transforms, periodic }: OpenOptions): ArrayOptions => ({ layout, names, transforms, periodic }); // prettier-ignore
  if (/\.npy$/i.test(path))
    return { description, takes: ofArray, open: async (own) => npySet(await readBytes(path), path, formOf(own)) };
  if (/\.npz$/i.test(path))
    return { description, takes: ofArray, open: async (own) => npzSet(await readBytes(path), path, formOf(own)) };
  if (/\.(csv|tsv)$/i.test(path))
    return {
      description,
      takes: ['limit', 'split', ...tableOptions, ...seriesOptions],
      trained: 'train',
      open: async (options) => readTableOrSeries(await readTableText(path), path, options),
    };
  if (idxImages.test(path)) return { description, takes, open: () => readIdxSet(path) };
  if (/\.midi?$/i.test(path)) return ofMelodies(path);
  if (isSoundFile(path)) return ofSounds(path);
  if (isShapeFile(path)) return { description, takes: ['limit'], open: () => Promise.resolve(readShape(path)) };
  if (/\.(txt|text|md)$|^[^.]+$/i.test(basename(path)))
    return { description, takes: tokenOptions, open: (options) => Promise.resolve(readText(path, options)) };
  throw new FileError(
    path,
    'expected a .csv, .npy or .npz file, a text (.txt), a MIDI file (.mid), a sound (.wav), a shape (.ply, .obj, .stl), an IDX file ...images-idx3-ubyte, or a folder of images',
  );
}

async function openerOfFolder(path: string): Promise<Opener> {
  const description = path;
  if (await hasCifar10(path))
    return { description, takes: [...takes, 'split'], open: ({ split }) => readCifar10(path, split) };
  if (((await idxIn(path, 'train')) ?? (await idxIn(path, 'test'))) !== undefined)
    return { description, takes: [...takes, 'split'], open: ({ split = 'train' }) => readIdxFolder(path, split) };
  if (hasMidi(path)) return ofMelodies(path);
  if (hasSounds(path)) return ofSounds(path);
  if (hasShapes(path))
    return {
      description,
      takes: ['limit', 'split', 'points', 'fit'],
      trained: 'train',
      open: (options) => Promise.resolve(readShapes(path, options)),
    };
  const open: Opener['open'] = (options) => readImageFolder(path, options);
  return { description, takes: [...takes, 'channels', 'cache'], open };
}

function ofMelodies(path: string): Opener {
  return { description: path, takes: tokenOptions, open: (options) => Promise.resolve(readMelodies(path, options)) };
}

function ofSounds(path: string): Opener {
  return {
    description: path,
    takes: ['limit', 'split', 'rate', 'seconds', 'as'],
    trained: 'train',
    open: (options) => Promise.resolve(readSounds(path, options)),
  };
}

const prefixes = { train: 'train', test: 't10k' } as const;

/** The IDX file with the images of a part of a set, if the folder has it. */
async function idxIn(folder: string, split: Split): Promise<string | undefined> {
  const path = join(folder, `${prefixes[split]}-images-idx3-ubyte`);
  for (const name of [path, `${path}.gz`]) if ((await kindOfPath(name)) === 'file') return name;
  return undefined;
}

async function readIdxFolder(folder: string, split: Split): Promise<ImageSet> {
  const file = await idxIn(folder, split);
  if (file === undefined)
    throw new FileError(folder, `expected ${prefixes[split]}-images-idx3-ubyte, found no such file`);
  return readIdxSet(file);
}

/** An IDX file of images, with the classes of the file of labels beside it. */
async function readIdxSet(path: string): Promise<ImageSet> {
  const beside = path.replace(idxImages, 'labels$1idx1-ubyte$2');
  const data = await readIdxImages(path, (await kindOfPath(beside)) === 'file' ? beside : undefined);
  const classes = data.labels && withoutGaps(data.labels);
  return setOfImages({ name: basename(path), channels: 1, ...data, ...classes });
}
