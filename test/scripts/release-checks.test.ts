import { expect, it } from 'vitest';
import { problemsOf } from '../../scripts/release-checks.ts';

const sound = {
  version: '1.2.0',
  versionInSource: '1.2.0',
  versionInLock: '1.2.0',
  changelog: '# Changelog\n\n## 1.2.0 (2027-01-31)\n\n- new\n\n## 1.1.0 (2026-12-01)\n',
  changes: '',
  tags: ['v1.1.0'],
};

it('a release with everything in place has no problem', () => {
  expect(problemsOf(sound)).toEqual([]);
});

it.each([
  [{ changes: ' M README.md' }, /uncommitted changes:\n M README\.md/],
  [{ versionInSource: '1.1.0' }, /version\.ts has 1\.1\.0/],
  [{ versionInLock: '1.1.0' }, /package-lock\.json has 1\.1\.0/],
  [{ changelog: '## 1.2.0 (unreleased)' }, /begins with '## 1\.2\.0 \(unreleased\)', expected '## 1\.2\.0 \(YYYY/],
  [{ tags: ['v1.2.0'] }, /the tag v1\.2\.0 exists/],
])('says what is wrong with %j', (change, problem) => {
  const problems = problemsOf({ ...sound, ...change });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(problem);
});
