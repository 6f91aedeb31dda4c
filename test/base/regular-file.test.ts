import { execFileSync } from 'node:child_process';
import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../src/base/errors.ts';
import { readRegularFile, readTextFile } from '../../src/base/regular-file.ts';
import { readImageFile } from '../../src/data/pictures/image-file.ts';
import { openDataSet } from '../../src/run/data-sets.ts';
import { readBytes } from '../../src/io/atomic.ts';
import { newFolder } from '../io/folders.ts';
import { hasMkfifo, unix, withMkfifo } from '../platform.ts';

const folder = newFolder();
const at = (name: string): string => join(folder, name);

describe('a regular file', () => {
  it('is read whole, in part, and through a link', () => {
    writeFileSync(at('text'), 'gr\u00fcn\n');
    if (unix) symlinkSync(at('text'), at('link'));
    expect(readTextFile(at(unix ? 'link' : 'text'))).toBe('gr\u00fcn\n');
    expect([...readRegularFile(at('text'), { length: 2 })]).toEqual([103, 114]);
    expect(() => readRegularFile(at('text'), { maxBytes: 5 })).toThrow(
      /expected a file of at most 5 bytes, found one of 6/,
    );
    expect(() => readRegularFile(at('gone'))).toThrow(/gone: cannot be read: there is no such file/);
  });
});

it('a file that no array or text has room for is refused by its size, and its first bytes are read', () => {
  writeFileSync(at('huge'), '');
  truncateSync(at('huge'), 10 * 2 ** 30);
  expect(() => readRegularFile(at('huge'))).toThrow(/huge: expected a file of at most 8589934592 bytes, found one of/);
  expect(() => readTextFile(at('huge'))).toThrow(/huge: expected a file of at most 520093696 bytes, found one of/);
  expect([...readRegularFile(at('huge'), { length: 2 })]).toEqual([0, 0]);
});

describe.skipIf(!hasMkfifo)(`what is no regular file${withMkfifo}`, () => {
  it('is refused at once by every reader', async () => {
    for (const name of ['pipe', 'pipe.npy', 'pipe.npz', 'pipe.png', 'a-images-idx3-ubyte'])
      execFileSync('mkfifo', [at(name)]);
    const server = createServer().listen(at('socket'));
    try {
      const readers: readonly (() => unknown)[] = [
        () => readRegularFile(at('pipe')),
        () => readTextFile(at('socket')),
        () => readBytes('/dev/zero'),
        () => readImageFile(at('pipe.png')),
        () => readImageFile('/dev/zero'),
        ...['pipe', 'pipe.npy', 'pipe.npz', 'pipe.png', 'a-images-idx3-ubyte', 'socket'].map(
          (name) => () => openDataSet(at(name)),
        ),
      ];
      for (const read of readers) {
        const failure = Promise.resolve().then(read);
        await expect(failure).rejects.toThrow(FileError);
        await expect(failure).rejects.toThrow(
          /it is a (pipe|socket|device), not a regular file; give the path of a file$/,
        );
      }
    } finally {
      server.close();
    }
  });
});
