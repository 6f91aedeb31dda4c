/** @file Small graphs for every operation: what the law tests and the backend tests loop over. */
import { key, foldIn } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { sizeOf, type Shape } from '../../src/base/tensor.ts';
import {
  add,
  averagePool,
  concat,
  constant,
  conv,
  convInputGrad,
  convWeightGrad,
  cos,
  div,
  exp,
  expand,
  groupNorm,
  input,
  inverseStd,
  log,
  lookup,
  matmul,
  maximum,
  mul,
  neg,
  pad,
  reshape,
  sigmoid,
  silu,
  sin,
  slice,
  softmax,
  sqrt,
  standardize,
  step,
  stopGradient,
  sub,
  sum,
  tanh,
  transpose,
  upsample,
} from '../../src/graph/build.ts';
import { graph, type Graph, type Node } from '../../src/graph/node.ts';
import type { ConvAttrs, OpAttrs, OpKind } from '../../src/graph/op.ts';

/** A graph of one output, as a function of its inputs. */
export interface Case {
  readonly label: string;
  readonly inputs: readonly Shape[];
  /** Whether the inputs must be positive, for functions with a pole. */
  readonly positive: boolean;
  readonly build: (...inputs: readonly Node[]) => Node;
}

type Build2 = (a: Node, b: Node) => Node;
type Build3 = (a: Node, b: Node, c: Node) => Node;

function one(label: string, shape: Shape, build: (x: Node) => Node): Case {
  return { label, inputs: [shape], positive: false, build: (x) => build(x) };
}

function two(label: string, shapes: readonly [Shape, Shape], build: Build2): Case {
  return { label, inputs: shapes, positive: false, build: (a, b) => build(a, b) };
}

function three(label: string, shapes: readonly [Shape, Shape, Shape], build: Build3): Case {
  return { label, inputs: shapes, positive: false, build: (a, b, c) => build(a, b, c) };
}

const positive = (cases: readonly Case[]): Case[] => cases.map((c) => ({ ...c, positive: true }));
const show = (shapes: readonly Shape[]): string => shapes.map((shape) => `[${shape}]`).join(' ');

/** Smooth values that need no key, for constants. */
function wave(shape: Shape): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1 + 0.7 * i));
}

const waveOf = (x: Node, shape: Shape): Node => constant(x.graph, wave(shape), shape);

/** Tables of three rows of 1, 2 and 3 numbers. */
const tables = [1, 2, 3].map((width): OpAttrs['lookup'] => {
  return { borders: Float64Array.of(-0.5, 0.25), rows: Float64Array.from(wave([3, width])) };
});
const table = (width: number): OpAttrs['lookup'] => tables[width - 1]!;

const elementwise = (f: (x: Node) => Node): Case[] =>
  [[], [1], [3, 5], [2, 3, 4, 1]].map((shape) => one(`[${shape}]`, shape, f));

const broadcasts: readonly (readonly [Shape, Shape])[] = [
  [
    [3, 4],
    [3, 4],
  ],
  [[], [2, 3]],
  [[2, 3], []],
  [[4], [3, 4]],
  [
    [3, 1],
    [1, 4],
  ],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [
    [2, 3, 1, 1],
    [2, 3, 2, 5],
  ],
  [
    [1, 3, 1, 5],
    [2, 1, 4, 1],
  ],
  [[1], [1]],
];

const broadcasting = (f: Build2): Case[] => [
  ...broadcasts.map((shapes) => two(show(shapes), shapes, f)),
  one('a constant on the left', [2, 3], (x) => f(waveOf(x, [2, 1]), x)),
  one('a constant on the right', [2, 3], (x) => f(x, add(waveOf(x, [3]), 2))),
  one('one node twice', [2, 3], (x) => f(x, mul(x, x))),
];

