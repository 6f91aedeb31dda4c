import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = resolve(import.meta.dirname, '../src');

/** What the shells stand on: every floor but `graph`. */
const below = [
  ...['base', 'backend', 'nn', 'sde', 'ode', 'data', 'score', 'train', 'sample', 'likelihood', 'discrete'],
  'bridge',
  ...['inverse', 'inverse/operator', 'evaluate', 'io', 'plot'],
];

/** The floors of the house: each folder may import itself and these. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  graph: ['base'],
  backend: ['base', 'graph'],
  nn: ['base', 'graph'],
  sde: ['base'],
  ode: ['base'],
  data: ['base'],
  score: ['base', 'graph', 'backend', 'nn', 'sde', 'discrete'],
  train: ['base', 'backend', 'nn', 'data', 'sde', 'score', 'evaluate'],
  discrete: ['base'],
  bridge: ['base', 'evaluate'],
  sample: ['base', 'sde', 'ode'],
  likelihood: ['base', 'sde', 'ode'],
  'inverse/operator': ['base', 'sde'],
  inverse: ['base', 'sde', 'sample', 'inverse/operator', 'evaluate'],
  evaluate: ['base', 'sde'],
  io: ['base'],
  plot: ['base'],
  catalog: below.filter((floor) => floor !== 'io'),
  run: [...below, 'catalog'],
  model: [...below, 'catalog', 'run'],
  node: [...below, 'catalog', 'run', 'model'],
  web: [...below, 'catalog', 'run', 'model'],
  figure: ['graph', ...below, 'catalog', 'run', 'model'],
  cli: [...below, 'catalog', 'run', 'model', 'node', 'figure'],
  studio: [...below, 'catalog', 'run', 'model', 'web'],
};

/** The files that are the public names: the root, the parts of the library, and the two places where it runs. */
const parts = [
  'bridge',
  'catalog',
  'data',
  'evaluate',
  'graph',
  'inverse',
  'likelihood',
  'nn',
  'sample',
  'sde',
  'train',
];
const entries = ['index', ...parts, 'node', 'web'].map((name) => `${name}.ts`);

/** Packages that only some files may import. */
const packages: Readonly<Record<string, RegExp>> = {
  'onnxruntime-node': /^backend\/(native|onnx-file|ort-node|program-cache|session-pool)\.ts$/,
  'onnxruntime-web/wasm': /^backend\/browser\/ort-web\.ts$/,
  'onnxruntime-web/jspi': /^backend\/browser\/ort-webgpu\.ts$/,
  'onnxruntime-web/webgpu': /^backend\/browser\/ort-webgpu\.ts$/,
  'onnxruntime-common':
    /^(backend\/(native|ort|browser\/ort-browser|ort-device|session)\.ts|node\/training\/environment\.ts)$/,
  commander: /^cli\//,
  valibot: /^(catalog|run)\//,
  yaml: /^catalog\//,
  sharp: /^(data|plot)\//,
  fflate: /^(data|plot)\//,
  preact: /^studio\/.*\.tsx$/,
  'preact/hooks': /^studio\/.*\.tsx$/,
  '@preact/signals': /^studio\//,
};

/** Folders whose files may touch the file system and the process. */
const hostFloors = ['io', 'plot', 'data', 'run', 'node', 'cli'];

/**
 * The file of `base` that reads files for the floors above, and those of the engine that keep programs, begin threads, set the environment,
 * load the native library and advise the allocator.
 */
const hostFiles = [
  ...['base/regular-file.ts', 'backend/program-cache.ts', 'backend/session-pool.ts'],
  ...['backend/telemetry.ts', 'backend/native.ts', 'backend/allocator.ts'],
];

interface Import {
  readonly file: string;
  readonly target: string;
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
const imports: readonly Import[] = files.flatMap((file) => {
  // Examples in comments import the package.
  const text = readFileSync(join(src, file), 'utf8').replaceAll(/^\s*\/\*\*.*?\*\/$/gms, '');
  const found = text.matchAll(/(?:^(?:import|export)\s[^'"]*?from\s|\bimport\()\s*'([^']+)'/gm);
  return [...found].map(([, target = '']) => ({ file, target }));
});
/** A folder of a folder is a floor of its own where the table names it. */
const floorOf = (file: string): string => {
  const [folder = '', inner] = file.split('/');
  return `${folder}/${inner}` in mayImport ? `${folder}/${inner}` : folder;
};
const inside = imports
  .filter(({ target }) => target.startsWith('.'))
  .map(({ file, target }) => ({ file, to: relative(src, join(src, dirname(file), target)) }));

describe('the house', () => {
  it('has the floors of the table and the public names', () => {
    const floors = new Set(files.map(floorOf));
    expect([...floors].sort()).toEqual([...Object.keys(mayImport), ...entries].sort());
  });

  it('imports only from the floors below', () => {
    const wrong = inside.filter(({ file, to }) => {
      const floor = floorOf(file);
      // The entries re-export the library.
      return floor in mayImport && floorOf(to) !== floor && !mayImport[floor]?.includes(floorOf(to));
    });
    // The only file outside the floors is the manifest, which io/version.ts reads as a file.
    expect(wrong).toEqual([]);
  });

  it('is met by at most 80 names', async () => {
    const types = /export (?:type )?\{([^}]*)\}/g;
    const text = readFileSync(join(src, 'index.ts'), 'utf8');
    const named = [...text.matchAll(types)].flatMap(([, names = '']) => names.split(',').filter((name) => name.trim()));
    const errors = Object.keys(await import('../src/base/errors.ts'));
    expect(named.length + errors.length).toBeLessThanOrEqual(80);
  });

  it('has an entry in the manifest for each part', () => {
    const { exports } = JSON.parse(readFileSync(join(src, '../package.json'), 'utf8')) as { exports: object };
    for (const name of parts) expect(Object.keys(exports)).toContain(`./${name}`);
  });

  it('has no cycle of files', () => {
    const edges = new Map<string, string[]>();
    for (const { file, to } of inside) edges.set(file, [...(edges.get(file) ?? []), to]);
    const state = new Map<string, 'open' | 'closed'>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'closed') return;
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' > '));
        return;
      }
      state.set(file, 'open');
      for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
      state.set(file, 'closed');
    };
    files.forEach((file) => visit(file, []));
    expect(cycles).toEqual([]);
  });

