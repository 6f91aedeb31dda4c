import fc from 'fast-check';
import { expect, test } from 'vitest';
import { areaAverageInto, planesInto, shrink } from '../../../src/data/pictures/resize.ts';
import type { ImageSet } from '../../../src/data/dataset.ts';

/** The definition, by integrating the piecewise constant image over each new pixel on the common refinement of both grids. */
function byRefinement(plane: readonly number[], from: number, to: number): number[] {
  const out = new Array<number>(to * to).fill(0);
  const fine = from * to;
  for (let y = 0; y < fine; y++) {
    for (let x = 0; x < fine; x++) {
      const value = plane[Math.floor(y / to) * from + Math.floor(x / to)]!;
      out[Math.floor(y / from) * to + Math.floor(x / from)]! += value / (from * from);
    }
  }
  return out;
}

const planeOf = (side: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 0, max: 255 }), { minLength: side * side, maxLength: side * side });

const squares = fc
  .integer({ min: 1, max: 9 })
  .chain((side) =>
    fc.record({ side: fc.constant(side), size: fc.integer({ min: 1, max: side }), plane: planeOf(side) }),
  );

test('area averages are the integral over each new pixel, for integer and other ratios', () => {
  fc.assert(
    fc.property(squares, ({ side, size, plane }) => {
      const out = new Float64Array(size * size);
      areaAverageInto(out, plane, { count: 1, height: side, width: side }, size);
      byRefinement(plane, side, size).forEach((value, i) => expect(out[i]).toBeCloseTo(value, 9));
    }),
    { numRuns: 200 },
  );
});

test('area averages keep the mean', () => {
  fc.assert(
    fc.property(squares, ({ side, size, plane }) => {
      const out = new Float64Array(size * size);
      areaAverageInto(out, plane, { count: 1, height: side, width: side }, size);
      const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
      expect(mean(out)).toBeCloseTo(mean(plane), 9);
    }),
    { numRuns: 100 },
  );
});

test('bytes are the nearest to the averages, and white stays white', () => {
  const out = new Uint8Array(1);
  areaAverageInto(out, [0, 0, 0, 2], { count: 1, height: 2, width: 2 }, 1); // mean 0.5
  expect([...out]).toEqual([1]);
  const white = new Uint8Array(25);
  areaAverageInto(white, new Uint8Array(49).fill(255), { count: 1, height: 7, width: 7 }, 5);
  expect([...white]).toEqual(new Array(25).fill(255));
});

test('images that are not square lose their ends, in every plane', () => {
  const wide: ImageSet = {
    kind: 'images',
    name: 'wide',
    count: 1,
    channels: 2,
    height: 2,
    width: 4,
    pixels: Uint8Array.from([9, 1, 2, 9, 9, 3, 4, 9, 8, 5, 6, 8, 8, 7, 8, 8]),
    flips: false,
  };
  expect([...shrink(wide, 2).pixels]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(shrink(wide, 1)).toMatchObject({ height: 1, width: 1, pixels: Uint8Array.from([3, 7]) }); // means 2.5 and 6.5
});

test('interleaved channels become planes', () => {
  const out = new Uint8Array(7);
  planesInto(out, 1, [1, 2, 3, 4, 5, 6], 3);
  expect([...out]).toEqual([0, 1, 4, 2, 5, 3, 6]);
});
