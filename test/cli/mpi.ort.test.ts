/** @file Training by MPI, where it is installed: the run of one process, and what becomes of it when a process fails. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother, smallPoints } from './scorefield.ts';
import { checkpointOf, linesOf, untilStep } from './training-runs.ts';

/** The MPIs of this machine, each by its launcher and its compiler; Debian names all of them beside the one that is the default. */
const mpis = [
  ['mpirun', 'mpicc'],
  ['mpirun.openmpi', 'mpicc.openmpi'],
  ['mpirun.mpich', 'mpicc.mpich'],
].flatMap(([mpirun = '', mpicc = '']) => {
  const { status, stdout } = spawnSync(mpirun, ['--version'], { encoding: 'utf8' });
  const known = status === 0 && spawnSync(mpicc, ['-show']).status === 0;
  return known ? [{ mpirun, mpicc, name: /Open ?(MPI|RTE)/.test(stdout) ? 'Open MPI' : 'MPICH' }] : [];
});
const installed = mpis.filter(({ name }, i) => mpis.findIndex((other) => other.name === name) === i);
for (const name of ['Open MPI', 'MPICH'])
  if (!installed.some((mpi) => mpi.name === name))
    console.log(
      `training by ${name} is not tested: there is none here (Debian: openmpi-bin libopenmpi-dev, or mpich libmpich-dev)`,
    );

const main = join(import.meta.dirname, '../../dist/cli/main.js');
const timeout = 90_000;
const train = ['train', 'two-moons', ...smallPoints, '--set', 'train.sampleEvery=0', '--set', 'train.logEvery=1'];
const asRoot = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };

/** How trainings of several processes are started, which are watched for what happens to them. */
function starter({ mpirun, mpicc, name }: (typeof installed)[number], cwd: string) {
  const flags = name === 'Open MPI' ? ['--oversubscribe', '--bind-to', 'none'] : [];
  const env = { ...process.env, ...asRoot, MPICC: mpicc };
  return (args: readonly string[], { ranks = 2, node = [] as readonly string[] } = {}) => {
    const words = ['-n', String(ranks), ...flags, process.execPath, ...node, main, ...train, '--dist', 'mpi', ...args];
    const child = spawn(mpirun, words, { cwd, env });
    let err = '';
    child.stderr.on('data', (text: Buffer) => (err += text.toString()));
    child.stdout.resume();
    const ended = once(child, 'close').then(([code]: unknown[]) => ({ code: code as number | null, err }));
    /** Waits until a run has taken a step; a job that has ended will not take it. */
    const until = (run: string, step: number): Promise<void> => {
      const early = ended.then(({ code }) => {
        throw new Error(`the job has ended with code ${code} before step ${step}: ${err}`);
      });
      return Promise.race([untilStep(cwd, run, step), early]);
    };
    return { pid: child.pid ?? 0, ended, until };
  };
}

/** The process of rank 1, which is said in its environment. */
function second(launched: number): number {
  const below = (pid: number): number[] => {
    const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
    const children = stdout.trim().split(/\s+/).filter(Boolean).map(Number);
    return [...children, ...children.flatMap(below)];
  };
  const found = below(launched).find((pid) => {
    const own = existsSync(`/proc/${pid}/environ`) ? readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0') : [];
    return own.some((entry) => /^(OMPI_COMM_WORLD_RANK|PMI_RANK)=1$/.test(entry));
  });
  if (found === undefined) throw new Error('there is no process of rank 1');
  return found;
}

