import { describe, expect, it } from 'vitest';
import { key, foldIn } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { input } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph } from '../../src/graph/node.ts';
import { adamStep, stepNumbersAt, type AdamOptions } from '../../src/nn/optimizer.ts';

interface State {
  readonly params: Float64Array;
  readonly m: Float64Array;
  readonly v: Float64Array;
  readonly ema: Float64Array;
}

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clip: 1 } as const;

/** One step of the graph in float64; numbers as `stepNumbers`. */
function step(
  state: State,
  gradient: readonly number[] | Float64Array,
  { numbers, ...options }: AdamOptions & { numbers: readonly number[] },
): State & { norm: number } {
  const g = graph();
  const size = [gradient.length];
  const names = ['params', 'm', 'v', 'ema'] as const;
  const [params, m, v, ema] = names.map((name) => input(g, name, size));
  const next = adamStep({ params: params!, m: m!, v: v!, ema: ema! }, input(g, 'gradient', size), {
    ...options,
    numbers: input(g, 'numbers', [4]),
  });
  const outputs = [next.params, next.m, next.v, next.ema, next.gradientNorm];
  const [p, m1, v1, e, norm] = evaluate(outputs, { ...state, gradient, numbers });
  return { params: p!, m: m1!, v: v1!, ema: e!, norm: norm![0]! };
}

const start = (params: readonly number[]): State => ({
  params: Float64Array.from(params),
  m: new Float64Array(params.length),
  v: new Float64Array(params.length),
  ema: Float64Array.from(params),
});
const numbersAt = (n: number, rate: number, decay = 0.5): number[] => [
  rate,
  1 / (1 - adam.beta1 ** n),
  1 / (1 - adam.beta2 ** n),
  decay,
];
const noClip = { ...adam, clip: 1e9 };

describe('Adam', () => {
  it('takes the two steps that were worked out by hand', () => {
    // Gradients 0.5 and -0.25 from 1 at rate 0.1. Step 1: m = 0.05, v = 0.00025, unbiased 0.5 and 0.25, a step of 0.1.
    const first = step(start([1]), [0.5], { ...noClip, numbers: numbersAt(1, 0.1) });
    expect(first.m[0]).toBeCloseTo(0.05, 15);
    expect(first.v[0]).toBeCloseTo(0.00025, 15);
    expect(first.params[0]).toBeCloseTo(1 - (0.1 * 0.5) / (0.5 + 1e-8), 14);
    // Step 2: m = 0.045 - 0.025 = 0.02, v = 0.00024975 + 0.0000625 = 0.00031225, unbiased 0.02 / 0.19 and 0.00031225 / 0.001999.
    const second = step(first, [-0.25], { ...noClip, numbers: numbersAt(2, 0.1) });
    expect(second.m[0]).toBeCloseTo(0.02, 15);
    expect(second.v[0]).toBeCloseTo(0.00031225, 15);
    expect(second.params[0]).toBeCloseTo(0.9 - 0.02663369, 7);
    expect(second.norm).toBe(0.25);
  });

  it('adds epsilon outside of the root', () => {
    // m = v^(1/2) = 1e-8 = epsilon: half a step. Inside of the root it would be 1e-4 of one.
    const { params } = step(start([0]), [1e-8], { ...noClip, numbers: numbersAt(1, 1) });
    expect(params[0]).toBeCloseTo(-0.5, 12);
  });

  it('is an independent implementation of it for many steps of many parameters, with clipping and averaging', () => {
    const size = 7;
    const options = { learningRate: 0.01, warmup: 5, emaDecay: 0.9, beta1: 0.9, beta2: 0.999 };
    let state = start([...normal(key(1), size)]);
    const own = {
      p: [...state.params],
      m: Array<number>(size).fill(0),
      v: Array<number>(size).fill(0),
      e: [...state.ema],
    };
    let clipped = 0;
    for (let n = 1; n <= 25; n++) {
      const gradient = normal(foldIn(key(2), n), size).map((z) => (n % 3 === 0 ? 0.1 : 2) * z);
      const numbers = [...stepNumbersAt(n, options)];
      state = step(state, gradient, { ...adam, numbers });

      const norm = Math.hypot(...gradient);
      if (norm > 1) clipped++;
      const rate = Math.fround(0.01 * Math.min(n / 5, 1));
      const decay = Math.fround(Math.min(0.9, (1 + n) / (10 + n)));
      for (let i = 0; i < size; i++) {
        const g = norm > 1 ? gradient[i]! / norm : gradient[i]!;
        own.m[i] = 0.9 * own.m[i]! + 0.1 * g;
        own.v[i] = 0.999 * own.v[i]! + 0.001 * g * g;
        const mean = own.m[i]! / (1 - 0.9 ** n);
        const std = Math.sqrt(own.v[i]! / (1 - 0.999 ** n));
        own.p[i] = own.p[i]! - (rate * mean) / (std + 1e-8);
        own.e[i] = decay * own.e[i]! + (1 - decay) * own.p[i]!;
      }
    }
    expect(clipped).toBeGreaterThan(5);
    expect(clipped).toBeLessThan(20);
    // The host's numbers are float32: 6e-8 of each step of 0.01.
    for (let i = 0; i < size; i++) {
      expect(Math.abs(state.params[i]! - own.p[i]!)).toBeLessThan(25 * 0.01 * 2e-7);
      expect(Math.abs(state.m[i]! - own.m[i]!)).toBeLessThan(1e-14);
      expect(Math.abs(state.v[i]! - own.v[i]!)).toBeLessThan(1e-14);
      expect(Math.abs(state.ema[i]! - own.e[i]!)).toBeLessThan(25 * 0.01 * 2e-7);
    }
  });
});

