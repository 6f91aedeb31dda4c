/** @file The folder that the demo writes to, and what makes it the demo's own. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../src/base/errors.ts';
import { attempt } from '../src/base/system-problem.ts';
import { writeAtomic } from '../src/io/atomic.ts';
import { lockFolder } from '../src/io/lock.ts';

const noteName = 'README.md';
const noteTitle = '# Made by the demo of scorefield';

/**
 * Makes the folder of the demo, or removes the runs of an earlier demo from it. Only a folder with the demo's own note is
 * touched, and in it only the named runs.
 * @param options.note - what the folder holds, for the note in it
 * @throws FileError if the folder holds something else, cannot be written, or another demo is running in it.
 */
export function prepareFolder(folder: string, { runs, note }: { runs: readonly string[]; note: string }): void {
  const file = join(folder, noteName);
  attempt(folder, 'cannot be used for the demo', () => {
    mkdirSync(folder, { recursive: true });
    const own = existsSync(file) && readFileSync(file, 'utf8').startsWith(noteTitle);
    if (!own && readdirSync(folder).length > 0)
      throw new FileError(folder, 'there is a folder of this name, and not one of the demo; move it away first');
    writeAtomic(file, `${noteTitle}\n\n${note}\n`);
    for (const run of runs.map((name) => join(folder, name)).filter((path) => existsSync(path))) {
      lockFolder(run).release(); // throws if another demo is training there now
      rmSync(run, { recursive: true });
    }
  });
}
