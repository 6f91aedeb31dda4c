import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { zeros } from '../../src/base/tensor.ts';
import { custom } from '../../src/sde/processes/custom.ts';
import { ddpmTables, linearBetas, smldSigmas } from '../../src/sde/processes/discrete.ts';
import { cosineVp } from '../../src/sde/processes/cosine-vp.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { linearVe } from '../../src/sde/processes/linear-ve.ts';
import { rectifiedFlow } from '../../src/sde/processes/rectified-flow.ts';
import { priorLogDensity } from '../../src/sde/prior.ts';
import { sigmaPower } from '../../src/sde/processes/sigma-power.ts';
import { subVp } from '../../src/sde/processes/sub-vp.ts';
import { ve } from '../../src/sde/processes/ve.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { cosine } from './all.ts';

/** Equal to the digits that a table prints, of which the fewest are six. */
function expectRelative(actual: number, expected: number, tolerance = 5e-6): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected));
}

describe('coefficients', () => {
  // t, log alpha, VP std, sub-VP std, VE sigma, VE g, sub-VP g with beta from 0.1 to 20 and sigma from 0.01 to 50,
  // computed in float64 from the published formulas.
  it.each([
    [1e-5, -5.004975e-7, 0.00100049713, 1.0009945e-6, 0.01000085, 0.0412763, 4.47881e-4],
    [1e-3, -5.4975e-5, 0.0104854163, 1.09943956e-4, 0.0100855, 0.0416258, 0.005134502],
    [0.1, -0.05475, 0.322052536, 0.103717836, 0.0234367, 0.0967298, 0.641137746],
    [0.5, -1.26875, 0.959654202, 0.920936188, 0.707106781, 2.918423, 3.160249],
    [1, -5.025, 0.999978407, 0.999956814, 50, 206.363674, 4.472136],
  ])('of VE, VP and sub-VP at t = %f', (t, ...row) => {
    const [logAlpha, vpStd, subVpStd, veStd, veG, subVpG] = row;
    expectRelative(vp().alpha(t), Math.exp(logAlpha), 1e-12);
    expect(subVp().alpha(t)).toBe(vp().alpha(t));
    expectRelative(vp().sigma(t), vpStd);
    expectRelative(subVp().sigma(t), subVpStd);
    expectRelative(ve().sigma(t), veStd);
    expectRelative(ve().g(t), veG);
    expectRelative(subVp().g(t), subVpG);
    expectRelative(vp().g(t) ** 2, 0.1 + 19.9 * t, 1e-12);
  });

  it('of the tutorial and of EDM', () => {
    expectRelative(sigmaPower().priorStd, 9.8452, 5e-6);
    expectRelative(sigmaPower().sigma(1), Math.sqrt(624 / (2 * Math.log(25))), 1e-14);
    expect(sigmaPower().g(0.5)).toBe(5);
    expect([edm().tMin, edm().tEnd, edm().tMax, edm().priorStd]).toEqual([0.002, 0.002, 80, 80]);
    expect(edm().sigma(3)).toBe(3);
    expect(edm().g(2)).toBe(2);
  });

  it('of the linear VE, the cosine VP and rectified flow', () => {
    // sigma = 50 t and g = 50 sqrt(2 t).
    expect([linearVe().sigma(0.3), linearVe().priorStd, linearVe().alpha(0.3)]).toEqual([15, 50, 1]);
    expectRelative(linearVe().g(0.08), 20, 1e-14);
    for (const t of [1e-5, 0.1, 0.5, 0.9946]) {
      // alphaBar of the paper; its 1 - alphaBar loses digits at small times.
      const angle = (u: number): number => ((u + 0.008) / 1.008) * (Math.PI / 2);
      const alphaBar = (Math.cos(angle(t)) / Math.cos(angle(0))) ** 2;
      expectRelative(cosineVp().alpha(t) ** 2, alphaBar, 1e-12);
      expectRelative(cosineVp().sigma(t) ** 2, 1 - alphaBar, 1e-9);
    }
    expectRelative(cosineVp({ offset: 1e-9 }).alpha(2 / 3), 0.5, 1e-8);
    expect([rectifiedFlow().alpha(0.25), rectifiedFlow().sigma(0.25), rectifiedFlow().f(0.75)]).toEqual([
      0.75, 0.25, -4,
    ]);
    expectRelative(rectifiedFlow().g(0.5), Math.SQRT2, 1e-15);
    expect([rectifiedFlow().tMax, rectifiedFlow().priorStd]).toEqual([0.995, 0.995]);
    // The conditional optimal transport path x_t = (1 - t) x_0 + (sigmaMin + (1 - sigmaMin) t) z.
    const path = rectifiedFlow({ sigmaMin: 0.1 });
    expect([path.alpha(0.25), path.f(0.75)]).toEqual([0.75, -4]);
    expectRelative(path.sigma(0.25), 0.325, 1e-15);
    expectRelative(path.priorStd, 0.9955, 1e-15);
    // g^2 = 2 sigma sigma' - 2 f sigma^2
    expectRelative(path.g(0.5) ** 2, 2 * 0.55 * 0.9 + 4 * 0.55 ** 2, 1e-14);
    expect(() => rectifiedFlow({ sigmaMin: 1 })).toThrow(ConfigError);
  });

  it('keep their digits at tiny times, where 1 - exp(-B) would not', () => {
    const t = 1e-13;
    const b = 0.1 * t; // B(t) up to a relative 1e-11
    expectRelative(vp().sigma(t) ** 2, b, 1e-10);
    expectRelative(subVp().sigma(t), b, 1e-10);
    expectRelative(subVp().g(t) ** 2, 2 * 0.1 * b, 1e-10);
    expectRelative(sigmaPower().sigma(t) ** 2, t, 1e-10);
    const angle = (0.008 / 1.008) * (Math.PI / 2);
    expectRelative(cosineVp().sigma(t) ** 2, 2 * (Math.PI / 2.016) * Math.tan(angle) * t, 1e-9);
  });

  it('end sampling where the published code does', () => {
    expect([ve(), vp(), subVp(), sigmaPower()].map((sde) => sde.tEnd)).toEqual([1e-5, 1e-3, 1e-3, 1e-3]);
    expect([ve(), vp(), subVp(), sigmaPower()].map((sde) => sde.tMin)).toEqual([1e-5, 1e-5, 1e-5, 1e-5]);
    expect(subVp({ tMin: 1e-2 }).tEnd).toBe(1e-2);
    expect(vp({ tMin: 1e-4, tEnd: 1e-4 }).tEnd).toBe(1e-4);
  });
});

