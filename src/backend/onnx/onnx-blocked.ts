/**
 * @file Operations on images in ONNX Runtime's blocked layout. A chain of convolutions, normalizations, activations, sums and
 * changes of size stays in it, without the two passes over each image that a change of layout takes.
 */
import { dimensionOf, sameShape, sizeOf, type Shape } from '../../base/tensor.ts';
import { scalarValue } from '../../graph/build.ts';
import { isKind, type Node } from '../../graph/node.ts';
import type { ConvAttrs, OpKind } from '../../graph/op.ts';
import type { Emitter } from './onnx-emitter.ts';
import { blockedDomain, inBlocks, onlyBlocked, plain, type Written } from './onnx-value.ts';

/** What rules ask about the nodes around theirs. */
export interface Surroundings {
  /** A node that has been written. */
  readonly valueOf: (node: Node) => Written;
  /** How often a node is read. */
  readonly readers: (node: Node) => number;
}

/** The name of the result in blocks, or undefined where the operation is better written plainly. */
type BlockedRule<K extends OpKind> = (
  e: Emitter,
  inputs: readonly Written[],
  node: Node<K>,
  around: Surroundings,
) => string | undefined;

const none: Written = { name: '', shape: [], constant: true };

/** Channels per block, if the machine has blocks and all numbers of channels are multiples of them. */
function blockOf(e: Emitter, ...channels: readonly number[]): number | undefined {
  const { block } = e;
  return block !== undefined && channels.every((n) => n > 0 && n % block === 0) ? block : undefined;
}

/** A kernel `[O, I, h, w]` as OIHWBiBo: blocks of input and output channels innermost. */
function blockKernel(e: Emitter, kernel: Written, block: number): string {
  const [o = 0, i = 0, h = 0, w = 0] = kernel.shape;
  const split = e.op('Reshape', [plain(e, kernel).name, e.ints([o / block, block, i / block, block, h, w])]);
  return e.op('Reshape', [e.op('Transpose', [split], { perm: [0, 2, 4, 5, 3, 1] }), e.ints([o, i, h, w])]);
}

/** The kernel of the adjoint correlation, which takes O channels to I: rows and columns are reversed. */
function blockAdjointKernel(e: Emitter, kernel: Written, block: number): string {
  const [o = 0, i = 0, h = 0, w = 0] = kernel.shape;
  const split = e.op('Reshape', [
    reversedKernel(e, plain(e, kernel)),
    e.ints([o / block, block, i / block, block, h, w]),
  ]);
  return e.op('Reshape', [e.op('Transpose', [split], { perm: [2, 0, 4, 5, 1, 3] }), e.ints([i, o, h, w])]);
}

/** A kernel with rows and columns reversed. */
export function reversedKernel(e: Emitter, { name, shape }: { readonly name: string; readonly shape: Shape }): string {
  const [, , h = 1, w = 1] = shape;
  if (h * w === 1) return name;
  return e.op('Slice', [name, e.ints([-1, -1]), e.ints([-h - 1, -w - 1]), e.ints([2, 3]), e.ints([-1, -1])]);
}

function correlation(e: Emitter, inputs: readonly string[], { stride, pad }: ConvAttrs): string {
  return e.op('Conv', inputs, { strides: [stride, stride], pads: [pad, pad, pad, pad], group: 1 }, blockedDomain);
}

/** What a correlation in blocks reads, or undefined where its numbers of channels are no multiples of a block. */
function operandsOf(e: Emitter, [x = none, kernel = none, bias]: readonly Written[]): string[] | undefined {
  const block = blockOf(e, dimensionOf(kernel, 0), dimensionOf(kernel, 1));
  if (block === undefined) return undefined;
  return [inBlocks(e, x), blockKernel(e, kernel, block), ...(bias === undefined ? [] : [plain(e, bias).name])];
}

/** A correlation that nothing else reads plus an image, in one call; undefined if `node` is no such correlation. */
function correlationPlus(e: Emitter, node: Node, image: string, around: Surroundings): string | undefined {
  if (e.without.includes('sums') || !isKind(node, 'conv') || around.readers(node) > 1) return undefined;
  const operands = operandsOf(e, node.inputs.map(around.valueOf));
  if (operands === undefined) return undefined;
  const [x = '', kernel = '', bias = ''] = operands;
  return correlation(e, [x, kernel, bias, image], node.attrs);
}

