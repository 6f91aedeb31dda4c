/** @file Tables: rows of numbers, dates and categories, as sets of samples. */
import { checkOptions } from '../../base/check.ts';
import { ShapeError } from '../../base/errors.ts';
import type { Json } from '../../base/json.ts';
import { foldIn, type Key } from '../../base/key.ts';
import { printable } from '../../base/printable.ts';
import { uniform } from '../../base/random.ts';
import { batchOf, zeros, type Tensor } from '../../base/tensor.ts';
import type { KnownSamples, LoadRequest, SampleArray, SetKind } from '../kinds/set-kind.ts';
import { countOf } from '../kinds/sample-count.ts';
import type { Codec, Scaler } from '../scaler.ts';
import type { Column } from './column.ts';
import { inColumns } from './in-columns.ts';
import { rowCoder, type RowCoder } from './row-coder.ts';
import { factsOf } from './table-facts.ts';
import type { TableSet } from './table.ts';

const name = 'tables';

/** A table of its parts. */
export function setOfTable(parts: Omit<TableSet, 'operations'>): TableSet {
  return { ...parts, operations: tableSets };
}

const coders = new WeakMap<readonly Column[], RowCoder>();

function coderOf(columns: readonly Column[]): RowCoder {
  const known = coders.get(columns) ?? rowCoder(columns);
  coders.set(columns, known);
  return known;
}

/** The columns that a scaler of tables keeps. */
function columnsOfScaler({ transform }: Pick<Scaler, 'transform'>): readonly Column[] {
  return (transform as unknown as { readonly columns: readonly Column[] }).columns;
}

/** Rows of numbers, dates and categories; a model sees `[coordinates]`. */
export const tableSets: SetKind<TableSet> = Object.freeze<SetKind<TableSet>>({
  name,
  shapeOk: (shape) => shape.length === 1,
  sampleShape: ({ columns }) => [coderOf(columns).size],
  firstOf: (set, count) => ({ ...set, count, values: set.values.subarray(0, count * set.columns.length) }),
  take: (set, rows) => {
    const size = set.columns.length;
    const values = Float64Array.from(
      { length: rows.length * size },
      (_, at) => set.values[rows[Math.floor(at / size)]! * size + (at % size)]!,
    );
    return { ...set, count: rows.length, values };
  },
  content: ({ values }) => [values],
  describe: factsOf,
  shown: ({ scaler }, key) => shownCells(columnsOfScaler(scaler), key),
  scalerOf: ({ columns, name: of }) => {
    checkOptions([coderOf(columns).size > 0, 'data', `expected rows that differ, found that all of ${of} are equal`]);
    return { kind: 'standard', factor: 1, shift: [0], transform: { columns: columns as unknown as Json } };
  },
  codec: codecOf,
  load: (set, request) => {
    requireThere(set, request);
    return loadRows(set, request);
  },
  inUnitsOf: (scaler, set) => inColumns(columnsOfScaler(scaler as Scaler), set),
  inSameUnits: (set, reference) => [inColumns(reference.columns, set), reference],
  features: name,
  numbers: (set, rows) => encoded(set, rows, () => new Float64Array(coderOf(set.columns).draws).fill(0.5)),
  toArray: (x, units) => arrayOf(columnsOfScaler(units.scaler), x),
  toSet: (x, units, about) => {
    const columns = columnsOfScaler(units.scaler);
    const values = arrayOf(columns, x).data as Float64Array;
    return setOfTable({ ...about, count: batchOf(x), columns, values });
  },
  fromArray: ({ shape, data }, { scaler }, of) => {
    const columns = columnsOfScaler(scaler);
    const values = Float64Array.from(data);
    return setOfTable({ name: of, count: countOf(shape, [columns.length], data, of), columns, values });
  },
  gaps: {
    isIncomplete: ({ columns: { length }, values }, row) =>
      values.subarray(row * length, (row + 1) * length).some(Number.isNaN),
    known: knownCells,
    filled: filledCells,
  },
  standIn: ([dimension = 1]) => {
    const parts = { scale: 1, mean: 0, std: 1, step: 0 };
    const columns = Array.from({ length: dimension }, (_, j): Column => ({
      ...{ name: String(j), missing: false, type: 'number', transform: { name: 'affine', parts } },
    }));
    const values = Float64Array.from({ length: 2 * dimension }, (_, j) => (j < dimension ? -1 : 1));
    return setOfTable({ name: 'a stand-in', count: 2, columns, values });
  },
});

/**
 * Cells as they may be known: each with a probability that is drawn for all, so that there may be few or many; of the others, half are known to be there. A third of the
 * rows has none.
 */
