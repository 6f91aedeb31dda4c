/** @file What the package tells npm: nothing that a version of it warns of, and no script of a dependency that downloads. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const npm = process.env['npm_execpath'];

describe('the package', () => {
  it('sets keys of npm alone', () => {
    const keys = read('.npmrc')
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(keys).toEqual(['engine-strict', 'fund', 'audit']);
  });

  it.skipIf(npm === undefined)('makes npm warn of nothing (skipped unless npm runs the tests)', () => {
    const { stderr } = spawnSync(process.execPath, [npm ?? '', 'config', 'get', 'fund'], {
      cwd: root,
      encoding: 'utf8',
      // Without the settings of this user.
      env: { ...process.env, npm_config_userconfig: join(root, 'test/no-such-file') },
    });
    expect(stderr).not.toMatch(/project config/);
  });

  /**
   * That of onnxruntime-node downloads CUDA files. npm runs what the lock file marks; package.json's `allowScripts` stops newer versions
   * alone, and a key of onnxruntime-node in .npmrc is warned of by npm 11. If `npm install` has brought the mark back, remove it.
   */
  it('runs no script of onnxruntime-node, whatever the version of npm', () => {
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { hasInstallScript?: boolean }> };
    expect(lock.packages['node_modules/onnxruntime-node']).toBeDefined();
    expect(lock.packages['node_modules/onnxruntime-node']).not.toHaveProperty('hasInstallScript');
    const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> };
    expect(allowScripts['onnxruntime-node']).toBe(false);
  });
});
