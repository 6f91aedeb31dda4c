/** @file Texts of the pictures of a folder: a file of captions, a text beside each picture, or the names of the files. */
import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { FileError } from '../../base/errors.ts';
import { readTextFile } from '../../base/regular-file.ts';
import type { Texts } from './words.ts';

/** The file of a folder that has the texts of all pictures. */
export const captionsFile = 'captions.json';

/**
 * The texts of pictures: those of `captions.json` in the folder, an object from the path of a picture to a text or a list of texts; else
 * those of a file of the picture's name that ends in `.txt`, one a line; else the name of the file and, of classes, that of its folder.
 * @param files - paths of the pictures
 * @returns undefined where no picture has a text
 * @throws FileError if `captions.json` is no such object, or a file cannot be read.
 */
export function textsOfFiles(folder: string, files: readonly string[]): Texts | undefined {
  const captions = captionsOf(join(folder, captionsFile));
  const root = join(folder, '-').slice(0, -1);
  const texts = files.map((file) => {
    const path = file.slice(root.length).replaceAll('\\', '/');
    return captions?.get(path) ?? linesBeside(file) ?? nameAsText(path);
  });
  return texts.some((own) => own.length > 0) ? texts : undefined;
}

function captionsOf(file: string): ReadonlyMap<string, readonly string[]> | undefined {
  if (!existsSync(file)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readTextFile(file));
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw new FileError(file, 'expected JSON, an object from the name of a picture to its text', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FileError(file, 'expected an object from the name of a picture to its text');
  return new Map(
    Object.entries(value).map(([name, texts]: [string, unknown]) => {
      const own: readonly unknown[] = Array.isArray(texts) ? texts : [texts];
      if (!own.every((text) => typeof text === 'string'))
        throw new FileError(file, `expected a text or a list of texts for ${name}, found ${JSON.stringify(texts)}`);
      return [name, own.filter((text) => text.trim() !== '')] as const;
    }),
  );
}

/** The file with the text of a picture, whether it is there or not. */
export function textFileOf(picture: string): string {
  return join(dirname(picture), `${basename(picture, extname(picture))}.txt`);
}

function linesBeside(picture: string): readonly string[] | undefined {
  const file = textFileOf(picture);
  if (!existsSync(file)) return undefined;
  return readTextFile(file)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The words of a path, without numbers, which count pictures: of `cats/black-cat-03.png`, `cats black cat`. */
function nameAsText(path: string): readonly string[] {
  const words = path.slice(0, path.length - extname(path).length).match(/\p{L}[\p{L}\p{M}\p{N}]*/gu) ?? [];
  return words.length === 0 ? [] : [words.join(' ')];
}