function shownCells(columns: readonly Column[], key: Key): Uint8Array {
  const { columnOf, isMark } = coderOf(columns);
  const [none = 0, share = 0, ...u] = uniform(key, 2 + 2 * columns.length);
  if (none < 1 / 3) return new Uint8Array(columnOf.length);
  const isKnown = (j: number): boolean => u[2 * j]! < share;
  const isThere = (j: number): boolean => u[2 * j + 1]! < 0.5;
  return Uint8Array.from(columnOf, (j, k) => Number(isKnown(j) || (isMark[k] === true && isThere(j))));
}

/** The cells that are there; of others, in a column where cells are missing, that they are to be there. */
function knownCells(set: TableSet, request: LoadRequest): KnownSamples {
  const { columns, values } = set;
  const { columnOf, isMark } = coderOf(columns);
  const x = loadRows(set, request);
  const known = new Uint8Array(x.length);
  request.rows.forEach((row, i) => {
    columnOf.forEach((j, k) => {
      const at = i * columnOf.length + k;
      const missing = Number.isNaN(values[row * columns.length + j]!);
      known[at] = Number(!missing || isMark[k] === true);
      if (missing && isMark[k] === true) x[at] = -1;
    });
  });
  return { x, known };
}

function filledCells({ columns, values, name: of }: TableSet, rows: readonly number[], samples: TableSet): TableSet {
  const size = columns.length;
  const filled = samples.values.map((value, at) => {
    const own = values[rows[Math.floor(at / size)]! * size + (at % size)]!;
    return Number.isNaN(own) ? value : own;
  });
  return setOfTable({ name: of, count: rows.length, columns, values: filled });
}

function arrayOf(columns: readonly Column[], x: Tensor): SampleArray {
  const coder = coderOf(columns);
  const { size } = coder;
  const count = batchOf(x);
  const data = new Float64Array(count * columns.length);
  for (let i = 0; i < count; i++) coder.decode(x.data, i * size, data, i * columns.length);
  return { shape: [count, columns.length], data };
}

function encoded(
  { columns, values }: Pick<TableSet, 'columns' | 'values'>,
  rows: readonly number[],
  draws: (i: number) => Float64Array,
): Float64Array {
  const coder = coderOf(columns);
  const out = new Float64Array(rows.length * coder.size);
  rows.forEach((row, i) => {
    coder.encode(values.subarray(row * columns.length, (row + 1) * columns.length), out, i * coder.size, draws(i));
  });
  return out;
}

function loadRows(set: TableSet, { scaler, rows, key }: LoadRequest): Float32Array {
  const columns = columnsOfScaler(scaler);
  const { size, draws } = coderOf(columns);
  if (columns.length !== set.columns.length || coderOf(set.columns).size !== size)
    throw new ShapeError(
      `loadBatch: expected a scaler for samples [${coderOf(set.columns).size}], got one for [${size}]`,
    );
  const { values } = set;
  return Float32Array.from(encoded({ columns, values }, rows, (i) => uniform(foldIn(key, i), draws)));
}

/** @throws ConfigError if a cell is missing in a column that had none missing when it was learned. */
function requireThere({ columns, values, name: of }: TableSet, { rows, scaler }: LoadRequest): void {
  columnsOfScaler(scaler).forEach(({ missing, name: column }, j) => {
    const gap = missing ? undefined : rows.find((row) => Number.isNaN(values[row * columns.length + j]!));
    const message = `expected a value in column ${printable(column)}, where none was missing in the training, found none in row ${(gap ?? 0) + 1} of ${of}`;
    checkOptions([gap === undefined, 'data', message]);
  });
}

/** Rows `[n, columns]` and their coordinates; what is drawn at random is in the middle of its range. */
function codecOf(scaler: Scaler): Codec {
  const columns = columnsOfScaler(scaler);
  const coder = coderOf(columns);
  const { size, draws } = coder;
  const logDetNats = (x: Tensor): Float64Array =>
    Float64Array.from({ length: batchOf(x) }, (_, i) => coder.logDet(x.data, i * size));
  return {
    toModel: (data) => {
      const rows = [...Array(batchOf(data)).keys()];
      const values = Float64Array.from(data.data);
      const middle = new Float64Array(draws).fill(0.5);
      const x = zeros([rows.length, size]);
      x.data.set(encoded({ columns, values }, rows, () => middle));
      return x;
    },
    toData: (x) => {
      const { shape, data } = arrayOf(columns, x);
      return { shape, data: Float64Array.from(data) };
    },
    logDetNats,
    bitsOffset: (x) => logDetNats(x).map((nats) => -nats / (size * Math.LN2)),
  };
}
