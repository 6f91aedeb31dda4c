/** @file Training by several members: the data, the steps and the end are those of one. */
import { expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { localGroup } from '../../src/base/group.ts';
import { cosineDecay } from '../../src/nn/learning-rate.ts';
import { train } from '../../src/train/train.ts';
import { firstSteps, tiny, type TakenStep } from './tiny.ts';

const options = tiny(interpreter(), { batch: 12 });
const steps = 5;
const alone = await firstSteps(options, steps);

it.each([2, 3, 4])('of %s members has the losses and parameters of one to rounding', async (size) => {
  const all = await Promise.all(localGroup(size).map((group) => firstSteps({ ...options, group }, steps)));
  // Members have the same numbers, bit for bit, and so do repetitions.
  for (const member of all) expect(member).toEqual(all[0]);
  const again = await Promise.all(localGroup(size).map((group) => firstSteps({ ...options, group }, steps)));
  expect(again[0]).toEqual(all[0]);
  all[0]!.forEach(({ loss, gradientNorm, state, levels }, n) => {
    const expected = alone[n]!;
    expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(1e-5);
    expect(Math.abs(gradientNorm / expected.gradientNorm - 1)).toBeLessThan(1e-5);
    expect(levels!.counts).toEqual(expected.levels!.counts);
    const error = state.params.reduce((most, p, i) => Math.max(most, Math.abs(p - expected.state.params[i]!)), 0);
    expect(error).toBeLessThan(1e-5);
  });
});

it('goes on from the point of any member as if it had not stopped, bit for bit', async () => {
  const [all] = await Promise.all(localGroup(2).map((group) => firstSteps({ ...options, group }, steps)));
  const from = structuredClone(all![1]!);
  const rest = await Promise.all(localGroup(2).map((group) => firstSteps({ ...options, group, from }, steps - 2)));
  // The noise scale is of the steps of a loop.
  const points = (taken: readonly TakenStep[]): object[] => taken.map((step) => ({ ...step, noiseScale: 0 }));
  expect(points(rest[1]!)).toEqual(points(all!.slice(2)));
});

it('measures the noise of gradients by the parts of a batch, as they are one by one', async () => {
  const at = async (size: number): Promise<number[]> => {
    const [first] = await Promise.all(
      localGroup(size).map((group) => firstSteps({ ...options, batch: 24, group }, 40)),
    );
    return first!.map(({ noiseScale = NaN }) => noiseScale);
  };
  const [two, four] = [await at(2), await at(4)];
  // Both are of the same gradients, divided otherwise; 40 steps tell them to about a fifth.
  const ratio = two.at(-1)! / four.at(-1)!;
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThan(2);
  const [none] = await firstSteps({ ...options, batch: 24 }, 1);
  expect(none).not.toHaveProperty('noiseScale');
});

it('stops all members after the step in which one has asked to, and takes the time of the first', async () => {
  const optimizer = { ...options.optimizer, warmup: 1, decay: cosineDecay({ from: 1 }) };
  const ended = await Promise.all(
    localGroup(3).map(async (group) => {
      let asked = 0;
      const stop = (): boolean => ++asked === 3 && group.rank === 2;
      const spent = (): number => (group.rank === 0 ? 1 : 0);
      for await (const { step, stop: stops, point } of train({ ...options, optimizer, group, stop, spent }))
        if (stops) return { step, params: (await point()).state.params };
      return undefined;
    }),
  );
  expect(ended.map((end) => end?.step)).toEqual([3, 3, 3]);
  // At the end of the minutes the rate is 0 but for rounding, so that nothing has moved; else each number moves by about the rate, 1e-2.
  const [start] = await firstSteps({ ...options, optimizer, spent: () => 1 }, 1);
  const moved = ended[0]!.params.reduce((most, p, i) => Math.max(most, Math.abs(p - start!.state.params[i]!)), 0);
  expect(moved).toBeLessThan(1e-6);
});

it('refuses batches that the members do not divide', async () => {
  const [first] = localGroup(5);
  await expect(firstSteps({ ...options, group: first }, 1)).rejects.toThrow(
    'train.batch: expected a batch with equal parts for 5 members, got 12',
  );
});
