import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { calibrationPage, type CalibrationNumbers } from '../../scripts/calibration-page.ts';
import { key } from '../../src/base/key.ts';
import { inverseList } from '../../src/catalog/posterior-samplers/build-posterior-sampler.ts';
import { whyNot } from '../../src/catalog/restorations/inverse-tasks.ts';
import { calibrationProblems } from '../../src/figure/calibration-problems.ts';
import { calibrationStudy } from '../../src/figure/calibration-study.ts';

const docs = resolve(import.meta.dirname, '../../docs');
const file = readFileSync(join(docs, 'images/calibration.json'), 'utf8');
const { numbers } = JSON.parse(file) as { numbers: CalibrationNumbers };

it('the page contains its numbers; `npx tsx scripts/make-calibration.ts` makes it', () => {
  expect(readFileSync(join(docs, 'calibration.md'), 'utf8')).toBe(calibrationPage(inverseList, numbers));
});

it('the numbers are of every method on every problem, and the settings known ones', () => {
  const problems = calibrationProblems(key(0));
  const pairs = problems.flatMap(({ name: problem, operator }) =>
    inverseList.filter(({ name }) => whyNot(name, operator) === undefined).map(({ name }) => `${problem}: ${name}`),
  );
  expect(numbers.results.map(({ problem, method }) => `${problem}: ${method}`)).toEqual(pairs);
  expect(Object.keys(numbers.settings)).toEqual(inverseList.map(({ name }) => name));
});

it('distinguishes a method that uses the likelihood from one that finds a mode', async () => {
  const problems = calibrationProblems(key(1)).slice(1, 2);
  const options = { key: key(1), truths: 60, draws: 9, samples: 50, problems, methods: ['pigdm', 'red-diff'] };
  const [right, wrong] = await calibrationStudy(options);
  // Four standard errors of 60 truths; a mode is never as wide as a posterior.
  for (const { coverage50, coverage90, rankPValue } of [right!.measured, right!.anywhere]) {
    expect(Math.abs(coverage50.covered - coverage50.nominal)).toBeLessThan(4 * coverage50.standardError);
    expect(Math.abs(coverage90.covered - coverage90.nominal)).toBeLessThan(4 * coverage90.standardError);
    expect(rankPValue).toBeGreaterThan(1e-3);
  }
  expect(wrong!.measured.coverage50.covered).toBeLessThan(0.3);
  expect(wrong!.measured.rankPValue).toBeLessThan(1e-6);
  expect(right!.evaluations).toBe(102);
  expect(right!.distance.value).toBeLessThan(wrong!.distance.value);
  // 1 is expected, and the residuals of 60 truths spread.
  expect(Math.abs(right!.residual.value - 1)).toBeLessThan(4 * right!.residual.standardError + 0.1);
});