describe('options', () => {
  it.each([
    ['sigmaMin', () => ve({ sigmaMin: 0 })],
    ['sigmaMax', () => ve({ sigmaMin: 1, sigmaMax: 1 })],
    ['tMin', () => ve({ tMin: 0 })],
    ['tEnd', () => vp({ tMin: 0.1, tEnd: 0.01 })],
    ['tMax', () => sigmaPower({ tEnd: 1 })],
    ['betaMin', () => vp({ betaMin: -1 })],
    ['betaMax', () => subVp({ betaMax: NaN })],
    ['sigma', () => sigmaPower({ sigma: 1 })],
    ['sigmaMax', () => edm({ sigmaMin: 1, sigmaMax: 0.5 })],
    ['sigmaMax', () => linearVe({ sigmaMax: 0 })],
    ['tMin', () => linearVe({ tMin: 0 })],
    ['offset', () => cosineVp({ offset: 0 })],
    ['tMax', () => cosineVp({ tMax: 1 })],
    ['tMax', () => rectifiedFlow({ tMax: 1 })],
    ['tMax', () => rectifiedFlow({ tEnd: 0.999 })],
  ])('with a wrong %s are refused', (path, make) => {
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(path);
  });

  it('list every problem at once', () => {
    expect(() => ve({ sigmaMin: -1, tMin: -1 })).toThrow(/sigmaMin.*; tMin/);
  });
});

