/**
 * @file What graphs are written with. The functions take nodes of one graph (and plain numbers where that reads well) and
 * leave out what changes nothing: x + 0, 1 x, a reshape to the same shape.
 */
import { InternalError } from '../base/errors.ts';
import { dimensionOf, sameShape, sizeOf, type Shape } from '../base/tensor.ts';
import { isKind, makeNode, type Graph, type Node } from './node.ts';
import type { ConvAttrs, OpAttrs } from './op.ts';

/** A node or a number, which becomes a constant of the other operand's graph. */
export type Operand = Node | number;

/** A value given at run time under a name. */
export function input(owner: Graph, name: string, shape: Shape): Node<'input'> {
  return makeNode(owner, 'input', [], { name, shape });
}

/** A value baked into the graph. */
export function constant(owner: Graph, data: Float32Array | Float64Array, shape: Shape): Node {
  return makeNode(owner, 'constant', [], { data, shape });
}

/** A number as a node of shape `[]`. */
export function scalar(owner: Graph, value: number): Node {
  return constant(owner, Float64Array.of(value), []);
}

/** The value of a scalar constant; undefined for any other node. */
export function scalarValue(x: Operand): number | undefined {
  if (typeof x === 'number') return x;
  return isKind(x, 'constant') && x.shape.length === 0 ? x.attrs.data[0] : undefined;
}

function pair(a: Operand, b: Operand): readonly [Node, Node] {
  if (typeof a !== 'number') return [a, typeof b === 'number' ? scalar(a.graph, b) : b];
  if (typeof b === 'number') throw new InternalError('an operation on two numbers belongs to no graph');
  return [scalar(b.graph, a), b];
}

function binary(kind: 'add' | 'sub' | 'mul' | 'div' | 'maximum', operands: readonly [Node, Node]): Node {
  return makeNode(operands[0].graph, kind, operands, {});
}

/** a + b, broadcast. */
export function add(a: Operand, b: Operand): Node {
  const [x, y] = pair(a, b);
  if (scalarValue(x) === 0) return y;
  if (scalarValue(y) === 0) return x;
  return binary('add', [x, y]);
}

/** a - b, broadcast. */
export function sub(a: Operand, b: Operand): Node {
  const [x, y] = pair(a, b);
  if (scalarValue(y) === 0) return x;
  if (scalarValue(x) === 0) return neg(y);
  return binary('sub', [x, y]);
}

/** a b, elementwise and broadcast. */
export function mul(a: Operand, b: Operand): Node {
  const [x, y] = pair(a, b);
  const [m, n] = [scalarValue(x), scalarValue(y)];
  if (m !== undefined && n !== undefined) return scalar(x.graph, m * n);
  if (m === 1) return y;
  if (n === 1) return x;
  return binary('mul', [x, y]);
}

/** a / b, elementwise and broadcast. */
export function div(a: Operand, b: Operand): Node {
  const [x, y] = pair(a, b);
  return scalarValue(y) === 1 ? x : binary('div', [x, y]);
}

/** max(a, b), elementwise and broadcast. */
export function maximum(a: Operand, b: Operand): Node {
  return binary('maximum', pair(a, b));
}

type Unary =
  'neg' | 'exp' | 'log' | 'sqrt' | 'sin' | 'cos' | 'tanh' | 'sigmoid' | 'silu' | 'step' | 'stopGradient' | 'softmax';
const unary =
  (kind: Unary) =>
  (x: Node): Node =>
    makeNode(x.graph, kind, [x], {});

/** -x. */
export const neg: (x: Node) => Node = unary('neg');
/** e^x. */
export const exp: (x: Node) => Node = unary('exp');
/** Natural logarithm. */
export const log: (x: Node) => Node = unary('log');
/** Square root. */
export const sqrt: (x: Node) => Node = unary('sqrt');
/** Sine. */
export const sin: (x: Node) => Node = unary('sin');
/** Cosine. */
export const cos: (x: Node) => Node = unary('cos');
/** Hyperbolic tangent. */
export const tanh: (x: Node) => Node = unary('tanh');
/** 1 / (1 + e^-x). */
export const sigmoid: (x: Node) => Node = unary('sigmoid');
/** x sigmoid(x), also known as swish. */
export const silu: (x: Node) => Node = unary('silu');
/** 1 where x >= 0, else 0. */
export const step: (x: Node) => Node = unary('step');
/** For each number of x the row of a table: row i where i of the rising borders are <= x. `[…]` to `[…, width]`. */
export function lookup(x: Node, table: OpAttrs['lookup']): Node {
  return makeNode(x.graph, 'lookup', [x], table);
}

/** x, taken for a constant by derivatives of either mode. */
export const stopGradient: (x: Node) => Node = unary('stopGradient');
/** Softmax over the last axis. */
export const softmax: (x: Node) => Node = unary('softmax');

