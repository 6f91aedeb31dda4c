/** @file The shape of each operation's result; shapes that do not fit are refused here, once, when a graph is built. */
import { InternalError, ShapeError } from '../base/errors.ts';
import { sameShape, sizeOf, type Shape } from '../base/tensor.ts';
import type { ConvAttrs, OpAttrs, OpKind } from './op.ts';

type ShapeRule<K extends OpKind> = (shapes: readonly Shape[], attrs: OpAttrs[K]) => Shape;

interface Shaped {
  readonly shape: Shape;
}

/**
 * The shape of an operation's result.
 * @throws ShapeError saying the operation, what it expected and what it got.
 */
export function inferShape<K extends OpKind>(kind: K, inputs: readonly Shaped[], attrs: OpAttrs[K]): Shape {
  return shapeRules[kind](
    inputs.map(({ shape }) => shape),
    attrs,
  );
}

function require(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new ShapeError(message());
}

function at(shape: Shape, axis: number): number {
  const size = shape[axis];
  require(size !== undefined, () => `expected an axis ${axis}, got shape [${shape}]`);
  return size;
}

function arg(shapes: readonly Shape[], i: number): Shape {
  const shape = shapes[i];
  if (shape === undefined) throw new InternalError(`operation without its input ${i}`);
  return shape;
}

/**
 * The shape that two shapes broadcast to, by NumPy's rule.
 * @throws ShapeError if a pair of axes is neither equal nor has a 1.
 */
export function broadcastShape(a: Shape, b: Shape, name: string): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1;
    const n = b[i - rank + b.length] ?? 1;
    require(m === n || m === 1 || n === 1, () => `${name}: shapes [${a}] and [${b}] do not broadcast`);
    return m === 1 ? n : m;
  });
}

const same: (shapes: readonly Shape[]) => Shape = (shapes) => arg(shapes, 0);
const elementwise =
  (name: string) =>
  (shapes: readonly Shape[]): Shape =>
    broadcastShape(arg(shapes, 0), arg(shapes, 1), name);
const resized = (shape: Shape, axis: number, size: number): Shape => shape.map((n, i) => (i === axis ? size : n));

/** Size of a correlation's result along one axis. */
export function convSize(size: number, kernel: number, { stride, pad }: ConvAttrs): number {
  return Math.floor((size + 2 * pad - kernel) / stride) + 1;
}

function convShape(x: Shape, w: Shape, attrs: ConvAttrs, name: string): Shape {
  require(x.length === 4 && w.length === 4, () =>
    `${name}: expected [B, C, H, W] and [O, I, h, w], got [${x}] and [${w}]`);
  require(at(x, 1) === at(w, 1), () =>
    `${name}: expected ${at(w, 1)} input channels, got ${at(x, 1)} (x is [${x}], kernel [${w}])`);
  const height = convSize(at(x, 2), at(w, 2), attrs);
  const width = convSize(at(x, 3), at(w, 3), attrs);
  require(height > 0 && width > 0, () => `${name}: image [${x}] is smaller than the kernel [${w}]`);
  return [at(x, 0), at(w, 0), height, width];
}

