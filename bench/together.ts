/**
 * @file Training by two members, or two that meet in a folder, beside one process of two threads: milliseconds of the clock and of all processors for 1,000 samples. Each measurement is a process of its own, and they
 * take turns, so that other work on the machine is in all of them. Numbers are medians over the rounds, each with the smallest and the largest. It uses `dist`.
 *
 * Usage: together.ts [--data emoji] [--batch 32] [--steps 12] [--rounds 5] [--mpi] [--store]
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: 'emoji' },
    batch: { type: 'string', default: '32' },
    steps: { type: 'string', default: '12' },
    rounds: { type: 'string', default: '5' },
    mpi: { type: 'boolean', default: false },
    store: { type: 'boolean', default: false },
  },
});
const batch = Number(values.batch);
const lib = pathToFileURL(fileURLToPath(new URL('../dist/lib/node.js', import.meta.url))).href;

/** The first steps begin threads and fill caches. */
const unmeasured = 3;

interface Way {
  readonly name: string;
  readonly batch: number;
  readonly options: { readonly threads: number; readonly dist?: string };
  /** Of members that meet in a folder, each with half of the batch: steps between two averages. */
  readonly localSteps?: number;
}

const ways: readonly Way[] = [
  { name: 'one process, --threads 2', batch, options: { threads: 2 } },
  { name: 'one process, --threads 2', batch: 2 * batch, options: { threads: 2 } },
  { name: '--dist threads:2 --threads 1', batch: 2 * batch, options: { threads: 1, dist: 'threads:2' } },
  ...[1, 8]
    .filter(() => values.store)
    .map((localSteps) => {
      const name = `two processes, --dist store --local-steps ${localSteps} --threads 1`;
      return { name, batch: 2 * batch, options: { threads: 1 }, localSteps };
    }),
  ...(values.mpi ? [{ name: 'mpirun -n 2, --threads 1', batch: 2 * batch, options: { threads: 1, dist: 'mpi' } }] : []),
];

interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** Milliseconds for 1,000 samples; those of processors are of one process, and MPI has one for each rank. */
function measure({ batch: size, options, localSteps }: Way): Cost {
  const out = mkdtempSync(join(tmpdir(), 'scorefield-'));
  const first = localSteps === undefined ? unmeasured : 8;
  const steps = Number(values.steps) + first;
  const settings = { train: { sampleEvery: 0 } };
  const given = {
    ...{ ...options, out: join(out, 'run'), steps, batch: size, settings },
    ...(localSteps && { batch: size / 2, dist: `store:${join(out, 'meet')}`, members: 2, localSteps }),
  };
  const script = `
    import { trainRun } from ${JSON.stringify(lib)};
    let from;
    let to;
    const now = () => ({ wall: performance.now(), cpu: process.cpuUsage() });
    for await (const { step } of trainRun(${JSON.stringify(values.data)}, ${JSON.stringify(given)})) {
      if (step === ${first}) from = now();
      to = now();
    }
    if (from) console.log(JSON.stringify({ wall: to.wall - from.wall, cpu: (to.cpu.user + to.cpu.system - from.cpu.user - from.cpu.system) / 1000 }));
  `;
  const node = [process.execPath, '--no-incremental-marking', '--input-type=module', '-e', script];
  const launcher = options.dist === 'mpi' ? ['mpirun', '-n', '2', '--allow-run-as-root', '--bind-to', 'none'] : [];
  const [program = '', ...words] = [...launcher, ...node];
  const other =
    localSteps === undefined ? undefined : spawn(program, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    const text = execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    const { wall, cpu } = JSON.parse(text) as Cost;
    const thousands = (size * Number(values.steps)) / 1000;
    return {
      wall: wall / thousands,
      cpu: ((launcher.length > 0 || localSteps !== undefined ? 2 : 1) * cpu) / thousands,
    };
  } finally {
    other?.kill('SIGKILL');
    rmSync(out, { recursive: true, force: true });
  }
}

const rounds = Array.from({ length: Number(values.rounds) }, () => ways.map(measure));
const range = (numbers: readonly number[]): string => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [least, middle, most] = [0, sorted.length >> 1, sorted.length - 1].map((i) => sorted[i] ?? NaN);
  const digits = (middle ?? 0) < 10 ? 2 : 0;
  return `${middle?.toFixed(digits)} (${least?.toFixed(digits)} to ${most?.toFixed(digits)})`;
};
console.log(`${values.data}, ${values.steps} steps, ${values.rounds} rounds; load ${loadavg()[0]?.toFixed(1)}`);
ways.forEach(({ name, batch: size }, i) => {
  const costs = rounds.map((all) => all[i] ?? { wall: NaN, cpu: NaN });
  const ratio = (of: keyof Cost): string => range(rounds.map((all) => (all[i]?.[of] ?? NaN) / (all[0]?.[of] ?? NaN)));
  console.log(
    `${name}, batch ${size}: ${range(costs.map(({ wall }) => wall))} ms for 1,000 samples, ${range(costs.map(({ cpu }) => cpu))} ms of processors; of the first ${ratio('wall')}, ${ratio('cpu')}`,
  );
});
