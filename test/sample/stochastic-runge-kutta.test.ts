import { describe, expect, it } from 'vitest';
import { combine } from '../../src/base/arith.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import { sra1, type BrownianStep } from '../../src/sample/stochastic-runge-kutta.ts';
import { gaussianMixture } from '../../src/sde/gaussian-mixture.ts';
import { noiseRatio } from '../../src/sde/noise-ratio.ts';
import { priorSample } from '../../src/sde/prior.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { logSnrGrid } from '../../src/sde/time-grid.ts';
import { allSdes } from '../sde/all.ts';

const keys = split(key(91), 100);
const finest = 2048;

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
  const fine = logSnrGrid(sde, finest);
  const lengths = lengthsOf(sde, fine);
  const paths = finestPaths(lengths);

  const solve = async (steps: number, coarse = false): Promise<Float64Array> => {
    const every = finest / steps;
    let x = priorSample(keys, sde, [1]);
    for (let i = 0; i < finest; i += every) {
      let path = paths[i]!;
      for (let j = i + 1; j < i + every; j++) path = joined(path, paths[j]!, lengths[j]!);
      if (coarse) path = { increment: path.increment, integral: combine([lengths.slice(i, i + every).reduce((a, b) => a + b, 0) / 2, path.increment]) };
      x = await sra1(sde, score, { x, from: fine[i]!, to: fine[i + every]!, path });
    }
    return x.data;
  };

  it('converges to the path of the reverse SDE with strong order 1.5 (mean over 100 paths)', async () => {
    const reference = await solve(finest);
    const errors = [];
    for (const steps of [64, 256]) {
      const x = await solve(steps);
      errors.push(x.reduce((sum, v, i) => sum + Math.abs(v - reference[i]!), 0) / x.length);
    }
    const e2 = [];
    for (const steps of [64, 256]) {
      const x = await solve(steps, true);
      e2.push(x.reduce((sum, v, i) => sum + Math.abs(v - reference[i]!), 0) / x.length);
    }
    console.log(sde.kind, 'coarse', Math.log2(e2[0]! / e2[1]!) / 2, e2);
    console.log(sde.kind, Math.log2(errors[0]! / errors[1]!) / 2, errors);
  });
});
