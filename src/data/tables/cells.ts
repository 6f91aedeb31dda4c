/** @file The cells of a text of separated values. */
import { FileError } from '../../base/errors.ts';

/** A table as text. */
export interface Cells {
  /** Names of the columns. */
  readonly names: readonly string[];
  /** The cells of each column, without blanks around them. */
  readonly columns: readonly (readonly string[])[];
  /** The line of the file in which a row begins, from 1. */
  lineOf(row: number): number;
}

const separators = [',', ';', '\t'];

/**
 * The cells of a text: a line for each row, the first one with the names of the columns. Commas, semicolons or tabs stand between cells,
 * whichever the first line has most of. A cell in double quotes may contain them, line ends, and quotes that are doubled. Empty lines are left out.
 * @param file - the name that errors give
 * @throws FileError naming the line whose cells are not as many as the names, or if there are no rows or names are not distinct.
 * @see RFC 4180
 */
export function cellsOf(text: string, file: string): Cells {
  const lines = linesOf(text.startsWith('\uFEFF') ? text.slice(1) : text, file);
  const head = lines.next();
  if (head.done === true) throw new FileError(file, 'expected a line with the names of the columns, found none');
  const names = head.value.cells;
  const double = names.find((name, i) => names.indexOf(name) !== i);
  if (double !== undefined)
    throw new FileError(file, `expected columns of different names, found ${JSON.stringify(double)} twice`);
  const columns = names.map((): string[] => []);
  const starts: number[] = [];
  for (let next = lines.next(); next.done !== true; next = lines.next()) {
    const { cells, line } = next.value;
    if (cells.length !== names.length)
      throw new FileError(
        file,
        `expected ${names.length} cells a row, as the first line has, found ${cells.length} in line ${line}`,
      );
    for (let j = 0; j < cells.length; j++) columns[j]!.push(cells[j]!);
    starts.push(line);
  }
  if (starts.length === 0) throw new FileError(file, 'expected rows below the names of the columns, found none');
  return { names, columns, lineOf: (row) => starts[row] ?? NaN };
}

interface Line {
  readonly cells: readonly string[];
  readonly line: number;
}

function* linesOf(text: string, file: string): Generator<Line> {
  let separator: string | undefined;
  let line = 1;
  const quotes = text.includes('"');
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at);
    let stop = end < 0 ? text.length : end;
    let raw = text.slice(at, stop);
    let more = 0;
    // A quote that is open at the end of a line goes on in the next one.
    while (quotes && isOpen(raw)) {
      if (stop >= text.length)
        throw new FileError(file, `expected a closing quote, found none after the one in line ${line}`);
      const next = text.indexOf('\n', stop + 1);
      stop = next < 0 ? text.length : next;
      raw = text.slice(at, stop);
      more += 1;
    }
    at = stop + 1;
    if (raw.endsWith('\r')) raw = raw.slice(0, -1);
    const begin = line;
    line += 1 + more;
    if (raw.trim() === '') continue;
    separator ??= mostOf(raw);
    const cells = quotes && raw.includes('"') ? quoted(raw, separator, { file, line: begin }) : raw.split(separator);
    for (let j = 0; j < cells.length; j++) if (hasBlanks(cells[j]!)) cells[j] = cells[j]!.trim();
    yield { cells, line: begin };
  }
}

/** Whether a cell may begin or end with something that is no letter of it. */
function hasBlanks(cell: string): boolean {
  const [first, last] = [cell.charCodeAt(0), cell.charCodeAt(cell.length - 1)];
  return first <= 32 || last <= 32 || first > 127 || last > 127;
}

function isOpen(raw: string): boolean {
  let count = 0;
  for (let i = raw.indexOf('"'); i >= 0; i = raw.indexOf('"', i + 1)) count++;
  return count % 2 === 1;
}

/** The separator that a line has most of outside quotes, a comma where it has none. */
function mostOf(raw: string): string {
  const bare = raw.replaceAll(/"[^"]*"/g, '');
  const count = (separator: string): number => bare.split(separator).length;
  return separators.reduce((best, one) => (count(one) > count(best) ? one : best));
}

function quoted(
  raw: string,
  separator: string,
  { file, line }: { readonly file: string; readonly line: number },
): string[] {
  const cells: string[] = [];
  for (let at = 0; at <= raw.length;) {
    const start = at + (raw.slice(at).length - raw.slice(at).trimStart().length);
    if (raw[start] !== '"') {
      const end = raw.indexOf(separator, at);
      cells.push(raw.slice(at, end < 0 ? raw.length : end));
      at = end < 0 ? raw.length + 1 : end + 1;
      continue;
    }
    let end = start + 1;
    while (raw[end] !== '"' || raw[end + 1] === '"') {
      if (end >= raw.length) throw new FileError(file, `expected a closing quote, found none in line ${line}`);
      end += raw[end] === '"' ? 2 : 1;
    }
    cells.push(raw.slice(start + 1, end).replaceAll('""', '"'));
    const next = raw.indexOf(separator, end + 1);
    const rest = raw.slice(end + 1, next < 0 ? raw.length : next);
    if (rest.trim() !== '')
      throw new FileError(
        file,
        `expected a separator after a quote, found ${JSON.stringify(rest.trim())} in line ${line}`,
      );
    at = next < 0 ? raw.length + 1 : next + 1;
  }
  return cells;
}

/** A cell as a text of separated values has it. */
export function cellText(value: string): string {
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
