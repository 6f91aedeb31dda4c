import { describe, expect, it } from 'vitest';
import { tensor } from '../../../src/base/tensor.ts';
import {
  exponentialStep,
  halfLogSnr,
  phi,
  polynomialMean,
  polynomialWeights,
} from '../../../src/sample/multistep/exponential.ts';
import { edm } from '../../../src/sde/processes/edm.ts';
import { allSdes } from '../../sde/all.ts';

/** The integral over [0, 1] by Simpson's rule on 4000 intervals: exact to about 1e-13 for the functions below. */
function integral(f: (u: number) => number): number {
  const n = 4000;
  return Array.from({ length: n + 1 }, (_, i) => (i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2) * f(i / n)).reduce(
    (sum, v) => sum + v / (3 * n),
    0,
  );
}

it('phi_j is its integral, on both sides of where the series takes over', () => {
  const factorials = [1, 1, 2, 6];
  for (const z of [0, -1e-9, -1e-3, -0.5, -0.999, -1.001, -3, -20])
    for (const j of [1, 2, 3, 4]) {
      const exact = integral((u) => (Math.exp((1 - u) * z) * u ** (j - 1)) / factorials[j - 1]!);
      expect(phi(j, z) / exact).toBeCloseTo(1, 10);
    }
  expect(phi(0, -2)).toBe(Math.exp(-2));
});

describe.each([0, 1e-6, 0.1, 2, 15])('the weights at k = %f', (k) => {
  const nodes = [0, -0.7, -2.1, 1];

  it('give the weighted mean of every polynomial of a degree below the number of nodes', () => {
    for (const count of [1, 2, 3, 4]) {
      const used = nodes.slice(0, count);
      const weights = polynomialWeights(used, k);
      for (let degree = 0; degree < count; degree++) {
        const mean = integral((u) => Math.exp(-(1 - u) * k) * u ** degree) / integral((u) => Math.exp(-(1 - u) * k));
        expect(weights.reduce((sum, w, i) => sum + w * used[i]! ** degree, 0)).toBeCloseTo(mean, 10);
      }
    }
  });
});

it('the weights at k = 0 and even nodes are those of Adams and Bashforth, and of Adams and Moulton', () => {
  const expected = [[1], [3 / 2, -1 / 2], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24]];
  expected.forEach((known, n) => {
    const weights = polynomialWeights(
      known.map((_, i) => -i),
      0,
    );
    weights.forEach((w, i) => expect(w, `${n}`).toBeCloseTo(known[i]!, 12));
  });
  const moulton = polynomialWeights([1, 0, -1], 0);
  [5 / 12, 8 / 12, -1 / 12].forEach((known, i) => expect(moulton[i]).toBeCloseTo(known, 12));
});

it('a step of infinite k has the first node alone', () => {
  const nodes = [0, -1].map((u) => ({ u, value: tensor([u + 3], [1, 1]) }));
  expect(polynomialMean(nodes, Infinity).data).toEqual(Float64Array.of(3));
});

describe.each(allSdes)('the exponential step of $kind', (sde) => {
  const between = (part: number): number => sde.tEnd + part * (sde.tMax - sde.tEnd);
  const [from, middle, to] = [between(0.8), between(0.5), between(0.2)];

  it.each([0, 0.3, 1, 2])('with eta %f keeps the law of data at one point, and two halves are the whole', (eta) => {
    const whole = exponentialStep(sde, { from, to, eta });
    const [a, b] = [exponentialStep(sde, { from, to: middle, eta }), exponentialStep(sde, { from: middle, to, eta })];
    // x = alpha D + sigma z: mean and variance.
    expect(whole.factor * sde.alpha(from) + whole.share).toBeCloseTo(sde.alpha(to), 12);
    const variance = (whole.factor * sde.sigma(from)) ** 2 + whole.noise ** 2;
    expect(variance / sde.sigma(to) ** 2).toBeCloseTo(1, 12);
    expect(b.factor * a.factor).toBeCloseTo(whole.factor, 12);
    expect(b.factor * a.share + b.share).toBeCloseTo(whole.share, 12);
    expect(Math.hypot(b.factor * a.noise, b.noise)).toBeCloseTo(whole.noise, 12);
    expect(a.k + b.k).toBeCloseTo(whole.k, 12);
    expect(whole.k).toBeCloseTo((1 + eta) * (halfLogSnr(sde, to) - halfLogSnr(sde, from)), 12);
  });
});

it('a step to zero noise gives the estimate', () => {
  expect(exponentialStep(edm(), { from: 3, to: 0, eta: 1 })).toEqual({ factor: 0, share: 1, noise: 0, k: Infinity });
});
