/** @file What lies in a folder of data: the files of a kind, and the folders that are classes. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../base/system-problem.ts';

/** The content of a folder, by name. */
export interface FolderOfFiles {
  /** Paths. */
  readonly files: readonly string[];
  /** Names. */
  readonly folders: readonly string[];
}

/**
 * The files of a kind and the folders of a folder, by name; what begins with a dot is left out.
 * @param isOne - whether a file is of the kind, by its name
 * @throws FileError if the folder cannot be read.
 */
export function folderOfFiles(folder: string, isOne: (name: string) => boolean): FolderOfFiles {
  const entries = attempt(folder, 'cannot be read', () => readdirSync(folder, { withFileTypes: true }))
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    files: entries.filter((entry) => !entry.isDirectory() && isOne(entry.name)).map(({ name }) => join(folder, name)),
    folders: entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
  };
}

/** Whether a folder has files of a kind, itself or in its folders. */
export function hasFiles(folder: string, isOne: (name: string) => boolean): boolean {
  const { files, folders } = folderOfFiles(folder, isOne);
  return files.length > 0 || folders.some((name) => folderOfFiles(join(folder, name), isOne).files.length > 0);
}
