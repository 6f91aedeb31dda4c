/** @file U-Nets of series: what they have in common with those of images of equal rows, and where their length must be whole. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../../src/backend/interpreter.ts';
import { key } from '../../../src/base/key.ts';
import { normal } from '../../../src/base/random.ts';
import { sizeOf, type Shape } from '../../../src/base/tensor.ts';
import { constant, input } from '../../../src/graph/build.ts';
import { framesOf } from '../../../src/nn/frames.ts';
import { graph, type Node } from '../../../src/graph/node.ts';
import { initialize, type Network, type Param, type Scope } from '../../../src/nn/network.ts';
import { ddpmpp, ddpmUnet, ncsnpp } from '../../../src/nn/unet/ddpmpp.ts';
import { firDown, firUp } from '../../../src/nn/unet/resample.ts';

const small = { width: 4, multipliers: [1, 2], blocks: 1, attention: [8] };

/** Every parameter by its name, with the zeros that outputs begin with filled, so that nothing is cut off from what is looked at. */
function valuesOf(net: Network): ReadonlyMap<string, Float32Array> {
  const { trained, fixed } = initialize(net, key(3));
  const moved = trained.map((value, i) => (value === 0 ? 0.1 * Math.sin(i) : value));
  let [next, nextFixed] = [0, 0];
  return new Map(
    net.params.map(({ name, shape, trainable }) => {
      const size = sizeOf(shape);
      const of = trainable ? moved.subarray(next, next + size) : fixed.subarray(nextFixed, nextFixed + size);
      if (trainable) next += size;
      else nextFixed += size;
      return [name, of];
    }),
  );
}

async function outputOf(
  net: Network,
  { x, valueOf, rows }: { x: Float32Array; valueOf: (param: Param) => Float32Array; rows?: Float32Array },
): Promise<Float32Array> {
  const g = graph();
  const given = rows && input(g, 'rows', [1, rows.length]);
  const [label, own] = [input(g, 'label', [1]), input(g, 'x', [1, ...net.sampleShape])];
  const scope: Scope = { param: (param) => constant(g, valueOf(param), param.shape), mask: () => undefined };
  const program = await interpreter().compile({ y: net.forward(scope, own, label, given) });
  return (await program.run({ x, label: Float32Array.of(0.3), ...(rows && { rows }) }))['y'];
}

/** Parameters of `upsampledFrames` that interpolate linearly between the frames. */
function interpolation(name: string, shape: Shape): Float32Array {
  const [factor = 1] = shape;
  if (!name.endsWith('weight')) return new Float32Array(sizeOf(shape));
  return Float32Array.from({ length: sizeOf(shape) }, (_, j) => {
    const [r, row, column] = [Math.floor(j / 9), Math.floor(j / 3) % 3, j % 3];
    const at = (r + 0.5) / factor - 0.5;
    return row === 1 ? Math.max(0, 1 - Math.abs(column - 1 - at)) : 0;
  });
}

/** A kernel whose middle row is that of a kernel one row high, and zeros. */
function inMiddleRow(own: Float32Array, shape: Shape): Float32Array {
  const [out = 1, channels = 1, rows = 1, columns = 1] = shape;
  const wide = new Float32Array(sizeOf(shape));
  for (let i = 0; i < out * channels; i++)
    wide.set(own.subarray(i * columns, (i + 1) * columns), (i * rows + (rows >> 1)) * columns);
  return wide;
}

describe.each([
  ['ddpmpp', ddpmpp, small],
  ['ddpmpp with classes read as none', ddpmpp, { ...small, classes: 2 }],
  ['ddpmpp that goes around', ddpmpp, { ...small, periodic: ['w'] as const }],
  ['ncsnpp without the filter', ncsnpp, { ...small, fir: false }],
  ['ddpm', ddpmUnet, { ...small, multipliers: [1, 1, 2] }],
  ['ddpmpp with growing images', ddpmpp, { ...small, progressive: 'output_skip', progressiveInput: 'input_skip' } as const], // prettier-ignore
])('%s', (_, make, options) => {
  it('does with a series what it does with an image of equal rows, by kernels of a middle row', async () => {
    // As many rows as values, so that both have attention at the same level.
    const [channels, rows, length] = [2, 16, 16];
    const [line, image] = [make([channels, length], options), make([channels, rows, length], options)];
    const values = valuesOf(line);
    const x = Float32Array.from(normal(key(4), channels * length));
    const y = await outputOf(line, { x, valueOf: ({ name }) => values.get(name)! });
    const repeated = new Float32Array(channels * rows * length);
    for (let c = 0; c < channels; c++)
      for (let r = 0; r < rows; r++) repeated.set(x.subarray(c * length, (c + 1) * length), (c * rows + r) * length);
    const tall = await outputOf(image, {
      x: repeated,
      valueOf: ({ name, shape }) => (shape.length === 4 ? inMiddleRow(values.get(name)!, shape) : values.get(name)!),
    });
    for (let c = 0; c < channels; c++)
      for (let r = 0; r < rows; r++)
        for (let j = 0; j < length; j++) expect(tall[(c * rows + r) * length + j]).toBeCloseTo(y[c * length + j]!, 5);
  });
});

