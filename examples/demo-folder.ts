/** @file The folder that the demo writes to, and what makes it the demo's own. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../src/base/errors.ts';
import { attempt } from '../src/base/system-problem.ts';
import { writeAtomic } from '../src/io/atomic.ts';
import { lockFolder } from '../src/io/lock.ts';

const note = 'README.md';

/**
 * Makes the folder of the demo, or removes the runs of an earlier demo from it. Only a folder with the demo's own note is
 * touched, and in it only the named runs.
 * @throws FileError if the folder holds something else, cannot be written, or another demo is running in it.
 */
export function prepareFolder(folder: string, { runs, text }: { runs: readonly string[]; text: string }): void {
  attempt(folder, 'cannot be used for the demo', () => {
    mkdirSync(folder, { recursive: true });
    if (!existsSync(join(folder, note)) && readdirSync(folder).length > 0)
      throw new FileError(folder, 'this folder is not of the demo, which would write to it; move it away first');
    writeAtomic(join(folder, note), text);
    for (const run of runs.map((name) => join(folder, name)).filter((path) => existsSync(path))) {
      lockFolder(run).release(); // throws if a demo is training there now
      rmSync(run, { recursive: true });
    }
  });
}