/** Every image times a factor plus an addend, each `[B C]`: a correlation of single channels, in one pass. */
function scaleAndShift(e: Emitter, x: string, shape: Shape, by: { factor: string; addend: string }): string {
  const [batch = 1, channels = 1, height = 1, width = 1] = shape;
  const all = batch * channels;
  const apart = e.op('Reshape', [x, e.ints([1, all, height, width])]);
  const kernel = e.op('Reshape', [by.factor, e.ints([all, 1, 1, 1])]);
  const attributes = { strides: [1, 1], pads: [0, 0, 0, 0], group: all };
  const addend = e.op('Reshape', [by.addend, e.ints([all])]);
  return e.op('Reshape', [e.op('Conv', [apart, kernel, addend], attributes, blockedDomain), e.ints(shape)]);
}

/** Mean over the pixels of each channel, `[B, C, 1, 1]` in the plain order. */
function pixelMean(e: Emitter, x: string, channels: number): string {
  return e.op('ReorderOutput', [e.op('GlobalAveragePool', [x], {}, blockedDomain)], { channels }, blockedDomain);
}

const unary =
  <K extends OpKind>(write: (e: Emitter, x: string) => string): BlockedRule<K> =>
  (e, [x = none]) =>
    onlyBlocked(x) ? write(e, inBlocks(e, x)) : undefined;

/** Images of one shape, or an image and a number; `perChannel` writes an image with a value for each channel of each image. */
const binary =
  <K extends OpKind>(op: string, perChannel: (e: Emitter, x: Written, values: string) => string): BlockedRule<K> =>
  (e, [a = none, b = none], { shape }) => {
    if (!onlyBlocked(a) && !onlyBlocked(b)) return undefined;
    if (sameShape(a.shape, b.shape)) return e.op(op, [inBlocks(e, a), inBlocks(e, b)]);
    const [image, other] = sameShape(a.shape, shape) ? [a, b] : [b, a];
    if (!onlyBlocked(image)) return undefined;
    const { name } = plain(e, other);
    if (sizeOf(other.shape) === 1) return e.op(op, [inBlocks(e, image), e.op('Reshape', [name, e.ints([])])]);
    const [batch = 1, channels = 1] = shape;
    const fits = sameShape(other.shape, [batch, channels, 1, 1]) || sameShape(other.shape, [1, channels, 1, 1]);
    return fits ? perChannel(e, image, e.op('Expand', [name, e.ints([batch, channels, 1, 1])])) : undefined;
  };

const ones = (e: Emitter, [batch = 1, channels = 1]: Shape): string =>
  e.floats(new Float32Array(batch * channels).fill(1), [batch * channels]);
const noughts = (e: Emitter, [batch = 1, channels = 1]: Shape): string =>
  e.floats(new Float32Array(batch * channels), [batch * channels]);

const plusChannels = binary<'add'>('Add', (e, x, addend) =>
  scaleAndShift(e, inBlocks(e, x), x.shape, { factor: ones(e, x.shape), addend }),
);

/** An image without a value that is added to each channel, and that value; a normalization needs it for the means alone. */
function apartFromShift(
  e: Emitter,
  { node, value, around }: { readonly node: Node | undefined; readonly value: Written; readonly around: Surroundings },
): { image: Written; shift: string | undefined } {
  const whole = { image: value, shift: undefined };
  if (node === undefined || !isKind(node, 'add') || around.readers(node) > 1) return whole;
  const [image, other] = node.inputs.map(around.valueOf);
  const [batch = 1, channels = 1] = value.shape;
  if (image === undefined || other === undefined || !onlyBlocked(image)) return whole;
  if (!sameShape(other.shape, [batch, channels, 1, 1])) return whole;
  return { image, shift: plain(e, other).name };
}

/**
 * What can be written in blocks. Each rule reads its first input as an image (sums and products also the second), and asks
 * for blocks only where that image has no other form already.
 */
