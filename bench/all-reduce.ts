/**
 * @file The sum of a vector over two ranks: by the groups of a training beside a C program that calls MPI_Allreduce, in processes that take turns. Of each the least and the median of
 * the times of a process, and of those the medians over the rounds, in milliseconds.
 *
 * Usage: all-reduce.ts [--floats 4450000] [--repeats 15] [--rounds 5] [--mpirun mpirun] [--mpicc mpicc]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, workerData } from 'node:worker_threads';
import type { Group } from '../src/base/group.ts';
import { packageThread } from '../src/data/package-thread.ts';
import { mpiGroup } from '../src/node/mpi/mpi-group.ts';
import { groupMemory, threadGroup, type GroupMemory } from '../src/node/threads/thread-group.ts';

interface Times {
  readonly least: number;
  readonly median: number;
}

const middle = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN;

/** Times of the sums of this member. */
async function timesOf(group: Group, { floats, repeats }: { floats: number; repeats: number }): Promise<Times> {
  const values = new Float32Array(floats).fill(1e-3);
  const times: number[] = [];
  for (let i = -2; i < repeats; i++) {
    await group.barrier();
    const from = performance.now();
    await group.sum(values);
    if (i >= 0) times.push(performance.now() - from);
  }
  await group.close();
  return { least: Math.min(...times), median: middle(times) };
}

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    floats: { type: 'string', default: '4450000' },
    repeats: { type: 'string', default: '15' },
    rounds: { type: 'string', default: '5' },
    mpirun: { type: 'string', default: 'mpirun' },
    mpicc: { type: 'string', default: 'mpicc' },
    member: { type: 'string' },
  },
});
const sizes = { floats: Number(values.floats), repeats: Number(values.repeats) };
const patience = 600;

async function member(kind: string): Promise<void> {
  if (kind === 'mpi') {
    const group = mpiGroup({ threads: 1, patience });
    const times = await timesOf(group, sizes);
    if (group.rank === 0) console.log(JSON.stringify(times));
    return;
  }
  const memory = groupMemory(2);
  const other = packageThread(import.meta.url, './all-reduce', { memory, sizes });
  console.log(JSON.stringify(await timesOf(threadGroup(memory, 0, { patience }), sizes)));
  other.unref();
}

function compare(): void {
  const folder = mkdtempSync(join(tmpdir(), 'scorefield-'));
  const program = join(folder, 'all-reduce');
  execFileSync(values.mpicc, ['-O2', '-o', program, join(import.meta.dirname, 'all-reduce.c')]);
  const openMpi = /Open ?(MPI|RTE)/.test(execFileSync(values.mpirun, ['--version'], { encoding: 'utf8' }));
  const ranks = [values.mpirun, '-n', '2', ...(openMpi ? ['--allow-run-as-root', '--bind-to', 'none'] : [])];
  const own = [
    process.execPath,
    '--import',
    'tsx',
    import.meta.filename,
    '--floats',
    values.floats,
    '--repeats',
    values.repeats,
  ];
  const ways: readonly (readonly [name: string, words: readonly string[]])[] = [
    ['C program', [...ranks, program, values.floats, values.repeats]],
    ['--dist mpi', [...ranks, ...own, '--member', 'mpi']],
    ['--dist threads:2', [...own, '--member', 'threads']],
  ];
  const env = { ...process.env, MPICC: values.mpicc };
  const rounds = Array.from({ length: Number(values.rounds) }, () =>
    ways.map(([, [file = '', ...words]]) => JSON.parse(execFileSync(file, words, { encoding: 'utf8', env })) as Times),
  );
  rmSync(folder, { recursive: true, force: true });
  console.log(`${((4 * sizes.floats) / 1e6).toFixed(1)} MB, ${rounds.length} rounds; load ${loadavg()[0]?.toFixed(1)}`);
  ways.forEach(([name], i) => {
    const of = (what: keyof Times): string => {
      const times = rounds.map((round) => round[i]?.[what] ?? NaN);
      const ratio = middle(rounds.map((round) => (round[i]?.[what] ?? NaN) / (round[0]?.[what] ?? NaN)));
      return `${middle(times).toFixed(1)} (${ratio.toFixed(2)} of the C program)`;
    };
    console.log(`${name}: least ${of('least')}, median ${of('median')}`);
  });
}

if (!isMainThread) {
  const given = workerData as { readonly memory: GroupMemory; readonly sizes: typeof sizes };
  await timesOf(threadGroup(given.memory, 1, { patience }), given.sizes);
} else if (values.member === undefined) compare();
else await member(values.member);
