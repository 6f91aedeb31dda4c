/** @file The small examples: each is short, imports the package alone, and runs as it stands against what is built. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { newFolder } from '../io/folders.ts';

const root = join(import.meta.dirname, '../..');
const folder = newFolder();
// The package is installed beside the programs, and found by its manifest and not by the repository's settings.
mkdirSync(join(folder, 'node_modules'));
symlinkSync(root, join(folder, 'node_modules/scorefield'), 'junction');

/** The demo is a program of several files. */
const demo = /^(demo|score-figure)/;
const examples = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.ts') && !demo.test(name));

/** What each says at its end, or the picture that it leaves. */
const outcomes: Readonly<Record<string, RegExp>> = {
  'classes.ts': /step 20: the first of \d+ points is at/,
  'exact-score.ts': /(29|30|31)\.\d % are left of zero/,
  'inpaint.ts': /PSNR of the mean: [23]\d\./,
  'latents.ts': /^$/,
  'likelihood.ts': /^\d\.\d\d bits\/dim in \d+ evaluations/,
  'own-data.ts': /^600 0\.\d+$/m,
  'own-sampler.ts': /^$/,
  'posterior.ts': /mean of the samples \[ 0\.\d+, 1\.\d+ \]/,
  'sample.ts': /^$/,
  'stream.ts': /stopped: two seconds are over/,
};

describe.each(examples)('examples/%s', (name) => {
  it('is short and imports the package alone', () => {
    const text = readFileSync(join(root, 'examples', name), 'utf8');
    expect(text.split('\n').length).toBeLessThanOrEqual(41);
    const imports = [...text.matchAll(/from '([^']+)'/g)].map(([, target = '']) => target);
    expect(imports.filter((target) => !/^scorefield(\/\w+)?$/.test(target))).toEqual([]);
  });

  it('runs', async () => {
    const text = readFileSync(join(root, 'examples', name), 'utf8');
    const program = join(folder, name.replace('.ts', '.mjs'));
    writeFileSync(program, transformSync(text, { loader: 'ts' }).code);
    const { stdout } = await promisify(execFile)(process.execPath, [program], { cwd: folder });
    expect(outcomes[name]).toBeDefined();
    expect(stdout.trim()).toMatch(outcomes[name] ?? /never/);
  });
});

it('has pictures of those that draw', () => {
  expect(readdirSync(folder)).toEqual(
    expect.arrayContaining(['cats.png', 'moons.png', 'ring.png', 'sheet.png', 'way.png']),
  );
});
