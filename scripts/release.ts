/**
 * @file Releases the version of package.json: checks that nothing is uncommitted, that the version is the same everywhere and CHANGELOG.md
 * has a dated heading for it, runs all tests, and shows what npm would publish. `npx tsx scripts/release.ts` changes nothing; with `--tag`
 * it tags the commit, and the tag, pushed, makes .github/workflows/release.yml publish it.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { version as versionInSource } from '../src/io/version.ts';
import { problemsOf } from './release-checks.ts';

const root = resolve(import.meta.dirname, '..');
const { tag } = parseArgs({ options: { tag: { type: 'boolean', default: false } } }).values;
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** Runs a program to its end, with its output on this terminal. */
function run(program: string, ...args: readonly string[]): void {
  console.log(`> ${[program, ...args].join(' ')}`);
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status ?? String(error)}`);
}

/** What git prints. */
function git(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

const { version } = JSON.parse(read('package.json')) as { version: string };
const problems = problemsOf({
  version,
  versionInSource,
  versionInLock: (JSON.parse(read('package-lock.json')) as { version: string }).version,
  changelog: read('CHANGELOG.md'),
  changes: git('status', '--porcelain'),
  tags: git('tag', '--list').split('\n'),
});
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else {
  run(npm, 'test');
  run(npm, 'run', '-s', 'check:package');
  run(npm, 'publish', '--access', 'public', '--dry-run');
  if (tag) run('git', 'tag', '--annotate', `v${version}`, '--message', `Version ${version}`);
  console.log(tag ? `push the tag: git push origin v${version}` : 'all checks hold; add --tag to release');
}
