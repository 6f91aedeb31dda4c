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

it('moves its output with its input by places of several values', async () => {
  const net = diffwave([1, 80], { ...small, cycle: 2, depth: 2, patch: 2 });
  const x = series(82);
  const [y, moved] = [await outputOf(net, x.slice(0, 80)), await outputOf(net, x.slice(2))];
  // Distances 1 and 2 of places of two values, and the place itself.
  for (let j = 8; j < 72; j++) expect(moved[j - 2]).toBeCloseTo(y[j]!, 5);
});

describe('a network of spectrograms', () => {
  const options: DiffwaveOptions = { width: 4, features: 8, cycle: 2, depth: 2, patch: 2, bands: 3, hop: 8 };
  const frames = (count: number, seed = 5): Float32Array => Float32Array.from(normal(key(seed), 3 * count));
  /** Rows of which the network reads the same numbers whatever their count. */
  const rowsOf = (levels: Float32Array): Float32Array => levels.map((level) => level / Math.sqrt(levels.length));
  const columns = (levels: Float32Array, count: number, [from, to]: readonly [number, number]): Float32Array =>
    Float32Array.from([0, 1, 2].flatMap((band) => Array.from(levels.slice(band * count + from, band * count + to))));

  it('has the same parameters for every length, and the same output away from the ends', async () => {
    const [short, long] = [diffwave([1, 64], options), diffwave([1, 96], options)];
    expect(short.params.map(({ name, shape }) => [name, shape])).toEqual(long.params.map(({ name, shape }) => [name, shape])); // prettier-ignore
    expect([short.classes, short.ofSample, short.known]).toEqual([24, true, undefined]);
    const [x, levels] = [series(96), frames(12)];
    const whole = await outputOf(long, x, rowsOf(levels));
    const part = await outputOf(short, x.slice(16, 80), rowsOf(columns(levels, 12, [2, 10])));
    // Two frames at an end: the distance of the layers and what is interpolated between frames.
    for (let j = 16; j < 48; j++) expect(part[j]).toBeCloseTo(whole[j + 16]!, 5);
  });

  it('reads the frames of a place and of those beside it, and no others', async () => {
    const net = diffwave([1, 64], options);
    const [x, levels] = [series(64), frames(8)];
    const changed = levels.map((level, j) => (j === 4 ? level + 3 : level));
    const [y, z] = [await outputOf(net, x, rowsOf(levels)), await outputOf(net, x, rowsOf(changed))];
    const apart = Array.from(y, (value, j) => (Math.abs(z[j]! - value) > 1e-9 ? [j] : [])).flat();
    // Frame 4 has the values 32 to 39; neighbors interpolate, and layers reach 3 places of 2 values farther.
    expect(apart[0]).toBeGreaterThanOrEqual(24 - 6);
    expect(apart.at(-1)).toBeLessThanOrEqual(47 + 6);
    expect(apart).toContain(35);
  });

  it.each([
    [{ classes: 2 }, /bands/],
    [{ patch: 3 }, /patch/],
    [{ hop: 12 }, /hop/],
  ] as const)('refuses %j', (wrong, message) => {
    expect(() => diffwave([1, 64], { ...options, ...wrong })).toThrow(message);
  });
});

it('reads labels of thousands by sines of fixed periods', async () => {
  const net = diffwave([1, 16], { ...small, embedding: 'positional', cycle: 2, depth: 2 });
  expect(net.params.some(({ trainable }) => !trainable)).toBe(false);
  expect((await outputOf(net, series(16))).every(Number.isFinite)).toBe(true);
});
