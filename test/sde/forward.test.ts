import { describe, expect, it } from 'vitest';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { batchOf, takeRows, zeros } from '../../src/base/tensor.ts';
import { forward, noised } from '../../src/sde/forward.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { dataMean, dataStd, marginal, momentsOf } from '../sample/gaussian-case.ts';
import { everySde } from './all.ts';

describe.each(everySde)('the forward process of $kind', (sde) => {
  const n = 4000;
  const own = split(key(311), n);
  const span = sde.tMax - sde.tMin;
  const times = [0, 0.05, 0.3, 0.31, 0.8, 1].map((part) => sde.tMin + part * span);
  const x0 = normalBatch(split(key(312), n), [1]);
  const first = noised(sde, split(key(313), n), {
    x0: { ...x0, data: x0.data.map((z) => dataMean + dataStd * z) },
    t: times[0]!,
  });
  const states = [...forward(sde, own, { x: first, times })];

  it('is seen at each of the times, first where it starts', () => {
    expect(states.map(({ t }) => t)).toEqual(times);
    expect(states[0]!.x).toBe(first);
  });

  it('has the marginals of the SDE, in mean and variance (n = 4000, 5 standard errors)', () => {
    for (const { t, x } of states) {
      const [found, exact] = [momentsOf(x.data), marginal(sde, t)];
      expect(Math.abs(found.mean - exact.mean)).toBeLessThan(5 * Math.sqrt(exact.variance / n));
      expect(Math.abs(found.variance / exact.variance - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    }
  });

  it('has the covariances of the SDE between any two times (n = 4000, 5 standard errors)', () => {
    for (const [i, a] of states.entries())
      for (const b of states.slice(i + 1)) {
        const [ma, mb] = [momentsOf(a.x.data), momentsOf(b.x.data)];
        const covariance = a.x.data.reduce((s, v, j) => s + (v - ma.mean) * (b.x.data[j]! - mb.mean), 0) / n;
        const [va, vb] = [marginal(sde, a.t).variance, marginal(sde, b.t).variance];
        const expected = (sde.alpha(b.t) / sde.alpha(a.t)) * va;
        expect(Math.abs(covariance - expected) / Math.sqrt(va * vb)).toBeLessThan(5 * Math.sqrt(2 / n));
      }
  });

  it('gives each path by its own key alone', () => {
    const alone = [...forward(sde, own.slice(7, 8), { x: takeRows(first, [7]), times })];
    alone.forEach(({ x }, i) => expect(x.data).toEqual(takeRows(states[i]!.x, [7]).data));
  });
});

describe('the forward process', () => {
  const sde = vp();
  it('refuses times that do not rise, and keys that do not fit', () => {
    const x = zeros([2, 1]);
    for (const times of [[], [0.5, 0.5], [0.5, 0.4], [0.1, NaN]])
      expect(() => [...forward(sde, split(key(1), 2), { x, times })]).toThrow(ConfigError);
    expect(() => [...forward(sde, [key(1)], { x, times: [0.1] })]).toThrow(ShapeError);
    expect(() => noised(sde, [key(1)], { x0: x, t: 0.1 })).toThrow('expected one key for each of the 2 samples, got 1');
    expect(batchOf(noised(sde, [foldIn(key(1), 0)], { x0: zeros([1, 3]), t: 0.1 }))).toBe(1);
  });
});
