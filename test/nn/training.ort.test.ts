import { expect, describe, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { key } from '../../src/base/key.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { train } from '../../src/train/train.ts';
import { images } from '../catalog/sets.ts';

const backend = nodeBackend({ threads: 1 });

describe('thirty steps of training', () => {
  const small = { width: 8, multipliers: [1, 2], blocks: 1 };
  it.each([
    ['ddpmpp', small],
    ['ncsnpp', small],
    ['ddpm', small],
    ['ncsn', { width: 8, levels: 4 }],
    ['ncsnv2', { width: 8 }],
  ])('bring the loss of %s down', async (kind, options) => {
    const set = await images(8);
    const config = resolveConfig(set, { data: { ref: 'emoji' }, net: { kind, ...options }, sde: { kind: 've' } });
    const losses: number[] = [];
    const optimizer = { learningRate: 3e-3, warmup: 5 };
    for await (const { loss } of train({
      backend,
      set,
      ...buildTraining(config, set),
      optimizer,
      batch: 32,
      key: key(1),
    }))
      if (losses.push(loss) === 30) break;
    const mean = (part: readonly number[]): number => part.reduce((a, b) => a + b, 0) / part.length;
    expect(losses.every(Number.isFinite)).toBe(true);
    // Each step draws 32 times and noises; from step to step the loss of one network varies by a tenth.
    expect(mean(losses.slice(-5)) / mean(losses.slice(0, 5))).toBeLessThan(0.8);
  });
});
