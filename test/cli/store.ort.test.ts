/** @file Training by members that meet in a folder: equal bits, and what becomes of it when members come, go, and fail. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatNpz } from '../../src/data/arrays/npz.ts';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother, scorefield, smallPoints, start, type Running } from './scorefield.ts';
import { checkpointOf, linesOf, untilStep } from './training-runs.ts';

const cwd = newFolder();
const timeout = 90_000;
const sizes = [...smallPoints, '--set', 'train.sampleEvery=0', '--set', 'train.logEvery=1'];
const train = ['train', 'two-moons', ...sizes];
const endless = ['--steps', '1000000'];
/** Arguments of a member that meets the others in the place of a run. */
const inStore = (run: string, ...more: readonly string[]): string[] => [
  ...train,
  ...['--dist', `store:meet-${run}`, '--out', run, ...more],
];
const sentences = (err: string): string[] => [...(err.match(/scorefield: .*/g) ?? [])];
/** The process of a member, by its claim. */
const pidOf = (run: string, member: string): number =>
  (JSON.parse(readFileSync(join(cwd, `meet-${run}`, 'members', `${member}.json`), 'utf8')) as { pid: number }).pid;
const said = (running: Running, text: string): Promise<boolean> => running.until((printed) => printed.includes(text));

/** Trains with two members, which are all there from the first round on. */
async function pair(run: string, ...more: readonly string[]): Promise<void> {
  const both = [1, 2].map(() => start(inStore(run, '--members', '2', ...more), { cwd }));
  for (const { code, err } of await Promise.all(both.map(({ ended }) => ended)))
    expect({ code, err: sentences(err) }).toEqual({ code: 0, err: [] });
}

