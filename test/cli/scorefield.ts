/** @file The command line as its users have it: a process of the built package, with its output and its exit code. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { atEnd } from '../io/cleanup.ts';

export { listing } from '../io/folders.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const many = fileURLToPath(new URL('children/many.js', import.meta.url));

/** How a process ended, and all that it printed. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A process that runs. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** Waits until a condition holds; false if the process ended before. */
  until(condition: (printed: string) => boolean): Promise<boolean>;
  send(signal: NodeJS.Signals): void;
}

/** Where and how a process is started. */
export interface Surroundings {
  readonly cwd: string;
  /** Makes a line of `sh` of the command, for limits and redirections. */
  readonly shell?: (command: string) => string;
}

/** Starts `scorefield` with arguments. */
export function start(args: readonly string[], surroundings: Surroundings): Running {
  return startWords([main, ...args], surroundings);
}

function startWords(args: readonly string[], { cwd, shell }: Surroundings): Running {
  const words = [process.execPath, ...args];
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const [program = '', ...rest] = shell === undefined ? words : ['sh', '-c', shell(`exec ${quoted}`)];
  const child = spawn(program, rest, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  atEnd(() => child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  let over = false;
  const ended = once(child, 'close').then(([code, signal]: unknown[]): Ended => {
    over = true;
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, out, err };
  });
  return {
    ended,
    until: async (condition) => {
      while (!condition(out + err)) {
        if (over) return false;
        await pause(5);
      }
      return true;
    },
    send: (signal) => child.kill(signal),
  };
}

/** Runs `scorefield` to its end. */
export function scorefield(args: readonly string[], surroundings: Surroundings): Promise<Ended> {
  return start(args, surroundings).ended;
}

/** Runs `scorefield` for each list of arguments, in one process: much faster, where only what is printed matters. */
export async function oneAfterAnother(
  calls: readonly (readonly string[])[],
  surroundings: Surroundings,
): Promise<Ended[]> {
  const { code, out, err } = await startWords([many, JSON.stringify(calls)], surroundings).ended;
  if (code !== 0) throw new Error(`a call ended the process with code ${code}: ${out}${err}`);
  return JSON.parse(out) as Ended[];
}

/** Runs tasks, two at a time. */
export async function inPairs<T, R>(tasks: readonly T[], run: (task: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...tasks.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await run(next[1]);
  };
  await Promise.all([worker(), worker()]);
  return results;
}

/** Options that make a training small, for points. */
export const smallPoints = ['--batch', '16', '--set', 'net.width=8', '--set', 'net.depth=2', '--threads', '1'];

/** Options that make a training small, for images of 8 x 8. */
export const smallImages = [
  ...['--size', '8', '--group', 'faces', '--batch', '4', '--threads', '1'],
  ...['--set', 'net.width=8', '--set', 'net.multipliers=[1,2]', '--set', 'net.blocks=1'],
];
