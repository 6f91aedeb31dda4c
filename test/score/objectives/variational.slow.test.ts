/** @file The variational bound against closed forms and against its own formula written out on the host. */
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/base/errors.ts';
import { foldIn, key, type Key } from '../../../src/base/key.ts';
import { normal, uniform } from '../../../src/base/random.ts';
import { add, concat, cos, div, exp, input, log, mul, neg, sin, square, sub } from '../../../src/graph/build.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { graph, type Node } from '../../../src/graph/node.ts';
import { gradient } from '../../../src/graph/vjp.ts';
import { constantScope, vectorScope, type Forward } from '../../../src/nn/network.ts';
import { edgesOf, logMassBetween } from '../../../src/score/objectives/decoder.ts';
import { perSample } from '../../../src/score/objectives/loss.ts';
import { variationalBound, type VarianceKind } from '../../../src/score/objectives/variational.ts';
import type { Bins } from '../../../src/sde/learning/bins.ts';
import { ddpm } from '../../../src/sde/processes/ddpm.ts';
import { ddpmTables, linearBetas } from '../../../src/sde/processes/discrete.ts';
import { chainTimes } from '../../../src/sde/time/discrete-times.ts';
import { noiseRatio } from '../../../src/sde/time/noise-ratio.ts';
import { edmParametrization, epsilon } from '../../../src/sde/learning/parametrization.ts';
import { priorDivergence } from '../../../src/sde/reverse-chain.ts';
import { normalCdf } from '../../base/statistics.ts';
import { allSdes } from '../../sde/all.ts';
import { formula, lossOf, meanOf } from '../loss-of.ts';
import { drawOf, siteOf } from '../site.ts';

const variances: readonly VarianceKind[] = ['small', 'large', 'learned'];
const f32 = (values: Float64Array): Float32Array => Float32Array.from(values);
const bytes: Bins = { low: -1, width: 2 / 256, count: 256 };

describe('the part of a Gaussian in a bin', () => {
  const logProbabilities = (upper: readonly number[], lower: readonly number[]): number[] => {
    const g = graph();
    const [a, b] = [input(g, 'a', [upper.length]), input(g, 'b', [lower.length])];
    return [...evaluate([logMassBetween(a, b)], { a: upper, b: lower })[0]!];
  };
  /** Standardized edges of all bins for a Gaussian. */
  const edges = ({ low, width, count }: Bins, { mean, std }: { mean: number; std: number }): number[][] => {
    const values = f32(Float64Array.from({ length: count }, (_, i) => low + width * (i + 0.5)));
    const { above, below } = edgesOf(values, { low, width, count });
    return [above, below].map((edge) => Array.from(edge, (value, i) => (value + values[i]! - mean) / std));
  };

  it.each([
    [0.02, 0.3],
    [-0.99, 0.01],
    [5, 0.2],
    [0.5, 0.002],
    [0, 40],
  ])('adds up to 1 over all bins, for a mean of %d and a standard deviation of %d', (mean, std) => {
    const [above = [], below = []] = edges(bytes, { mean, std });
    const total = logProbabilities(above, below).reduce((sum, value) => sum + Math.exp(value), 0);
    // Edges are float32, two neighbors of which differ by up to 1e-7 / std in units of the standard deviation.
    expect(Math.abs(total - 1)).toBeLessThan(1e-9 + 1e-6 / std);
  });

  it('is that of N(0, 1) to 4e-4, and stays finite and right in the tails', () => {
    const points = Array.from({ length: 81 }, (_, i) => -4 + 0.1 * i);
    const far = points.map(() => -1e4);
    logProbabilities(points, far).forEach((value, i) => {
      expect(Math.abs(Math.exp(value) - normalCdf(points[i]!))).toBeLessThan(4e-4);
    });
    // From y to y + 1 far out: all but the whole of 1 - F(y) = sigmoid(-L(y)), of which log is -L(y).
    for (const y of [10, 30]) {
      const expected = -Math.sqrt(8 / Math.PI) * (y + 0.044715 * y ** 3);
      const [right, left] = [logProbabilities([y + 1], [y]), logProbabilities([-y], [-y - 1])];
      expect(right[0]! / expected).toBeCloseTo(1, 9);
      expect(left[0]! / expected).toBeCloseTo(1, 9);
    }
    // A narrow bin: density times width.
    const [narrow] = logProbabilities([0.5 + 5e-9], [0.5 - 5e-9]);
    expect(Math.exp(narrow!) / 1e-8 / (Math.exp(-0.125) / Math.sqrt(2 * Math.PI))).toBeCloseTo(1, 2);
  });

  it('has edges around each value, and open ends', () => {
    const values = Float32Array.of(-1, -0.9999, 0, 0.0051, 0.9999);
    const { above, below } = edgesOf(values, bytes);
    expect(Array.from(above.subarray(0, 4), (v, i) => Math.round((v + values[i]! + 1) * 128))).toEqual([
      1, 1, 129, 129,
    ]);
    expect(Array.from(below.subarray(2), (v, i) => Math.round((v + values[i + 2]! + 1) * 128))).toEqual([
      128, 128, 255,
    ]);
    expect([below[0]! < -100, below[1]! < -100, above[4]! > 100]).toEqual([true, true, true]);
  });
});

