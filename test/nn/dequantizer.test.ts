import { describe, expect, it } from 'vitest';
import { foldIn, key } from '../../src/base/key.ts';
import { normal, uniform } from '../../src/base/random.ts';
import { sizeOf } from '../../src/base/tensor.ts';
import { constant, input } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { jvp } from '../../src/graph/jvp.ts';
import { graph } from '../../src/graph/node.ts';
import { dequantizer } from '../../src/nn/dequantizer.ts';
import { constantScope, initialize, type ParamVectors } from '../../src/nn/network.ts';

const shape = [2, 2, 3];
const size = sizeOf(shape);
const batch = 2;
const flow = dequantizer(shape, { layers: 3, width: 6 });
const begun = initialize(flow.net, key(1));
/** Parameters as far from their beginning as training takes them. */
const trained: ParamVectors = {
  ...begun,
  trained: begun.trained.map((value, j) => value + 0.15 * normal(foldIn(key(2), j), 1)[0]!),
};
const image = uniform(key(3), batch * size).map((v) => 2 * v - 1);
const noise = uniform(key(4), batch * size).map((v) => Math.log(v / (1 - v)));

/** u, its log density and du/dnoise along `v`, in float64. */
function push(params: ParamVectors, v = new Float64Array(batch * size)): readonly Float64Array[] {
  const g = graph();
  const x = input(g, 'noise', [batch, ...shape]);
  const { u, logDensity } = flow.push(constantScope(flow.net, params, g), x, constant(g, image, [batch, ...shape]));
  const [along] = jvp([u], [x], [constant(g, v, [batch, ...shape])]);
  return evaluate([u, logDensity, along!], { noise });
}

/** log |det| of a matrix of rows, by elimination with pivots. */
function logDet(rows: number[][]): number {
  let total = 0;
  for (let k = 0; k < rows.length; k++) {
    const best = rows.slice(k).reduce((a, row, i) => (Math.abs(row[k]!) > Math.abs(rows[a]![k]!) ? i + k : a), k);
    [rows[k], rows[best]] = [rows[best]!, rows[k]!];
    total += Math.log(Math.abs(rows[k]![k]!));
    for (let i = k + 1; i < rows.length; i++) {
      const factor = rows[i]![k]! / rows[k]![k]!;
      for (let j = k; j < rows.length; j++) rows[i]![j]! -= factor * rows[k]![j]!;
    }
  }
  return total;
}

describe('the dequantiser', () => {
  it('has the density of its Jacobian', () => {
    const [, logs] = push(trained);
    const columns = Array.from({ length: size }, (_, d) => {
      const basis = new Float64Array(batch * size).map((_value, j) => (j % size === d ? 1 : 0));
      return push(trained, basis)[2]!;
    });
    for (let i = 0; i < batch; i++) {
      const jacobian = Array.from({ length: size }, (_, r) => columns.map((column) => column[i * size + r]!));
      const base = noise.subarray(i * size, (i + 1) * size);
      const logBase = base.reduce((sum, e) => sum - e - 2 * Math.log1p(Math.exp(-e)), 0);
      // float64 throughout: rounding of a few dozen operations.
      expect(logs![i]! - (logBase - logDet(jacobian))).toBeCloseTo(0, 9);
    }
  });

  it('is undone by its inverse, with the same density', () => {
    const [u, logs] = push(trained);
    u!.forEach((value) => expect(value > 0 && value < 1).toBe(true));
    const g = graph();
    const of = (data: Float64Array): ReturnType<typeof constant> => constant(g, data, [batch, ...shape]);
    const back = flow.pull(constantScope(flow.net, trained, g), of(u!), of(image));
    const [found, density] = evaluate([back.noise, back.logDensity], {});
    noise.forEach((e, j) => expect(found![j]).toBeCloseTo(e, 8));
    logs!.forEach((log, i) => expect(density![i]).toBeCloseTo(log, 8));
  });

  it('moves every number, and depends on the image', () => {
    const [u] = push(trained);
    noise.forEach((e, j) => expect(Math.abs(u![j]! - 1 / (1 + Math.exp(-e)))).toBeGreaterThan(1e-4));
  });

  it('is uniform before training', () => {
    const [u, logs] = push(begun);
    noise.forEach((e, j) => expect(u![j]).toBeCloseTo(1 / (1 + Math.exp(-e)), 12));
    logs!.forEach((log) => expect(log).toBeCloseTo(0, 12));
  });

  it('is of images of two pixels or more', () => {
    expect(() => dequantizer([2])).toThrow('data: expected images [C, H, W], got samples [2]');
    expect(() => dequantizer([3, 1, 1])).toThrow('data: expected images of two pixels or more');
    expect(() => dequantizer(shape, { layers: 1, width: 0 })).toThrow(/layers: .*; width: /);
  });
});