describe('custom', () => {
  const linear = {
    alpha: (): number => 1,
    sigma: (t: number): number => 50 * t,
    f: (): number => 0,
    g: (t: number): number => 50 * Math.sqrt(2 * t),
    tMin: 1e-5,
  };

  it('accepts coefficients that fit together', () => {
    expect(custom(linear)).toMatchObject({ kind: 'custom', tMin: 1e-5, tEnd: 1e-5, tMax: 1, priorStd: 50 });
    for (const sde of [ve(), vp(), subVp(), sigmaPower(), { ...edm(), priorStd: 81 }, cosine])
      expect(custom(sde)).toEqual(sde);
  });

  it.each([
    ['f', { ...linear, f: () => -0.01 }],
    ['g', { ...linear, g: (t: number) => 50.01 * Math.sqrt(2 * t) }],
    ['g', { ...subVp(), g: vp().g }], // eslint-disable-line @typescript-eslint/unbound-method
    ['g', { ...linear, g: () => NaN }],
    ['sigma', { ...linear, sigma: (t: number) => 2 - t }],
    ['sigma', { ...linear, sigma: (t: number) => t - 0.5 }],
    ['alpha', { ...linear, alpha: (t: number) => 0.5 - t }],
    ['priorStd', { ...linear, priorStd: 0 }],
  ])('refuses a wrong %s', (path, options) => {
    expect(() => custom(options)).toThrow(ConfigError);
    expect(() => custom(options)).toThrow(`${path}: expected`);
  });
});

describe('discrete tables', () => {
  it('of DDPM', () => {
    const { beta, alphaBar, posteriorVariance } = ddpmTables();
    expectRelative(beta[0]!, 1e-4, 1e-14);
    expectRelative(beta[999]!, 0.02, 1e-14);
    expectRelative(alphaBar[0]!, 0.9999, 1e-14);
    expectRelative(alphaBar[499]!, 0.0785872429, 1e-9);
    expectRelative(alphaBar[999]!, 4.03583e-5, 1e-6);
    expect(posteriorVariance[0]).toBe(0);
    expectRelative(posteriorVariance[1]!, 5.453188e-5, 1e-6);
    expectRelative(posteriorVariance[999]!, 0.0199999835, 1e-8);
  });

  it('of DDPM approach the VP SDE', () => {
    const { alphaBar } = ddpmTables(linearBetas({ steps: 100_000 }));
    // First order in 1 / steps: the chain takes beta at one end of each interval.
    for (const t of [0.01, 0.3, 0.7]) expectRelative(Math.sqrt(alphaBar[t * 100_000 - 1]!), vp().alpha(t), 2e-3);
  });

  it.each([1, 10, 20, 20.5, NaN])('refuse %f steps with betaMax = 20', (steps) => {
    expect(() => linearBetas({ steps })).toThrow(ConfigError);
  });

  it('of DDPM exist from 21 steps on', () => {
    expect(Math.max(...linearBetas({ steps: 21 }))).toBeLessThan(1);
  });

  it('of SMLD', () => {
    const sigmas = smldSigmas();
    expectRelative(sigmas[0]!, 0.01, 1e-14);
    expectRelative(sigmas[999]!, 50, 1e-12);
    sigmas.forEach((sigma, i) => expectRelative(sigma, ve().sigma(i / 999), 1e-12));
    const added = sigmas.map((sigma, i) => sigma ** 2 - (sigmas[i - 1] ?? 0) ** 2);
    expectRelative(
      added.reduce((sum, v) => sum + v, 0),
      2500,
      1e-12,
    );
    expect(() => smldSigmas({ levels: 1 })).toThrow(ConfigError);
  });
});

describe('the prior', () => {
  it('has the published log density at zero', () => {
    const z = zeros([1, 3, 32, 32]);
    expectRelative(priorLogDensity(vp(), z)[0]!, -2822.979, 2e-7);
    expectRelative(priorLogDensity(ve(), z)[0]!, -14840.71, 4e-7);
  });

  it('is a product of normal densities', () => {
    const z = { shape: [2, 2], data: Float64Array.of(1, -2, 30, 0) };
    const log = (x: number): number => Math.log(Math.exp(-(x ** 2) / 5000) / Math.sqrt(2 * Math.PI * 2500));
    const actual = priorLogDensity(ve(), z);
    expect(actual[0]).toBeCloseTo(log(1) + log(-2), 12);
    expect(actual[1]).toBeCloseTo(log(30) + log(0), 12);
  });
});
