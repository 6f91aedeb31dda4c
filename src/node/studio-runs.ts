/** @file The runs that the studio shows, as files of its server: what is asked for is looked up among those that there are now. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { readRegularFile } from '../base/regular-file.ts';
import { samplesFolder } from '../run/folder/run-folder.ts';
import { sampleNames, watchRun } from '../run/folder/run-view.ts';
import type { ServedFile, ServedFiles } from './file-server.ts';

/** Pictures of more bytes are not served. */
const maxBytes = 2 ** 26;

/**
 * The files of runs: `/runs.json` lists them, `/runs/0.json` is what is seen of the first one now, `/runs/0/NAME.png` one of
 * its pictures. They are read when they are asked for.
 * @param folders - of the runs
 * @throws FileError if one of them is no run.
 */
export function runFiles(folders: readonly string[]): ServedFiles {
  const names = namesOf(folders);
  const runs = folders.map((folder, i) => ({ folder, look: watchRun(folder, names[i] ?? '') }));
  const index = jsonFile(names);
  const pictures = (address: string): ServedFile | undefined => {
    for (const [i, { folder }] of runs.entries())
      for (const name of sampleNames({ folder }))
        if (address === `/runs/${i}/${name}`) return pictureFile(join(samplesFolder({ folder }), name));
    return undefined;
  };
  return {
    get: (address) => {
      if (address === '/runs.json') return index;
      const run = runs.find((_, i) => address === `/runs/${i}.json`);
      return run === undefined ? pictures(address) : jsonFile(run.look());
    },
  };
}

/** The first of some that has what is asked for. */
export function firstOf(...all: readonly ServedFiles[]): ServedFiles {
  return {
    get: (address) => {
      for (const one of all) {
        const found = one.get(address);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** The names of folders, with a number where two have the same. */
function namesOf(folders: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return folders.map((folder) => {
    const name = basename(resolve(folder));
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

const fileOf = (body: Uint8Array, type: string): ServedFile => ({
  ...{ body, type, immutable: false },
  tag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
});

const jsonFile = (value: unknown): ServedFile => fileOf(Buffer.from(JSON.stringify(value)), 'application/json');

function pictureFile(file: string): ServedFile | undefined {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true
    ? fileOf(readRegularFile(file, { maxBytes }), 'image/png')
    : undefined;
}
