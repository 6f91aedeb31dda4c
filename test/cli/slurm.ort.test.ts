/** @file Jobs of Slurm as `launch` prints them, on a cluster of this machine alone, where Slurm is installed. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { atEnd } from '../io/cleanup.ts';
import { newFolder } from '../io/folders.ts';
import { scorefield, smallPoints } from './scorefield.ts';
import { checkpointOf } from './training-runs.ts';

const has = (...programs: readonly string[]): boolean =>
  programs.every((program) => spawnSync('which', [program]).status === 0);
const installed = has('slurmctld', 'slurmd', 'sbatch', 'munged') && process.getuid?.() === 0;
const mpi = has('mpicc', 'mpirun');
if (!installed)
  console.log(
    'jobs of Slurm are not tested: it is not here, or this is not root (Debian: slurmctld slurmd slurm-client munge slurm-wlm-basic-plugins)',
  );
else if (!mpi) console.log('ranks of Slurm are not tested: there is no MPI (Debian: openmpi-bin libopenmpi-dev)');

const main = join(import.meta.dirname, '../../dist/cli/main.js');
const program = `'${process.execPath}' '${main}'`;
const timeout = 90_000;
const cwd = newFolder();
const conf = join(cwd, 'slurm.conf');
const env = { ...process.env, SLURM_CONF: conf };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Munge, by which the daemons know each other, unless it runs already. */
function startMunge(): void {
  if (spawnSync('munge', ['-n']).status === 0) return;
  const pidFile = '/run/munge/munged.pid';
  mkdirSync('/run/munge', { recursive: true });
  execFileSync('chown', ['munge:', '/run/munge']);
  execFileSync('su', ['munge', '-s', '/bin/sh', '-c', 'munged'], { stdio: 'ignore' });
  atEnd(() => {
    if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, 'utf8')));
  });
}

async function startSlurm(): Promise<void> {
  startMunge();
  const [node = ''] = hostname().split('.');
  for (const folder of ['state', 'spool']) mkdirSync(join(cwd, folder));
  writeFileSync(
    conf,
    `ClusterName=test
SlurmctldHost=${node}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
SlurmctldPort=${await freePort()}
SlurmdPort=${await freePort()}
StateSaveLocation=${join(cwd, 'state')}
SlurmdSpoolDir=${join(cwd, 'spool')}
SlurmctldPidFile=${join(cwd, 'slurmctld.pid')}
SlurmdPidFile=${join(cwd, 'slurmd.pid')}
SlurmctldLogFile=${join(cwd, 'slurmctld.log')}
SlurmdLogFile=${join(cwd, 'slurmd.log')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
NodeName=${node} NodeAddr=127.0.0.1 CPUs=${availableParallelism()} RealMemory=100 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=YES:4
`,
  );
  for (const daemon of [['slurmctld', '-i'], ['slurmd']] as const) {
    const [name, ...flags] = daemon;
    const child = spawn(name, ['-D', '-f', conf, ...flags], { stdio: 'ignore' });
    atEnd(() => {
      child.kill();
    });
  }
  const idle = (): boolean =>
    spawnSync('sinfo', ['-h', '-o', '%t'], { env, encoding: 'utf8' }).stdout.startsWith('idle');
  const end = Date.now() + 30_000;
  while (!idle()) {
    await pause(200);
    if (Date.now() > end) throw new Error(readFileSync(join(cwd, 'slurmctld.log'), 'utf8').slice(-2000));
  }
}

/** Submits the job file of a command, waits for its end, and gives what it has printed besides. */
async function submit(parts: number, words: readonly string[]): Promise<{ code: number | null; job: string }> {
  const launched = await scorefield(
    ['launch', 'slurm', '--parts', String(parts), '--program', program, '--', ...words],
    { cwd },
  );
  expect(launched.err).toBe('');
  const job = launched.out;
  writeFileSync(join(cwd, 'job.sh'), job);
  const { status } = spawnSync('sbatch', ['--wait', 'job.sh'], { cwd, env });
  return { code: status, job };
}

describe.runIf(installed)('Slurm', () => {
  beforeAll(startSlurm, timeout);

  it('runs the shards of a command, which merge to the file of one process, byte for byte', { timeout }, async () => {
    const sample = ['sample', 'digits-distilled', '-n', '8', '--batch', '4', '--threads', '1'];
    const { code, job } = await submit(2, [...sample, '--out', 'merged.npz']);
    expect(code).toBe(0);
    // The line that merges is a comment of the script.
    execFileSync('sh', ['-ec', job.match(/^# {3}(.*)$/m)![1]!], { cwd });
    await scorefield([...sample, '--out', 'one.npz'], { cwd });
    expect(readFileSync(join(cwd, 'merged.npz'))).toEqual(readFileSync(join(cwd, 'one.npz')));
  });

  it.runIf(mpi)('runs the ranks of a training, which have the bits of as many threads', { timeout }, async () => {
    const train = ['train', 'two-moons', ...smallPoints, '--steps', '4', '--set', 'train.sampleEvery=0'];
    expect((await submit(2, [...train, '--out', 'ranks'])).code).toBe(0);
    await scorefield([...train, '--dist', 'threads:2', '--out', 'threads'], { cwd });
    expect(checkpointOf(cwd, 'ranks', 4)).toEqual(checkpointOf(cwd, 'threads', 4));
  });
});