const images: readonly (readonly [label: string, x: Shape, kernel: Shape, attrs: ConvAttrs])[] = [
  ['1x1', [2, 3, 4, 5], [4, 3, 1, 1], { stride: 1, pad: 0 }],
  ['1x1, padded', [1, 2, 3, 3], [2, 2, 1, 1], { stride: 1, pad: 1 }],
  ['1x1, stride 2', [2, 3, 5, 4], [2, 3, 1, 1], { stride: 2, pad: 0 }],
  ['2x2', [1, 2, 4, 3], [3, 2, 2, 2], { stride: 1, pad: 0 }],
  ['2x2, stride 2', [1, 3, 4, 6], [2, 3, 2, 2], { stride: 2, pad: 0 }],
  ['2x2, stride 2, padded, odd', [1, 2, 5, 7], [2, 2, 2, 2], { stride: 2, pad: 1 }],
  ['3x3', [2, 3, 5, 4], [2, 3, 3, 3], { stride: 1, pad: 1 }],
  ['3x3, unpadded', [1, 1, 5, 4], [3, 1, 3, 3], { stride: 1, pad: 0 }],
  ['3x3, pad 2', [1, 2, 3, 4], [2, 2, 3, 3], { stride: 1, pad: 2 }],
  ['3x3, pad beyond the kernel', [1, 2, 3, 2], [2, 2, 3, 3], { stride: 1, pad: 3 }],
  ['3x3, stride 2', [2, 2, 6, 5], [3, 2, 3, 3], { stride: 2, pad: 1 }],
  ['3x3, stride 2, unpadded', [1, 2, 8, 7], [2, 2, 3, 3], { stride: 2, pad: 0 }],
  ['3x3, stride 3', [1, 2, 8, 7], [2, 2, 3, 3], { stride: 3, pad: 0 }],
  ['5x5', [1, 2, 6, 5], [2, 2, 5, 5], { stride: 1, pad: 2 }],
  ['5x5, stride 3', [1, 1, 9, 8], [2, 1, 5, 5], { stride: 3, pad: 1 }],
  ['3x2 kernel', [1, 2, 5, 4], [3, 2, 3, 2], { stride: 1, pad: 0 }],
  ['1x5 kernel, padded', [1, 2, 3, 6], [2, 2, 1, 5], { stride: 1, pad: 1 }],
  ['kernel of the size of the image', [2, 2, 3, 4], [3, 2, 3, 4], { stride: 1, pad: 0 }],
  // Channels that divide into blocks of 8 and 16, which ONNX Runtime has its own layout for, and some that do not.
  ['16 to 32 channels, 1x1', [2, 16, 3, 4], [32, 16, 1, 1], { stride: 1, pad: 0 }],
  ['32 to 16 channels, 3x3', [1, 32, 4, 5], [16, 32, 3, 3], { stride: 1, pad: 1 }],
  ['16 to 16 channels, stride 2', [2, 16, 5, 6], [16, 16, 3, 3], { stride: 2, pad: 1 }],
  ['16 to 16 channels, 5x5, stride 3', [1, 16, 7, 8], [16, 16, 5, 5], { stride: 3, pad: 2 }],
  ['17 to 16 channels', [1, 17, 3, 4], [16, 17, 3, 3], { stride: 1, pad: 1 }],
  ['16 to 15 channels', [1, 16, 4, 3], [15, 16, 2, 2], { stride: 1, pad: 0 }],
];

function resultShape(x: Shape, kernel: Shape, { stride, pad: p }: ConvAttrs): Shape {
  const size = (axis: number): number => Math.floor((x[axis]! + 2 * p - kernel[axis]!) / stride) + 1;
  return [x[0]!, kernel[0]!, size(2), size(3)];
}

const convs: readonly Case[] = [
  one('a constant kernel and bias', [2, 3, 4, 5], (x) =>
    conv(x, { kernel: waveOf(x, [4, 3, 3, 3]), bias: waveOf(x, [4]) }, { stride: 1, pad: 1 }),
  ),
  one('a constant kernel of whole blocks', [1, 16, 4, 4], (x) =>
    conv(x, { kernel: waveOf(x, [16, 16, 3, 3]) }, { stride: 2, pad: 1 }),
  ),
  one('a constant image', [3, 2, 3, 3], (w) => conv(waveOf(w, [2, 2, 5, 4]), { kernel: w }, { stride: 1, pad: 1 })),
  one('an image that is its own kernel', [2, 2, 3, 3], (x) => conv(x, { kernel: x }, { stride: 1, pad: 1 })),
  ...images.map(([label, x, w, attrs]) => two(label, [x, w], (a, kernel) => conv(a, { kernel }, attrs))),
  ...images
    .filter((_, i) => i % 3 === 0)
    .map(([label, x, w, attrs]) =>
      three(`${label}, with a bias`, [x, w, [w[0]!]], (a, kernel, bias) => conv(a, { kernel, bias }, attrs)),
    ),
];

