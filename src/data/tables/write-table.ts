/** @file The text of a table. */
import { cellText } from './cells.ts';
import { formatCell } from './column.ts';
import type { TableSet } from './table.ts';

/** The text of a table: a line with the names of the columns, and one for each row. */
export function csvOf(
  { columns, values, count }: TableSet,
  more: Readonly<Record<string, ArrayLike<number>>> = {},
): string {
  const extra = Object.entries(more);
  const head = [...columns.map(({ name: own }) => cellText(own)), ...extra.map(([own]) => cellText(own))];
  const lines = Array.from({ length: count }, (_, i) =>
    [
      ...columns.map((column, j) => cellText(formatCell(column, values[i * columns.length + j]!))),
      ...extra.map(([, of]) => String(of[i])),
    ].join(','),
  );
  return `${[head.join(','), ...lines].join('\n')}\n`;
}