/** T = 8 steps from betas that leave some of the data, so that no term is small. */
const betas = linearBetas({ betaMin: 0.1, betaMax: 3, steps: 8 });
const sde = ddpm({ betas });
const process = { sde, parametrization: epsilon({ timeScale: 1 })(sde) };
const shape = [2, 1, 3];
const size = 6;
/** Two parts: a prediction of the noise, and a place of the variance, also beyond 0 and 1. */
const forward: Forward = (_scope, x) => concat([mul(sin(x), 0.8), mul(cos(x), 1.2)], 1);
const net = { ...formula(shape, forward), parts: 2 };

describe.each(variances)('the bound with variance %s', (variance) => {
  const batch = 64;
  const x0 = f32(uniform(key(1), size * batch).map((u) => 2 * u - 1));

  it.each([
    ['a density', undefined],
    ['bins', bytes],
  ] as const)('is the published formula on the tables of DDPM, decoding %s', (_name, bins) => {
    const objective = variationalBound(process, { variance, ...(bins ? { bins } : {}) });
    const { losses, times } = lossOf(objective, net, { x0, batch, key: key(2) });
    const { feeds } = drawOf(objective, x0, batch, key(2));
    const { beta, alphaBar, posteriorVariance } = ddpmTables(betas);
    const T = beta.length;
    expect(new Set(times).size).toBe(T);
    times.forEach((t, i) => {
      const n = Math.round(t * T) - 1; // from 0, as the tables
      const [bar, barBefore] = [alphaBar[n]!, n === 0 ? 1 : alphaBar[n - 1]!];
      let nats = 0;
      for (let j = i * size; j < (i + 1) * size; j++) {
        const x = Math.sqrt(bar) * x0[j]! + Math.sqrt(1 - bar) * feeds['z']![j]!;
        const [c0, ct] = [
          (Math.sqrt(barBefore) * beta[n]!) / (1 - bar),
          (Math.sqrt(1 - beta[n]!) * (1 - barBefore)) / (1 - bar),
        ];
        const guess = (x - Math.sqrt(1 - bar) * 0.8 * Math.sin(x)) / Math.sqrt(bar);
        const [mean, modelMean] = [c0 * x0[j]! + ct * x, c0 * guess + ct * x];
        const small = Math.log(posteriorVariance[Math.max(n, 1)]!);
        // But for the first step, in which x / sqrt(bar) has noise of this variance and fixed variances are the same.
        const large = Math.log(n === 0 ? (1 - bar) / bar : beta[n]!);
        const place = variance === 'learned' ? 1.2 * Math.cos(x) : Number(variance === 'large' || n === 0);
        const modelVariance = Math.exp(place * large + (1 - place) * small);
        if (n > 0) {
          const ratio = posteriorVariance[n]! / modelVariance;
          nats += 0.5 * (ratio - 1 - Math.log(ratio) + (mean - modelMean) ** 2 / modelVariance);
        } else if (bins === undefined) {
          nats += 0.5 * (Math.log(2 * Math.PI * modelVariance) + (x0[j]! - modelMean) ** 2 / modelVariance);
        } else {
          const bin = Math.floor((x0[j]! + 1) * 128);
          // Ho's distribution function, with his differences.
          const cdf = (edge: number): number => {
            const y = (edge - modelMean) / Math.sqrt(modelVariance);
            return 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (y + 0.044715 * y ** 3)));
          };
          const [upper, lower] = [bin === 255 ? 1 : cdf((bin + 1) / 128 - 1), bin === 0 ? 0 : cdf(bin / 128 - 1)];
          nats -= Math.log(upper - lower);
        }
      }
      const squares = x0.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + value * value, 0);
      const last = alphaBar[T - 1]!;
      const prior = 0.5 * (size * (-last - Math.log(1 - last)) + last * squares);
      const expected = (T * nats + prior) / (size * Math.LN2) / batch;
      // Factors are float32.
      expect(Math.abs(losses[i]! - expected)).toBeLessThan(2e-5 * (1 + Math.abs(expected)));
    });
  });

  it('is finite from the first step to the last for every SDE, with its value and its gradient', () => {
    for (const other of allSdes) {
      const objective = variationalBound(
        { sde: other, parametrization: epsilon()(other) },
        { variance, times: chainTimes(other, 50), bins: bytes },
      );
      const g = graph();
      const wide = { ...formula(shape, forward), parts: 2 };
      const { loss, losses } = objective.write(g, wide, siteOf(constantScope(wide, none, g), batch));
      const [slope] = gradient(loss, [input(g, 'z', [batch, ...shape])]);
      const found = evaluate([losses, slope!], drawOf(objective, x0, batch, key(3)).feeds);
      for (const values of found) expect(values.every(Number.isFinite), other.kind).toBe(true);
    }
  });
});

