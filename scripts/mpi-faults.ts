/**
 * @file What becomes of a training by MPI when one of two ranks fails: exit code, seconds from the fault to the end, and what is said, as rows of a table. It uses `dist`.
 *
 * Usage: mpi-faults.ts [--mpirun mpirun] [--mpicc mpicc] [--other mpirun.mpich]; `--other` is the launcher of another MPI.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    mpirun: { type: 'string', default: 'mpirun' },
    mpicc: { type: 'string', default: 'mpicc' },
    other: { type: 'string' },
  },
});
const cwd = mkdtempSync(join(tmpdir(), 'scorefield-'));
const main = resolve(import.meta.dirname, '../dist/cli/main.js');
const small = ['--batch', '16', '--set', 'net.width=8', '--set', 'net.depth=2', '--threads', '1'];
const train = ['train', 'two-moons', ...small, '--set', 'train.sampleEvery=0', '--set', 'train.logEvery=1'];
const openMpi = /Open ?(MPI|RTE)/.test(spawnSync(values.mpirun, ['--version'], { encoding: 'utf8' }).stdout);
const flags = openMpi ? ['--oversubscribe', '--bind-to', 'none'] : [];
const env = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1', MPICC: values.mpicc };

interface Fault {
  readonly title: string;
  /** What rank 1 does once five steps are done; it writes the file `fault` first. */
  readonly code?: string;
  readonly args?: readonly string[];
  readonly launcher?: string;
}

const faults: readonly Fault[] = [
  { title: 'none' },
  { title: '`SIGKILL`', code: "process.kill(process.pid, 'SIGKILL')" },
  { title: '`process.exit(0)`', code: 'process.exit(0)' },
  { title: '`process.exit(3)`', code: 'process.exit(3)' },
  { title: 'an exception', code: "throw new Error('a fault')" },
  { title: 'a segmentation fault', code: "process.kill(process.pid, 'SIGSEGV')" },
  { title: 'an endless loop, --patience 3', code: 'for (;;);', args: ['--patience', '3'] },
  {
    title: 'stopped (`SIGSTOP`), --patience 3',
    code: "process.kill(process.pid, 'SIGSTOP')",
    args: ['--patience', '3'],
  },
  { title: '`SIGTERM`', code: "process.kill(process.pid, 'SIGTERM')" },
  { title: 'a batch that does not divide', args: ['--batch', '33'] },
  ...(values.other === undefined ? [] : [{ title: 'the launcher of another MPI', launcher: values.other }]),
];

for (const [i, { title, code, args = [], launcher = values.mpirun }] of faults.entries()) {
  const run = `run${i}`;
  const metrics = join(cwd, run, 'metrics.jsonl');
  const mark = join(cwd, `fault${i}`);
  const file = join(cwd, `fault${i}.cjs`);
  writeFileSync(
    file,
    `const { isMainThread } = require('node:worker_threads');
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const rank = Number(process.env.OMPI_COMM_WORLD_RANK ?? process.env.PMI_RANK ?? 0);
if (isMainThread && rank === 1) {
  const timer = setInterval(() => {
    if (!existsSync(${JSON.stringify(metrics)}) || readFileSync(${JSON.stringify(metrics)}, 'utf8').split('\\n').length < 6) return;
    clearInterval(timer);
    writeFileSync(${JSON.stringify(mark)}, '');
    ${code ?? ''}
  }, 1);
  timer.unref();
}
`,
  );
  const steps = code === undefined ? '20' : '1000000';
  const words = ['-n', '2', ...(launcher === values.mpirun ? flags : []), process.execPath];
  const child = spawn(
    launcher,
    [...words, '--require', file, main, ...train, '--dist', 'mpi', '--steps', steps, '--out', run, ...args],
    {
      cwd,
      env: { ...process.env, ...env },
    },
  );
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  child.stdout.resume();
  const started = Date.now();
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const [status, signal] = (await Promise.race([closed, pause(60_000, undefined, { ref: false })])) ?? [null, null];
  if (status === null && signal === null) child.kill('SIGKILL');
  const from = existsSync(mark) ? statSync(mark).mtimeMs : started;
  const sentences = said.match(/scorefield: .*/g) ?? [];
  console.log(
    `| ${title} | ${status ?? signal ?? 'never ends'}, ${((Date.now() - from) / 1000).toFixed(1)} s | ${[...new Set(sentences)].join(' / ')} |`,
  );
}
rmSync(cwd, { recursive: true, force: true });
