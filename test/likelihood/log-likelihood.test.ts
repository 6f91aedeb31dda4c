import { describe, expect, it } from 'vitest';
import { key, split } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { takeRows, tensor } from '../../src/base/tensor.ts';
import { meanEstimate } from '../../src/evaluate/estimate.ts';
import { bitsPerDim } from '../../src/likelihood/bits-per-dim.ts';
import { logLikelihood, type Trace } from '../../src/likelihood/log-likelihood.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import { autoregressionSpectrum } from '../../src/sde/exact/field-spectrum.ts';
import { gaussianField } from '../../src/sde/exact/gaussian-field.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { ve } from '../../src/sde/processes/ve.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { scalerOf, type PointSet } from '../../src/data/dataset.ts';
import { bitsOffset, factorsOf, scaled } from '../../src/data/scaler.ts';
import { allSdes } from '../sde/all.ts';

const exact: Trace = { kind: 'exact' };
const tight = { rtol: 1e-8, atol: 1e-8 };
const points = tensor(
  normal(key(3), 12).map((z) => 0.3 + 0.8 * z),
  [6, 2],
);
const keys = split(key(4), 6);

/**
 * The flow carries p at tMax to p at tMin exactly; the model puts the prior in the place of p at tMax, so its density is
 * log p_tMin(x) + log prior(z) - log p_tMax(z), with z where the flow takes x.
 */
function truth(
  sde: Sde,
  { logDensity }: ReturnType<typeof gaussian>,
  latent: ReturnType<typeof takeRows>,
): Float64Array {
  const before = logDensity(points, sde.tMin);
  const after = logDensity(latent, sde.tMax);
  const variance = sde.priorStd ** 2;
  return before.map((value, i) => {
    const row = latent.data.subarray(2 * i, 2 * i + 2);
    const prior = -Math.log(2 * Math.PI * variance) - row.reduce((sum, z) => sum + z * z, 0) / (2 * variance);
    return value + prior - after[i]!;
  });
}

describe.each(allSdes)('log-likelihood of $kind', (sde) => {
  const cases = {
    gaussian: gaussian(sde, { mean: tensor([0.4, -0.2], [2]), std: 0.7 }),
    mixture: gaussianMixture(sde, {
      means: tensor([0.8, 0.3, -0.6, 0.1], [2, 2]),
      stds: [0.4, 0.6],
      weights: [0.3, 0.7],
    }),
  };

  it.each(Object.entries(cases))('is exact for a %s with the exact trace', async (_name, marginals) => {
    const found = await logLikelihood({ sde, scoreJvp: marginals.scoreJvp, keys }, points, { ...tight, trace: exact });
    const expected = truth(sde, marginals, found.latent);
    // Global error of the solver at tolerance 1e-8, over some hundred steps.
    expected.forEach((value, i) => expect(Math.abs(found.logDensityNats[i]! - value)).toBeLessThan(1e-4));
    expect(new Set(found.status)).toEqual(new Set(['ok']));
  });

  it('is exact for one Rademacher probe where the Jacobian is diagonal', async () => {
    const { scoreJvp } = cases.gaussian;
    const one = await logLikelihood({ sde, scoreJvp, keys }, points, tight);
    const all = await logLikelihood({ sde, scoreJvp, keys }, points, { ...tight, trace: exact });
    one.logDensityNats.forEach((value, i) => expect(Math.abs(value - all.logDensityNats[i]!)).toBeLessThan(1e-5));
  });
});

describe('Hutchinson probes', () => {
  const [sde] = allSdes.filter(({ kind }) => kind === 'vp');
  const mixture = gaussianMixture(sde!, { means: tensor([1, 0.5, -1, -0.5], [2, 2]), stds: 0.3 });
  const request = { sde: sde!, scoreJvp: mixture.scoreJvp, keys };

  it.each(['rademacher', 'gaussian'] as const)('are unbiased: %s', async (law) => {
    const probes = 64;
    const found = await logLikelihood(request, points, { trace: { kind: 'hutchinson', law, probes } });
    const all = await logLikelihood(request, points, { trace: exact });
    for (let i = 0; i < 6; i++) {
      const { value: mean, standardError } = meanEstimate(
        found.byProbeNats.data.subarray(i * probes, (i + 1) * probes),
      );
      // n = 64 probes; 4.5 standard errors for 12 comparisons, and the solver's own tolerance.
      expect(Math.abs(mean - all.logDensityNats[i]!)).toBeLessThan(4.5 * standardError + 1e-3);
    }
  });

  it('give a sample the same value whatever its batch', async () => {
    const together = await logLikelihood(request, points);
    for (let i = 0; i < 6; i++) {
      const alone = await logLikelihood({ ...request, keys: [keys[i]!] }, takeRows(points, [i]));
      expect(alone.logDensityNats[0]).toBe(together.logDensityNats[i]);
      expect(alone.evals[0]).toBe(together.evals[i]);
    }
  });
});

