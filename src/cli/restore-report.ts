/** @file What `scorefield restore` says: the numbers of every picture, and the lists of tasks and methods. */
import { inverseList } from '../catalog/inverse.ts';
import { taskList } from '../catalog/inverse-tasks.ts';
import { meanEstimate } from '../evaluate/estimate.ts';
import { qualities, type Method, type Quality, type Restoration } from './restoration.ts';
import type { Subjects } from './restore-input.ts';
import { duration, plural, table, type Terminal } from './shell/terminal.ts';

/** The numbers of all reconstructions. */
export interface Report {
  readonly columns: Readonly<Record<string, readonly Quality[]>>;
  readonly images: readonly object[];
}

/** The numbers of every picture, by column and by image. */
export function reportOf({ measurement, truth, rows }: Subjects, restoration: Restoration): Report {
  const { samples, means, spreads, baselines, tvWeights } = restoration;
  const judge = (x: Restoration['means']): readonly Quality[] => qualities(x, measurement, truth);
  const byName = Object.fromEntries(Object.entries(baselines).map(([name, x]) => [name, judge(x)]));
  const columns = { ...byName, mean: judge(means), samples: judge(samples) };
  const n = columns.samples.length / rows.length;
  const size = spreads.data.length / rows.length;
  const images = rows.map((row, i) => {
    const own = spreads.data.subarray(i * size, (i + 1) * size);
    return {
      index: row,
      mean: columns.mean[i],
      samples: columns.samples.slice(i * n, (i + 1) * n),
      spread: Math.sqrt(own.reduce((sum, value) => sum + value * value, 0) / size),
      baselines: Object.fromEntries(Object.entries(byName).map(([name, of]) => [name, of[i]])),
      totalVariationWeight: tvWeights[i],
    };
  });
  return { columns, images };
}

/** What is told of a restoration. */
export interface Told {
  readonly restoration: Restoration;
  readonly columns: Report['columns'];
  readonly sheet: string | undefined;
  readonly method: Method;
  readonly n: number;
}

/** Prints averages over images and samples. */
export function tell(out: Terminal, { restoration, columns, sheet = '', method, n }: Told): void {
  const { evals, seconds, means } = restoration;
  const images = plural(means.shape[0] ?? 0, 'image');
  const each = meanEstimate(evals).value.toFixed(0);
  out.line(
    `${plural(n, 'sample')} of ${images} by ${method.name} in ${duration(seconds)}, ${each} network evaluations each`,
  );
  const average = (of: readonly Quality[], what: keyof Quality): number =>
    meanEstimate(of.map((one) => one[what] ?? NaN)).value;
  const parts = [
    ['psnr', (value: number) => `PSNR ${value.toFixed(2)} dB`],
    ['ssim', (value: number) => `SSIM ${value.toFixed(3)}`],
    ['residual', (value: number) => `|y - A x| / sigma ${value.toFixed(2)}`],
  ] as const;
  const rows = Object.entries(columns).map(([name, of]) => {
    const numbers = parts.flatMap(([what, words]) => {
      const value = average(of, what);
      return Number.isNaN(value) ? [] : [words(value)];
    });
    return [name, numbers.join('  ')] as const;
  });
  out.line(table(Object.fromEntries(rows)));
  out.line(`side by side: ${sheet}`);
}

/** Prints every task and every method. */
export function listMethods(out: Terminal, json: boolean): void {
  out.result({ tasks: taskList, methods: inverseList });
  if (json) return;
  const needs = { linear: '', svd: 'singular values', vjp: 'derivatives of the score' } as const;
  const methods = inverseList.map(({ name, description, citation, needs: own, takes, heedsNoise: heeds, anyNoise }) => {
    const what = own.map((need) => needs[need]).filter((word) => word !== '');
    const notes = [
      ...(what.length > 0 ? [`needs ${what.join(' and ')}`] : []),
      ...(heeds ? [] : ['does not ask for the noise']),
      ...(anyNoise ? ['takes counts'] : []),
      ...(takes.length > 0 ? [`--set ${takes.join(', ')}`] : []),
    ];
    return [name, `${description} (${citation})\n${' '.repeat(19)}${notes.join('; ')}`] as const;
  });
  const tasks = taskList.map(({ name, description, takes }) => {
    const own = Object.entries(takes)
      .map(([option, value]) => `--${option} (${String(value)})`)
      .join(', ');
    return [name, `${description}${own === '' ? '' : `; ${own}`}`] as const;
  });
  out.line(`Tasks (--task):\n${table(Object.fromEntries(tasks))}\n`);
  out.line(
    `Methods (--method; ddrm, or diffpir where it lacks singular values, unless another is asked for):\n${table(Object.fromEntries(methods))}`,
  );
}
