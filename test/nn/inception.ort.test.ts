/** @file Inception-v3 up to mixed5, against PyTorch. */
import { expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { sizeOf, tensor } from '../../src/base/tensor.ts';
import { inceptionFeatures } from '../../src/nn/inception.ts';
import { layout } from '../../src/nn/network.ts';
import { featureModel } from '../../src/score/models/feature-model.ts';

/** Numbers in [0, 1) without order, the same in NumPy. */
const noise = (n: number, k: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => {
    const v = Math.sin(i * 12.9898 + k * 78.233) * 43758.5453;
    return v - Math.floor(v);
  });

/**
 * Features 0 to 3 and 300 of the first image, 100 and 767 of the second, the mean of all and of their squares, by PyTorch 1.13 with `F.conv2d`, `F.max_pool2d(x, 3, 2)` and
 * `F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)` on the same weights. Sides of 75 have odd sizes before each pooling, 78 an even one.
 */
const byTorch = [
  [75, [0.159103, 0, 0.000476, 0.017963, 0.455706, 0.579536, 0.630666], 0.2439108596369053, 0.24551644617455168],
  [78, [0.240971, 0, 0.043335, 0.009546, 0.463653, 0.635576, 0.660635], 0.24566235770500575, 0.25203940259594587],
] as const;

/** Of any side. */
const params = (() => {
  const { segments, trained: length } = layout(inceptionFeatures(75));
  const trained = new Float32Array(length);
  for (const { name, shape, begin } of segments) {
    const k = Number(name.split('.')[1]);
    const size = sizeOf(shape);
    const bound = Math.sqrt(6 / sizeOf(shape.slice(1)));
    const values = name.endsWith('weight')
      ? noise(size, k).map((u) => bound * (2 * u - 1))
      : noise(size, k + 100).map((u) => 0.2 * u - 0.1);
    trained.set(values, begin);
  }
  return { trained, fixed: new Float32Array(0) };
})();

it.each(byTorch)('on images of %i pixels a side, features are those of PyTorch', async (side, some, mean, squares) => {
  const net = inceptionFeatures(side);
  const size = 3 * side * side;
  const x = noise(2 * size, 0).map((u, i) => (2 * u - 1) * (i < size ? 1 : (2 * (i % side)) / (side - 1) - 1));
  const model = await featureModel(nodeBackend({ threads: 1 }), net, { params, batch: 2 });
  try {
    const { features } = await model.of(tensor(x, [2, 3, side, side]));
    expect(features.shape).toEqual([2, 768]);
    const at = (image: number, feature: number): number => features.data[image * 768 + feature] ?? NaN;
    const found = [at(0, 0), at(0, 1), at(0, 2), at(0, 3), at(0, 300), at(1, 100), at(1, 767)];
    // Sums of up to 2,592 products in float32, in another order.
    some.forEach((value, i) => expect(Math.abs((found[i] ?? NaN) - value)).toBeLessThan(1e-5));
    const { data } = features;
    expect(data.reduce((sum, value) => sum + value, 0) / data.length).toBeCloseTo(mean, 5);
    expect(data.reduce((sum, value) => sum + value ** 2, 0) / data.length).toBeCloseTo(squares, 5);
  } finally {
    await model.dispose();
  }
});

it('has the layers of the published table', () => {
  const { params: all } = inceptionFeatures();
  const kernels = all.filter(({ shape }) => shape.length === 4);
  expect(kernels).toHaveLength(50);
  // The sum of the weights of Keras' layers conv2d_1 to conv2d_50, and their biases.
  expect(kernels.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(5_121_376);
  expect(all.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(5_127_136);
});