const none = { trained: new Float32Array(), fixed: new Float32Array() };

describe.each(allSdes)('the exact model of Gaussian data under $kind', (process_) => {
  const std = 0.6;
  const batch = 20_000;
  const T = 12;
  const times = chainTimes(process_, T);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const own = { sde: process_, parametrization: edmParametrization({ sigmaData: std })(process_) };
  const x0 = f32(normal(foldIn(key(4), 'data'), batch).map((z) => std * z));
  const inNats = (losses: Float64Array): { mean: number; error: number } =>
    meanOf(losses.map((share) => share * batch * Math.LN2));

  it('has the entropy of the data and the divergence from the prior as its bound, at the exact variances', () => {
    // At an output of zeros edm's parametrization is the exact score. The variance of the state before given x alone is
    // V_s v / V_t with V = alpha^2 std^2 + sigma^2; equal names are equal inputs.
    const exact: Forward = (_scope, x) => {
      const at = (name: string): Node => perSample(input(x.graph, name, [x.shape[0]!]), x);
      const small = div(1, square(at('perStd')));
      const v = mul(exp(at('spread')), small);
      const total = add(square(mul(at('alpha'), std)), square(at('sigma')));
      const a = div(v, mul(div(at('gain'), at('perStd')), at('sigma')));
      const before = div(sub(total, v), square(a));
      const onward = div(mul(before, v), total);
      // The first step, from noise of sigma^2 to the data themselves.
      const decoded = div(square(mul(at('sigma'), std)), total);
      const variance = add(onward, mul(at('first'), sub(decoded, onward)));
      const place = div(log(div(variance, small)), at('spread'));
      return concat([mul(x, 0), add(mul(x, 0), place)], 1);
    };
    const twice = { ...formula([1], exact), parts: 2 };
    const objective = variationalBound(own, { variance: 'learned', times });
    const { mean, error } = inNats(lossOf(objective, twice, { x0, batch, key: key(5) }).losses);
    const entropy = 0.5 * Math.log(2 * Math.PI * Math.E * std ** 2);
    const expected = entropy + priorDivergence(process_, last, { squares: std ** 2, size: 1 });
    // The divergence is that of p(x_T | x_0); p(x_T) itself has the mutual information of x_0 and x_T less.
    const information = 0.5 * Math.log1p((process_.alpha(last) * std) ** 2 / process_.sigma(last) ** 2);
    expect(Math.abs(mean - (expected - information))).toBeLessThan(4 * error + 1e-3);
  });

  it.each(['small', 'large'] as const)('has the closed form of the bound with the %s variance', (variance) => {
    const objective = variationalBound(own, { variance, times });
    const { mean, error } = inNats(
      lossOf(
        objective,
        formula([1], (_scope, x) => mul(x, 0)),
        { x0, batch, key: key(6) },
      ).losses,
    );
    let expected = priorDivergence(process_, last, { squares: std ** 2, size: 1 });
    const decoderVariance = noiseRatio(process_, first) ** 2;
    times.forEach((t, i) => {
      const [alpha, sigma] = [process_.alpha(t), process_.sigma(t)];
      const signal = (alpha * std) ** 2;
      const squaredError = signal / (signal + sigma ** 2); // E (sigma s + z)^2
      if (i === 0) {
        const missed = ((sigma / alpha) ** 2 * squaredError) / decoderVariance;
        expected += 0.5 * (Math.log(2 * Math.PI * decoderVariance) + missed);
        return;
      }
      const before = times[i - 1]!;
      const a = alpha / process_.alpha(before);
      const v = sigma ** 2 - (a * process_.sigma(before)) ** 2;
      const posterior = v * (process_.sigma(before) / sigma) ** 2;
      const model = variance === 'small' ? posterior : v;
      const missed = (v / (a * sigma)) ** 2 * squaredError;
      expected += 0.5 * (posterior / model - 1 - Math.log(posterior / model) + missed / model);
    });
    expect(Math.abs(mean - expected)).toBeLessThan(4 * error);
    expect(expected).toBeGreaterThan(0.5 * Math.log(2 * Math.PI * Math.E * std ** 2));
  });
});

