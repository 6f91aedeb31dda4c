import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor, zeros, type Tensor } from '../../src/base/tensor.ts';
import { gaussianBridge } from '../../src/bridge/gaussian-bridge.ts';
import {
  drawEnds,
  endLaw,
  fitLight,
  lightDrift,
  meanEnds,
  type LightPotential,
} from '../../src/bridge/light-bridge.ts';
import { followDrift, pathTimes, pinned, twoWayTimes, type Drift } from '../../src/bridge/paths.ts';
import { meanEstimate } from '../../src/evaluate/estimate.ts';
import { finish } from '../../src/sample/sampler.ts';

const epsilon = 0.5;
const plain = gaussianBridge({
  from: { mean: [0], covariance: Float64Array.of(1) },
  to: { mean: [0], covariance: Float64Array.of(0.25) },
  epsilon,
});
const c = plain.coupling[0]!;

const three: LightPotential = {
  ...{ dimension: 2, epsilon: 0.4 },
  logWeights: Float64Array.of(0.2, -0.3, 0.1),
  centers: Float64Array.of(1, 0.5, -1, 0.2, 0.3, -1.2),
  scales: Float64Array.of(0.5, 0.2, 0.9, 0.1, 0.3, 0.6),
};

describe('a light potential', () => {
  it('of one component is the bridge between Gaussians, at every time', () => {
    const own: LightPotential = {
      ...{ dimension: 1, epsilon },
      ...{ logWeights: Float64Array.of(0), centers: Float64Array.of(0), scales: Float64Array.of(c) },
    };
    const drift = lightDrift(own);
    for (const left of [1, 0.6, 0.1]) {
      const found = drift(tensor([0.7], [1, 1]), left) as Tensor;
      expect(found.data[0]).toBeCloseTo(plain.forward([0.7], 1 - left)[0]!, 10);
    }
  });

  it('weighs its components as exp((x S x + 2 r x) / 2 epsilon) at the start', () => {
    const x = [0.4, -0.9];
    const logs = [0, 1, 2].map((k) => {
      const [r, s] = [three.centers, three.scales].map((all) => all.subarray(2 * k, 2 * k + 2)) as [Float64Array, Float64Array]; // prettier-ignore
      const form = x.reduce((sum, value, j) => sum + s[j]! * value ** 2 + 2 * r[j]! * value, 0);
      return three.logWeights[k]! + form / (2 * three.epsilon);
    });
    const mass = logs.reduce((sum, log) => sum + Math.exp(log), 0);
    const { weights, logMass, means } = endLaw(three, x);
    logs.forEach((log, k) => expect(weights[k]).toBeCloseTo(Math.exp(log) / mass, 12));
    expect(logMass).toBeCloseTo(Math.log(mass), 12);
    expect(means[3]).toBeCloseTo(0.2 + 0.1 * -0.9, 12);
  });

  it('has paths by its drift that end as its plan does', async () => {
    const n = 1500;
    const x = normalBatch(split(key(1), n), [2]);
    const [exact, followed] = [
      drawEnds(three, x, split(key(2), n)),
      await finish(followDrift({ drift: lightDrift(three), epsilon: 0.4 }, x, split(key(3), n))),
    ];
    // E x_i y_j and E y_i y_j within 4 standard errors of the plan, for n independent pairs each.
    for (const [i, j] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const)
      // prettier-ignore
      for (const first of [x, undefined]) {
        const moment = (y: Tensor): Float64Array =>
          Float64Array.from({ length: n }, (_, k) => (first ?? y).data[2 * k + i]! * y.data[2 * k + j]!);
        const [a, b] = [meanEstimate(moment(exact)), meanEstimate(moment(followed))];
        const error = Math.hypot(a.standardError, b.standardError);
        expect(Math.abs(a.value - b.value)).toBeLessThan(4 * error);
      }
  });

  it('is found from samples', () => {
    const n = 4000;
    const x = normalBatch(split(key(4), n), [2]);
    const y = drawEnds(three, x, split(key(5), n));
    const fit = fitLight(x, y, { epsilon: 0.4, key: key(6), components: 6, steps: 300, batch: 64 });
    let step = fit.next();
    while (step.done !== true) step = fit.next();
    // E || E[y|x] - its estimate ||^2 beside the variance of E[y|x], about 1: 300 steps of 64 pairs leave a few hundredths.
    const [found, exact] = [step.value, three].map((own) => meanEnds(own, x).data) as [Float64Array, Float64Array];
    const error = found.reduce((sum, value, i) => sum + (value - exact[i]!) ** 2, 0) / n;
    expect(error).toBeLessThan(0.06);
    expect(meanEnds({ ...three, scales: three.scales.map((s) => 2 * s) }, x).data.reduce((sum, value, i) => sum + (value - exact[i]!) ** 2, 0) / n).toBeGreaterThan(0.1); // prettier-ignore
  });

  it('refuses noise of 0', () => {
    const x = tensor([0, 1], [2, 1]);
    expect(() => fitLight(x, x, { epsilon: 0, key: key(0) }).next()).toThrow(ConfigError);
  });
});

