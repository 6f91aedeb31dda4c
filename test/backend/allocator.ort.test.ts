/** @file Memory that a run has freed is there for the next one, without a page fault. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
const child = fileURLToPath(new URL('children/page-faults.ts', import.meta.url));

it.skipIf(header.glibcVersionRuntime === undefined)(
  'a result of 1024 pages takes new ones in few runs (of glibc alone: skipped elsewhere)',
  () => {
    const args = ['--no-incremental-marking', '--import', import.meta.resolve('tsx'), child];
    const env = { ...process.env };
    for (const name of Object.keys(env).filter((key) => /^(GLIBC_TUNABLES$|MALLOC_)/.test(key)))
      Reflect.deleteProperty(env, name);
    expect(Number(execFileSync(process.execPath, args, { env, encoding: 'utf8' }))).toBeLessThan(150);
  },
);
