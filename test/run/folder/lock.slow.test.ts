import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { FileError } from '../../../src/base/errors.ts';
import { lockFolder, lockName } from '../../../src/run/folder/lock.ts';
import { ownerState, thisProcess } from '../../../src/io/process.ts';
import { newFolder, startChild } from '../../io/folders.ts';
import { endedProcess, onUnix, unix } from '../../platform.ts';

/** Makes a file look as if it had been written so many seconds ago. */
function setBack(file: string, seconds: number): void {
  const time = Date.now() / 1000 - seconds;
  utimesSync(file, time, time);
}

describe('ownerState', () => {
  it('recognizes this process, one that ended, and a reused number', () => {
    const self = thisProcess();
    expect(ownerState(self)).toBe('running');
    expect(ownerState({ pid: self.pid, host: self.host })).toBe('running');
    expect(ownerState({ ...self, start: 'another boot:1' })).toBe('ended');
    expect(ownerState({ pid: endedProcess(), host: hostname() })).toBe('ended');
    expect(ownerState({ pid: self.pid, host: 'other-host' })).toBe('unseen');
  });

  it.skipIf(!existsSync('/proc/self/stat'))("takes a zombie for ended (skipped without Linux's /proc)", async () => {
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
  it('is taken once, and free again after its release', () => {
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
      JSON.stringify({ pid: endedProcess(), host: hostname() }),
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

  /** A holder that is not seen from here though its host has our name, as containers have; its number is that of this process. */
  const unseen = { ...thisProcess(), space: 'another boot pid:[1]' };

  it.each([
    ['another machine', { pid: 7, host: 'other-host' }],
    ['another container of the same name', unseen],
    ['another container whose process does not exist here', { ...unseen, pid: endedProcess() }],
  ])('is not taken from %s while that renews it, and after two minutes without', (_, holder) => {
    const folder = newFolder();
    const file = join(folder, lockName);
    const content = JSON.stringify(holder);
    for (const secondsAgo of [0, 100, -3600]) {
      writeFileSync(file, content);
      setBack(file, secondsAgo);
      expect(() => lockFolder(folder)).toThrow(
        new RegExp(
          `by process ${holder.pid} on machine "${holder.host}"; if .* no longer runs, delete .*train\\.lock or try again in \\d+ s`,
        ),
      );
      expect(readFileSync(file, 'utf8')).toBe(content);
      expect(readdirSync(folder)).toEqual([lockName]);
    }
    setBack(file, 130);
    lockFolder(folder).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is renewed through its own file alone, so that clocks and names may change', () => {
    vi.useFakeTimers();
    try {
      const folder = newFolder();
      const file = join(folder, lockName);
      const lock = lockFolder(folder);
      const content = readFileSync(file, 'utf8');
      setBack(file, 1000);
      vi.advanceTimersByTime(15_000);
      expect(Date.now() - statSync(file).mtimeMs).toBeLessThan(60_000);
      expect(readFileSync(file, 'utf8')).toBe(content);
      rmSync(file);
      writeFileSync(file, 'x');
      vi.advanceTimersByTime(15_000);
      expect(readFileSync(file, 'utf8')).toBe('x');
      lock.release();
      expect(readFileSync(file, 'utf8')).toBe('x');
    } finally {
      vi.useRealTimers();
    }
  });

  it('stops a process that has lost it, before that writes anything', () => {
    const folder = newFolder();
    const file = join(folder, lockName);
    const lock = lockFolder(folder);
    lock.confirm();
    writeFileSync(file, JSON.stringify(unseen));
    expect(() => lock.confirm()).toThrow(/another process has taken this run over.*--resume goes on/);
    rmSync(file);
    expect(() => lock.confirm()).toThrow(/the lock of this training was deleted/);
    lock.release();
  });

  it.skipIf(!unix)(
    `shows nothing of a forged lock that a terminal would act on, and takes nothing that is no small file${onUnix}`,
    () => {
      const folder = newFolder();
      const file = join(folder, lockName);
      writeFileSync(file, JSON.stringify({ pid: 1, host: `\x1b[2J\n${'h'.repeat(5000)}` }));
      expect(() => lockFolder(folder)).toThrow(/on machine "\\u001b\[2J\\u000ah+\.\.\."/);
      writeFileSync(file, ' '.repeat(100_000));
      expect(() => lockFolder(folder)).toThrow(FileError);
      rmSync(file);
      symlinkSync('/dev/zero', file);
      expect(() => lockFolder(folder)).toThrow(FileError);
      expect(readdirSync(folder)).toEqual([lockName]);
    },
  );

  const isolated = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const asUser = [...isolated, '--user', '--map-root-user'];
  const namespaces = [isolated, asUser].find(
    ([program = '', ...args]) => spawnSync(program, [...args, 'true']).status === 0,
  );

  it.skipIf(namespaces === undefined)(
    'holds between containers that share a name (skipped where no namespace of processes can be made)',
    async () => {
      const folder = newFolder();
      const inContainer = (command: string): string =>
        command.replace('exec ', `exec ${(namespaces ?? []).join(' ')} `);
      const children = [0, 1].map(() => startChild('hold-lock', [folder], inContainer));
      const ids = await Promise.all(children.map((child) => child.line('ready')));
      // Both are the first process of their container.
      expect(new Set(ids)).toEqual(new Set(['ready 1']));
      writeFileSync(join(folder, 'go'), '');
      const answers = await Promise.all(children.map((child) => child.line('answer')));
      expect(answers.filter((answer) => answer === 'answer held')).toHaveLength(1);
      expect(answers.find((answer) => answer !== 'answer held')).toContain('it is in another container');
      expect(() => lockFolder(folder)).toThrow(/locked by process 1 on machine/);
      await Promise.all(children.map((child) => child.kill()));
      setBack(join(folder, lockName), 130);
      lockFolder(folder).release();
    },
  );

  it('goes to one of the processes that find it stale at the same time, and is free when that one is killed', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, lockName), JSON.stringify({ pid: endedProcess(), host: hostname() }));
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
