import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entries, sidebar } from '../docs/.vitepress/sidebar.ts';
import { examplesOf, sources, undocumentedDefaults, undocumentedQuantities } from './tsdoc.ts';

const root = resolve(import.meta.dirname, '..');
const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...pages.map((name) => `docs/${name}`),
];
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const blocks = (name: string, language: string): string[] =>
  [...read(name).matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].flatMap(([, found, code]) =>
    found === language && code !== undefined ? [code] : [],
  );

describe.each(documents)('%s', (name) => {
  it('links to files that are there', () => {
    const text = read(name).replace(/^```[^]*?^```/gm, '');
    const targets = [/\]\(([^)#\s]+)(?:#[^)]*)?\)/g, /^<<< (\S+)/gm, /^<!--@include: (\S+)-->/gm].flatMap((link) =>
      [...text.matchAll(link)].map(([, target = '']) => target),
    );
    const missing = targets.filter((target) => !/^https?:/.test(target) && !isThere(join(dirname(name), target)));
    expect(missing).toEqual([]);
  });
});

/** Pages of `docs/api` are made when the site is built. */
function isThere(path: string): boolean {
  const [, entry] = /^docs\/api\/(.*)\.md$/.exec(path) ?? [];
  return entry === undefined ? existsSync(join(root, path)) : ['commands', ...entries].includes(entry);
}

describe('the documentation site', () => {
  it('has every page in the sidebar, once', () => {
    const listed = sidebar.flatMap(({ items }) => items.map(({ link }) => `${link.slice(1)}.md`));
    expect(listed.toSorted()).toEqual(pages.filter((name) => name !== 'index.md').toSorted());
  });

  it('has every entry of the package in the reference', () => {
    const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, unknown> };
    // docs/browser.md has the two names of scorefield/studio, whose types are those of a page.
    const names = Object.keys(exports).filter((name) => !['./package.json', './studio'].includes(name));
    expect(entries.map((entry) => (entry === 'index' ? '.' : `./${entry}`)).toSorted()).toEqual(names.toSorted());
  });
});

describe('TSDoc', () => {
  it('states the default of every optional field of public options', () => {
    expect(sources().flatMap((path) => undocumentedDefaults(path))).toEqual([]);
  });

  it('states the unit or the range of every optional number of public options, and the shape of every tensor', () => {
    expect(sources().flatMap((path) => undocumentedQuantities(path))).toEqual([]);
  });

  it('finds a number without a unit, where its default does not count, and a tensor without a shape', () => {
    const fields = ['/** Some. 3 steps by default. */ a?: number;', '/** Steps. */ b?: number;'];
    const tensors = ['/** Some. */ c?: Tensor;', '/** `[B]`. */ d?: Tensor;', '/** Some. */ e: number;'];
    const text = `export interface AOptions {\n${[...fields, ...tensors].join('\n')}\n}`;
    expect(undocumentedQuantities('a.ts', text)).toEqual(['a.ts: AOptions.a', 'a.ts: AOptions.c']);
  });

  it('finds a field without one', () => {
    const text =
      'export interface AOptions {\n/** Default 1. */\na?: number;\n/** Some. */\nb?: number;\nc: number;\n}';
    expect(undocumentedDefaults('a.ts', text)).toEqual(['a.ts: AOptions.b']);
  });
});

