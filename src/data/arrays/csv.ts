/** @file Rows of numbers as text: a row for each sample, a column for each coordinate. */
import { FileError } from '../../base/errors.ts';
import { printable } from '../../base/printable.ts';
import type { NpyArray } from './npy.ts';

/** Between two numbers: a comma, a semicolon or blanks. */
const separator = /\s*[,;]\s*|\s+/;
const isNumber = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/**
 * The numbers of a text, `[rows, columns]`. Commas, semicolons or blanks stand between them, as a spreadsheet or NumPy's
 * `savetxt` writes them; empty lines, lines that begin with # and a first line of names are left out.
 * @param file - the name that errors give
 * @throws FileError naming the line that has no numbers, or not as many as the first row.
 */
export function csvArray(text: string, file: string): NpyArray {
  const values: number[] = [];
  let columns = 0;
  let rows = 0;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const cells = line.split(separator);
    const found = cells.findIndex((cell) => !isNumber.test(cell));
    if (found >= 0 && rows === 0 && columns === 0) {
      // The names of the columns.
      columns = cells.length;
      continue;
    }
    if (found >= 0)
      throw new FileError(file, `expected numbers, found ${printable(cells[found] ?? '')} in line ${index + 1}`);
    if (rows > 0 && cells.length !== columns)
      throw new FileError(file, `expected ${columns} numbers a row, found ${cells.length} in line ${index + 1}`);
    columns = cells.length;
    rows++;
    for (const cell of cells) values.push(Number(cell));
  }
  if (rows === 0) throw new FileError(file, 'expected rows of numbers, found none');
  return { shape: [rows, columns], data: Float64Array.from(values) };
}
