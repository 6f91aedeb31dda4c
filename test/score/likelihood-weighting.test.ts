/** @file Likelihood weights at uniform times and at importance-sampled ones. */
import { describe, expect, it } from 'vitest';
import { foldIn, key } from '../../src/base/key.ts';
import { normal, stratified } from '../../src/base/random.ts';
import { mul, sin } from '../../src/graph/build.ts';
import { denoising } from '../../src/score/objectives/denoising.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { linearVe } from '../../src/sde/processes/linear-ve.ts';
import { noiseRatio } from '../../src/sde/time/noise-ratio.ts';
import { epsilon } from '../../src/sde/learning/parametrization.ts';
import { subVp } from '../../src/sde/processes/sub-vp.ts';
import { ve } from '../../src/sde/processes/ve.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import {
  importanceTimes,
  importanceWeighting,
  likelihoodNormalizer,
  likelihoodWeighting,
  sigmaSquaredWeighting,
  uniformTimes,
} from '../../src/sde/learning/weighting.ts';
import { allSdes } from '../sde/all.ts';
import { formula, lossOf, meanOf } from './loss-of.ts';

describe('the integral Z of g^2 / sigma^2', () => {
  // W(1) - W(tMin) with W = log(e^B - 1) for VP and 2 log(e^B - 1) - B for sub-VP, in float64.
  it.each([
    ['VP', vp({ tMin: 1e-5 }), 23.8644724],
    ['sub-VP', subVp({ tMin: 1e-5 }), 37.6789457],
    ['sub-VP from 0.01', subVp({ tMin: 1e-2 }), 22.4841357],
  ] as const)('of %s is that of the published code', (_name, sde, expected) =>
    expect(likelihoodNormalizer(sde)).toBeCloseTo(expected, 6),
  );

  it.each(allSdes)('is that of a quadrature for $kind', (sde) => {
    // Over log t, in which 1 / t, to which it rises towards the data, is even; the ends are those of the SDE.
    const n = 200_000;
    const [low, high] = [Math.log(sde.tMin), Math.log(sde.tMax)];
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const t = Math.exp(low + ((i + 0.5) / n) * (high - low));
      sum += ((t * (high - low)) / n) * (sde.g(t) / sde.sigma(t)) ** 2;
    }
    // Interpolated tables have kinks in their slopes, which cost the midpoint rule half of its order.
    expect(sum / likelihoodNormalizer(sde)).toBeCloseTo(1, 5);
  });
});

describe.each(allSdes)('importance-sampled times of $kind', (sde) => {
  it('have the density g^2 / (sigma^2 Z): the distribution function takes each back to its quantile', () => {
    const at = importanceTimes(sde);
    for (const u of [1e-4, 0.1, 0.3, 0.5, 0.8, 0.999]) {
      const t = at(u);
      const passed = 2 * Math.log(noiseRatio(sde, t) / noiseRatio(sde, sde.tMin));
      expect(passed / likelihoodNormalizer(sde)).toBeCloseTo(u, 9);
      const h = 1e-4;
      const density = ((2 * h) / (at(u * (1 + h)) - at(u * (1 - h)))) * u;
      expect((density * likelihoodNormalizer(sde)) / (sde.g(t) / sde.sigma(t)) ** 2).toBeCloseTo(1, 2);
    }
  });
});

// Far enough from the data that g^2 / sigma^2 has a variance under uniform times that can be measured.
const sdes = [
  vp({ tMin: 0.05 }),
  subVp({ tMin: 0.05 }),
  ve({ sigmaMax: 10 }),
  edm({ sigmaMin: 0.5, sigmaMax: 10 }),
  linearVe({ sigmaMax: 10, tMin: 0.05 }),
];

describe.each(sdes)('the likelihood-weighted loss of $kind', (sde) => {
  const [size, batch] = [2, 20_000];
  const process = { sde, parametrization: epsilon()(sde) };
  const net = formula([size], (_scope, x) => mul(sin(x), 0.5));
  const x0 = Float32Array.from(normal(foldIn(key(1), 'data'), size * batch));
  const sharesOf = (options: object, name: string): { mean: number; error: number } => {
    const objective = denoising(process, { ...options, reduction: 'mean' });
    const { losses } = lossOf(objective, net, { x0, batch, key: foldIn(key(2), name) });
    return meanOf(losses.map((share) => share * batch));
  };
  const uniform = sharesOf({ weighting: likelihoodWeighting(sde), times: uniformTimes(sde) }, 'uniform');

  it('is Z / (tMax - tMin) times that of weights sigma^2 at importance-sampled times', () => {
    const plain = sharesOf({ weighting: sigmaSquaredWeighting(sde), times: importanceTimes(sde) }, 'importance');
    const factor = likelihoodNormalizer(sde) / (sde.tMax - sde.tMin);
    const error = Math.hypot(uniform.error, factor * plain.error);
    expect(Math.abs(uniform.mean - factor * plain.mean)).toBeLessThan(4 * error);
    expect(error / uniform.mean).toBeLessThan(0.03);
  });

  it('is that of importance weights at importance-sampled times, which spreads no more', () => {
    const weighed = sharesOf({ weighting: importanceWeighting(sde), times: importanceTimes(sde) }, 'weighed');
    const error = Math.hypot(uniform.error, weighed.error);
    expect(Math.abs(uniform.mean - weighed.mean)).toBeLessThan(4 * error);
    // Of VE g^2 / sigma^2 is the same at all times, and the two are one.
    expect(weighed.error).toBeLessThan(1.03 * uniform.error);
  });
});

describe('weights', () => {
  it('of the score and of the likelihood agree where g = sigma', () => {
    // The one VE process of which g^2 / sigma^2 = 2 log(sigmaMax / sigmaMin) is 1.
    const sde = ve({ sigmaMin: 1, sigmaMax: Math.exp(0.5) });
    for (const u of stratified(key(3), 20)) {
      const t = uniformTimes(sde)(u);
      expect(likelihoodWeighting(sde)(t) / sigmaSquaredWeighting(sde)(t)).toBeCloseTo(1, 12);
      expect(importanceTimes(sde)(u)).toBeCloseTo(t, 9);
    }
  });
});
