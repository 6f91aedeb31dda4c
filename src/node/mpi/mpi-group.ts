/** @file The ranks of an MPI job as a group. */
import { writeSync } from 'node:fs';
import { UnsupportedError } from '../../base/errors.ts';
import type { Group } from '../../base/group.ts';
import { printable } from '../../base/printable.ts';
import { crowd } from '../processors.ts';
import { loadShim } from './shim.ts';
import { watchdog } from './watchdog.ts';

/** How ranks work together. */
interface MpiOptions {
  /** Threads that each rank computes with. */
  readonly threads: number;
  /** Seconds for which a rank waits for the others before it ends the job. */
  readonly patience: number;
  /** Called with a sentence on what makes ranks slow. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** Variables in which launchers say how many ranks they have started, which one this is, and how many are on this host. */
const sizes = ['OMPI_COMM_WORLD_SIZE', 'PMI_SIZE', 'SLURM_NTASKS'] as const;
const ranks = ['OMPI_COMM_WORLD_RANK', 'PMI_RANK', 'SLURM_PROCID'] as const;
const sizesHere = ['OMPI_COMM_WORLD_LOCAL_SIZE', 'MPI_LOCALNRANKS', 'SLURM_NTASKS_PER_NODE'] as const;

/** The name of an MPI and its version, of the longer text that it says. */
function nameOf(version: string): string {
  return (version.split(/[,\n]/)[0] ?? '').replaceAll(/\s+/g, ' ').trim();
}

/** @returns the largest number in some variables */
function launchedBy(names: readonly string[]): number {
  return Math.max(1, ...names.map((name) => Number.parseInt(process.env[name] ?? '1', 10) || 1));
}

/**
 * Joins the job that this process was started in by `mpirun` or `srun`. A process that ends without `close` ends the whole job, with its own exit code where it has one other than 0.
 * @throws UnsupportedError if MPI is not installed, or the launcher is that of another one.
 */
export function mpiGroup({ threads, patience, onNote }: MpiOptions): Group {
  const note = crowd(launchedBy(sizesHere), threads);
  // Ranks wait busily, which takes the processor from those that compute where there are fewer processors than threads.
  if (note !== undefined) process.env['OMPI_MCA_mpi_yield_when_idle'] ??= '1';
  // UCX, which MPICH may be made with, else takes the place of the allocator while threads use it, and about one start in twenty crashes (UCX 1.13).
  process.env['UCX_MEM_EVENTS'] ??= 'no';
  const shim = loadShim();
  const launched = launchedBy(sizes);
  const own = ranks.map((name) => process.env[name]).find((value) => value !== undefined) ?? '0';
  // Even the first call waits for all, and one that has ended before it is not missed by every launcher.
  const early = launched > 1 ? watchdog(patience, `process ${own} of ${launched}`) : undefined;
  const { rank, size, version } = early === undefined ? shim.begin() : early.during(() => shim.begin());
  const dog = early ?? (size > 1 ? watchdog(patience, `process ${rank} of ${size}`) : undefined);
  let open = true;
  const member = `process ${rank} of ${size}`;
  let said = false;
  const say = (sentence: string): void => {
    if (open && size > 1 && !said) writeSync(2, `scorefield: ${member} ${sentence}; go on with --resume\n`);
    said = true;
  };
  // An end by itself comes after the command has said what is wrong. Node prints what has been thrown after the exit handlers, of which the one below ends it.
  process.on('beforeExit', () => (said = true));
  process.on('uncaughtExceptionMonitor', (error) => say(`has failed: ${printable(error.message)}`));
  process.on('exit', (code) => {
    say(`has ended before the training, with exit code ${code}`);
    const abort = (): void => shim.abort(code === 0 ? 1 : code);
    if (open && dog !== undefined) dog.last(abort);
    else if (open) abort();
  });
  if (size === 1 && launched > 1) {
    open = false;
    shim.finalize();
    dog?.end();
    throw new UnsupportedError(
      `the launcher started ${launched} processes, and each is alone in ${nameOf(version)}: start them with the mpirun of the same MPI as mpicc, or name the other compiler in the variable MPICC`,
    );
  }
  if (rank === 0 && size > 1 && note !== undefined)
    onNote?.(`${note}: give fewer members, a smaller --threads, or mpirun --bind-to none where it pins each to one`);
  const wait = (call: () => void): Promise<void> => {
    if (dog === undefined) call();
    else dog.during(call);
    return Promise.resolve();
  };
  return {
    ...{ rank, size },
    sum: (values) => wait(() => shim.sum(values)),
    broadcast: (values, root = 0) => wait(() => shim.broadcast(values, root)),
    barrier: () => wait(() => shim.barrier()),
    close: async () => {
      if (!open) return;
      await wait(() => shim.barrier());
      open = false;
      // It waits for the others, too.
      await wait(() => shim.finalize());
      dog?.end();
    },
  };
}
