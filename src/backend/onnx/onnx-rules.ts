/** @file How each operation is written in ONNX, on the operators for which ONNX Runtime has its best kernels. */
import { sizeOf } from '../../base/tensor.ts';
import { scalarValue } from '../../graph/build.ts';
import { topological, type Node } from '../../graph/node.ts';
import type { OpKind } from '../../graph/op.ts';
import { blockedRules, imagesRead, type Surroundings } from './onnx-blocked.ts';
import { emitConv, emitConvInputGrad, emitConvWeightGrad } from './onnx-conv.ts';
import { emitter, type Dialect, type Emitter } from './onnx-emitter.ts';
import { emitMatmul } from './onnx-matmul.ts';
import { encodeModel, type OnnxModel, type OnnxNode } from './onnx-model.ts';
import { plain, type BlockedImage, type Written } from './onnx-value.ts';
import { emitSine } from './onnx-sine.ts';
import { inputsOf } from '../program.ts';

type OnnxRule<K extends OpKind> = (e: Emitter, inputs: readonly BlockedImage[], node: Node<K>) => string;

const none: BlockedImage = { name: '', shape: [] };
const names = (inputs: readonly BlockedImage[]): string[] => inputs.map(({ name }) => name);
const direct =
  <K extends OpKind>(op: string): OnnxRule<K> =>
  (e, inputs) =>
    e.op(op, names(inputs));

/** Standardized rows and their inverse standard deviations: two results of one operator call. */
function layerNormalization(e: Emitter, x: string, size: number, epsilon: number): { y: string; inverseStd: string } {
  const gain = e.floats(new Float32Array(size).fill(1), [size]);
  const attributes = { axis: -1, epsilon: { float: epsilon } };
  const [y = '', , r = ''] = e.ops({ op: 'LayerNormalization', domain: '', inputs: [x, gain], attributes }, 3);
  return { y, inverseStd: r };
}

