import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { ConfigError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { scalerOf } from '../../src/data/dataset.ts';
import type { PointSet } from '../../src/data/dataset.ts';
import { otCoupling } from '../../src/score/objectives/coupling.ts';
import { denoising } from '../../src/score/objectives/denoising.ts';
import { epsilon } from '../../src/sde/learning/parametrization.ts';
import { rectifiedFlow } from '../../src/sde/processes/rectified-flow.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { batchReader } from '../../src/train/batch-reader.ts';
import type { TrainOptions } from '../../src/train/train.ts';
import { firstSteps } from './tiny.ts';

const count = 40;
const values = normal(key(1), 2 * count);
const set: PointSet = { kind: 'points', name: 'pairs', count, dimension: 2, values };
const sde = rectifiedFlow();
const process = { sde, parametrization: epsilon()(sde) };

const options = (changes: Partial<TrainOptions>): TrainOptions => ({
  backend: interpreter(),
  set,
  scaler: scalerOf(set),
  net: mlp(2, { width: 8, depth: 1, features: 4 }),
  process,
  optimizer: { learningRate: 1e-2, warmup: 2 },
  batch: 16,
  key: key(2),
  ...changes,
});

describe('training on stored pairs', () => {
  const stored = denoising(process, { coupling: 'stored' });
  const scaler = scalerOf(set);
  // Noise that says which sample it belongs to.
  const noise = Float32Array.from(values, (value, k) => 3 * value + (k % 2));

  it('takes the noise of each sample: bit for bit that of a coupling that finds it by the sample', async () => {
    const pairs = { ...set, noise };
    const { factor, shift } = scaler;
    const raw = (x: number, j: number): number =>
      x / ([factor].flat()[j] ?? [factor].flat()[0]!) + (shift[j] ?? shift[0]!);
    const byRow = denoising(process, {
      coupling: ({ x0 }) => ({
        x0,
        z: x0.map((x, k) => {
          const value = raw(x, k % 2);
          const row = values.findIndex((own, i) => i % 2 === k % 2 && Math.abs(own - value) < 1e-5);
          return noise[row]!;
        }),
      }),
    });
    const found = await firstSteps(options({ set: pairs, objective: stored }), 4);
    const expected = await firstSteps(options({ objective: byRow }), 4);
    expect(found.map(({ loss }) => loss)).toEqual(expected.map(({ loss }) => loss));
    expect(found.at(-1)!.state.params).toEqual(expected.at(-1)!.state.params);
  });

  it('goes on bit for bit', async () => {
    for (const own of [
      options({ set: { ...set, noise }, objective: stored }),
      options({ objective: denoising(process, { coupling: otCoupling() }) }),
    ]) {
      const whole = await firstSteps(own, 5);
      const rest = await firstSteps({ ...own, from: whole[1]! }, 3);
      expect(rest.at(-1)!.state).toEqual(whole.at(-1)!.state);
      expect(rest.map(({ loss }) => loss)).toEqual(whole.slice(2).map(({ loss }) => loss));
    }
  });

  it('gives a network the classes or texts that the pairs were drawn with, and leaves out no others', async () => {
    const given = Uint8Array.from({ length: count }, (_, row) => Number(row % 4 > 0));
    const about = { ...set, noise, given, labels: Uint8Array.from({ length: count }, (_, row) => row % 2) };
    const net = mlp(2, { width: 8, depth: 1, features: 4, classes: 2 });
    const pairs = options({ net, set: about, objective: stored, labelDropout: 0.9, wordDropout: 0.9 });
    const texts = Array.from({ length: count }, (_, row) => [row % 2 === 0 ? 'low' : 'high']);
    const coding = { words: ['low', 'high'], buckets: 0 };
    const rows = [0, 1, 2, 3, 4, 5];
    for (const own of [pairs, { ...pairs, coding, set: { ...about, texts } }]) {
      const { feeds } = await batchReader(own)(rows, key(4), 1);
      expect([...feeds['classes']!]).toEqual([0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1]);
    }
  });

  it('refuses data without noise', async () => {
    await expect(firstSteps(options({ objective: stored }), 1)).rejects.toThrow(ConfigError);
  });
});