describe('members that meet in a folder', () => {
  const single = [...train, '--steps', '120', '--out', 'single'];

  it('have the bits of a process without others where there is one', { timeout }, async () => {
    const steps = ['--steps', '12'];
    const calls = [inStore('one', ...steps, '--local-steps', '5'), [...train, ...steps, '--out', 'alone'], single];
    const ended = await oneAfterAnother(calls, { cwd });
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(checkpointOf(cwd, 'one', 12)).toEqual(checkpointOf(cwd, 'alone', 12));
    // Nothing stays but what says which training it was.
    expect(existsSync(join(cwd, 'meet-one/rounds'))).toBe(false);
  });

  it('have equal bits whenever all of them are there, also after the first one was killed', { timeout }, async () => {
    const many = ['--steps', '120', '--local-steps', '4', '--set', 'train.checkpointEvery=20'];
    await pair('whole', ...many);
    const first = start(inStore('killed', '--members', '2', ...many), { cwd });
    await said(first, 'waiting for 1 other member');
    const second = start(inStore('killed', '--members', '2', ...many), { cwd });
    await untilStep(cwd, 'killed', 45);
    first.send('SIGKILL');
    await first.ended;
    await said(second, 'the first member of this training has ended; waiting until it is started again');
    const again = start(inStore('killed', '--members', '2', ...many, '--resume'), { cwd });
    const [ended, followed] = await Promise.all([again.ended, second.ended]);
    expect([ended.code, followed.code]).toEqual([0, 0]);
    expect(ended.out + ended.err).toMatch(/going on with killed after step \d+/);
    expect(checkpointOf(cwd, 'killed', 120)).toEqual(checkpointOf(cwd, 'whole', 120));
    // The second member has read data of its own.
    expect(checkpointOf(cwd, 'killed', 120)).not.toEqual(checkpointOf(cwd, 'single', 120));
  });

  it('go on without one that was killed or that does not answer, and take in who comes', { timeout }, async () => {
    const first = start(inStore('busy', '--patience', '1', '--local-steps', '4', ...endless), { cwd });
    await untilStep(cwd, 'busy', 4);
    const second = start(inStore('busy', '--member', 'b', ...endless), { cwd });
    expect(await said(first, 'member b takes part from step ')).toBe(true);
    // It is in a round, which it does not end.
    process.kill(pidOf('busy', 'b'), 'SIGKILL');
    await second.ended;
    expect(await said(first, 'member b has ended: the average of step ')).toBe(true);
    const third = start(inStore('busy', '--member', 'c', ...endless), { cwd });
    expect(await said(first, 'member c takes part from step ')).toBe(true);
    process.kill(pidOf('busy', 'c'), 'SIGSTOP');
    expect(await said(first, 'member c has not answered for 1 s: the average of step ')).toBe(true);
    const before = linesOf(cwd, 'busy').at(-1)!['step']!;
    process.kill(pidOf('busy', 'c'), 'SIGCONT');
    expect(await first.until((printed) => printed.split('member c takes part from step ').length === 3)).toBe(true);
    await untilStep(cwd, 'busy', before + 20);
    // One that is asked to stop leaves, and no one waits for it.
    third.send('SIGTERM');
    expect((await third.ended).code).toBe(130);
    expect(await said(first, 'member c has left: the average of step ')).toBe(true);
    first.send('SIGTERM');
    expect((await first.ended).code).toBe(130);
    const last = linesOf(cwd, 'busy').at(-1)!['step']!;
    const saved = (JSON.parse(readFileSync(join(cwd, 'busy/history.json'), 'utf8')) as { checkpoint: number })
      .checkpoint;
    expect([saved % 4, last - saved < 4]).toEqual([0, true]);
    expect(Object.keys(checkpointOf(cwd, 'busy', saved))).toContain('params');
  });

  it(
    'end with one sentence where the disk is full, and the others go on or end with the first',
    { timeout },
    async () => {
      // Files of 16 kB at most, as on a disk that is full: the claims fit, and no point does.
      const shell = (command: string): string => `ulimit -f 8; ${command}`;
      const first = start(inStore('full', '--local-steps', '4', ...endless), { cwd });
      await untilStep(cwd, 'full', 4);
      const second = await scorefield(inStore('full', '--member', 'b', ...endless), { cwd, shell });
      expect([second.code, sentences(second.err)]).toEqual([
        2,
        [expect.stringMatching(/meet-full\/rounds\/.*b\.safetensors: cannot be written: /)],
      ]);
      const third = start(inStore('full', ...endless), { cwd });
      await said(third, 'takes part from step ');
      first.send('SIGTERM');
      expect((await first.ended).code).toBe(130);
      const { code, out, err } = await third.ended;
      expect([code, sentences(err)]).toEqual([130, []]);
      expect(out + err).toContain('the first member has ended the training: stopped and saved');
      const leads = await scorefield(inStore('full', '--resume', ...endless), { cwd, shell });
      expect([leads.code, sentences(leads.err).length]).toEqual([2, 1]);
      expect(leads.err).toMatch(/cannot be written: /);
    },
  );

  it('are refused with one sentence where they are not of the training', { timeout }, async () => {
    const first = start(inStore('odd', '--member', 'a', '--local-steps', '4', ...endless), { cwd });
    await untilStep(cwd, 'odd', 4);
    /** What is said of each of some commands that are refused. */
    const refused = async (calls: readonly (readonly string[])[], expected: readonly RegExp[]): Promise<void> => {
      const all = await oneAfterAnother(calls, { cwd });
      expect(all.map(({ code, err }) => [code, sentences(err)])).toEqual(
        expected.map((sentence) => [2, [expect.stringMatching(sentence)]]),
      );
    };
    const dist = ['--dist', 'store:meet-odd', '--out', 'none'];
    await refused(
      [
        inStore('odd', '--member', 'a'),
        ['train', 'spirals', ...sizes, ...dist],
        [...train, ...dist, '--batch', '32'],
        [...train, ...dist, '--local-steps', '8'],
        [...train, '--members', '2', '--out', 'none'],
        [...train, '--dist', 'store:s3://bucket/meet', '--out', 'none'],
      ],
      [
        /member: a is process \d+ on machine .*, which runs; give another name, or stop that process/,
        /data\.ref: this run has "two-moons", got "spirals"/,
        /train\.batch: this run has 16, got 32/,
        /local-steps: this training has 4, got 8/,
        /members: this is of --dist store:PLACE/,
        /dist: expected a folder that all members see after store:, got s3:/,
      ],
    );
    first.send('SIGTERM');
    await first.ended;
    mkdirSync(join(cwd, 'home'));
    writeFileSync(join(cwd, 'home/letter.txt'), '');
    await refused(
      [
        [...train, ...dist],
        [...train, '--dist', 'store:home', '--out', 'none'],
      ],
      [
        /dist: there is the training of .*odd on machine .* in meet-odd; go on with it there by --out .*odd --resume/,
        /home: expected an empty place for the members to meet, found letter\.txt/,
      ],
    );
    expect(readdirSync(join(cwd, 'home'))).toEqual(['letter.txt']);
    expect(existsSync(join(cwd, 'none'))).toBe(false);
    // Files with other content than those of the first member.
    const npz = (value: number): string => {
      const data = Float64Array.from({ length: 200 }, (_, i) => Math.sin(i * value));
      writeFileSync(join(cwd, `rows-${value}.npz`), formatNpz({ x: { shape: [100, 2], data } }));
      return `rows-${value}.npz`;
    };
    const rows = (file: string, ...more: readonly string[]): string[] => [
      'train',
      file,
      ...sizes,
      '--dist',
      'store:meet-rows',
      '--out',
      'rows',
      ...more,
    ];
    const own = start(rows(npz(1), '--local-steps', '4', ...endless), { cwd });
    await untilStep(cwd, 'rows', 4);
    await refused(
      [rows(npz(2))],
      [
        /data: expected the data of the other members of the training in meet-rows, rows-2.* contains others; give all the same files/,
      ],
    );
    own.send('SIGTERM');
    await own.ended;
  });
});
