/** @file The text of docs/calibration.md. */
import type { InverseInfo } from '../src/catalog/posterior-samplers/build-posterior-sampler.ts';
import type { Estimate } from '../src/evaluate/estimate.ts';
import type { DirectionCalibration, MethodCalibration } from '../src/figure/calibration-study.ts';
import { table } from './samplers-page.ts';

/** The numbers of docs/images/calibration.json. */
export interface CalibrationNumbers {
  readonly relativeNoise: number;
  readonly truths: number;
  readonly draws: number;
  readonly samples: number;
  readonly settings: Readonly<Record<string, Readonly<Record<string, number | boolean>>>>;
  readonly results: readonly MethodCalibration[];
}

/** The page of all posterior samplers: what they need, and how near they come to exact posteriors. */
export function calibrationPage(list: readonly InverseInfo[], numbers: CalibrationNumbers): string {
  const { relativeNoise, truths, draws, samples, settings, results } = numbers;
  const problems = [...new Set(results.map(({ problem }) => problem))];
  const lines = [
    '# Posterior samplers and their calibration',
    '',
    'A posterior sampler draws x given y = A x + n from the score of the prior. Every method has a name and a factory in the library;',
    'this page measures them all on priors whose posteriors are known in closed form, with exact scores, so that nothing but the',
    'method errs.',
    '',
    ...table(
      ['method', 'what it is', 'source', 'needs', 'heeds noise', 'counts'],
      list.map(({ name, description, citation, needs, heedsNoise, anyNoise }) => [
        `\`${name}\``,
        description,
        citation,
        needs.join(', '),
        heedsNoise ? 'yes' : 'no',
        anyNoise ? 'yes' : 'no',
      ]),
    ),
    '',
    'Needs: a **linear** operator, its singular values (**svd**), the derivative of the score (**vjp**). Counts: takes Poisson noise.',
    '',
    '## Ranking',
    '',
    ...ranking(results, list),
    '',
    '![Coverage of credible intervals by method and problem](images/calibration.svg)',
    '',
    '## How it is measured',
    '',
    `Every method on ${problems.length / 2} operators, under a Gaussian prior of unequal variances and a mixture of three, in 2, 16 and 64 dimensions. The`,
    `SDE is VP; the standard deviation of the noise is ${relativeNoise} of a measured number of white data of variance one. For each of ${truths}`,
    `truths, drawn from the prior and measured, a method draws ${draws} samples; columns give the share of truths inside the central`,
    `${share(results[0]?.measured.coverage50.nominal)} and ${share(results[0]?.measured.coverage90.nominal)} of them, with the chi-square p-value of uniform ranks (simulation-based calibration, ${Math.ceil((draws + 1) / 2)} bins), along a random`,
    `direction of what is measured and along one of all. One standard error of a coverage is at most ${Math.ceil(50 / Math.sqrt(truths))} %.`,
    '',
    `The distance is sliced Wasserstein (p = 2) of ${samples} samples of the first posterior from as many exact ones, with its error over four`,
    'such pairs; a distance is never 0 between finite sets, so that each section gives that of two exact sets. The residual is the root',
    'mean square of (y - A x) / noise over the samples of all truths; samples and truth have one law given y, so that 1 is expected.',
    'Evaluations are counted, those with a derivative too.',
    '',
    ...problems.flatMap((problem) => section(problem, results)),
    '## Settings',
    '',
    'Settings are those of about a hundred evaluations where the defaults take more; PiGDM and MMPS step by SDE-DPM-Solver++(2M) on',
    'a grid even in the log-SNR, which fits exact posteriors better than the ancestral steps of their papers:',
    '',
    ...table(
      ['method', 'settings'],
      Object.entries(settings).map(([name, options]) => [
        `\`${name}\``,
        Object.entries(options)
          .map(([option, value]) => `${option} ${value}`)
          .join(', '),
      ]),
    ),
    '',
    'Numbers, with the rank histograms: [calibration.json](images/calibration.json). To repeat it, in about half an hour of one core:',
    '',
    '```sh',
    'npx tsx scripts/make-calibration.ts --measure calibration',
    '```',
  ];
  return `${lines.join('\n')}\n`;
}

/** How far a method is from exact over many problems. */
interface Rank {
  readonly method: string;
  readonly problems: number;
  /** Geometric means of distance / floor. */
  readonly gaussian: number;
  readonly mixture: number;
  readonly all: number;
  readonly missed50: number;
  readonly missed90: number;
  readonly rejected: number;
  readonly tests: number;
  readonly residual: number;
  readonly evaluations: number;
}