describe('the bound beside the simple loss', () => {
  const batch = 40;
  const x0 = f32(normal(key(7), size * batch));
  const options = { variance: 'learned', besideSimple: 0.01 } as const;
  const drawKey: Key = key(8);

  it('is the sum of both', () => {
    const hybrid = lossOf(variationalBound(process, options), net, { x0, batch, key: drawKey });
    const bound = lossOf(variationalBound(process, { variance: 'learned' }), net, { x0, batch, key: drawKey });
    const { feeds } = drawOf(variationalBound(process, options), x0, batch, drawKey);
    const simple = Array.from({ length: batch }, (_, i) => {
      let sum = 0;
      for (let j = i * size; j < (i + 1) * size; j++) {
        const x = feeds['alpha']![i]! * x0[j]! + feeds['sigma']![i]! * feeds['z']![j]!;
        sum += (feeds['z']![j]! - 0.8 * Math.sin(x)) ** 2;
      }
      return sum / (batch * size);
    });
    hybrid.losses.forEach((share, i) =>
      expect(Math.abs(share - (simple[i]! + 0.01 * bound.losses[i]!))).toBeLessThan(1e-6 * (1 + Math.abs(share))),
    );
  });

  it('teaches the mean by the simple loss alone and the variance by the bound alone', () => {
    const init = (): Float64Array => Float64Array.of(1);
    const trained: Forward = (scope, x) => {
      const param = (name: string): Node => scope.param({ name, shape: [], init, trainable: true });
      return concat([mul(param('mean'), sin(x)), mul(param('place'), cos(x))], 1);
    };
    const twoParams = { ...formula(shape, trained), parts: 2 };
    const slopes = (objective: ReturnType<typeof variationalBound>): number[] => {
      const g = graph();
      const params = input(g, 'params', [2]);
      const { scope } = vectorScope(twoParams, { trained: params, fixed: undefined });
      const { loss } = objective.write(g, twoParams, siteOf(scope, batch));
      const [slope] = gradient(loss, [params]);
      return [...evaluate([slope!], { ...drawOf(objective, x0, batch, drawKey).feeds, params: [0.8, 0.4] })[0]!];
    };
    const [mean, place] = slopes(variationalBound(process, options));
    const [boundMean, boundPlace] = slopes(variationalBound(process, { variance: 'learned' }));
    const value = (weight: number): number => {
      const { feeds } = drawOf(variationalBound(process, options), x0, batch, drawKey);
      return feeds['z']!.reduce((sum, z, j) => {
        const i = Math.floor(j / size);
        const x = feeds['alpha']![i]! * x0[j]! + feeds['sigma']![i]! * z;
        return sum + (z - weight * Math.sin(x)) ** 2 / (batch * size);
      }, 0);
    };
    const h = 1e-4;
    expect(mean! / ((value(0.8 + h) - value(0.8 - h)) / (2 * h))).toBeCloseTo(1, 5);
    expect(place! / (0.01 * boundPlace!)).toBeCloseTo(1, 6);
    expect(Math.abs(boundMean!)).toBeGreaterThan(0.01);
  });
});

it('requires a network of two parts if the variance is learned', () => {
  const g = graph();
  const one = formula([2], (_scope, x) => neg(x));
  const objective = variationalBound(process, { variance: 'learned' });
  expect(() => objective.write(g, one, siteOf(constantScope(one, none, g), 2))).toThrow(ConfigError);
});
