/**
 * @file Forward-mode differentiation, graph to graph: the Jacobian-vector product of each operation and the walk that joins
 * them. A value that does not move has no tangent (undefined), so no zero is ever computed with.
 */
import { ShapeError } from '../base/errors.ts';
import { dimensionOf, sameShape } from '../base/tensor.ts';
import {
  add,
  averagePool,
  concat,
  conv,
  convInputGrad,
  convWeightGrad,
  div,
  expand,
  inverseStd,
  matmul,
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
import { groupNormParts, operand, standardizeJacobian } from './vjp.ts';

type Tangent = Node | undefined;

/** The tangent of a node from those of its inputs, at least one of which is defined. */
type JvpRule<K extends OpKind> = (tangents: readonly Tangent[], node: Node<K>) => Tangent;

function total(...parts: readonly Tangent[]): Tangent {
  return parts.reduce((sum, part) => (sum === undefined ? part : part === undefined ? sum : add(sum, part)), undefined);
}

const when = (tangent: Tangent, f: (tangent: Node) => Node): Tangent =>
  tangent === undefined ? undefined : f(tangent);

const elementwise =
  <K extends keyof typeof derivatives>(kind: K): JvpRule<K> =>
  ([dx], node) =>
    when(dx, (d) => mul(d, derivatives[kind](operand(node, 0), node)));

const linear =
  <K extends OpKind>(f: (dx: Node, node: Node<K>) => Node): JvpRule<K> =>
  ([dx], node) =>
    when(dx, (d) => f(d, node));

/** f(da, b) + f(a, db). */
const bilinear =
  <K extends OpKind>(f: (a: Node, b: Node, node: Node<K>) => Node): JvpRule<K> =>
  ([da, db], node) =>
    total(
      when(da, (d) => f(d, operand(node, 1), node)),
      when(db, (d) => f(operand(node, 0), d, node)),
    );

const standardizeJvp: JvpRule<'standardize'> = ([dx], node) =>
  when(dx, (d) => standardizeJacobian(d, node, inverseStd(operand(node, 0), node.attrs.epsilon)));

/** The jvp rule of every operation. */
const jvpRules: { readonly [K in OpKind]: JvpRule<K> } = {
  input: () => undefined,
  constant: () => undefined,
  neg: linear((dx) => neg(dx)),
  exp: elementwise('exp'),
  log: elementwise('log'),
  sqrt: elementwise('sqrt'),
  sin: elementwise('sin'),
  cos: elementwise('cos'),
  tanh: elementwise('tanh'),
  sigmoid: elementwise('sigmoid'),
  silu: elementwise('silu'),
  step: () => undefined,
  lookup: () => undefined,
  stopGradient: () => undefined,
  add: ([da, db]) => total(da, db),
  sub: ([da, db]) => total(da, when(db, neg)),
  mul: bilinear((a, b) => mul(a, b)),
  div: ([da, db], node) => {
    const b = operand(node, 1);
    return total(
      when(da, (d) => div(d, b)),
      when(db, (d) => neg(mul(node, div(d, b)))),
    );
  },
  maximum: ([da, db], node) => {
    const first = step(sub(operand(node, 0), operand(node, 1)));
    return total(
      when(da, (d) => mul(d, first)),
      when(db, (d) => mul(d, sub(1, first))),
    );
  },
  sum: linear((dx, { attrs: { axes } }) => sum(dx, axes, { keep: true })),
  softmax: linear((dx, node) => mul(node, sub(dx, sum(mul(dx, node), [node.shape.length - 1], { keep: true })))),
  standardize: standardizeJvp,
  inverseStd: linear((dx, node) => {
    const x = operand(node, 0);
    const along = sum(mul(dx, standardize(x, node.attrs.epsilon)), [x.shape.length - 1], { keep: true });
    return mul(mul(mul(node, node), -1 / (x.shape.at(-1) ?? 1)), along);
  }),
  groupNorm: ([dx, dGain, dBias], node) => {
    const { standardized, r, grouped } = groupNormParts(node);
    const perChannel = (v: Node): Node => reshape(v, [1, dimensionOf(v, 0), 1, 1]);
    const gain = operand(node, 1);
    return total(
      when(dx, (d) => {
        const moved = standardizeJacobian(reshape(d, grouped), reshape(standardized, grouped), r);
        return mul(reshape(moved, node.shape), perChannel(gain));
      }),
      when(dGain, (d) => mul(standardized, perChannel(d))),
      when(dBias, perChannel),
    );
  },
  matmul: bilinear((a, b, { attrs }) => matmul(a, b, attrs)),
  reshape: linear((dx, { shape }) => reshape(dx, shape)),
  expand: linear((dx, { shape }) => expand(dx, shape)),
  transpose: linear((dx, { attrs: { permutation } }) => transpose(dx, permutation)),
  concat: (tangents, { attrs: { axis }, inputs }) => {
    const parts = inputs.map((x, i) => tangents[i] ?? expand(scalar(x.graph, 0), x.shape));
    const [first, ...rest] = parts;
    return first === undefined ? undefined : concat([first, ...rest], axis);
  },
  slice: linear((dx, { attrs: { axis, begin, end } }) => slice(dx, axis, { begin, end })),
  pad: linear((dx, { attrs: { axis, before, after } }) => pad(dx, axis, { before, after })),
  conv: ([dx, dKernel, dBias], node) => {
    const [x, kernel] = [operand(node, 0), operand(node, 1)];
    return total(
      when(dx, (d) => conv(d, { kernel }, node.attrs)),
      when(dKernel, (d) => conv(x, { kernel: d }, node.attrs)),
      when(dBias, (d) => reshape(d, [1, dimensionOf(d, 0), 1, 1])),
    );
  },
  convInputGrad: bilinear((g, kernel, { attrs }) => convInputGrad(g, kernel, attrs)),
  convWeightGrad: bilinear((x, g, { attrs }) => convWeightGrad(x, g, attrs)),
  averagePool: linear((dx, { attrs: { size } }) => averagePool(dx, size)),
  upsample: linear((dx, { attrs: { size } }) => upsample(dx, size)),
};

/**
 * Tangents of `outputs` when `inputs` move along `tangents`: (dy/dx) v for each y, undefined where y does not move.
 * @param tangents - one of the shape of each input
 */
export function jvp(outputs: readonly Node[], inputs: readonly Node[], tangents: readonly Node[]): Tangent[] {
  const moving = new Map<Node, Node>();
  inputs.forEach((x, i) => {
    const v = tangents[i];
    if (v === undefined || !sameShape(v.shape, x.shape))
      throw new ShapeError(`jvp: expected a tangent [${x.shape}] of input ${i}, got ${v ? `[${v.shape}]` : 'none'}`);
    moving.set(x, v);
  });
  for (const node of topological(outputs)) {
    if (moving.has(node) || !node.inputs.some((child) => moving.has(child))) continue;
    const dy = inLayer(node.graph, derivativeOf(node.layer), () => {
      const moved = applyRule(
        node,
        node.inputs.map((child) => moving.get(child)),
      );
      return moved && expand(moved, node.shape);
    });
    if (dy !== undefined) moving.set(node, dy);
  }
  return outputs.map((node) => moving.get(node));
}

function applyRule<K extends OpKind>(node: Node<K>, tangents: readonly Tangent[]): Tangent {
  return jvpRules[node.kind](tangents, node);
}
