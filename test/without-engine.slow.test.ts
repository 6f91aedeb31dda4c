/** @file The package as it is installed without onnxruntime-node: what does not compute works, and what does says what to type. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from './io/folders.ts';

const root = resolve(import.meta.dirname, '..');
const project = newFolder();
const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  peerDependencies: Record<string, string>;
};
const advice = `npm install onnxruntime-node@${peerDependencies['onnxruntime-node']} --ignore-scripts`;

beforeAll(() => {
  const packages = join(project, 'node_modules');
  mkdirSync(join(packages, 'scorefield'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== 'onnxruntime-node' && !name.startsWith('.'))
      symlinkSync(join(root, 'node_modules', name), join(packages, name), 'junction');
  for (const name of ['package.json', 'dist', 'assets', 'models'])
    symlinkSync(join(root, name), join(packages, 'scorefield', name), 'junction');
});

/** Runs Node in the project, where modules are where the links say. */
function node(...args: readonly string[]): {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
} {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--preserve-symlinks', '--preserve-symlinks-main', ...args],
    { cwd: project, encoding: 'utf8' },
  );
  return { out: stdout, err: stderr, code: status };
}
const cli = (...args: readonly string[]): ReturnType<typeof node> =>
  node('node_modules/scorefield/dist/cli/main.js', ...args);

describe('without onnxruntime-node', () => {
  it('commands that do not compute work', () => {
    expect(cli('models')).toMatchObject({ code: 0, err: '' });
    expect(cli('data', '--list').out).toMatch(/two-moons/);
  });

  it('commands that compute say in one sentence what to type, and leave nothing behind', () => {
    for (const args of [
      ['sample', 'emoji'],
      ['train', 'two-moons', '--out', 'moons'],
    ]) {
      const { code, err, out } = cli(...args);
      expect({ code, out }).toMatchObject({ code: 2, out: '' });
      expect(err).toMatch(/^scorefield: computing in Node needs the package onnxruntime-node, .*\n$/);
      expect(err).toContain(`\`${advice}\``);
    }
    expect(existsSync(join(project, 'moons'))).toBe(false);
  });

  it('scorefield/node opens data sets, and its engine says the same', () => {
    const script = join(project, 'use.mjs');
    writeFileSync(
      script,
      `import { nodeBackend, openDataSet, requireDevice } from 'scorefield/node';
       console.log((await openDataSet('two-moons', { count: 5 })).count);
       try { nodeBackend(); } catch (error) { console.log(error.name, error.message); }
       await requireDevice('cpu').catch((error) => console.log(error.name));`,
    );
    const { out, code } = node(script);
    expect(code).toBe(0);
    expect(out).toMatch(/^5\nUnsupportedError computing in Node needs .*\nUnsupportedError\n$/);
    expect(out).toContain(advice);
  });
});
