import { describe, expect, it } from 'vitest';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor, zeros, type Tensor } from '../../src/base/tensor.ts';
import { lightDrift, type LightPotential } from '../../src/bridge/light-bridge.ts';
import { pinnedPaths } from '../../src/bridge/paths.ts';
import { pointBridge, type PointBridge } from '../../src/bridge/point-bridge.ts';
import { halfSquaredDistances, planOf, sinkhornPotentials } from '../../src/bridge/sinkhorn.ts';

const drawn = (name: string, n: number): Tensor => normalBatch(split(foldIn(key(1), name), n), [2]);
const [a, b] = [drawn('a', 6), drawn('b', 5)];
const places = drawn('places', 4);
const epsilon = 0.3;
const driftOf = (bridge: PointBridge, way: 'forward' | 'backward', left: number): Float64Array =>
  (bridge[way]?.(places, left) as Tensor).data;
const even = (n: number): Float64Array => new Float64Array(n).fill(1 / n);

describe('potentials of an entropic plan', () => {
  it.each([
    [1, 2e-9],
    // A round brings the less the smaller epsilon is: 5000 of them leave so much.
    [1e-2, 2e-6],
    [1e-4, 1e-3],
  ])('give rows and columns their masses, epsilon %f, to %f in all', (own, most) => {
    const [n, m] = [40, 30];
    const cost = halfSquaredDistances(drawn('x', n).data, drawn('y', m).data, 2);
    const problem = { cost, rows: even(n), columns: even(m), epsilon: own, iterations: 5000 };
    const plan = planOf(problem, sinkhornPotentials(problem));
    const rows = even(n).map((_, i) => plan.subarray(i * m, (i + 1) * m).reduce((sum, mass) => sum + mass, 0));
    const columns = even(m).map((_, j) => plan.reduce((sum, mass, at) => (at % m === j ? sum + mass : sum), 0));
    columns.forEach((sum) => expect(sum).toBeCloseTo(1 / m, 12));
    expect(rows.reduce((sum, own) => sum + Math.abs(own - 1 / n), 0)).toBeLessThan(most);
  });

  it('are those of scalings in logarithms alone', () => {
    const cost = halfSquaredDistances(a.data, b.data, 2);
    const problem = { cost, rows: even(6), columns: even(5), epsilon, iterations: 400, tolerance: 0 };
    const [u, v] = [new Float64Array(6), new Float64Array(5)];
    const sumOf = (count: number, term: (k: number) => number): number =>
      Array.from({ length: count }, (_, k) => Math.exp(term(k) / epsilon)).reduce((x, y) => x + y) / count;
    for (let k = 0; k < 400; k++) {
      for (let i = 0; i < 6; i++) u[i] = -epsilon * Math.log(sumOf(5, (j) => v[j]! - cost[5 * i + j]!));
      for (let j = 0; j < 5; j++) v[j] = -epsilon * Math.log(sumOf(6, (i) => u[i]! - cost[5 * i + j]!));
    }
    const expected = planOf(problem, { u, v });
    planOf(problem, sinkhornPotentials(problem)).forEach((mass, at) => expect(mass).toBeCloseTo(expected[at]!, 12));
  });
});