describe.each(installed)('training by $name', (mpi) => {
  const cwd = newFolder();
  const start = starter(mpi, cwd);
  const many = ['--steps', '120', '--set', 'train.checkpointEvery=20'];
  const same = ['--steps', '8', '--batch', '18'];
  const without = newFolder();
  beforeAll(async () => {
    const calls = [
      ['--steps', '8', '--out', 'one'],
      [...same, '--dist', 'threads:3', '--out', 'threads'],
    ];
    const ended = await oneAfterAnother(
      calls.map((more) => [...train, ...more]),
      { cwd: without },
    );
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  }, timeout);

  it('has the losses of one process to rounding', { timeout }, async () => {
    const { code, err } = await start([...many, '--out', 'whole']).ended;
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    const [one, two] = [linesOf(without, 'one'), linesOf(cwd, 'whole').slice(0, 8)];
    expect(two.map(({ step }) => step)).toEqual(one.map(({ step }) => step));
    two.forEach(({ loss }, i) => expect(Math.abs(loss! / one[i]!['loss']! - 1)).toBeLessThan(1e-5));
  });

  it('has the bits of as many threads', { timeout }, async () => {
    // Three ranks add up in an order of their own if they are not told which.
    const { code, err } = await start([...same, '--out', 'three'], { ranks: 3 }).ended;
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    expect(checkpointOf(cwd, 'three', 8)).toEqual(checkpointOf(without, 'threads', 8));
  });

  it('goes on after one process was killed as if it had not been, bit for bit', { timeout }, async () => {
    const killed = start([...many, '--out', 'killed']);
    await killed.until('killed', 30);
    process.kill(second(killed.pid), 'SIGKILL');
    expect((await killed.ended).code).not.toBe(0);
    expect(linesOf(cwd, 'killed').at(-1)!['step']).toBeLessThan(120);
    expect((await start([...many, '--out', 'killed', '--resume']).ended).code).toBe(0);
    expect(checkpointOf(cwd, 'killed', 120)).toEqual(checkpointOf(cwd, 'whole', 120));
  });

  it('ends where one process does not answer', { timeout }, async () => {
    const { pid, ended, until } = start(['--steps', '100000', '--patience', '2', '--out', 'stopped']);
    await until('stopped', 5);
    process.kill(second(pid), 'SIGSTOP');
    const { code, err } = await ended;
    expect(code).not.toBe(0);
    expect(err).toContain('process 0 of 2 has waited 2 s for a process that does not answer');
  });

  it('says mistakes once, with their exit code', { timeout }, async () => {
    const { code, err } = await start(['--steps', '8', '--out', 'odd', '--batch', '33']).ended;
    expect(code).toBe(2);
    expect(err.match(/scorefield: .*/g)).toEqual([
      'scorefield: train.batch: expected a batch with equal parts for 2 members, got 33',
    ]);
    expect(existsSync(join(cwd, 'odd'))).toBe(false);
    const busy = start(['--steps', '100000', '--out', 'busy']);
    await busy.until('busy', 2);
    const other = await start(['--steps', '100000', '--out', 'busy', '--resume']).ended;
    expect(other.code).toBe(2);
    expect(other.err).toMatch(/scorefield: busy: this run is being trained by process \d+/);
    // A request to stop of any process is one of all: they end after the same step, and the first one saves it.
    process.kill(second(busy.pid), 'SIGTERM');
    expect((await busy.ended).code).toBe(130);
    const last = linesOf(cwd, 'busy').at(-1)!['step']!;
    expect(Object.keys(checkpointOf(cwd, 'busy', last))).toContain('params');
  });

  it('says which process has ended too early', { timeout }, async () => {
    const file = join(cwd, 'ends.cjs');
    const rank = 'process.env.OMPI_COMM_WORLD_RANK ?? process.env.PMI_RANK';
    writeFileSync(
      file,
      `if ((${rank}) === '1') setInterval(() => existsSync('ended/metrics.jsonl') && process.exit(0), 5);\nconst { existsSync } = require('node:fs');\n`,
    );
    const { code, err } = await start(['--steps', '1000000', '--out', 'ended'], { node: ['--require', file] }).ended;
    expect(code).toBe(1);
    expect(err).toContain(
      'scorefield: process 1 of 2 has ended before the training, with exit code 0; go on with --resume',
    );
  });

  it('ends where one process has ended before it met the others', { timeout }, async () => {
    const file = join(cwd, 'absent.cjs');
    // The launcher of MPICH lets the others wait for it in their first call for ever.
    writeFileSync(file, "if ((process.env.OMPI_COMM_WORLD_RANK ?? process.env.PMI_RANK) === '1') process.exit(0);\n");
    const args = ['--steps', '8', '--patience', '3', '--out', 'absent'];
    const { code } = await start(args, { node: ['--require', file] }).ended;
    expect(code).not.toBe(0);
    expect(existsSync(join(cwd, 'absent/checkpoints/00000008.safetensors'))).toBe(false);
  });

  it('refuses the launcher of another MPI', { timeout }, () => {
    const other = mpi.name === 'MPICH' ? { OMPI_COMM_WORLD_SIZE: '2' } : { PMI_SIZE: '2' };
    const env = { ...process.env, ...other, MPICC: mpi.mpicc };
    const args = [main, ...train, '--dist', 'mpi', '--steps', '2', '--out', 'alone'];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
    expect(stderr).toMatch(
      /the launcher started 2 processes, and each is alone in .*: start them with the mpirun of the same MPI/,
    );
    expect(status).toBe(2);
  });
});

it('is refused with one sentence where there is no MPI', { timeout }, () => {
  const cwd = newFolder();
  const args = [main, ...train, '--dist', 'mpi', '--out', 'none'];
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd,
    env: { ...process.env, MPICC: 'no-such-mpicc' },
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/^scorefield: training by MPI needs its compiler no-such-mpicc, which is not here; .*\n$/);
  expect(status).toBe(2);
  expect(existsSync(join(cwd, 'none'))).toBe(false);
});
