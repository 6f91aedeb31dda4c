/** @file What the page of the calibration found of each posterior sampler, on problems whose posteriors are known exactly. */

/** A row of the ranking. */
export interface Calibration {
  readonly method: string;
  /** Distance from the exact posterior over that of two exact sets, on Gaussian priors and on mixtures; 1 is exact. */
  readonly gaussians: number;
  readonly mixtures: number;
  /** How far the central 50 % and 90 % of the samples are from containing as many truths, in points. */
  readonly miss50: number;
  readonly miss90: number;
  /** Tests of uniform ranks that reject the samples, of `tests`. */
  readonly rejected: number;
  readonly tests: number;
  /** Root mean square of what is left of the measurement over its noise; 1 is right. */
  readonly residual: number;
}

/**
 * The rows of the ranking of the page of the calibration, in Markdown.
 * @throws Error if it has none.
 */
export function rankingOf(markdown: string): readonly Calibration[] {
  const [, section = ''] = /\n## Ranking\n(.*?)\n## /s.exec(markdown) ?? [];
  const rows = [...section.matchAll(/^\| `([\w-]+)` +\|(.*)\|$/gm)].map(([, method = '', cells = '']): Calibration => {
    const [gaussians, mixtures, miss50, miss90, rejected, residual] = cells.split('|');
    const [, of, tests] = /(\d+) of (\d+)/.exec(rejected ?? '') ?? [];
    const numbers = [gaussians, mixtures, miss50, miss90, of, tests, residual].map(Number);
    if (!numbers.every(Number.isFinite)) throw new Error(`the ranking of ${method} is not seven numbers: ${cells}`);
    const [a = NaN, b = NaN, c = NaN, d = NaN, e = NaN, f = NaN, g = NaN] = numbers;
    return { method, gaussians: a, mixtures: b, miss50: c, miss90: d, rejected: e, tests: f, residual: g };
  });
  if (rows.length === 0) throw new Error('the page of the calibration has no ranking');
  return rows;
}

/** The build of the page writes the ranking in its place; elsewhere there is none. */
const calibrationOf: (strings: TemplateStringsArray) => readonly Calibration[] = () => [];

/** The ranking. */
export const calibration: readonly Calibration[] = calibrationOf``;

/** A sentence on how far the samples of a method can be trusted. */
export function verdict({ rejected, tests, residual, miss90 }: Calibration): string {
  const numbers = `ranks rejected in ${rejected} of ${tests} tests, 90 % intervals off by ${miss90} points, residual ${residual} (1 is right)`;
  if (rejected === 0) return `Spreads as the exact posterior does: ${numbers}.`;
  if (residual < 0.5) return `Too sure of itself, as it takes the noise for signal: ${numbers}.`;
  if (residual > 1.2) return `Fits the measurement too loosely: ${numbers}.`;
  return `Near the posterior, its spread a little off: ${numbers}.`;
}
