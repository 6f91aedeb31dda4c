import { describe, expect, it } from 'vitest';
import { combine, map, rmsPerSample } from '../../../src/base/arith.ts';
import { ConfigError } from '../../../src/base/errors.ts';
import { key, split } from '../../../src/base/key.ts';
import { concatRows, takeRows, tensor } from '../../../src/base/tensor.ts';
import { drawPhantom } from '../../../src/data/sets/phantoms.ts';
import { totalVariationByDiscrepancy } from '../../../src/inverse/classical/discrepancy.ts';
import { measure } from '../../../src/inverse/measurement.ts';
import { identity } from '../../../src/inverse/operator/sensing/identity.ts';
import { mask, randomMask } from '../../../src/inverse/operator/sensing/mask.ts';
import { totalVariation, totalVariationOf } from '../../../src/inverse/classical/total-variation.ts';

const size = 16;
const shape = [1, size, size];
const truth = concatRows([5, 6].map((seed) => tensor(drawPhantom(key(seed), size), [1, ...shape])));
const options = { range: [0, 1], iterations: 100 } as const;

describe.each([
  ['denoising', identity(shape)],
  ['inpainting', mask(shape, randomMask(key(1), [size, size], 0.6))],
])('total variation by discrepancy: %s', (_, operator) => {
  const noiseStd = 0.08;
  const { y } = measure(split(key(2), 2), { operator, noiseStd }, truth);
  const { x, weights } = totalVariationByDiscrepancy(operator, y, { noiseStd, ...options });
  const misfits = rmsPerSample(combine([1, y], [-1, operator.apply(x)]), () => 1);

  it('leaves a misfit as large as the noise, and just as large', () => {
    for (const [i, weight] of weights.entries()) {
      expect(misfits[i]).toBeLessThanOrEqual(noiseStd);
      // A weight above by a step of the bisection, a ninth and a little, fits no longer.
      const more = totalVariation(operator, takeRows(y, [i]), { weight: 1.13 * weight, ...options });
      const left = rmsPerSample(combine([1, takeRows(y, [i])], [-1, operator.apply(more)]), () => 1)[0];
      expect(left).toBeGreaterThan(noiseStd);
    }
  });

  it('gives each sample what it would have alone', () => {
    const alone = totalVariationByDiscrepancy(operator, takeRows(y, [1]), { noiseStd, ...options });
    expect(alone.weights[0]).toBe(weights[1]);
    expect(alone.x.data).toEqual(takeRows(x, [1]).data);
  });

  it('is nearer to the truth than no weight to speak of', () => {
    const error = (of: typeof x): number =>
      rmsPerSample(combine([1, of], [-1, truth]), () => 1).reduce((sum, value) => sum + value, 0);
    expect(error(x)).toBeLessThan(error(totalVariation(operator, y, { weight: 1e-5, ...options })));
  });
});

describe('the ends of the weights', () => {
  const operator = identity(shape);

  it('are taken where the noise is larger than the image, and where nothing fits', () => {
    const flat = totalVariationByDiscrepancy(operator, takeRows(truth, [0]), { noiseStd: 10, ...options });
    expect(flat.weights).toEqual([10]);
    // Of a hundred iterations, which are not many for so large a weight.
    expect(totalVariationOf(flat.x)[0]).toBeLessThan(0.05 * totalVariationOf(truth)[0]!);
    const far = map(takeRows(truth, [0]), (value) => value + 5);
    expect(totalVariationByDiscrepancy(operator, far, { noiseStd: 0.01, ...options }).weights).toEqual([1e-5]);
  });

  it('takes no noise of zero', () => {
    expect(() => totalVariationByDiscrepancy(operator, truth, { noiseStd: 0, ...options })).toThrow(ConfigError);
  });
});
