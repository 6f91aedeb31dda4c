/** @file What is said of the cells of a table that were missing, from samples of them. */
import { cellText } from './cells.ts';
import { formatCell } from './column.ts';
import type { TableSet } from './table.ts';

/** Samples of rows of a table. */
export interface RowDraws {
  /** `count` samples of the first of the rows, then of the second, … */
  readonly samples: TableSet;
  readonly rows: readonly number[];
  readonly count: number;
}

/** The quantile of numbers in rising order, between two of them in proportion. */
export function quantileOf(sorted: ArrayLike<number>, part: number): number {
  const at = part * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] ?? NaN, sorted[Math.ceil(at)] ?? NaN];
  return low + (at - Math.floor(at)) * (high - low);
}

/**
 * The text of a table with a line for each missing cell of numbers or dates, its median and its quantiles, and a line for each category that a missing cell had in some
 * sample, with its share, the likeliest first. Rows are counted from 1.
 */
export function holesOf(
  { columns, values }: TableSet,
  { samples, rows, count }: RowDraws,
  quantiles: readonly number[],
): string {
  const size = columns.length;
  const lines = rows.flatMap((row, i) =>
    columns.flatMap((column, j) => {
      if (!Number.isNaN(values[row * size + j]!)) return [];
      const drawn = Float64Array.from({ length: count }, (_, k) => samples.values[(i * count + k) * size + j]!);
      const about = [row + 1, cellText(column.name)];
      if (column.type !== 'category') {
        const sorted = drawn.filter((value) => !Number.isNaN(value)).sort();
        const text = (part: number): string => formatCell(column, quantileOf(sorted, part));
        return [[...about, text(0.5), '', ...quantiles.map(text)].join(',')];
      }
      const counts = column.categories.map((_, place) => drawn.filter((own) => own === place).length);
      const order = [...counts.keys()].filter((place) => counts[place]! > 0).sort((a, b) => counts[b]! - counts[a]!);
      return order.map((place) =>
        [...about, cellText(column.categories[place] ?? ''), counts[place]! / count, ...quantiles.map(() => '')].join(
          ',',
        ),
      );
    }),
  );
  return `${['row,column,value,probability', ...quantiles.map((part) => `q${part}`)].join(',')}\n${lines.join('\n')}\n`;
}
