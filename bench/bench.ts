/**
 * @file Measures the engine and, in turn with it, the same networks in PyTorch where Debian's python3-torch is installed;
 * prints medians and their ratios. Run it on an idle machine: `npm run bench -- [--rounds 3] [--batch 64] [--threads 2]`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    batch: { type: 'string', default: '64' },
    threads: { type: 'string', default: '2' },
    python: { type: 'string', default: '/usr/bin/python3' },
  },
});
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

function own(what: 'forward' | 'step', net: string, options: { batch?: string; repeats?: number } = {}): Measured {
  const { batch = values.batch, repeats = 10 } = options;
  const args = [what, '--net', net, '--batch', batch, '--repeats', String(repeats), '--threads', values.threads];
  const out = execFileSync(process.execPath, ['--import', 'tsx', here('measure.ts'), ...args], { encoding: 'utf8' });
  return JSON.parse(out) as Measured;
}

const withPeak =
  'import sys, runpy, resource; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name="__main__"); ' +
  'print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)';

function torch(net: string): Torch {
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
  ];
  const [line = '', peak = ''] = execFileSync(values.python, args, { encoding: 'utf8' }).trim().split('\n');
  return { ...(JSON.parse(line) as Omit<Torch, 'peakMiB'>), peakMiB: Math.round(Number(peak) / 1024) };
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN;
const hasTorch = existsSync(values.python) && spawnSync(values.python, ['-c', 'import torch']).status === 0;
if (!hasTorch)
  console.log(
    'PyTorch is not here; for the comparison: apt-get install python3-torch python3-numpy libopenblas0-pthread',
  );
console.log(
  `${cpus()[0]?.model ?? ''}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(2) ?? ''}, node ${process.version}, batch ${values.batch}, ${values.threads} threads, ${rounds} rounds\n`,
);

/** One row: ours, PyTorch's, and how many times faster (or smaller) ours is. */
function row(what: string, ours: readonly number[], theirs: readonly number[], unit: string): void {
  const [a, b] = [median(ours), median(theirs)];
  const peer = theirs.length === 0 ? '' : `PyTorch ${b.toFixed(0)} ${unit}, ratio ${(b / a).toFixed(2)}`;
  console.log(`${what.padEnd(36)} ${a.toFixed(a < 10 ? 2 : 0).padStart(7)} ${unit.padEnd(4)} ${peer}`);
}

for (const [net, torchNet] of [
  ['score-net', 'score_net'],
  ['ddpmpp', 'ddpmpp'],
] as const) {
  const forward: Measured[] = [];
  const step: Measured[] = [];
  const peer: Torch[] = [];
  for (let round = 0; round < rounds; round++) {
    forward.push(own('forward', net));
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
}

const mlp = Array.from({ length: rounds }, () => own('step', 'mlp', { batch: '512', repeats: 300 }));
console.log(
  `${'mlp 3 x 128 at batch 512'.padEnd(36)} ${(1000 / median(mlp.map(({ ms }) => ms))).toFixed(0).padStart(7)} steps/s`,
);

const main = here('../dist/cli/main.js');
if (existsSync(main)) {
  const help = Array.from({ length: 2 * rounds + 1 }, () => {
    const start = performance.now();
    execFileSync(process.execPath, [main, '--help']);
    return performance.now() - start;
  });
  row('scorefield --help', help, [], 'ms');
}
