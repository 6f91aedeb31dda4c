import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/base/errors.ts';
import { key } from '../../../src/base/key.ts';
import { normal } from '../../../src/base/random.ts';
import { edm } from '../../../src/sde/processes/edm.ts';
import { noiseRatio } from '../../../src/sde/time/noise-ratio.ts';
import {
  directScore,
  edmParametrization,
  epsilon,
  type ParametrizationOf,
} from '../../../src/sde/learning/parametrization.ts';
import { probit } from '../../../src/base/probit.ts';
import { sigmaPower } from '../../../src/sde/processes/sigma-power.ts';
import { ve } from '../../../src/sde/processes/ve.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import {
  edmWeighting,
  likelihoodWeighting,
  logNormalTimes,
  sigmaSquaredWeighting,
  uniformTimes,
} from '../../../src/sde/learning/weighting.ts';
import { everySde, timesWithin } from '../all.ts';

const sigmaData = 0.7;

/** What the network must answer for the model to have the score of N(0, sigmaData^2) data, at a state x. */
function idealOutput(
  of: ParametrizationOf,
  sde: (typeof everySde)[number],
  { t, x }: { t: number; x: number },
): number {
  const p = of(sde);
  const score = -x / (sde.alpha(t) ** 2 * sigmaData ** 2 + sde.sigma(t) ** 2);
  return (score - p.skip(t) * x) / p.out(t);
}