/** The lowering rule of every operation. */
const onnxRules: { readonly [K in OpKind]: OnnxRule<K> } = {
  input: (_e, _inputs, { attrs: { name } }) => name,
  constant: (e, _inputs, { attrs: { data }, shape }) => e.floats(Float32Array.from(data), shape),
  neg: direct('Neg'),
  exp: direct('Exp'),
  log: direct('Log'),
  sqrt: direct('Sqrt'),
  sin: (e, [x = none]) => (e.portable ? emitSine(e, x.name, 'sine') : e.op('Sin', [x.name])),
  cos: (e, [x = none]) => (e.portable ? emitSine(e, x.name, 'cosine') : e.op('Cos', [x.name])),
  tanh: direct('Tanh'),
  sigmoid: direct('Sigmoid'),
  silu: (e, [x = none]) =>
    e.portable || e.without.includes('activations')
      ? e.op('Mul', [x.name, e.op('Sigmoid', [x.name])])
      : e.op('QuickGelu', [x.name], { alpha: { float: 1 } }, 'com.microsoft'),
  step: (e, inputs) => {
    const positive = e.op('GreaterOrEqual', [...names(inputs), e.floats(Float32Array.of(0), [])]);
    return e.op('Cast', [positive], { to: 1 });
  },
  lookup: (e, [x = none], { attrs: { borders, rows }, shape }) => {
    const beside = e.op('Unsqueeze', [x.name, e.ints([x.shape.length])]);
    const below = e.op('GreaterOrEqual', [beside, e.floats(Float32Array.from(borders), [borders.length])]);
    const count = e.op('ReduceSum', [e.op('Cast', [below], { to: 1 }), e.ints([x.shape.length])], { keepdims: 0 });
    const table = e.floats(Float32Array.from(rows), [borders.length + 1, shape.at(-1) ?? 1]);
    return e.op('Gather', [table, e.op('Cast', [count], { to: 6 })], { axis: 0 });
  },
  stopGradient: (_e, [x = none]) => x.name,
  add: direct('Add'),
  sub: direct('Sub'),
  mul: direct('Mul'),
  div: direct('Div'),
  maximum: (e, inputs, { inputs: operands }) => {
    const at = operands.findIndex((operand) => scalarValue(operand) === 0);
    const other = inputs[1 - at];
    return at >= 0 && other !== undefined ? e.op('Relu', [other.name]) : e.op('Max', names(inputs));
  },
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
    const perChannel = ({ name }: BlockedImage): string => e.op('Reshape', [name, e.ints([channels, 1, 1])]);
    return e.op('Add', [e.op('Mul', [standardized, perChannel(gain)]), perChannel(bias)]);
  },
  matmul: (e, [a = none, b = none], { attrs: { transposeA, transposeB }, shape }) => {
    const attributes = { transA: Number(transposeA), transB: Number(transposeB) };
    return shape.length === 2
      ? e.op('Gemm', [a.name, b.name], attributes)
      : emitMatmul(e, [a.name, b.name], { ...attributes, rank: shape.length });
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
  conv: (e, inputs, { attrs }) => emitConv(e, names(inputs), attrs),
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

/** A node by its rule in blocks of channels, where there is one and its result is of use in that layout. */
function applyBlocked<K extends OpKind>(
  e: Emitter,
  inputs: readonly Written[],
  node: Node<K>,
  { plainly, ...around }: Surroundings & { readonly plainly: ReadonlySet<Node> },
): string | undefined {
  const rule = e.block === undefined ? undefined : blockedRules[node.kind];
  const first = node.inputs[0];
  const convolves = node.kind === 'conv' || node.kind === 'convInputGrad';
  if (rule === undefined || first === undefined) return undefined;
  // A convolution is always faster in blocks; of the others, what is needed in the plain order is made from it.
  if (!convolves && (e.without.includes('chains') || plainly.has(node) || plainly.has(first))) return undefined;
  return rule(e, inputs, node, around);
}

function applyRule<K extends OpKind>(e: Emitter, inputs: readonly Written[], node: Node<K>): string {
  return onnxRules[node.kind](
    e,
    inputs.map((value) => plain(e, value)),
    node,
  );
}

/** The values that something reads in the plain order of their axes. */
function readPlainly(order: readonly Node[], outputs: readonly Node[]): ReadonlySet<Node> {
  return new Set([...outputs, ...order.flatMap((node) => node.inputs.slice(imagesRead(node)))]);
}

/** How often each node is read. */
function readersOf(order: readonly Node[], outputs: readonly Node[]): ReadonlyMap<Node, number> {
  const reads = new Map<Node, number>();
  for (const node of [...order.flatMap(({ inputs }) => inputs), ...outputs])
    reads.set(node, (reads.get(node) ?? 0) + 1);
  return reads;
}

/** The calls without those whose results nothing reads, as are left where a rule has taken two nodes together. */
function needed(nodes: readonly OnnxNode[]): OnnxNode[] {
  const read = new Set<string>();
  const kept = nodes.toReversed().filter(({ outputs, inputs }) => {
    const used = outputs.some((name) => read.has(name) || !name.startsWith('.'));
    if (used) for (const name of inputs) read.add(name);
    return used;
  });
  return kept.reverse();
}

/** Lowers the graph of the named outputs to the bytes of an ONNX model with static shapes. */
export function lower(outputs: Readonly<Record<string, Node>>, dialect: Dialect = {}): Uint8Array {
  return encodeModel(lowerModel(outputs, dialect));
}

/** The ONNX model of the graph of the named outputs, with static shapes. */
export function lowerModel(outputs: Readonly<Record<string, Node>>, dialect: Dialect): OnnxModel {
  const e = emitter(dialect);
  const written = new Map<Node, Written>();
  const order = topological(Object.values(outputs));
  const reads = readersOf(order, Object.values(outputs));
  const valueOf = (node: Node): Written => written.get(node) ?? { ...none, constant: true };
  const around = {
    plainly: readPlainly(order, Object.values(outputs)),
    valueOf,
    readers: (node: Node) => reads.get(node) ?? 0,
  };
  for (const node of order) {
    const inputs = node.inputs.map(valueOf);
    const constant = node.kind !== 'input' && inputs.every((value) => value.constant);
    e.at(node.layer);
    const blocked = applyBlocked(e, inputs, node, around);
    const form = blocked === undefined ? { name: applyRule(e, inputs, node) } : { blocked };
    written.set(node, { ...form, shape: node.shape, constant });
  }
  // Identity gives each output its own name even where two outputs, or an output and an input, are one value.
  const results = Object.entries(outputs).map(([name, node], i) => ({
    node: {
      op: 'Identity',
      domain: '' as const,
      inputs: [plain(e, valueOf(node)).name],
      outputs: [name],
      attributes: {},
      name: `outputs#${e.nodes.length + i}`,
    },
    value: { name, shape: node.shape },
  }));
  const nodes = needed([...e.nodes, ...results.map(({ node }) => node)]);
  const read = new Set(nodes.flatMap((node) => node.inputs));
  return {
    nodes,
    initializers: e.initializers.filter(({ name }) => read.has(name)),
    inputs: inputsOf(outputs).map((node) => ({ name: node.attrs.name, shape: node.shape })),
    outputs: results.map(({ value }) => value),
  };
}
