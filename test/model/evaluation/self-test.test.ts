/** @file Samples against the score that they were drawn by, for Gaussians. */
import { expect, it } from 'vitest';
import { ConfigError } from '../../../src/base/errors.ts';
import { key, split } from '../../../src/base/key.ts';
import { normalBatch } from '../../../src/base/random.ts';
import type { Tensor } from '../../../src/base/tensor.ts';
import { selfTest, type SelfTestAt } from '../../../src/model/evaluation/self-test.ts';
import type { ScoreFn } from '../../../src/sde/score-fn.ts';
import { vp } from '../../../src/sde/processes/vp.ts';

const sde = vp();
/** Of data of unit variance, which stay so under this process. */
const score: ScoreFn = (x, t) => {
  const of = sde.alpha(Number(t)) ** 2 + sde.sigma(Number(t)) ** 2;
  return Promise.resolve({ ...x, data: x.data.map((value) => -value / of) });
};
const draw = (n: number, spread: number): Tensor => {
  const { shape, data } = normalBatch(split(key(4), n), [3]);
  return { shape, data: data.map((z) => spread * z) };
};

async function tested(x: Tensor): Promise<readonly SelfTestAt[]> {
  const steps = selfTest({ sde, score }, x, { levels: 3 });
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return next.value;
  }
}

it('has no small p-values for samples of the law of the score, and small ones for others', async () => {
  for (const { pValue, n, squared } of await tested(draw(150, 1))) {
    expect(n).toBe(150);
    expect(pValue).toBeGreaterThan(0.01);
    expect(Math.abs(squared.value)).toBeLessThan(5 * squared.standardError);
  }
  const [first] = await tested(draw(150, 1.4));
  expect(first!.pValue).toBeLessThan(0.01);
});

it('needs 40 samples', async () => {
  await expect(tested(draw(39, 1))).rejects.toThrow(ConfigError);
});
