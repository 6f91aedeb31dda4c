/** @file How each operation is written in ONNX, on the operators for which ONNX Runtime has its best kernels. */
import { sizeOf } from '../base/tensor.ts';
import { topological, type Node } from '../graph/node.ts';
import type { OpKind } from '../graph/op.ts';
import { emitConv, emitConvInputGrad, emitConvWeightGrad, type Image, type Kernel } from './onnx-conv.ts';
import { emitter, type Emitter } from './onnx-emitter.ts';
import { encodeModel } from './onnx-model.ts';
import { inputsOf } from './program.ts';

/** A value that has been written, with what rules ask about it. */
interface Written extends Image {
  /** Whether it depends on no input. */
  readonly constant: boolean;
}

type OnnxRule<K extends OpKind> = (e: Emitter, inputs: readonly Written[], node: Node<K>) => string;

const none: Written = { name: '', shape: [], constant: true };
const names = (inputs: readonly Written[]): string[] => inputs.map(({ name }) => name);
const direct =
  <K extends OpKind>(op: string): OnnxRule<K> =>
  (e, inputs) =>
    e.op(op, names(inputs));

/** Standardised rows and their inverse standard deviations: two results of one operator call. */
function layerNormalization(e: Emitter, x: string, size: number, epsilon: number): { y: string; inverseStd: string } {
  const gain = e.floats(new Float32Array(size).fill(1), [size]);
  const attributes = { axis: -1, epsilon: { float: epsilon } };
  const [y = '', , r = ''] = e.ops({ op: 'LayerNormalization', domain: '', inputs: [x, gain], attributes }, 3);
  return { y, inverseStd: r };
}

/** The lowering rule of every operation. */
export const onnxRules: { readonly [K in OpKind]: OnnxRule<K> } = {
  input: (_e, _inputs, { attrs: { name } }) => name,
  constant: (e, _inputs, { attrs: { data }, shape }) => e.floats(Float32Array.from(data), shape),
  neg: direct('Neg'),
  exp: direct('Exp'),
  log: direct('Log'),
  sqrt: direct('Sqrt'),
  sin: direct('Sin'),
  cos: direct('Cos'),
  tanh: direct('Tanh'),
  sigmoid: direct('Sigmoid'),
  silu: (e, inputs) => e.op('QuickGelu', names(inputs), { alpha: { float: 1 } }, 'com.microsoft'),
  step: (e, inputs) => {
    const positive = e.op('GreaterOrEqual', [...names(inputs), e.floats(Float32Array.of(0), [])]);
    return e.op('Cast', [positive], { to: 1 });
  },
  stopGradient: (_e, [x = none]) => x.name,
  add: direct('Add'),
  sub: direct('Sub'),
  mul: direct('Mul'),
  div: direct('Div'),
  maximum: direct('Max'),
  sum: (e, [x = none], { attrs: { axes } }) => e.op('ReduceSum', [x.name, e.ints(axes)], { keepdims: 1 }),
  softmax: (e, inputs) => e.op('Softmax', names(inputs), { axis: -1 }),
  standardize: (e, [x = none], { attrs: { epsilon } }) => layerNormalization(e, x.name, x.shape.at(-1) ?? 1, epsilon).y,
  inverseStd: (e, [x = none], { attrs: { epsilon } }) =>
    layerNormalization(e, x.name, x.shape.at(-1) ?? 1, epsilon).inverseStd,
  groupNorm: (e, [x = none, gain = none, bias = none], { attrs: { groups, epsilon }, shape }) => {
    const [batch = 1, channels = 1] = shape;
    const size = sizeOf(shape) / batch / groups;
    const grouped = e.op('Reshape', [x.name, e.ints([batch, groups, size])]);
    const standardized = e.op('Reshape', [layerNormalization(e, grouped, size, epsilon).y, e.ints(shape)]);
    const perChannel = ({ name }: Written): string => e.op('Reshape', [name, e.ints([channels, 1, 1])]);
    return e.op('Add', [e.op('Mul', [standardized, perChannel(gain)]), perChannel(bias)]);
  },
  matmul: (e, inputs, { attrs: { transposeA, transposeB }, shape }) => {
    const attributes = { transA: Number(transposeA), transB: Number(transposeB) };
    return shape.length === 2
      ? e.op('Gemm', names(inputs), attributes)
      : e.op('FusedMatMul', names(inputs), attributes, 'com.microsoft');
  },
  reshape: (e, [x = none], { shape }) => e.op('Reshape', [x.name, e.ints(shape)]),
  expand: (e, [x = none], { shape }) => e.op('Expand', [x.name, e.ints(shape)]),
  transpose: (e, inputs, { attrs: { permutation } }) => e.op('Transpose', names(inputs), { perm: permutation }),
  concat: (e, inputs, { attrs: { axis } }) => e.op('Concat', names(inputs), { axis }),
  slice: (e, [x = none], { attrs: { axis, begin, end } }) =>
    e.op('Slice', [x.name, e.ints([begin]), e.ints([end]), e.ints([axis])]),
  pad: (e, [x = none], { attrs: { axis, before, after }, shape }) => {
    const widths = [before, after].flatMap((width) => shape.map((_, i) => (i === axis ? width : 0)));
    return e.op('Pad', [x.name, e.ints(widths)], { mode: 'constant' });
  },
  conv: (e, [x = none, kernel = none, bias], { attrs }) =>
    emitConv(e, x.name, kernel satisfies Kernel, { ...attrs, bias: bias?.name }),
  convInputGrad: (e, [g = none, kernel = none], { attrs }) => emitConvInputGrad(e, g, kernel, attrs),
  convWeightGrad: (e, [x = none, g = none], { attrs }) => emitConvWeightGrad(e, x, g, attrs),
  averagePool: (e, inputs, { attrs: { size } }) =>
    e.op('AveragePool', names(inputs), { kernel_shape: [size, size], strides: [size, size] }),
  upsample: (e, [x = none], { shape }) =>
    e.op('Resize', [x.name, '', '', e.ints(shape)], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    }),
};

