/** @file What is in the columns of a table. */
import { printable } from '../../base/printable.ts';
import { short } from '../../base/words.ts';
import type { SetFacts } from '../kinds/set-kind.ts';
import { formatCell, type Column } from './column.ts';
import type { TableSet } from './table.ts';

/** The values of a column that are there. */
export function presentValues({ columns, values }: Pick<TableSet, 'columns' | 'values'>, j: number): Float64Array {
  const own = new Float64Array(values.length / columns.length);
  let count = 0;
  for (let at = j; at < values.length; at += columns.length) if (!Number.isNaN(values[at]!)) own[count++] = values[at]!;
  return own.subarray(0, count);
}

/** Range and moments of the numbers, and a line on each column. */
export function factsOf(set: TableSet): SetFacts {
  const { columns, count } = set;
  const present = columns.map((_, j) => presentValues(set, j));
  const entries = columns.map((column, j) => {
    const own = present[j] ?? new Float64Array(0);
    const gaps = own.length < count ? `, ${count - own.length} missing` : '';
    return [column.name, `${wordsOf(column, own)}${gaps}`] as const;
  });
  const numbers = present.filter((_, j) => columns[j]?.type === 'number');
  const means = numbers.map((own) => own.reduce((sum, value) => sum + value / own.length, 0));
  const all = numbers.map(
    (own) => [own.reduce((a, b) => Math.min(a, b), Infinity), own.reduce((a, b) => Math.max(a, b), -Infinity)] as const,
  );
  return {
    range: [Math.min(...all.map(([low]) => low)), Math.max(...all.map(([, high]) => high))],
    mean: means,
    std: numbers.map((own, j) =>
      Math.sqrt(own.reduce((sum, value) => sum + (value - (means[j] ?? 0)) ** 2 / own.length, 0)),
    ),
    columns: Object.fromEntries(entries),
  };
}

function wordsOf(column: Column, present: Float64Array): string {
  if (column.type === 'category') {
    const { categories, shares } = column;
    const order = [...categories.keys()].sort((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0));
    const some = order
      .slice(0, 4)
      .map((place) => `${printable(categories[place] ?? '')} ${(100 * (shares[place] ?? 0)).toFixed(0)} %`);
    return `category, ${categories.length} in all: ${some.join(', ')}${categories.length > 4 ? ', …' : ''}`;
  }
  const [low, high] = [
    present.reduce((a, b) => Math.min(a, b), Infinity),
    present.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  const range = `${formatCell(column, low)} to ${formatCell(column, high)}`;
  if (column.type === 'date') return `date, ${range}, ${column.transform.name}`;
  const mean = present.reduce((sum, value) => sum + value / present.length, 0);
  return `number, ${range}, mean ${short(mean)}, ${column.transform.name}`;
}
