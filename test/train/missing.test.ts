import { expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { arraySet } from '../../src/data/arrays/array-set.ts';
import { scalerOf } from '../../src/data/dataset.ts';
import { diffwave } from '../../src/nn/diffwave.ts';
import { initialize } from '../../src/nn/network.ts';
import { compileLoss } from '../../src/score/loss-value.ts';
import { denoising } from '../../src/score/objectives/denoising.ts';
import { slicedScoreMatching } from '../../src/score/objectives/sliced.ts';
import { edmParametrization } from '../../src/sde/learning/parametrization.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { batchReader } from '../../src/train/batch-reader.ts';
import { train } from '../../src/train/train.ts';

const sde = edm();
const process = { sde, parametrization: edmParametrization({ sigmaData: 1 })(sde) };
const net = diffwave([1, 8], { width: 4, features: 4, cycle: 2, depth: 2 });
const values = Float32Array.from(normal(key(1), 24));
values[2] = values[9] = values[10] = NaN;
const set = arraySet({ shape: [3, 8], data: values }, 'x.npy', { layout: 'nl' });
const options = { backend: interpreter(), set, scaler: scalerOf(set), net, process, batch: 3, key: key(2) };

it('the loss is the sum over the numbers that are there', async () => {
  const objective = denoising(process);
  const { drawn, feeds } = await batchReader(options)([0, 1, 2], key(3), 1);
  expect(feeds['observed']).toEqual(values.map((value) => Number(!Number.isNaN(value))));
  // Of what is missing the network is shown neither a value nor that it is sought: a mark of -1, over sqrt(2 D).
  expect(feeds['classes']?.[8 + 2]).toBeCloseTo(-1 / 4);
  expect(feeds['classes']?.[2]).toBe(0);
  const loss = await compileLoss(options.backend, net, { objective, batch: 3, missing: true });
  const params = initialize(net, key(4));
  const of = (observed: Float32Array): Promise<number> => loss.of(params, { ...feeds, observed });
  const one = Float32Array.from({ length: 24 }, (_, j) => Number(j % 3 === 0));
  const other = one.map((mark) => 1 - mark);
  const whole = await of(new Float32Array(24).fill(1));
  expect((await of(one)) + (await of(other))).toBeCloseTo(whole, 5);
  expect(await of(new Float32Array(24))).toBe(0);
  const plain = await compileLoss(options.backend, net, { objective, batch: 3 });
  expect(await plain.of(params, feeds)).toBeCloseTo(whole, 5);
  // The error of the noise is that of the numbers that count.
  const { weight, observed } = drawn.feeds;
  const count = (i: number): number => observed!.subarray(8 * i, 8 * i + 8).reduce((sum, mark) => sum + mark, 0);
  const losses = Float32Array.from([0, 1, 2], (i) => weight![i]! * count(i));
  expect([...objective.noiseErrors!(drawn, losses)].map((error) => Number(error.toFixed(5)))).toEqual([1, 1, 1]);
});

it('a training goes on without them', async () => {
  for await (const { step, loss } of train(options)) {
    expect(Number.isFinite(loss)).toBe(true);
    if (step === 2) break;
  }
});

it('is refused by a loss that would count them', () => {
  expect(() => batchReader({ ...options, objective: slicedScoreMatching(process) })).toThrow(
    /expected denoising for data with missing values, which x.npy has, got /,
  );
});
