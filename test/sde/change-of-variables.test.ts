import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { takeRows, tensor, type Tensor } from '../../src/base/tensor.ts';
import { changeOfVariables } from '../../src/sde/change-of-variables.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { noiseRatio, timeOfNoiseRatio } from '../../src/sde/time/noise-ratio.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { ve } from '../../src/sde/processes/ve.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { everySde } from './all.ts';

const mixture = { means: tensor([1, 0, 0, -1, 2, 2], [3, 2]), stds: [0.3, 0.1, 0.5] };

/** Data with noise of a time. */
function states(sde: Sde, t: number): Tensor {
  const z = normalBatch(split(foldIn(key(4), 'z'), 3), [2]);
  return tensor(
    z.data.map((value, i) => sde.alpha(t) * mixture.means.data[i]! + sde.sigma(t) * value),
    [3, 2],
  );
}

describe.each(everySde)('the score of $kind', (from) => {
  const { score } = gaussianMixture(from, mixture);

  it.each(everySde)('is that of $kind at equal noise ratios', async (to) => {
    const changed = changeOfVariables(score, { from, to });
    const exact = gaussianMixture(to, mixture).score;
    for (const ratio of [0.05, 0.3, 2, 7]) {
      const t = timeOfNoiseRatio(to, ratio);
      const x = states(to, t);
      const [found, expected] = [await changed(x, t), await exact(x, t)];
      // Rounding of the noise ratio, by which times are found, in units of the score of the noise.
      const errors = found.data.map((value, i) => Math.abs(value - expected.data[i]!) * to.sigma(t));
      expect(Math.max(...errors)).toBeLessThan(1e-9);
    }
  });
});

it('takes one time per sample, each sample alone', async () => {
  const [from, to] = [vp(), ve()];
  const changed = changeOfVariables(gaussianMixture(from, mixture).score, { from, to });
  const x = states(to, 0.3);
  const together = await changed(x, [0.2, 0.3, 0.6]);
  for (const [i, t] of [0.2, 0.3, 0.6].entries())
    expect((await changed(takeRows(x, [i]), t)).data).toEqual(takeRows(together, [i]).data);
});

it('passes on which samples of a batch the rows are', async () => {
  const [from, to] = [vp(), ve()];
  const seen: unknown[] = [];
  const { score } = gaussianMixture(from, mixture);
  const changed = changeOfVariables((x, t, rows) => (seen.push(rows), score(x, t)), { from, to });
  await changed(takeRows(states(to, 0.3), [2, 0]), 0.3, [2, 0]);
  await changed(states(to, 0.3), 0.3);
  expect(seen).toEqual([[2, 0], undefined]);
});

it('refuses a time whose noise the other SDE does not have', async () => {
  const [from, to] = [ve({ sigmaMax: 5 }), vp()];
  const changed = changeOfVariables(gaussianMixture(from, mixture).score, { from, to });
  await expect(changed(states(to, 1), 1)).rejects.toThrow(ConfigError);
  await expect(changed(states(to, 1), 1)).rejects.toThrow(
    /sigma \/ alpha of 0\.01.* to 5.*, which ve has, got 1 with 152/,
  );
  const same = changeOfVariables(gaussianMixture(from, mixture).score, { from, to: from });
  for (const t of [from.tMin, from.tMax]) await expect(same(states(from, t), t)).resolves.toBeDefined();
  expect(noiseRatio(vp(), 1)).toBeGreaterThan(150);
});
