/** @file The gradient noise scale of a quadratic whose noise is known, and of a small network against many single gradients. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { ConfigError } from '../../src/base/errors.ts';
import { gradientNoise, signalAndNoise } from '../../src/evaluate/gradient-noise.ts';
import { initialize } from '../../src/nn/network.ts';
import { gradientNoiseScale } from '../../src/train/gradient-noise-scale.ts';
import { tiny } from '../train/tiny.ts';

describe('the gradient noise scale', () => {
  it('of a quadratic is the variance of its gradients over the square of their mean (400 pairs, 4 standard errors)', () => {
    // The loss |w - x|^2 / 2 of samples x = N(0, 4 I) in 10 dimensions at w = (1, ..., 1): gradients w - x, |G|^2 = 10, tr(Sigma) = 40.
    const [d, batch, pairs] = [10, 8, 400];
    const meanOf = (name: string, i: number): Float64Array => {
      const x = normalBatch(split(foldIn(foldIn(key(1), name), i), batch / 2), [d]).data;
      return Float64Array.from({ length: d }, (_, j) => {
        let sum = 0;
        for (let k = 0; k < batch / 2; k++) sum += (1 - 2 * x[k * d + j]!) / (batch / 2);
        return sum;
      });
    };
    const square = (v: Float64Array): number => v.reduce((sum, value) => sum + value * value, 0);
    const norms = Array.from({ length: pairs }, (_, i) => {
      const [a, b] = [meanOf('a', i), meanOf('b', i)];
      return { halves: [square(a), square(b)] as const, whole: square(a.map((value, j) => (value + b[j]!) / 2)) };
    });
    const { signal, noise, scale } = gradientNoise(norms, batch);
    for (const [{ value, standardError }, exact] of [
      [signal, 10],
      [noise, 40],
      [scale, 4],
    ] as const) {
      expect(Math.abs(value - exact)).toBeLessThan(4 * standardError);
      expect(standardError).toBeLessThan(0.1 * exact);
    }
  });

  it.each([2, 3, 8])('has no bias with %s parts', (parts) => {
    // E |G_b|^2 = |G|^2 + tr(Sigma) / b of b independent samples.
    const [signal, noise, batch] = [0.7, 30, 24];
    const square = (b: number): number => signal + noise / b;
    const found = signalAndNoise({ whole: square(batch), part: square(batch / parts) }, batch, parts);
    expect(found.signal).toBeCloseTo(signal, 12);
    expect(found.noise).toBeCloseTo(noise, 10);
  });

  it('is exact where halves are equal: no noise', () => {
    const same = { halves: [3, 3], whole: 3 } as const;
    expect(gradientNoise([same, same, same], 64)).toMatchObject({
      signal: { value: 3 },
      noise: { value: 0 },
      scale: { value: 0 },
    });
    expect(() => gradientNoise([same], 64)).toThrow(ConfigError);
  });

  it('of a network does not depend on the batch by which it is measured (4 standard errors)', async () => {
    const { backend, set, scaler, net, process } = tiny(interpreter());
    const params = initialize(net, key(5));
    const at = (batch: number, pairs: number): ReturnType<typeof gradientNoiseScale> =>
      gradientNoiseScale({ backend, set, scaler, net, process, params, batch, pairs, key: key(6) });
    const [small, large] = [await at(16, 60), await at(64, 60)];
    const apart = Math.hypot(small.signal.standardError, large.signal.standardError);
    expect(Math.abs(small.signal.value - large.signal.value)).toBeLessThan(4 * apart);
    // Times of a batch are stratified, so that its gradient has somewhat less noise than of independent samples.
    expect(large.noise.value / small.noise.value).toBeGreaterThan(0.3);
    expect(large.noise.value / small.noise.value).toBeLessThan(1.5);
    expect(small.scale.value).toBeGreaterThan(0);
  });
});
