import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/base/errors.ts';
import {
  batchOf,
  concatRows,
  expectShape,
  sameShape,
  sampleSize,
  sizeOf,
  takeRows,
  tensor,
  zeros,
  type Tensor,
} from '../../src/base/tensor.ts';

fc.configureGlobal({ seed: 1 });

const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
/** A batch whose elements are all different. */
const batch = shape.map((sizes) => tensor([...Array(sizeOf(sizes)).keys()], sizes));
const row = (x: Tensor, i: number): number[] => [...x.data.subarray(i * sampleSize(x), (i + 1) * sampleSize(x))];

describe('a tensor', () => {
  it('has as many elements as its shape', () => {
    fc.assert(
      fc.property(shape, (sizes) => {
        expect(zeros(sizes).data).toHaveLength(sizeOf(sizes));
        expect(sizeOf(sizes)).toBe(batchOf(zeros(sizes)) * sampleSize(zeros(sizes)));
        expect(() => tensor(new Float64Array(sizeOf(sizes) + 1), sizes)).toThrow(ShapeError);
      }),
    );
    expect(sizeOf([])).toBe(1);
    expect(sizeOf([3, 0, 2])).toBe(0);
  });

  it('shares a Float64Array and copies anything else', () => {
    const data = Float64Array.of(1, 2);
    expect(tensor(data, [2]).data).toBe(data);
    expect(tensor(Float32Array.of(0.5, 2), [2]).data).toEqual(Float64Array.of(0.5, 2));
  });

  it('reports the expected number of elements', () => {
    expect(() => tensor([1, 2, 3], [2, 2])).toThrow('expected 4 elements for shape [2,2], got 3');
  });
});

describe('shapes', () => {
  it('are the same only with equal sizes in equal number', () => {
    expect(sameShape([], [])).toBe(true);
    expect(sameShape([2, 3], [2, 3])).toBe(true);
    expect(sameShape([2, 3], [3, 2])).toBe(false);
    expect(sameShape([2], [2, 1])).toBe(false);
    expect(sameShape([2, 1], [2])).toBe(false);
  });

  it('are checked with free sizes, and named where they differ', () => {
    const x = zeros([2, 3]);
    expectShape(x, [2, 3], 'x');
    expectShape(x, [undefined, 3], 'x');
    expect(() => expectShape(x, [undefined, 4], 'x')).toThrow('x: expected shape [any,4], got [2,3]');
    expect(() => expectShape(x, [2], 'x')).toThrow(ShapeError);
    expect(() => expectShape(x, [2, 3, 1], 'x')).toThrow(ShapeError);
    expect(() => batchOf(zeros([]))).toThrow(ShapeError);
  });
});

describe('rows', () => {
  it('are taken in any order, also several times', () => {
    const rows = fc.infiniteStream(fc.nat());
    fc.assert(
      fc.property(batch, rows, fc.integer({ min: 0, max: 6 }), (x, stream, count) => {
        const order = [...stream.take(count)].map((i) => i % batchOf(x));
        const taken = takeRows(x, order);
        expect(taken.shape).toEqual([count, ...x.shape.slice(1)]);
        order.forEach((from, i) => expect(row(taken, i)).toEqual(row(x, from)));
      }),
    );
  });

  it('come back together after they have been taken apart', () => {
    fc.assert(
      fc.property(batch, fc.nat(), (x, n) => {
        const cut = n % (batchOf(x) + 1);
        const indices = [...Array(batchOf(x)).keys()];
        const joined = concatRows([takeRows(x, indices.slice(0, cut)), takeRows(x, indices.slice(cut))]);
        expect(joined).toEqual(x);
      }),
    );
  });

  it('are joined only where the samples have one shape', () => {
    expect(() => concatRows([zeros([1, 2]), zeros([1, 3])])).toThrow('concatRows: expected shape [any,2], got [1,3]');
    expect(() => concatRows([zeros([1, 2]), zeros([1, 2, 1])])).toThrow(ShapeError);
    expect(() => concatRows([])).toThrow(ShapeError);
  });
});
