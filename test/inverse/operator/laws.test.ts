import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { combine, dotPerSample, scale } from '../../../src/base/arith.ts';
import { ConfigError, ShapeError } from '../../../src/base/errors.ts';
import { concatRows, sizeOf, takeRows, tensor, zeros, type Tensor } from '../../../src/base/tensor.ts';
import { conjugateGradients } from '../../../src/inverse/operator/conjugate-gradients.ts';
import { matrix } from '../../../src/inverse/operator/sensing/matrix.ts';
import type { LinearOperator } from '../../../src/inverse/operator/operator.ts';
import { normalInverse, pseudoInverse } from '../../../src/inverse/operator/solve.ts';
import { linearOperators, noise, nonlinearOperators, norm, operators, unitVectors } from '../all.ts';

const minus = (a: Tensor, b: Tensor): Tensor => combine([1, a], [-1, b]);

/** Rounding of sums of up to some hundred numbers of about one. */
const rounding = 1e-12;

/**
 * Iterations that stop at rounding, for operators without closed forms. Errors are the residuals of normal equations times
 * the squared condition number, 4e7 at most here, of which rounding of 1e-16 leaves less than 1e-8.
 */
const exact = { tolerance: 1e-14, maxIterations: 400 };
const iterated = 1e-8;

describe.each(Object.entries(operators))('%s', (_, operator) => {
  const { shapeIn, shapeOut } = operator;
  const x = noise(shapeIn, 3, 1);
  const w = noise(shapeOut, 3, 2);

  it('maps batches of its shapes, and no others', () => {
    expect(operator.apply(x).shape).toEqual([3, ...shapeOut]);
    expect(operator.vjp(x, w).shape).toEqual([3, ...shapeIn]);
    expect(operator.apply(zeros([0, ...shapeIn])).shape).toEqual([0, ...shapeOut]);
    const message = new RegExp(
      `${operator.kind}: x: expected shape \\[any,${shapeIn}\\], got \\[3,${sizeOf(shapeIn) + 1}\\]`,
    );
    expect(() => operator.apply(zeros([3, sizeOf(shapeIn) + 1]))).toThrow(ShapeError);
    expect(() => operator.apply(zeros([3, sizeOf(shapeIn) + 1]))).toThrow(message);
    expect(() => operator.vjp(x, zeros([3, sizeOf(shapeOut) + 1]))).toThrow(ShapeError);
    expect(() => operator.vjp(zeros([2, ...shapeIn]), w)).toThrow(ShapeError);
  });

  it('has a vjp that is the adjoint of its derivative', () => {
    // Central differences in float64: steps of 1e-5 leave 1e-10 of curvature and 1e-11 of rounding, relative to the third
    // derivative, which grows near the zeros of a magnitude; noise stays away from them and from the ends of a range.
    const v = noise(shapeIn, 3, 3);
    const h = 1e-5;
    const [ahead, behind] = [1, -1].map((sign) => operator.apply(combine([1, x], [sign * h, v])));
    const along = dotPerSample(scale(1 / (2 * h), minus(ahead!, behind!)), w);
    const back = dotPerSample(v, operator.vjp(x, w));
    along.forEach((value, i) => expect(Math.abs(value - back[i]!)).toBeLessThan(1e-7 * (1 + norm(w))));
  });

  it('treats each sample by itself, to the last bit', () => {
    const order = [2, 0, 1, 2];
    expect(operator.apply(takeRows(x, order))).toEqual(takeRows(operator.apply(x), order));
    expect(operator.vjp(takeRows(x, order), takeRows(w, order))).toEqual(takeRows(operator.vjp(x, w), order));
    const alone = [0, 1, 2].map((i) => operator.apply(takeRows(x, [i])));
    expect(concatRows(alone)).toEqual(operator.apply(x));
  });

  it('leaves its arguments as they were', () => {
    const [before, weights] = [x.data.slice(), w.data.slice()];
    operator.apply(x);
    operator.vjp(x, w);
    expect([x.data, w.data]).toEqual([before, weights]);
  });
});

