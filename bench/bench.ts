/**
 * @file Measures the engine and, in turn with it, the same networks in PyTorch where Debian's python3-torch is installed;
 * prints medians and their ratios. Run it on an idle machine: `npm run bench -- [--rounds 3] [--batch 64] [--threads 2]`.
 * With `--sweep` it prints instead how time and memory grow with batch, image size, width and threads. Both have the same settings
 * of the allocator; `--allocator system` leaves them as they are.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { allocatorEnvironment, allocatorSettings } from './allocator.ts';
import { commandFlags } from './command-flags.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    batch: { type: 'string', default: '64' },
    threads: { type: 'string', default: '2' },
    python: { type: 'string', default: '/usr/bin/python3' },
    sweep: { type: 'boolean', default: false },
    allocator: { type: 'string', default: 'large' },
  },
});
if (values.allocator !== 'large' && values.allocator !== 'system')
  throw new Error(`--allocator: expected large or system, got ${values.allocator}`);
const env = allocatorEnvironment(values.allocator);
const rounds = Number(values.rounds);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

interface Measured {
  readonly ms: number;
  readonly buildMs: number;
  readonly compileMs: number;
  readonly peakMiB: number;
  readonly params: number;
}

interface Torch {
  readonly forward_ms: number;
  readonly train_step_ms: number;
  readonly params: number;
  readonly peakMiB: number;
}

/** Measures what users have, the compiled code: that which compiles it meanwhile takes 40 MiB of its own. */
function build(): void {
  const tsc = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
  execFileSync(process.execPath, [tsc, '-p', here('tsconfig.json')], { stdio: 'inherit' });
}

/** What a compiled file of this folder prints about options. */
function ask(file: 'measure' | 'loops', what: string, options: Readonly<Record<string, string | number>>): unknown {
  const args = [what, ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])];
  const program = [...commandFlags, here(`../.bench/bench/${file}.js`)];
  const out = execFileSync(process.execPath, [...program, ...args], { encoding: 'utf8', env });
  return JSON.parse(out);
}

function own(what: 'forward' | 'step', net: string, options: Readonly<Record<string, string | number>> = {}): Measured {
  const { batch, threads } = values;
  return ask('measure', what, { net, batch, threads, repeats: 10, ...options }) as Measured;
}

/** The loop of training or sampling around its program. */
interface Loop {
  readonly stepMs: number;
  /** Wall time over that of the program alone. */
  readonly ratio: number;
}

const withPeak =
  'import sys, runpy, resource; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name="__main__"); ' +
  'print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)';

