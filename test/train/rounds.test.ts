/** @file Rounds of local steps: what members read, and what becomes of the average, beside closed forms and the step of all their batches. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { foldIn } from '../../src/base/key.ts';
import { loadBatch } from '../../src/data/batch.ts';
import { firstOf, scalerOf } from '../../src/data/dataset.ts';
import { add, input, mul, reshape, slice, square, sub, sum } from '../../src/graph/build.ts';
import { network, type Param } from '../../src/nn/network.ts';
import { compileTrainStep, defaultOptimizer, readState } from '../../src/score/train-step.ts';
import { denoising } from '../../src/score/objectives/denoising.ts';
import type { Objective } from '../../src/score/objectives/objective.ts';
import { batchReader } from '../../src/train/batch-reader.ts';
import { shuffledBatches } from '../../src/train/batches.ts';
import { averageOf, batchesAfter, batchOf, type Round } from '../../src/train/rounds.ts';
import { startPoint, train, type TrainOptions, type TrainPoint } from '../../src/train/train.ts';
import { pointAfter, set, tiny } from './tiny.ts';

/** Where members stand after rounds of local steps, which they take one after another here. */
async function inRounds(
  options: TrainOptions,
  { size, local, rounds }: { readonly size: number; readonly local: number; readonly rounds: number },
): Promise<TrainPoint> {
  let from = startPoint(options.net, options.key);
  for (let round = 0; round < rounds; round++) {
    const points: TrainPoint[] = [];
    for (let rank = 0; rank < size; rank++)
      for await (const { step, point } of train({ ...options, round: { from, rank, size } }))
        if (step === from.step + local) {
          points.push(await point());
          break;
        }
    from = averageOf(points as [TrainPoint, ...TrainPoint[]]);
  }
  return from;
}

const worst = (a: Float32Array, b: ArrayLike<number>): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

/** Adam whose epsilon is so large that its step is that of gradient descent, to the 8 digits of epsilon and more: params - rate g. */
const descent = (rate: number) => ({
  ...{ learningRate: rate * 1e8, epsilon: 1e8, beta1: 0, clip: 1e30, warmup: 1 },
});

