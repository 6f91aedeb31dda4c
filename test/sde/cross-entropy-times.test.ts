/** @file The cross entropy of latents by the estimates of LSGM: of a Gaussian it is known, and all of them have it. */
import { describe, expect, it } from 'vitest';
import { crossEntropyEnds, crossEntropyTimes } from '../../src/sde/learning/cross-entropy-times.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { subVp } from '../../src/sde/processes/sub-vp.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import type { Sde } from '../../src/sde/sde.ts';

const estimates = Object.entries(crossEntropyTimes);

/** E ||z - z'||^2 for z0 of N(mu, s^2) and the exact score of N(0, v) noised. */
function error(sde: Sde, t: number, { mu, s, v }: { mu: number; s: number; v: number }): number {
  const [alpha, sigma] = [sde.alpha(t), sde.sigma(t)];
  const all = alpha ** 2 * v + sigma ** 2;
  // z' = sigma (alpha z0 + sigma z) / all.
  const [ofLatent, ofNoise] = [(sigma * alpha) / all, 1 - sigma ** 2 / all];
  return ofLatent ** 2 * (mu ** 2 + s ** 2) + ofNoise ** 2;
}

/** The mean of the estimate over u, by the midpoints of many pieces. */
function integral(
  sde: Sde,
  { at, entropy }: ReturnType<(typeof crossEntropyTimes)['ll-iw']>,
  law: { mu: number; s: number; v: number },
): number {
  const pieces = 4000;
  let sum = 0;
  for (let i = 0; i < pieces; i++) {
    // Midpoints in a variable that is dense at both ends, where weights are large.
    const w = (i + 0.5) / pieces;
    const u = w ** 3 * (10 - 15 * w + 6 * w ** 2);
    const t = at(u);
    sum += (30 * w ** 2 * (1 - w) ** 2 * entropy(t) * error(sde, t, law)) / pieces;
  }
  return sum;
}

describe('the cross entropy of N(0.7, 0.3^2) and N(0, 1)', () => {
  const law = { mu: 0.7, s: 0.3, v: 1 };
  const sde = vp({ betaMin: 0.1, betaMax: 20, tMin: 1e-2 });

  it.each(estimates)('is 1.209344541 nats by %s', (_, of) => {
    const constant = (1 + Math.log(2 * Math.PI * sde.sigma(1e-2) ** 2)) / 2;
    expect(constant).toBeCloseTo(-1.690115748, 8);
    const sum = integral(sde, of(sde), law);
    expect(sum).toBeCloseTo(2.899460289, 4);
    expect(sum + constant).toBeCloseTo(1.209344541, 4);
  });

  it('with what is left at the end it is that of the two laws at the least noise', () => {
    const [alpha, sigma] = [sde.alpha(1e-2), sde.sigma(1e-2)];
    const { constant, square } = crossEntropyEnds(sde);
    const squares = law.mu ** 2 + law.s ** 2;
    const exact = 0.5 * Math.log(2 * Math.PI) + 0.5 * (alpha ** 2 * squares + sigma ** 2);
    expect(integral(sde, crossEntropyTimes['ll-iw'](sde), law) + constant + square * squares).toBeCloseTo(exact, 5);
    expect(exact).toBeCloseTo(1.209357066, 8);
  });
});

// The noised states of N(0, v) are exactly known by every process, so that the sum is a property of the laws alone.
describe.each([
  ['edm', edm()],
  ['sub-vp', subVp({ tMin: 1e-2 })],
] as const)('under %s', (_, sde) => {
  const law = { mu: 0.2, s: 0.3, v: 0.25 };
  it('all estimates have the cross entropy of the laws at the least noise', () => {
    const { constant, square } = crossEntropyEnds(sde);
    const [alpha, sigma] = [sde.alpha(sde.tMin), sde.sigma(sde.tMin)];
    const squares = law.mu ** 2 + law.s ** 2;
    const variance = alpha ** 2 * law.v + sigma ** 2;
    // The states at tMax are compared with the prior, not with N(0, v) noised: what is between them is below 1e-4 nats.
    const exact = 0.5 * Math.log(2 * Math.PI * variance) + (alpha ** 2 * squares + sigma ** 2) / (2 * variance);
    for (const [name, of] of estimates)
      expect(Math.abs(integral(sde, of(sde), law) + constant + square * squares - exact), name).toBeLessThan(5e-3);
  });
});

it('the normalizer is the integral of the density, not that of the released code', () => {
  const sde = vp({ betaMin: 0.1, betaMax: 20, tMin: 1e-2 });
  const { score, at } = crossEntropyTimes['drop-all-iw'](sde);
  const share = sde.alpha(0.5) ** 2;
  // int_0.01^1 exp(-B) = 0.266004; theirs is 0.266606.
  expect(score(0.5) * share).toBeCloseTo(0.266004, 6);
  expect([at(0), at(1)]).toEqual([sde.tMin, sde.tMax]);
  // At uniform times the loss of the score has the weight 1.
  const [u, h] = [0.4, 1e-3];
  const density = (2 * h) / (at(u + h) - at(u - h));
  expect(density * score(at(u))).toBeCloseTo(1, 4);
});
