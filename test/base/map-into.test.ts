import { expect, test } from 'vitest';
import { mapInto } from '../../src/base/map-into.ts';

test('gives what TypedArray.from gives, of every kind of numbers', () => {
  const from = Float64Array.from({ length: 100 }, (_, i) => i / 7);
  const of = (value: number, i: number): number => value + i;
  expect(mapInto(new Float32Array(100), from, of)).toEqual(Float32Array.from(from, of));
  expect(mapInto(new Uint8Array(3), [1n, 2n, 300n], Number)).toEqual(Uint8Array.of(1, 2, 44));
});