export const blockedRules: { readonly [K in OpKind]?: BlockedRule<K> } = {
  conv: (e, inputs, { attrs }) => {
    const operands = operandsOf(e, inputs);
    return operands === undefined ? undefined : correlation(e, operands, attrs);
  },
  convInputGrad: (e, [g = none, kernel = none], { attrs: { stride, pad } }) => {
    const [o = 0, i = 0, h = 0, w = 0] = kernel.shape;
    const block = blockOf(e, o, i);
    if (block === undefined || stride !== 1 || h !== w || pad >= h) return undefined;
    const inputs = [inBlocks(e, g), blockAdjointKernel(e, kernel, block)];
    return correlation(e, inputs, { stride: 1, pad: h - 1 - pad });
  },
  silu: unary((e, x) => e.op('Mul', [x, e.op('Sigmoid', [x])])),
  sigmoid: unary((e, x) => e.op('Sigmoid', [x])),
  tanh: unary((e, x) => e.op('Tanh', [x])),
  neg: unary((e, x) => e.op('Neg', [x])),
  maximum: (e, [x = none], { inputs: [, other] }) =>
    other !== undefined && scalarValue(other) === 0 && onlyBlocked(x) ? e.op('Relu', [inBlocks(e, x)]) : undefined,
  add: (e, inputs, node, around) => {
    const [[a, b], [p, q]] = [inputs, node.inputs];
    if (a && b && p && q && onlyBlocked(a) && onlyBlocked(b) && sameShape(a.shape, b.shape)) {
      const fused = correlationPlus(e, q, inBlocks(e, a), around) ?? correlationPlus(e, p, inBlocks(e, b), around);
      if (fused !== undefined) return fused;
    }
    return plusChannels(e, inputs, node, around);
  },
  mul: binary('Mul', (e, x, factor) =>
    scaleAndShift(e, inBlocks(e, x), x.shape, { factor, addend: noughts(e, x.shape) }),
  ),
  /**
   * Channels are centered before they are squared, since the difference of two means loses digits. Of channel means m with
   * mean M over a group, (x - M) r gain + bias is (x - m) r gain + ((m - M) r gain + bias).
   */
  groupNorm: (e, [x = none, gain = none, bias = none], { attrs: { groups, epsilon }, shape, inputs }, around) => {
    if (!onlyBlocked(x)) return undefined;
    const { image, shift } = apartFromShift(e, { node: inputs[0], value: x, around });
    const [batch = 1, channels = 1] = shape;
    const grouped = [batch, groups, channels / groups];
    const byGroup = (name: string): string => e.op('Reshape', [name, e.ints(grouped)]);
    const perGroup = (value: Written): string =>
      e.op('Reshape', [plain(e, value).name, e.ints([1, groups, channels / groups])]);
    const groupMean = (name: string): string => e.op('ReduceMean', [name], { axes: [2], keepdims: 1 });
    const squared = (name: string): string => e.op('Mul', [name, name]);
    const means = pixelMean(e, inBlocks(e, image), channels);
    const centered = scaleAndShift(e, inBlocks(e, image), shape, {
      factor: ones(e, shape),
      addend: e.op('Neg', [means]),
    });
    const m = byGroup(shift === undefined ? means : e.op('Add', [means, shift]));
    const beside = e.op('Sub', [m, groupMean(m)]);
    const variances = byGroup(pixelMean(e, squared(centered), channels));
    const variance = groupMean(e.op('Add', [variances, squared(beside)]));
    const std = e.op('Sqrt', [e.op('Add', [variance, e.floats(Float32Array.of(epsilon), [])])]);
    const factor = e.op('Div', [perGroup(gain), std]);
    const addend = e.op('Add', [e.op('Mul', [beside, factor]), perGroup(bias)]);
    return scaleAndShift(e, centered, shape, { factor, addend });
  },
  concat: (e, inputs, { attrs: { axis } }) => {
    const fits = axis === 1 && inputs.every((x) => x.shape.length === 4 && blockOf(e, dimensionOf(x, 1)));
    if (!fits || !inputs.some(onlyBlocked)) return undefined;
    return e.op(
      'Concat',
      inputs.map((x) => inBlocks(e, x)),
      { axis },
    );
  },
  averagePool: (e, [x = none], { attrs: { size } }) => {
    if (!onlyBlocked(x)) return undefined;
    const attributes = { kernel_shape: [size, size], strides: [size, size], pads: [0, 0, 0, 0] };
    return e.op('AveragePool', [inBlocks(e, x)], attributes, blockedDomain);
  },
  upsample: (e, [x = none], { attrs: { size } }) => {
    if (!onlyBlocked(x)) return undefined;
    return e.op('Upsample', [inBlocks(e, x)], { scales: [1, 1, size, size], mode: 'nearest' }, blockedDomain);
  },
};

/** How many of the first inputs of an operation its rule here reads as images; the others are read in the plain order. */
export function imagesRead({ kind, inputs }: Node): number {
  if (blockedRules[kind] === undefined) return 0;
  if (kind === 'concat') return inputs.length;
  return kind === 'add' || kind === 'mul' ? 2 : 1;
}
