/** @file Arrays and series by the command line: described, learned, drawn in their own units, completed, scored, forecast, and refused. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { formatNpy, parseNpy } from '../../src/data/arrays/npy.ts';
import { cellsOf } from '../../src/data/tables/cells.ts';
import { newFolder } from '../io/folders.ts';
import { reportedCalls } from './reported-calls.ts';

const cwd = newFolder();
const file = (name: string, content: string | Uint8Array): void => writeFileSync(join(cwd, name), content);
const [count, length] = [120, 24];
const z = normal(key(5), count);
/** Two channels of waves, of which the second has a gap that no sample lacks. */
const waves = (from: number, to: number): Float32Array =>
  Float32Array.from({ length: (to - from) * length * 2 }, (_, at) => {
    const [i, l, c] = [from + Math.floor(at / (2 * length)), Math.floor(at / 2) % length, at % 2];
    if (c === 1 && l === 7 && i % 3 === 0) return NaN;
    return c === 0 ? 280 + 5 * Math.sin(0.5 * l + z[i]!) : Math.exp(Math.sin(0.5 * l + z[i]!));
  });
file('waves.npy', formatNpy({ shape: [count, length, 2], data: waves(0, count) }));
const holes = waves(0, 2).map((value, at) => (Math.floor(at / 2) % length >= 20 ? NaN : value));
file('holes.npy', formatNpy({ shape: [2, length, 2], data: holes }));
file('other.npy', formatNpy({ shape: [2, length + 1, 2], data: new Float32Array(4 * length + 4) }));
file('none.npy', formatNpy({ shape: [4, 3], data: new Float32Array(12).fill(NaN) }));
file('endless.npy', formatNpy({ shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, Infinity, 6) }));
file('cut.npy', formatNpy({ shape: [count, length, 2], data: waves(0, count) }).subarray(0, 1000));

const hour = (i: number): string => new Date(Date.UTC(2024, 0, 1, i)).toISOString().slice(0, 16).replace('T', ' ');
const table = (rows: number, head = 'time,load [MW],temp'): string =>
  [head, ...Array.from({ length: rows }, (_, i) => `${hour(i)},${(50 + 20 * Math.sin(i / 4)).toFixed(1)},${i % 11 === 4 ? '' : 10 + (i % 5)}`)].join('\n'); // prettier-ignore
file('power.csv', table(300));
file('last.csv', table(30));
file('renamed.csv', table(30, 'time,lod [MW],temp'));
file('daily.csv', 'time,load [MW],temp\n2024-01-01,1,2\n2024-01-02,1,2\n2024-01-03,1,2\n');

const small = ['--steps', '4', '--batch', '8', '--set', 'net.width=8', '--set', 'net.depth=2', '--set', 'train.sampleEvery=0', '--threads', '1', '--json']; // prettier-ignore
const few = ['--steps', '3', '--threads', '1', '--json'];
const { endOf, resultOf } = await reportedCalls({
  cwd,
  good: {
    info: ['info', 'waves.npy', '--layout', 'nlc', '--names', 't2m [K],tp', '--transform', 'tp=log1p', '--json'],
    run: ['train', 'waves.npy', '--layout', 'nlc', '--names', 't2m [K],tp', '--transform', 'tp=log1p', '--out', 'run', ...small], // prettier-ignore
    more: ['sample', 'run', '-n', '3', '--out', 'more.npy', ...few],
    picture: ['sample', 'run', '-n', '4', '--out', 'more.png', ...few],
    filled: ['restore', 'run', '--table', 'holes.npy', '-n', '2', '--out', 'filled', ...few],
    scores: ['likelihood', 'run', '--data', 'holes.npy', '--out', 'scores.csv', '--tolerance', '1e-1', '--threads', '1', '--json'], // prettier-ignore
    evaluate: ['evaluate', 'run', '-n', '40', ...few],
    series: ['train', 'power.csv', '--window', '24', '--stride', '6', '--out', 'power', ...small],
    forecast: ['forecast', 'power', '--history', 'last.csv', '--horizon', '6', '-n', '5', '--quantiles', '.1,.9', '--out', 'next.csv', ...few], // prettier-ignore
    tested: ['forecast', 'power', '--test', '--horizon', '6', '-n', '4', '--windows', '2', ...few],
  },
  bad: {
    'arrays of another length': [['restore', 'run', '--table', 'other.npy'], /other\.npy: expected .*24.*25/],
    'numbers that are all missing': [['info', 'none.npy', '--layout', 'nl'], /expected numbers in channel 1, found that all of them are missing/], // prettier-ignore
    'an infinite number': [['info', 'endless.npy', '--layout', 'nl'], /expected finite numbers or NaN for missing ones, found Infinity/], // prettier-ignore
    'a file that is cut': [['info', 'cut.npy'], /cut\.npy: expected .*, found/],
    'a task of images': [
      ['restore', 'run', '--task', 'inpaint'],
      /expected a model of images, found one of arrays; complete a file with missing values by --table FILE/,
    ],
    'a horizon of a whole window': [['forecast', 'power', '--test', '--horizon', '24'], /horizon: expected fewer than the 24 times of a window, got 24/], // prettier-ignore
    'a history without a channel': [['forecast', 'power', '--history', 'renamed.csv', '--horizon', '6'], /history: expected a column load \[MW\] as the model has learned, found lod \[MW\], temp/], // prettier-ignore
    'a history of other steps': [['forecast', 'power', '--history', 'daily.csv', '--horizon', '6'], /history: expected times apart by 3600000/], // prettier-ignore
    'a forecast of no series': [['forecast', 'waves.npy', '--test'], /waves\.npy/],
    'neither a history nor a test': [['forecast', 'power'], /history: expected a table, or --test/],
  },
});
const array = (name: string): ReturnType<typeof parseNpy> =>
  parseNpy(new Uint8Array(readFileSync(join(cwd, name))), name);
