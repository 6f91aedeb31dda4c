/** @file Tables from text: cells, types of columns, parts, other tables in the columns of one, and every mistake in one sentence. */
import { describe, expect, it } from 'vitest';
import { key } from '../../../src/base/key.ts';
import { uniform } from '../../../src/base/random.ts';
import { cellsOf } from '../../../src/data/tables/cells.ts';
import { parseDate, formatDate } from '../../../src/data/tables/dates.ts';
import { readTable } from '../../../src/data/tables/read-table.ts';
import { tableSets } from '../../../src/data/tables/table-set.ts';
import { csvOf } from '../../../src/data/tables/write-table.ts';
import { inUnitsOf, scalerOf } from '../../../src/data/dataset.ts';
import { describe as summaryOf } from '../../../src/data/describe.ts';

const u = uniform(key(0), 400);
const rows = Array.from({ length: 200 }, (_, i) => [
  Math.round(20 + 50 * u[i]!),
  i % 7 === 0 ? '' : (100 * u[200 + i]!).toFixed(2),
  ['red', 'green', '"light, blue"'][i % 3],
  `2024-0${1 + (i % 9)}-15`,
  'same',
  '',
]);
const text = `age,income,color,joined,note,none\n${rows.map((row) => row.join(',')).join('\n')}\n`;
const table = readTable(text, 'folder/people.csv');

describe('cells', () => {
  it('may be quoted, with separators, quotes and line ends', () => {
    const cells = cellsOf('\uFEFFa; "b ""c"""\r\n1;"x;\ny"\r\n\r\n 2 ;z', 'a.csv');
    expect(cells.names).toEqual(['a', 'b "c"']);
    expect(cells.columns).toEqual([
      ['1', '2'],
      ['x;\ny', 'z'],
    ]);
    expect([0, 1].map((row) => cells.lineOf(row))).toEqual([2, 5]);
  });

  it.each([
    ['', 'expected a line with the names of the columns, found none'],
    ['a,b\n', 'expected rows below the names of the columns, found none'],
    ['a,a\n1,2', 'expected columns of different names, found "a" twice'],
    ['a,b\n1,2\n1,2,3', 'expected 2 cells a row, as the first line has, found 3 in line 3'],
    ['a,b\n1,"2', 'expected a closing quote, found none after the one in line 2'],
    ['a,b\n1,"2"x', 'expected a separator after a quote, found "x" in line 2'],
  ])('of %j are refused', (wrong, message) => {
    expect(() => cellsOf(wrong, 'a.csv')).toThrow(`a.csv: ${message}`);
  });
});

it('reads dates in the forms that sort', () => {
  for (const date of [
    '2024-02-29',
    '2024/12/31',
    '1999-01-02 03:04',
    '2024-01-01T00:00:59Z',
    '2024-01-01T10:00:00.123',
  ]) {
    const found = parseDate(date)!;
    expect(formatDate(found.ms, found.format)).toBe(date);
  }
  expect(parseDate('2024-01-01T02:00+02:00')?.ms).toBe(Date.UTC(2024, 0, 1));
  for (const wrong of ['2023-02-29', '2024-13-01', '2024-01-01T25:00', '01.02.2024', '2024'])
    expect(parseDate(wrong)).toBeUndefined();
});

