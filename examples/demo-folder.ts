/** @file The folder that the demo writes to, and what makes it the demo's own. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../src/index.ts';
import { lockRun } from '../src/node.ts';

const noteName = 'README.md';
const noteTitle = '# Made by the demo of scorefield';

/** What the demo writes into its folder. */
export interface FolderContent {
  /** Names of the training runs. */
  readonly runs: readonly string[];
  /** Names of the pictures. */
  readonly pictures: readonly string[];
  /** What all this is, for the note in the folder. */
  readonly note: string;
}

/**
 * Makes the folder of the demo, or removes from it what an earlier demo wrote. Only a folder with the demo's own note is
 * touched, and in it only the named runs and pictures.
 * @throws FileError if the folder holds something else, cannot be written, or another demo is running in it.
 */
export function prepareFolder(folder: string, { runs, pictures, note }: FolderContent): void {
  const file = join(folder, noteName);
  mkdirSync(folder, { recursive: true });
  const own = existsSync(file) && readFileSync(file, 'utf8').startsWith(noteTitle);
  if (!own && readdirSync(folder).length > 0)
    throw new FileError(folder, 'there is a folder of this name, and not one of the demo; move it away first');
  const earlier = runs.map((name) => join(folder, name)).filter((path) => existsSync(path));
  for (const run of earlier) lockRun({ folder: run }).release(); // throws if another demo is training there now
  for (const run of earlier) rmSync(run, { recursive: true });
  for (const name of pictures) rmSync(join(folder, name), { force: true });
  writeFileSync(file, `${noteTitle}\n\n${note}\n`);
}
