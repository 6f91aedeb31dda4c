/** @file Discrete models as SDEs: their levels, the times between them, and the grids that visit them. */
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/base/errors.ts';
import { tensor } from '../../../src/base/tensor.ts';
import { key, split } from '../../../src/base/key.ts';
import { ancestral } from '../../../src/sample/steps/ancestral.ts';
import { predictorCorrector } from '../../../src/sample/predictor-corrector.ts';
import { finish } from '../../../src/sample/sampler.ts';
import { custom } from '../../../src/sde/processes/custom.ts';
import { ddpm } from '../../../src/sde/processes/ddpm.ts';
import {
  cosineBetas,
  ddpmTables,
  linearBetas,
  quadraticBetas,
  smldSigmas,
} from '../../../src/sde/processes/discrete.ts';
import { gaussian } from '../../../src/sde/exact/gaussian.ts';
import { monotoneCubic } from '../../../src/sde/time/monotone-cubic.ts';
import { smld } from '../../../src/sde/processes/smld.ts';
import { suitedGrid } from '../../../src/sde/time/time-grid.ts';
import { transition } from '../../../src/sde/transition.ts';
import { ve } from '../../../src/sde/processes/ve.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { uniformTimes } from '../../../src/sde/learning/weighting.ts';
import { discreteSdes } from '../all.ts';

const schedules = [
  { name: 'linear', betas: linearBetas() },
  { name: 'linear, of 21 steps', betas: linearBetas({ steps: 21 }) },
  { name: 'quadratic', betas: quadraticBetas({ steps: 200 }) },
  { name: 'cosine', betas: cosineBetas() },
  { name: 'cosine, of 4 steps', betas: cosineBetas({ steps: 4 }) },
  { name: 'constant, of 2 steps', betas: [0.3, 0.3] },
  { name: 'uneven', betas: [0.5, 1e-4, 0.9, 1e-3, 0.2, 0.2] },
];

/** Equal up to the rounding of a dozen operations, and of t = i / N. */
function expectEqual(actual: number, expected: number): void {
  expectAllEqual([[actual, expected]]);
}

function expectAllEqual(pairs: readonly (readonly [actual: number, expected: number])[]): void {
  expect(Math.max(...pairs.map(([actual, expected]) => Math.abs(actual / expected - 1)))).toBeLessThan(1e-12);
}

describe.each(schedules)('DDPM of betas that are $name', ({ betas }) => {
  const sde = ddpm({ betas });
  const { beta, alphaBar, posteriorVariance } = ddpmTables(betas);
  const levels = sde.levels!;

  it('has alphaBar at its levels, where level i of N stands at i / N', () => {
    expect(levels).toHaveLength(beta.length);
    expect(levels).toEqual(levels.map((_, i) => (i + 1) / beta.length));
    expectAllEqual(levels.map((t, i) => [sde.alpha(t) ** 2, alphaBar[i]!]));
    expectAllEqual(levels.map((t) => [sde.alpha(t) ** 2 + sde.sigma(t) ** 2, 1]));
    expect([sde.tMin, sde.tEnd, sde.tMax]).toEqual([levels[0], levels[0], 1]);
  });

  it('follows the steps of the chain from level to level, and back with its posterior variance', () => {
    const steps = levels.slice(1).map((later, k) => {
      const earlier = levels[k]!;
      const { factor, variance } = transition(sde, { earlier, later });
      return { factor, variance, posterior: variance * (sde.sigma(earlier) / sde.sigma(later)) ** 2 };
    });
    expectAllEqual(steps.map(({ factor }, k) => [factor, Math.sqrt(1 - beta[k + 1]!)]));
    // Differences of variances of up to 1, of which beta may be a small part.
    const errors = steps.flatMap(({ variance, posterior }, k) => [
      variance - beta[k + 1]!,
      posterior - posteriorVariance[k + 1]!,
    ]);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(1e-13);
  });

  it('rises between its levels too, without a jump', () => {
    const fine = Array.from(
      { length: 40 * beta.length },
      (_, i) => sde.tMin + (i / (40 * beta.length)) * (1 - sde.tMin),
    );
    expect(fine.every((t) => sde.g(t) > 0)).toBe(true);
    expect(levels.slice(1, -1).every((t) => Math.abs(sde.g(t - 1e-12) / sde.g(t + 1e-12) - 1) < 1e-6)).toBe(true);
  });
});