describe('columns', () => {
  it('are guessed', () => {
    expect(table.columns.map(({ type, missing }) => [type, missing])).toEqual([
      ['number', false],
      ['number', true],
      ['category', false],
      ['date', false],
      ['category', false],
      ['category', true],
    ]);
    expect(table).toMatchObject({ name: 'people.csv', count: 200 });
    expect(table.columns[2]).toMatchObject({ categories: ['green', 'light, blue', 'red'] });
    expect(table.notes).toEqual([
      'column note is same in all rows; samples repeat it',
      'column none has no value in any row; samples leave it empty',
    ]);
    // Two numbers, a mark of missing ones, three categories, a date; nothing of the columns of one value or of none.
    expect(tableSets.sampleShape(table)).toEqual([1 + 2 + 3 + 1]);
    expect(summaryOf(table).columns).toMatchObject({
      color: 'category, 3 in all: green 34 %, red 34 %, light, blue 33 %',
    });
  });

  it('are written as they were', () => {
    expect(csvOf({ ...table, count: 12 })).toBe(
      text
        .split('\n')
        .slice(0, 13)
        .join('\n')
        .replaceAll(/(\.\d)0(?=,)/g, '$1')
        .replaceAll('.0,', ',') + '\n',
    );
  });

  it('are what options say', () => {
    const own = readTable('a,b,zip\n1,2,01234\n2,3,02345\n1,2,01234', 'a.csv', { categories: ['a'], omit: ['b'] });
    expect(own.columns.map(({ name, type }) => [name, type])).toEqual([
      ['a', 'category'],
      ['zip', 'category'],
    ]);
    const numbers = readTable('zip,x\n01234,1\n02345,2', 'a.csv', { numbers: ['zip'], transforms: ['x=asinh'] });
    expect(numbers.columns).toMatchObject([{ type: 'number' }, { transform: { name: 'asinh' } }]);
  });

  it.each([
    ['a,b\n1,2\nx,3\n4,5', {}, 'expected numbers in column a, found x in line 3; correct it, or give --categories a'],
    ['a;b\n1;2\n3;0\n5;1,5', {}, 'expected decimal points, found the decimal comma of 1,5 in column b, line 4'],
    ['a\n1\nx', { numbers: ['a'] }, 'expected numbers in column a, found x in line 3'],
    ['a\n1\n2', { categories: ['b'] }, 'categories: expected names of columns, a; found b'],
    [
      'a\n1\n2',
      { transforms: ['a=square'] },
      'expected a column and one of affine, log1p, asinh, mu-law, quantile-normal',
    ],
    ['a\n-1\n2', { transforms: ['a=log1p'] }, 'transforms: expected numbers above -1 for log1p, found -1 in column a'],
    ['a\nx\ny', { transforms: ['a=log1p'] }, 'expected columns of numbers or dates, a is one of categories'],
    ['a\n1\n2', { omit: ['a'] }, 'expected some column that is not left out, got all of them'],
    ['a\n1\n2', { split: 'test' as const }, 'expected at least 10 rows, one in 10 of which is kept out, found 2'],
    [`id\n${rows.map((_, i) => Array.from({ length: 6 }, (_, k) => `x${6 * i + k}`).join('\n')).join('\n')}`, {}, 'expected at most 1000 categories in column id, found 1200; leave it out with --omit id'], // prettier-ignore
  ])('of %j are refused', (wrong, options, message) => {
    expect(() => readTable(wrong, 'a.csv', options)).toThrow(message);
  });

  it('all of one value leave nothing to learn', () => {
    expect(() => scalerOf(readTable('a,b\n1,x\n1,x', 'a.csv'))).toThrow(
      'expected rows that differ, found that all of a.csv are equal',
    );
  });
});

it('has two parts that share no row, of the same columns', () => {
  const [train, test] = (['train', 'test'] as const).map((split) => readTable(text, 'people.csv', { split }));
  expect([train!.count, test!.count]).toEqual([180, 20]);
  const linesOf = (set: typeof table): string[] => csvOf(set).trim().split('\n').slice(1);
  expect([...linesOf(train!), ...linesOf(test!)].toSorted()).toEqual(linesOf(table).toSorted());
  expect(train!.columns).toEqual(test!.columns);
});

describe('another table', () => {
  const scaler = scalerOf(table);

  it('is read in the columns of one, by their names', () => {
    const other = readTable(
      'joined,color,age,income,note,none,more\n2024-01-15,red,30,,same,,7\n2024-02-15,green,31,2,same,,8',
      'b.csv',
    );
    const read = inUnitsOf(scaler, other) as typeof table;
    expect(read.columns).toBe(table.columns);
    expect(Array.from(read.values.subarray(0, 4))).toEqual([30, NaN, 2, Date.UTC(2024, 0, 15)]);
  });

  it.each([
    ['color\nred\ngreen', 'expected a column age in b.csv, found color'],
    [
      'age,income,color,joined,note,none\n1,2,pink,2024-01-15,same,\n2,2,red,2024-01-16,same,',
      'expected one of the categories green, light, blue, red in column color of b.csv, found pink in row 1',
    ],
    [
      'age,income,color,joined,note,none\nyoung,2,red,2024-01-15,same,\nold,3,red,2024-01-16,same,',
      'expected numbers in column age of b.csv, found young in row 1',
    ],
  ])('of %j is refused', (wrong, message) => {
    expect(() => inUnitsOf(scaler, readTable(wrong, 'b.csv'))).toThrow(message);
  });
});