const cells = (name: string): ReturnType<typeof cellsOf> => cellsOf(readFileSync(join(cwd, name), 'utf8'), name);

it('arrays are described by their channels and axes', () => {
  const { columns, ...info } = resultOf('info') as { columns: Record<string, string> };
  expect(info).toMatchObject({ kind: 'arrays', count, shape: [2, length] });
  expect(columns['t2m']).toMatch(/K.*affine/);
  expect(columns['tp']).toMatch(/log1p, 1\.4 % missing/);
});

it('samples are arrays of the form and the units of the data, and a picture', () => {
  const { shape, data } = array('more.npy');
  expect(shape).toEqual([3, length, 2]);
  // Amounts whose logarithms are learned are more than -1.
  for (let at = 1; at < data.length; at += 2) expect(data[at]).toBeGreaterThan(-1);
  expect(readFileSync(join(cwd, 'more.png')).subarray(1, 4).toString()).toBe('PNG');
});

it('what was missing is drawn, and all else stays as it is', () => {
  const { shape, data } = array('filled/draws.npy');
  expect(shape).toEqual([4, length, 2]);
  data.forEach((value, at) => {
    const known = holes[Math.floor(at / (4 * length)) * 2 * length + (at % (2 * length))]!;
    if (Number.isNaN(known)) expect(Number.isFinite(value)).toBe(true);
    else expect(value).toBe(known);
  });
});

it('every array has a score, and samples are judged by channel', () => {
  const { names, columns } = cells('scores.csv');
  expect(names.slice(0, 3)).toEqual(['sample', 'bits', 'time']);
  expect(new Set(columns[1])).toHaveProperty('size', 2);
  expect(resultOf('evaluate')).toMatchObject({ n: 40, report: {} });
});

it('a forecast goes on with the times of the history, in quantiles of each channel', () => {
  const { names, columns } = cells('next.csv');
  expect(names).toEqual(['time', 'load', 'load q0.1', 'load q0.9', 'temp', 'temp q0.1', 'temp q0.9']);
  expect(columns[0]).toEqual(Array.from({ length: 6 }, (_, i) => hour(30 + i)));
  columns[2]!.forEach((low, i) => {
    expect(Number(low)).toBeLessThanOrEqual(Number(columns[1]![i]));
    expect(Number(columns[1]![i])).toBeLessThanOrEqual(Number(columns[3]![i]));
  });
  expect(existsSync(join(cwd, 'next.png'))).toBe(true);
});

it('forecasts of windows that were left out have scores', () => {
  type Score = Record<'value' | 'standardError', number>;
  const { windows, crps, within50 } = resultOf('tested') as { windows: number; crps: Record<string, Score>; within50: Score }; // prettier-ignore
  expect([windows, ...Object.keys(crps)]).toEqual([2, 'load', 'temp']);
  for (const { value, standardError } of [...Object.values(crps), within50])
    expect(Number.isFinite(value + standardError)).toBe(true);
  expect(endOf('tested').err).toMatch(/within the middle 90 %/);
});
