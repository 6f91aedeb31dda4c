import { describe, expect, it } from 'vitest';
import { combine, dotPerSample, scale } from '../../../src/base/arith.ts';
import { ConfigError } from '../../../src/base/errors.ts';
import { key } from '../../../src/base/key.ts';
import { concatRows, takeRows, zeros, type Tensor } from '../../../src/base/tensor.ts';
import { drawPhantom } from '../../../src/data/sets/phantoms.ts';
import { boxMask, mask } from '../../../src/inverse/operator/sensing/mask.ts';
import { filteredBackProjection } from '../../../src/inverse/operator/scans/filtered-back-projection.ts';
import { identity } from '../../../src/inverse/operator/sensing/identity.ts';
import type { LinearOperator } from '../../../src/inverse/operator/operator.ts';
import { radon } from '../../../src/inverse/operator/scans/radon.ts';
import { operatorNorm, totalVariation, totalVariationOf } from '../../../src/inverse/classical/total-variation.ts';
import { linearOperators, noise, norm } from '../all.ts';

/** |A x - y|^2 / 2 + lambda TV(x) of each sample. */
function objective(operator: LinearOperator, x: Tensor, { y, weight }: { y: Tensor; weight: number }): Float64Array {
  const misfit = combine([1, operator.apply(x)], [-1, y]);
  const variation = totalVariationOf(x);
  return dotPerSample(misfit, misfit).map((square, i) => square / 2 + weight * variation[i]!);
}

describe('total variation denoising', () => {
  it('moves the two sides of a step towards each other by lambda over their width', () => {
    const [height, width] = [5, 8];
    const step = zeros([1, 1, height, width]);
    step.data.forEach((_, i) => (step.data[i] = i % width < 3 ? 0 : 1));
    const x = totalVariation(identity([1, height, width]), step, { weight: 0.3, iterations: 2000 });
    x.data.forEach((value, i) => expect(value).toBeCloseTo(i % width < 3 ? 0.3 / 3 : 1 - 0.3 / 5, 6));
  });

  it('leaves the mean of each channel where lambda is large', () => {
    const y = noise([2, 4, 5], 1, 1);
    const x = totalVariation(identity([2, 4, 5]), y, { weight: 50, iterations: 2000 });
    for (const c of [0, 1]) {
      const mean = y.data.subarray(20 * c, 20 * (c + 1)).reduce((a, b) => a + b) / 20;
      x.data.subarray(20 * c, 20 * (c + 1)).forEach((value) => expect(value).toBeCloseTo(mean, 5));
    }
  });

  it('measures the length of slopes: a step of height h along a line of n pixels is n h', () => {
    const x = zeros([1, 1, 4, 6]);
    x.data.forEach((_, i) => (x.data[i] = i % 6 < 2 ? -1 : 1.5));
    expect(totalVariationOf(x)[0]).toBeCloseTo(4 * 2.5, 12);
    const corner = zeros([1, 1, 2, 2]);
    corner.data[0] = 1; // one pixel with both slopes
    expect(totalVariationOf(corner)[0]).toBeCloseTo(Math.SQRT2, 12);
  });
});

describe.each(['mask of a box', 'radon of few angles', 'downsample by 2', 'fourier of real images', 'motion blur'])(
  'total variation with %s',
  (name) => {
    const operator = linearOperators[name] as LinearOperator;
    const y = noise(operator.shapeOut, 2, 3);
    const weight = 0.1;
    const x = totalVariation(operator, y, { weight, iterations: 3000 });

    it('is the least of its objective', () => {
      const least = objective(operator, x, { y, weight });
      for (let seed = 0; seed < 20; seed++) {
        for (const size of [1e-1, 1e-2, 1e-3]) {
          const moved = combine([1, x], [size, noise(operator.shapeIn, 2, 10 + seed)]);
          objective(operator, moved, { y, weight }).forEach((value, i) => expect(value).toBeGreaterThan(least[i]!));
        }
      }
      // Along the ray through x the objective is smooth, and flat at its least.
      const [ahead, behind] = [1 + 1e-4, 1 - 1e-4].map((c) => objective(operator, scale(c, x), { y, weight }));
      ahead!.forEach((value, i) => expect(Math.abs(value - behind![i]!) / 2e-4).toBeLessThan(1e-3 * (1 + least[i]!)));
    });

    it('treats each sample by itself', () => {
      const options = { weight, iterations: 20 };
      const alone = [0, 1].map((i) => totalVariation(operator, takeRows(y, [i]), options));
      expect(concatRows(alone)).toEqual(totalVariation(operator, y, options));
    });
  },
);

describe('total variation of a phantom', () => {
  const size = 32;
  const phantom: Tensor = { shape: [1, 1, size, size], data: drawPhantom(key(3), size) };
  const psnr = (x: Tensor): number => -20 * Math.log10(norm(combine([1, x], [-1, phantom])) / size);

  it('beats filtered back-projection from few angles, the more so within the range of the values', () => {
    const operator = radon([1, size, size], { angles: 15 });
    const y = operator.apply(phantom);
    const options = { weight: 1e-4, iterations: 300 };
    const bounded = totalVariation(operator, y, { ...options, range: [0, 1] });
    const [plain, back] = [psnr(totalVariation(operator, y, options)), psnr(filteredBackProjection(operator, y))];
    expect(plain).toBeGreaterThan(back + 4);
    expect(psnr(bounded)).toBeGreaterThan(plain + 0.5);
    bounded.data.forEach((value) => expect(value >= 0 && value <= 1).toBe(true));
  });

  it('fills a hole better than zeros do', () => {
    const operator = mask([1, size, size], boxMask([size, size], { top: 16, left: 12, height: 8, width: 8 }));
    const y = operator.apply(phantom);
    expect(psnr(totalVariation(operator, y, { weight: 1e-3 }))).toBeGreaterThan(psnr(operator.adjoint(y)) + 3);
  });
});

it('estimates the norm of an operator, and never below it', () => {
  for (const operator of Object.values(linearOperators)) {
    // Ten steps of the power method from elsewhere are below the norm.
    let x = noise(operator.shapeIn, 1, 5);
    for (let k = 0; k < 10; k++) {
      const back = operator.adjoint(operator.apply(x));
      x = scale(1 / norm(back), back);
    }
    const found = norm(operator.apply(x));
    expect(operatorNorm(operator)).toBeGreaterThan(found * (1 - 1e-9));
    expect(operatorNorm(operator)).toBeLessThan(found * 1.1);
  }
});

it('refuses weights, ranges and operators that it cannot use', () => {
  const operator = identity([1, 2, 2]);
  const y = zeros([1, 1, 2, 2]);
  expect(() => totalVariation(operator, y, { weight: 0 })).toThrow(ConfigError);
  expect(() => totalVariation(operator, y, { weight: 1, range: [1, 0] })).toThrow('got [1, 0]');
  expect(() => totalVariation(operator, zeros([1, 4]), { weight: 1 })).toThrow('identity: y: expected shape');
  expect(() => totalVariation(identity([4]), zeros([1, 4]), { weight: 1 })).toThrow(/expected images of shape/);
});