describe('clipping', () => {
  const numbers = numbersAt(1, 0.1);

  it('scales gradients above the largest norm down to it, and leaves smaller ones alone', () => {
    const large = step(start([0, 0]), [6, 8], { ...adam, numbers });
    expect(large.norm).toBe(10);
    expect(large.m[0]).toBeCloseTo(0.1 * 0.6, 15);
    expect(large.m[1]).toBeCloseTo(0.1 * 0.8, 15);
    const small = step(start([0, 0]), [0.3, 0.4], { ...adam, numbers });
    expect(small.norm).toBeCloseTo(0.5, 15);
    expect(small.m[0]).toBeCloseTo(0.1 * 0.3, 15);
    const wider = step(start([0, 0]), [6, 8], { ...adam, clip: 5, numbers });
    expect(wider.m[1]).toBeCloseTo(0.1 * 4, 15);
  });

  it('does nothing to a gradient of zeros', () => {
    const still = step(start([1, -2]), [0, 0], { ...adam, numbers });
    expect(still.norm).toBe(0);
    expect([...still.params]).toEqual([1, -2]);
  });
});

describe('the average of the parameters', () => {
  const options = { learningRate: 1, warmup: 1, beta1: 0.9, beta2: 0.999 };

  function averaged(n: number, emaDecay: number): number {
    let state: State = { ...start([5]), ema: Float64Array.of(1) };
    for (let k = 1; k <= n; k++) {
      const [, correction1 = 1, correction2 = 1, decay = 0] = stepNumbersAt(k, { ...options, emaDecay });
      state = step(state, [0.3], { ...adam, numbers: [0, correction1, correction2, decay] });
    }
    expect(state.params[0]).toBe(5);
    return state.ema[0]!;
  }

  it('moves to constant parameters as the product of its decays', () => {
    // While it warms up, the decays are (1 + k) / (10 + k), whose product is 10! (n + 1)! / (n + 10)!.
    const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
    const warming = (factorial(10) * factorial(13)) / factorial(22);
    expect(averaged(12, 0.9999)).toBeCloseTo(5 + (1 - 5) * warming, 6);
    // A decay below 2 / 11 is reached at the first step.
    expect(averaged(12, 0.15)).toBeCloseTo(5 + (1 - 5) * 0.15 ** 12, 6);
    expect(averaged(1, 0)).toBe(5);
  });
});

describe('the numbers of a step', () => {
  const options = { learningRate: 2e-4, warmup: 100, emaDecay: 0.999, beta1: 0.9, beta2: 0.999 };
  const rate = (n: number, warmup: number): number => stepNumbersAt(n, { ...options, warmup })[0]!;

  it('let the rate rise linearly to its value and stay there', () => {
    expect(rate(1, 100)).toBeCloseTo(2e-6, 12);
    expect(rate(50, 100)).toBeCloseTo(1e-4, 10);
    for (const n of [100, 101, 100000]) expect(rate(n, 100)).toBe(Math.fround(2e-4));
    for (const warmup of [0, 1]) expect(rate(1, warmup)).toBe(Math.fround(2e-4));
  });

  it('undo the bias of the moments, which vanishes', () => {
    expect([...stepNumbersAt(1, options)].slice(1, 3)).toEqual([
      Math.fround(1 / (1 - 0.9)),
      Math.fround(1 / (1 - 0.999)),
    ]);
    expect([...stepNumbersAt(1e6, options)].slice(1, 3)).toEqual([1, 1]);
  });

  it('let the decay of the average rise to its value', () => {
    expect(stepNumbersAt(1, options)[3]).toBeCloseTo(2 / 11, 7);
    expect(stepNumbersAt(1e6, options)[3]).toBe(Math.fround(0.999));
  });
});
