import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../src/base/errors.ts';
import { attempt } from '../../src/base/system-problem.ts';
import { openAppender } from '../../src/io/append.ts';
import { isTemporary, readBytes, systemProblem, temporaryPath, writeAtomic } from '../../src/io/atomic.ts';
import { newFolder, startChild } from './folders.ts';

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

  it('says in one sentence why it cannot write, and leaves everything as it was', () => {
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
      ['nul\0l', /holds a character that no path may have; check the path/],
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

  it('says that permission is denied', async () => {
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

  it('keeps the old file, and a log its whole entries, when the disk takes no more', async () => {
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
  });

  it('clears what killed processes left, and nothing that is in use', () => {
    const folder = newFolder();
    const dead = spawnSync('true').pid;
    const name = (host: string, pid: number): string => `.scorefield-${host}-${pid}-0.tmp`;
    const leave = (file: string, ageSeconds: number): string => {
      writeFileSync(join(folder, file), 'half');
      const time = Date.now() / 1000 - ageSeconds;
      utimesSync(join(folder, file), time, time);
      return file;
    };
    leave(name(hostname(), dead), 0);
    leave(name('other-host', 1), 7200);
    const kept = [
      leave(name(hostname(), process.ppid), 7200),
      leave(name('other-host', 2), 60),
      leave('.scorefield-notes', 7200),
    ];
    writeAtomic(join(folder, 'a'), 'new');
    expect(readdirSync(folder).sort()).toEqual([...kept, 'a'].sort());
    expect(isTemporary(name('other-host', 2))).toBe(true);
    expect(isTemporary('.scorefield-notes')).toBe(false);
  });

  it('writes over what an earlier process of the same number left', () => {
    const folder = newFolder();
    writeFileSync(temporaryPath(folder), 'half of something long');
    writeAtomic(join(folder, 'a'), 'new');
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['a']);
  });
});

describe('readBytes', () => {
  it('reads regular files only', () => {
    const folder = newFolder();
    expect(() => readBytes(join(folder, 'missing'))).toThrow(/cannot be read: there is no such file/);
    expect(() => readBytes(folder)).toThrow(/cannot be read: it is a folder/);
    expect(() => readBytes('/dev/zero')).toThrow(/cannot be read: it is a device, not a regular file/);
  });
});

describe('openAppender', () => {
  it('says that the disk is full', () => {
    // Linux's device that is always full.
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
