/** @file Arguments at which a naive formula overflows, cancels or divides by zero: values and derivatives stay right. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { allFinite } from '../../src/base/arith.ts';
import { interpreter } from '../../src/backend/interpreter.ts';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { onnxRuntime } from '../../src/backend/ort.ts';
import type { Arrays, Backend } from '../../src/backend/program.ts';
import * as build from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph, type Node } from '../../src/graph/node.ts';
import { gradient, vjp } from '../../src/graph/vjp.ts';

async function runOnce(backend: Backend, outputs: Readonly<Record<string, Node>>, feeds: Arrays): Promise<Arrays> {
  const program = await backend.compile(outputs);
  const results = await program.run(feeds);
  await program.dispose();
  return results;
}

/** Standard operators alone, as for other devices. */
const portable = onnxRuntime(
  'portable',
  {
    create: (model) => InferenceSession.create(model, { intraOpNumThreads: 1 }),
    tensorOf: (data, shape) => new Tensor('float32', data, shape),
  },
  { portable: true },
);

/** The backends, with the rounding of unit values that their results and their inner sums may show. */
const backends = [
  // The interpreter's results leave it in float32.
  { backend: interpreter(), unit: 1.2e-7, inner: 1e-13 },
  // A few float32 roundings; ONNX Runtime's sigmoid and tanh are rational approximations with errors of some 1e-7.
  { backend: nodeBackend({ threads: 1 }), unit: 1e-6, inner: 1e-6 },
  { backend: portable, unit: 1e-6, inner: 1e-6 },
] as const;

const magnitudes = [1e-8, 1e-4, 0.1, 1, 5, 18, 20, 88, 100, 1e4];
/** Angles that random Fourier features of a time reach. */
const angles = [1e5, 3e5, 5.5e5, 8e5].map(Math.fround);
const bothSigns = [...magnitudes.map((x) => -x).reverse(), -0, 0, ...magnitudes].map(Math.fround);

/** Functions with their derivatives in forms that neither overflow nor cancel. */
const closedForms = {
  sigmoid: { at: bothSigns, f: logistic, df: logisticSlope },
  silu: { at: bothSigns, f: (x: number) => x * logistic(x), df: (x: number) => logistic(x) + x * logisticSlope(x) },
  tanh: { at: bothSigns, f: Math.tanh, df: (x: number) => 4 * logisticSlope(2 * x) },
  // Beyond 88 the exponential is beyond float32.
  exp: { at: bothSigns.filter((x) => x < 88), f: Math.exp, df: Math.exp },
  log: { at: magnitudes.map(Math.fround), f: Math.log, df: (x: number) => 1 / x },
  sqrt: { at: magnitudes.map(Math.fround), f: Math.sqrt, df: (x: number) => 0.5 / Math.sqrt(x) },
  sin: { at: [...bothSigns, ...angles], f: Math.sin, df: Math.cos },
  cos: { at: [...bothSigns, ...angles], f: Math.cos, df: (x: number) => -Math.sin(x) },
  step: { at: bothSigns, f: (x: number) => (x < 0 ? 0 : 1), df: () => 0 },
} as const;

function logistic(x: number): number {
  return x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
}

function logisticSlope(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return e / (1 + e) ** 2;
}

const names = Object.keys(closedForms) as (keyof typeof closedForms)[];