describe('the cosine schedule', () => {
  it('has the published alphaBar until betas are cut', () => {
    const steps = 1000;
    const betas = cosineBetas({ steps });
    const { alphaBar } = ddpmTables(betas);
    const at = (i: number): number => Math.cos(((i / steps + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
    const errors = alphaBar.slice(0, 999).map((a, i) => Math.abs(a / (at(i + 1) / at(0)) - 1));
    expect(Math.max(...errors)).toBeLessThan(1e-9);
    expect(betas[999]).toBe(0.999);
    expect(Math.max(...betas.slice(0, 999))).toBeLessThan(0.999);
    // Published in figure 5: half of the signal's variance is gone half of the way.
    expect(alphaBar[499]).toBeCloseTo(0.4938, 3);
  });
});

describe('the quadratic schedule', () => {
  it('has evenly spaced roots, from the first to the last beta of the linear one', () => {
    const [quadratic, linear] = [quadraticBetas(), linearBetas()];
    expectEqual(quadratic[0]!, 1e-4);
    expectEqual(quadratic[999]!, 0.02);
    expectEqual(linear[0]!, quadratic[0]!);
    const roots = quadratic.map(Math.sqrt);
    expectAllEqual([...roots].map((root, i) => [root, 0.01 + (i / 999) * (Math.sqrt(0.02) - 0.01)]));
  });
});

describe('the linear schedule as an SDE', () => {
  it('approaches the VP SDE between levels too, to first order in 1 / N', () => {
    const errors = [1000, 2000].map((steps) => {
      const sde = ddpm({ betas: linearBetas({ steps }) });
      return Math.max(...[0.1234567, 0.5, 0.87654].map((t) => Math.abs(sde.alpha(t) / vp().alpha(t) - 1)));
    });
    expect(errors[0]).toBeLessThan(0.03);
    expect(errors[0]! / errors[1]!).toBeCloseTo(2, 1);
  });
});

describe('SMLD', () => {
  it.each([
    ['geometric', smldSigmas({ levels: 232 })],
    ['uneven', [0.01, 0.03, 0.04, 0.2, 0.9, 1, 7]],
    ['two', [0.1, 3]],
  ])('with levels that are %s has them at i / N', (_, sigmas) => {
    const sde = smld({ sigmas });
    expect(sde.levels).toHaveLength(sigmas.length);
    expectAllEqual(sde.levels!.map((t, i) => [sde.sigma(t), sigmas[i]!]));
    expectEqual(sde.priorStd, sigmas.at(-1)!);
    expect(sde.levels!.map((t) => sde.alpha(t))).toEqual(sde.levels!.map(() => 1));
  });

  it('with geometric levels is a VE SDE whose time begins at the first level', () => {
    const levels = 40;
    const sde = smld({ sigmas: smldSigmas({ levels }) });
    for (const t of [0.025, 0.1, 0.333, 0.5, 0.99, 1]) {
      const other = (t - 1 / levels) / (1 - 1 / levels);
      expectEqual(sde.sigma(t), ve().sigma(other));
      expectEqual(sde.g(t), ve().g(other) / Math.sqrt(1 - 1 / levels));
    }
  });
});

describe.each(discreteSdes)('$kind', (sde) => {
  const levels = sde.levels!;
  const last = levels.length - 1;

  it('is an SDE by the laws that custom checks', () => {
    // Differences across the bends at the levels of a short table are not those of a smooth curve.
    if (last > 500) expect(() => custom(sde)).not.toThrow();
    expect(Object.isFrozen(sde)).toBe(true);
  });

  it('is sampled at all of its levels, or at an even choice of them', () => {
    expect(suitedGrid(sde, last)).toEqual(levels.toReversed());
    for (const steps of [1, 2, 7, last - 1].filter((n) => n > 0 && n <= last)) {
      const grid = suitedGrid(sde, steps);
      expect(grid).toHaveLength(steps + 1);
      expect(grid[0]).toBe(1);
      expect(grid[steps]).toBe(levels[0]);
      const places = grid.map((t) => levels.indexOf(t));
      expect(Math.min(...places)).toBe(0);
      const gaps = places.slice(1).map((place, i) => places[i]! - place);
      expect(Math.min(...gaps)).toBeGreaterThan(0);
      expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
    }
  });

  it('is sampled between its levels in more steps than it has', () => {
    const grid = suitedGrid(sde, 3 * last);
    expect(grid).toHaveLength(3 * last + 1);
    expect(grid.slice(1).every((t, i) => t < grid[i]!)).toBe(true);
    expectAllEqual(levels.map((t, i) => [grid[3 * (last - i)]!, t]));
  });

  it('is trained at its levels, each as often as the others', () => {
    const times = uniformTimes(sde);
    const drawn = levels.map((_, i) => times((i + 0.5) / levels.length));
    expect(drawn).toEqual(levels);
    expect([times(1e-12), times(1 - 1e-12)]).toEqual([levels[0], 1]);
  });

  it('takes N evaluations from noise to data by ancestral steps and a last denoising', async () => {
    // Data at a point are found exactly by ancestral steps, whatever the levels.
    const { score } = gaussian(sde, { mean: tensor([0.4, -1], [2]), std: 0 });
    const sampler = predictorCorrector({ predictor: ancestral(), steps: last });
    const { x, evals } = await finish(sampler({ sde, score, shape: [2], keys: split(key(3), 2) }));
    expect(evals).toEqual([levels.length, levels.length]);
    x.data.forEach((v, i) => expect(v).toBeCloseTo(i % 2 === 0 ? 0.4 : -1, 9));
  });
});

describe('a monotone curve', () => {
  const values = Float64Array.of(0, 1e-6, 3, 3.1, 3.1000001, 90);
  const curve = monotoneCubic(values, { first: 2, step: 0.5 });

  it('interpolates its values and rises', () => {
    values.forEach((value, k) => expect(curve.value(2 + 0.5 * k)).toBeCloseTo(value, 12));
    const fine = Array.from({ length: 1001 }, (_, i) => curve.value(2 + (2.5 * i) / 1000));
    expect(fine.slice(1).every((value, i) => value > fine[i]!)).toBe(true);
  });

  it('has its derivative, continuous across the values', () => {
    for (let i = 1; i < 100; i++) {
      const t = 2 + 2.5 * (i / 100 + 1e-3);
      // Central differences with an error of h^2 times the third derivative, and of rounding over h.
      const difference = (curve.value(t + 1e-5) - curve.value(t - 1e-5)) / 2e-5;
      expect(Math.abs(curve.slope(t) - difference)).toBeLessThan(1e-6 * (1 + Math.abs(difference)));
      expect(curve.slope(t)).toBeGreaterThan(0);
    }
    for (const t of [2.5, 3, 3.5, 4]) expect(curve.slope(t - 1e-12)).toBeCloseTo(curve.slope(t + 1e-12), 6);
  });

  it('of a straight line is that line', () => {
    const line = monotoneCubic(Float64Array.of(1, 3, 5, 7), { first: 0, step: 1 });
    for (const t of [0, 0.3, 1, 1.7, 2.9]) {
      expectEqual(line.value(t), 1 + 2 * t);
      expectEqual(line.slope(t), 2);
    }
  });
});

describe('tables that are none', () => {
  it.each([
    [() => smld({ sigmas: [1] }), 'sigmas: expected 2 levels or more, got 1'],
    [() => smld({ sigmas: [1, 1] }), 'sigmas: expected rising positive numbers, got 1 at 1'],
    [() => smld({ sigmas: [0, 1] }), 'sigmas: expected rising positive numbers, got 0 at 0'],
    [() => smld({ sigmas: [1, NaN] }), 'sigmas: expected rising positive numbers, got NaN at 1'],
    [() => smld({ sigmas: [1, Infinity] }), 'sigmas: expected rising positive numbers, got Infinity at 1'],
    [() => ddpm({ betas: [0.1] }), 'betas: expected 2 or more, got 1'],
    [() => ddpm({ betas: [0.1, 1] }), 'betas: expected numbers above 0 and below 1, got 1 at 1'],
    [() => ddpm({ betas: [0, 0.1] }), 'betas: expected numbers above 0 and below 1, got 0 at 0'],
    [() => quadraticBetas({ betaMin: 3, betaMax: 2 }), 'betaMax: expected a number of at least betaMin = 3, got 2'],
    [() => cosineBetas({ steps: 1 }), 'steps: expected a number above the constant = 1, got 1'],
    [() => cosineBetas({ offset: 0 }), 'offset: expected a positive number, got 0'],
    [() => cosineBetas({ maxBeta: 1 }), 'maxBeta: expected 0 to 1, both excluded, got 1'],
  ])('are refused: %o', (make, message) => {
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });
});
