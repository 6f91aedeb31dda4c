import { expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { input } from '../../src/graph/build.ts';
import { graph } from '../../src/graph/node.ts';
import { knownRowInto } from '../../src/nn/known.ts';
import { constantScope, initialize, type Network } from '../../src/nn/network.ts';
import { ddpmpp } from '../../src/nn/unet/ddpmpp.ts';

async function outputOf(net: Network, x: Float32Array, rows?: Float32Array): Promise<Float32Array> {
  const values = initialize(net, key(1));
  // Layers that begin at zero say something too.
  const trained = values.trained.map((value, i) => (value === 0 ? 0.5 * Math.sin(i) : value));
  const g = graph();
  const given = rows && input(g, 'rows', [1, rows.length]);
  const nodes = [input(g, 'x', [1, ...net.sampleShape]), input(g, 'label', [1])] as const;
  const y = net.forward(constantScope(net, { ...values, trained }, g), ...nodes, given);
  const program = await interpreter().compile({ y });
  return (await program.run({ x, label: Float32Array.of(0.3), ...(rows && { rows }) })).y;
}

const size = { width: 4, multipliers: [1, 1], blocks: 1, attention: [] };
const image = (n: number): Float32Array => Float32Array.from(normal(key(3), n));

it('a U-Net of periodic axes moves its output around with its input, along those alone', async () => {
  const [height, width] = [6, 8];
  const turned = (x: Float32Array, down: number, right: number): Float32Array =>
    x.map((_, at) => x[((Math.floor(at / width) + down) % height) * width + ((at + right) % width)]!);
  const apart = async (periodic: ('h' | 'w')[], down: number, right: number): Promise<number> => {
    const net = ddpmpp([1, height, width], { ...size, periodic });
    const x = image(height * width);
    const moved = await outputOf(net, turned(x, down, right));
    const y = turned(await outputOf(net, x), down, right);
    return Math.max(...y.map((value, at) => Math.abs(value - moved[at]!))) / (Math.max(...y) - Math.min(...y));
  };
  // By two places, as the coarser level moves by whole ones; beside the range of the output, which float32 rounds.
  expect(await apart(['w'], 0, 2)).toBeLessThan(1e-4);
  expect(await apart(['h'], 4, 0)).toBeLessThan(1e-4);
  expect(await apart(['h', 'w'], 2, 4)).toBeLessThan(1e-4);
  expect(await apart(['w'], 2, 0)).toBeGreaterThan(1e-2);
  expect(await apart([], 0, 2)).toBeGreaterThan(1e-2);
});

it('a U-Net reads values and marks of what is known', async () => {
  const net = ddpmpp([2, 4, 4], { ...size, known: true });
  expect(net).toMatchObject({ known: true, classes: 64 });
  const x = image(32);
  const rowsOf = (known: number): Float32Array => {
    const out = new Float32Array(64);
    knownRowInto(out, image(32), new Int8Array(32).fill(known));
    return out;
  };
  const none = await outputOf(net, x, rowsOf(0));
  expect(none.length).toBe(32);
  expect(await outputOf(net, x, rowsOf(1))).not.toEqual(none);
  expect(await outputOf(net, x)).toEqual(none);
});

it('refuses periodic axes that it cannot halve, and networks that resample by convolutions', () => {
  expect(() => ddpmpp([1, 4, 7], { ...size, periodic: ['w'] })).toThrow(/size along w that is a multiple of 2/);
  expect(() => ddpmpp([1, 4, 8], { ...size, periodic: ['w'], resblock: 'ddpm' })).toThrow(/such as ddpmpp/);
  expect(() => ddpmpp([1, 4, 8], { ...size, known: true, classes: 2 })).toThrow(/false for a network of classes/);
});
