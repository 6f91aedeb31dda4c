import { describe, expect, it } from 'vitest';
import { ConfigError, NumericalError, ShapeError } from '../../src/base/errors.ts';
import { foldIn, key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { tensor, zeros } from '../../src/base/tensor.ts';
import { coverage, rankTest, simulationRanks, type Ranks, type Simulations } from '../../src/evaluate/calibration.ts';

const [n, m] = [2000, 19];

/**
 * Truths of N(0, I) in the plane seen with noise of variance 1 in each coordinate: the posterior is N(y / 2, I / 2), here
 * drawn with its deviation times `width` and its mean moved by `shift`.
 */
function simulate(width: number, shift = 0): Simulations {
  const truths = normal(foldIn(key(1), 'truth'), 2 * n);
  const y = normal(foldIn(key(1), 'noise'), 2 * n).map((v, i) => v + truths[i]!);
  const z = normal(foldIn(key(1), 'draws'), 2 * n * m);
  const draws = z.map((v, at) => {
    const [i, j] = [Math.floor(at / (2 * m)), at % 2];
    return y[2 * i + j]! / 2 + shift + width * Math.SQRT1_2 * v;
  });
  return { truths: tensor(truths, [n, 2]), draws: tensor(draws, [n, m, 2]) };
}

const quantities = {
  'the first coordinate': (x: Float64Array) => x[0]!,
  'the norm': (x: Float64Array) => Math.hypot(...x),
  'the distance from a point that depends on the truth’s index': (x: Float64Array, i: number) =>
    Math.hypot(x[0]! - Math.sin(i), x[1]! - Math.cos(i)),
};

describe.each(Object.entries(quantities))('%s', (_, quantity) => {
  const ranksOf = (width: number, shift?: number): Ranks => simulationRanks(key(2), simulate(width, shift), quantity);

  it('of a right posterior has uniform ranks and nominal coverage (n = 2000, p > 0.001, 4 standard errors)', () => {
    const ranks = ranksOf(1);
    expect(rankTest(ranks).pValue).toBeGreaterThan(0.001);
    for (const level of [0.1, 0.5, 0.9])
      for (const set of ['central', 'lowest'] as const) {
        const { covered, nominal, standardError } = coverage(ranks, level, set);
        expect(nominal).toBeCloseTo(level, 12);
        expect(standardError).toBeCloseTo(Math.sqrt((level * (1 - level)) / n), 12);
        expect(Math.abs(covered - nominal)).toBeLessThan(4 * standardError);
      }
  });

  it.each([
    ['too narrow', 0.6, 0],
    ['too wide', 1.6, 0],
    ['moved', 1, 0.5],
  ])('of a posterior that is %s has not', (__, width, shift) => {
    expect(rankTest(ranksOf(width, shift)).pValue).toBeLessThan(1e-4);
  });
});

it('draws too narrow cover too little, draws too wide too much', () => {
  const at = (width: number): number => {
    const ranks = simulationRanks(key(2), simulate(width), (x) => x[0]!);
    const { covered, nominal, standardError } = coverage(ranks, 0.8);
    return (covered - nominal) / standardError;
  };
  expect(at(0.6)).toBeLessThan(-8);
  expect(at(1.6)).toBeGreaterThan(8);
});

describe('ranks by hand', () => {
  const of = (truth: number, draws: readonly number[], seed = 0): number =>
    simulationRanks(
      key(seed),
      { truths: tensor([truth], [1, 1]), draws: tensor(draws, [1, draws.length, 1]) },
      (x) => x[0]!,
    ).ranks[0]!;

  it('count the draws below', () => {
    expect(of(2, [1, 3, 0, 5])).toBe(2);
    expect(of(-1, [1, 3])).toBe(0);
    expect(of(9, [1, 3])).toBe(2);
  });

  it('break ties evenly (n = 900, 4 standard errors)', () => {
    const found = Array.from({ length: 900 }, (_, seed) => of(1, [0, 1, 1, 4], seed));
    for (const rank of [1, 2, 3]) {
      const share = found.filter((r) => r === rank).length / 900;
      expect(Math.abs(share - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / 900));
    }
  });

  it('fill bins by the ranks that they hold', () => {
    const { counts, expected, statistic } = rankTest({ ranks: [0, 0, 1, 2, 3, 4, 4, 4, 4, 2], draws: 4 }, { bins: 2 });
    // Ranks 0, 1, 2 in the first bin, 3 and 4 in the second.
    expect(counts).toEqual([5, 5]);
    expect(expected).toEqual([6, 4]);
    expect(statistic).toBeCloseTo(1 / 6 + 1 / 4, 14);
  });

  it('are covered within equal tails, or from below', () => {
    const all = { ranks: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], draws: 9 };
    expect(coverage(all, 0.6)).toMatchObject({ covered: 0.6, nominal: 0.6 });
    expect(coverage({ ranks: [2, 7, 1, 8, 6], draws: 9 }, 0.6).covered).toBe(0.6);
    expect(coverage({ ranks: [0, 5, 6, 9], draws: 9 }, 0.6, 'lowest').covered).toBe(0.5);
    expect(coverage(all, 0.33, 'lowest').nominal).toBe(0.3);
    // Equal tails take whole ranks from both sides: 7 ranks outside become 8.
    expect(coverage(all, 0.33)).toMatchObject({ covered: 0.2, nominal: 0.2 });
  });
});

