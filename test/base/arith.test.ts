import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addScaledInto, allFinite, combine, dotPerSample, map, normPerSample, scale } from '../../src/base/arith.ts';
import { ShapeError } from '../../src/base/errors.ts';
import { batchOf, sampleSize, sizeOf, tensor, zeros, type Tensor } from '../../src/base/tensor.ts';

fc.configureGlobal({ seed: 1 });

/** Small integers, so that sums are exact in every order. */
const whole = fc.integer({ min: -1000, max: 1000 });
const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
const tensorOf = (sizes: readonly number[]): fc.Arbitrary<Tensor> =>
  fc.array(whole, { minLength: sizeOf(sizes), maxLength: sizeOf(sizes) }).map((data) => tensor(data, sizes));
const pair = shape.chain((sizes) =>
  fc.record({
    x: tensorOf(sizes),
    y: tensorOf(sizes),
    perSample: fc.array(whole, { minLength: sizes[0]!, maxLength: sizes[0]! }),
    one: whole,
  }),
);

describe('a linear combination', () => {
  it('weighs each element by the factor of its sample', () => {
    fc.assert(
      fc.property(pair, ({ x, y, perSample, one }) => {
        const before = [...x.data];
        const sum = combine([perSample, x], [one, y]);
        expect(sum.shape).toEqual(x.shape);
        sum.data.forEach((value, j) => {
          const i = Math.floor(j / sampleSize(x));
          expect(value).toBe(perSample[i]! * x.data[j]! + one * y.data[j]!);
        });
        expect([...x.data]).toEqual(before);
        expect(sum.data).not.toBe(x.data);
      }),
    );
  });

  it('of noise that nobody else holds is written over it', () => {
    fc.assert(
      fc.property(pair, ({ x, y, perSample, one }) => {
        for (const c of [perSample, one]) {
          const z = { shape: y.shape, data: y.data.slice() };
          const before = [...x.data];
          const sum = addScaledInto(z, x, c);
          expect(sum).toEqual(combine([1, x], [c, y]));
          expect(sum.data).toBe(z.data);
          expect([...x.data]).toEqual(before);
        }
      }),
    );
    expect(() => addScaledInto(zeros([2, 3]), zeros([3, 2]), 1)).toThrow(ShapeError);
    expect(() => addScaledInto(zeros([2, 3]), zeros([2, 3]), [1])).toThrow(ShapeError);
  });

  it('is linear, and scale is one term of it', () => {
    fc.assert(
      fc.property(pair, ({ x, y, perSample, one }) => {
        expect(combine([1, combine([one, x], [perSample, y])])).toEqual(combine([perSample, y], [one, x]));
        expect(scale(perSample, x)).toEqual(combine([perSample, x]));
        expect(scale(Float64Array.from(perSample), x)).toEqual(scale(perSample, x));
        expect(combine([one, x], [-one, x]).data.every((v) => v === 0)).toBe(true);
      }),
    );
  });

  it('reports which shape or number of factors it expected', () => {
    const x = zeros([2, 3]);
    expect(() => combine([1, x], [1, zeros([3, 2])])).toThrow('combine: expected shape [2,3], got [3,2]');
    expect(() => combine([[1, 2, 3], x])).toThrow('combine: expected 2 coefficients, one per sample, got 3');
    expect(() => combine()).toThrow(ShapeError);
  });
});

describe('sums over samples', () => {
  it('are inner products and their square roots', () => {
    fc.assert(
      fc.property(pair, ({ x, y, one }) => {
        const dots = dotPerSample(x, y);
        expect(dots).toHaveLength(batchOf(x));
        expect(dotPerSample(y, x)).toEqual(dots);
        const byHand = new Float64Array(batchOf(x));
        x.data.forEach((v, j) => (byHand[Math.floor(j / sampleSize(x))]! += v * y.data[j]!));
        expect(dots.map((v) => v + 0)).toEqual(byHand.map((v) => v + 0));
        expect(normPerSample(x).map((r) => Math.round(r * r))).toEqual(dotPerSample(x, x));
        expect(dotPerSample(scale(one, x), y).every((v, i) => v === one * dots[i]!)).toBe(true);
      }),
    );
    expect(() => dotPerSample(zeros([2, 3]), zeros([2, 4]))).toThrow('dot: expected shape [2,3], got [2,4]');
  });
});

describe('elements', () => {
  it('are mapped with their position', () => {
    const x = tensor([1, 2, 3, 4], [2, 2]);
    expect(map(x, (v, i) => v * 10 + i)).toEqual(tensor([10, 21, 32, 43], [2, 2]));
    expect([...x.data]).toEqual([1, 2, 3, 4]);
  });

  it('are all finite or not', () => {
    expect(allFinite([1, -1e308, 0])).toBe(true);
    expect(allFinite([])).toBe(true);
    for (const bad of [NaN, Infinity, -Infinity]) expect(allFinite(Float64Array.of(0, bad, 1))).toBe(false);
  });
});
