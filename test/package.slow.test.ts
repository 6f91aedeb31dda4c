/** @file What the package tells npm: nothing that a version of it warns of, and no script of a dependency that downloads. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referredTo } from '../scripts/declarations.ts';
import { withPureConstants } from '../scripts/pure-constants.ts';
import { version } from '../src/io/version.ts';

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

  it.skipIf(npm === undefined)(
    'is below 4 MB as npm packs it but for its models, of which none has more than 5 MB (skipped unless npm runs the tests)',
    () => {
      const { stdout } = spawnSync(process.execPath, [npm ?? '', 'pack', '--dry-run', '--json', '--ignore-scripts'], {
        cwd: root,
        encoding: 'utf8',
      });
      const [packed] = JSON.parse(stdout) as [{ size: number; files: { path: string; size: number }[] }];
      const models = packed.files.filter(({ path }) => path.endsWith('.safetensors')).map(({ size }) => size);
      expect(models.length).toBeGreaterThan(3);
      for (const size of models) expect(size).toBeLessThan(5e6);
      // Parameters hardly shrink when they are packed.
      expect(packed.size - 0.9 * models.reduce((sum, size) => sum + size, 0)).toBeLessThan(4e6);
      expect(packed.files.map(({ path }) => path)).toContain('dist/cli/main.js');
      expect(packed.files.map(({ path }) => path)).not.toContain('assets/emoji-64.rgb.br');
    },
  );

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

it('brings no native engine to a project for browsers, which names the other one', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    packages: Record<
      string,
      {
        dependencies?: Record<string, string>;
        optionalDependencies?: Record<string, string>;
        peerDependencies?: Record<string, string>;
        peerDependenciesMeta?: Record<string, { optional?: boolean }>;
      }
    >;
  };
  /** Packages that npm installs with one, by the names of the lock file, where all lie side by side. */
  const installed = new Set<string>();
  const install = (name: string): void => {
    if (installed.has(name)) return;
    installed.add(name);
    const own = lock.packages[name === '' ? '' : `node_modules/${name}`];
    const peers = Object.keys(own?.peerDependencies ?? {}).filter(
      (peer) => own?.peerDependenciesMeta?.[peer]?.optional !== true,
    );
    for (const other of [...Object.keys({ ...own?.dependencies, ...own?.optionalDependencies }), ...peers])
      install(other);
  };
  install('');
  install('onnxruntime-web');
  expect([...installed]).toEqual(expect.arrayContaining(['fflate', 'valibot', 'flatbuffers']));
  expect([...installed].filter((name) => /onnxruntime-node|react|preact|vite/.test(name))).toEqual([]);
});