it.each([
  [1, 2],
  [4, 5],
  [9, 10],
  [19, 20],
])('central sets of %i draws are the same seen from above: all levels', (draws, total) => {
  const ranks = [0, 0, 0, 1, draws - 1].concat(Array.from({ length: total }, (_, i) => i));
  const mirrored = ranks.map((rank) => draws - rank);
  let sets = 0;
  for (let inside = 1; inside < total; inside++) {
    const tails = Math.max(2, total - inside + ((total - inside) % 2));
    const level = inside / total;
    if (tails === total) {
      expect(() => coverage({ ranks, draws }, level)).toThrow(ConfigError);
      continue;
    }
    sets++;
    const found = coverage({ ranks, draws }, level);
    expect(coverage({ ranks: mirrored, draws }, level)).toEqual(found);
    expect(found.nominal).toBe((total - tails) / total);
    expect(coverage({ ranks: [0, draws], draws }, level).covered).toBe(0);
  }
  expect(sets).toBe(total % 2 === 0 ? total - 2 : total - 1);
});

it('draws moved up and down by as much have one central coverage (n = 2000, 5 standard errors)', () => {
  const at = (shift: number): number => {
    const { truths, draws } = simulate(1, shift);
    const nine = tensor(
      draws.data.filter((_, i) => i % (2 * m) < 18),
      [n, 9, 2],
    );
    return coverage(
      simulationRanks(key(2), { truths, draws: nine }, (x) => x[0]!),
      0.9,
    ).covered;
  };
  const [up, down] = [at(0.5), at(-0.5)];
  expect(Math.abs(up - down)).toBeLessThan(5 * Math.sqrt((2 * 0.25) / n));
});

it('quantities that are not finite are refused, not ranked', () => {
  const fine = { truths: zeros([2, 1]), draws: zeros([2, 3, 1]) };
  const draws = tensor([0, 0, 0, 0, NaN, 0], [2, 3, 1]);
  const rank = (simulations: Simulations): Ranks => simulationRanks(key(0), simulations, (x) => x[0]!);
  expect(() => rank({ ...fine, draws })).toThrow(NumericalError);
  expect(() => rank({ ...fine, draws })).toThrow('got NaN of draw 1 for truth 1');
  expect(() => rank({ ...fine, truths: tensor([Infinity, 0], [2, 1]) })).toThrow('got Infinity of truth 0');
  expect(rank(fine).ranks).toHaveLength(2);
});

it('what does not fit is refused', () => {
  expect(() => simulationRanks(key(0), { truths: zeros([3, 2]), draws: zeros([4, 5, 2]) }, () => 0)).toThrow(
    ShapeError,
  );
  expect(() => simulationRanks(key(0), { truths: zeros([3, 2]), draws: zeros([3, 2]) }, () => 0)).toThrow(ShapeError);
  const ranks = { ranks: [0, 1, 2], draws: 4 };
  for (const bins of [1, 6, 2.5]) expect(() => rankTest(ranks, { bins })).toThrow(ConfigError);
  for (const level of [0, 1, 0.01, 0.99]) expect(() => coverage(ranks, level)).toThrow(ConfigError);
  expect(() => coverage({ ranks: [], draws: 4 }, 0.5)).toThrow(ShapeError);
});
