import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { foldIn, key } from '../../src/base/key.ts';
import { normal, stratified } from '../../src/base/random.ts';
import { ddpm } from '../../src/sde/processes/ddpm.ts';
import { ddpmTables } from '../../src/sde/processes/discrete.ts';
import { amongTimes, chainTimes, geometricTimes, stoppedAt } from '../../src/sde/time/discrete-times.ts';
import { noiseRatio } from '../../src/sde/time/noise-ratio.ts';
import { priorDivergence, reverseChain } from '../../src/sde/reverse-chain.ts';
import { suitedGrid } from '../../src/sde/time/time-grid.ts';
import { discreteSdes, everySde } from './all.ts';

describe.each(everySde)('discrete times of $kind', (sde) => {
  it('are ascending, from tEnd to tMax, as many as asked for', () => {
    for (const times of [chainTimes(sde, 12), geometricTimes(sde, 12)]) {
      expect(times).toHaveLength(12);
      expect([times[0], times.at(-1)]).toEqual([sde.tEnd, sde.tMax]);
      times.forEach((t, i) => expect(t).toBeGreaterThan(times[i - 1] ?? 0));
    }
  });

  it('are geometric in sigma / alpha where NCSN asks for them', () => {
    const ratios = geometricTimes(sde, 9).map((t) => noiseRatio(sde, t));
    const growth = (ratios.at(-1)! / ratios[0]!) ** (1 / 8);
    ratios.forEach((ratio, i) => expect(ratio / (ratios[0]! * growth ** i)).toBeCloseTo(1, 6));
  });

  it('are drawn equally often', () => {
    const times = chainTimes(sde, 7);
    const drawn = Array.from(stratified(key(1), 700), amongTimes(times));
    for (const t of times) expect(drawn.filter((other) => other === t)).toHaveLength(100);
  });

  it('refuse chains of one state', () => {
    for (const steps of [0, 1, 2.5]) {
      expect(() => chainTimes(sde, steps)).toThrow(ConfigError);
      expect(() => geometricTimes(sde, steps)).toThrow(ConfigError);
    }
  });

  it('leave the SDE what it is where it is stopped', () => {
    const t = 0.5 * (sde.tEnd + sde.tMax);
    const stopped = stoppedAt(sde, t);
    expect([stopped.tMin, stopped.tEnd, stopped.tMax]).toEqual([t, t, sde.tMax]);
    expect([stopped.alpha(t), stopped.sigma(t)]).toEqual([sde.alpha(t), sde.sigma(t)]);
    for (const steps of [1, 10, 700]) {
      const times = suitedGrid(stopped, steps);
      expect([times.length, times[0], times.at(-1)]).toEqual([steps + 1, sde.tMax, t]);
      times.forEach((time, i) => expect(time).toBeLessThan(times[i - 1] ?? Infinity));
    }
  });

  it('have the reverse steps that the law of x_{i-1}, x_i and the data gives', () => {
    const times = chainTimes(sde, 20);
    const steps = reverseChain(sde, times);
    expect(steps.map(({ t }) => t)).toEqual(times);
    steps.forEach(({ t, gain, posterior, logSmall, logLarge }, i) => {
      const before = times[i - 1];
      const [alpha, sigma] = before === undefined ? [1, 0] : [sde.alpha(before), sde.sigma(before)];
      const a = sde.alpha(t) / alpha;
      const v = sde.sigma(t) ** 2 - (a * sigma) ** 2;
      expect(gain / (v / (a * sde.sigma(t)))).toBeCloseTo(1, 6);
      // By the rule of conditional variances: sigma(before)^2 less the square of its covariance with x over its variance.
      const conditional = sigma ** 2 - (a * sigma ** 2) ** 2 / sde.sigma(t) ** 2;
      expect(Math.abs(posterior - conditional)).toBeLessThanOrEqual(1e-6 * sigma ** 2);
      // The noise of x_1 / alpha, where the data are the state before.
      expect(Math.exp(logLarge) / (i === 0 ? noiseRatio(sde, t) ** 2 : v)).toBeCloseTo(1, 6);
      expect(logSmall).toBe(Math.log(i === 0 ? steps[1]!.posterior : posterior));
      expect(logSmall).toBeLessThan(i === 0 ? Infinity : logLarge);
    });
  });

  it('have the divergence from the prior that a Monte-Carlo mean of log ratios finds', () => {
    const n = 40_000;
    const x0 = [0.7, -1.2];
    const { priorStd } = sde;
    // Early enough that the divergence is not all but zero.
    const t = sde.tMin + 0.3 * (sde.tMax - sde.tMin);
    const [alpha, sigma] = [sde.alpha(t), sde.sigma(t)];
    const z = normal(foldIn(key(2), 'prior'), 2 * n);
    const logRatios = Array.from({ length: n }, (_, i) =>
      x0.reduce((sum, mean, j) => {
        const own = z[2 * i + j]!;
        const x = alpha * mean + sigma * own;
        return sum + Math.log(priorStd / sigma) - 0.5 * own ** 2 + 0.5 * (x / priorStd) ** 2;
      }, 0),
    );
    const mean = logRatios.reduce((a, b) => a + b, 0) / n;
    const error = Math.sqrt(logRatios.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / n;
    const squares = x0.reduce((sum, value) => sum + value * value, 0);
    expect(Math.abs(priorDivergence(sde, t, { squares, size: 2 }) - mean)).toBeLessThan(4 * error);
  });
});

describe('the chain of DDPM', () => {
  it('has the published tables', () => {
    const { beta, posteriorVariance } = ddpmTables();
    const steps = reverseChain(ddpm(), chainTimes(ddpm()));
    expect(steps).toHaveLength(1000);
    steps.forEach(({ posterior, logLarge, logSmall }, i) => {
      // beta of one step is 1e-4 of alphaBar, which is known to 1e-16.
      expect(Math.exp(logLarge) / (i === 0 ? beta[0]! / (1 - beta[0]!) : beta[i]!)).toBeCloseTo(1, 9);
      expect(Math.abs(posterior - posteriorVariance[i]!)).toBeLessThan(1e-9 * beta[i]!);
      expect(Math.exp(logSmall) / posteriorVariance[Math.max(i, 1)]!).toBeCloseTo(1, 9);
    });
    expect(Math.exp(steps[0]!.logSmall)).toBeCloseTo(5.453188e-5, 10);
    expect(steps[999]!.posterior).toBeCloseTo(0.0199999835, 9);
  });
});

it.each(discreteSdes)('a stopped $kind has the levels that are left, with the time of its end', (sde) => {
  // At a level, and between two.
  for (const t of [sde.levels![3]!, 0.5 * (sde.levels![3]! + sde.levels![4]!)]) {
    const { levels = [], ...stopped } = stoppedAt(sde, t);
    expect(levels).toEqual([t, ...sde.levels!.slice(4)]);
    expect(suitedGrid({ ...stopped, levels }, levels.length - 1).toReversed()).toEqual(levels);
  }
});