/** The shape rule of every operation. */
const shapeRules: { readonly [K in OpKind]: ShapeRule<K> } = {
  input: (_, { shape }) => shape,
  constant: (_, { shape, data }) => {
    require(data.length === sizeOf(shape), () => `constant: expected ${sizeOf(shape)} elements, got ${data.length}`);
    return shape;
  },
  neg: same,
  exp: same,
  log: same,
  sqrt: same,
  sin: same,
  cos: same,
  tanh: same,
  sigmoid: same,
  silu: same,
  step: same,
  lookup: (shapes, { borders, rows }) => {
    const count = borders.length + 1;
    require(borders.length > 0 && rows.length > 0 && rows.length % count === 0, () =>
      `lookup: expected a multiple of ${count} numbers for ${borders.length} borders, at least one, got ${rows.length}`);
    require(borders.every((border, i) => i === 0 || border > (borders[i - 1] ?? border)), () =>
      `lookup: expected rising borders`);
    return [...arg(shapes, 0), rows.length / count];
  },
  stopGradient: same,
  add: elementwise('add'),
  sub: elementwise('sub'),
  mul: elementwise('mul'),
  div: elementwise('div'),
  maximum: elementwise('maximum'),
  sum: (shapes, { axes }) => {
    axes.forEach((axis) => at(arg(shapes, 0), axis));
    return arg(shapes, 0).map((n, i) => (axes.includes(i) ? 1 : n));
  },
  softmax: same,
  standardize: same,
  inverseStd: (shapes) => resized(arg(shapes, 0), arg(shapes, 0).length - 1, 1),
  groupNorm: (shapes, { groups }) => {
    const x = arg(shapes, 0);
    const channels = at(x, 1);
    require(x.length === 4, () => `groupNorm: expected [B, C, H, W], got [${x}]`);
    require(channels % groups === 0, () => `groupNorm: ${channels} channels do not divide into ${groups} groups`);
    for (const i of [1, 2])
      require(sameShape(arg(shapes, i), [channels]), () =>
        `groupNorm: expected gain and bias [${channels}], got [${arg(shapes, i)}]`);
    return x;
  },
  matmul: (shapes, { transposeA, transposeB }) => {
    const a = arg(shapes, 0);
    const b = arg(shapes, 1);
    require(a.length >= 2 && a.length === b.length && sameShape(a.slice(0, -2), b.slice(0, -2)), () =>
      `matmul: expected matrices with equal leading axes, got [${a}] and [${b}]`);
    const [rows, inner] = transposeA ? [a.at(-1), a.at(-2)] : [a.at(-2), a.at(-1)];
    const [innerB, columns] = transposeB ? [b.at(-1), b.at(-2)] : [b.at(-2), b.at(-1)];
    require(inner === innerB, () =>
      `matmul: inner sizes ${inner ?? ''} and ${innerB ?? ''} differ ([${a}]${transposeA ? "'" : ''} and [${b}]${transposeB ? "'" : ''})`);
    return [...a.slice(0, -2), rows ?? 1, columns ?? 1];
  },
  reshape: (shapes, { shape }) => {
    require(sizeOf(arg(shapes, 0)) === sizeOf(shape), () =>
      `reshape: [${arg(shapes, 0)}] has not the size of [${shape}]`);
    return shape;
  },
  expand: (shapes, { shape }) => {
    require(sameShape(broadcastShape(arg(shapes, 0), shape, 'expand'), shape), () =>
      `expand: [${arg(shapes, 0)}] does not broadcast to [${shape}]`);
    return shape;
  },
  transpose: (shapes, { permutation }) => {
    const x = arg(shapes, 0);
    require(sameShape(
      [...permutation].sort((a, b) => a - b),
      [...x.keys()],
    ), () => `transpose: [${permutation}] is no permutation of the axes of [${x}]`);
    return permutation.map((axis) => at(x, axis));
  },
  concat: (shapes, { axis }) => {
    const first = arg(shapes, 0);
    for (const shape of shapes)
      require(sameShape(resized(shape, axis, 0), resized(first, axis, 0)), () =>
        `concat: [${shape}] and [${first}] differ beside axis ${axis}`);
    return resized(
      first,
      axis,
      shapes.reduce((sum, shape) => sum + at(shape, axis), 0),
    );
  },
  slice: (shapes, { axis, begin, end }) => {
    const x = arg(shapes, 0);
    require(0 <= begin && begin < end && end <= at(x, axis), () =>
      `slice: ${begin} to ${end} is not within axis ${axis} of [${x}]`);
    return resized(x, axis, end - begin);
  },
  pad: (shapes, { axis, before, after }) => {
    require(before >= 0 && after >= 0, () => `pad: expected no negative width, got ${before} and ${after}`);
    return resized(arg(shapes, 0), axis, at(arg(shapes, 0), axis) + before + after);
  },
  conv: (shapes, attrs) => {
    const shape = convShape(arg(shapes, 0), arg(shapes, 1), attrs, 'conv');
    const bias = shapes[2];
    require(bias === undefined || sameShape(bias, [at(shape, 1)]), () =>
      `conv: expected a bias [${at(shape, 1)}], got [${bias ?? []}]`);
    return shape;
  },
  convInputGrad: (shapes, { shape, ...attrs }) => {
    const g = convShape(shape, arg(shapes, 1), attrs, 'convInputGrad');
    require(sameShape(g, arg(shapes, 0)), () => `convInputGrad: expected g [${g}], got [${arg(shapes, 0)}]`);
    return shape;
  },
  convWeightGrad: (shapes, { shape, ...attrs }) => {
    const g = convShape(arg(shapes, 0), shape, attrs, 'convWeightGrad');
    require(sameShape(g, arg(shapes, 1)), () => `convWeightGrad: expected g [${g}], got [${arg(shapes, 1)}]`);
    return shape;
  },
  averagePool: (shapes, { size }) => {
    const x = arg(shapes, 0);
    require(x.length === 4 && at(x, 2) % size === 0 && at(x, 3) % size === 0, () =>
      `averagePool: expected [B, C, H, W] with H and W divisible by ${size}, got [${x}]`);
    return [at(x, 0), at(x, 1), at(x, 2) / size, at(x, 3) / size];
  },
  upsample: (shapes, { size }) => {
    const x = arg(shapes, 0);
    require(x.length === 4, () => `upsample: expected [B, C, H, W], got [${x}]`);
    return [at(x, 0), at(x, 1), at(x, 2) * size, at(x, 3) * size];
  },
};
