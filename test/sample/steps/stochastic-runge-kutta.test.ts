import { describe, expect, it } from 'vitest';
import { combine } from '../../../src/base/arith.ts';
import { foldIn, key, split } from '../../../src/base/key.ts';
import { normalBatch } from '../../../src/base/random.ts';
import { tensor } from '../../../src/base/tensor.ts';
import { sra1, type BrownianStep } from '../../../src/sample/steps/stochastic-runge-kutta.ts';
import { gaussianMixture } from '../../../src/sde/exact/gaussian-mixture.ts';
import { noiseRatio } from '../../../src/sde/time/noise-ratio.ts';
import { priorSample } from '../../../src/sde/prior.ts';
import type { Sde } from '../../../src/sde/sde.ts';
import { logSnrGrid } from '../../../src/sde/time/time-grid.ts';
import { allSdes } from '../../sde/all.ts';

const keys = split(key(91), 60);
const finest = 1024;

/** The path over two steps from those over each, the second of length h. */
function joined(a: BrownianStep, b: BrownianStep, h: number): BrownianStep {
  return {
    increment: combine([1, a.increment], [1, b.increment]),
    integral: combine([1, a.integral], [1, b.integral], [h, a.increment]),
  };
}

/** Brownian paths over the steps of the finest grid, by the law of increment and integral. */
function finestPaths(lengths: readonly number[]): readonly BrownianStep[] {
  return lengths.map((h, i) => {
    const [z, w] = ['z', 'w'].map((name) =>
      normalBatch(
        keys.map((k) => foldIn(foldIn(k, i), name)),
        [1],
      ),
    );
    const increment = combine([Math.sqrt(h), z!]);
    // The integral given the increment is N(h dW / 2, h^3 / 12).
    return { increment, integral: combine([h / 2, increment], [Math.sqrt(h ** 3 / 12), w!]) };
  });
}

function lengthsOf(sde: Sde, times: readonly number[]): readonly number[] {
  return times.slice(1).map((t, i) => noiseRatio(sde, times[i]!) ** 2 - noiseRatio(sde, t) ** 2);
}

describe.each(allSdes)('SRA1 under $kind', (sde) => {
  const { score } = gaussianMixture(sde, { means: tensor([-1.4, 0.6], [2, 1]), stds: [0.4, 0.3] });
  const times = logSnrGrid(sde, finest);
  const lengths = lengthsOf(sde, times);
  const paths = finestPaths(lengths);

  /** Ends of all paths; `knowing` 'increment' replaces the integral by its mean given the increment. */
  const solve = async (steps: number, knowing: 'path' | 'increment'): Promise<Float64Array> => {
    const every = finest / steps;
    let x = priorSample(keys, sde, [1]);
    for (let i = 0; i < finest; i += every) {
      let path = paths[i]!;
      for (let j = i + 1; j < i + every; j++) path = joined(path, paths[j]!, lengths[j]!);
      const h = lengths.slice(i, i + every).reduce((sum, length) => sum + length, 0);
      if (knowing === 'increment') path = { ...path, integral: combine([h / 2, path.increment]) };
      x = await sra1(sde, score, { x, from: times[i]!, to: times[i + every]!, path });
    }
    return x.data;
  };

  const reference = solve(finest, 'path');
  const errorOf = async (steps: number, knowing: 'path' | 'increment'): Promise<number> => {
    const [x, exact] = [await solve(steps, knowing), await reference];
    return x.reduce((sum, v, i) => sum + Math.abs(v - exact[i]!), 0) / x.length;
  };

  it('converges to the path of the reverse SDE with strong order 1.5 (mean over 60 paths)', async () => {
    const [coarse, fine] = [await errorOf(64, 'path'), await errorOf(256, 'path')];
    const order = Math.log2(coarse / fine) / 2;
    expect(order).toBeGreaterThan(1.45);
    // The part of order 2, that of the drift, has not quite vanished beside that of order 1.5.
    expect(order).toBeLessThan(2.4);
    // The increments alone allow no more than order 1.
    expect(await errorOf(256, 'increment')).toBeGreaterThan(4 * fine);
  });
});