  it('uses packages and the host only where they belong', () => {
    const outside = imports.filter(({ target }) => !target.startsWith('.'));
    const wrong = outside.filter(({ file, target }) =>
      target.startsWith('node:')
        ? !hostFloors.includes(floorOf(file)) && !hostFiles.includes(file)
        : !(packages[target]?.test(file) ?? false),
    );
    expect(wrong).toEqual([]);
  });

  it.each([...entries.filter((name) => name !== 'node.ts'), 'catalog', 'model', 'web'])(
    'needs nothing of Node for %s',
    (entry) => {
      const reached = new Set(files.filter((file) => file === entry || file.startsWith(`${entry}/`)));
      for (const file of reached) inside.filter((edge) => edge.file === file).forEach(({ to }) => reached.add(to));
      expect(reached.size).toBeGreaterThan(2);
      expect(imports.filter(({ file, target }) => reached.has(file) && target.startsWith('node:'))).toEqual([]);
      const globals = [...reached].filter((file) =>
        /\bBuffer\.(from|alloc|concat)/.test(readFileSync(join(src, file), 'utf8')),
      );
      expect(globals.filter((file) => floorOf(file) !== 'studio')).toEqual([]);
    },
  );

  it('loads for the help of sample little more than its declaration', () => {
    const reached = new Set(['cli/main.ts', 'cli/commands/sample.ts']);
    const lazy = (file: string, to: string): boolean => {
      const name = to.split('/').at(-1) ?? '';
      return new RegExp(`import\\('[^']*/${name}'\\)`).test(readFileSync(join(src, file), 'utf8'));
    };
    const typeOnly = (file: string, to: string): boolean => {
      const name = to.split('/').at(-1) ?? '';
      return new RegExp(`import type [^;]* from '[^']*/${name}'`).test(readFileSync(join(src, file), 'utf8'));
    };
    for (const file of reached)
      for (const { to } of inside.filter((edge) => edge.file === file))
        if (!lazy(file, to) && !typeOnly(file, to)) reached.add(to);
    const floors = new Set([...reached].map(floorOf));
    for (const heavy of ['graph', 'nn', 'score', 'train', 'model', 'node', 'figure', 'inverse', 'web'])
      expect(floors).not.toContain(heavy);
    for (const file of ['backend/ort-node.ts', 'run/load.ts']) expect(reached).not.toContain(file);
  });

  it('switches on no kind: records build what has a name', () => {
    const switching = files.filter((file) => /switch \([^)]*kind\)/.test(readFileSync(join(src, file), 'utf8')));
    expect(switching).toEqual([]);
  });

  it('takes no axis for 0 or 1 that a tensor does not have: dimensionOf and batchOf throw', () => {
    const silent = /\b(shape|dims)\[[^\]]+\] \?\?/;
    expect(files.filter((file) => silent.test(readFileSync(join(src, file), 'utf8')))).toEqual([]);
    expect(silent.test('const n = x.shape[0] ?? 1;')).toBe(true);
  });

  it('asks for no kind of data by name outside the records of kinds', () => {
    // `points` is a layout too, which users type, and an option of the diagnosis and of shapes; and one function finds the kind that a set names.
    const exceptions: Readonly<Record<string, readonly string[]>> = {
      'data/arrays/layout.ts': ["'points'"],
      'model/evaluation/diagnosis.ts': ["'points'"],
      'model/shapes/shape-model.ts': ["'points'"],
      'data/by-path.ts': ["'points'"],
      'cli/commands/sample.ts': ["'points'"],
      'cli/shapes/sample.ts': ["'points'"],
      'data/dataset.ts': ['set.kind === undefined', '=== set.kind'],
    };
    const named = /'(?:images|points)'/g;
    const compared =
      /\b(?:set|data|summary|reference|samples|read|shown)\??\.kind [!=]== [\w']+|[!=]== (?:\w+\.)*(?:set|data|summary)\.kind\b/g;
    const found = files
      .filter((file) => !/^(?:data\/kinds|catalog\/data-kinds)\//.test(file))
      .flatMap((file) => {
        const code = readFileSync(join(src, file), 'utf8').replaceAll(/\/\*\*.*?\*\/|^\s*\/\/.*$/gms, '');
        const words = [...code.matchAll(named), ...code.matchAll(compared)].map(([word]) => word);
        return words.filter((word) => !exceptions[file]?.includes(word)).map((word) => `${file}: ${word}`);
      });
    expect(found).toEqual([]);
  });

  it('keeps each file to one idea', () => {
    const tables = ['graph/shape-rules.ts', 'graph/evaluate.ts', 'graph/vjp.ts', 'graph/build.ts'];
    const long = files.filter((file) => readFileSync(join(src, file), 'utf8').split('\n').length > 320);
    expect(long.filter((file) => !tables.includes(file))).toEqual([]);
  });
});
