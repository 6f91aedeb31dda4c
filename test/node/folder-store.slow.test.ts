/** @file A folder as a store, and claims in it: what several processes do at once, and who is taken for gone. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../src/base/errors.ts';
import { thisProcess } from '../../src/io/process.ts';
import { holderOf, isClaim, takeClaim, watchClaims, type Claim } from '../../src/node/store/claim.ts';
import { folderStore } from '../../src/node/store/folder-store.ts';
import { follower } from '../../src/node/store/follow.ts';
import { joinStore } from '../../src/node/store/open-store.ts';
import { fromName, names, writeStanding } from '../../src/node/store/standing.ts';
import { textOf } from '../../src/node/store/store.ts';
import { newFolder, startChild } from '../io/folders.ts';
import { endedProcess } from '../platform.ts';

const text = async (store: ReturnType<typeof folderStore>, name: string): Promise<string | undefined> => {
  const content = await store.read(name);
  return content && textOf(content);
};

describe('the files of a folder', () => {
  it('are contents with names, which are created once and replaced by whoever knows them', async () => {
    const store = folderStore(join(newFolder(), 'new/place'));
    expect(await store.list('')).toEqual([]);
    expect(await store.read('a/b')).toBeUndefined();
    expect(await store.create('a/b', 'one')).toBe(true);
    expect(await store.create('a/b', 'two')).toBe(false);
    expect(await text(store, 'a/b')).toBe('one');
    const before = (await store.read('a/b'))!;
    expect(await store.replace('a/b', before, 'three')).toBe(true);
    expect(await store.replace('a/b', before, 'four')).toBe(false);
    expect(await text(store, 'a/b')).toBe('three');
    expect(await store.replace('none', before, 'four')).toBe(false);
    await store.write('a/b', Uint8Array.of(1, 2));
    await store.write('a/c', 'x');
    expect([[...(await store.list('a'))].sort(), await store.list('')]).toEqual([['b', 'c'], ['a']]);
    await store.remove('a/b');
    await store.remove('a/b');
    expect(await store.list('a')).toEqual(['c']);
    await store.clear('a');
    expect(await store.list('')).toEqual([]);
  });

  it('go to one of several processes each, and none of their changes is lost', { timeout: 60_000 }, async () => {
    const folder = newFolder();
    const [processes, times] = [3, 40];
    await folderStore(join(folder, 'store')).create('number', '0');
    const children = Array.from({ length: processes }, (_, id) =>
      startChild('compete', [folder, String(id), String(times)]),
    );
    await Promise.all(children.map((child) => child.line('ready')));
    writeFileSync(join(folder, 'go'), '');
    const answers = await Promise.all(children.map((child) => child.line('answer')));
    const won = answers.flatMap((line) => line.slice('answer '.length).split(',').filter(Boolean).map(Number));
    expect(won.sort((a, b) => a - b)).toEqual(Array.from({ length: times }, (_, name) => name));
    expect(await text(folderStore(join(folder, 'store')), 'number')).toBe(String(processes * times));
    // Nothing unfinished stays.
    expect(readdirSync(join(folder, 'store')).sort()).toEqual(['names', 'number']);
  });
});

describe('a claim', () => {
  const times = { beatMs: 20, silentMs: 400 };
  const strange = { pid: 1, host: 'elsewhere', space: 'another boot', token: 'x', beat: 1 };

  it('is of one holder, and of the next one after its release', async () => {
    const store = folderStore(newFolder());
    const first = (await takeClaim(store, 'it', { times })) as Claim;
    expect(isClaim(first)).toBe(true);
    const other = await takeClaim(store, 'it', { times });
    expect([isClaim(other), (other as { pid: number }).pid]).toEqual([false, process.pid]);
    await first.say({ session: 3, round: 4 });
    await pause(3 * times.beatMs);
    const holder = holderOf((await store.read('it'))!)!;
    expect([holder.ready, holder.beat > 1]).toEqual([{ session: 3, round: 4 }, true]);
    await first.confirm();
    await first.release();
    await first.release();
    expect(await store.read('it')).toBeUndefined();
    await expect(first.confirm()).rejects.toThrow('another process has taken it over');
    expect(isClaim(await takeClaim(store, 'it', { times }))).toBe(true);
  });

  it('of a process that has ended is taken at once, and one of another machine when it has been silent', async () => {
    const store = folderStore(newFolder());
    await store.write('ended', JSON.stringify({ ...thisProcess(), pid: endedProcess(), token: 'x', beat: 1 }));
    expect(isClaim(await takeClaim(store, 'ended', { times: { ...times, silentMs: 60_000 } }))).toBe(true);
    await store.write('far', JSON.stringify(strange));
    expect(isClaim(await takeClaim(store, 'far', { times }))).toBe(false);
    let beats = 1;
    const beating = setInterval(() => void store.write('far', JSON.stringify({ ...strange, beat: ++beats })), 50);
    expect(await takeClaim(store, 'far', { times, wait: true })).toMatchObject({ host: 'elsewhere' });
    clearInterval(beating);
    await pause(100);
    const since = performance.now();
    expect(isClaim(await takeClaim(store, 'far', { times, wait: true }))).toBe(true);
    expect(performance.now() - since).toBeGreaterThan(0.9 * times.silentMs);
    // What cannot be read is of nobody who is known.
    await store.write('torn', '{"pid":');
    expect(isClaim(await takeClaim(store, 'torn', { times }))).toBe(false);
    expect(isClaim(await takeClaim(store, 'torn', { times, wait: true }))).toBe(true);
  });

  it('is watched by the clock of the watch alone', () => {
    let now = 0;
    const watch = watchClaims({ silentMs: 100 }, () => now);
    const here = { ...thisProcess(), token: 'here', beat: 0 };
    const runsAt = (time: number, beat: number): boolean => {
      now = time;
      expect(watch.runs(here)).toBe(true);
      return watch.runs({ ...strange, beat });
    };
    expect([runsAt(0, 1), runsAt(60, 2), runsAt(120, 2), runsAt(159, 2), runsAt(160, 2)]).toEqual([
      ...[true, true, true, true, false],
    ]);
    expect(watch.runs({ ...here, pid: endedProcess() })).toBe(false);
  });

  it('numbers the members of a place, of which the first one leads', async () => {
    const folder = newFolder();
    const store = folderStore(folder);
    const first = await joinStore(store, undefined);
    const second = await joinStore(store, undefined);
    const named = await joinStore(store, 'gpu-7');
    expect([first, second, named].map(({ own, first: leads }) => [own.name, leads !== undefined])).toEqual([
      ['1', true],
      ['2', false],
      ['gpu-7', false],
    ]);
    await expect(joinStore(store, 'gpu-7')).rejects.toThrow(
      `member: gpu-7 is process ${process.pid} on machine ${hostname()}, which runs; give another name, or stop that process`,
    );
    for (const { leave } of [first, second, named]) await leave();
    const next = await joinStore(store, undefined);
    expect([next.own.name, next.first !== undefined]).toEqual(['1', true]);
    await next.leave();
    mkdirSync(join(folder, 'photos'));
    await expect(joinStore(store, undefined)).rejects.toThrow(
      'expected an empty place for the members to meet, found photos',
    );
  });
});

describe('a point that cannot be written', () => {
  const standing = { state: 'round', session: 1, round: 1, from: 0, until: 4, spent: 0 } as const;

  it.each([
    ['is an error while the round goes on', 'round', false],
    ['is none once the training has ended, whose first member removes the folder of the round', 'stopped', true],
  ] as const)('%s', async (_, state, passes) => {
    const store = folderStore(newFolder());
    const claim = (await takeClaim(store, names.first)) as Claim;
    await writeStanding(store, { ...standing, members: [['a', claim.token]] });
    await store.write(fromName(standing), 'a point');
    const full: typeof store = {
      ...store,
      write: async () => {
        await writeStanding(store, { ...standing, state, members: [['a', claim.token]] });
        throw new FileError('a.safetensors', 'cannot be written');
      },
    };
    const member = follower({ store: full, own: { name: 'a', claim }, patience: 1, stopRequested: () => false });
    expect(await member.next()).toMatchObject({ rank: 0 });
    const given = member.give(new Uint8Array(1));
    await (passes ? expect(given).resolves.toBeUndefined() : expect(given).rejects.toThrow('cannot be written'));
    await claim.release();
  });
});

it('a member that was in a round which it has not seen says again that it waits', async () => {
  const store = folderStore(newFolder());
  const [first, own] = [(await takeClaim(store, names.first)) as Claim, (await takeClaim(store, 'b')) as Claim];
  const at = (round: number, members: readonly (readonly [string, string])[]) => {
    const standing = { state: 'round', session: 1, round, from: 0, until: 4, spent: 0, members } as const;
    return store.write(fromName(standing), 'a point').then(() => writeStanding(store, standing));
  };
  const ready = async (): Promise<unknown> => holderOf((await store.read('b'))!)?.ready;
  const member = follower({ store, own: { name: 'b', claim: own }, patience: 1, stopRequested: () => false });
  await at(1, []);
  const planned = member.next();
  await expect.poll(ready).toEqual({ session: 1, round: 1 });
  // The second round had it, and was over while it did not run.
  await at(3, []);
  await expect.poll(ready).toEqual({ session: 1, round: 3 });
  await at(4, [['b', own.token]]);
  expect(await planned).toMatchObject({ rank: 0, standing: { round: 4 } });
  await Promise.all([own.release(), first.release()]);
});
