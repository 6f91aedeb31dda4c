/** @file Folders and child processes for tests; both are gone when the test file ends. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { atEnd } from './cleanup.ts';

/** A new empty folder. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scorefield-test-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A running program of `children/`, with what it has printed. */
export interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  /** Waits until the child has printed a line that begins with `start`, and returns the line. */
  line(start: string): Promise<string>;
  /** Kills it with SIGKILL, which nothing can catch, and waits for its end. */
  kill(): Promise<void>;
}

/** Programs of `children/`, each made one file of JavaScript when it is first started, which starts in a fifth of the time. */
const programs = new Map<string, string>();

function programOf(name: string): string {
  const known = programs.get(name);
  if (known !== undefined && existsSync(known)) return known;
  const made = join(newFolder(), `${name}.mjs`);
  buildSync({
    ...{ entryPoints: [sourceOf(name)], outfile: made },
    ...{ bundle: true, platform: 'node', format: 'esm', logLevel: 'error' },
  });
  programs.set(name, made);
  return made;
}

/** Starts `children/<name>.ts` in this Node, or by a line of `sh` that is made of its command. */
export function startChild(name: string, args: readonly string[], shell?: (command: string) => string): Child {
  return startWords([process.execPath, programOf(name), ...args], shell);
}

/** Starts `children/<name>.ts`, which loads TypeScript itself. */
export function startLoader(name: string, args: readonly string[]): Child {
  return startWords([process.execPath, '--import', import.meta.resolve('tsx'), sourceOf(name), ...args]);
}

const sourceOf = (name: string): string => fileURLToPath(new URL(`children/${name}.ts`, import.meta.url));

function startWords(command: readonly string[], shell?: (command: string) => string): Child {
  const quoted = command.map((word) => `'${word}'`).join(' ');
  const [program = '', ...rest] = shell === undefined ? command : ['sh', '-c', shell(`exec ${quoted}`)];
  const child = spawn(program, rest);
  const ended = once(child, 'exit');
  atEnd(() => child.kill('SIGKILL'));
  let printed = '';
  let complaint = '';
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const found = (start: string): string | undefined =>
    printed
      .split('\n')
      .slice(0, -1)
      .find((line) => line.startsWith(start));
  return {
    process: child,
    line: async (start) => {
      for (;;) {
        const line = found(start);
        if (line !== undefined) return line;
        if (child.exitCode !== null && child.stdout.readableEnded)
          throw new Error(`the child ended with code ${child.exitCode} without "${start}": ${printed}${complaint}`);
        await Promise.race([once(child.stdout, 'data'), once(child.stdout, 'end'), ended]);
      }
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Every file and folder below a folder, files with a hash of their content. */
export function listing(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return [name, 'folder'];
      return [name, createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}