it('moves with a periodic series by whole positions of the coarsest level', async () => {
  const [length, patch] = [32, 2];
  const net = ddpmpp([1, length], { ...small, patch, periodic: ['w'] });
  const values = valuesOf(net);
  const valueOf = ({ name }: Param): Float32Array => values.get(name)!;
  const x = Float32Array.from(normal(key(5), length));
  const shift = 2 * patch;
  const y = await outputOf(net, { x, valueOf });
  const moved = await outputOf(net, { x: x.map((_, j) => x[(j + shift) % length]!), valueOf });
  moved.forEach((value, j) => expect(value).toBeCloseTo(y[(j + shift) % length]!, 5));
});

describe.each([
  ['halved', firDown],
  ['doubled', firUp],
] as const)('a row that is %s by the filter', (_, resample) => {
  it('is the middle of an image of equal rows', async () => {
    const [rows, length] = [12, 10];
    const row = Float32Array.from(normal(key(6), length));
    const g = graph();
    const own = resample(input(g, 'row', [1, 1, 1, length]), { alongRow: true });
    const tall: Node = resample(input(g, 'image', [1, 1, rows, length]));
    const image = Float32Array.from({ length: rows * length }, (__, i) => row[i % length]!);
    const program = await interpreter().compile({ own, tall });
    const { own: a, tall: b } = await program.run({ row, image });
    const [wide, high] = [own.shape[3]!, tall.shape[2]!];
    const middle = b.subarray((high >> 1) * wide, ((high >> 1) + 1) * wide);
    a.forEach((value, j) => expect(value).toBeCloseTo(middle[j]!, 6));
  });
});

describe('a network of spectrograms', () => {
  const heard = { ...small, attention: [], patch: 2, bands: 3, hop: 8 };

  it('has the same parameters for every length, also one that its levels do not fit', () => {
    const named = (length: number) => ddpmpp([1, length], heard).params.map(({ name, shape }) => [name, shape]);
    expect(named(24)).toEqual(named(64));
    expect(ddpmpp([1, 24], heard)).toMatchObject({ classes: 9, ofSample: true });
  });

  it('hears the frames at their places, and everywhere what they say', async () => {
    const [bands, frame, hop, patch] = [3, 1, 8, 2];
    const g = graph();
    const rows = input(g, 'rows', [1, 3 * bands]);
    const scope: Scope = {
      param: ({ name, shape }) => constant(g, interpolation(name, shape), shape),
      mask: () => undefined,
    };
    const program = await interpreter().compile({ y: framesOf(scope, rows, { bands, hop, patch }) });
    const levels = Float32Array.from({ length: 9 }, (_, j) => (j === 3 + frame ? 1 / 3 : 0));
    const { y } = await program.run({ rows: levels });
    // Band 1 alone has a level, in frame 1 of 3: at 1.5 frames, and linearly less until 0.5 and 2.5.
    y.forEach((value, at) => {
      const [band, place] = [Math.floor(at / 12), at % 12];
      const distance = Math.abs((place + 0.5) / 4 - 1.5);
      expect(value).toBeCloseTo(band === 1 ? Math.max(0, 1 - distance) : 0, 6);
    });

    const net = ddpmpp([1, 24], { ...heard, multipliers: [1] });
    const values = valuesOf(net);
    const x = Float32Array.from(normal(key(7), 24));
    const of = (own: Float32Array, deaf: boolean): Promise<Float32Array> =>
      outputOf(net, {
        ...{ x, rows: own },
        valueOf: ({ name, shape }) => {
          const all = values.get(name)!;
          if (!deaf || name !== 'conv_in.weight') return all;
          // Of each kernel of 2 values of the wave and 3 bands those of the bands.
          return all.map((value, j) => (Math.floor(j / 3) % shape[1]! < patch ? value : 0));
        },
      });
    const [loud, quiet] = [levels.fill(1), new Float32Array(9)];
    expect(await of(loud, true)).toEqual(await of(quiet, true));
    expect(await of(loud, false)).not.toEqual(await of(quiet, false));
  });

  it.each([
    [[1, 64], { classes: 2 }, 'expected 0 for a network of classes or known numbers'],
    [[1, 64], { patch: 3 }, 'expected a divisor of the 8 values of a frame, got 3'],
    [[1, 64], { hop: 12 }, 'expected a divisor of the length of the samples, 64, got 12'],
    [[1, 8, 8], {}, 'expected 0 for images, got 3; spectrograms are a condition of waves, --as wave'],
  ])('of samples [%s] refuses %j', (shape, wrong, message) => {
    expect(() => ddpmpp(shape, { ...heard, ...wrong })).toThrow(message);
  });
});

it.each([
  [[1, 16], { multipliers: [1, 1, 1, 1, 1, 1] }, 'expected at most 5 levels for series of 16 values, got 6'],
  [[1, 16], { periodic: ['h'] as const }, 'expected no height of series, whose axis is w'],
  [[16], {}, 'expected images [C, H, W] or series [C, L], got samples [16]'],
  [[1, 18], { periodic: ['w'] as const, multipliers: [1, 2, 2] }, 'expected a size along w that is a multiple of 4'],
])('of samples [%s] with %o says what it expects', (shape, options, message) => {
  expect(() => ddpmpp(shape, options)).toThrow(message);
});
