/** @file Those that train a run together: ranks of MPI, or threads of this process. */
import { checkOptions } from '../../base/check.ts';
import { solo, type Group } from '../../base/group.ts';
import type { DataSummary } from '../../run/data-summary.ts';
import { mpiGroup } from '../mpi/mpi-group.ts';
import { crowd } from '../processors.ts';
import { startMembers, type Members } from '../threads/members.ts';
import type { TrainingChoice } from './asked.ts';
import type { TrainRunControl } from './loop.ts';

/** Seconds for which a member waits for the others. */
export const defaultPatience = 600;

/** Threads of a member. */
const defaultThreads = 2;

/** Members at most: each of the threads has slots of 4 MB. */
const mostThreads = 256;

/**
 * The group of a training, whose other members begin with it.
 * @throws ConfigError if there is no such group.
 * @throws UnsupportedError if MPI is not installed, or the launcher is that of another one.
 */
export function together(ref: string, options: TrainingChoice & Pick<TrainRunControl, 'onNote'>): Members {
  const { dist, threads = defaultThreads, patience = defaultPatience, onNote } = options;
  const done = { end: () => Promise.resolve() };
  if (dist === undefined) return { group: solo, ...done };
  if (dist === 'mpi') return { group: mpiGroup({ threads, patience, onNote }), ...done };
  const [, count = ''] = /^threads:(\d{1,3})$/.exec(dist) ?? [];
  const size = Number(count);
  checkOptions([
    size >= 1 && size <= mostThreads,
    'dist',
    `expected mpi, threads:1 to threads:${mostThreads}, or store:FOLDER, got ${dist}`,
  ]);
  if (size === 1) return { group: solo, ...done };
  const note = crowd(size, threads);
  if (note !== undefined) onNote?.(`${note}: give fewer members, or a smaller --threads`);
  return startMembers(size, { ref, options: choiceOf(options), patience, onNote });
}

/** The options that can be sent to another thread. */
function choiceOf(options: TrainingChoice): TrainingChoice {
  const plain = Object.entries(options).filter(
    ([, value]) => typeof value !== 'function' && !(value instanceof AbortSignal),
  );
  return Object.fromEntries(plain);
}

/** Numbers of 16 bits of a fingerprint, which are exact in float32. */
const digits = 4;

/**
 * To be called by all members of a group: none trains on other data than the first one does.
 * @throws ConfigError for the first member, which the others wait for.
 */
export async function requireSameData(group: Group, { fingerprint }: Pick<DataSummary, 'fingerprint'>): Promise<void> {
  const own = fingerprint.match(new RegExp(`.{${digits}}`, 'g')) ?? [];
  const numbers = Float32Array.from(own, (hex) => Number.parseInt(hex, 16));
  const first = numbers.slice();
  await group.broadcast(first);
  const others = new Float32Array(group.size);
  others[group.rank] = Number(first.some((number, i) => number !== numbers[i]));
  await group.sum(others);
  const wrong = Array.from(others.keys()).filter((rank) => others[rank] !== 0);
  if (wrong.length === 0) return;
  if (group.rank > 0) await group.barrier();
  const whose = `${wrong.length === 1 ? 'member' : 'members'} ${wrong.join(', ')} of ${group.size}`;
  checkOptions([
    false,
    'data',
    `expected the same data for all who train together, ${whose} read others; give all the same files`,
  ]);
}
