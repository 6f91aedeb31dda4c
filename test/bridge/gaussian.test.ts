import { describe, expect, it } from 'vitest';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { combined, inverseOf, product, transposed } from '../../src/bridge/dense.ts';
import { entropicCoupling, gaussianBridge } from '../../src/bridge/gaussian-bridge.ts';
import { fittingSequence, matchingSequence } from '../../src/bridge/gaussian-fitting.ts';
import { halfSquaredDistances, sinkhornPlan } from '../../src/bridge/sinkhorn.ts';

const one = (value: number): Float64Array => Float64Array.of(value);
const close = (found: ArrayLike<number>, expected: readonly number[], digits: number): void => {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, digits));
};
const ends = { v0: 1, v1: 0.25, epsilon: 0.5 };
const [s0, s1] = [Float64Array.of(1, 0.3, 0.3, 0.5), Float64Array.of(0.8, -0.2, -0.2, 1.5)];
const plain = gaussianBridge({
  from: { mean: [0], covariance: one(1) },
  to: { mean: [0], covariance: one(0.25) },
  epsilon: 0.5,
});

describe('the bridge between Gaussians', () => {
  // c = (-eps + sqrt(eps^2 + 4 v0 v1)) / 2, and the same formula by numpy in two dimensions.
  it.each([
    [1, 1, 1, 0.618033989],
    [1, 1, 0.1, 0.95124922],
    [1, 0.25, 0.5, 0.309016994],
    [4, 1, 2, 1.236067977],
  ])('has the covariance of variances %s and %s with noise %s', (v0, v1, epsilon, c) => {
    close(entropicCoupling(one(v0), one(v1), { n: 1, epsilon }), [c], 8);
  });

  it('has that of two dimensions, and -I / epsilon in its precision', () => {
    close(entropicCoupling(s0, s1, { n: 2, epsilon: 1 }), [0.4903758, 0.12786556, 0.07160472, 0.46480269], 7);
    close(entropicCoupling(s0, s1, { n: 2, epsilon: 0.1 }), [0.80445086, 0.14888713, 0.08337679, 0.77467343], 7);
    const c = entropicCoupling(s0, s1, { n: 2, epsilon: 0.1 });
    // The block of the inverse of [[S0, C], [C^T, S1]] is -S0^{-1} C (S1 - C^T S0^{-1} C)^{-1}.
    const left = product(inverseOf(s0, 2), c, 2);
    const schur = combined([1, s1], [-1, product(transposed(c, 2), left, 2)]);
    close(product(left, inverseOf(schur, 2), 2), [10, 0, 0, 10], 8);
  });

  it('has its variances and drifts at every time', () => {
    const times = [0.25, 0.5, 0.75];
    close(times.map((t) => plain.at(t).covariance[0]!), [0.787756373, 0.592008497, 0.412756373], 8); // prettier-ignore
    close(times.map((t) => plain.forwardSlope(t)[0]!), [-0.83527284, -1.05572809, -1.434280695], 8); // prettier-ignore
    close(times.map((t) => plain.backwardSlope(t)[0]!), [0.200558838, 0.211145618, 0.22291236], 8); // prettier-ignore
  });

  it('has drifts that add up to epsilon times the score, means that move evenly, and ends that are its own', () => {
    const bridge = gaussianBridge({
      from: { mean: [1, -2], covariance: s0 },
      to: { mean: [-3, 0.5], covariance: s1 },
      epsilon: 0.7,
    });
    const x = [0.3, -1.1];
    for (const t of [0, 0.2, 0.9, 1]) {
      const { mean, covariance } = bridge.at(t);
      const precision = inverseOf(covariance, 2);
      const score = [0, 1].map((i) => -[0, 1].reduce((sum, j) => sum + precision[2 * i + j]! * (x[j]! - mean[j]!), 0));
      const [f, b] = [bridge.forward(x, t), bridge.backward(x, t)];
      close(f.map((value, i) => value + b[i]!), score.map((value) => 0.7 * value), 10); // prettier-ignore
    }
    close(bridge.at(0).covariance, [...s0], 12);
    close(bridge.at(1).mean, [-3, 0.5], 12);
    // The variance follows dV/dt = K V + V K^T + epsilon I.
    const h = 1e-4;
    const rate = combined([0.5 / h, bridge.at(0.4 + h).covariance], [-0.5 / h, bridge.at(0.4 - h).covariance]);
    const kv = product(bridge.forwardSlope(0.4), bridge.at(0.4).covariance, 2);
    const expected = combined([1, kv], [1, transposed(kv, 2)], [0.7, Float64Array.of(1, 0, 0, 1)]);
    close(rate, [...expected], 6);
  });

  it('has that of a reference which contracts: S0 -> rho^2 S0, epsilon -> its variance, C -> rho C', () => {
    // x_1 = rho x_0 + N(0, v): the joint precision has -rho / v off its diagonal.
    const [rho, v] = [0.6, 0.4];
    const c = entropicCoupling(one(rho ** 2), one(0.25), { n: 1, epsilon: v })[0]! / rho;
    expect(c / (0.25 - c ** 2)).toBeCloseTo(rho / v, 10);
  });

  it('refuses noise of 0 and ends of other dimensions', () => {
    const from = { mean: [0], covariance: one(1) };
    expect(() => gaussianBridge({ from, to: from, epsilon: 0 })).toThrow(ConfigError);
    expect(() => gaussianBridge({ from, to: { mean: [0, 0], covariance: s0 }, epsilon: 1 })).toThrow(ShapeError);
  });
});

