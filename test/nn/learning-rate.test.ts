import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { cosineDecay, inverseSqrtDecay, type RateDecay } from '../../src/nn/learning-rate.ts';
import { stepNumbersAt } from '../../src/nn/optimizer.ts';
import { points } from '../catalog/sets.ts';

describe('the decay of the learning rate', () => {
  it('by the root of the step is 1 up to a step, and a half at four times that', () => {
    const decay = inverseSqrtDecay(100);
    expect([1, 100, 400, 10_000].map(decay)).toEqual([1, 1, 0.5, 0.1]);
    expect(() => inverseSqrtDecay(0)).toThrow(ConfigError);
  });

  it('by a cosine is 1, a half in the middle, and 0 at the end and after it', () => {
    const decay = cosineDecay({ from: 100, steps: 300 });
    for (const [step, factor] of [
      [1, 1],
      [100, 1],
      [150, (1 + Math.SQRT1_2) / 2],
      [200, 0.5],
      [300, 0],
      [400, 0],
    ] as const)
      expect(decay(step)).toBeCloseTo(factor, 12);
    expect(() => cosineDecay({ from: 300, steps: 300 })).toThrow(ConfigError);
  });

  it('by a cosine to the end of minutes follows the part that is spent, and the steps where they end earlier', () => {
    const timed = cosineDecay({ from: 10 });
    expect(timed(1000)).toBe(1);
    expect(timed(1000, 0.5)).toBeCloseTo(0.5, 12);
    expect(timed(1000, 1)).toBeCloseTo(0, 12);
    expect(timed(10, 0.5)).toBe(1);
    const both = cosineDecay({ from: 100, steps: 300 });
    expect(both(200, 0.25)).toBeCloseTo(0.5, 12);
    expect(both(150, 0.5)).toBeCloseTo(0.5, 12);
  });

  it('reaches the numbers of a step with the part that is spent', () => {
    const options = { learningRate: 0.5, warmup: 4, emaDecay: 0.9, beta1: 0.9, beta2: 0.99 };
    const decay = cosineDecay({ from: 4 });
    expect(stepNumbersAt(8, { ...options, decay }, 0.5)[0]).toBeCloseTo(0.25, 7);
  });

  it('multiplies the rate of the warm-up, and changes no other number of a step', () => {
    const plain = { learningRate: 0.5, warmup: 4, emaDecay: 0.9, beta1: 0.9, beta2: 0.99 };
    const [before, after] = [stepNumbersAt(2, plain), stepNumbersAt(2, { ...plain, decay: () => 0.25 })];
    expect(after[0]).toBe(0.25 * before[0]!);
    expect(after.slice(1)).toEqual(before.slice(1));
  });

  it('is an option of a run', () => {
    const optimizerOf = (train: object): { readonly decay?: RateDecay } =>
      buildTraining(resolveConfig(points, { data: { ref: points.name }, train: { batch: 2, ...train } }), points)
        .optimizer;
    expect(optimizerOf({}).decay).toBeUndefined();
    expect(optimizerOf({ decay: 'inverse-sqrt', warmup: 10 }).decay!(40)).toBe(0.5);
    expect(optimizerOf({ decay: 'cosine', decayFrom: 20, steps: 60 }).decay!(40)).toBeCloseTo(0.5, 12);
    expect(optimizerOf({ decay: 'cosine', minutes: 1 }).decay!(501, 0.5)).toBeCloseTo(0.5, 12);
    // A run that ends within its warm-up falls from its first step on.
    expect(optimizerOf({ decay: 'cosine', steps: 20 }).decay!(10)).toBeCloseTo(0.5, 12);
    expect(() => optimizerOf({ decay: 'cosine', decayFrom: 20, steps: 20 })).toThrow(/train.decayFrom/);
    expect(() => optimizerOf({ decayFrom: 20 })).toThrow(/train.decayFrom/);
    expect(() => optimizerOf({ decay: 'linear' })).toThrow(/train.decay/);
  });
});