describe.each(Object.entries(linearOperators))('%s', (_, operator) => {
  const { shapeIn, shapeOut } = operator;
  const x = noise(shapeIn, 2, 4);
  const y = noise(shapeOut, 2, 5);
  const apply = (z: Tensor): Tensor => operator.apply(z);
  const adjoint = (z: Tensor): Tensor => operator.adjoint(z);

  it('is linear', () => {
    const other = noise(shapeIn, 2, 6);
    const both = apply(combine([2, x], [-3, other]));
    expect(norm(minus(both, combine([2, apply(x)], [-3, apply(other)])))).toBeLessThan(rounding * norm(both));
  });

  it("has an exact adjoint: <Ax, y> = <x, A'y>", () => {
    const [left, right] = [dotPerSample(apply(x), y), dotPerSample(x, adjoint(y))];
    left.forEach((value, i) => expect(Math.abs(value - right[i]!)).toBeLessThan(rounding * norm(x) * norm(y)));
    expect(operator.vjp(x, y)).toEqual(adjoint(y));
    expect(() => adjoint(zeros([1, sizeOf(shapeOut) + 1]))).toThrow(/: y: expected shape \[any,/);
  });

  it('has a pseudo-inverse: A A+ A = A, A+ A A+ = A+, A A+ and A+ A symmetric', () => {
    const inverse = (z: Tensor): Tensor => pseudoInverse(operator, z, exact);
    const close = operator.pseudoInverse ? 1e-10 : iterated;
    expect(norm(minus(apply(inverse(apply(x))), apply(x)))).toBeLessThan(close * norm(apply(x)));
    const found = inverse(y);
    expect(norm(minus(inverse(apply(found)), found))).toBeLessThan(close * norm(found));
    const other = noise(shapeOut, 2, 7);
    const [left, right] = [dotPerSample(apply(found), other), dotPerSample(y, apply(inverse(other)))];
    left.forEach((value, i) => expect(Math.abs(value - right[i]!)).toBeLessThan(close * norm(y) * norm(other)));
    const z = noise(shapeIn, 2, 8);
    const [ahead, behind] = [dotPerSample(inverse(apply(x)), z), dotPerSample(x, inverse(apply(z)))];
    ahead.forEach((value, i) => expect(Math.abs(value - behind[i]!)).toBeLessThan(close * norm(x) * norm(z)));
  });

  it("solves A A' + lambda, with one lambda for each sample", () => {
    for (const lambda of [0.3, [1e-3, 40]]) {
      const solved = normalInverse(operator, y, lambda, exact);
      const back = combine([1, apply(adjoint(solved))], [lambda, solved]);
      // Relative to the largest part of the sum: 1 / lambda times the measurement.
      expect(norm(minus(back, y))).toBeLessThan(1e-10 * norm(y));
    }
    expect(() => normalInverse(operator, y, -1)).toThrow(ConfigError);
    expect(() => normalInverse(operator, y, [1, NaN])).toThrow(/lambda: expected numbers of at least 0, got NaN/);
    expect(() => normalInverse(operator, y, [1])).toThrow(ShapeError);
    expect(() => normalInverse(operator, zeros([1, 1, 1, 1, 1]), 1)).toThrow(ShapeError);
  });

  it("has at lambda = 0 the pseudo-inverse of A A', also of what is not in the range: A'(A A')+ = A+, (A A')+ = A+'A+", () => {
    const close = operator.normalInverse ? 1e-10 : iterated;
    const other = noise(shapeOut, 2, 9);
    for (const measured of [y, apply(x), combine([1, apply(x)], [1e-3, y])]) {
      const expected = pseudoInverse(operator, measured, exact);
      const solved = normalInverse(operator, measured, 0, exact);
      expect(norm(minus(adjoint(solved), expected))).toBeLessThan(close * norm(expected));
      const [left, right] = [
        dotPerSample(solved, other),
        dotPerSample(expected, pseudoInverse(operator, other, exact)),
      ];
      left.forEach((value, i) => expect(Math.abs(value - right[i]!)).toBeLessThan(close * norm(solved) * norm(other)));
    }
  });

  it('takes lambdas of zero and others together, each sample as if alone', () => {
    const both = normalInverse(operator, y, [0, 0.3]);
    [0, 0.3].forEach((lambda, i) =>
      expect(takeRows(both, [i])).toEqual(normalInverse(operator, takeRows(y, [i]), lambda)),
    );
  });

  it('is not led astray by what is not in the range where lambda is tiny or digits are few', () => {
    const expected = pseudoInverse(operator, y, exact);
    // A'(A A' + lambda)^-1 = (A'A + lambda)^-1 A', whose right side has nothing large in it.
    const lambda = 1e-7;
    const gram = (z: Tensor): Tensor => combine([1, adjoint(apply(z))], [lambda, z]);
    const ridge = conjugateGradients(gram, adjoint(y), exact).x;
    const tiny = adjoint(normalInverse(operator, y, lambda, exact));
    expect(norm(minus(tiny, ridge))).toBeLessThan(1e-6 * norm(ridge));
    for (const tolerance of [0, 1e-8, 1e-3, 0.1]) {
      const found = adjoint(normalInverse(operator, y, 0, { tolerance, maxIterations: 400 }));
      expect(norm(minus(found, expected))).toBeLessThan((tolerance < 1e-3 ? 1e-3 : 1) * norm(expected));
    }
  });
});

it('solves the smallest equations without a solution: of two equal sums that are given as 1 and 2, their mean', () => {
  const operator = matrix([1], tensor([1, 1], [2, 1]));
  const y = tensor([1, 2], [1, 2]);
  normalInverse(operator, y, 0).data.forEach((value) => expect(value).toBeCloseTo(0.75, 12));
  expect(pseudoInverse(operator, y).data[0]).toBeCloseTo(1.5, 12);
});

const decomposed = Object.entries(linearOperators).flatMap(([name, { svd }]) => (svd ? [[name, svd] as const] : []));

it('is decomposed wherever that is fast', () => {
  const without = Object.keys(linearOperators).filter((name) => !linearOperators[name]!.svd);
  expect(without).toEqual([
    'tall matrix',
    'tall matrix of rank 1',
    'two equal sums of a point',
    'radon of few angles',
    'radon of a limited range',
    'radon of a short detector',
  ]);
});

describe.each(decomposed)('the singular value decomposition of %s', (name, svd) => {
  const operator = linearOperators[name] as LinearOperator;
  const { shapeIn, shapeOut } = operator;
  const apply = (z: Tensor): Tensor => operator.apply(z);
  const adjoint = (z: Tensor): Tensor => operator.adjoint(z);
  const n = sizeOf(shapeIn);
  const r = svd.singularValues.length;

  /** Largest entry of |M - I|, with the rows of M a batch of unit vectors mapped. */
  const fromIdentity = (mapped: Tensor): number =>
    Math.max(...minus(mapped, unitVectors([mapped.shape[0]!])).data.map(Math.abs));

  it('has orthonormal factors', () => {
    expect(fromIdentity(svd.vt(svd.v(unitVectors([n]))))).toBeLessThan(rounding);
    const { data } = svd.v(svd.vt(unitVectors(shapeIn)));
    expect(fromIdentity({ shape: [n, n], data })).toBeLessThan(rounding);
    expect(fromIdentity(svd.ut(svd.u(unitVectors([r]))))).toBeLessThan(rounding);
    const x = noise(shapeIn, 1, 1);
    const y = noise(shapeOut, 1, 2);
    const [c, d] = [noise([n], 1, 3), noise([r], 1, 4)];
    expect(dotPerSample(svd.vt(x), c)[0]).toBeCloseTo(dotPerSample(x, svd.v(c))[0]!, 11);
    expect(dotPerSample(svd.ut(y), d)[0]).toBeCloseTo(dotPerSample(y, svd.u(d))[0]!, 11);
  });

  it('reproduces A', () => {
    const x = unitVectors(shapeIn);
    const c = svd.vt(x);
    const s = zeros([n, r]);
    s.data.forEach((_, at) => (s.data[at] = svd.singularValues[at % r]! * c.data[Math.floor(at / r) * n + (at % r)]!));
    expect(norm(minus(svd.u(s), apply(x)))).toBeLessThan(rounding * norm(apply(x)));
    const y = unitVectors(shapeOut);
    const m = sizeOf(shapeOut);
    const back = zeros([m, n]);
    const u = svd.ut(y);
    u.data.forEach((value, at) => (back.data[Math.floor(at / r) * n + (at % r)] = svd.singularValues[at % r]! * value));
    expect(norm(minus(svd.v(back), adjoint(y)))).toBeLessThan(rounding * norm(apply(x)));
    expect(svd.singularValues.every((value) => value >= 0)).toBe(true);
  });

  it('refuses coordinates of another number', () => {
    expect(() => svd.v(zeros([1, n + 1]))).toThrow(/coordinates: expected shape/);
    expect(() => svd.u(zeros([1, r + 1]))).toThrow(ShapeError);
    expect(() => svd.vt(zeros([1, n + 1]))).toThrow(ShapeError);
    expect(() => svd.ut(zeros([1, sizeOf(shapeOut) + 1]))).toThrow(ShapeError);
  });
});

it('lists every operator that there is', () => {
  const kinds = new Set(Object.values(operators).map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual([
    ...['blur', 'clip', 'downsample', 'fourier', 'gaussian-sensing', 'gray', 'hadamard-sensing', 'identity', 'mask'],
    ...['matrix', 'phase-retrieval', 'radon'],
  ]);
  const all = readdirSync(new URL('../../../src/inverse/operator/', import.meta.url), {
    recursive: true,
    encoding: 'utf8',
  });
  const files = all.filter((path) => path.endsWith('.ts')).map((path) => basename(path));
  const tools = [
    ...['cartesian-columns', 'conjugate-gradients', 'filtered-back-projection', 'hartley', 'linear-operator'],
    ...['index', 'matrix-svd', 'operator', 'partial-orthonormal', 'shapes', 'solve'],
  ];
  const kindsInFiles = [...kinds].filter((kind) => !['gaussian-sensing', 'gray', 'hadamard-sensing'].includes(kind));
  expect(files.sort()).toEqual([...tools, ...kindsInFiles, 'hadamard'].map((file) => `${file}.ts`).sort());
  expect(Object.keys(nonlinearOperators).length).toBeGreaterThan(0);
});