function applyRule<K extends OpKind>(e: Emitter, inputs: readonly Written[], node: Node<K>): string {
  return onnxRules[node.kind](e, inputs, node);
}

/** An encoded model with the nodes that are its inputs. */
export interface Lowered {
  readonly bytes: Uint8Array;
  readonly inputs: readonly Node<'input'>[];
}

/**
 * Lowers the graph of the named outputs to an ONNX model with static shapes.
 * @param options.block - see `Emitter`
 */
export function lower(
  outputs: Readonly<Record<string, Node>>,
  options: { readonly block?: number | undefined } = {},
): Lowered {
  const e = emitter(options.block);
  const written = new Map<Node, Written>();
  const order = topological(Object.values(outputs));
  for (const node of order) {
    const inputs = node.inputs.map((child) => written.get(child) ?? none);
    const constant = node.kind !== 'input' && inputs.every((value) => value.constant);
    e.at(node.layer);
    written.set(node, { name: applyRule(e, inputs, node), shape: node.shape, constant });
  }
  const inputs = inputsOf(outputs);
  // Identity gives each output its own name even where two outputs, or an output and an input, are one value.
  const results = Object.entries(outputs).map(([name, node], i) => ({
    node: {
      op: 'Identity',
      domain: '' as const,
      inputs: [written.get(node)?.name ?? ''],
      outputs: [name],
      attributes: {},
      name: `outputs#${e.nodes.length + i}`,
    },
    value: { name, shape: node.shape },
  }));
  const bytes = encodeModel({
    nodes: [...e.nodes, ...results.map(({ node }) => node)],
    initializers: e.initializers,
    inputs: inputs.map((node) => ({ name: node.attrs.name, shape: node.shape })),
    outputs: results.map(({ value }) => value),
  });
  return { bytes, inputs };
}
