import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../src/base/errors.ts';
import { lockFolder, lockName } from '../../src/io/lock.ts';
import { ownerState, thisProcess } from '../../src/io/process.ts';
import { newFolder, startChild } from './folders.ts';

describe('ownerState', () => {
  it('knows this process, one that ended, and a reused number', () => {
    const self = thisProcess();
    expect(ownerState(self)).toBe('running');
    expect(ownerState({ pid: self.pid, host: self.host })).toBe('running');
    expect(ownerState({ ...self, start: 'another boot:1' })).toBe('ended');
    expect(ownerState({ pid: spawnSync('true').pid, host: hostname() })).toBe('ended');
    expect(ownerState({ ...self, host: 'other-host' })).toBe('elsewhere');
  });

  it('takes a zombie for ended', async () => {
    // The shell's child ends at once, and the program that the shell becomes never asks for it.
    const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 20']);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await new Promise((r) => setTimeout(r, 5));
    expect(ownerState({ pid, host: hostname() })).toBe('ended');
    parent.kill('SIGKILL');
  });
});

describe('lockFolder', () => {
  it('is held once, and free again after its release', () => {
    const folder = newFolder();
    const lock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(FileError);
    expect(() => lockFolder(folder)).toThrow(`this run is being trained by process ${process.pid}; wait until it ends`);
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    const next = lockFolder(folder);
    lock.release();
    expect(existsSync(join(folder, lockName))).toBe(true);
    next.release();
  });

  it('is taken from whoever cannot hold it any more', () => {
    const stale = [
      JSON.stringify({ pid: spawnSync('true').pid, host: hostname() }),
      JSON.stringify({ ...thisProcess(), start: 'another boot:1' }),
      '',
      '{"pid":',
      '{"pid":-1,"host":"x"}',
      'null',
    ];
    for (const content of stale) {
      const folder = newFolder();
      writeFileSync(join(folder, lockName), content);
      const lock = lockFolder(folder);
      expect(readdirSync(folder)).toEqual([lockName]);
      lock.release();
    }
  });

  it('is not taken from another machine, which is named', () => {
    const folder = newFolder();
    writeFileSync(join(folder, lockName), JSON.stringify({ pid: 7, host: 'other-host' }));
    expect(() => lockFolder(folder)).toThrow(
      /by process 7 on machine "other-host"; if .* no longer runs, delete .*train\.lock/,
    );
  });

  it('goes to one of the processes that find it stale at the same time, and is free when that one is killed', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, lockName), JSON.stringify({ pid: spawnSync('true').pid, host: hostname() }));
    const children = Array.from({ length: 3 }, () => startChild('hold-lock', [folder]));
    await Promise.all(children.map((child) => child.line('ready')));
    writeFileSync(join(folder, 'go'), '');
    const answers = await Promise.all(children.map((child) => child.line('answer')));
    expect(answers.filter((answer) => answer === 'answer held')).toHaveLength(1);
    const holder = children[answers.indexOf('answer held')]!;
    expect(() => lockFolder(folder)).toThrow(`being trained by process ${holder.process.pid}`);
    await Promise.all(children.map((child) => child.kill()));
    lockFolder(folder).release();
  });
});