describe('the iterations toward it', () => {
  it('fit one end after the other', () => {
    const first = fittingSequence(ends, 4);
    close(first.map(({ free }) => free), [0.444444, 0.328125, 0.897959, 0.260331], 6); // prettier-ignore
    close(first.map(({ covariance }) => covariance), [0.166667, 0.375, 0.285714, 0.318182], 6); // prettier-ignore
    const last = fittingSequence(ends, 60).at(-1)!;
    close([last.free, last.covariance], [0.25, plain.coupling[0]!], 9);
  });

  it('match bridges, of which the right one stays', () => {
    close(matchingSequence(ends, 4), [0.273146508, 0.305571413, 0.308692541, 0.3089865], 8);
    expect(matchingSequence(ends, 1, plain.coupling[0])[0]).toBeCloseTo(plain.coupling[0]!, 12);
    // Where p^2 = 4 v0 v1 both branches of the integral meet.
    const start = (2 * 0.5 - 0.5) / 2;
    const near = [-1e-6, 0, 1e-6].map((step) => matchingSequence(ends, 1, start + step)[0]!);
    expect(near[1]).toBeCloseTo((near[0]! + near[2]!) / 2, 10);
  });

  it('find what Sinkhorn finds on a grid', () => {
    // 201 points over six deviations of both ends.
    const grid = (std: number): Float64Array => Float64Array.from({ length: 201 }, (_, i) => 6 * std * (i / 100 - 1));
    const [x, y] = [grid(1), grid(0.5)];
    const mass = (at: Float64Array, std: number): Float64Array => {
      const raw = at.map((value) => Math.exp(-0.5 * (value / std) ** 2));
      const sum = raw.reduce((a, b) => a + b);
      return raw.map((value) => value / sum);
    };
    const plan = sinkhornPlan({
      cost: halfSquaredDistances(x, y, 1),
      ...{ rows: mass(x, 1), columns: mass(y, 0.5), epsilon: ends.epsilon, iterations: 30 },
    });
    const c = plan.reduce((sum, value, at) => sum + value * x[Math.floor(at / 201)]! * y[at % 201]!, 0);
    expect(c).toBeCloseTo(0.309017, 5);
  });
});
