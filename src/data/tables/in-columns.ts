/** @file A table in the columns of another. */
import { ConfigError } from '../../base/errors.ts';
import { printable } from '../../base/printable.ts';
import { formatCell, parseCell, type Column } from './column.ts';
import type { TableSet } from './table.ts';

/**
 * A table in the columns of another, by their names; columns beside those are left out.
 * @throws ConfigError if a column is not there, or a cell is none of its column.
 */
export function inColumns(columns: readonly Column[], set: TableSet): TableSet {
  if (set.columns === columns) return set;
  const { count } = set;
  const values = new Float64Array(count * columns.length);
  const refuse = (message: string): ConfigError => new ConfigError([{ path: 'data', message }]);
  columns.forEach((column, j) => {
    const from = set.columns.findIndex((one) => one.name === column.name);
    const own = set.columns[from];
    if (own === undefined)
      throw refuse(
        `expected a column ${printable(column.name)} in ${set.name}, found ${set.columns.map((one) => printable(one.name)).join(', ')}`,
      );
    const known = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      const value = set.values[i * set.columns.length + from]!;
      values[i * columns.length + j] = known.get(value) ?? translated(value, i);
    }
    function translated(value: number, i: number): number {
      if (own === undefined || Number.isNaN(value) || (own.type === column.type && own.type !== 'category'))
        return value;
      const text = formatCell(own, value);
      const found = parseCell(column, text);
      if (found === undefined)
        throw refuse(
          `expected ${wordsFor(column)} in column ${printable(column.name)} of ${set.name}, found ${printable(text)} in row ${i + 1}`,
        );
      known.set(value, found);
      return found;
    }
  });
  // What was said of its own columns says nothing of these.
  const { operations, name } = set;
  return { operations, name, count, columns, values };
}

function wordsFor(column: Column): string {
  if (column.type !== 'category') return `${column.type}s`;
  const { categories } = column;
  const some = categories.slice(0, 8).map((category) => printable(category));
  return `one of the categories ${some.join(', ')}${categories.length > 8 ? ', …' : ''}`;
}
