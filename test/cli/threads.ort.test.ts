/** @file Training by threads: the run of one, and what becomes of it when a thread or the process fails. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother, scorefield, smallPoints, start } from './scorefield.ts';
import { checkpointOf, linesOf, untilStep } from './training-runs.ts';

const lib = join(import.meta.dirname, '../../dist/lib/node.js');
const main = join(import.meta.dirname, '../../dist/cli/main.js');
const cwd = newFolder();
const timeout = 60_000;
const sizes = [...smallPoints, '--set', 'train.sampleEvery=0', '--set', 'train.logEvery=1'];
const train = ['train', 'two-moons', ...sizes];
const two = [...train, '--dist', 'threads:2'];
const endless = ['--steps', '1000000'];

it('has the losses of one thread to rounding', { timeout }, async () => {
  const calls = [train, two].map((command, i) => [...command, '--steps', '8', '--out', `run${i}`]);
  const ended = await oneAfterAnother(calls, { cwd });
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  const [one, both] = [linesOf(cwd, 'run0'), linesOf(cwd, 'run1')];
  expect(both.map(({ step }) => step)).toEqual(one.map(({ step }) => step));
  both.forEach(({ loss }, i) => expect(Math.abs(loss! / one[i]!['loss']! - 1)).toBeLessThan(1e-5));
});

it('goes on after a kill as if it had not been, bit for bit, and stops when it is asked to', { timeout }, async () => {
  const many = ['--steps', '120', '--set', 'train.checkpointEvery=20'];
  const killed = start([...two, ...many, '--out', 'killed'], { cwd });
  await untilStep(cwd, 'killed', 30);
  killed.send('SIGKILL');
  await killed.ended;
  expect(linesOf(cwd, 'killed').at(-1)!['step']).toBeLessThan(120);
  const stopped = start([...two, ...many, '--resume', '--out', 'killed', '--steps', '1000000'], { cwd });
  await untilStep(cwd, 'killed', 50);
  stopped.send('SIGTERM');
  expect((await stopped.ended).code).toBe(130);
  const last = linesOf(cwd, 'killed').at(-1)!['step']!;
  const whole = [...two, ...many, '--steps', String(last), '--out', 'whole'];
  const { code, out, err } = await scorefield(whole, { cwd });
  expect(code).toBe(0);
  expect(out + err).toMatch(
    /gradient noise scale about \d+ samples: with 8 for each member, \d+ members? (is|are) of use/,
  );
  expect(checkpointOf(cwd, 'killed', last)).toEqual(checkpointOf(cwd, 'whole', last));
});

it.each([
  ['ends', 'process.exit(0)', 'thread 1 of 2 has ended before the training, with exit code 0; go on with --resume'],
  ['throws', "throw new Error('a fault')", 'thread 1 of 2 has failed: a fault; go on with --resume'],
  [
    'never answers',
    'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);',
    'thread 1 of 2 has not answered for 3 s; go on with --resume',
  ],
])('ends with one sentence where a thread %s', { timeout }, (fault, code, sentence) => {
  const out = fault.replaceAll(' ', '-');
  const file = join(cwd, `${out}.cjs`);
  // Node loads it in every thread before anything else.
  writeFileSync(
    file,
    `const { isMainThread, workerData } = require('node:worker_threads');
const steps = () => require('node:fs').readFileSync(${JSON.stringify(join(cwd, out, 'metrics.jsonl'))}, 'utf8').split('\\n').length;
if (!isMainThread && workerData?.rank === 1)
  setInterval(() => {
    try { if (steps() < 5) return; } catch { return; }
    ${code}
  }, 1);
`,
  );
  const args = [...two, ...endless, '--patience', '3', '--out', out];
  const { status, stderr } = spawnSync(process.execPath, ['--require', file, main, ...args], {
    cwd,
    encoding: 'utf8',
  });
  expect(stderr.match(/scorefield: .*/g)).toEqual([`scorefield: ${sentence}`]);
  expect(status).toBe(1);
});

it('refuses data that the other threads do not have, and groups that there are not', { timeout }, () => {
  const script = `
    import { openDataSet, trainRun } from ${JSON.stringify(pathToFileURL(lib).href)};
    const options = { batch: 16, steps: 3, threads: 1, config: { net: { width: 8, depth: 2 } }, out: 'other' };
    const open = (_, how) => openDataSet('spirals', how);
    for (const more of [{ dist: 'threads:2', open }, { dist: 'threads:0' }])
      await trainRun('two-moons', { ...options, ...more }).then(() => console.log('done'), ({ message }) => console.log(message));
  `;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd, encoding: 'utf8' });
  expect(stdout.trim().split('\n')).toEqual([
    'data: expected the same data for all who train together, member 1 of 2 read others; give all the same files',
    'dist: expected mpi, threads:1 to threads:256, or store:FOLDER, got threads:0',
  ]);
});

it('ends with one sentence where the first member cannot write', { timeout }, async () => {
  // Files of 4 kB at most, as on a disk that is full.
  const shell = (command: string): string => `ulimit -f 8; ${command}`;
  const { code, err } = await scorefield([...two, ...endless, '--out', 'full'], { cwd, shell });
  expect(code).toBe(2);
  expect(err.match(/scorefield: .*/g)).toEqual([expect.stringMatching(/full\/.*: cannot be written: /)]);
});

it('is refused with one sentence where the run is being trained, and leaves that alone', { timeout }, async () => {
  const first = start([...two, ...endless, '--out', 'busy'], { cwd });
  await untilStep(cwd, 'busy', 2);
  const again = [...two, ...endless, '--out', 'busy'];
  const [resumed, anew] = await oneAfterAnother([[...again, '--resume'], again], { cwd });
  expect([resumed!.code, resumed!.err.match(/scorefield: .*/g)]).toEqual([
    2,
    [expect.stringMatching(/^scorefield: busy: this run is being trained by process \d+; wait until it ends/)],
  ]);
  expect([anew!.code, anew!.err.match(/scorefield: .*/g)]).toEqual([
    2,
    [expect.stringContaining('there is a run in this folder; go on with it with --resume, or choose another --out')],
  ]);
  const before = linesOf(cwd, 'busy').at(-1)!['step']!;
  await untilStep(cwd, 'busy', before + 5);
  first.send('SIGTERM');
  expect((await first.ended).code).toBe(130);
  const last = linesOf(cwd, 'busy').at(-1)!['step']!;
  expect(Object.keys(checkpointOf(cwd, 'busy', last))).toContain('params');
});

it('says mistakes once, with their exit code, and writes nothing', { timeout }, async () => {
  const bad = [...two, '--batch', '33', '--out', 'none'];
  const forms = ['threads:0', 'threads', 'thread:2'].map((form) => [...train, '--dist', form, '--out', 'none']);
  const [odd, ...others] = await oneAfterAnother([bad, ...forms], { cwd });
  expect([odd!.code, odd!.err.match(/scorefield: .*/g)]).toEqual([
    2,
    ['scorefield: train.batch: expected a batch with equal parts for 2 members, got 33'],
  ]);
  for (const { code, err } of others) {
    expect(code).toBe(2);
    expect(err).toContain('expected mpi, threads:4 for four threads, or store:FOLDER');
  }
  expect(existsSync(join(cwd, 'none'))).toBe(false);
});
