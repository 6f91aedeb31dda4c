import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../../src/base/errors.ts';
import { temporaryPath } from '../../../src/io/temporary.ts';
import { listCheckpoints } from '../../../src/run/folder/checkpoint-files.ts';
import { lockName } from '../../../src/run/folder/lock.ts';
import { readMetrics } from '../../../src/run/folder/metrics.ts';
import {
  completeFolders,
  createRun,
  isRun,
  lockRun,
  openRun,
  samplesFolder,
} from '../../../src/run/folder/run-folder.ts';
import { newFolder } from '../../io/folders.ts';
import { endedProcess, unix } from '../../platform.ts';

const record = { config: { sde: { kind: 'vp' }, seed: 3 }, env: { node: 'v20.20.2', cpus: 2 } };

describe('createRun', () => {
  it('makes a run of a new folder, also of one in folders that are not there, and of an empty one', () => {
    for (const path of ['run', 'a/b/c', '.']) {
      const folder = join(newFolder(), path);
      expect(createRun(folder, record)).toEqual({ folder, ...record });
      expect(readdirSync(folder).sort()).toEqual(['checkpoints', 'config.json', 'env.json', 'samples']);
      expect(isRun(folder)).toBe(true);
      const run = openRun(folder);
      expect(run).toEqual({ folder, ...record });
      expect(listCheckpoints(run)).toEqual([]);
      expect(readMetrics(run)).toEqual([]);
      expect(readdirSync(samplesFolder(run))).toEqual([]);
    }
  });

  it('refuses a folder with other content and leaves it as it is', () => {
    for (const name of ['notes.txt', '.hidden', 'config.json', 'metrics.jsonl', 'samples']) {
      const folder = newFolder();
      writeFileSync(join(folder, name), '{}');
      expect(() => createRun(folder, record)).toThrow(FileError);
      expect(() => createRun(folder, record)).toThrow(/choose another --out$/);
      expect(readdirSync(folder)).toEqual([name]);
    }
  });

  it('refuses a run and says how to go on with it', () => {
    const folder = newFolder();
    createRun(folder, record);
    expect(() => createRun(folder, { ...record, config: null })).toThrow(
      /there is a run in this folder; go on with it with --resume, or choose another --out$/,
    );
    expect(openRun(folder).config).toEqual(record.config);
  });

  it('refuses a path that is or leads through a file, or where nothing can be created', () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    expect(() => createRun(file, record)).toThrow(/expected a folder for the run, found a file; choose another --out$/);
    expect(() => createRun(join(file, 'run'), record)).toThrow(/a part of the path is a file/);
    if (unix) expect(() => createRun('/dev/null/run', record)).toThrow(FileError);
    if (existsSync('/proc')) expect(() => createRun('/proc/run', record)).toThrow(FileError);
  });

  it('starts over what was interrupted at any of its steps, and openRun says so', () => {
    const ended = endedProcess();
    const steps: readonly ((folder: string) => void)[] = [
      (folder) => writeFileSync(join(folder, lockName), ''),
      (folder) => mkdirSync(join(folder, 'checkpoints')),
      (folder) => mkdirSync(join(folder, 'samples')),
      (folder) => writeFileSync(temporaryPath(folder).replace(`-${process.pid}-`, `-${ended}-`), '{"no'),
      (folder) => writeFileSync(join(folder, 'env.json'), '{}'),
    ];
    for (let done = 1; done <= steps.length; done++) {
      const folder = newFolder();
      steps.slice(0, done).forEach((step) => step(folder));
      expect(isRun(folder)).toBe(false);
      expect(() => openRun(folder)).toThrow(/start of this run was interrupted; start it again with the same --out$/);
      createRun(folder, record);
      expect(openRun(folder)).toEqual({ folder, ...record });
      expect(readdirSync(folder).sort()).toEqual(['checkpoints', 'config.json', 'env.json', 'samples']);
    }
  });

  it('does not touch a folder that another process is making a run of', () => {
    const folder = newFolder();
    const owner = { pid: process.ppid, host: '' };
    writeFileSync(join(folder, lockName), JSON.stringify(owner));
    expect(() => createRun(folder, record)).toThrow(FileError);
    expect(readdirSync(folder)).toEqual([lockName]);
  });
});

describe('openRun', () => {
  it('reports what is wrong with a folder that is not a sound run', () => {
    const folder = newFolder();
    expect(() => openRun(join(folder, 'missing'))).toThrow(/cannot be opened: there is no such file or folder/);
    expect(() => openRun(folder)).toThrow(/not a run: it has no config\.json; give the folder/);
    writeFileSync(join(folder, 'file'), '');
    expect(() => openRun(join(folder, 'file'))).toThrow(/expected the folder of a run, found a file/);
    expect([folder, join(folder, 'missing'), join(folder, 'file')].map(isRun)).toEqual([false, false, false]);
    writeFileSync(join(folder, 'samples'), '');
    expect(() => openRun(folder)).toThrow(/not a run/);

    const broken: readonly (readonly [file: string, content: string | undefined, message: RegExp])[] = [
      ['config.json', '{"sde":', /config\.json: expected JSON; the file is damaged/],
      ['env.json', '', /env\.json: expected JSON; the file is damaged/],
      ['env.json', '[]', /env\.json: expected a JSON object/],
      ['env.json', undefined, /env\.json: cannot be read: there is no such file/],
    ];
    for (const [file, content, message] of broken) {
      const run = createRun(newFolder(), record);
      if (content === undefined) rmSync(join(run.folder, file));
      else writeFileSync(join(run.folder, file), content);
      expect(() => openRun(run.folder)).toThrow(FileError);
      expect(() => openRun(run.folder)).toThrow(message);
    }
  });

  it('opens a copy that lost its empty folders, which come back when it is trained', () => {
    const run = createRun(newFolder(), record);
    rmSync(join(run.folder, 'checkpoints'), { recursive: true });
    rmSync(samplesFolder(run), { recursive: true });
    expect(listCheckpoints(openRun(run.folder))).toEqual([]);
    expect(readdirSync(run.folder).sort()).toEqual(['config.json', 'env.json']);
    lockRun(run).release();
    expect(readdirSync(run.folder).sort()).toEqual(['config.json', 'env.json']);
    completeFolders(run);
    expect(readdirSync(run.folder).sort()).toEqual(['checkpoints', 'config.json', 'env.json', 'samples']);
  });
});

describe('lockRun', () => {
  it('lets one process at a time train a run, and everyone read it', () => {
    const run = createRun(newFolder(), record);
    const lock = lockRun(run);
    expect(() => lockRun(openRun(run.folder))).toThrow(/is being trained by process/);
    lock.release();
    expect(readFileSync(join(run.folder, 'config.json'), 'utf8')).toMatch(/^\{\n {2}"sde"/);
    lockRun(run).release();
  });
});
