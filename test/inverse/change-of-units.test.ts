import { describe, expect, it } from 'vitest';
import { combine, map } from '../../src/base/arith.ts';
import { ConfigError } from '../../src/base/errors.ts';
import { changeUnits } from '../../src/inverse/change-of-units.ts';
import { linearOperators, noise, nonlinearOperators, norm } from './all.ts';

const units = { factor: -1.7, offset: 0.6 };

describe.each(Object.entries(linearOperators))('a change of units: %s', (_, operator) => {
  it('leaves misfits as they are, relative to the noise', () => {
    const x = noise(operator.shapeIn, 3, 1);
    const y = noise(operator.shapeOut, 3, 2);
    const changed = changeUnits({ operator, y, noiseStd: 0.4 }, units);
    const moved = map(x, (value) => units.factor * value + units.offset);
    const before = combine([1, y], [-1, operator.apply(x)]);
    const after = combine([1, changed.y], [-1, operator.apply(moved)]);
    // Float64 sums of at most a hundred numbers of order one.
    expect(norm(combine([1, after], [-units.factor, before]))).toBeLessThan(1e-11);
    expect(changed.noiseStd).toBeCloseTo(1.7 * 0.4, 12);
  });
});

describe('a change of units', () => {
  const [operator] = Object.values(linearOperators);
  const y = noise(operator!.shapeOut, 1, 3);

  it('and back is none', () => {
    const there = changeUnits({ operator: operator!, y, noiseStd: 0.1 }, { factor: 2, offset: -1 });
    const back = changeUnits(there, { factor: 0.5, offset: 0.5 });
    expect(norm(combine([1, back.y], [-1, y]))).toBeLessThan(1e-13);
    expect(back.noiseStd).toBeCloseTo(0.1, 14);
  });

  it.each([
    ['a factor of zero', { factor: 0, offset: 1 }],
    ['an offset that is no number', { factor: 1, offset: NaN }],
  ])('refuses %s', (_, wrong) => {
    expect(() => changeUnits({ operator: operator!, y, noiseStd: 0 }, wrong)).toThrow(ConfigError);
  });

  it('needs a linear operator', () => {
    for (const curved of Object.values(nonlinearOperators)) {
      const measurement = { operator: curved, y: noise(curved.shapeOut, 1, 4), noiseStd: 0 };
      expect(() => changeUnits(measurement, units)).toThrow(/needs a linear operator/);
    }
  });
});
