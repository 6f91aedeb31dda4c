/** @file The files of a folder as a store, on a disk of this machine or one that several machines share. */
import { linkSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readRegularFile } from '../../base/regular-file.ts';
import { attempt, systemCode } from '../../base/system-problem.ts';
import { writeAtomic } from '../../io/atomic.ts';
import { makeFolder } from '../../io/folders.ts';
import { isTemporary, temporaryPath } from '../../io/temporary.ts';
import type { Store } from './store.ts';

/** What the system says where there is no such file; a network disk says the last while another machine replaces the file. */
const absent = ['ENOENT', 'ENOTDIR', 'ESTALE'];

/** The files of a folder, which is made with the first of them. */
export function folderStore(folder: string): Store {
  const fileOf = (name: string): string => join(folder, ...name.split('/'));
  const read = (file: string): Uint8Array | undefined => {
    try {
      return readRegularFile(file);
    } catch (error) {
      if (absent.includes(systemCode(error) ?? '')) return undefined;
      throw error;
    }
  };
  const create = (file: string, content: string): boolean => {
    makeFolder(dirname(file));
    const draft = temporaryPath(dirname(file));
    return attempt(file, 'cannot be written', () => {
      try {
        writeFileSync(draft, content, { flag: 'wx' });
        const how = link(draft, file);
        return how === 'made' || (how === 'impossible' && createdAt(file, content));
      } finally {
        rmSync(draft, { force: true });
      }
    });
  };
  const store: Omit<Store, 'name' | 'looks'> = {
    read: (name) => inTurn(() => read(fileOf(name))),
    write: (name, content) =>
      inTurn(() => {
        makeFolder(dirname(fileOf(name)));
        writeAtomic(fileOf(name), content);
      }),
    create: (name, content) => inTurn(() => create(fileOf(name), content)),
    replace: (name, before, content) =>
      inTurn(() => {
        const file = fileOf(name);
        // Of several that try, the rename lets one win; it gives back what was another content.
        const aside = temporaryPath(dirname(file));
        if (!attempt(file, 'cannot be replaced', () => renamed(file, aside))) return false;
        const found = read(aside);
        if (found !== undefined && Buffer.compare(found, before) !== 0) {
          if (link(aside, file) === 'impossible') renameSync(aside, file);
          rmSync(aside, { force: true });
          return false;
        }
        rmSync(aside, { force: true });
        return create(file, content);
      }),
    list: (above) =>
      inTurn(() => {
        const at = above === '' ? folder : fileOf(above);
        return attempt(at, 'cannot be read', () => namesIn(at));
      }),
    remove: (name) =>
      inTurn(() => attempt(fileOf(name), 'cannot be deleted', () => rmSync(fileOf(name), { force: true }))),
    clear: (above) =>
      inTurn(() =>
        attempt(fileOf(above), 'cannot be deleted', () =>
          rmSync(fileOf(above), { recursive: true, force: true, maxRetries: 3 }),
        ),
      ),
  };
  return { name: folder, looks: { first: 2, most: 200 }, ...store };
}

/** What is done at once, as a promise. */
function inTurn<T>(action: () => T): Promise<T> {
  return new Promise((resolve) => resolve(action()));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => !isTemporary(name));
  } catch (error) {
    if (absent.includes(systemCode(error) ?? '')) return [];
    throw error;
  }
}

/** Gives a file a second name: whether that was made, or another file has it, or the disk has no such names. */
function link(file: string, name: string): 'made' | 'taken' | 'impossible' {
  try {
    linkSync(file, name);
    return 'made';
  } catch (error) {
    // Over a network the answer to a link that was made may be lost, and the second request finds it there.
    if (statSync(file).nlink > 1) return 'made';
    return systemCode(error) === 'EEXIST' ? 'taken' : 'impossible';
  }
}

/** Renames a file; false where there is none. */
function renamed(file: string, to: string): boolean {
  try {
    renameSync(file, to);
    return true;
  } catch (error) {
    if (absent.includes(systemCode(error) ?? '')) return false;
    throw error;
  }
}

function createdAt(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}
