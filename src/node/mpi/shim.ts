/** @file The shim of MPI: compiled once for each MPI of a machine, and kept in the cache folder. */
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { UnsupportedError } from '../../base/errors.ts';
import { attempt } from '../../base/system-problem.ts';
import { cacheOf } from '../../data/places.ts';
import { shimSource } from './shim-source.ts';

/** The functions of the shim; each but `begin` and `abort` waits for all ranks, in the thread that calls it. */
export interface Shim {
  begin(): { readonly rank: number; readonly size: number; readonly version: string };
  sum(values: Float32Array): void;
  broadcast(values: Float32Array, root: number): void;
  barrier(): void;
  finalize(): void;
  abort(code: number): void;
}

/**
 * The shim of the MPI whose compiler is `mpicc`, or what the variable MPICC names.
 * @throws UnsupportedError if there is no compiler, or it cannot compile, or Node cannot load what it made.
 */
export function loadShim(): Shim {
  const compiler = process.env['MPICC'] ?? 'mpicc';
  const file = compiled(compiler);
  const made = { exports: {} };
  try {
    // Open MPI opens parts of itself later, which look for its names among those of all libraries.
    process.dlopen(made, file, constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL);
  } catch (cause) {
    throw new UnsupportedError(`MPI cannot be loaded: ${firstLine(cause)}`, { cause });
  }
  return made.exports as Shim;
}

function compiled(compiler: string): string {
  const line = run(compiler, ['-show']);
  const id = createHash('sha256').update(JSON.stringify([line, shimSource, process.arch, process.versions.modules]));
  const folder = cacheOf('mpi', {});
  const file = join(folder, `${id.digest('hex').slice(0, 40)}.node`);
  if (existsSync(file)) return file;
  // All ranks of a host may be here at once: each compiles under a name of its own, and the last one to rename wins.
  const own = join(folder, randomUUID());
  try {
    attempt(folder, 'cannot be written', () => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${own}.c`, shimSource);
    });
    run(compiler, ['-O2', '-shared', '-fPIC', `${own}.c`, '-o', `${own}.node`]);
    attempt(file, 'cannot be written', () => renameSync(`${own}.node`, file));
  } finally {
    rmSync(`${own}.c`, { force: true });
    rmSync(`${own}.node`, { force: true });
  }
  return file;
}

function run(compiler: string, args: readonly string[]): string {
  try {
    return execFileSync(compiler, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (cause) {
    const absent = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UnsupportedError(
      absent
        ? `training by MPI needs its compiler ${compiler}, which is not here; install an MPI with its headers (Debian: apt-get install openmpi-bin libopenmpi-dev, or load the module of your cluster), ` +
            'or name it in the variable MPICC'
        : `${compiler} cannot compile the shim of MPI: ${firstLine(cause)}`,
      { cause },
    );
  }
}

function firstLine(cause: unknown): string {
  const { stderr = '', message = String(cause) } = cause as { stderr?: string; message?: string };
  return (stderr.trim() || message).split('\n')[0] ?? '';
}
