import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { key, split } from '../../src/base/key.ts';
import { bits, normalBatch } from '../../src/base/random.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import type { ImageSet } from '../../src/data/dataset.ts';
import { ddpmpp } from '../../src/nn/unet/ddpmpp.ts';
import { layout } from '../../src/nn/network.ts';
import { scoreModel } from '../../src/score/models/score-model.ts';
import { averaged, train } from '../../src/train/train.ts';

const backend = nodeBackend({ threads: 1 });

function noise(height: number, width: number, channels = 1): ImageSet {
  const pixels = new Uint8Array(bits(key(3), 2 * channels * height * width).buffer).slice(
    0,
    8 * channels * height * width,
  );
  const labels = Uint8Array.from({ length: 8 }, (_, i) => i % 2);
  return { kind: 'images', name: 'noise', count: 8, channels, height, width, pixels, labels, flips: false };
}

/** Networks with what they have by default, but for their width, and the least side that each takes. */
const nets = [
  ['ddpmpp', 1, { width: 4, blocks: 1 }],
  ['ddpmpp', 1, { width: 4, blocks: 1, patch: 2 }],
  ['ncsnpp', 1, { width: 4, blocks: 1 }],
  ['ddpm', 1, { width: 4, blocks: 1 }],
  ['score-net', 3, { features: 8 }],
  ['ncsn', 3, { width: 2, levels: 2 }],
  ['ncsnv2', 3, { width: 2 }],
  ['classifier', 1, { width: 4, classes: 2 }],
] as const;
const sizes = [
  [15, 23],
  [1, 64],
  [11, 13],
  [1, 1],
] as const;

describe.each(nets)('%s by default', (kind, least, options) => {
  it.each(sizes.filter((sides) => Math.min(...sides) >= least))(
    'trains on images of %i x %i',
    async (height, width) => {
      const set = noise(height, width);
      const loss = kind === 'classifier' ? { loss: { kind: 'cross-entropy' } } : {};
      const config = resolveConfig(set, { data: { ref: 'noise' }, net: { kind, ...options }, ...loss });
      const training = buildTraining(config, set);
      for await (const { step, gradientNorm, point } of train({ backend, set, ...training, batch: 2, key: key(1) })) {
        expect(Number.isFinite(gradientNorm)).toBe(true);
        if (step < 2) continue;
        if (kind === 'classifier') break;
        const { net, process } = training;
        const model = scoreModel(backend, net, { params: averaged((await point()).state), process, maxBatch: 2 });
        const { shape } = await model.score(normalBatch(split(key(2), 2), [1, height, width]), 0.5);
        await model.dispose();
        expect(shape).toEqual([2, 1, height, width]);
        break;
      }
    },
  );
});

it('padding adds no parameters', () => {
  expect(layout(ddpmpp([1, 31, 47])).trained).toBe(layout(ddpmpp([1, 32, 48])).trained);
});
