import { describe, expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { input } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph } from '../../src/graph/node.ts';
import { isMatrix, orthogonalized } from '../../src/nn/muon.ts';
import { adamStep, type AdamOptions } from '../../src/nn/optimizer.ts';
import { points } from '../catalog/sets.ts';

/** The matrices `[k, m, n]` that the graph makes of some. */
function orthogonal(values: readonly number[] | Float64Array, shape: readonly [number, number, number]): Float64Array {
  const g = graph();
  return evaluate([orthogonalized(input(g, 'x', shape))], { x: Float64Array.from(values) })[0]!;
}

/** What five rounds make of a singular value. */
function rounded(singular: number): number {
  let s = singular;
  for (let i = 0; i < 5; i++) s = 3.4445 * s - 4.775 * s ** 3 + 2.0315 * s ** 5;
  return s;
}

describe('orthogonalization', () => {
  const singular = [3, 1, 0.2];
  const size = Math.hypot(...singular);

  /** U diag(s) V^T, `[3, 4]`, with rotations U and V in two planes each. */
  function matrix(values: readonly number[]): number[] {
    const turn = (n: number, i: number, j: number, angle: number): number[][] => {
      const r = Array.from({ length: n }, (_, a) => Array.from({ length: n }, (_, b) => Number(a === b)));
      [r[i]![i], r[i]![j], r[j]![i], r[j]![j]] = [Math.cos(angle), -Math.sin(angle), Math.sin(angle), Math.cos(angle)];
      return r;
    };
    const times = (a: number[][], b: number[][]): number[][] =>
      a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
    const u = times(turn(3, 0, 1, 0.7), turn(3, 1, 2, -1.1));
    const v = times(turn(4, 0, 2, 0.4), turn(4, 1, 3, 2));
    const diagonal = values.map((s, i) => Array.from({ length: 4 }, (_, j) => (i === j ? s : 0)));
    return times(times(u, diagonal), v).flat();
  }

  it('changes the singular values alone, each by five rounds of the quintic', () => {
    const found = orthogonal(matrix(singular), [1, 3, 4]);
    const expected = matrix(singular.map((s) => rounded(s / size)));
    found.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-6));
  });

  it('brings singular values of a hundredth to 1 of the norm near 1', () => {
    for (let s = 0.01; s <= 1; s *= 1.03) expect(Math.abs(rounded(s) - 0.95)).toBeLessThan(0.3);
  });

  it('of a tall matrix is the transpose of that of its transpose', () => {
    const wide = matrix(singular);
    const tall = Array.from({ length: 12 }, (_, i) => wide[(i % 3) * 4 + Math.floor(i / 3)]!);
    const [a, b] = [orthogonal(wide, [1, 3, 4]), orthogonal(tall, [1, 4, 3])];
    b.forEach((value, i) => expect(value).toBeCloseTo(a[(i % 3) * 4 + Math.floor(i / 3)]!, 12));
  });

  it('of several matrices is that of each', () => {
    const [one, other] = [matrix(singular), matrix([1, 1, 1])];
    const found = orthogonal([...one, ...other], [2, 3, 4]);
    expect([...found.slice(0, 12)]).toEqual([...orthogonal(one, [1, 3, 4])]);
    expect([...found.slice(12)]).toEqual([...orthogonal(other, [1, 3, 4])]);
  });

  it('leaves zeros as they are', () => {
    expect([...orthogonal(new Float64Array(12), [1, 3, 4])].every((value) => value === 0)).toBe(true);
  });
});

describe('Muon', () => {
  const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clip: 1e9 } as const;
  // A bias of 3, weights [8, 9], a bias of 2, a convolution [9, 2, 2, 2], and weights with too few rows.
  const shapes = [[3], [8, 9], [2], [9, 2, 2, 2], [4, 10]];
  let end = 0;
  const parts = shapes.map((shape) => {
    const begin = end;
    end += shape.reduce((a, b) => a * b);
    return { begin, end, shape };
  });

  function step(options: AdamOptions): readonly Float64Array[] {
    const g = graph();
    const [params, m, v, ema, gradient] = ['params', 'm', 'v', 'ema', 'gradient'].map((name) => input(g, name, [end]));
    const next = adamStep({ params: params!, m: m!, v: v!, ema: ema! }, gradient!, {
      ...options,
      numbers: input(g, 'numbers', [4]),
    });
    const draw = (n: number): Float64Array => normal(key(n), end);
    const state = { params: draw(1), m: draw(2), v: draw(3).map((x) => x * x), ema: draw(4), gradient: draw(5) };
    return evaluate([next.params, next.m, next.v], { ...state, numbers: [0.01, 2, 3, 0.5] });
  }

  it('steps matrices along their orthogonal momentum, a step ahead, and the rest as Adam', () => {
    const [plain, own] = [step(adam), step({ ...adam, muon: parts })];
    expect(own[1]).toEqual(plain[1]);
    expect(own[2]).toEqual(plain[2]);
    const [before, gradient] = [normal(key(1), end), normal(key(5), end)];
    const ahead = own[1]!.map((value, i) => 0.9 * value + 0.1 * gradient[i]!);
    for (const { begin, end, shape } of parts) {
      const size = end - begin;
      const [rows] = shape as [number];
      if (!isMatrix(shape)) {
        expect(own[0]!.slice(begin, end)).toEqual(plain[0]!.slice(begin, end));
        continue;
      }
      const direction = orthogonal(ahead.slice(begin, end), [1, rows, size / rows]);
      const factor = 0.01 * 0.2 * Math.sqrt(Math.max(rows, size / rows));
      direction.forEach((value, i) => expect(own[0]![begin + i]).toBeCloseTo(before[begin + i]! - factor * value, 12));
    }
    expect(parts.map(({ shape }) => isMatrix(shape))).toEqual([false, true, false, true, false]);
  });

  it('takes steps whose root mean square is about a fifth of the rate', () => {
    const [own] = step({ ...adam, muon: parts });
    const before = normal(key(1), end);
    const { begin, end: last } = parts[1]!;
    const squares = Array.from({ length: last - begin }, (_, i) => (own![begin + i]! - before[begin + i]!) ** 2);
    const rms = Math.sqrt(squares.reduce((a, b) => a + b) / squares.length);
    // Of 8 singular values about .7 to 1.2 in a matrix [8, 9].
    expect(rms / 0.01).toBeGreaterThan(0.2 * 0.65);
    expect(rms / 0.01).toBeLessThan(0.2 * 1.25);
  });

  it('is an option of a run', () => {
    const optimizerOf = (train: object): { readonly muon?: boolean } =>
      buildTraining(resolveConfig(points, { data: { ref: points.name }, train }), points).optimizer;
    expect(optimizerOf({ optimizer: 'muon' }).muon).toBe(true);
    expect(optimizerOf({ optimizer: 'adam' }).muon).toBeUndefined();
    expect(() => optimizerOf({ optimizer: 'sgd' })).toThrow(/train.optimizer/);
  });
});
