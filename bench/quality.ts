/**
 * @file Quality at equal wall time: trains the same network on Fashion-MNIST with this project and with PyTorch for so many
 * minutes, with the same batch, learning rate, average and threads; then draws samples of both by the same sampler from the same
 * noise and compares them with real ones by the same extractor. On an idle machine:
 *
 *   npx tsx bench/quality.ts --minutes 30 [--net ddpmpp|score-net] [--n 5000] [--sampler heun] [--nfe 35] [--threads 2] [--out runs/quality]
 *
 * One after the other, or with `--at-once` side by side, each bound to one core of its own with one thread.
 *
 * The parameters of PyTorch become a run of this project, whose networks are the same functions (test/nn/golden.ort.test.ts), so
 * that nothing but the training differs. It needs Debian's packages python3-torch, python3-numpy and libopenblas0-pthread.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { loadRun } from '../src/run/load.ts';
import { toCheckpoint } from '../src/run/checkpoint.ts';
import { estimateText } from '../src/evaluate/estimate.ts';
import type { Evaluation } from '../src/node.ts';
import { readBytes, writeAtomic } from '../src/io/atomic.ts';
import { checkpointWriter } from '../src/run/folder/checkpoint-files.ts';
import { createRun, isRun } from '../src/run/folder/run-folder.ts';
import type { Json } from '../src/base/json.ts';
import { decodeSafetensors } from '../src/io/safetensors.ts';
import { allocatorEnvironment, allocatorSettings } from './allocator.ts';
import { commandFlags } from './command-flags.ts';
import { fromTorch } from './torch-weights.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    net: { type: 'string', default: 'ddpmpp' },
    n: { type: 'string', default: '5000' },
    sampler: { type: 'string', default: 'heun' },
    nfe: { type: 'string', default: '35' },
    threads: { type: 'string', default: '2' },
    data: { type: 'string', default: '/usr/share/datasets/fashion-mnist' },
    python: { type: 'string', default: '/usr/bin/python3' },
    out: { type: 'string', default: 'runs/quality' },
    'at-once': { type: 'boolean', default: false },
  },
});
const { minutes, net, out } = values;
const env = allocatorEnvironment('large');
const atOnce = values['at-once'];
const threads = atOnce ? '1' : values.threads;
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const [ours, theirs, weights] = ['scorefield', 'pytorch', 'pytorch.safetensors'].map((name) => join(out, name)) as [
  string,
  string,
  string,
];

const scorefield = (...args: readonly string[]): readonly string[] => [
  process.execPath,
  ...commandFlags,
  ...['--import', import.meta.resolve('tsx'), here('../src/cli/main.ts'), ...args, '--json'],
];

// What torch_reference.py does: no warm-up, a learning rate of 2e-4, an average of 0.999.
const settings = ['learningRate=2e-4', 'warmup=0', 'emaDecay=0.999', 'sampleEvery=0', 'checkpointEvery=1000000'];
// The published network and process, by which both are the same, in place of the recipe of images.
const published = [
  'net.patch=1',
  'net.blocks=2',
  'net.multipliers=[1,2,2]',
  'train.optimizer=adam',
  'train.decay=none',
];
const same = net === 'ddpmpp' ? ['--unconditional', '--sde', 'vp', ...published.flatMap((one) => ['--set', one])] : [];
const trainOurs = scorefield(
  ...['train', 'fashion-mnist', '--net', net, '--folder', values.data, '--minutes', minutes, '--out', ours],
  ...[...same, '--batch', '64'],
  ...['--threads', threads, ...settings.flatMap((setting) => ['--set', `train.${setting}`])],
);
const trainTheirs = [
  ...[values.python, here('torch_reference.py'), 'train', weights, '--net', net.replace('-', '_')],
  ...['--minutes', minutes, '--threads', threads, '--data', values.data],
];
mkdirSync(out, { recursive: true });
const missing = [...(isRun(ours) ? [] : [trainOurs]), ...(existsSync(weights) ? [] : [trainTheirs])];
const trainings = missing.map((words, core) => async () => {
  const [program = '', ...args] = atOnce ? ['taskset', '--cpu-list', String(core), ...words] : words;
  await promisify(execFile)(program, args, { maxBuffer: 2 ** 28, env });
});
if (atOnce) await Promise.all(trainings.map(async (train) => train()));
else for (const train of trainings) await train();

const { config, data, net: network, point } = loadRun(ours);
const torch = decodeSafetensors(readBytes(weights), weights);
const steps = Number(torch.metadata['steps']);
if (!isRun(theirs)) {
  const { trained, fixed } = fromTorch(network, torch, weights);
  const none = new Float32Array(trained.length);
  const state = { params: trained, ema: trained, m: none, v: none, fixed };
  const run = createRun(theirs, { config: config as unknown as Json, env: { trainedBy: 'torch_reference.py' } });
  checkpointWriter(run, { keep: 1 }).save(steps, toCheckpoint({ step: steps, smoothedLoss: NaN, state }, data));
}

interface Row {
  readonly by: string;
  readonly steps: number;
  readonly found: Evaluation & { readonly evaluations: number };
}
function measured(...args: readonly string[]): Row['found'] {
  const [program = '', ...words] = scorefield(...args, '--threads', values.threads);
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return JSON.parse(execFileSync(program, words, { encoding: 'utf8', stdio: [...stdio] })) as Row['found'];
}
const evaluated = (by: string, run: string, taken: number): Row => ({
  by,
  steps: taken,
  found: measured('evaluate', run, '-n', values.n, '--sampler', values.sampler, '--nfe', values.nfe),
});
const rows = [evaluated('scorefield', ours, point.step), evaluated('PyTorch', theirs, steps)];
const machine = `${cpus()[0]?.model ?? ''}, ${availableParallelism()} cores`;
writeAtomic(join(out, 'quality.json'), `${JSON.stringify({ ...values, threads, machine, rows }, undefined, 1)}\n`);

const [first] = rows;
console.log(
  `${net}, ${minutes} minutes each${atOnce ? ' at once' : ''}, threads: ${threads}, ${machine}, allocator of both: ${allocatorSettings(env)}; ${values.n} samples by ${values.sampler},`,
);
console.log(`${first?.found.evaluations ?? ''} evaluations, FD (${first?.found.extractor ?? ''})\n`);
for (const { by, steps: taken, found } of rows)
  console.log(
    `${by.padEnd(11)} ${taken.toLocaleString('en').padStart(8)} steps   FD ${estimateText(found.frechet)}   energy distance ${estimateText(found.energy)}`,
  );
if (first !== undefined)
  console.log(`${'real ones'.padEnd(11)} ${''.padStart(14)}   FD ${estimateText(first.found.frechetFloor)}`);
