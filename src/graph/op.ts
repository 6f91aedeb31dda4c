/** @file The closed list of operations and their attributes. Every rule table of the engine is total over this list. */
import type { Shape } from '../base/tensor.ts';

type None = Readonly<Record<string, never>>;

/** Strided correlation with equal zero padding on all sides. */
export interface ConvAttrs {
  readonly stride: number;
  readonly pad: number;
}

/** Attributes of each operation; its keys are the operations. Shapes are `[B, C, H, W]` for images. */
export interface OpAttrs {
  /** A value given at run time. */
  readonly input: { readonly name: string; readonly shape: Shape };
  /** A value baked into the graph. */
  readonly constant: { readonly data: Float32Array | Float64Array; readonly shape: Shape };

  readonly neg: None;
  readonly exp: None;
  readonly log: None;
  readonly sqrt: None;
  readonly sin: None;
  readonly cos: None;
  readonly tanh: None;
  readonly sigmoid: None;
  /** x sigmoid(x). */
  readonly silu: None;
  /** 1 where x >= 0, else 0; its derivative is 0. */
  readonly step: None;
  /** The row i of a table of rows, where i of the rising borders are <= x; its derivative is 0. `[…]` to `[…, width]`. */
  readonly lookup: { readonly borders: Float64Array; readonly rows: Float64Array };
  /** x itself, which derivatives take for a constant. */
  readonly stopGradient: None;

  readonly add: None;
  readonly sub: None;
  readonly mul: None;
  readonly div: None;
  readonly maximum: None;

  /** Sum over axes, which stay as axes of size 1. */
  readonly sum: { readonly axes: readonly number[] };
  /** Softmax over the last axis. */
  readonly softmax: None;
  /** (x - mean) / sqrt(var + epsilon) over the last axis. */
  readonly standardize: { readonly epsilon: number };
  /** 1 / sqrt(var + epsilon) over the last axis, which stays with size 1. */
  readonly inverseStd: { readonly epsilon: number };
  /** Group normalization of x with gain and bias per channel: inputs x `[B, C, H, W]`, gain `[C]`, bias `[C]`. */
  readonly groupNorm: { readonly groups: number; readonly epsilon: number };

  /** Batched matrix product over the last two axes; leading axes are equal. */
  readonly matmul: { readonly transposeA: boolean; readonly transposeB: boolean };

  readonly reshape: { readonly shape: Shape };
  /** Broadcast to a shape. */
  readonly expand: { readonly shape: Shape };
  readonly transpose: { readonly permutation: readonly number[] };
  readonly concat: { readonly axis: number };
  readonly slice: { readonly axis: number; readonly begin: number; readonly end: number };
  /** Zeros before and after along one axis. */
  readonly pad: { readonly axis: number; readonly before: number; readonly after: number };

  /** Correlation of x `[B, I, H, W]` with a kernel `[O, I, h, w]`, with an optional bias `[O]`. */
  readonly conv: ConvAttrs;
  /** The adjoint of `conv` in x: inputs g `[B, O, H', W']` and the kernel; also known as transposed convolution. */
  readonly convInputGrad: ConvAttrs & { readonly shape: Shape };
  /** The adjoint of `conv` in the kernel: inputs x and g. */
  readonly convWeightGrad: ConvAttrs & { readonly shape: Shape };
  /** Mean over non-overlapping squares of `size` pixels. */
  readonly averagePool: { readonly size: number };
  /** Each pixel repeated as a square of `size` pixels. */
  readonly upsample: { readonly size: number };
}

/** The name of an operation. */
export type OpKind = keyof OpAttrs;
