import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { version } from '../../src/io/version.ts';

it('is that of the package', () => {
  const manifest = readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8');
  expect((JSON.parse(manifest) as { version: string }).version).toBe(version);
});