describe.each(backends)('$backend.name', ({ backend, unit, inner }) => {
  it.each(names)('has %s and its derivative at extreme arguments', async (name) => {
    const { at, f, df } = closedForms[name];
    const g = graph();
    const x = build.input(g, 'x', [at.length]);
    const y = build[name](x);
    const [dy] = gradient(build.sum(y), [x]);
    const result = await runOnce(backend, { y, dy: dy! }, { x: Float32Array.from(at) });
    at.forEach((value, i) => {
      // A factor 1 - s that rounds to 0 leaves an error of |x| roundings; beyond 18 it is exact again.
      const allowed = unit * Math.max(1, Math.min(Math.abs(value), 20));
      expect(Math.abs(result['y']![i]! - f(value)), `${name}(${value})`).toBeLessThanOrEqual(
        allowed + unit * Math.abs(f(value)),
      );
      expect(Math.abs(result['dy']![i]! - df(value)), `${name}'(${value})`).toBeLessThanOrEqual(
        allowed + unit * Math.abs(df(value)),
      );
    });
  });

  it('has softmax and its gradient at extreme rows', async () => {
    const rows = [
      [1e4, 0, -1e4, 9999],
      [1e4, 1e4, 1e4, 1e4],
      [-1e4, -1e4, -1e4, -1e4],
      [1e-8, -1e-8, 0, 1e-8],
      [100, -100, 99, 0],
    ];
    const g = graph();
    const [x, u] = [build.input(g, 'x', [rows.length, 4]), build.input(g, 'u', [rows.length, 4])];
    const y = build.softmax(x);
    const [dx] = vjp(y, [x], u);
    const cotangent = rows.map((_, i) => [1, -2, 3, 0.5].map((v) => v * (i + 1)));
    const feeds = { x: Float32Array.from(rows.flat()), u: Float32Array.from(cotangent.flat()) };
    const result = await runOnce(backend, { y, dx: dx! }, feeds);
    rows.forEach((row, i) => {
      const exps = row.map((v) => Math.exp(v - Math.max(...row)));
      const p = exps.map((e) => e / exps.reduce((a, b) => a + b));
      const mean = p.reduce((total, pj, j) => total + pj * cotangent[i]![j]!, 0);
      p.forEach((pj, j) => {
        expect(Math.abs(result['y']![4 * i + j]! - pj)).toBeLessThan(2 * unit);
        expect(Math.abs(result['dx']![4 * i + j]! - pj * (cotangent[i]![j]! - mean))).toBeLessThan(20 * unit);
      });
    });
  });

  describe.each([8, 7, 1024])('rows of %i', (n) => {
    const wave = Array.from({ length: n }, (_, k) => Math.sin(1.7 * k + 0.3));
    const rows: readonly (readonly [label: string, row: readonly number[]])[] = [
      ['zeros', wave.map(() => 0)],
      ['one value', wave.map(() => 0.1)],
      ['one large value', wave.map(() => 1000.1)],
      ['a small variation on a large value', wave.map((_, k) => 1000 + 0.01 * (k % 8))],
      ['tiny values', wave.map((v) => 1e-8 * v)],
      ['large values', wave.map((v) => 1e4 * v)],
      ['one large value among zeros', wave.map((_, k) => (k === 2 ? 1e4 : 0))],
      ['an ordinary row', wave],
    ];
    const epsilon = 1e-5;

    /** Mean, 1 / std and standardized values of a row with E[(x - mean)^2], in float64. */
    function standardized(row: readonly number[]): { r: number; y: number[] } {
      const mean = row.reduce((a, b) => a + b, 0) / n;
      const centered = row.map((v) => v - mean);
      const r = 1 / Math.sqrt(centered.reduce((a, b) => a + b * b, 0) / n + epsilon);
      return { r, y: centered.map((v) => v * r) };
    }

    it.each(rows)('are standardized, with their gradients, where they hold %s', async (_label, exact) => {
      const row = exact.map(Math.fround);
      const g = graph();
      const [x, u] = [build.input(g, 'x', [1, n]), build.input(g, 'u', [1, n])];
      const image = build.reshape(x, [1, 1, 1, n]);
      const affine = { gain: build.constant(g, Float64Array.of(1.5), [1]), bias: build.scalar(g, 0.25) };
      const bias = build.reshape(affine.bias, [1]);
      const nodes = {
        y: build.standardize(x, epsilon),
        r: build.inverseStd(x, epsilon),
        grouped: build.groupNorm(image, { gain: affine.gain, bias }, { groups: 1, epsilon }),
      };
      const gradients = {
        dy: vjp(nodes.y, [x], u)[0]!,
        dr: gradient(build.sum(nodes.r), [x])[0]!,
        dGrouped: vjp(nodes.grouped, [x], build.reshape(u, [1, 1, 1, n]))[0]!,
      };
      const cotangent = wave.map((v, k) => Math.fround(v + (k % 3)));
      const feeds = { x: Float32Array.from(row), u: Float32Array.from(cotangent) };
      const found = await runOnce(backend, { ...nodes, ...gradients }, feeds);

      const { r, y } = standardized(row);
      const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / n;
      const along = meanOf(cotangent.map((v, k) => v * y[k]!));
      const dy = cotangent.map((v, k) => r * (v - meanOf(cotangent) - y[k]! * along));
      const largest = Math.max(...row.map(Math.abs));
      // A mean that is off by a rounding of the values moves all results by that much in units of the deviation.
      const shift = unit + inner * largest * r;
      const expectAll = (name: string, expected: readonly number[], allowed: number): void => {
        expect(allFinite(found[name]!), name).toBe(true);
        const worst = Math.max(...expected.map((v, k) => Math.abs(v - found[name]![k]!)));
        expect(worst, name).toBeLessThanOrEqual(allowed);
      };
      const size = Math.max(...y.map(Math.abs), 1);
      expectAll('y', y, 2 * shift * size);
      expectAll('r', [r], 2 * shift * r);
      expectAll('grouped', y.map((v) => 1.5 * v + 0.25), 3 * shift * size); // prettier-ignore
      expectAll('dy', dy, 10 * shift * r * size ** 2);
      expectAll('dGrouped', dy.map((v) => 1.5 * v), 15 * shift * r * size ** 2); // prettier-ignore
      expectAll('dr', y.map((v) => (-r * r * v) / n), (4 * shift * r * r * size) / n); // prettier-ignore
    });
  });
});

describe('second derivatives', () => {
  it.each(names)('of %s are finite', (name) => {
    const { at } = closedForms[name];
    const g = graph();
    const x = build.input(g, 'x', [at.length]);
    const [first] = gradient(build.sum(build[name](x)), [x]);
    const [second] = gradient(build.sum(first!), [x]);
    expect(allFinite(evaluate([second!], { x: at })[0]!)).toBe(true);
  });
});
