import { describe, expect, it } from 'vitest';
import { csvArray } from '../../../src/data/arrays/csv.ts';

describe('rows of numbers as text', () => {
  it.each([
    ['commas', '1,2\n3,-4.5\n'],
    ['blanks, as savetxt writes them', '# two columns\n1.0e+00 2\n\n3 -4.50\r\n'],
    ['semicolons under names', '\uFEFFx;y\n1; 2\n3;-.45e1'],
  ])('are read with %s', (_, text) => {
    expect(csvArray(text, 'a.csv')).toEqual({ shape: [2, 2], data: Float64Array.of(1, 2, 3, -4.5) });
  });

  it.each([
    ['', /expected rows of numbers, found none/],
    ['x,y\n', /found none/],
    ['1,2\n3', /expected 2 numbers a row, found 1 in line 2/],
    ['1,2\n3,four', /found four in line 2/],
    ['1,2\n3,\u001b[2J', /found \\u001b\[2J in line 2/],
    ['1,2\n3,NaN', /found NaN/],
  ])('%j is refused with its line', (text, message) => {
    expect(() => csvArray(text, 'a.csv')).toThrow(message);
  });
});