describe('the bridge between points', () => {
  const bridge = pointBridge(a, b, { epsilon, tolerance: 1e-9 });

  it('leads straight to a set of one point', () => {
    const one = tensor([0.4, -1], [1, 2]);
    const [to, from] = [pointBridge(a, one, { epsilon }), pointBridge(one, b, { epsilon })];
    for (const left of [1, 0.5, 0.01]) {
      const straight = places.data.map((value, k) => (one.data[k % 2]! - value) / left);
      for (const own of [driftOf(to, 'forward', left), driftOf(from, 'backward', left)])
        own.forEach((value, k) => expect(value).toBeCloseTo(straight[k]!, 9));
    }
  });

  it('has drifts that add up to epsilon times the score of its marginal', () => {
    for (const t of [0.2, 0.5, 0.9]) {
      const variance = epsilon * t * (1 - t);
      const [forward, backward] = [driftOf(bridge, 'forward', 1 - t), driftOf(bridge, 'backward', t)];
      for (let at = 0; at < places.data.length; at += 2) {
        // The marginal is a mixture of a Gaussian for each pair of the plan.
        let sum = 0;
        const gradient = [0, 0];
        bridge.plan.forEach((mass, pair) => {
          const off = [0, 1].map((k) => (1 - t) * a.data[2 * Math.floor(pair / 5) + k]! + t * b.data[2 * (pair % 5) + k]! - places.data[at + k]!); // prettier-ignore
          const density = mass * Math.exp(-(off[0]! ** 2 + off[1]! ** 2) / (2 * variance));
          sum += density;
          off.forEach((value, k) => (gradient[k]! += (density * value) / variance));
        });
        gradient.forEach((value, k) =>
          expect((forward[at + k]! + backward[at + k]!) / ((epsilon * value) / sum)).toBeCloseTo(1, 6),
        );
      }
    }
  });

  it('has the drift of a light bridge whose Gaussians are points', () => {
    const cost = halfSquaredDistances(a.data, b.data, 2);
    const { v } = sinkhornPotentials({ cost, rows: even(6), columns: even(5), epsilon, iterations: 2000 });
    const potential: LightPotential = {
      ...{ dimension: 2, epsilon },
      // The plan from x is exp(-|x - y|^2 / 2 epsilon) times the potential, the light one exp(x y / epsilon) times its own.
      logWeights: v.map((own, j) => (own - 0.5 * (b.data[2 * j]! ** 2 + b.data[2 * j + 1]! ** 2)) / epsilon),
      centers: Float64Array.from(b.data),
      scales: new Float64Array(10).fill(1e-7),
    };
    for (const left of [1, 0.4]) {
      const light = (lightDrift(potential)(places, left) as Tensor).data;
      // To first order in the variance of its Gaussians.
      driftOf(bridge, 'forward', left).forEach((value, k) => expect(value).toBeCloseTo(light[k]!, 5));
    }
  });

  it('is the assignment without noise, which little noise comes near, and forgets all with much of it', () => {
    const [x, y] = [drawn('x', 12), drawn('y', 12)];
    const exact = pointBridge(x, y, { epsilon: 0 });
    expect(exact.forward).toBeUndefined();
    expect(exact.entropy).toBeCloseTo(Math.log(12), 12);
    expect(new Set(exact.drawEnds(split(key(1), 12))).size).toBe(12);
    const near = pointBridge(x, y, { epsilon: 1e-3, iterations: 20_000 });
    expect(near.squaredDistance).toBeCloseTo(exact.squaredDistance, 4);
    expect(near.squaredDistance).toBeGreaterThan(exact.squaredDistance - 1e-7);
    const far = pointBridge(x, y, { epsilon: 1e4 });
    expect(far.entropy).toBeCloseTo(2 * Math.log(12), 6);
  });

  it('draws ends by the masses of the plan, each by its own key', () => {
    const n = 1000;
    // All starts are one point, so that both ends have half of each row.
    const two = pointBridge(zeros([n, 2]), tensor([1, 0, 5, 0], [2, 2]), { epsilon });
    const ends = two.drawEnds(split(key(3), n));
    const part = ends.reduce((sum, end) => sum + end, 0) / n;
    expect(Math.abs(part - 0.5)).toBeLessThan((4 * 0.5) / Math.sqrt(n));
    expect(two.drawEnds(split(key(3), n))).toEqual(ends);
    expect(() => two.drawEnds(split(key(3), 2))).toThrow(ShapeError);
  });

  it('says what is wrong', () => {
    expect(() => pointBridge(a, b, { epsilon: -1 })).toThrow(ConfigError);
    expect(() => pointBridge(a, b, { epsilon: 0 })).toThrow(/as many points/);
    expect(() => pointBridge(a, zeros([3, 1]), { epsilon })).toThrow(ShapeError);
  });
});

describe('pinned paths', () => {
  it('begin and end at their ends exactly, with the covariance of Brownian bridges between', () => {
    const n = 4000;
    const [from, to] = [drawn('from', n), drawn('to', n)];
    const paths = pinnedPaths([from, to], { steps: 4, epsilon, keys: split(key(2), n) });
    expect(paths[0]).toEqual(from);
    expect(paths[4]).toEqual(to);
    const off = (k: number): Float64Array =>
      paths[k]!.data.map((value, i) => value - (1 - k / 4) * from.data[i]! - (k / 4) * to.data[i]!);
    const [one, three] = [off(1), off(3)];
    const mean = (x: Float64Array, y: Float64Array): number => x.reduce((sum, value, i) => sum + value * y[i]!, 0) / (2 * n); // prettier-ignore
    // epsilon s (1 - t) for s up to t; a product of two normal numbers of 8000 has a standard error of at most 1.42 / sqrt(8000) of the variance.
    const error = (4 * epsilon * (3 / 16) * 1.42) / Math.sqrt(2 * n);
    expect(Math.abs(mean(one, one) - (epsilon * 3) / 16)).toBeLessThan(error);
    expect(Math.abs(mean(one, three) - epsilon / 16)).toBeLessThan(error);
  });

  it('are lines without noise', () => {
    const paths = pinnedPaths([zeros([1, 2]), tensor([2, -4], [1, 2])], { steps: 2, epsilon: 0, keys: [key(1)] });
    expect(Array.from(paths[1]!.data)).toEqual([1, -2]);
  });

  it('say what is wrong', () => {
    expect(() => pinnedPaths([a, a], { steps: 2, epsilon, keys: [] })).toThrow(ShapeError);
    expect(() => pinnedPaths([a, a], { steps: 0, epsilon, keys: split(key(1), 6) })).toThrow(ConfigError);
  });
});
