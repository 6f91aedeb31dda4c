/** @file Rows as vectors: they come back, their marks are what was shown, and densities of vectors are densities of rows. */
import { describe, expect, it } from 'vitest';
import { foldIn, key } from '../../../src/base/key.ts';
import { normal, uniform } from '../../../src/base/random.ts';
import { tensor } from '../../../src/base/tensor.ts';
import { loadBatch } from '../../../src/data/batch.ts';
import { scalerOf } from '../../../src/data/dataset.ts';
import { areColumns } from '../../../src/data/tables/stored-columns.ts';
import { setOfTable, tableSets } from '../../../src/data/tables/table-set.ts';
import { readTable } from '../../../src/data/tables/read-table.ts';
import { holesOf } from '../../../src/data/tables/holes.ts';
import { knownRows } from '../../../src/train/known-rows.ts';

const count = 600;
const [u, z] = [uniform(key(1), 3 * count), normal(key(2), count)];
const lines = Array.from({ length: count }, (_, i) => [
  u[i]! < 0.2 ? '' : (10 * z[i]!).toFixed(3),
  u[count + i]! < 0.1 ? 'NA' : `c${Math.floor(40 * u[count + i]! ** 2)}`,
  u[2 * count + i]! < 0.3 ? 'yes' : 'no',
]);
const table = readTable(`x,c,b\n${lines.map((line) => line.join()).join('\n')}`, 'a.csv');
const scaler = JSON.parse(JSON.stringify(scalerOf(table))) as ReturnType<typeof scalerOf>;
const size = tableSets.sampleShape(table)[0]!;
const units = { shape: [size], scaler };
const rows = [...Array(count).keys()];
const x = loadBatch(table, scaler, rows, key(5));

it('brings every row back', () => {
  // A number and its mark, the bits of more than 16 categories and their mark, and one coordinate for each of two.
  expect(size).toBe(2 + 6 + 1 + 2);
  const back = tableSets.toSet(tensor(x, [count, size]), units, { name: 'back' });
  back.values.forEach((value, at) => {
    if (at % 3 === 0 && !Number.isNaN(value)) expect(value).toBeCloseTo(table.values[at]!, 3);
    else expect(value).toBe(table.values[at]!);
  });
  expect(areColumns(scaler.transform, units)).toBe(true);
  expect(areColumns(scaler.transform, { ...units, shape: [size + 1] })).toBe(false);
  expect(areColumns({ columns: [{ name: 'a' }] }, units)).toBe(false);
});

it('has coordinates of about mean 0 and variance 1', () => {
  for (let j = 0; j < size; j++) {
    const own = rows.map((row) => x[row * size + j]!);
    const mean = own.reduce((sum, value) => sum + value / count, 0);
    const square = own.reduce((sum, value) => sum + value ** 2 / count, 0);
    const isMark = j === 1 || j === 8;
    // Marks of missing cells are -1 or 1 with noise; the rest has mean 0, with errors of 1 / sqrt(600).
    if (!isMark) expect(Math.abs(mean)).toBeLessThan(0.16);
    expect(square).toBeGreaterThan(0.05);
    expect(square).toBeLessThan(1.4);
  }
});

it('has densities of rows: those of a product model are the shares of its cells', () => {
  // A model whose coordinates are as a row says, each even over its width of 1: then log p(row) is the log of all shares.
  const codec = tableSets.codec!(scaler);
  const logDet = codec.logDetNats(tensor(x, [count, size]));
  const category = table.columns[1]!;
  rows.slice(0, 50).forEach((row) => {
    const [value, place] = [table.values[3 * row]!, table.values[3 * row + 1]!];
    const at = x[row * size]!;
    const ofFill = 0.5 * at ** 2 + 0.5 * Math.log(2 * Math.PI);
    // What stands in place of missing cells has its own density taken away.
    const second = Number.isNaN(place) && category.type === 'category' ? filledShare(row) : 0;
    const first = Number.isNaN(value) ? ofFill : logDet[row]! - second;
    expect(logDet[row]).toBeCloseTo(first + second, 9);
    if (Number.isNaN(value)) expect(logDet[row]! - second).toBeCloseTo(ofFill, 9);
  });
  function filledShare(row: number): number {
    if (category.type !== 'category') return NaN;
    const present = x.slice(row * size, (row + 1) * size);
    present[8] = -1;
    const place = tableSets.toArray(tensor(present, [1, size]), units).data[1]!;
    return -Math.log(category.shares[place]!);
  }
  expect(codec.bitsOffset(tensor(x, [count, size]))[3]).toBeCloseTo(-logDet[3]! / size / Math.LN2, 12);
});

describe('what is known', () => {
  it('is what is there, and that the rest is to be there', () => {
    const { gaps } = tableSets;
    const known = gaps!.known(table, { scaler, rows, key: key(6) }, units.shape);
    rows.forEach((row) => {
      const isThere = [0, 1, 2].map((j) => !Number.isNaN(table.values[3 * row + j]!));
      const marks = Array.from(known.known.subarray(row * size, (row + 1) * size));
      const of = (j: number): number => Number(isThere[j]);
      expect(marks).toEqual([of(0), 1, ...new Array<number>(6).fill(of(1)), 1, 1, 1]);
      if (!isThere[0]) expect(known.x[row * size + 1]).toBe(-1);
      expect(gaps!.isIncomplete(table, row)).toBe(isThere.includes(false));
    });
  });

  it('is filled with samples, and the rest as it was', () => {
    const samples = setOfTable({
      name: 's',
      count: 2,
      columns: table.columns,
      values: Float64Array.of(1, 2, 0, 3, 4, 1),
    });
    const row = rows.find((one) => Number.isNaN(table.values[3 * one]!) && !Number.isNaN(table.values[3 * one + 1]!))!;
    const filled = tableSets.gaps!.filled(table, [row, row], samples);
    const rest = Array.from(table.values.subarray(3 * row + 1, 3 * row + 3));
    expect(Array.from(filled.values)).toEqual([1, ...rest, 3, ...rest]);
    expect(holesOf(table, { samples, rows: [row], count: 2 }, [0.25])).toBe(
      `row,column,value,probability,q0.25\n${row + 1},x,2,,1.5\n`,
    );
  });

  it('is shown by whole cells in training: none of a third of the rows, half of the others on average', () => {
    const shown = rows.map((_, i) => tableSets.shown!(units, foldIn(key(8), i)));
    const none = shown.filter((own) => own.every((mark) => mark === 0)).length / count;
    // A third, and those of which no cell is known: P(3 of 3 unknown) = 1/4, of which no mark of two is shown either: 1/4.
    expect(Math.abs(none - (1 / 3 + (2 / 3) * (1 / 4) * (1 / 4)))).toBeLessThan(4 * Math.sqrt(0.24 / count));
    for (const own of shown) expect(new Set(own.subarray(2, 8)).size).toBe(1);
    const fed = knownRows(tableSets, units, { x0: x.slice(0, 20 * size) }, key(9));
    expect(fed.length).toBe(20 * 2 * size);
    const unit = 1 / Math.sqrt(2 * size);
    fed.forEach((value, at) => {
      const [row, j] = [Math.floor(at / (2 * size)), at % (2 * size)];
      const mark = fed[row * 2 * size + size + (j % size)]!;
      expect([0, Math.fround(unit)]).toContain(mark);
      if (j < size) expect(value).toBeCloseTo(mark * x[row * size + j]!, 6);
    });
  });
});