/** Cases of every operation. */
export const cases: { readonly [K in OpKind]: readonly Case[] } = {
  input: [one('itself', [2, 3], (x) => x), one('a scalar', [], (x) => x)],
  constant: [
    one('a float32 array', [2, 3], (x) => add(x, waveOf(x, [2, 3]))),
    one('a float64 array', [3], (x) => mul(x, constant(x.graph, Float64Array.of(0.1, -2, 1e-3), [3]))),
    one('a number', [2], (x) => mul(add(x, 0.3), 1.7)),
  ],
  neg: elementwise(neg),
  exp: elementwise(exp),
  log: positive(elementwise(log)),
  sqrt: positive(elementwise(sqrt)),
  sin: elementwise(sin),
  cos: elementwise(cos),
  tanh: elementwise(tanh),
  sigmoid: elementwise(sigmoid),
  silu: elementwise(silu),
  step: [
    ...elementwise(step),
    one('a product with it', [3, 4], (x) => mul(x, step(x))),
    two('of a difference', [[3, 1], [4]], (a, b) => mul(sin(a), step(sub(a, b)))),
  ],
  // Differences see the derivative that it hides, save where there is none.
  lookup: [
    one('a number', [], (x) => lookup(x, table(2))),
    one('a product with its rows', [5], (x) => mul(lookup(x, table(3)), reshape(sin(x), [5, 1]))),
    one('of a matrix', [2, 3], (x) => lookup(x, table(1))),
  ],
  stopGradient: [
    one('a constant', [3], (x) => mul(x, stopGradient(waveOf(x, [3])))),
    one('a product with a step', [3, 4], (x) => mul(sin(x), stopGradient(step(x)))),
  ],
  add: broadcasting(add),
  sub: broadcasting(sub),
  mul: broadcasting(mul),
  div: positive(broadcasting((a, b) => div(a, add(b, 1.5)))),
  maximum: broadcasting(maximum),
  sum: [
    one('all axes', [2, 3, 4], (x) => sum(x)),
    one('all axes, kept', [2, 3], (x) => sum(x, [0, 1], { keep: true })),
    one('the first axis', [2, 3, 4], (x) => sum(x, [0])),
    one('the middle axis, kept', [2, 3, 4], (x) => sum(x, [1], { keep: true })),
    one('the last axis', [5, 3], (x) => sum(x, [1])),
    one('two axes, not side by side', [2, 3, 4], (x) => sum(x, [2, 0])),
    one('the pixels of images', [2, 3, 4, 5], (x) => sum(x, [2, 3])),
    one('an axis of size 1 among others', [2, 1, 3], (x) => sum(x, [1, 2])),
  ],
  softmax: [[5], [3, 4], [2, 3, 5], [3, 1]].map((shape) => one(`[${shape}]`, shape, softmax)),
  standardize: [[6], [3, 5], [2, 3, 4]].map((shape) => one(`[${shape}]`, shape, (x) => standardize(x, 1e-3))),
  inverseStd: [[6], [3, 5], [2, 3, 4]].map((shape) => one(`[${shape}]`, shape, (x) => inverseStd(x, 1e-3))),
  groupNorm: [
    ...(
      [
        ['one group', [2, 3, 2, 3], 1],
        ['two groups', [2, 6, 3, 2], 2],
        ['three groups, one image', [1, 6, 2, 2], 3],
        ['a group per channel', [2, 3, 4, 3], 3],
      ] as const
    ).map(([label, shape, groups]) =>
      three(label, [shape, [shape[1]], [shape[1]]], (x, gain, bias) =>
        groupNorm(x, { gain, bias }, { groups, epsilon: 1e-3 }),
      ),
    ),
    one('constant gain and bias', [2, 4, 3, 2], (x) =>
      groupNorm(x, { gain: waveOf(x, [4]), bias: waveOf(x, [4]) }, { groups: 2, epsilon: 1e-3 }),
    ),
  ],
  matmul: [
    ...[false, true].flatMap((transposeA) =>
      [false, true].flatMap((transposeB) =>
        [[], [2], [2, 3]].map((batch: Shape) => {
          const a = transposeA ? [4, 3] : [3, 4];
          const b = transposeB ? [5, 4] : [4, 5];
          const shapes = [
            [...batch, ...a],
            [...batch, ...b],
          ] as const;
          const label = `${show(shapes)}${transposeA ? ', left transposed' : ''}${transposeB ? ', right transposed' : ''}`;
          return two(label, shapes, (x, y) => matmul(x, y, { transposeA, transposeB }));
        }),
      ),
    ),
    one('a matrix with itself', [3, 4], (x) => matmul(x, x, { transposeB: true })),
    one('a constant matrix', [2, 3], (x) => matmul(x, waveOf(x, [3, 4]))),
    two(
      'single row and column',
      [
        [1, 3],
        [3, 1],
      ],
      (x, y) => matmul(x, y),
    ),
  ],
  reshape: [
    one('fewer axes', [2, 3, 4], (x) => reshape(x, [6, 4])),
    one('more axes', [6], (x) => reshape(x, [1, 2, 3, 1])),
    one('to a scalar', [1, 1], (x) => reshape(x, [])),
    one('from a scalar', [], (x) => reshape(x, [1, 1])),
  ],
  expand: [
    one('a scalar', [], (x) => expand(x, [2, 3])),
    one('a row', [3], (x) => expand(x, [2, 3])),
    one('a column', [2, 1], (x) => expand(x, [2, 3])),
    one('both', [2, 1, 3, 1], (x) => expand(x, [4, 2, 5, 3, 2])),
  ],
  transpose: [
    one('a matrix', [2, 3], (x) => transpose(x, [1, 0])),
    one('a cycle of three', [2, 3, 4], (x) => transpose(x, [2, 0, 1])),
    one('channels last', [2, 3, 4, 5], (x) => transpose(x, [0, 2, 3, 1])),
  ],
  concat: [
    two(
      'the first axis',
      [
        [2, 3],
        [1, 3],
      ],
      (a, b) => concat([a, b], 0),
    ),
    two(
      'channels',
      [
        [2, 3, 2, 2],
        [2, 1, 2, 2],
      ],
      (a, b) => concat([a, b], 1),
    ),
    three(
      'three parts of the last axis',
      [
        [2, 1],
        [2, 4],
        [2, 2],
      ],
      (a, b, c) => concat([a, b, c], 1),
    ),
    one('one node twice', [2, 3], (x) => concat([x, sin(x)], 1)),
    one('a part that does not move', [2, 3], (x) => concat([waveOf(x, [2, 1]), x], 1)),
  ],
  slice: [
    one('the beginning', [5], (x) => slice(x, 0, { begin: 0, end: 2 })),
    one('the end', [2, 5], (x) => slice(x, 1, { begin: 3, end: 5 })),
    one('the middle of channels', [2, 5, 2, 3], (x) => slice(x, 1, { begin: 1, end: 4 })),
    one('overlapping parts', [6], (x) => mul(slice(x, 0, { begin: 0, end: 4 }), slice(x, 0, { begin: 2, end: 6 }))),
  ],
  pad: [
    one('before', [3], (x) => pad(x, 0, { before: 2, after: 0 })),
    one('after', [2, 3], (x) => pad(x, 1, { before: 0, after: 1 })),
    one('both sides of rows', [2, 2, 3, 2], (x) => pad(x, 2, { before: 1, after: 2 })),
  ],
  conv: convs,
  convInputGrad: images.map(([label, x, w, attrs]) =>
    two(label, [resultShape(x, w, attrs), w], (g, kernel) => convInputGrad(g, kernel, { ...attrs, shape: x })),
  ),
  convWeightGrad: images.map(([label, x, w, attrs]) =>
    two(label, [x, resultShape(x, w, attrs)], (a, g) => convWeightGrad(a, g, { ...attrs, shape: w })),
  ),
  averagePool: [
    one('2', [2, 3, 4, 6], (x) => averagePool(x, 2)),
    one('3', [1, 2, 6, 3], (x) => averagePool(x, 3)),
    one('1', [1, 2, 3, 2], (x) => averagePool(x, 1)),
  ],
  upsample: [
    one('2', [2, 3, 2, 3], (x) => upsample(x, 2)),
    one('3', [1, 2, 1, 2], (x) => upsample(x, 3)),
    one('1', [1, 2, 3, 2], (x) => upsample(x, 1)),
  ],
};

