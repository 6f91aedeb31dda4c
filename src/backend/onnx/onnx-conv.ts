/** @file Convolutions and their adjoints in ONNX, in the plain order of axes. */
import { dimensionOf, type Shape } from '../../base/tensor.ts';
import type { ConvAttrs } from '../../graph/op.ts';
import type { Emitter } from './onnx-emitter.ts';
import { reversedKernel } from './onnx-blocked.ts';
import { emitMatmul } from './onnx-matmul.ts';
import type { BlockedImage } from './onnx-value.ts';

type KernelAttrs = ConvAttrs & { readonly shape: Shape };

interface Sizes {
  readonly o: number;
  readonly i: number;
  readonly h: number;
  readonly w: number;
}

function sizesOf(shape: Shape): Sizes {
  const [o = 0, i = 0, h = 0, w = 0] = shape;
  return { o, i, h, w };
}

const fourTimes = (n: number): [number, number, number, number] => [n, n, n, n];

/** A correlation, of names. */
export function emitConv(e: Emitter, inputs: readonly string[], { stride, pad }: ConvAttrs): string {
  return e.op('Conv', inputs, { strides: [stride, stride], pads: fourTimes(pad), group: 1 });
}

/** The adjoint of a correlation in its image of the given shape. */
export function emitConvInputGrad(
  e: Emitter,
  g: BlockedImage,
  kernel: BlockedImage,
  attrs: ConvAttrs & { shape: Shape },
): string {
  const { h, w } = sizesOf(kernel.shape);
  const { stride, pad, shape } = attrs;
  if (stride === 1 && h === w && pad < h) {
    const adjoint = e.op('Transpose', [reversedKernel(e, kernel)], { perm: [1, 0, 2, 3] });
    return emitConv(e, [g.name, adjoint], { stride: 1, pad: h - 1 - pad });
  }
  const missing = [2, 3].map(
    (axis) =>
      dimensionOf({ shape }, axis) - ((dimensionOf(g, axis) - 1) * stride + dimensionOf(kernel, axis) - 2 * pad),
  );
  const attributes = { strides: [stride, stride], pads: fourTimes(pad), output_padding: missing };
  return e.op('ConvTranspose', [g.name, kernel.name], attributes);
}

/** The adjoint of a correlation in its kernel of the given shape: a product per image, summed over images. */
export function emitConvWeightGrad(e: Emitter, x: BlockedImage, g: BlockedImage, attrs: KernelAttrs): string {
  const { o, i: c, h, w } = sizesOf(attrs.shape);
  if (h === 1 && w === 1 && attrs.stride === 1 && attrs.pad === 0) return pointwiseWeightGrad(e, x, g);
  // Nine copies of few channels are cheaper than three of few and three of many.
  if (attrs.stride > 1 || h * w * c <= 3 * o) return gatheredWeightGrad(e, x, g, attrs);
  const keepsSize = h === w && h === 2 * attrs.pad + 1;
  return keepsSize && !e.without.includes('columns')
    ? maskedWeightGrad(e, x, g, attrs)
    : skewedWeightGrad(e, x, g, attrs);
}

/** Sum over images of a_b b_b^T for a `[B, M, R]` and b `[B, N, R]`: `[M, N]`. */
function summedProducts(e: Emitter, a: string, b: string): string {
  const products = emitMatmul(e, [a, b], { transA: 0, transB: 1 });
  return e.op('ReduceSum', [products, e.ints([0])], { keepdims: 0 });
}

function pointwiseWeightGrad(e: Emitter, x: BlockedImage, g: BlockedImage): string {
  const flat = ({ name, shape }: BlockedImage): string => {
    const [b = 0, c = 0, h = 0, w = 0] = shape;
    return e.op('Reshape', [name, e.ints([b, c, h * w])]);
  };
  return e.op('Reshape', [summedProducts(e, flat(g), flat(x)), e.ints([dimensionOf(g, 1), dimensionOf(x, 1), 1, 1])]);
}

/** Zeros around an image: rows before, columns before, rows after, columns after. */
function padded(
  e: Emitter,
  image: string,
  [top, left, bottom, right]: readonly [number, number, number, number],
): string {
  const none = top + left + bottom + right === 0;
  return none ? image : e.op('Pad', [image, e.ints([0, 0, top, left, 0, 0, bottom, right])], { mode: 'constant' });
}

/**
 * Stride 1, and as many pixels in g as in x. All kernel offsets come from one product per image of rows of length L: x three
 * times (for a kernel of 3), each a row of pixels further left, and g three times, each a pixel further right, so that
 * the products of row i of x and row j of g pair g(r, s) with x(r + i - p, s + j - p). Pixels of the image rows above and
 * below that meet where s + j - p leaves the image are masked in g. Zeros between the copies make them rows of L without
 * any padding of images; what is left of a copy at the start of the next row meets the zeros that g begins with.
 */
