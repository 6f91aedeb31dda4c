/**
 * @file Methods of forecasting where the exact forecast is known: windows of 72 times of the autoregression x = 1.3 x' - 0.6 x'' + e, whose last 24 are drawn
 * given the others by each posterior sampler with the exact score, so that what is measured is the method. Run with
 * `npx tsx bench/forecasts.ts [--windows 40] [--draws 40] [--nfe 200] [--noise 0.05]`.
 */
import { parseArgs } from 'node:util';
import { foldIn, key, split } from '../src/base/key.ts';
import { normal } from '../src/base/random.ts';
import { tensor, type Tensor } from '../src/base/tensor.ts';
import { buildPosteriorSampler, inverseList } from '../src/catalog/posterior-samplers/build-posterior-sampler.ts';
import { coveredBy, crps } from '../src/evaluate/crps.ts';
import { estimateText, meanEstimate } from '../src/evaluate/estimate.ts';
import { symmetricEigen } from '../src/evaluate/symmetric-eigen.ts';
import { matrix } from '../src/inverse/operator/sensing/matrix.ts';
import { finish } from '../src/sample/sampler.ts';
import { gaussian } from '../src/sde/exact/gaussian.ts';
import { vp } from '../src/sde/processes/vp.ts';

const { values } = parseArgs({
  options: {
    windows: { type: 'string', default: '40' },
    draws: { type: 'string', default: '40' },
    nfe: { type: 'string', default: '200' },
    noise: { type: 'string', default: '0.05' },
  },
});
const [windows, draws, nfe, noiseStd] = [values.windows, values.draws, values.nfe, values.noise].map(Number) as [number, number, number, number]; // prettier-ignore
const [length, horizon] = [72, 24];
const before = length - horizon;
const [first, second] = [1.3, -0.6];

// Autocorrelations by the equations of Yule and Walker; windows have variance 1, as the data of a model.
const correlation = [1, first / (1 - second)];
for (let k = 2; k < length; k++) correlation.push(first * correlation[k - 1]! + second * correlation[k - 2]!);
const rho = (i: number, j: number): number => correlation[Math.abs(i - j)]!;
const covariance = tensor(
  Float64Array.from({ length: length ** 2 }, (_, at) => rho(Math.floor(at / length), at % length)),
  [length, length],
);
// In the basis of its eigenvectors the law has independent coordinates, so that its score is known, and what is seen is a product with a matrix.
const { values: spectrum, vectors } = symmetricEigen(covariance);
const stds = tensor(spectrum.map(Math.sqrt), [length]);
const toSeries = (z: ArrayLike<number>, row: number): Float64Array => {
  const out = new Float64Array(length);
  for (let k = 0; k < length; k++)
    for (let i = 0; i < length; i++) out[i] = out[i]! + vectors[k * length + i]! * (z[row * length + k] ?? NaN);
  return out;
};
const seen = matrix(
  [length],
  tensor(Float64Array.from({ length: before * length }, (_, at) => vectors[(at % length) * length + Math.floor(at / length)]!), [before, length]), // prettier-ignore
);
const sde = vp();
const { score, scoreVjp } = gaussian(sde, { mean: tensor(new Float64Array(length), [length]), std: stds });

const truths = Array.from({ length: windows }, (_, w) =>
  toSeries(
    normal(foldIn(key(1), w), length).map((value, k) => value * (stds.data[k] ?? NaN)),
    0,
  ),
);
const noises = truths.map((_, w) => normal(foldIn(key(2), w), before).map((value) => noiseStd * value));

