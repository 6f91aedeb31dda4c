/** @file Tables from the text of a file. */
import { FileError } from '../../base/errors.ts';
import { lastPart } from '../../base/words.ts';
import { keptOut, testRows } from '../kept-out.ts';
import type { Split } from '../sets/standard-set.ts';
import { cellsOf } from './cells.ts';
import { columnsOf, type TableOptions } from './guess-columns.ts';
import { setOfTable } from './table-set.ts';
import type { TableSet } from './table.ts';

/** A text in memory has at most half a GiB. */
export const mostTableBytes = 2 ** 29 - 2 ** 24;

/**
 * The table of a text of separated values.
 * @param split - `train` for nine in ten rows, `test` for the others, which are drawn with a fixed seed; all rows by default. The types of columns are those of all rows.
 * @throws FileError or ConfigError as `cellsOf` and `columnsOf`.
 */
export function readTable(
  text: string,
  file: string,
  options: TableOptions & { readonly split?: Split | undefined } = {},
): TableSet {
  const { split, ...own } = options;
  const cells = cellsOf(text, file);
  const name = lastPart(file);
  if (split === undefined) {
    const { columns, values, count, notes } = columnsOf(cells, file, own);
    return setOfTable({ name, count, columns, values, ...(notes.length > 0 && { notes }) });
  }
  const rows = Array.from({ length: cells.columns[0]?.length ?? 0 }, (_, row) => row);
  const tests = testRows(rows.length);
  const isTest = (row: number): boolean => tests.has(row);
  const part = rows.filter((row) => isTest(row) === (split === 'test'));
  if (part.length === 0)
    throw new FileError(
      file,
      `expected at least ${keptOut} rows, one in ${keptOut} of which is kept out, found ${rows.length}`,
    );
  const learned = rows.filter((row) => !isTest(row));
  const { columns, values, notes } = columnsOf(cells, file, own, learned);
  const size = columns.length;
  const taken = new Float64Array(part.length * size);
  part.forEach((row, i) => {
    for (let j = 0; j < size; j++) taken[i * size + j] = values[row * size + j]!;
  });
  return setOfTable({ name, count: part.length, columns, values: taken, ...(notes.length > 0 && { notes }) });
}
