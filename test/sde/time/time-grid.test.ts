import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/base/errors.ts';
import { edm } from '../../../src/sde/processes/edm.ts';
import { linearVe } from '../../../src/sde/processes/linear-ve.ts';
import { noiseRatio } from '../../../src/sde/time/noise-ratio.ts';
import {
  arctanGrid,
  cosineGrid,
  karrasGrid,
  logSnrGrid,
  quadraticGrid,
  suitedGrid,
  uniformGrid,
} from '../../../src/sde/time/time-grid.ts';
import { ve } from '../../../src/sde/processes/ve.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { allSdes } from '../all.ts';

const grids = [
  { name: 'uniform', grid: uniformGrid },
  { name: 'quadratic', grid: quadraticGrid },
  { name: 'karras', grid: karrasGrid() },
  { name: 'karras with rho 3', grid: karrasGrid({ rho: 3 }) },
  { name: 'log-SNR', grid: logSnrGrid },
  { name: 'cosine', grid: cosineGrid },
  { name: 'arctan', grid: arctanGrid({ sigmaData: 0.3 }) },
];

describe.each(grids)('the $name grid', ({ grid }) => {
  it.each(allSdes)('falls from tMax to tEnd of $kind', (sde) => {
    for (const steps of [1, 2, 18, 1000]) {
      const times = grid(sde, steps);
      expect(times).toHaveLength(steps + 1);
      expect(times[0]).toBe(sde.tMax);
      expect(times[steps]).toBe(sde.tEnd);
      expect(times.slice(1).every((t, i) => t < times[i]!)).toBe(true);
    }
  });

  it.each([0, -1, 1.5, NaN, Infinity])('refuses %f steps', (steps) => {
    expect(() => grid(vp(), steps)).toThrow(ConfigError);
  });
});

it('the uniform and quadratic grids have their spacing', () => {
  const sde = vp({ tMin: 0.01, tEnd: 0.04 });
  expect(uniformGrid(sde, 4)[1]).toBeCloseTo(0.76, 14);
  expect(quadraticGrid(sde, 4)[1]).toBeCloseTo(0.8 ** 2, 14);
});

it('the Karras grid of EDM is the published one', () => {
  // (80^(1/7) + i/17 (0.002^(1/7) - 80^(1/7)))^7, printed to five decimals.
  const published = [
    80, 57.58598, 40.78557, 28.37458, 19.35245, 12.91008, 8.40094, 5.31519, 3.25682, 1.92334, 1.08817, 0.58535, 0.29644,
    0.13952, 0.05995, 0.02293, 0.00753, 0.002,
  ];
  karrasGrid()(edm(), 17).forEach((t, i) => expect(Math.abs(t - published[i]!)).toBeLessThanOrEqual(5.1e-6));
  karrasGrid()(edm(), 17).forEach((t, i) => {
    const exact = (80 ** (1 / 7) + (i / 17) * (0.002 ** (1 / 7) - 80 ** (1 / 7))) ** 7;
    expect(t / exact).toBeCloseTo(1, 13);
  });
});

describe.each([
  { name: 'Karras', grid: karrasGrid(), what: 'roots of the noise ratio', of: (ratio: number) => ratio ** (1 / 7) },
  { name: 'log-SNR', grid: logSnrGrid, what: 'logarithms of the noise ratio', of: Math.log },
  { name: 'cosine', grid: cosineGrid, what: 'angles of the noise ratio', of: Math.atan },
])('the $name grid', ({ grid, what, of }) => {
  it.each(allSdes)(`of $kind spaces the ${what} evenly`, (sde) => {
    const values = grid(sde, 10).map((t) => of(noiseRatio(sde, t)));
    const gaps = values.slice(1).map((value, i) => values[i]! - value);
    for (const gap of gaps) expect(gap / gaps[0]!).toBeCloseTo(1, 9);
  });
});

it('the log-SNR grid of VE is geometric, the uniform one', () => {
  logSnrGrid(ve(), 9).forEach((t, i) => expect(t).toBeCloseTo(uniformGrid(ve(), 9)[i]!, 12));
});

it('rho must be positive', () => {
  expect(() => karrasGrid({ rho: 0 })).toThrow(ConfigError);
});

it('suitedGrid is what the SDE names, and else uniform', () => {
  for (const sde of [...allSdes, linearVe()]) {
    const expected = ['edm', 'linear-ve'].includes(sde.kind) ? karrasGrid() : uniformGrid;
    expect(suitedGrid(sde, 7)).toEqual(expected(sde, 7));
  }
});

it('the arctan grid is the published one, and the cosine grid that of standard deviation 1', () => {
  const [c, n] = [0.5, 6];
  arctanGrid({ sigmaData: c })(edm(), n).forEach((t, i) => {
    const angle = (1 - i / n) * Math.atan(80 / c) + (i / n) * Math.atan(0.002 / c);
    expect(t / (c * Math.tan(angle))).toBeCloseTo(1, 12);
  });
  expect(arctanGrid()(vp(), n)).toEqual(arctanGrid({ sigmaData: 0.5 })(vp(), n));
  expect(cosineGrid(vp(), n)).toEqual(arctanGrid({ sigmaData: 1 })(vp(), n));
  expect(() => arctanGrid({ sigmaData: 0 })).toThrow(ConfigError);
});
