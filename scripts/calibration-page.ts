/** @file The text of docs/calibration.md. */
import type { InverseInfo } from '../src/config/inverse.ts';
import type { DirectionCalibration, MethodCalibration } from '../src/figure/calibration-study.ts';
import { table } from './samplers-page.ts';

/** The numbers of docs/images/gallery/calibration.json. */
export interface CalibrationNumbers {
  readonly noiseStd: number;
  readonly truths: number;
  readonly draws: number;
  readonly samples: number;
  readonly settings: Readonly<Record<string, Readonly<Record<string, number | boolean>>>>;
  readonly results: readonly MethodCalibration[];
}

/** The page of all posterior samplers: what they need, and how near they come to exact posteriors. */
export function calibrationPage(list: readonly InverseInfo[], numbers: CalibrationNumbers): string {
  const { noiseStd, truths, draws, samples, settings, results } = numbers;
  const problems = [...new Set(results.map(({ problem }) => problem))];
  const lines = [
    '# Posterior samplers and their calibration',
    '',
    'A posterior sampler draws x given y = A x + n from the score of the prior. Every method has a name and a factory in the library;',
    'this page measures them all on priors whose posteriors are known in closed form, with exact scores, so that nothing but the',
    'method errs.',
    '',
    ...table(
      ['method', 'what it is', 'source', 'needs', 'heeds noise'],
      list.map(({ name, description, citation, needs, heedsNoise }) => [
        `\`${name}\``,
        description,
        citation,
        needs.join(', '),
        heedsNoise ? 'yes' : 'no',
      ]),
    ),
    '',
    'Needs: a **linear** operator, its singular values (**svd**), the derivative of the score (**vjp**).',
    '',
    '![Coverage of credible intervals by method and problem](images/gallery/calibration.svg)',
    '',
    `The SDE is VP, and the noise of the measurement has standard deviation ${noiseStd}. For each of ${truths} truths, drawn from the prior and`,
    `measured, a method draws ${draws} samples; columns give the share of truths inside the central 50 % and 90 % of them (with ${draws}`,
    `draws, ${share(results[0]?.measured.coverage50.nominal)} and ${share(results[0]?.measured.coverage90.nominal)}), with the p-value of uniform ranks (simulation-based calibration), along a random direction`,
    `of what is measured and along one of all. The distance is sliced Wasserstein (p = 2) of ${samples} samples of the first posterior from as`,
    'many exact ones; the residual is the root mean square of (y - A x) / noise. Evaluations are counted, those with a derivative too.',
    `One standard error of a coverage is at most ${Math.ceil(50 / Math.sqrt(truths))} %.`,
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
    'Numbers, with the rank histograms: [calibration.json](images/gallery/calibration.json). To repeat it:',
    '',
    '```sh',
    'npx tsx scripts/make-gallery.ts calibration',
    'npx tsx scripts/make-calibration.ts',
    '```',
  ];
  return `${lines.join('\n')}\n`;
}

function section(problem: string, results: readonly MethodCalibration[]): readonly string[] {
  const rows = results.filter((result) => result.problem === problem);
  const [first] = rows;
  if (first === undefined) return [];
  const exact = `two exact sets are ${fixed(first.floor.value)} ± ${fixed(first.floor.standardError)} apart, and the residual of the exact posterior is ${first.exactResidual.toFixed(2)}`;
  return [
    `## ${problem.replace(/^./, (letter) => letter.toUpperCase())}`,
    '',
    `Here ${exact}.`,
    '',
    ...table(
      ['method', 'evaluations', 'distance', 'residual', 'measured: 50 %, 90 %', 'p', 'all: 50 %, 90 %', 'p'],
      rows.map(({ method, evaluations, distance, residual, measured, anywhere }) => [
        `\`${method}\``,
        String(Math.round(evaluations)),
        `${fixed(distance.value)} ± ${fixed(distance.standardError)}`,
        residual.toFixed(2),
        ...calibrationCells(measured),
        ...calibrationCells(anywhere),
      ]),
      'right',
    ),
    '',
  ];
}

function calibrationCells({ coverage50, coverage90, rankPValue }: DirectionCalibration): readonly [string, string] {
  const p = rankPValue < 1e-3 ? '< 0.001' : rankPValue.toFixed(3);
  return [`${share(coverage50.covered)}, ${share(coverage90.covered)}`, p];
}

function share(value = NaN): string {
  return `${Math.round(100 * value)} %`;
}

function fixed(value: number): string {
  return value.toFixed(3);
}
