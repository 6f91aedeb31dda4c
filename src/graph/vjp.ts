/**
 * @file Reverse-mode differentiation, graph to graph: the vector-Jacobian product of each operation and the walk that joins
 * them. Results are ordinary nodes, so they can be differentiated again.
 */
import { InternalError, ShapeError } from '../base/errors.ts';
import { batchOf, dimensionOf, sameShape, sizeOf, type Shape } from '../base/tensor.ts';
import {
  add,
  averagePool,
  conv,
  convInputGrad,
  convWeightGrad,
  div,
  expand,
  inverseStd,
  matmul,
  mean,
  mul,
  neg,
  pad,
  reshape,
  scalar,
  slice,
  standardize,
  step,
  sub,
  sum,
  transpose,
  upsample,
} from './build.ts';
import { derivatives } from './derivatives.ts';
import { derivativeOf, inLayer, topological, type Node } from './node.ts';
import type { OpKind } from './op.ts';

/** Cotangents of a node's inputs from the node's cotangent g; undefined where there is none. */
type VjpRule<K extends OpKind> = (g: Node, node: Node<K>) => readonly (Node | undefined)[];

/** Input i of a node, which its shape rule has checked. */
export function operand(node: Node, i: number): Node {
  const found = node.inputs[i];
  if (found === undefined) throw new InternalError(`${node.kind}: no input ${i}`);
  return found;
}

function unbroadcast(g: Node, shape: Shape): Node {
  if (sameShape(g.shape, shape)) return g;
  const added = g.shape.length - shape.length;
  const axes = [...g.shape.keys()].filter((i) => i < added || (shape[i - added] === 1 && g.shape[i] !== 1));
  return reshape(sum(g, axes, { keep: true }), shape);
}

const elementwise =
  <K extends keyof typeof derivatives>(kind: K): VjpRule<K> =>
  (g, node) => [mul(g, derivatives[kind](operand(node, 0), node))];

const broadcasting =
  (rule: (g: Node, a: Node, b: Node) => readonly [Node, Node]): ((g: Node, node: Node) => readonly Node[]) =>
  (g, node) => {
    const [a, b] = [operand(node, 0), operand(node, 1)];
    const [da, db] = rule(g, a, b);
    return [unbroadcast(da, a.shape), unbroadcast(db, b.shape)];
  };

/**
 * Centers v and removes its component along y, over the last axis: (v - mean(v) - y mean(v y)) r, the Jacobian of
 * standardization with result y and inverse standard deviation r; it is symmetric.
 */
export function standardizeJacobian(v: Node, y: Node, r: Node): Node {
  const axis = [y.shape.length - 1];
  const along = mul(y, mean(mul(v, y), axis, { keep: true }));
  return mul(r, sub(sub(v, mean(v, axis, { keep: true })), along));
}

/** The pieces of a group normalization: its standardized value as an image, and 1/std as `[B, groups, 1]`. */
export function groupNormParts(node: Node<'groupNorm'>): { standardized: Node; r: Node; grouped: Shape } {
  const { groups, epsilon } = node.attrs;
  const grouped = [batchOf(node), groups, sizeOf(node.shape.slice(1)) / groups];
  const x = reshape(operand(node, 0), grouped);
  return { standardized: reshape(standardize(x, epsilon), node.shape), r: inverseStd(x, epsilon), grouped };
}

