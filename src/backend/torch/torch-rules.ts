/** @file Operations as expressions of PyTorch. */
import { InternalError } from '../../base/errors.ts';
import { dimensionOf } from '../../base/tensor.ts';
import type { Node } from '../../graph/node.ts';
import type { OpKind } from '../../graph/op.ts';

/** What an expression is made of. */
export interface TorchOperands {
  /** Expressions of the inputs. */
  readonly of: readonly string[];
  /** Whether inputs are numbers of Python and no tensors. */
  readonly numbers: readonly boolean[];
  /** A size of the node's shape or attributes, which may be a multiple of the batch. */
  readonly size: (value: number) => string;
  /** A constant array, kept beside the parameters. */
  readonly array: (data: Float32Array | Float64Array, shape: readonly number[]) => string;
}

type TorchRule<K extends OpKind> = (node: Node<K>, operands: TorchOperands) => string;

/** A call of a function. */
const call =
  <K extends OpKind>(name: string): TorchRule<K> =>
  (_, { of }) =>
    `${name}(${of.join(', ')})`;

const infix =
  <K extends OpKind>(symbol: string): TorchRule<K> =>
  (_, { of: [a = '', b = ''] }) =>
    `(${a} ${symbol} ${b})`;

const shapeOf = (shape: readonly number[], { size }: TorchOperands): string => {
  const sizes = shape.map(size);
  return `(${sizes.join(', ')}${sizes.length === 1 ? ',' : ''})`;
};

const firstOf = ({ of: [x = ''] }: TorchOperands): string => x;

/** The rows from begin to end along an axis, as an index. */
const indexOf = (axis: number, range: string): string => `[${':, '.repeat(axis)}${range}]`;

/** A rule for each operation but those that have values of their own. */
export const torchRules: { readonly [K in Exclude<OpKind, 'input' | 'constant'>]: TorchRule<K> } = {
  neg: (_, own) => `(-${firstOf(own)})`,
  exp: call('torch.exp'),
  log: call('torch.log'),
  sqrt: call('torch.sqrt'),
  sin: call('torch.sin'),
  cos: call('torch.cos'),
  tanh: call('torch.tanh'),
  sigmoid: call('torch.sigmoid'),
  silu: call('F.silu'),
  step: (_, own) => `(${firstOf(own)} >= 0).to(x.dtype)`,
  lookup: ({ attrs: { borders, rows }, shape }, own) => {
    const width = shape.at(-1) ?? 1;
    const table = own.array(rows, [rows.length / width, width]);
    return `${table}[torch.bucketize(${firstOf(own)}.contiguous(), ${own.array(borders, [borders.length])}, right=True)]`;
  },
  stopGradient: (_, own) => `${firstOf(own)}.detach()`,
  add: infix('+'),
  sub: infix('-'),
  mul: infix('*'),
  div: infix('/'),
  maximum: (_, { of: [a = '', b = ''], numbers: [first, second] }) =>
    first === true ? `${b}.clamp(min=${a})` : second === true ? `${a}.clamp(min=${b})` : `torch.maximum(${a}, ${b})`,
  sum: ({ attrs: { axes } }, own) => `${firstOf(own)}.sum(dim=(${axes.join(', ')},), keepdim=True)`,
  softmax: (_, own) => `torch.softmax(${firstOf(own)}, dim=-1)`,
  standardize: ({ attrs: { epsilon }, shape }, own) =>
    `F.layer_norm(${firstOf(own)}, (${shape.at(-1) ?? 1},), eps=${epsilon})`,
  inverseStd: ({ attrs: { epsilon } }, own) =>
    `torch.rsqrt(${firstOf(own)}.var(dim=-1, unbiased=False, keepdim=True) + ${epsilon})`,
  groupNorm: ({ attrs: { groups, epsilon } }, { of: [x = '', gain = '', bias = ''] }) =>
    `F.group_norm(${x}, ${groups}, ${gain}, ${bias}, eps=${epsilon})`,
  matmul: ({ attrs: { transposeA, transposeB } }, { of: [a = '', b = ''] }) =>
    `(${a}${transposeA ? '.transpose(-1, -2)' : ''} @ ${b}${transposeB ? '.transpose(-1, -2)' : ''})`,
  reshape: ({ shape }, own) => `${firstOf(own)}.reshape(${shapeOf(shape, own)})`,
  expand: ({ shape }, own) => `${firstOf(own)}.expand(${shapeOf(shape, own)})`,
  transpose: ({ attrs: { permutation } }, own) => `${firstOf(own)}.permute(${permutation.join(', ')})`,
  concat: ({ attrs: { axis } }, { of }) => `torch.cat((${of.join(', ')}), dim=${axis})`,
  slice: ({ attrs: { axis, begin, end } }, own) =>
    `${firstOf(own)}${indexOf(axis, `${own.size(begin)}:${own.size(end)}`)}`,
  pad: ({ attrs: { axis, before, after }, shape }, own) =>
    `F.pad(${firstOf(own)}, (${'0, 0, '.repeat(shape.length - 1 - axis)}${before}, ${after}))`,
  conv: ({ attrs: { stride, pad } }, { of: [x = '', w = '', bias] }) =>
    `F.conv2d(${x}, ${w}${bias === undefined ? '' : `, ${bias}`}, stride=${stride}, padding=${pad})`,
  convInputGrad: ({ attrs: { stride, pad }, inputs: [g, kernel], shape }, { of: [x = '', w = ''] }) => {
    if (g === undefined || kernel === undefined) throw new InternalError('convInputGrad: expected two inputs');
    // What strides have left over at the far edge.
    const rest = [2, 3].map(
      (axis) =>
        dimensionOf({ shape }, axis) - ((dimensionOf(g, axis) - 1) * stride - 2 * pad + dimensionOf(kernel, axis)),
    );
    return `F.conv_transpose2d(${x}, ${w}, stride=${stride}, padding=${pad}, output_padding=(${rest.join(', ')}))`;
  },
  convWeightGrad: ({ attrs: { stride, pad }, shape }, { of: [x = '', g = ''] }) =>
    `torch.nn.grad.conv2d_weight(${x}, (${shape.join(', ')}), ${g}, stride=${stride}, padding=${pad})`,
  averagePool: ({ attrs: { size } }, own) => `F.avg_pool2d(${firstOf(own)}, ${size})`,
  upsample: ({ attrs: { size } }, own) => `F.interpolate(${firstOf(own)}, scale_factor=${size}, mode="nearest")`,
};
