/** @file Which files of a folder are images, and of which class. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError } from '../base/errors.ts';
import { systemProblem } from '../base/system-problem.ts';

const extension = /\.(png|jpe?g|webp)$/i;

/** Images by path. */
export interface Listing {
  readonly files: readonly string[];
  /** Class of each file. */
  readonly labels?: Uint8Array;
  readonly classNames?: readonly string[];
}

/**
 * The images of a folder, or of its subfolders if it has none itself; then subfolders are classes, if they are at most 256.
 * @param limit - at most so many, the first ones by name
 * @throws FileError if the folder cannot be read or has no images.
 */
export async function listImages(folder: string, limit: number): Promise<Listing> {
  const { files, folders } = await entries(folder);
  if (files.length > 0) return { files: files.slice(0, limit) };
  const nested: string[] = [];
  const labels: number[] = [];
  for (const [label, name] of folders.entries()) {
    for (const file of (await entries(join(folder, name))).files) {
      nested.push(file);
      labels.push(label);
    }
  }
  if (nested.length === 0) throw new FileError(folder, 'expected PNG, JPEG or WebP images, found none');
  const kept = nested.slice(0, limit);
  return folders.length > 256
    ? { files: kept }
    : { files: kept, labels: Uint8Array.from(labels.slice(0, limit)), classNames: folders };
}

/** Images and folders of a folder, by name in the order of their characters, which no locale changes. */
async function entries(folder: string): Promise<{ files: string[]; folders: string[] }> {
  try {
    const found = await readdir(folder, { withFileTypes: true });
    const names = found.filter((entry) => !entry.name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
    const files = names.filter((entry) => !entry.isDirectory() && extension.test(entry.name));
    const folders = names.filter((entry) => entry.isDirectory());
    return { files: files.map((entry) => join(folder, entry.name)), folders: folders.map((entry) => entry.name) };
  } catch (error) {
    throw new FileError(folder, `cannot be read: ${systemProblem(error)}`, { cause: error });
  }
}
