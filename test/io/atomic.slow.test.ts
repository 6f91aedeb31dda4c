import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../src/base/errors.ts';
import { attempt } from '../../src/base/system-problem.ts';
import { openAppender } from '../../src/run/folder/append.ts';
import { readBytes, systemProblem, writeAtomic, writeTogether } from '../../src/io/atomic.ts';
import { committedPath, isTemporary, temporaryPath } from '../../src/io/temporary.ts';
import { newFolder, startChild } from './folders.ts';
import { endedProcess, hasFullDevice, onUnix, unix, withFullDevice } from '../platform.ts';

describe('writeAtomic', () => {
  it('writes and replaces text and bytes, and leaves nothing else', () => {
    const folder = newFolder();
    const file = join(folder, 'a.bin');
    writeAtomic(file, 'first');
    expect(readFileSync(file, 'utf8')).toBe('first');
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i);
    writeAtomic(file, bytes);
    expect(readBytes(file)).toEqual(bytes);
    expect(readBytes(file, 5)).toEqual(bytes.subarray(0, 5));
    expect(readdirSync(folder)).toEqual(['a.bin']);
  });

  it.skipIf(!unix)(`says in one sentence why it cannot write, and leaves everything as it was${onUnix}`, () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), 'old');
    mkdirSync(join(folder, 'sub'));
    symlinkSync('loop', join(folder, 'loop'));
    const cases = [
      ['missing/a', /no such file or folder; check the path \(ENOENT\)/],
      ['file/a', /a part of the path is a file, not a folder; check the path \(ENOTDIR\)/],
      ['sub', /it is a folder; give the path of a file/],
      ['loop', /symbolic links go round in a circle; check the path \(ELOOP\)/],
      ['n'.repeat(300), /the name is too long; choose a shorter one \(ENAMETOOLONG\)/],
      ['nul\0l', /contains a character that no path may have; check the path/],
    ] as const;
    for (const [name, message] of cases) {
      const write = (): void => writeAtomic(join(folder, name), 'new');
      expect(write).toThrow(FileError);
      expect(write).toThrow(message);
    }
    expect(() => writeAtomic('/dev/null', 'new')).toThrow(/it is a device or a pipe/);
    expect(readdirSync(folder).sort()).toEqual(['file', 'loop', 'sub']);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('old');
  });

  it.skipIf(!unix)(`says that permission is denied${onUnix}`, async () => {
    const folder = newFolder();
    const file = join(folder, 'kept.txt');
    writeFileSync(file, 'old');
    chmodSync(folder, 0o555);
    expect(await startChild('denied-write', [file]).line('')).toMatch(
      /^FileError: .*kept\.txt: cannot be written: permission is denied; .* \(EACCES\)$/,
    );
    chmodSync(folder, 0o755);
    expect(readdirSync(folder)).toEqual(['kept.txt']);
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  it.skipIf(!unix)(
    `keeps the old file, and a log its whole entries, when the disk takes no more${onUnix}`,
    async () => {
      const folder = newFolder();
      writeFileSync(join(folder, 'kept.txt'), 'old');
      // A limit on file sizes stops a write in its middle as a full disk does, and needs no rights.
      const child = startChild('limited-write', [folder], (command) => `ulimit -f 20; ${command}`);
      expect(await child.line('atomic')).toMatch(/FileError: .*kept\.txt: cannot be written: .* \(EFBIG\)$/);
      expect(await child.line('append')).toMatch(/FileError: .*log\.txt: cannot be written: .* \(EFBIG\)$/);
      expect(readdirSync(folder).sort()).toEqual(['kept.txt', 'log.txt']);
      expect(readFileSync(join(folder, 'kept.txt'), 'utf8')).toBe('old');
      const entries = readFileSync(join(folder, 'log.txt'), 'utf8').trimEnd().split('\n');
      expect(entries.length).toBeGreaterThan(100);
      entries.forEach((entry, i) => expect(entry).toBe(`entry ${String(i).padStart(30, '0')}`));
    },
  );

  it('clears what killed processes left, and nothing that is in use', () => {
    const folder = newFolder();
    const own = basename(temporaryPath(folder));
    const [, random = '', tag = ''] = /^\.scorefield-(\w+)-\d+-(\w+)\.tmp$/.exec(own) ?? [];
    const name = (pid: number | undefined, space = tag): string => `.scorefield-${random}-${pid}-${space}.tmp`;
    const elsewhere = '0123456789ab';
    const leave = (file: string, ageSeconds: number): string => {
      writeFileSync(join(folder, file), 'half');
      const time = Date.now() / 1000 - ageSeconds;
      utimesSync(join(folder, file), time, time);
      return file;
    };
    const dead = endedProcess();
    leave(name(dead), 0);
    leave(name(process.pid, elsewhere), 7200);
    leave('.scorefield-host-of-an-older-version-12-0.tmp', 7200);
    const kept = [
      leave(name(process.ppid), 7200),
      leave(name(dead, elsewhere), 60),
      leave('.scorefield-notes', 7200),
      leave('notes.tmp', 7200),
    ];
    writeAtomic(join(folder, 'a'), 'new');
    expect(readdirSync(folder).sort()).toEqual([...kept, 'a'].sort());
    expect([own, name(dead, elsewhere), '.scorefield-notes', 'notes.tmp'].map(isTemporary)).toEqual([
      ...[true, true, false, false],
    ]);
  });

  it('gives every unfinished file a name that no other writer has', () => {
    const names = Array.from({ length: 100 }, () => temporaryPath('folder'));
    expect(new Set(names).size).toBe(100);
    // Nothing in it is the same in two containers by their set-up alone.
    expect(new Set(names.map((name) => /scorefield-([0-9a-f]{16})-/.exec(name)?.[1])).size).toBe(100);
  });
});

