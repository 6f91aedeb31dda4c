import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/networks.md',
  'docs/gallery.md',
  'docs/samplers.md',
  'docs/inverse-problems.md',
  'docs/calibration.md',
  'docs/restoration.md',
  'docs/export.md',
  'docs/browser.md',
];
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const blocks = (name: string, language: string): string[] =>
  [...read(name).matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].flatMap(([, found, code]) =>
    found === language && code !== undefined ? [code] : [],
  );

describe.each(documents)('%s', (name) => {
  it('links to files that are there', () => {
    const targets = [...read(name).matchAll(/\]\(([^)#]+)\)/g)].map(([, target = '']) => target);
    const missing = targets.filter(
      (target) => !/^https?:/.test(target) && !existsSync(join(root, dirname(name), target)),
    );
    expect(missing).toEqual([]);
  });
});

describe('code of the README', () => {
  const code = blocks('README.md', 'ts');
  // Inside the repository, so that `scorefield` is this package itself, as it is built.
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(root, '.docs-'));
    code.forEach((text, i) => writeFileSync(join(folder, `block-${i}.ts`), text));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is there', () => expect(code.length).toBeGreaterThan(0));

  it('has the right types', () => {
    const config = { extends: '../tsconfig.json', include: ['*.ts'], compilerOptions: { noEmit: true } };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const run = (): Buffer =>
      execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    expect(run).not.toThrow();
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

  it.each(lines.filter((line) => line.startsWith('npx scorefield')))('%s', (line) => {
    const [, , command = '', ...rest] = line.split(' ');
    const help = cli(command, '--help');
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
