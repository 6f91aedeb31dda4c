/** @file What a browser loads: the entry points that are promised to it must not reach anything of Node. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const src = resolve(import.meta.dirname, '../src');

/** Modules that a file loads, statically or by `import()`; imports of types are gone when the program runs. */
function loadedBy(file: string): readonly string[] {
  // Examples in comments import the package.
  const text = readFileSync(join(src, file), 'utf8').replaceAll(/^\s*\/\*\*.*?\*\/$/gms, '');
  const found = text.matchAll(
    /(?:^(?:import|export)\s(?!type\s)[^'"]*?from\s|^import\s|(?<!typeof )\bimport\()\s*'([^']+)'/gm,
  );
  return [...found].map(([, target = '']) => target);
}

/** Packages in reach of an entry, each with the files that lead to it. */
function packagesOf(entry: string): ReadonlyMap<string, string> {
  const ways = new Map([[entry, entry]]);
  const packages = new Map<string, string>();
  for (const [file, way] of ways)
    for (const target of loadedBy(file)) {
      const to = target.startsWith('.') ? relative(src, join(src, dirname(file), target)) : undefined;
      if (to === undefined) packages.set(target, way);
      else if (!ways.has(to)) ways.set(to, `${way} > ${to}`);
    }
  return packages;
}

it.each([
  ['index.ts', []],
  ['web.ts', ['fflate', 'onnxruntime-web/jspi', 'onnxruntime-web/wasm', 'onnxruntime-web/webgpu', 'valibot']],
] as const)('%s loads no packages but %j', (entry, known) => {
  const others = [...packagesOf(entry)].filter(([name]) => !(known as readonly string[]).includes(name));
  expect(Object.fromEntries(others)).toEqual({});
});

it('sees what an entry for Node loads', () => {
  const packages = packagesOf('node.ts');
  expect([...packages.keys()]).toEqual(expect.arrayContaining(['node:fs', 'node:worker_threads', 'sharp']));
  expect(packages.get('sharp')).toMatch(/^node\.ts > .*\.ts$/);
});

it('is all in the import map of docs/browser.md, but for builds that are loaded when they are used', () => {
  const text = readFileSync(resolve(src, '../docs/browser.md'), 'utf8');
  const [, map = ''] = /<script type="importmap">([^<]*)</.exec(text) ?? [];
  const { imports } = JSON.parse(map) as { imports: Record<string, string> };
  const missing = [...packagesOf('web.ts').keys()].filter((name) => !(name in imports));
  expect(missing.sort()).toEqual(['onnxruntime-web/jspi', 'onnxruntime-web/webgpu']);
  const gone = Object.values(imports).filter((file) => {
    const own = file
      .replace('/node_modules/scorefield/dist/lib/studio.js', '/src/studio/entry.js')
      .replace('/node_modules/scorefield/dist/lib/', '/src/')
      .replace(/(\/src\/.*)\.js$/, '$1.ts');
    return !existsSync(resolve(src, `..${own}`));
  });
  expect(gone).toEqual([]);
});