function maskedWeightGrad(e: Emitter, x: BlockedImage, g: BlockedImage, { shape, pad }: KernelAttrs): string {
  const { o, i: c, h, w } = sizesOf(shape);
  const [batch = 0, , height = 0, width = 0] = x.shape;
  const pixels = height * width;
  const length = pixels + pad * width + pad;
  const zeros = (channels: number, n: number): string[] =>
    n === 0 ? [] : [e.op('ConstantOfShape', [e.ints([batch, channels, n])])];
  const between = (channels: number, copies: readonly string[], n: number): string[] =>
    copies.flatMap((copy, k) => (k === 0 ? [copy] : [...zeros(channels, n), copy]));
  const flat = ({ name, shape: [, channels = 0] }: BlockedImage): string =>
    e.op('Reshape', [name, e.ints([batch, channels, pixels])]);
  const flatX = flat(x);
  const flatG = flat(g);
  const masked = Array.from({ length: w }, (_, j) =>
    j === pad ? flatG : e.op('Mul', [flatG, columnMask(e, { height, width, shift: j - pad })]),
  );
  const rowsOfX = e.op(
    'Concat',
    [
      ...zeros(c, 2 * pad * width),
      ...between(c, Array<string>(h).fill(flatX), length - width - pixels),
      ...zeros(c, length - pixels),
    ],
    { axis: 2 },
  );
  const rowsOfG = e.op('Concat', [...zeros(o, pad * width - pad), ...between(o, masked, length + 1 - pixels)], {
    axis: 2,
  });
  const product = summedProducts(
    e,
    e.op('Reshape', [rowsOfG, e.ints([batch, w * o, length])]),
    e.op('Reshape', [rowsOfX, e.ints([batch, h * c, length])]),
  );
  return e.op('Transpose', [e.op('Reshape', [product, e.ints([o, w, c, h])])], { perm: [0, 2, 3, 1] });
}

/** 1 for the pixels of an image whose column, moved by `shift`, is one of its own; `[1, 1, H W]`. */
function columnMask(e: Emitter, image: { height: number; width: number; shift: number }): string {
  const { height, width, shift } = image;
  const inside = (column: number): number => Number(column + shift >= 0 && column + shift < width);
  const mask = Float32Array.from({ length: height * width }, (_, pixel) => inside(pixel % width));
  return e.floats(mask, [1, 1, height * width]);
}

/**
 * Stride 1. All kernel offsets come from one product per image. With L pixels in the padded image, w copies of it in a row
 * read as rows of L + 1 are shifted by 0, 1, ... columns; h copies of g with zeros between them are shifted by 0, 1, ...
 * image rows. What wraps around meets a zero.
 */
function skewedWeightGrad(e: Emitter, x: BlockedImage, g: BlockedImage, { shape, pad }: KernelAttrs): string {
  const { o, i: c, h, w } = sizesOf(shape);
  const [batch = 0, , height = 0, width = 0] = x.shape;
  const rowLength = width + 2 * pad;
  const length = (height + 2 * pad) * rowLength;
  const zeros = (channels: number, n: number): string => e.op('ConstantOfShape', [e.ints([batch, channels, n])]);
  const flatX = e.op('Reshape', [padded(e, x.name, fourTimes(pad)), e.ints([batch, c, length])]);
  const rowsOfG = height + 2 * pad - h + 1;
  const flatG = e.op('Reshape', [padded(e, g.name, [0, 0, 0, w - 1]), e.ints([batch, o, rowsOfG * rowLength])]);
  const copies = (n: number, part: string, between: string | undefined, last: string): string[] =>
    Array.from({ length: n }, (_, i) =>
      i < n - 1 ? [part, ...(between === undefined ? [] : [between])] : [part, last],
    ).flat();
  const shiftedX = e.op('Concat', copies(w, flatX, undefined, zeros(c, w)), { axis: 2 });
  const shiftedG = e.op('Concat', copies(h, flatG, zeros(o, h * rowLength + 1), zeros(o, 1)), { axis: 2 });
  const product = summedProducts(
    e,
    e.op('Reshape', [shiftedG, e.ints([batch, h * o, length + 1])]),
    e.op('Reshape', [shiftedX, e.ints([batch, w * c, length + 1])]),
  );
  return e.op('Transpose', [e.op('Reshape', [product, e.ints([o, h, c, w])])], { perm: [0, 2, 1, 3] });
}

/** Any stride: the pixels that each kernel offset meets are gathered, then multiplied by g. */
function gatheredWeightGrad(e: Emitter, x: BlockedImage, g: BlockedImage, { shape, stride, pad }: KernelAttrs): string {
  const { o, i: c, h, w } = sizesOf(shape);
  const [batch = 0, , rows = 0, columns = 0] = g.shape;
  const image = padded(e, x.name, fourTimes(pad));
  const offsets = Array.from({ length: h * w }, (_, k) => [Math.floor(k / w), k % w] as const);
  const gathered = offsets.map(([i, j]) => {
    const ends = [i + (rows - 1) * stride + 1, j + (columns - 1) * stride + 1];
    const pixels = e.op('Slice', [image, e.ints([i, j]), e.ints(ends), e.ints([2, 3]), e.ints([stride, stride])]);
    return e.op('Reshape', [pixels, e.ints([batch, c, rows * columns])]);
  });
  const flatG = e.op('Reshape', [g.name, e.ints([batch, o, rows * columns])]);
  const product = summedProducts(e, flatG, e.op('Concat', gathered, { axis: 1 }));
  return e.op('Transpose', [e.op('Reshape', [product, e.ints([o, h, w, c])])], { perm: [0, 3, 1, 2] });
}
