/** @file Files to write, checked before any work is done for them. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { FileError } from '../../base/errors.ts';
import { attempt } from '../../base/system-problem.ts';

/**
 * Checks the name of a file to write before any work is done for it.
 * @throws FileError if it has another ending than those allowed, or its folder is not there or takes no files.
 */
export function requireWritable(file: string, endings: readonly string[] = ['.png', '.npz']): void {
  if (!endings.includes(extname(file).toLowerCase()))
    throw new FileError(file, `expected a name that ends in ${endings.join(' or ')}`);
  const folder = dirname(file);
  if (!existsSync(folder)) throw new FileError(file, 'its folder is not there; make it first or choose another name');
  attempt(file, 'cannot be written', () => {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
      throw new FileError(file, 'expected the name of a file, found a folder');
    accessSync(folder, constants.W_OK);
  });
}