describe('paths', () => {
  const toZero: Drift = (x, t) => {
    const slope = plain.backwardSlope(t)[0]!;
    return { shape: x.shape, data: x.data.map((value) => slope * value) };
  };
  const n = 4000;
  const starts = { shape: [n, 1], data: normalBatch(split(key(7), n), [1]).data.map((value) => 0.5 * value) };

  it('of the drift toward t = 0 have the covariance and the variance of the bridge', async () => {
    const ends = await finish(followDrift({ drift: toZero, epsilon }, starts, split(key(8), n)));
    const products = (a: Tensor, b: Tensor): Float64Array => a.data.map((value, i) => value * b.data[i]!);
    const [cov, variance] = [meanEstimate(products(starts, ends)), meanEstimate(products(ends, ends))];
    expect(Math.abs(cov.value - c)).toBeLessThan(3 * cov.standardError);
    // 20 steps leave 0.1 % of the variance away, by the exact recursion of a linear drift.
    expect(Math.abs(variance.value - 1)).toBeLessThan(3 * variance.standardError);
  });

  it('pass through what their keys and their starts say alone, and have no noise in their last step', async () => {
    const few = tensor([0.3, -0.2], [2, 1]);
    const keys = split(key(9), 2);
    const both = await finish(followDrift({ drift: toZero, epsilon, steps: 5 }, few, keys));
    const second = await finish(followDrift({ drift: toZero, epsilon, steps: 5 }, tensor([-0.2], [1, 1]), [keys[1]!]));
    expect(second.data[0]).toBe(both.data[1]);
    const one = { drift: toZero, epsilon, steps: 1 };
    const ahead = await finish(followDrift(one, few, keys));
    expect(ahead.data[0]).toBe(0.3 + plain.backward([0.3], 1)[0]!);
    expect(pathTimes(4)).toEqual([1, 0.421875, 0.125, 0.015625, 0]);
  });

  it('of a chain that is turned round have the covariance that proportional fitting gives it', async () => {
    const times = twoWayTimes(20);
    const lengths = times.slice(1).map((t, k) => times[k]! - t);
    times.forEach((t, k) => expect(times[times.length - 1 - k]).toBeCloseTo(1 - t, 14));
    // The reference from N(0, 1), each step with its noise: its states are those of the chain, the last first.
    const x = { shape: [n, 1], data: normalBatch(split(key(11), n), [1]).data };
    const still: Drift = ({ shape }) => zeros(shape);
    const path = { epsilon, times, order: 1, last: 'noise' } as const;
    const states: Tensor[] = [x];
    for await (const { x: state } of followDrift({ ...path, drift: still }, x, split(key(12), n))) states.push(state);
    const moment = (p: Tensor, q: Tensor) => meanEstimate(p.data.map((value, i) => value * q.data[i]!));
    const slopes = lengths.map((h, k) => {
      const [before, here] = [states[k]!, states[k + 1]!];
      return (moment(before, here).value / moment(here, here).value - 1) / h;
    });
    const back: Drift = ({ shape, data }, t) => {
      const k = times.findIndex((one) => Math.abs(1 - one - t) < 1e-12) - 1;
      return { shape, data: data.map((value) => slopes[k]! * value) };
    };
    const ends = await finish(followDrift({ ...path, drift: back }, starts, split(key(13), n)));
    // The recursion of the chain; that of proportional fitting itself, whose steps are endlessly many, has 0.444444 and 0.166667.
    let [variance, whole, free, covariance] = [1, 1 + epsilon, 0.25, 0.25];
    for (const h of lengths.toReversed()) {
      whole -= epsilon * h;
      const slope = whole / (whole + epsilon * h);
      [free, covariance] = [slope ** 2 * free + epsilon * h, slope * covariance];
      variance = free;
    }
    expect([variance, covariance].map((value) => Number(value.toFixed(4)))).toEqual([0.4527, 0.1667]);
    const [found, joint] = [moment(ends, ends), moment(starts, ends)];
    // The slopes are estimates of as many paths as there are ends, and as wrong.
    expect(Math.abs(found.value - variance)).toBeLessThan(4 * found.standardError);
    expect(Math.abs(joint.value - covariance)).toBeLessThan(4 * joint.standardError);
  });

  it('pinned at both ends have the mean and the variance of the reference', () => {
    const at = pinned([tensor([1], [1, 1]), tensor([3], [1, 1])], { t: 0.25, epsilon: 0, keys: [key(0)] });
    expect(at.data[0]).toBe(1.5);
    const many = pinned([starts, starts], { t: 0.25, epsilon, keys: split(foldIn(key(10), 'pinned'), n) });
    const squares = meanEstimate(many.data.map((value, i) => (value - starts.data[i]!) ** 2));
    expect(Math.abs(squares.value - epsilon * 0.1875)).toBeLessThan(3 * squares.standardError);
    expect(() => pinned([starts, starts], { t: 2, epsilon, keys: [] })).toThrow(ConfigError);
  });
});
