import { describe, expect, it } from 'vitest';
import { noiseRatio, timeOfNoiseRatio } from '../../src/sde/time/noise-ratio.ts';
import { levelsOf } from '../../src/sde/time/time-grid.ts';
import { transition } from '../../src/sde/transition.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { everySde, timesWithin } from './all.ts';

/** Simpson's rule in log t, which follows coefficients that change quickly near zero. */
function integral(values: (t: number) => number, from: number, to: number): number {
  const panels = 400;
  const h = Math.log(to / from) / panels;
  let sum = 0;
  for (let i = 0; i <= panels; i++) {
    const t = from * Math.exp(i * h);
    sum += (i === 0 || i === panels ? 1 : i % 2 === 1 ? 4 : 2) * values(t) * t;
  }
  return (sum * h) / 3;
}

/** The integral from one time to another, level by level where the coefficients have a bend at each. */
function along(sde: Sde, values: (t: number) => number, [from, to]: readonly [number, number]): number {
  // WaveGrad's has the bends of its chain, and is at home between them.
  const { levels = sde.kind === 'wavegrad' ? levelsOf(1000) : [] } = sde;
  const ends = [from, ...levels.filter((t) => t > from && t < to), to];
  return ends.slice(1).reduce((sum, end, i) => sum + integral(values, ends[i]!, end), 0);
}

describe.each(everySde)('the laws of $kind', (sde) => {
  const intervals = timesWithin(sde)
    .slice(1)
    .map((t, i) => [timesWithin(sde)[i]!, t] as const);

  // 1e-7: the error of Simpson's rule, largest for VE and near the pole of the cosine path.
  it('has the mean factor that its drift gives', () => {
    for (const [from, to] of intervals) {
      const expected = Math.exp(along(sde, (u) => sde.f(u), [from, to]));
      expect(Math.abs(sde.alpha(to) / sde.alpha(from) / expected - 1)).toBeLessThan(1e-7);
    }
  });

  it('has the variance that its diffusion gives', () => {
    for (const [from, to] of intervals) {
      const expected = noiseRatio(sde, from) ** 2 + along(sde, (u) => (sde.g(u) / sde.alpha(u)) ** 2, [from, to]);
      expect(Math.abs(noiseRatio(sde, to) ** 2 / expected - 1)).toBeLessThan(1e-7);
    }
  });

  it('composes transitions', () => {
    const [a, b, c] = [0.2, 0.21, 0.9].map((part) => sde.tMin + part * (sde.tMax - sde.tMin));
    const first = transition(sde, { earlier: a!, later: b! });
    const second = transition(sde, { earlier: b!, later: c! });
    const both = transition(sde, { earlier: a!, later: c! });
    expect(both.factor / (first.factor * second.factor)).toBeCloseTo(1, 12);
    expect(both.variance / (second.factor ** 2 * first.variance + second.variance)).toBeCloseTo(1, 12);
    expect(transition(sde, { earlier: a!, later: a! })).toEqual({ factor: 1, variance: 0 });
  });

  it('keeps the digits of the transition variance over short steps', () => {
    // v = g^2 dt up to a relative dt d log(g^2 / alpha^2): a check that the subtraction has not eaten the result.
    const t = sde.tMin + 0.5 * (sde.tMax - sde.tMin);
    const dt = 1e-7 * (sde.tMax - sde.tMin);
    const { variance } = transition(sde, { earlier: t - dt / 2, later: t + dt / 2 });
    expect(variance / (sde.g(t) ** 2 * dt)).toBeCloseTo(1, 5);
  });

  it('has ordered times, a prior near p at tMax and cannot be changed', () => {
    expect(sde.tMin).toBeGreaterThan(0);
    expect(sde.tEnd).toBeGreaterThanOrEqual(sde.tMin);
    expect(sde.tMax).toBeGreaterThan(sde.tEnd);
    expect(sde.priorStd / sde.sigma(sde.tMax)).toBeCloseTo(1, 3);
    expect(Object.isFrozen(sde)).toBe(true);
  });

  it('has a noise ratio that grows and that can be inverted', () => {
    const times = timesWithin(sde);
    times.slice(1).forEach((t, i) => expect(noiseRatio(sde, t)).toBeGreaterThan(noiseRatio(sde, times[i]!)));
    for (const t of times) expect(timeOfNoiseRatio(sde, noiseRatio(sde, t)) / t).toBeCloseTo(1, 9);
    expect(timeOfNoiseRatio(sde, 0)).toBe(sde.tMin);
    expect(timeOfNoiseRatio(sde, Infinity)).toBe(sde.tMax);
  });
});
