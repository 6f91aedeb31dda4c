/** @file Folders that are made with their parents. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { attempt, systemCode } from '../base/system-problem.ts';

/**
 * Makes a folder and those above it, unless they are there. Node's own way never returns where a parent is there and takes no folders, as /proc, and says that
 * there is no such folder where the disk is read-only.
 * @throws FileError if it cannot be made.
 */
export function makeFolder(folder: string): void {
  attempt(folder, 'cannot be created', () => makeWithParents(folder));
}

function makeWithParents(folder: string): void {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  if (!existsSync(parent) && parent !== folder) makeWithParents(parent);
  try {
    mkdirSync(folder);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}