describe('members of rounds', () => {
  it('read every batch once, whatever their number in each round', () => {
    const { net, key } = tiny(interpreter());
    let from = startPoint(net, key);
    const seen: number[] = [];
    for (const [size, local] of [
      [1, 3],
      [3, 4],
      [2, 1],
      [5, 2],
    ] as const) {
      const rounds = Array.from({ length: size }, (_, rank): Round => ({ from, rank, size }));
      for (const round of rounds) for (let n = 1; n <= local; n++) seen.push(batchOf(round, from.step + n));
      const step = from.step + local;
      from = { ...from, step, ...batchesAfter(rounds[0]!, step) };
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 3 + 12 + 2 + 10 }, (_, i) => i + 1));
    expect([from.step, from.batches]).toEqual([10, 27]);
    // One that goes on alone reads what comes next.
    expect(batchOf({ from, rank: 0, size: 1 }, 11)).toBe(28);
  });

  it('are as one without rounds where there is one, bit for bit', async () => {
    const options = tiny(interpreter());
    expect(await inRounds(options, { size: 1, local: 2, rounds: 3 })).toEqual(await pointAfter(options, 6));
  });

  it.each([2, 3])('of %s take the step of all their batches by gradient descent and one local step', async (size) => {
    const rate = 0.05;
    const options = tiny(interpreter(), { optimizer: descent(rate), batch: 8 });
    const from = startPoint(options.net, options.key);
    const local = await inRounds(options, { size, local: 1, rounds: 1 });
    // The step of one program for so many times the samples, which have the noise and times that the members drew.
    const read = batchReader(options);
    const rowsOf = shuffledBatches(foldIn(options.key, 'order'), set.count, 8);
    const all = await Promise.all(
      Array.from({ length: size }, async (_, rank) => {
        const key = foldIn(foldIn(options.key, 'step'), rank + 1);
        return (await read(rowsOf(rank + 1), key, 1)).feeds;
      }),
    );
    const feeds = Object.fromEntries(
      Object.keys(all[0]!).map((name) => [name, Float32Array.from(all.flatMap((own) => [...own[name]!]))]),
    );
    const optimizer = { ...defaultOptimizer, ...descent(rate) };
    // The draws of a batch weigh each sample by 1 / B: those of all together by so many times less.
    const weights = { weight: feeds['weight']!.map((weight) => weight / size) };
    const step = await compileTrainStep(interpreter(), options.net, {
      batch: 8 * size,
      objective: denoising(options.process),
      optimizer,
    });
    const whole = await step.run(from.state, { feeds: { ...feeds, ...weights }, key: options.key }, 1);
    const { params } = await readState(whole.state);
    expect(worst(params, from.state.params)).toBeGreaterThan(1e-3);
    // Parameters of up to 1 are rounded to 6e-8, by each member and by the mean.
    expect(worst(local.state.params, params)).toBeLessThan(2e-7);
  });

  it('of Adam and one local step have its first moment, and a second one that is larger by the variance of their gradients', async () => {
    const optimizer = { learningRate: 1e-3, warmup: 1, clip: 1e30, beta1: 0.9, beta2: 0.9 };
    const options = tiny(interpreter(), { optimizer, batch: 8 });
    const from = startPoint(options.net, options.key);
    const both = await inRounds(options, { size: 2, local: 1, rounds: 1 });
    const gradients: Float32Array[] = [];
    for (const rank of [0, 1])
      for await (const { point } of train({ ...options, round: { from, rank, size: 2 } })) {
        gradients.push((await point()).state.m.map((m) => m / (1 - optimizer.beta1)));
        break;
      }
    const [one, other] = gradients as [Float32Array, Float32Array];
    const whole = one.map((g, i) => (g + other[i]!) / 2);
    const m = whole.map((g) => (1 - optimizer.beta1) * g);
    const v = whole.map((g, i) => (1 - optimizer.beta2) * (g ** 2 + ((one[i]! - other[i]!) / 2) ** 2));
    const scale = Math.max(...whole.map(Math.abs));
    expect(worst(both.state.m, m) / scale).toBeLessThan(1e-6);
    expect(worst(both.state.v, v) / scale ** 2).toBeLessThan(1e-6);
    expect(
      worst(
        v,
        whole.map((g) => (1 - optimizer.beta2) * g ** 2),
      ) /
        scale ** 2,
    ).toBeGreaterThan(1e-4);
  });

  describe('on a quadratic', () => {
    const rate = 0.1;
    const batch = 2;
    const few = firstOf(set, 4);
    const scaler = scalerOf(few);
    const number: Param = { name: 'p', shape: [1], init: () => Float64Array.of(0.5), trainable: true };
    const net = network('number', [2], (scope, x) => mul(x, scope.param(number)));
    /** The mean of a (p - c)^2 / 2, with a = 1 + x_0^2 and c = x_1 of each sample. */
    const quadratic: Objective = {
      kind: 'quadratic',
      write: (owner, _, site) => {
        const x0 = input(owner, 'x0', [site.batch, 2]);
        const [first, c] = [0, 1].map((at) => reshape(slice(x0, 1, { begin: at, end: at + 1 }), [site.batch]));
        const losses = mul(mul(add(square(first!), 1), square(sub(site.scope.param(number), c!))), 0.5 / site.batch);
        return { loss: sum(losses), losses };
      },
      draw: (x0) => ({ feeds: { x0 }, times: [] }),
    };
    const options = tiny(interpreter(), { set: few, scaler, net, objective: quadratic, optimizer: descent(rate) });
    /** The curvature and the slope of batches of rows, of which the gradient at p is curvature p - slope. */
    const shapeOf = (rows: readonly number[]): readonly [number, number] => {
      const x0 = loadBatch(few, scaler, rows, options.key);
      const terms = rows.map((_, i) => [1 + x0[2 * i]! ** 2, x0[2 * i + 1]!] as const);
      const mean = (of: (term: readonly [number, number]) => number): number =>
        terms.reduce((total, term) => total + of(term), 0) / rows.length;
      return [mean(([a]) => a), mean(([a, c]) => a * c)];
    };

    it('have the product of their contractions as the average', async () => {
      const [size, local, rounds] = [2, 3, 4];
      const rowsOf = shuffledBatches(foldIn(options.key, 'order'), few.count, batch);
      let p = 0.5;
      for (let round = 0; round < rounds; round++) {
        const ends = Array.from({ length: size }, (_, rank) => {
          const steps = Array.from({ length: local }, (_, k) => shapeOf(rowsOf((round * local + k) * size + rank + 1)));
          const contraction = (from: number): number =>
            steps.slice(from).reduce((product, [a]) => product * (1 - rate * a), 1);
          return steps.reduce((sum, [, slope], k) => sum + rate * slope * contraction(k + 1), contraction(0) * p);
        });
        p = ends.reduce((total, end) => total + end, 0) / size;
      }
      const { state } = await inRounds({ ...options, batch }, { size, local, rounds });
      expect(Math.abs(state.params[0]! - p)).toBeLessThan(1e-6);
      expect(Math.abs(p - 0.5)).toBeGreaterThan(0.05);
    });

    it('go to its minimum as one does where each batch has all samples', async () => {
      const [a, slope] = shapeOf([0, 1, 2, 3]);
      const { state } = await inRounds({ ...options, batch: 4 }, { size: 3, local: 5, rounds: 2 });
      const expected = slope / a + (1 - rate * a) ** 10 * (0.5 - slope / a);
      expect(Math.abs(state.params[0]! - expected)).toBeLessThan(1e-6);
    });
  });
});
