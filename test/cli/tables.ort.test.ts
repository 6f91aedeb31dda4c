/** @file Tables by the command line: described, trained on, drawn, completed, judged, and refused. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { cellsOf } from '../../src/data/tables/cells.ts';
import { newFolder } from '../io/folders.ts';
import { reportedCalls } from './reported-calls.ts';

const cwd = newFolder();
const z = normal(key(3), 800);
const lines = Array.from({ length: 400 }, (_, i) => {
  const [a, b] = [z[2 * i]!, z[2 * i + 1]!];
  return [`2024-01-${String(10 + (i % 20))}`, i % 9 === 0 ? '' : Math.exp(a).toFixed(2), a + b > 0 ? 'high' : 'low', String(Math.round(5 * b))]; // prettier-ignore
});
const written = (rows: readonly (readonly string[])[]): string =>
  `day,amount,level,count\n${rows.map((row) => row.join()).join('\n')}\n`;
const file = (name: string, text: string): void => writeFileSync(join(cwd, name), text);
file('data.csv', written(lines));
file('new.csv', written(lines.slice(0, 5)));
file('holes.csv', 'count,level,day,amount,more\n3,,2024-01-12,,1\n,low,2024-01-13,2.50,1\n1,low,2024-01-13,2.50,1\n');
file(
  'gap.csv',
  written([
    ['2024-01-12', '1.00', 'low', '1'],
    ['2024-01-13', '2.00', '', '2'],
  ]),
);
file('ragged.csv', 'a,b\n1,2\n1\n');
file('pink.csv', written([['2024-01-12', '1.00', 'pink', '1'], ['2024-01-13', '2.00', 'low', '2']])); // prettier-ignore

const small = ['--set', 'net.width=16', '--set', 'net.depth=1', '--set', 'train.sampleEvery=0', '--threads', '1'];
const fast = ['--steps', '3', '--threads', '1'];
const { endOf, resultOf } = await reportedCalls({
  cwd,
  good: {
    info: ['info', 'data.csv', '--json', '--transform', 'amount=log1p'],
    run: ['train', 'data.csv', '--out', 'run', '--steps', '20', '--batch', '32', '--json', ...small],
    sample: ['sample', 'run', '-n', '7', '--out', 'more.csv', '--json', ...fast],
    picture: ['sample', 'run', '-n', '20', '--out', 'more.png', '--json', ...fast],
    restore: ['restore', 'run', '--table', 'holes.csv', '-n', '4', '--out', 'filled', '--quantiles', '.1,.9', '--json', ...fast], // prettier-ignore
    likelihood: ['likelihood', 'run', '--data', 'new.csv', '--out', 'scores.csv', '--tolerance', '1e-1', '--json', '--threads', '1'], // prettier-ignore
    evaluate: ['evaluate', 'run', '-n', '40', '--json', ...fast],
  },
  bad: {
    'a ragged file': [
      ['info', 'ragged.csv'],
      /ragged\.csv: expected 2 cells a row, as the first line has, found 1 in line 3/,
    ],
    'an unknown column': [['train', 'data.csv', '--omit', 'amuont'], /omit: expected names of columns, day, amount, level, count; found amuont; did you mean amount\?/], // prettier-ignore
    'an unknown category': [['likelihood', 'run', '--data', 'pink.csv'], /expected one of the categories high, low in column level of pink\.csv, found pink in row 1/], // prettier-ignore
    'a gap that the training had not': [['likelihood', 'run', '--data', 'gap.csv'], /expected a value in column level, where none was missing in the training, found none in row 2 of gap\.csv/], // prettier-ignore
    'a table that is not there': [['restore', 'run', '--table', 'pink2.csv'], /there is no file or folder pink2\.csv/],
    'an image of a table': [['restore', 'run', '--table', 'holes.csv', '--task', 'inpaint'], /--task: is of images, not of holes\.csv/], // prettier-ignore
    'options of images': [['train', 'data.csv', '--size', '8'], /size: .*data\.csv has no such option, only limit, split, categories/], // prettier-ignore
  },
});
const cells = (name: string): ReturnType<typeof cellsOf> => cellsOf(readFileSync(join(cwd, name), 'utf8'), name);

it('a table is described by its columns', () => {
  expect(resultOf('info')).toMatchObject({ kind: 'tables', count: 400, shape: [1 + 2 + 2 + 1] });
  const { columns } = resultOf('info') as { columns: Record<string, string> };
  expect(columns['day']).toBe('date, 2024-01-10 to 2024-01-29, quantile-normal');
  expect(columns['amount']).toMatch(/^number, .* log1p, 45 missing$/);
  expect(columns['level']).toMatch(/^category, 2 in all: /);
});

it('a training leaves every tenth row out, and samples have the header and the types of the data', () => {
  const config = JSON.parse(readFileSync(join(cwd, 'run', 'config.json'), 'utf8')) as object;
  expect(config).toMatchObject({ data: { split: 'train' }, net: { kind: 'residual-mlp' }, sde: { kind: 'edm' } });
  const { names, columns } = cells('more.csv');
  expect(names).toEqual(['day', 'amount', 'level', 'count']);
  const [day = [], amount = [], level = [], count = []] = columns;
  expect(day).toHaveLength(7);
  for (const one of day) expect(one).toMatch(/^2024-01-[12]\d$/);
  for (const one of amount) expect(one).toMatch(/^(\d+(\.\d{1,2})?)?$/);
  for (const one of level) expect(['high', 'low']).toContain(one);
  for (const one of count) expect(Number.isInteger(Number(one))).toBe(true);
  expect(resultOf('sample')).toMatchObject({ n: 7, sampler: 'heun' });
  expect(readFileSync(join(cwd, 'more.png')).subarray(1, 4).toString()).toBe('PNG');
});

it('holes are filled, and all else stays as it is', () => {
  const { names, columns } = cells('filled/draws.csv');
  expect(names).toEqual(['day', 'amount', 'level', 'count', 'row', 'draw']);
  expect(columns[4]).toEqual(['1', '1', '1', '1', '2', '2', '2', '2']);
  expect(columns[0]).toEqual([...Array<string>(4).fill('2024-01-12'), ...Array<string>(4).fill('2024-01-13')]);
  expect(columns[3]!.slice(0, 4)).toEqual(['3', '3', '3', '3']);
  expect(columns[1]!.slice(4)).toEqual(['2.5', '2.5', '2.5', '2.5']);
  for (const column of columns) expect(column).not.toContain('');
  const holes = cells('filled/holes.csv');
  expect(holes.names).toEqual(['row', 'column', 'value', 'probability', 'q0.1', 'q0.9']);
  expect([...new Set(holes.columns[1]!.map((column, i) => `${holes.columns[0]![i]} ${column}`))]).toEqual(['1 amount', '1 level', '2 count']); // prettier-ignore
  expect(resultOf('restore')).toMatchObject({ rows: 2, n: 4 });
});

it('every row has a score', () => {
  const { names, columns } = cells('scores.csv');
  expect(names).toEqual(['day', 'amount', 'level', 'count', 'bits']);
  expect(columns[0]).toEqual(lines.slice(0, 5).map(([day]) => day));
  for (const bits of columns[4]!) expect(Number.isFinite(Number(bits))).toBe(true);
});

it('columns, pairs and records are compared with rows that were left out', () => {
  const { report, reference } = resultOf('evaluate') as { report: { columns: object[]; pairs: object[] }; reference: { count: number } }; // prettier-ignore
  expect(reference.count).toBe(40);
  expect(report.columns.map((one) => (one as { measure: string }).measure)).toEqual(['KS', 'KS', 'TV', 'KS']);
  expect(report.pairs).toHaveLength(6);
  expect(endOf('evaluate').err).toMatch(/closest record +[\d.]+ from a row of the training/);
});
