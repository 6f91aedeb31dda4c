import { describe, expect, it } from 'vitest';
import { interpreter } from '../../../src/backend/interpreter.ts';
import { key } from '../../../src/base/key.ts';
import { normal } from '../../../src/base/random.ts';
import { ShapeError } from '../../../src/base/errors.ts';
import { tensor } from '../../../src/base/tensor.ts';
import { classifier } from '../../../src/nn/classifier.ts';
import { layout, type Network } from '../../../src/nn/network.ts';
import { featureModel } from '../../../src/score/models/feature-model.ts';

const cases: readonly (readonly [string, Network, number])[] = [
  ['points', classifier([3], { classes: 4, width: 8, depth: 2 }), 8],
  ['images', classifier([1, 8, 8], { classes: 3, width: 4, depth: 2 }), 8],
  ['images at a stride', classifier([1, 8, 8], { classes: 3, width: 4, depth: 2, stride: 2 }), 8],
];

describe.each(cases)('features of %s', (_, net, width) => {
  const { trained, segments } = layout(net);
  const params = { trained: Float32Array.from(normal(key(0), trained), (z) => 0.3 * z), fixed: new Float32Array(0) };
  const size = net.sampleShape.reduce((a, b) => a * b);
  const x = tensor(normal(key(1), 3 * size), [3, ...net.sampleShape]);
  const part = (name: string): Float32Array => {
    const found = segments.find((segment) => segment.name === name)!;
    return params.trained.subarray(found.begin, found.end);
  };

  it('give the log-odds by the last layer', async () => {
    const model = await featureModel(interpreter(), net, { params, label: 40, batch: 2 });
    const { features, output } = await model.of(x);
    expect(features.shape).toEqual([3, width]);
    const [weight, bias] = [part('out.weight'), part('out.bias')];
    output.data.forEach((value, at) => {
      const [i, k] = [Math.floor(at / bias.length), at % bias.length];
      let sum = bias[k]!;
      for (let j = 0; j < width; j++) sum += weight[k * width + j]! * features.data[i * width + j]!;
      // The features have been rounded to float32.
      expect(value).toBeCloseTo(sum, 4);
    });
  });

  it('depend on the label, and are of samples of the shape alone', async () => {
    const [a, b] = await Promise.all(
      [10, 400].map(async (label) => (await featureModel(interpreter(), net, { params, label })).of(x)),
    );
    expect(a!.features.data).not.toEqual(b!.features.data);
    const model = await featureModel(interpreter(), net, { params });
    await expect(model.of(tensor(normal(key(2), 5), [1, 5]))).rejects.toThrow(ShapeError);
  });
});
