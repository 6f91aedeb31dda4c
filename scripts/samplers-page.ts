/** @file The text of docs/samplers.md. */
import type { SamplerInfo } from '../src/catalog/samplers/build-sampler.ts';
import type { QualityStudy, SamplerQuality } from '../src/figure/sampler-quality.ts';
import type { SolverOrder } from './solver-orders.ts';

/** The numbers behind the page, as its JSON files hold them. */
export interface SamplersPage {
  readonly list: readonly SamplerInfo[];
  readonly quality: QualityStudy;
  readonly orders: readonly SolverOrder[];
  readonly budgets: readonly number[];
}

/** The page of all named samplers: what they cost, and how fast their errors fall. */
export function samplersPage({ list, quality, orders, budgets }: SamplersPage): string {
  const { floor } = quality;
  const most = floor.mean + 2 * floor.standardDeviation;
  const unordered = list
    .filter(({ name }) => orders.every(({ sampler }) => sampler !== name))
    .map(({ name }) => `\`${name}\``);
  const lines = [
    '# Samplers',
    '',
    'Every sampler has a name on the command line (`scorefield sample RUN --sampler NAME --nfe N`) and a factory in the library;',
    'this page measures them all with exact scores, so that nothing but the sampler errs.',
    '',
    ...table(
      ['sampler', 'method', 'source'],
      list.map(({ name, description, citation }) => [`\`${name}\``, description, citation]),
    ),
    '',
    '## Quality for a number of evaluations',
    '',
    '![Sliced Wasserstein distance against evaluations of the score](images/gallery/nfe-quality.svg)',
    '',
    `Sliced Wasserstein distance (p = 1, ${quality.projections} directions) of ${quality.samples} samples from as many exact ones, with its standard error over`,
    'samples: eight Gaussians of standard deviation 0.1 on a circle of radius 1.4, of weights 1 to 8, under the VP SDE. The last',
    `denoising is one of the evaluations. Two exact sets are ${fixed(floor.mean)} apart, with a standard deviation of ${fixed(floor.standardDeviation)}; **bold** is within two of`,
    'them. All samplers share keys, directions and the exact set. Samplers that choose their steps stand in the column whose',
    'budget they keep, with the mean of their evaluations in parentheses.',
    '',
    ...table(
      ['sampler', ...budgets.map(String)],
      list.map(({ name, evaluationsPerStep }) => {
        const measured = quality.samplers.find(({ sampler }) => sampler === name);
        return [
          `\`${name}\``,
          ...budgets.map((_, i) => cell(measured, { budgets, i, most, adaptive: evaluationsPerStep === undefined })),
        ];
      }),
      'right',
    ),
    '',
    'Numbers: [nfe-quality.json](images/gallery/nfe-quality.json).',
    '',
    '## Orders of convergence',
    '',
    '![Error against steps of all solvers](images/solver-orders.svg)',
    '',
    'The order p of a solver is that of its error, steps^-p. Solvers of the probability flow are compared with its exact ends for a',
    'mixture of three Gaussians, as a root mean square over 32 samples; those of the reverse SDE are weak, in the variance of',
    'what they draw for Gaussian data, which follows exactly from the normal numbers that they take. Steps are even in log-SNR;',
    'measured orders are slopes over four numbers of steps, with the standard error of the straight line. Solvers that choose',
    'their steps are measured over falling tolerances.',
    '',
    ...table(
      ['solver', 'sampler', 'equation', 'evaluations per step', 'theory', 'measured'],
      orders.map((one) => [
        one.solver,
        one.sampler === null ? '' : `\`${one.sampler}\``,
        one.solves,
        String(one.evaluationsPerStep),
        String(one.theory),
        `${fixed(one.measured)} ± ${fixed(one.standardError)}`,
      ]),
    ),
    '',
    'The stochastic Runge-Kutta method has strong order 1.5 besides. The samplers',
    unordered.join(', '),
    'have no order of their own: they step at one noise level, contain such steps, or choose steps for a random path.',
    '',
    'Numbers: [solver-orders.json](images/solver-orders.json). To repeat both:',
    '',
    '```sh',
    'npx tsx scripts/make-gallery.ts nfe-quality',
    'npx tsx scripts/make-samplers.ts',
    '```',
  ];
  return `${lines.join('\n')}\n`;
}

interface Cell {
  readonly budgets: readonly number[];
  readonly i: number;
  /** Distances up to this one cannot be distinguished from those of exact sets. */
  readonly most: number;
  readonly adaptive: boolean;
}

/** The measurement of the largest cost that a budget holds and the budget before it does not. */
function cell(measured: SamplerQuality | undefined, { budgets, i, most, adaptive }: Cell): string {
  const [before, budget] = [budgets[i - 1] ?? 0, budgets[i] ?? 0];
  const found = measured?.points.findLast(({ nfe }) => nfe > before && nfe <= budget);
  if (found === undefined) return '–';
  const value = `${fixed(found.distance)} ± ${fixed(found.standardError)}`;
  const text = found.distance <= most ? `**${value}**` : value;
  return adaptive ? `${text} (${Math.round(found.nfe)})` : text;
}

function fixed(value: number): string {
  return value.toFixed(3);
}

/** A Markdown table as prettier writes it. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: 'left' | 'right' = 'left',
): readonly string[] {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? '').length)));
  const pad = (text: string, column: number): string => {
    const width = widths[column] ?? 0;
    return align === 'right' && column > 0 ? text.padStart(width) : text.padEnd(width);
  };
  const line = (row: readonly string[]): string => `| ${row.map(pad).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    align === 'right' && column > 0 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)];
}