/** Files of the package that one of them loads, with itself; those loaded by `import()` are loaded later. */
function loadedBy(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, target = ''] of read(file).matchAll(/^(?:import|export|\}) ?(?:[^"\n]*from )?"(\.{1,2}\/[^"\n]+)";$/gm))
    loadedBy(join(dirname(file), target), found);
  return found;
}

describe('the built package', () => {
  const manifest = JSON.parse(read('package.json')) as {
    version: string;
    bin: Record<string, string>;
    exports: Record<string, string | Record<string, string>>;
  };

  it('has every file that its manifest names', () => {
    const targets = Object.values(manifest.exports).map((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    const files = [...targets.flat(), ...Object.values(manifest.bin)];
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('has the version of its manifest', () => {
    expect(version).toBe(manifest.version);
  });

  it('is bundled: a command begins with few files, and an entry has few', () => {
    const first = loadedBy('dist/cli/main.js').size;
    expect(first).toBeGreaterThan(1);
    expect(first).toBeLessThan(10);
    expect(readdirSync(join(root, 'dist/cli'))).toEqual(['main.js']);
    expect(readdirSync(join(root, 'dist/lib')).length).toBeLessThan(160);
    expect(loadedBy('dist/lib/node.js').size).toBeLessThan(50);
  });

  it('loads few files, and nothing that computes, for the help of a command', () => {
    const parts = readdirSync(join(root, 'dist/lib')).map((name) => `dist/lib/${name}`);
    const declared = parts.filter((file) => /^\/\/ src\/cli\/commands\/(?!index\.ts)/m.test(read(file)));
    expect(declared.length).toBeGreaterThan(20);
    const loaded = declared.map((file) => [...loadedBy(file)]);
    expect(Math.max(...loaded.map((files) => files.length))).toBeLessThan(30);
    const engine = parts.filter((file) => /^\/\/ src\/(node\/open-model|backend\/ort)\.ts$/m.test(read(file)));
    expect(engine.length).toBeGreaterThan(0);
    expect(loaded.flat().filter((file) => engine.includes(file))).toEqual([]);
  });

  it('has each file of the source once', () => {
    const files = readdirSync(join(root, 'dist/lib')).map((name) => `dist/lib/${name}`);
    const parts = [...files, 'dist/cli/main.js'].flatMap((file) => [
      ...new Set([...read(file).matchAll(/^\/\/ (src\/\S+)$/gm)].map(([, part = '']) => part)),
    ]);
    expect(parts.length).toBeGreaterThan(300);
    expect(parts.filter((part, i) => parts.indexOf(part) !== i)).toEqual([]);
  });

  it('has the declarations that its entries refer to, and no others', () => {
    const files = readdirSync(join(root, 'dist/types'), { recursive: true, withFileTypes: true });
    const found = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
    const kept = [...referredTo(join(root, 'dist/types'))].map((file) => join(root, 'dist/types', file));
    expect(kept.length).toBeGreaterThan(200);
    expect(found.sort()).toEqual(kept.sort());
  });

  it('keeps the files of its threads beside the code that begins them, and finds its assets two folders up', () => {
    const files = readdirSync(join(root, 'dist/lib'));
    expect(files).toEqual(expect.arrayContaining(['session-worker.js', 'picture-worker.js']));
    const text = files.map((file) => read(join('dist/lib', file))).join('\n');
    const addresses = [...text.matchAll(/new URL\("([^"]+)", import\.meta\.url\)/g)].map(([, address = '']) => address);
    expect(addresses.length).toBeGreaterThan(3);
    // Threads have another file in the source, and the page of the studio is built where it is asked for.
    const elsewhere = /\.ts$|^\.\.\/\.\.\/dist\/studio$/;
    const missing = addresses.filter(
      (address) => !elsewhere.test(address) && !existsSync(join(root, 'dist/lib', address)),
    );
    expect(missing).toEqual([]);
    expect(read('dist/cli/main.js')).not.toMatch(/import\.meta\.url/);
  });

  it('maps nothing to sources that it does not have', () => {
    const files = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => file.endsWith('.map'))).toEqual([]);
    for (const file of ['dist/lib/index.js', 'dist/cli/main.js', 'dist/types/index.d.ts'])
      expect(read(file)).not.toMatch(/sourceMappingURL/);
  });
});

describe('constants of modules', () => {
  it.each([
    ['const a = f(g(1));', 'const a = /* @__PURE__ */ (() => (f(g(1))))();'],
    [
      'export const s: Set<string> = new Set([h()]);',
      'export const s: Set<string> = /* @__PURE__ */ (() => (new Set([h()])))();',
    ],
    [
      'const a = { ...b, c: 1 }, d = e.f;',
      'const a = /* @__PURE__ */ (() => ({ ...b, c: 1 }))(), d = /* @__PURE__ */ (() => (e.f))();',
    ],
    ["const a = 1, b = 'c', d = e;", "const a = 1, b = 'c', d = e;"],
    ['const f = () => g();', 'const f = () => g();'],
    ['const a = await f();', 'const a = await f();'],
    ['start();\nfunction f() { const a = g(); }', 'start();\nfunction f() { const a = g(); }'],
  ])('%s is marked where a bundler could not drop it', (source, marked) => {
    expect(withPureConstants(source, 'a.ts')).toBe(marked);
  });
});
