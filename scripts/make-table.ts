/**
 * @file Writes a large table of a known law as CSV, by which reading and learning of tables are measured: 20 columns of every type whose ranks have a
 * Gaussian copula of a few factors. Run with `npx tsx scripts/make-table.ts FILE [ROWS]`.
 */
import { writeFileSync } from 'node:fs';
import { normalCdf } from '../src/base/gamma.ts';
import { foldIn, key } from '../src/base/key.ts';
import { probit } from '../src/base/probit.ts';
import { normal } from '../src/base/random.ts';

/** Factors that the columns share, and the part of the variance of a column that is its own. */
const [factors, own] = [4, 0.35];

/** What stands in a cell for its rank in (0, 1), or nothing. */
type Column = (rank: number) => string;

const fixed =
  (digits: number, quantile: (rank: number) => number): Column =>
  (rank) =>
    quantile(rank).toFixed(digits);
const category =
  (names: readonly string[], power = 1): Column =>
  (rank) =>
    names[Math.min(names.length - 1, Math.floor(names.length * rank ** power))] ?? '';
const exponential = (rank: number): number => -Math.log1p(-rank);
const day = (rank: number): string => new Date(Date.UTC(2015, 0, 1 + Math.floor(3650 * rank))).toISOString();

const columns: Readonly<Record<string, Column>> = {
  age: fixed(0, (u) => 18 + 72 * u ** 1.4),
  height: fixed(1, (u) => 170 + 9 * probit(u)),
  income: fixed(2, (u) => Math.exp(10 + 0.8 * probit(u))),
  wealth: fixed(0, (u) => (u < 0.2 ? 0 : Math.exp(8 + 2 * probit((u - 0.2) / 0.8)))),
  children: fixed(0, (u) => Math.min(9, Math.floor(1.7 * exponential(u)))),
  wait: fixed(3, (u) => 12 * exponential(u)),
  temperature: fixed(2, (u) => (u < 0.4 ? -5 + 3 * probit(u / 0.4) : 18 + 4 * probit((u - 0.4) / 0.6))),
  share: fixed(4, (u) => Math.sin((Math.PI / 2) * u) ** 2),
  gain: fixed(3, (u) => Math.tan((Math.PI / 2) * (0.98 * (2 * u - 1))) * 2),
  score: fixed(0, (u) => 10 * Math.round(10 * u)),
  latitude: fixed(5, (u) => -60 + 130 * u),
  balance: fixed(2, (u) => (u < 0.3 ? -1 : 1) * Math.exp(4 + probit(u < 0.3 ? (0.3 - u) / 0.3 : (u - 0.3) / 0.7))),
  joined: (u) => day(u).slice(0, 10),
  seen: (u) => day(Math.sqrt(u)).slice(0, 10),
  sex: category(['f', 'm']),
  smoker: category(['no', 'no', 'no', 'yes']),
  city: category(['Aachen', 'Bergen', 'Cork', 'Dijon', 'Essen', 'Fez', 'Ghent', 'Hull'], 2),
  level: category(['low', 'middle', 'high']),
  group: category(
    Array.from({ length: 30 }, (_, i) => `group ${i + 1}`),
    1.5,
  ),
  weight: (u) => (u > 0.88 ? '' : (75 + 14 * probit(u / 0.88)).toFixed(1)),
};

const [file, rows = '100000'] = process.argv.slice(2);
if (file === undefined) throw new Error('expected the name of a file');
const names = Object.keys(columns);
const loadings = normal(foldIn(key(0), 'loadings'), names.length * factors);
const norm = names.map((_, j) => Math.hypot(...loadings.subarray(j * factors, (j + 1) * factors)));
const lines = [names.join()];
for (let i = 0; i < Number(rows); i++) {
  const [shared, noise] = [
    normal(foldIn(foldIn(key(1), 'shared'), i), factors),
    normal(foldIn(key(2), i), names.length),
  ];
  const cells = Object.values(columns).map((cell, j) => {
    const of = shared.reduce((sum, factor, k) => sum + factor * (loadings[j * factors + k] ?? 0), 0);
    const z = (Math.sqrt(1 - own) * of) / (norm[j] ?? 1) + Math.sqrt(own) * (noise[j] ?? 0);
    return cell(Math.min(Math.max(normalCdf(z), 1e-12), 1 - 1e-12));
  });
  lines.push(cells.join());
}
writeFileSync(file, `${lines.join('\n')}\n`);
