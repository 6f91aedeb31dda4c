/** @file What `--json` prints. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { terminal } from '../../src/cli/shell/terminal.ts';

it('numbers that are not finite are texts in the result, and never null', () => {
  const printed: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  terminal({ json: true }).result({ psnr: Infinity, error: [NaN, { low: -Infinity }], card: null });
  write.mockRestore();
  expect(printed).toEqual(['{"psnr":"Infinity","error":["NaN",{"low":"-Infinity"}],"card":null}\n']);
});

it('no other JSON than that leaves commands and figures', () => {
  // It shows a value of a data set.
  const allowed = ['commands/info.ts'];
  for (const folder of ['cli', 'figure']) {
    const root = fileURLToPath(new URL(`../../src/${folder}/`, import.meta.url));
    const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const plain = sources.filter((name) => readFileSync(join(root, name), 'utf8').includes('JSON.stringify'));
    expect(plain.filter((name) => !allowed.includes(name))).toEqual([]);
  }
});
