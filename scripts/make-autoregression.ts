/**
 * @file Writes a series whose forecasts are known exactly, the autoregression x = 1.3 x' - 0.6 x'' + e with e standard normal, as a CSV file of one
 * column, and prints the CRPS of the exact forecast of the last times of a window. Run with `npx tsx scripts/make-autoregression.ts FILE [LINES] [HORIZON]`.
 */
import { writeFileSync } from 'node:fs';
import { foldIn, key } from '../src/base/key.ts';
import { normal } from '../src/base/random.ts';

const [first, second] = [1.3, -0.6];
/** Lines before the first that is written, after which the law does not change. */
const before = 1000;

const [file, lines = '400000', horizon = '24'] = process.argv.slice(2);
if (file === undefined) throw new Error('expected the name of a file');
const noise = normal(foldIn(key(0), 'noise'), before + Number(lines));
const series = new Float64Array(noise.length);
for (let i = 2; i < series.length; i++)
  series[i] = first * (series[i - 1] ?? 0) + second * (series[i - 2] ?? 0) + (noise[i] ?? 0);
writeFileSync(file, `x\n${Array.from(series.subarray(before), (x) => x.toFixed(4)).join('\n')}\n`);

// The forecast k times ahead is normal with the variance Σ_{j<k} ψ_j², and the CRPS of a normal law for what it draws is its deviation over sqrt(π).
let [psi, next, variance, sum] = [1, first, 0, 0];
for (let k = 1; k <= Number(horizon); k++) {
  variance += psi ** 2;
  sum += Math.sqrt(variance / Math.PI);
  [psi, next] = [next, first * next + second * psi];
}
console.log(`CRPS of the exact forecast of ${horizon} times: ${(sum / Number(horizon)).toFixed(4)}`);
