import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { graph } from '../../src/graph/node.ts';
import { input } from '../../src/graph/build.ts';
import { diffwave, type DiffwaveOptions } from '../../src/nn/diffwave.ts';
import { knownRowInto } from '../../src/nn/known.ts';
import { constantScope, initialize, type Network } from '../../src/nn/network.ts';

/** A network whose last layer does not begin at zero. */
async function outputOf(net: Network, x: Float32Array, rows?: Float32Array): Promise<Float32Array> {
  const values = initialize(net, key(1));
  const trained = values.trained.map((value, i) => (value === 0 ? 0.1 * Math.sin(i) : value));
  const g = graph();
  const [label, own] = [input(g, 'label', [1]), input(g, 'x', [1, ...net.sampleShape])];
  const given = rows && input(g, 'rows', [1, rows.length]);
  const y = net.forward(constantScope(net, { ...values, trained }, g), own, label, given);
  const program = await interpreter().compile({ y });
  const { y: out } = await program.run({ x, label: Float32Array.of(0.3), ...(rows && { rows }) });
  return out;
}

const series = (length: number, seed = 2): Float32Array => Float32Array.from(normal(key(seed), length));
const small: DiffwaveOptions = { width: 4, features: 8, known: false };

describe.each([24, 21, 7])('series of %i', (length) => {
  it('that are periodic move around as their input does', async () => {
    const net = diffwave([1, length], { ...small, periodic: true, cycle: 3, depth: 4 });
    const x = series(length);
    const turned = x.map((_, j) => x[(j + 5) % length]!);
    const [y, moved] = [await outputOf(net, x), await outputOf(net, turned)];
    // The float64 interpreter reads float32.
    moved.forEach((value, j) => expect(value).toBeCloseTo(y[(j + 5) % length]!, 5));
  });

  it('are seen as far away as the distances of the layers reach, and no farther', async () => {
    const net = diffwave([1, length], { ...small, cycle: 2, depth: 2 });
    const x = series(length);
    const y = await outputOf(net, x);
    const place = 3;
    const changed = await outputOf(
      net,
      x.map((value, j) => (j === place ? value + 100 : value)),
    );
    // Distances 1 and 2 on both sides, each or none.
    y.forEach((value, j) => expect(changed[j] !== value).toBe(Math.abs(j - place) <= 3));
  });
});

it('moves its output with its input away from the ends', async () => {
  const net = diffwave([1, 40], { ...small, cycle: 3, depth: 3 });
  const x = series(41);
  const [y, moved] = [await outputOf(net, x.slice(0, 40)), await outputOf(net, x.slice(1))];
  for (let j = 8; j < 32; j++) expect(moved[j - 1]).toBeCloseTo(y[j]!, 5);
});

it('has as many parameters as its layers say', () => {
  const [width, depth] = [64, 30];
  const net = diffwave([1, 64], { width, depth, cycle: 10, features: 128, known: false });
  const count = net.params.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  // Of a layer: the time, 3 w to 2 w, w to 2 w.
  const time = width * (2 * width + 1);
  const layer = time + (3 * width + 1) * 2 * width + (width + 1) * 2 * width;
  const ends = 2 * width + (width + 1) * width + width + 1;
  const embedding = (128 + 1) * 2 * width + (2 * width + 1) * 2 * width;
  expect(count).toBe(64 + embedding + depth * layer + ends);
});

it('reads values and marks of what is known', async () => {
  const net = diffwave([2, 8], { width: 4, features: 8, cycle: 2 });
  expect(net.known).toBe(true);
  const x = series(16);
  const rowsOf = (known: number): Float32Array => {
    const out = new Float32Array(32);
    knownRowInto(out, series(16, 3), new Int8Array(16).fill(known));
    return out;
  };
  const [none, some, missing] = [await outputOf(net, x, rowsOf(0)), await outputOf(net, x, rowsOf(1)), await outputOf(net, x, rowsOf(-1))]; // prettier-ignore
  expect(some).not.toEqual(none);
  expect(missing).not.toEqual(none);
  expect(await outputOf(net, x)).toEqual(none);
});

it('refuses options that it cannot have', () => {
  expect(() => diffwave([1, 8, 8])).toThrow(/series \[C, L\]/);
  expect(() => diffwave([1, 8], { known: true, classes: 3 })).toThrow(/false for a network of classes/);
  expect(() => diffwave([1, 8], { features: 3 })).toThrow(/even number/);
  expect(() => diffwave([1, 8], { cycle: 6, periodic: true })).toThrow(/length of a periodic series, 8, got 32/);
});