/** Every case with the operation that it is for. */
export const allCases: readonly (Case & { readonly kind: OpKind; readonly name: string })[] = Object.entries(
  cases,
).flatMap(([kind, list]) => list.map((c) => ({ ...c, kind: kind as OpKind, name: `${kind}: ${c.label}` })));

/** A case as nodes in a graph of its own, with inputs `x0`, `x1`, … */
export function instantiate({ inputs, build }: Case): { g: Graph; xs: Node[]; y: Node } {
  const g = graph();
  const xs = inputs.map((shape, i) => input(g, `x${i}`, shape));
  return { g, xs, y: build(...xs) };
}

/** Standard normal values that depend on the name and size alone, rounded to float32 so that every backend sees the same ones. */
export function values(name: string, shape: Shape): Float64Array {
  return normal(foldIn(key(7), `${name} ${shape.join('x')}`), sizeOf(shape)).map(Math.fround);
}

/** Values of the inputs of a case; positive ones lie above 1/2. */
export function feedsOf({ inputs, positive: above }: Case): Record<string, Float64Array> {
  const entries = inputs.map((shape, i) => {
    const x = values(`x${i}`, shape);
    return [`x${i}`, above ? x.map((v) => Math.fround(0.5 + Math.abs(v))) : x] as const;
  });
  return Object.fromEntries(entries);
}