/** p-values below this reject uniform ranks. */
const significance = 0.01;

/** Methods by their distances from exact posteriors, the nearest first. */
export function ranks(results: readonly MethodCalibration[], list: readonly InverseInfo[]): readonly Rank[] {
  const found = list.map(({ name }): Rank => {
    const rows = results.filter(({ method }) => method === name);
    const ratio = (of: readonly MethodCalibration[]): number =>
      Math.exp(mean(of.map(({ distance, floor }) => Math.log(distance.value / floor.value))));
    const family = (word: string): readonly MethodCalibration[] =>
      rows.filter(({ problem }) => problem.startsWith(word));
    const directions = rows.flatMap(({ measured, anywhere }) => [measured, anywhere]);
    const missed = (of: 'coverage50' | 'coverage90'): number =>
      mean(directions.map((one) => Math.abs(one[of].covered - one[of].nominal)));
    return {
      method: name,
      problems: rows.length,
      gaussian: ratio(family('Gaussian')),
      mixture: ratio(family('mixture')),
      all: ratio(rows),
      missed50: missed('coverage50'),
      missed90: missed('coverage90'),
      rejected: directions.filter(({ rankPValue }) => rankPValue < significance).length,
      tests: directions.length,
      residual: mean(rows.map((row) => row.residual.value)),
      evaluations: mean(rows.map((row) => row.evaluations)),
    };
  });
  return found.toSorted((a, b) => a.all - b.all);
}

function ranking(results: readonly MethodCalibration[], list: readonly InverseInfo[]): readonly string[] {
  const rows = ranks(results, list);
  const most = Math.max(...rows.map(({ problems }) => problems));
  const tests = Math.max(...rows.map((row) => row.tests));
  return [
    `By the distance from the exact posterior over that of two exact sets, as a geometric mean over ${most} problems; 1 is exact. Misses are`,
    'mean distances of the coverage from what it should be, in points, of which chance alone makes about ' +
      `${Math.round(100 * Math.sqrt(2 / Math.PI) * mean(results.map((one) => one.measured.coverage50.standardError)))} and ${Math.round(100 * Math.sqrt(2 / Math.PI) * mean(results.map((one) => one.measured.coverage90.standardError)))}; uniform ranks are rejected at`,
    `p < ${significance}, which exact samplers are in 1 % of ${tests} tests.`,
    '',
    ...table(
      ['method', 'Gaussians', 'mixtures', 'miss of 50 %', 'of 90 %', 'ranks rejected', 'residual (1)', 'evaluations'],
      rows.map((row) => [
        `\`${row.method}\``,
        row.gaussian.toFixed(2),
        row.mixture.toFixed(2),
        (100 * row.missed50).toFixed(0),
        (100 * row.missed90).toFixed(0),
        `${row.rejected} of ${row.tests}`,
        row.residual.toFixed(2),
        row.evaluations.toFixed(0),
      ]),
      'right',
    ),
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}

function section(problem: string, results: readonly MethodCalibration[]): readonly string[] {
  const rows = results.filter((result) => result.problem === problem);
  const [first] = rows;
  if (first === undefined) return [];
  return [
    `### ${problem.replace(/^./, (letter) => letter.toUpperCase())}`,
    '',
    `Two exact sets are ${withError(first.floor)} apart.`,
    '',
    ...table(
      ['method', 'evaluations', 'distance', 'residual', 'measured: 50 %, 90 %', 'p', 'all: 50 %, 90 %', 'p'],
      rows.map(({ method, evaluations, distance, residual, measured, anywhere }) => [
        `\`${method}\``,
        String(Math.round(evaluations)),
        withError(distance),
        `${residual.value.toFixed(2)} ± ${residual.standardError.toFixed(2)}`,
        ...calibrationCells(measured),
        ...calibrationCells(anywhere),
      ]),
      'right',
    ),
    '',
  ];
}

function withError({ value, standardError }: Estimate): string {
  return `${value.toFixed(3)} ± ${standardError.toFixed(3)}`;
}

function calibrationCells({ coverage50, coverage90, rankPValue }: DirectionCalibration): readonly [string, string] {
  const p = rankPValue < 1e-3 ? '< 0.001' : rankPValue.toFixed(3);
  return [`${share(coverage50.covered)}, ${share(coverage90.covered)}`, p];
}

function share(value = NaN): string {
  return `${Math.round(100 * value)} %`;
}