describe('Gaussian data under the VE SDE', () => {
  const [std, sigmaMin, sigmaMax] = [0.7, 0.01, 50];
  const sde = ve({ sigmaMin, sigmaMax });
  const { scoreJvp } = gaussian(sde, { mean: tensor([0, 0], [2]), std });
  const variance = (t: number): number => std ** 2 + sde.sigma(t) ** 2;
  const growth = variance(sde.tMax) / variance(sde.tMin);
  /** log N(x; 0, var(tMin)), with the prior in the place of N(0, var(tMax)) at the latent. */
  const expected = Array.from({ length: 6 }, (_, i) => {
    const square = points.data[2 * i]! ** 2 + points.data[2 * i + 1]! ** 2;
    const log = (v: number, norm: number): number => -Math.log(2 * Math.PI * v) - norm / (2 * v);
    const latent = square * growth;
    return log(variance(sde.tMin), square) + log(sigmaMax ** 2, latent) - log(variance(sde.tMax), latent);
  });

  it('has the density that is known', async () => {
    const { logDensityNats, latent } = await logLikelihood({ sde, scoreJvp, keys }, points, { ...tight, trace: exact });
    expected.forEach((value, i) => expect(logDensityNats[i]).toBeCloseTo(value, 5));
    points.data.forEach((value, j) => expect(latent.data[j]! / (value * Math.sqrt(growth))).toBeCloseTo(1, 6));
  });

  it('gives Gaussian probes the variance 2 ||A||^2 of their trace', async () => {
    const probes = 500;
    const options = { trace: { kind: 'hutchinson', law: 'gaussian', probes } as const };
    const { byProbeNats } = await logLikelihood(
      { sde, scoreJvp, keys: keys.slice(0, 1) },
      takeRows(points, [0]),
      options,
    );
    // The flow's score part is A = log(growth) / 2 I in two dimensions, so that the estimate is chi-squared with two degrees
    // of freedom, of excess kurtosis 6: the variance of 500 has a standard error of sqrt(8 / 500) = 13 %.
    const { value: mean, standardError } = meanEstimate(byProbeNats.data);
    const ratio = (standardError ** 2 * probes) / Math.log(growth) ** 2;
    expect(Math.abs(ratio - 1)).toBeLessThan(0.5);
    expect(Math.abs(mean - expected[0]!)).toBeLessThan(4 * standardError);
  });
});

describe('what cannot be right', () => {
  const [sde] = allSdes.filter(({ kind }) => kind === 'vp');
  const { scoreJvp } = gaussian(sde!, { mean: tensor([0, 0], [2]), std: 1 });

  it('is not a number where the solver gave up', async () => {
    const found = await logLikelihood({ sde: sde!, scoreJvp, keys }, points, { ...tight, maxSteps: 3 });
    expect(found.status).toEqual(Array.from({ length: 6 }, () => 'maxSteps'));
    found.logDensityNats.forEach((value) => expect(value).toBeNaN());
  });

  it('is refused: another number of keys than samples', async () => {
    const request = logLikelihood({ sde: sde!, scoreJvp, keys: keys.slice(1) }, points);
    await expect(request).rejects.toThrow('keys: expected 6, one per sample, got 5');
  });
});

describe('bits per dimension', () => {
  it('of the uniform density over bytes is 8, on [0, 1) and on [-1, 1)', () => {
    const dimension = 5;
    expect(bitsPerDim(Float64Array.of(0), { dimension, offset: 8 })[0]).toBe(8);
    expect(bitsPerDim(Float64Array.of(-dimension * Math.LN2), { dimension, offset: 7 })[0]).toBeCloseTo(8, 12);
  });
});

it('of columns with deviations of 1000 and 0.5 is that of their Gaussian, in the units of the data', async () => {
  const values = normal(key(8), 800).map((z, j) => (j % 2 === 0 ? 5000 + 1000 * z : -3 + 0.5 * z));
  const set: PointSet = { kind: 'points', name: 'mixed', count: 400, dimension: 2, values };
  const scaler = scalerOf(set);
  const sde = vp();
  // As a model sees them, columns are standard normal.
  const { scoreJvp } = gaussian(sde, { mean: tensor([0, 0], [2]), std: 1 });
  const x = tensor(values.slice(0, 12), [6, 2]);
  const { logDensityNats } = await logLikelihood({ sde, scoreJvp, keys }, scaled(scaler, x), {
    trace: exact,
    ...tight,
  });
  const bits = bitsPerDim(logDensityNats, { dimension: 2, offset: bitsOffset(scaler) });
  const stds = factorsOf(scaler).map((factor) => 1 / factor);
  bits.forEach((value, i) => {
    const nats = stds.reduce((sum, std, j) => {
      const apart = (x.data[2 * i + j]! - scaler.shift[j]!) / std;
      return sum - apart ** 2 / 2 - Math.log(std) - Math.log(2 * Math.PI) / 2;
    }, 0);
    // vp ends at alpha = 0.007 in the standard normal.
    expect(value).toBeCloseTo(-nats / (2 * Math.LN2), 4);
  });
});

it('is the density of a Gaussian field within 1e-3 nats with its exact score', async () => {
  const sde = vp();
  const field = gaussianField(sde, { spectrum: autoregressionSpectrum(16, { coefficients: [0.5, -0.3] }) });
  const x = field.draw(split(key(6), 3));
  const options = { rtol: 1e-6, atol: 1e-6, trace: exact };
  const found = await logLikelihood({ sde, scoreJvp: field.scoreJvp, keys: split(key(7), 3) }, x, options);
  // The prior of this process is the law at tMax but for 1e-4 of a variance.
  const expected = field.logDensity(x, sde.tMin);
  expected.forEach((value, i) => expect(Math.abs(found.logDensityNats[i]! - value)).toBeLessThan(1e-3));
});
