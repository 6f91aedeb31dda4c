/** @file What must hold before a version is released. */

/** What a release is checked against. */
export interface ReleaseState {
  readonly version: string;
  readonly versionInSource: string;
  readonly versionInLock: string;
  readonly changelog: string;
  /** The lines of `git status --porcelain`. */
  readonly changes: string;
  readonly tags: readonly string[];
}

/** What stands in the way of a release, a sentence each; empty if nothing does. */
export function problemsOf(state: ReleaseState): readonly string[] {
  const { version, versionInSource, versionInLock, changelog, changes, tags } = state;
  const heading = changelog.split('\n').find((line) => line.startsWith('## '));
  const checks: readonly (readonly [boolean, string])[] = [
    [changes === '', `there are uncommitted changes:\n${changes}`],
    [versionInSource === version, `src/io/version.ts has ${versionInSource}, package.json ${version}`],
    [versionInLock === version, `package-lock.json has ${versionInLock}, package.json ${version}`],
    [
      heading?.replace(/\(\d{4}-\d\d-\d\d\)$/, '(date)') === `## ${version} (date)`,
      `CHANGELOG.md begins with '${heading ?? ''}', expected '## ${version} (YYYY-MM-DD)'`,
    ],
    [!tags.includes(`v${version}`), `the tag v${version} exists; raise the version`],
  ];
  return checks.flatMap(([holds, problem]) => (holds ? [] : [problem]));
}
