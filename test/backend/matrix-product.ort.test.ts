/** @file Matrix products by the native engine against those of float64. */
import { afterAll, expect, it } from 'vitest';
import { matrixProducts } from '../../src/backend/matrix-product.ts';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { plainProduct } from '../../src/evaluate/float-rows.ts';

const products = matrixProducts(nodeBackend({ threads: 1 }));
afterAll(() => products.dispose());

it.each([
  [1, 1, 1],
  [7, 130, 5],
  [64, 3, 200],
])('[%i, %i] times [., %i] within the rounding of float32', async (rows, inner, columns) => {
  const sizes = { rows, inner, columns };
  const [a, b] = [Float32Array.from(normal(key(1), rows * inner)), Float32Array.from(normal(key(2), inner * columns))];
  const [found, exact] = [await products.of(a, b, sizes), await plainProduct(a, b, sizes)];
  // Again by the program that there is.
  expect(await products.of(a, b, sizes)).toEqual(found);
  const worst = Math.max(...found.map((value, i) => Math.abs(value - exact[i]!)));
  expect(worst).toBeLessThan(2 ** -24 * 8 * Math.sqrt(inner) * 4);
});