/** The vjp rule of every operation. */
const vjpRules: { readonly [K in OpKind]: VjpRule<K> } = {
  input: () => [],
  constant: () => [],
  neg: (g) => [neg(g)],
  exp: elementwise('exp'),
  log: elementwise('log'),
  sqrt: elementwise('sqrt'),
  sin: elementwise('sin'),
  cos: elementwise('cos'),
  tanh: elementwise('tanh'),
  sigmoid: elementwise('sigmoid'),
  silu: elementwise('silu'),
  step: () => [undefined],
  lookup: () => [undefined],
  stopGradient: () => [undefined],
  add: broadcasting((g) => [g, g]),
  sub: broadcasting((g) => [g, neg(g)]),
  mul: broadcasting((g, a, b) => [mul(g, b), mul(g, a)]),
  div: broadcasting((g, a, b) => {
    const da = div(g, b);
    return [da, neg(mul(da, div(a, b)))];
  }),
  maximum: broadcasting((g, a, b) => {
    const first = step(sub(a, b));
    return [mul(g, first), mul(g, sub(1, first))];
  }),
  sum: (g, node) => [expand(g, operand(node, 0).shape)],
  softmax: (g, node) => [mul(node, sub(g, sum(mul(g, node), [node.shape.length - 1], { keep: true })))],
  standardize: (g, node) => [standardizeJacobian(g, node, inverseStd(operand(node, 0), node.attrs.epsilon))],
  inverseStd: (g, node) => {
    const x = operand(node, 0);
    const n = x.shape.at(-1) ?? 1;
    const outer = mul(mul(g, mul(node, node)), -1 / n);
    return [mul(outer, standardize(x, node.attrs.epsilon))];
  },
  groupNorm: (g, node) => {
    const { standardized, r, grouped } = groupNormParts(node);
    const [batch = 1, groups = 1, size = 1] = grouped;
    const [, channels = 1] = node.shape;
    const gain = operand(node, 1);
    const perChannel = sum(g, [2, 3]);
    const alongY = sum(mul(g, standardized), [2, 3]);
    // dx = r (gain g - mean(gain g) - y mean(gain g y)), with the means taken per group from sums per channel.
    const groupMean = (s: Node): Node =>
      mul(sum(reshape(mul(s, gain), [batch, groups, channels / groups]), [2], { keep: true }), 1 / size);
    const toChannels = (s: Node): Node =>
      reshape(expand(s, [batch, groups, channels / groups]), [batch, channels, 1, 1]);
    const scaleG = mul(toChannels(r), reshape(gain, [1, channels, 1, 1]));
    const shift = toChannels(mul(r, groupMean(perChannel)));
    const scaleY = toChannels(mul(r, groupMean(alongY)));
    const dx = sub(mul(g, scaleG), add(mul(standardized, scaleY), shift));
    return [dx, sum(alongY, [0]), sum(perChannel, [0])];
  },
  matmul: (g, node) => {
    const [a, b] = [operand(node, 0), operand(node, 1)];
    const { transposeA, transposeB } = node.attrs;
    return [
      transposeA
        ? matmul(b, g, { transposeA: transposeB, transposeB: true })
        : matmul(g, b, { transposeB: !transposeB }),
      transposeB
        ? matmul(g, a, { transposeA: true, transposeB: transposeA })
        : matmul(a, g, { transposeA: !transposeA }),
    ];
  },
  reshape: (g, node) => [reshape(g, operand(node, 0).shape)],
  expand: (g, node) => [unbroadcast(g, operand(node, 0).shape)],
  transpose: (g, { attrs: { permutation } }) => [
    transpose(
      g,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ],
  concat: (g, { attrs: { axis }, inputs }) => {
    let begin = 0;
    return inputs.map(({ shape }) => {
      const end = begin + dimensionOf({ shape }, axis);
      const part = slice(g, axis, { begin, end });
      begin = end;
      return part;
    });
  },
  slice: (g, node) => {
    const { axis, begin, end } = node.attrs;
    return [pad(g, axis, { before: begin, after: dimensionOf(operand(node, 0), axis) - end })];
  },
  pad: (g, node) => {
    const { axis, before } = node.attrs;
    return [slice(g, axis, { begin: before, end: before + dimensionOf(operand(node, 0), axis) })];
  },
  conv: (g, node) => {
    const [x, kernel, bias] = node.inputs;
    if (x === undefined || kernel === undefined) throw new InternalError('conv: missing inputs');
    const dx = convInputGrad(g, kernel, { ...node.attrs, shape: x.shape });
    const dKernel = convWeightGrad(x, g, { ...node.attrs, shape: kernel.shape });
    return bias === undefined ? [dx, dKernel] : [dx, dKernel, sum(g, [0, 2, 3])];
  },
  convInputGrad: (u, node) => {
    const [g, kernel] = [operand(node, 0), operand(node, 1)];
    const { stride, pad: padding } = node.attrs;
    return [
      conv(u, { kernel }, { stride, pad: padding }),
      convWeightGrad(u, g, { stride, pad: padding, shape: kernel.shape }),
    ];
  },
  convWeightGrad: (v, node) => {
    const [x, g] = [operand(node, 0), operand(node, 1)];
    const { stride, pad: padding } = node.attrs;
    return [
      convInputGrad(g, v, { stride, pad: padding, shape: x.shape }),
      conv(x, { kernel: v }, { stride, pad: padding }),
    ];
  },
  averagePool: (g, { attrs: { size } }) => [mul(upsample(g, size), 1 / size ** 2)],
  upsample: (g, { attrs: { size } }) => [mul(averagePool(g, size), size ** 2)],
};

/**
 * Cotangents of `inputs` for a cotangent of `output`: (dy/dx)^T g for each x, undefined where y does not depend on x.
 * @param cotangent - of the shape of `output`; 1 for a scalar by default, which gives the gradient
 */
export function vjp(output: Node, inputs: readonly Node[], cotangent?: Node): (Node | undefined)[] {
  const seed = cotangent ?? scalar(output.graph, 1);
  if (!sameShape(seed.shape, output.shape))
    throw new ShapeError(`vjp: expected a cotangent [${output.shape}], got [${seed.shape}]`);
  const order = topological([output]);
  const depends = new Set<Node>(inputs);
  for (const node of order) if (node.inputs.some((child) => depends.has(child))) depends.add(node);
  const cotangents = new Map<Node, Node>([[output, seed]]);
  for (const node of order.reverse()) {
    const g = cotangents.get(node);
    if (g === undefined || !depends.has(node)) continue;
    inLayer(node.graph, derivativeOf(node.layer), () => {
      applyRule(node, g).forEach((part, i) => {
        const child = node.inputs[i];
        if (part === undefined || child === undefined || !depends.has(child)) return;
        const before = cotangents.get(child);
        cotangents.set(child, before === undefined ? part : add(before, part));
      });
    });
  }
  return inputs.map((node) => (depends.has(output) ? cotangents.get(node) : undefined));
}

function applyRule<K extends OpKind>(node: Node<K>, g: Node): readonly (Node | undefined)[] {
  return vjpRules[node.kind](g, node);
}

/** Gradients of a scalar, with zeros where it does not depend on an input. */
export function gradient(loss: Node, inputs: readonly Node[]): Node[] {
  return vjp(loss, inputs).map((g, i) => g ?? expand(scalar(loss.graph, 0), inputs[i]?.shape ?? []));
}
