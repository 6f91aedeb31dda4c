import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanResizeInto } from '../../../src/data/pictures/resize.ts';

const range = [0, 255] as const;
type Side = readonly [height: number, width: number];

function resized(plane: ArrayLike<number>, [height, width]: Side, [h, w]: Side): Float64Array {
  const out = new Float64Array(h * w);
  cleanResizeInto(out, plane, { count: 1, height, width }, { to: { height: h, width: w }, range });
  return out;
}

const pattern = ([height, width]: Side): number[] =>
  Array.from({ length: height * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    return (37 * i * i + 91 * j + 13 * i * j * j) % 256;
  });

/**
 * Of Pillow 9.4.0: `Image.fromarray(pattern, mode='F').resize((w, h), Image.BICUBIC)`, clipped to 0 to 255, in one line for each new image. Pillow stores rows of
 * float32 between both passes, whence 1e-3.
 */
// prettier-ignore
const byPillow: readonly (readonly [Side, Side, readonly number[]])[] = [
  [[4, 5], [6, 7], [0, 41.0079, 125.1821, 192.9868, 47.5513, 39.3564, 114.657, 4.3923, 75.1163, 123.604, 93.8235, 90.3593, 94.4613, 99.5837, 49.1072, 100.5137, 102.2634, 25.1759, 141.7311, 154.9042, 101.2065, 146.4672, 59.5954, 39.9712, 157.5463, 151.5953, 150.7168, 159.9731, 117.5751, 106.1004, 122.905, 177.5294, 175.3883, 136.291, 96.9195, 63.7252, 159.1143, 214.7224, 157.75, 193.4948, 124.3383, 23.9173]],
  [[9, 7], [3, 4], [76.8303, 119.395, 126.7577, 107.5761, 131.3213, 148.5564, 131.6498, 178.3576, 90.4373, 103.1895, 98.4426, 84.3583]],
  [[5, 8], [5, 3], [77.9812, 107.2037, 108.3588, 79.4502, 102.3762, 34.9808, 97.8957, 170.7232, 103.5311, 154.9382, 147.6356, 168.6113, 166.9734, 146.5752, 160.8919]],
  [[3, 3], [4, 2], [25.5657, 158.539, 58.6982, 93.5496, 87.2484, 75.5813, 93.3177, 115.8988]],
  [[13, 13], [4, 5], [96.0698, 130.5923, 100.1063, 115.2056, 138.3108, 134.5089, 131.323, 160.9792, 126.796, 127.4577, 95.4218, 105.5674, 117.9359, 126.4938, 113.2727, 130.0963, 136.7563, 159.6917, 164.0905, 188.2307]],
];

test.each(byPillow)('from %j to %j, clean resizing is that of Pillow', (from, to, expected) => {
  const found = resized(pattern(from), from, to);
  expected.forEach((value, i) => expect(Math.abs((found[i] ?? 0) - value)).toBeLessThan(1e-3));
});

test('images of 32 pixels become those that Inception reads as Pillow makes them', () => {
  const found = resized(pattern([32, 32]), [32, 32], [299, 299]);
  const at = (y: number, x: number): number => found[y * 299 + x] ?? 0;
  // The numbers of Pillow 9.4.0 in float64.
  expect(at(0, 0)).toBe(0);
  for (const [y, x, value] of [
    [50, 50, 169.24871826171875],
    [149, 149, 70.125],
    [298, 298, 223.988037109375],
    [10, 200, 29.551233291625977],
  ] as const)
    expect(Math.abs(at(y, x) - value)).toBeLessThan(1e-3);
  expect(found.reduce((sum, value) => sum + value, 0) / found.length).toBeCloseTo(126.48025489378341, 4);
});

const side = fc.integer({ min: 1, max: 24 });
const sides = fc.tuple(side, side);

test('one color stays, for all sizes', () => {
  fc.assert(
    fc.property(sides, sides, fc.integer({ min: 0, max: 255 }), (from, to, color) => {
      const found = resized(new Array<number>(from[0] * from[1]).fill(color), from, to);
      expect(Math.max(...found.map((value) => Math.abs(value - color)))).toBeLessThan(1e-9);
    }),
    { numRuns: 200 },
  );
});

test('images of the same size stay, and mirror images are resized to mirror images', () => {
  fc.assert(
    fc.property(sides, sides, (from, to) => {
      const plane = pattern(from);
      expect([...resized(plane, from, from)]).toEqual(plane);
      const mirrored = resized([...plane].reverse(), from, to).reverse();
      const apart = resized(plane, from, to).map((value, i) => Math.abs(value - (mirrored[i] ?? NaN)));
      expect(Math.max(...apart)).toBeLessThan(1e-9);
    }),
    { numRuns: 100 },
  );
});

test('parabolas stay parabolas where an image becomes larger, away from its ends', () => {
  const [from, to] = [20, 31];
  const parabola = (position: number): number => 100 + 3 * position - 0.4 * position ** 2;
  const line = Array.from({ length: from }, (_, i) => parabola(i + 0.5));
  const found = resized(line, [1, from], [1, to]);
  for (let i = 4; i < to - 4; i++) expect(found[i]).toBeCloseTo(parabola(((i + 0.5) * from) / to), 9);
});

test('stripes that are too fine for the new pixels become gray, and do not become other stripes', () => {
  const stripes = Array.from({ length: 96 }, (_, i) => (i % 2) * 255);
  for (const value of resized(stripes, [1, 96], [1, 24]).slice(2, -2))
    expect(Math.abs(value - 127.5)).toBeLessThan(0.5);
});

test('what overshoots is cut off, and nothing is rounded', () => {
  const edge = [0, 0, 255, 255];
  const found = [...resized(edge, [1, 4], [1, 16])];
  expect(Math.min(...found)).toBe(0);
  expect(Math.max(...found)).toBe(255);
  expect(found.some((value) => value % 1 !== 0)).toBe(true);
});
