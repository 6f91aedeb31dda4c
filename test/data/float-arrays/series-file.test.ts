import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../../src/data/dataset.ts';
import { sampleShape } from '../../../src/data/dataset.ts';
import { readSeries, seriesTable } from '../../../src/data/float-arrays/series-file.ts';
import {
  forecastPicture,
  forecastQuality,
  forecastText,
  hiddenEnds,
  historyWindow,
} from '../../../src/node/forecast.ts';
import type { FloatArraySet } from '../../../src/data/float-arrays/float-array.ts';

const day = (i: number): string => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
const tableOf = (n: number, skip = -1): string =>
  ['date,load [MW],temp', ...Array.from({ length: n }, (_, i) => `${day(i)},${i},${i % 7 === 3 ? '' : 100 + i}`).filter((_, i) => i !== skip)].join('\n'); // prettier-ignore

describe('a table of times', () => {
  it('is windows of its channels', () => {
    const set = readSeries(tableOf(100), 'p.csv', { window: 20, stride: 10 });
    expect(sampleShape(set as DataSet)).toEqual([2, 20]);
    expect(set.form.channels.map(({ name, unit }) => [name, unit])).toEqual([
      ['load', 'MW'],
      ['temp', undefined],
    ]);
    expect([...set.values.subarray(40, 60)]).toEqual(Array.from({ length: 20 }, (_, j) => 10 + j));
    expect(set.values[20 + 3]).toBeNaN();
    expect(set.begins?.[1]).toBe(Date.UTC(2024, 0, 11));
  });

  it('has no time in both a window of the training and one of the test', () => {
    for (const [window, stride] of [
      [20, 1],
      [7, 3],
      [45, 5],
    ] as const) {
      const begins = (split: 'train' | 'test'): number[] =>
        [...readSeries(tableOf(100), 'p.csv', { window, stride, split }).begins!].map(
          (ms) => (ms - Date.UTC(2024, 0, 1)) / 86_400_000,
        );
      const [train, test] = [begins('train'), begins('test')];
      expect(test.length).toBeGreaterThan(0);
      expect(Math.max(...train) + window).toBeLessThanOrEqual(Math.min(...test));
      expect(Math.max(...test) + window).toBeLessThanOrEqual(100);
    }
  });

  it('has missing values where it leaves times out', () => {
    const { length, values } = seriesTable(tableOf(30, 5), 'p.csv', {});
    expect(length).toBe(30);
    expect([...values[0]!.subarray(4, 7)]).toEqual([4, NaN, 6]);
  });

  it.each<[string, string, object, RegExp]>([
    ['words', 'a,b\n1,x\n2,y\n3,z', {}, /a number in column b, found x in line 2; --omit/],
    [
      'times that fall',
      `date,a\n${day(3)},1\n${day(2)},2`,
      {},
      /times that rise in column date, found 2024-01-03 in line 3/,
    ],
    [
      'uneven times',
      't,a\n0,1\n1,2\n2.5,3',
      { time: 't' },
      /multiples of the least step in column t, found 2.5 in line 4/,
    ],
    ['no such time', 'a,b\n1,2', { time: 'tine' }, /there is no column tine/],
    ['too few times', tableOf(30), { window: 16 }, /at least 32 times for windows of 16, found 30/],
    ['no window', tableOf(30), { window: 0 }, /window: expected a positive integer/],
  ])('with %s is refused', (_, text, options, message) => {
    expect(() => readSeries(text, 'p.csv', { window: 2, ...options })).toThrow(message);
  });
});

describe('a forecast', () => {
  const set = readSeries(tableOf(100), 'p.csv', { window: 10, stride: 10 });

  it('goes on with the last lines of a table, and says so by its times', () => {
    const window = historyWindow(set.form, tableOf(50), { file: 'last.csv', time: undefined, horizon: 3 });
    expect([...window.values.subarray(0, 10)]).toEqual([43, 44, 45, 46, 47, 48, 49, NaN, NaN, NaN]);
    const draws = [1, 2, 3].flatMap((value) => [...window.values].map((own) => (Number.isNaN(own) ? value : own)));
    const samples: FloatArraySet = { ...window, count: 3, values: Float32Array.from(draws) };
    expect(
      forecastText(window, samples, { horizon: 3, quantiles: [0.25] })
        .split('\n')
        .slice(0, 2),
    ).toEqual(['time,load,load q0.25,temp,temp q0.25', `${day(50)},2,1.5,2,1.5`]);
    const other = tableOf(50).replace('load [MW]', 'lod');
    expect(() => historyWindow(set.form, other, { file: 'x', time: undefined, horizon: 3 })).toThrow(
      /a column load \[MW\]/,
    );
  });

  it('is a picture with the times, or round numbers of lines, below it', () => {
    const pictureOf = (text: string): string => {
      const { form } = readSeries(text, 'p.csv', { window: 10, stride: 10 });
      const window = historyWindow(form, text, { file: 'last.csv', time: undefined, horizon: 3 });
      const filled = window.values.map((own) => (Number.isNaN(own) ? 1 : own));
      return forecastPicture(window, { ...window, values: filled }, 3);
    };
    const marks = (svg: string): string[] => [...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, words = '']) => words);
    // Of the ten times that end with the 100th and three more, those nearest to the middles of four parts.
    for (const i of [94, 96, 99, 101]) expect(marks(pictureOf(tableOf(100)))).toContain(day(i));
    const numbered = marks(pictureOf(tableOf(100).replace(/^[^,]+,/gm, '')));
    expect(numbered).toEqual(expect.arrayContaining(['94', '96', '98', '100', '102', 'lines of the table']));
  });

  it('is scored on the times that were hidden', () => {
    const hidden = hiddenEnds(set, 4);
    expect(hidden.values.filter(Number.isNaN).length).toBeGreaterThanOrEqual(8 * set.count);
    const count = 4;
    const rows = [0, 1];
    const values = rows.flatMap((row) =>
      [-3, -1, 1, 3].flatMap((shift) =>
        [...set.values.subarray(row * 20, row * 20 + 20)].map((value) => value + shift),
      ),
    );
    const samples: FloatArraySet = { ...set, count: 8, values: Float32Array.from(values) };
    const { crps, within50, within90 } = forecastQuality(set, { samples, count, rows }, 4);
    // mean |shift| = 2; of the six pairs the differences are 2, 4, 6, 2, 4, 2, mean 10/3.
    expect(crps['load']!.value).toBeCloseTo(2 - 10 / 6, 5);
    // A truth of rank 2 of 0 to 4 lies wholly in the middle half.
    expect([within50.value, within90.value].map((value) => Number(value.toFixed(6)))).toEqual([1, 1]);
  });
});
