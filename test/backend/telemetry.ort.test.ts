/** @file ONNX Runtime keeps no files in the home folder and opens no connection, from wherever the engine is used. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { newFolder } from '../io/folders.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const firstSession = here('children/first-session.js');
const hasStrace = spawnSync('strace', ['-f', '--seccomp-bpf', process.execPath, '--version']).status === 0;

/** Numbers of system calls for sockets of the internet, of each run that strace has watched. */
const connections: number[] = [];

interface Found {
  readonly out: string;
  readonly code: number | null;
  /** Files and folders that have appeared in the home folder. */
  readonly home: readonly string[];
}

/** Runs Node with an empty home folder and without the variable, as a user does. */
function atHome(args: readonly string[], cwd?: string): Found {
  const folder = newFolder();
  const home = join(folder, 'home');
  mkdirSync(home);
  const env = { ...process.env, HOME: home, USERPROFILE: home, SCOREFIELD_CACHE: join(folder, 'cache') };
  for (const name of ['ORT_DISABLE_TELEMETRY', 'XDG_CACHE_HOME']) Reflect.deleteProperty(env, name);
  const log = join(folder, 'calls');
  const traced = [
    'strace',
    '-f',
    '--seccomp-bpf',
    '-qq',
    '-e',
    'trace=socket,connect,sendto,sendmsg,sendmmsg',
    '-o',
    log,
  ];
  const [program = '', ...words] = [...(hasStrace ? traced : []), process.execPath, ...args];
  const { stdout, status } = spawnSync(program, words, { cwd, env, encoding: 'utf8' });
  if (hasStrace)
    connections.push(
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line.includes('AF_INET')).length,
    );
  return { out: stdout, code: status, home: readdirSync(home, { recursive: true, encoding: 'utf8' }) };
}

const silent = { code: 0, home: [] };

describe('telemetry of ONNX Runtime is off', () => {
  it.each(['main', 'pool', 'worker, main has loaded it', 'worker, shared environment'])('in a program: %s', (how) => {
    expect(atHome([firstSession, how])).toMatchObject({ ...silent, out: '9 16\n' });
  });

  it('in a worker that cannot switch it off, by an error that says what can', () => {
    const found = atHome([firstSession, 'worker']);
    expect(found).toMatchObject(silent);
    expect(found.out).toMatch(
      /^UnsupportedError: expected ORT_DISABLE_TELEMETRY=1 .* import 'scorefield\/node' in the main thread, or set .*\n$/,
    );
  });

  it('in a command', () => {
    const net = ['--set', 'net.width=8', '--set', 'net.depth=2', '--batch', '16', '--threads', '1'];
    const args = ['train', 'two-moons', '--steps', '1', '--out', join(newFolder(), 'run'), ...net];
    expect(atHome([here('../../dist/cli/main.js'), ...args])).toMatchObject(silent);
  });

  it('in the program of docs/export.md', () => {
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync(here('../../docs/export.md'), 'utf8')) ?? [];
    const folder = newFolder();
    mkdirSync(join(folder, 'node_modules'));
    for (const name of ['onnxruntime-node', 'onnxruntime-common'])
      symlinkSync(here(`../../node_modules/${name}`), join(folder, 'node_modules', name), 'junction');
    writeFileSync(join(folder, 'draw.mjs'), code);
    // What is no model begins the engine as well, and ends in an error.
    writeFileSync(join(folder, 'score.onnx'), 'no model');
    expect(atHome(['draw.mjs'], folder)).toMatchObject({ ...silent, code: 1 });
  });

  it.skipIf(!hasStrace)('and none of these tries to connect (skipped without strace)', () => {
    expect(connections).toEqual(new Array(7).fill(0));
  });

  it('before the native library is loaded, in every file that loads it', () => {
    const folder = here('../../src/backend');
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[jt]s$/.test(name));
    const loading = sources.filter((name) =>
      /^import (?!type )[^;]* from 'onnxruntime-node'|^const name = 'onnxruntime-node'/m.test(
        readFileSync(join(folder, name), 'utf8'),
      ),
    );
    // The thread is begun by `session-pool` once `native` has loaded the library.
    expect(loading.sort()).toEqual(['native.ts', 'session-worker.js']);
    expect(readFileSync(join(folder, 'native.ts'), 'utf8')).toMatch(
      /^ {2}switchOffTelemetry\(\);[^]*createRequire\(.*\)\(name\)/m,
    );
  });
});