/** x^2. */
export function square(x: Node): Node {
  return mul(x, x);
}

/** Sum over axes (all by default); the axes stay with size 1 if `keep`. */
export function sum(x: Node, axes: readonly number[] = [...x.shape.keys()], { keep = false } = {}): Node {
  const needed = axes.filter((axis) => x.shape[axis] !== 1).sort((a, b) => a - b);
  const kept = needed.length === 0 ? x : makeNode(x.graph, 'sum', [x], { axes: needed });
  return keep
    ? kept
    : reshape(
        kept,
        kept.shape.filter((_, i) => !axes.includes(i)),
      );
}

/** Mean over axes (all by default). */
export function mean(x: Node, axes: readonly number[] = [...x.shape.keys()], { keep = false } = {}): Node {
  return mul(sum(x, axes, { keep }), 1 / sizeOf(axes.map((axis) => dimensionOf(x, axis))));
}

/** (x - mean) / sqrt(var + epsilon) over the last axis. */
export function standardize(x: Node, epsilon: number): Node {
  return makeNode(x.graph, 'standardize', [x], { epsilon });
}

/** 1 / sqrt(var + epsilon) over the last axis, which stays with size 1. */
export function inverseStd(x: Node, epsilon: number): Node {
  return makeNode(x.graph, 'inverseStd', [x], { epsilon });
}

/** Group normalization of `[B, C, H, W]` with gain and bias `[C]`. */
export function groupNorm(
  x: Node,
  affine: { gain: Node; bias: Node },
  attrs: { groups: number; epsilon: number },
): Node {
  return makeNode(x.graph, 'groupNorm', [x, affine.gain, affine.bias], attrs);
}

/** Batched matrix product over the last two axes, with either factor transposed on request. */
export function matmul(a: Node, b: Node, { transposeA = false, transposeB = false } = {}): Node {
  return makeNode(a.graph, 'matmul', [a, b], { transposeA, transposeB });
}

/** The same elements in another shape. */
export function reshape(x: Node, shape: Shape): Node {
  if (isKind(x, 'reshape') && x.inputs[0] !== undefined) return reshape(x.inputs[0], shape);
  return sameShape(x.shape, shape) ? x : makeNode(x.graph, 'reshape', [x], { shape });
}

/** x repeated to a shape that it broadcasts to. */
export function expand(x: Node, shape: Shape): Node {
  return sameShape(x.shape, shape) ? x : makeNode(x.graph, 'expand', [x], { shape });
}

/** Axes in another order. */
export function transpose(x: Node, permutation: readonly number[]): Node {
  return makeNode(x.graph, 'transpose', [x], { permutation });
}

/** Nodes side by side along an axis. */
export function concat(parts: readonly [Node, ...Node[]], axis: number): Node {
  return parts.length === 1 ? parts[0] : makeNode(parts[0].graph, 'concat', parts, { axis });
}

/** Elements `begin` to `end` (exclusive) of an axis. */
export function slice(x: Node, axis: number, range: { begin: number; end: number }): Node {
  const whole = range.begin === 0 && range.end === x.shape[axis];
  return whole ? x : makeNode(x.graph, 'slice', [x], { axis, ...range });
}

/** x with zeros before and after along an axis. */
export function pad(x: Node, axis: number, widths: { before: number; after: number }): Node {
  const none = widths.before === 0 && widths.after === 0;
  return none ? x : makeNode(x.graph, 'pad', [x], { axis, ...widths });
}

/** Correlation of x `[B, I, H, W]` with a kernel `[O, I, h, w]` and an optional bias `[O]`. */
export function conv(x: Node, weights: { kernel: Node; bias?: Node }, attrs: ConvAttrs): Node {
  const inputs = weights.bias === undefined ? [x, weights.kernel] : [x, weights.kernel, weights.bias];
  return makeNode(x.graph, 'conv', inputs, attrs);
}

/** Transposed convolution: the adjoint in x of `conv` with this kernel, for an x of the given shape. */
export function convInputGrad(g: Node, kernel: Node, attrs: ConvAttrs & { shape: Shape }): Node {
  return makeNode(g.graph, 'convInputGrad', [g, kernel], attrs);
}

/** The adjoint of `conv` in the kernel, for a kernel of the given shape. */
export function convWeightGrad(x: Node, g: Node, attrs: ConvAttrs & { shape: Shape }): Node {
  return makeNode(x.graph, 'convWeightGrad', [x, g], attrs);
}

/** Mean over non-overlapping squares of `size` pixels. */
export function averagePool(x: Node, size: number): Node {
  return makeNode(x.graph, 'averagePool', [x], { size });
}

/** Each pixel repeated as a square of `size` pixels. */
export function upsample(x: Node, size: number): Node {
  return makeNode(x.graph, 'upsample', [x], { size });
}
