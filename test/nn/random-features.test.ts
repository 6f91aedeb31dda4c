import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { ConfigError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { initialize } from '../../src/nn/network.ts';
import { randomFeatures } from '../../src/nn/random-features.ts';
import { featureModel } from '../../src/score/models/feature-model.ts';

const shape = [3, 8, 8];
const net = randomFeatures(shape);
const params = initialize(net, key(0));

async function features(x: Tensor): Promise<readonly (readonly number[])[]> {
  const model = await featureModel(interpreter(), net, { params, batch: 2 });
  const { features: found } = await model.of(x);
  const [n = 0, d = 0] = found.shape;
  return Array.from({ length: n }, (_, i) => Array.from(found.data.subarray(i * d, (i + 1) * d)));
}

describe('random features', () => {
  it('are 64 for images of any channels and sides', async () => {
    for (const other of [
      [1, 28, 28],
      [3, 7, 5],
    ]) {
      const odd = randomFeatures(other);
      const model = await featureModel(interpreter(), odd, { params: initialize(odd, key(0)), batch: 1 });
      const x = tensor(
        normal(
          key(1),
          other.reduce((a, b) => a * b),
        ),
        [1, ...other],
      );
      expect((await model.of(x)).features.shape).toEqual([1, 64]);
    }
    expect(() => randomFeatures([2])).toThrow(ConfigError);
  });

  it('see what is where in their projections, and what there is in their means', async () => {
    // A flat image with one bright square, and the same moved by the stride of all halvings.
    const image = (left: number): number[] =>
      Array.from({ length: 192 }, (_, at) => (at % 8 === left + 2 && (at >> 3) % 8 === 3 ? 1 : 0));
    const [a, b] = await features(tensor([...image(0), ...image(0).map((v) => -v)], [2, ...shape]));
    const apart = (from: number, to: number): number =>
      Math.hypot(...a!.slice(from, to).map((v, j) => v - b![from + j]!));
    expect(apart(0, 32)).toBeGreaterThan(1e-3);
    expect(apart(32, 64)).toBeGreaterThan(1e-3);
  });

  it('of a sample depend on it alone, whatever batch it is in', async () => {
    const x = tensor(normal(key(2), 3 * 192), [3, ...shape]);
    const all = await features(x);
    const last = await features(tensor(x.data.slice(2 * 192), [1, ...shape]));
    expect(last[0]).toEqual(all[2]);
  });
});
