import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { distillModel, trainModel } from '../../src/node/train-model.ts';

const engine = { threads: 1 };
const set = Array.from({ length: 500 }, (_, i) => [Math.cos(i), Math.sin(i)]);
const config = { net: { width: 8, depth: 1, features: 4 }, train: { learningRate: 4e-3 } };
const teacher = await trainModel(set, { ...engine, process: 'edm', steps: 5, batch: 16, config });

describe('distillModel', () => {
  it('makes students in rounds, each at a quarter of the rate of the teacher, on its scale', async () => {
    const running = distillModel(teacher, set, { ...engine, nfe: 1, first: 2, steps: 8 });
    const seen: string[] = [];
    for await (const { round, rounds, nfe, step, fraction } of running)
      seen.push([round, rounds, nfe, step, fraction].join());
    expect(seen).toEqual(['1,2,2,1,0.125', '1,2,2,2,0.25', '1,2,2,3,0.375', '1,2,2,4,0.5', '2,2,1,1,0.625', '2,2,1,2,0.75', '2,2,1,3,0.875', '2,2,1,4,1']); // prettier-ignore
    const student = await running;
    expect(student.info.sampling).toMatchObject({ sampler: 'few-step', steps: 1 });
    expect(student.trained.config.train.learningRate).toBe(1e-3);
    expect(student.trained.data.scaler).toEqual(teacher.trained.data.scaler);
    const { samples } = await student.sample({ count: 3 });
    expect(samples.evaluations).toEqual([1, 1, 1]);
    // A student of its own steps cannot be halved below one.
    await expect(Promise.resolve(distillModel(student, set, engine))).rejects.toThrow(ConfigError);
  });

  it('makes consistency models', async () => {
    for (const method of ['consistency', 'easy-consistency']) {
      const student = await distillModel(teacher, set, { ...engine, method, nfe: 3, steps: 2 });
      const { samples, sampler } = await student.sample({ count: 2 });
      expect([sampler, ...samples.evaluations]).toEqual(['consistency', 3, 3]);
    }
  });
});
