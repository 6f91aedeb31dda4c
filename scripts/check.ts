/**
 * @file What must hold besides the tests: the package builds, and format, types and lint are right. Lint takes as long as the others
 * together, and runs beside them; scripts of `package.json` that are named as arguments, such as the tests, follow the build without waiting for it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs scripts of `package.json` one after another, up to the first that fails. */
async function succeed(...scripts: readonly string[]): Promise<boolean> {
  for (const script of scripts) {
    const [code] = (await once(spawn(`npm run -s ${script}`, { shell: true, stdio: 'inherit' }), 'exit')) as [unknown];
    if (code !== 0) return false;
  }
  return true;
}

const results = await Promise.all([
  succeed('lint'),
  succeed('format:check', 'types', 'build', ...process.argv.slice(2)),
]);
process.exitCode = results.every(Boolean) ? 0 : 1;