describe.each(everySde)('parametrizations of $kind', (sde) => {
  it('epsilon predicts the noise', () => {
    const p = epsilon()(sde);
    for (const t of timesWithin(sde)) {
      // Data at a point x0: the score of x = alpha x0 + sigma z is -z / sigma.
      expect((p.skip(t) * 3 + p.out(t) * 1.5) * sde.sigma(t)).toBeCloseTo(-1.5, 12);
      expect(p.inScale(t)).toBe(1);
      expect(p.label(t)).toBe(999 * t);
    }
  });

  it('the direct score is divided by sigma where it is asked to be', () => {
    const scaled = directScore()(sde);
    const plain = directScore({ scaleBySigma: false, label: 'logSigma' })(sde);
    for (const t of timesWithin(sde)) {
      expect(scaled.out(t)).toBe(1 / sde.sigma(t));
      expect(scaled.label(t)).toBe(t);
      expect(plain.out(t)).toBe(1);
      expect(plain.label(t)).toBe(Math.log(sde.sigma(t)));
      expect([scaled.skip(t), plain.skip(t), scaled.inScale(t), plain.inScale(t)]).toEqual([0, 0, 1, 1]);
    }
  });

  it('EDM has the identities of its paper in terms of x / alpha and sigma / alpha', () => {
    const p = edmParametrization({ sigmaData })(sde);
    const weight = edmWeighting(sde, { sigmaData });
    for (const t of timesWithin(sde)) {
      const ratio = noiseRatio(sde, t);
      const alpha = sde.alpha(t);
      // The denoiser D = (x + sigma^2 s) / alpha of y = x / alpha.
      const cOut = (sde.sigma(t) ** 2 * p.out(t)) / alpha;
      const cSkip = 1 + sde.sigma(t) ** 2 * p.skip(t);
      expect(cOut / ((ratio * sigmaData) / Math.hypot(ratio, sigmaData))).toBeCloseTo(1, 10);
      // 1 + sigma^2 skip loses digits where sigma is large: an absolute comparison.
      expect(cSkip).toBeCloseTo(sigmaData ** 2 / (ratio ** 2 + sigmaData ** 2), 12);
      expect((cSkip ** 2 * (sigmaData ** 2 + ratio ** 2) + cOut ** 2) / sigmaData ** 2).toBeCloseTo(1, 8);
      expect(p.inScale(t) * alpha * Math.hypot(ratio, sigmaData)).toBeCloseTo(1, 12);
      expect(p.label(t)).toBeCloseTo(Math.log(ratio) / 4, 14);
      expect(weight(t) * p.out(t) ** 2).toBeCloseTo(1, 12);
      expect(idealOutput(edmParametrization({ sigmaData }), sde, { t, x: 2 })).toBeCloseTo(0, 10);
    }
  });

  it('weights have their definitions', () => {
    for (const t of timesWithin(sde)) {
      expect(sigmaSquaredWeighting(sde)(t)).toBe(sde.sigma(t) ** 2);
      expect(likelihoodWeighting(sde)(t)).toBe(sde.g(t) ** 2);
      // Published: a weight on ||D - x0||^2, where s - target = alpha (D - x0) / sigma^2.
      const ratio = noiseRatio(sde, t);
      const onDenoiser = (ratio ** 2 + sigmaData ** 2) / (ratio * sigmaData) ** 2;
      const published = onDenoiser * (sde.sigma(t) ** 2 / sde.alpha(t)) ** 2;
      expect(edmWeighting(sde, { sigmaData })(t) / published).toBeCloseTo(1, 12);
    }
  });

  it('an EDM network of zeros has a loss of 1 per dimension', () => {
    // n = 4000 draws per time, whose squared errors have standard deviation sqrt(2): 5 standard errors.
    const n = 4000;
    const x0 = normal(key(1), n).map((x) => x * sigmaData);
    const z = normal(key(2), n);
    const p = edmParametrization({ sigmaData })(sde);
    const weight = edmWeighting(sde, { sigmaData });
    for (const t of timesWithin(sde)) {
      let loss = 0;
      x0.forEach((x, i) => {
        const state = sde.alpha(t) * x + sde.sigma(t) * z[i]!;
        loss += (weight(t) * (p.skip(t) * state + z[i]! / sde.sigma(t)) ** 2) / n;
      });
      expect(Math.abs(loss - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    }
  });

  it('training times stay in range', () => {
    const uniform = uniformTimes(sde);
    const logNormal = logNormalTimes(sde);
    if (sde.levels === undefined) expect(uniform(0.25)).toBeCloseTo(sde.tMin + 0.25 * (sde.tMax - sde.tMin), 12);
    for (const times of [uniform, logNormal]) {
      let last = 0;
      for (const u of [1e-12, 0.01, 0.3, 0.5, 0.9, 1 - 1e-12]) {
        expect(times(u)).toBeGreaterThanOrEqual(Math.max(sde.tMin, last));
        expect(times(u)).toBeLessThanOrEqual(sde.tMax);
        last = times(u);
      }
    }
    // The quantiles of a log-normal noise ratio, where they are within the range of the SDE.
    for (const u of [0.2, 0.5, 0.8])
      expect(Math.log(noiseRatio(sde, logNormal(u)))).toBeCloseTo(-1.2 + 1.2 * probit(u), 8);
  });
});

it('the network of the tutorial gets t and is divided by std(t)', () => {
  const p = directScore()(sigmaPower());
  expect(p.label(0.3)).toBe(0.3);
  expect(p.out(1) * sigmaPower().priorStd).toBe(1);
});

it('EDM times are log-normal', () => {
  const times = logNormalTimes(edm());
  expect(times(0.5)).toBeCloseTo(Math.exp(-1.2), 12);
  expect(Math.log(times(0.8413447460685429))).toBeCloseTo(0, 12); // one standard deviation up
  expect(times(1e-9)).toBe(0.002);
});

describe('probit', () => {
  it('inverts the integral of the normal density', () => {
    for (const x of [-7, -4.5, -2, -1.1, -0.3, 0, 0.8, 1.5, 3]) {
      // Simpson's rule from -12, below which 2e-33 of the mass lies.
      const panels = 4000;
      const h = (x + 12) / panels;
      let p = 0;
      for (let i = 0; i <= panels; i++) {
        const weight = i === 0 || i === panels ? 1 : i % 2 === 1 ? 4 : 2;
        p += (weight * h * Math.exp(-((-12 + i * h) ** 2) / 2)) / 3 / Math.sqrt(2 * Math.PI);
      }
      expect(probit(p)).toBeCloseTo(x, 9);
    }
  });

  it('equals golden values from scipy.stats.norm.ppf', () => {
    expect(probit(1e-20)).toBeCloseTo(-9.262340089798408, 12);
    expect(probit(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect(probit(1e-300)).toBeCloseTo(-37.0470962993612, 11);
  });
});

it('options out of range are refused', () => {
  expect(() => epsilon({ timeScale: 0 })).toThrow(ConfigError);
  expect(() => directScore({ timeScale: NaN })).toThrow(ConfigError);
  expect(() => edmParametrization({ sigmaData: -1 })).toThrow(ConfigError);
  expect(() => edmWeighting(vp(), { sigmaData: 0 })).toThrow(ConfigError);
  expect(() => logNormalTimes(ve(), { std: 0 })).toThrow(ConfigError);
});