describe('writeTogether', () => {
  const old = { 'a.png': 'old a', 'b.npz': 'old b', 'c.json': 'old c', 'mine.txt': 'mine' };
  const files = [
    ['a.png', 'new a'],
    ['b.npz', Uint8Array.of(1, 2)],
    ['c.json', 'new c'],
  ] as const;
  const contents = (folder: string): Record<string, string> =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
  const filled = (): string => {
    const folder = newFolder();
    for (const [name, text] of Object.entries(old)) writeFileSync(join(folder, name), text);
    return folder;
  };
  const all = { 'a.png': 'new a', 'b.npz': '\x01\x02', 'c.json': 'new c', 'mine.txt': 'mine' };

  it('replaces files and leaves others', () => {
    const folder = filled();
    writeTogether(folder, files);
    expect(contents(folder)).toEqual(all);
  });

  it('leaves everything as it was where one of them cannot be written', () => {
    const folder = filled();
    expect(() => writeTogether(folder, [...files, ['n'.repeat(300), '']])).toThrow(
      /cannot be written: the name is too long/,
    );
    mkdirSync(join(folder, 'd'));
    expect(() => writeTogether(folder, [...files, ['d', '']])).toThrow(/d: cannot be written: it is a folder/);
    rmSync(join(folder, 'd'), { recursive: true });
    expect(contents(folder)).toEqual(old);
  });

  it('is finished by the next writer where its writer was killed between two renames', () => {
    const dead = endedProcess();
    for (let moved = 0; moved <= files.length; moved++) {
      const folder = filled();
      const left = committedPath(temporaryPath(folder)).replace(`-${process.pid}-`, `-${dead}-`);
      mkdirSync(left);
      files.forEach(([name, content], i) =>
        writeFileSync(i < moved ? join(folder, name) : join(left, `000${i}-${name}`), content),
      );
      writeAtomic(join(folder, 'a.txt'), 'next');
      expect(contents(folder)).toEqual({ ...all, 'a.txt': 'next' });
    }
  });

  it('leaves old or new files, wherever it is killed', { timeout: 60_000 }, async () => {
    const folder = newFolder();
    const sets: string[] = [];
    for (let round = 0; round < 12; round++) {
      const child = startChild('write-together', [folder]);
      await child.line('written');
      await pause(40 * ((round * 0.618) % 1));
      await child.kill();
      // What the last process left is finished or cleared by a write of any file.
      writeAtomic(join(folder, 'other.txt'), 'other');
      const names = readdirSync(folder);
      expect(names.sort()).toEqual(['00.bin', '01.bin', '02.bin', '03.bin', 'manifest.json', 'other.txt']);
      const generations = names
        .filter((name) => name !== 'other.txt')
        .map((name) => readFileSync(join(folder, name), 'utf8').slice(0, 8));
      expect(new Set(generations).size).toBe(1);
      sets.push(generations[0]!);
    }
    expect(new Set(sets).size).toBeGreaterThan(6);
  });
});

describe('readBytes', () => {
  it('reads regular files only', () => {
    const folder = newFolder();
    expect(() => readBytes(join(folder, 'missing'))).toThrow(/cannot be read: there is no such file/);
    expect(() => readBytes(folder)).toThrow(/cannot be read: it is a folder/);
    if (unix) expect(() => readBytes('/dev/zero')).toThrow(/cannot be read: it is a device, not a regular file/);
  });
});

describe('openAppender', () => {
  it.skipIf(!hasFullDevice)(`says that the disk is full${withFullDevice}`, () => {
    const log = openAppender('/dev/full');
    expect(() => log.append('entry\n')).toThrow(/^\/dev\/full: cannot be written: the disk is full; .* \(ENOSPC\)$/);
    log.close();
  });

  it('appends to what is there, unless the file must be new', () => {
    const file = join(newFolder(), 'log');
    for (const entry of ['one\n', 'two\n']) {
      const log = openAppender(file);
      log.append(entry);
      log.sync();
      log.close();
      log.close();
      expect(() => log.append('three\n')).toThrow(/used after it was closed/);
    }
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
    expect(() => openAppender(file, { fresh: true })).toThrow(/it exists already/);
  });
});

describe('systemProblem', () => {
  it('finds the code in the cause, and gives the words of other errors', () => {
    const cause = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
    expect(systemProblem(new TypeError('fetch failed', { cause }))).toMatch(/name of the host is not known/);
    expect(systemProblem(Object.assign(new Error('words'), { code: 'ESOMETHING' }))).toBe('words');
    expect(systemProblem('words')).toBe('words');
  });

  it('lets errors that are not of the system pass', () => {
    const bug = new RangeError('bug');
    const action = (): never => {
      throw bug;
    };
    expect(() => attempt('file', 'cannot be written', action)).toThrow(bug);
  });
});