function torch(net: string, options: Readonly<Record<string, string>> = {}): Torch {
  const args = [
    '-c',
    withPeak,
    here('torch_reference.py'),
    'bench',
    '--net',
    net,
    '--batch',
    values.batch,
    '--threads',
    values.threads,
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  ];
  const [line = '', peak = ''] = execFileSync(values.python, args, { encoding: 'utf8', env }).trim().split('\n');
  return { ...(JSON.parse(line) as Omit<Torch, 'peakMiB'>), peakMiB: Math.round(Number(peak) / 1024) };
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN;
const hasTorch = existsSync(values.python) && spawnSync(values.python, ['-c', 'import torch']).status === 0;
if (!hasTorch)
  console.log(
    'PyTorch is not here; for the comparison: apt-get install python3-torch python3-numpy libopenblas0-pthread',
  );
console.log(
  `${cpus()[0]?.model ?? ''}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(2) ?? ''}, node ${process.version}, batch ${values.batch}, ${values.threads} threads, ${rounds} rounds\nallocator of both: ${allocatorSettings(env)}\n`,
);

/** One row: ours, PyTorch's, and how many times faster (or smaller) ours is. */
function row(what: string, ours: readonly number[], theirs: readonly number[], unit: string): void {
  const [a, b] = [median(ours), median(theirs)];
  const peer = theirs.length === 0 ? '' : `PyTorch ${b.toFixed(0)} ${unit}, ratio ${(b / a).toFixed(2)}`;
  console.log(`${what.padEnd(36)} ${a.toFixed(a < 10 ? 2 : 0).padStart(7)} ${unit.padEnd(4)} ${peer}`);
}

/** Time and memory of the training step and the score as one thing grows and all others stay. */
function sweep(): void {
  const usual = { batch: 64, size: 28, width: 32, threads: Number(values.threads) };
  const grown: Readonly<Record<keyof typeof usual, readonly number[]>> = {
    batch: [1, 4, 16, 64, 256],
    size: [16, 28, 32, 64],
    width: [32, 64, 128],
    threads: [1, 2],
  };
  console.log('ddpmpp; where nothing else is said: ' + JSON.stringify(usual));
  console.log(
    `${'forward / image'.padStart(34)} ${'step / image'.padStart(16)} ${'peak of the step'.padStart(20)} ${'/ image'.padStart(10)}`,
  );
  for (const [name, all] of Object.entries(grown))
    for (const value of all) {
      // Large images and wide networks with fewer of them, for time and memory.
      const batch = name === 'size' || name === 'width' ? 16 : usual.batch;
      const options = { ...usual, batch, repeats: 3, [name]: value };
      const [forward, step] = [
        own('forward', 'ddpmpp', { ...options, workers: Math.min(options.threads, options.batch) }),
        own('step', 'ddpmpp', options),
      ];
      const cells = [
        `${name} ${value}`.padEnd(16),
        `${(forward.ms / options.batch).toFixed(2)} ms`.padStart(17),
        `${(step.ms / options.batch).toFixed(2)} ms`.padStart(16),
        `${step.peakMiB} MiB`.padStart(20),
        `${(step.peakMiB / options.batch).toFixed(1)} MiB`.padStart(10),
      ];
      console.log(cells.join(' '));
    }
}

build();
if (values.sweep) sweep();
else compare();

/** This project and PyTorch, in turn. */
function compare(): void {
  for (const [net, torchNet] of [
    ['score-net', 'score_net'],
    ['ddpmpp', 'ddpmpp'],
  ] as const) {
    const forward: Measured[] = [];
    const step: Measured[] = [];
    const peer: Torch[] = [];
    for (let round = 0; round < rounds; round++) {
      forward.push(own('forward', net, { workers: values.threads }));
      if (hasTorch) peer.push(torch(torchNet));
      step.push(own('step', net));
    }
    row(
      `${net} forward`,
      forward.map(({ ms }) => ms),
      peer.map((p) => p.forward_ms),
      'ms',
    );
    row(
      `${net} training step`,
      step.map(({ ms }) => ms),
      peer.map((p) => p.train_step_ms),
      'ms',
    );
    row(
      `${net} training step, peak memory`,
      step.map((s) => s.peakMiB),
      peer.map((p) => p.peakMiB),
      'MiB',
    );
    row(
      `${net} training step, build`,
      step.map((s) => s.buildMs + s.compileMs),
      [],
      'ms',
    );
    row(`${net} training step, from cache`, fromCache(net), [], 'ms');
  }

  const points: Measured[] = [];
  const pointsPeer: Torch[] = [];
  for (let round = 0; round < rounds; round++) {
    points.push(own('step', 'mlp', { batch: 512, repeats: 300 }));
    // One thread, where it is faster.
    if (hasTorch)
      for (const threads of ['1', '2']) pointsPeer.push(torch('mlp', { batch: '512', steps: '300', threads }));
  }
  const fastest = pointsPeer
    .map((p) => p.train_step_ms)
    .sort((a, b) => a - b)
    .slice(0, rounds);
  row(
    'mlp 3 x 128 at batch 512, step',
    points.map(({ ms }) => ms),
    fastest,
    'ms',
  );

  for (const net of ['mlp', 'score-net']) {
    const loops = Array.from({ length: rounds }, () => ask('loops', 'train', { net, threads: values.threads }) as Loop);
    console.log(
      `${`${net} training loop`.padEnd(36)} ${median(loops.map(({ stepMs }) => stepMs))
        .toFixed(2)
        .padStart(7)} ms   ${median(loops.map(({ ratio }) => ratio)).toFixed(3)} of its program alone`,
    );
  }
  for (const [net, evaluations] of [
    ['score-net', 1000],
    ['ddpmpp', 200],
  ] as const) {
    const { ratio } = ask('loops', 'sample', { net, evaluations, threads: values.threads }) as Loop;
    const what = `${net} sampling, 64 at ${evaluations} NFE`.padEnd(36);
    console.log(`${what} ${ratio.toFixed(3).padStart(7)} of ${evaluations} forward passes`);
  }

  commandLine();
}

/** Milliseconds until a training step is ready whose program is on the disk. */
function fromCache(net: string): readonly number[] {
  const cache = mkdtempSync(join(tmpdir(), 'scorefield-bench-'));
  try {
    const [, ...known] = Array.from({ length: rounds + 1 }, () => own('step', net, { repeats: 1, cache }));
    return known.map((s) => s.buildMs + s.compileMs);
  } finally {
    rmSync(cache, { recursive: true });
  }
}

function commandLine(): void {
  const main = here('../dist/cli/main.js');
  if (!existsSync(main)) return;
  const help = Array.from({ length: 2 * rounds + 1 }, () => {
    const start = performance.now();
    execFileSync(process.execPath, [main, '--help']);
    return performance.now() - start;
  });
  row('scorefield --help', help, [], 'ms');
}
