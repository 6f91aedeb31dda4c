/** @file Polynomials that follow functions of time, by the float32 arithmetic of the graphs that use them. */
import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../src/base/errors.ts';
import { degree, piecewise, type Piecewise, type TimeFunction } from '../../../src/sde/time/piecewise.ts';
import { everySde } from '../all.ts';

const round = Math.fround;

/** The value of function k at a float32 time, with every operation rounded to float32. */
function valueAt({ borders, pieces }: Piecewise, t: number, [k, functions]: readonly [number, number]): number {
  const piece = pieces[borders.filter((border) => border <= t).length]!;
  const coefficient = (j: number): number => piece[2 + j * functions + k]!;
  const u = round(round(t - piece[0]!) * piece[1]!);
  let change = round(u * coefficient(degree + 1));
  for (let j = degree; j >= 2; j--) change = round(u * round(coefficient(j) + change));
  return round(coefficient(0) + round(coefficient(1) + change));
}

const errorAt = (found: Piecewise, f: TimeFunction, t: number): number => Math.abs(valueAt(found, t, [0, 1]) - f.of(t));

describe.each(everySde)('alpha, sigma and the logarithm of their ratio of $kind', (sde) => {
  const functions = [
    { of: (t: number) => sde.alpha(t) },
    { of: (t: number) => sde.sigma(t) },
    { of: (t: number) => Math.log(sde.sigma(t) / sde.alpha(t)) },
  ];
  const [from, to] = [sde.tMin, sde.tMax];
  const found = piecewise(functions, { from, to, ...(sde.levels && { levels: sde.levels }) });

  it('are followed to the rounding of float32, times included', () => {
    const largest = Math.max(...[from, to].map((t) => Math.abs(functions[2]!.of(t))));
    for (let i = 0; i <= 300; i++) {
      // Evenly spread, and evenly in the logarithm, since functions change quickly near tMin.
      for (const t of [from + (i / 300) * (to - from), from * (to / from) ** (i / 300)].map(round)) {
        functions.forEach(({ of }, k) => {
          const scale = k === 2 ? largest : Math.abs(of(t));
          // Half a unit in the last place is 2^-24 = 6e-8 at most; what is added before may be a fraction of it.
          expect(Math.abs(valueAt(found, t, [k, 3]) - of(t)) / scale).toBeLessThan(1.2e-7);
        });
      }
    }
  });

  it('take few pieces, of float32 numbers', () => {
    expect(found.borders.length).toBe(found.pieces.length - 1);
    expect(found.pieces.length).toBeLessThan(300);
    for (const numbers of [found.borders, ...found.pieces]) expect([...numbers].map(round)).toEqual([...numbers]);
  });
});

describe('polynomials', () => {
  it('follow a polynomial of their degree exactly, but for rounding', () => {
    const f = { of: (t: number) => 3 + t - 2 * t ** 5 };
    const found = piecewise([f], { from: 0.5, to: 1 });
    for (const t of [0.5, 0.625, 0.8125, 1]) expect(errorAt(found, f, t)).toBeLessThan(4e-7);
  });

  it('are one constant on an interval of one time', () => {
    const f = { of: Math.exp };
    const { borders, pieces } = piecewise([f], { from: 0.75, to: 0.75 });
    expect(borders.length).toBe(0);
    expect(valueAt({ borders, pieces }, 0.75, [0, 1])).toBe(round(Math.exp(0.75)));
  });

  it('begin at the times where derivatives jump', () => {
    const f = { of: (t: number) => 1 + Math.abs(t - 0.3) };
    const { borders, pieces } = piecewise([f], { from: 0.01, to: 1, levels: [0.3] });
    expect([...borders]).toContain(round(0.3));
    expect(pieces.length).toBeLessThan(40);
  });

  it('leave a jump as it is', () => {
    const f = { of: (t: number) => (t < 0.3 ? 1 : 2) };
    const found = piecewise([f], { from: 0.01, to: 1 });
    for (const t of [0.01, 0.2999, 0.3001, 1].map(round)) expect(errorAt(found, f, t)).toBe(0);
  });

  it('do not follow what does no harm', () => {
    const tiny = { of: (t: number) => 1e-16 * Math.sin(1e6 * t) };
    expect(() => piecewise([tiny], { from: 0.01, to: 1 })).toThrow(UnsupportedError);
    expect(piecewise([{ ...tiny, harmless: () => 1e-14 }], { from: 0.01, to: 1 }).pieces.length).toBe(1);
  });
});