describe('code of the README, the pages and the source', () => {
  const code = blocks('README.md', 'ts');
  // Programs of the pages, and examples of the source, are compiled with those of the README, which also run.
  const others = [
    ...documents
      .filter((name) => name !== 'README.md')
      .flatMap((name) => blocks(name, 'ts').map((text) => ({ name, text }))),
    ...sources().flatMap((name) => examplesOf(name).map((text) => ({ name, text }))),
  ].filter(({ text }) => /^import /m.test(text) && !/from '\.{1,2}\//.test(text));
  // Inside the repository, so that `scorefield` is this package itself, as it is built.
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(root, '.docs-'));
    code.forEach((text, i) => writeFileSync(join(folder, `block-${i}.ts`), text));
    others.forEach(({ name, text }, i) =>
      writeFileSync(join(folder, `${name.replaceAll(/[^\w]/g, '-')}-${i}.ts`), text),
    );
    // Without the paths of the repository, which lead to the source.
    const config = { extends: '../tsconfig.json', include: ['*.ts'], compilerOptions: { paths: {} } };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is there', () => {
    expect(code.length).toBeGreaterThan(0);
    expect(sources().flatMap(examplesOf).length).toBeGreaterThanOrEqual(45);
  });

  it('of the source is whole programs', () => {
    const parts = sources().flatMap((name) => examplesOf(name).filter((text) => !/^import /m.test(text)));
    expect(parts).toEqual([]);
  });

  it('has the right types', () => {
    const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      encoding: 'utf8',
    });
    expect(tsc.stdout).toBe('');
    expect(tsc.status).toBe(0);
  });

  it('of the source runs where it needs no engine, no data and no browser, and prints something', () => {
    const programs = sources()
      .flatMap(examplesOf)
      .filter((text) => !/from 'scorefield\/(node|web)'/.test(text));
    expect(programs.length).toBeGreaterThan(30);
    programs.forEach((text, i) => writeFileSync(join(folder, `example-${i}.ts`), text));
    const all = programs.map((_, i) => `console.log('example ${i}'); await import('./example-${i}.ts');\n`);
    writeFileSync(join(folder, 'examples.mts'), all.join(''));
    const run = spawnSync(process.execPath, ['--import', 'tsx', join(folder, 'examples.mts')], {
      encoding: 'utf8',
      cwd: folder,
    });
    expect(run.stderr).toBe('');
    expect(run.stdout).not.toMatch(/example \d+\n(example|$)/);
    expect(run.status).toBe(0);
  });

  /** What each block prints. */
  const said = [
    /^$/,
    /step 20 of 20/,
    /300 0\.\d+[^]*Float64Array\(10\)/,
    /step 1500: loss 0\.\d+[^]*256 points in 101 evaluations/,
  ];

  it.each(code.map((_, i) => i))('runs: block %i', (i) => {
    const out = execFileSync(process.execPath, ['--import', 'tsx', join(folder, `block-${i}.ts`)], {
      encoding: 'utf8',
      cwd: folder,
    });
    expect(out).toMatch(said[i] ?? /a block whose words are not listed in this test/);
  });
});

describe('commands of the README', () => {
  const cli = (...args: string[]): string =>
    execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args], { encoding: 'utf8' });
  const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;
  const lines = blocks('README.md', 'sh').flatMap((text) => text.trim().split('\n'));
  const pagesOfHelp = new Map<string, string>();
  const helpOf = (command: string): string => {
    const help = pagesOfHelp.get(command) ?? cli(command, '--help');
    pagesOfHelp.set(command, help);
    return help;
  };

  it.each(lines.filter((line) => line.startsWith('npx scorefield')))('%s', (line) => {
    const [, , command = '', ...rest] = line.split(' ');
    const help = helpOf(command);
    const options = rest.filter((word) => word.startsWith('-'));
    for (const option of options) expect(help).toContain(`${option} `);
  });

  it.each(lines.filter((line) => line.startsWith('npm install')))('%s', (line) => {
    const { peerDependencies } = JSON.parse(read('package.json')) as { peerDependencies: Record<string, string> };
    const [, , , engine = ''] = line.split(' ');
    expect(Object.entries(peerDependencies).map(([name, version]) => `${name}@${version}`)).toContain(engine);
  });

  it.each(lines.filter((line) => /^npm (?!install)/.test(line)))('%s', (line) => {
    const [, script = ''] = /npm (?:run )?(\w+)$/.exec(line) ?? [];
    expect(scripts[script]).toBeDefined();
  });
});