/** The exact forecast: draws of the law of the last times given what was seen of the others, by the conditional mean and the factor of the covariance. */
function exactDraws(y: Float64Array, w: number): readonly Float64Array[] {
  // (K + n² I) a = y, and a draw is x + C' (K + n² I)^-1 (y - x_seen - n e) for a draw x of the prior (Matheron's rule).
  return Array.from({ length: draws }, (_, d) => {
    const own = foldIn(foldIn(key(3), w), d);
    const x = toSeries(
      normal(foldIn(own, 'x'), length).map((value, k) => value * (stds.data[k] ?? NaN)),
      0,
    );
    const e = normal(foldIn(own, 'e'), before);
    const misfit = y.map((value, i) => value - x[i]! - noiseStd * e[i]!);
    const a = solve(misfit);
    return x
      .slice(before)
      .map((value, k) => value + a.reduce((sum, factor, i) => sum + rho(before + k, i) * factor, 0));
  });
}

/** (K + n² I)^-1 b by Cholesky's factor. */
const factor = cholesky();
function cholesky(): Float64Array {
  const l = new Float64Array(before * before);
  for (let i = 0; i < before; i++)
    for (let j = 0; j <= i; j++) {
      let sum = rho(i, j) + (i === j ? noiseStd ** 2 : 0);
      for (let k = 0; k < j; k++) sum -= l[i * before + k]! * l[j * before + k]!;
      l[i * before + j] = i === j ? Math.sqrt(sum) : sum / l[j * before + j]!;
    }
  return l;
}
function solve(b: Float64Array): Float64Array {
  const x = b.slice();
  for (let i = 0; i < before; i++) {
    for (let k = 0; k < i; k++) x[i] = x[i]! - factor[i * before + k]! * x[k]!;
    x[i] = x[i]! / factor[i * before + i]!;
  }
  for (let i = before - 1; i >= 0; i--) {
    for (let k = i + 1; k < before; k++) x[i] = x[i]! - factor[k * before + i]! * x[k]!;
    x[i] = x[i]! / factor[i * before + i]!;
  }
  return x;
}

const measurements = truths.map((x, w) => x.slice(0, before).map((value, i) => value + noises[w]![i]!));

function report(name: string, of: (w: number) => readonly Float64Array[], evaluations: number): void {
  const [scores, half, most]: [number[], number[], number[]] = [[], [], []];
  truths.forEach((truth, w) => {
    const own = of(w);
    let [score0, in50, in90] = [0, 0, 0];
    for (let k = 0; k < horizon; k++) {
      const drawn = Float64Array.from(own, (draw) => draw[k]!);
      const y = truth[before + k]!;
      score0 += crps(drawn, y) / horizon;
      in50 += coveredBy(drawn, y, 0.5) / horizon;
      in90 += coveredBy(drawn, y, 0.9) / horizon;
    }
    scores.push(score0);
    half.push(100 * in50);
    most.push(100 * in90);
  });
  const [a, b, c] = [scores, half, most].map((values) => estimateText(meanEstimate(values)));
  console.log(`| ${name.padEnd(18)} | ${String(evaluations).padStart(5)} | ${a} | ${b} | ${c} |`);
}

console.log('| method | evaluations | CRPS | within 50 % | within 90 % |\n| --- | --- | --- | --- | --- |');
const exact = measurements.map(exactDraws);
report('exact', (w) => exact[w]!, 0);
for (const { name } of inverseList) {
  const y = tensor(measurements.flatMap((own) => Array.from({ length: draws }, () => Array.from(own)).flat()), [windows * draws, before]); // prettier-ignore
  const sampler = buildPosteriorSampler(name, {
    nfe,
    lowDimensional: true,
    ...(name === 'twisted' && { particles: 4 }),
  });
  const keys = split(foldIn(key(4), name), windows * draws);
  const result = await finish(
    sampler({ sde, score, scoreVjp, measurement: { operator: seen, y, noiseStd }, shape: [length], keys }),
  );
  const x: Tensor = result.x;
  const all = Array.from({ length: windows * draws }, (_, i) => toSeries(x.data, i).slice(before));
  const evals = result.evals;
  report(name, (w) => all.slice(w * draws, (w + 1) * draws), evals[0] ?? 0);
}
