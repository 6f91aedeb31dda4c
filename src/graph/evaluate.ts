/** @file A slow, obvious float64 interpreter of graphs: the oracle that every other backend is tested against. */
import { InternalError, ShapeError } from '../base/errors.ts';
import { sameShape, sizeOf, type Shape } from '../base/tensor.ts';
import { topological, type Node } from './node.ts';
import type { OpKind } from './op.ts';

type Values = Float64Array;
type EvaluateRule<K extends OpKind> = (inputs: readonly Values[], node: Node<K>) => Values;

function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!;
  return strides;
}

/** Elements of a result, each from the flat input index that strides give to its coordinates. */
function gather(x: Values, shape: Shape, view: { strides: readonly number[]; offset?: number }): Values {
  const out = new Float64Array(sizeOf(shape));
  const coordinates = new Array<number>(shape.length).fill(0);
  let from = view.offset ?? 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = x[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      coordinates[axis]! += 1;
      from += view.strides[axis]!;
      if (coordinates[axis]! < shape[axis]!) break;
      from -= view.strides[axis]! * shape[axis]!;
      coordinates[axis] = 0;
    }
  }
  return out;
}

function broadcast(x: Values, from: Shape, to: Shape): Values {
  if (sameShape(from, to)) return x;
  const own = stridesOf(from);
  const shift = to.length - from.length;
  const strides = to.map((_, i) => (i < shift || from[i - shift] === 1 ? 0 : own[i - shift]!));
  return gather(x, to, { strides });
}

const unary =
  <K extends OpKind>(f: (x: number) => number): EvaluateRule<K> =>
  ([x]) =>
    x!.map(f);

const binary =
  <K extends OpKind>(f: (a: number, b: number) => number): EvaluateRule<K> =>
  ([a, b], { inputs, shape }) => {
    const left = broadcast(a!, inputs[0]!.shape, shape);
    const right = broadcast(b!, inputs[1]!.shape, shape);
    return left.map((value, i) => f(value, right[i]!));
  };

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Applies f to each row along the last axis. */
function rows(x: Values, node: Node, f: (row: Values) => ArrayLike<number>): Values {
  const length = node.inputs[0]!.shape.at(-1)!;
  const results = Array.from({ length: x.length / length }, (_, i) => f(x.subarray(i * length, (i + 1) * length)));
  const out = new Float64Array(node.shape.reduce((a, b) => a * b, 1));
  results.forEach((row, i) => out.set(row, i * row.length));
  return out;
}

function moments(row: Values, epsilon: number): { mean: number; r: number } {
  const mean = row.reduce((a, b) => a + b, 0) / row.length;
  const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / row.length;
  return { mean, r: 1 / Math.sqrt(variance + epsilon) };
}

const standardizeRow =
  (epsilon: number) =>
  (row: Values): Values => {
    const { mean, r } = moments(row, epsilon);
    return row.map((v) => (v - mean) * r);
  };

interface ConvGeometry {
  readonly image: Shape;
  readonly kernel: Shape;
  readonly result: Shape;
  readonly stride: number;
  readonly pad: number;
}

/** Calls f with the flat indices of every (image, kernel, result) triple that a correlation multiplies. */
function eachProduct(
  { image, kernel, result, stride, pad }: ConvGeometry,
  f: (x: number, w: number, y: number) => void,
): void {
  const [xs, ws, ys] = [stridesOf(image), stridesOf(kernel), stridesOf(result)];
  for (let b = 0; b < result[0]!; b++)
    for (let o = 0; o < result[1]!; o++)
      for (let i = 0; i < result[2]!; i++)
        for (let j = 0; j < result[3]!; j++)
          for (let c = 0; c < kernel[1]!; c++)
            for (let u = 0; u < kernel[2]!; u++)
              for (let v = 0; v < kernel[3]!; v++) {
                const row = i * stride + u - pad;
                const column = j * stride + v - pad;
                if (row < 0 || column < 0 || row >= image[2]! || column >= image[3]!) continue;
                f(
                  b * xs[0]! + c * xs[1]! + row * xs[2]! + column,
                  o * ws[0]! + c * ws[1]! + u * ws[2]! + v,
                  b * ys[0]! + o * ys[1]! + i * ys[2]! + j,
                );
              }
}

/** The evaluation rule of every operation. */
const evaluateRules: { readonly [K in OpKind]: EvaluateRule<K> } = {
  input: (_, { attrs: { name } }) => {
    throw new InternalError(`input ${name} has no value`);
  },
  constant: (_, { attrs: { data } }) => Float64Array.from(data),
  neg: unary((x) => -x),
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  tanh: unary(Math.tanh),
  sigmoid: unary(sigmoid),
  silu: unary((x) => x * sigmoid(x)),
  step: unary((x) => (x >= 0 ? 1 : 0)),
  lookup: ([x], { attrs: { borders, rows }, shape }) => {
    const width = shape.at(-1)!;
    const out = new Float64Array(sizeOf(shape));
    x!.forEach((value, i) => {
      const row = borders.reduce((below, border) => below + Number(border <= value), 0);
      out.set(rows.subarray(row * width, (row + 1) * width), i * width);
    });
    return out;
  },
  stopGradient: unary((x) => x),
  add: binary((a, b) => a + b),
  sub: binary((a, b) => a - b),
  mul: binary((a, b) => a * b),
  div: binary((a, b) => a / b),
  maximum: binary(Math.max),
  sum: ([x], { inputs, shape }) => {
    const from = inputs[0]!.shape;
    const strides = stridesOf(shape).map((stride, i) => (shape[i] === 1 ? 0 : stride));
    const targets = gather(
      Float64Array.from({ length: sizeOf(shape) }, (_, i) => i),
      from,
      { strides },
    );
    const out = new Float64Array(sizeOf(shape));
    targets.forEach((target, i) => (out[target]! += x![i]!));
    return out;
  },
  softmax: ([x], node) =>
    rows(x!, node, (row) => {
      const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
      const exps = row.map((v) => Math.exp(v - largest));
      const total = exps.reduce((a, b) => a + b, 0);
      return exps.map((v) => v / total);
    }),
  standardize: ([x], node) => rows(x!, node, standardizeRow(node.attrs.epsilon)),
  inverseStd: ([x], node) => rows(x!, node, (row) => [moments(row, node.attrs.epsilon).r]),
  groupNorm: ([x, gain, bias], { attrs: { groups, epsilon }, shape }) => {
    const [batch, channels] = [shape[0]!, shape[1]!];
    const size = x!.length / batch / groups;
    const out = new Float64Array(x!.length);
    for (let i = 0; i < batch * groups; i++)
      out.set(standardizeRow(epsilon)(x!.subarray(i * size, (i + 1) * size)), i * size);
    const pixels = shape[2]! * shape[3]!;
    return out.map((value, i) => {
      const channel = Math.floor(i / pixels) % channels;
      return value * gain![channel]! + bias![channel]!;
    });
  },
  matmul: ([a, b], { attrs: { transposeA, transposeB }, inputs, shape }) => {
    const [rowsOut, columns] = [shape.at(-2)!, shape.at(-1)!];
    const inner = inputs[0]!.shape.at(transposeA ? -2 : -1)!;
    const out = new Float64Array(sizeOf(shape));
    const [aRow, aInner] = transposeA ? [1, rowsOut] : [inner, 1];
    const [bInner, bColumn] = transposeB ? [1, inner] : [columns, 1];
    for (let m = 0; m < out.length / (rowsOut * columns); m++)
      for (let i = 0; i < rowsOut; i++)
        for (let j = 0; j < columns; j++) {
          let dot = 0;
          for (let k = 0; k < inner; k++)
            dot +=
              a![m * rowsOut * inner + i * aRow + k * aInner]! * b![m * inner * columns + k * bInner + j * bColumn]!;
          out[(m * rowsOut + i) * columns + j] = dot;
        }
    return out;
  },
  reshape: ([x]) => x!,
  expand: ([x], { inputs, shape }) => broadcast(x!, inputs[0]!.shape, shape),
  transpose: ([x], { attrs: { permutation }, inputs, shape }) => {
    const own = stridesOf(inputs[0]!.shape);
    return gather(x!, shape, { strides: permutation.map((axis) => own[axis]!) });
  },
  concat: (parts, { attrs: { axis }, inputs, shape }) => {
    const out = new Float64Array(sizeOf(shape));
    const inner = sizeOf(shape.slice(axis + 1));
    const outer = sizeOf(shape.slice(0, axis));
    let offset = 0;
    parts.forEach((part, k) => {
      const block = inputs[k]!.shape[axis]! * inner;
      for (let i = 0; i < outer; i++)
        out.set(part.subarray(i * block, (i + 1) * block), i * shape[axis]! * inner + offset);
      offset += block;
    });
    return out;
  },
  slice: ([x], { attrs: { axis, begin }, inputs, shape }) => {
    const strides = stridesOf(inputs[0]!.shape);
    return gather(x!, shape, { strides, offset: begin * strides[axis]! });
  },
  pad: ([x], { attrs: { axis, before }, inputs, shape }) => {
    const out = new Float64Array(sizeOf(shape));
    const inner = sizeOf(shape.slice(axis + 1));
    const block = inputs[0]!.shape[axis]! * inner;
    for (let i = 0; i < x!.length / block; i++)
      out.set(x!.subarray(i * block, (i + 1) * block), i * shape[axis]! * inner + before * inner);
    return out;
  },
  conv: ([x, w, bias], { attrs, inputs, shape }) => {
    const pixels = shape[2]! * shape[3]!;
    const out = new Float64Array(sizeOf(shape)).map((_, i) => bias?.[Math.floor(i / pixels) % shape[1]!] ?? 0);
    eachProduct({ image: inputs[0]!.shape, kernel: inputs[1]!.shape, result: shape, ...attrs }, (i, k, o) => {
      out[o]! += x![i]! * w![k]!;
    });
    return out;
  },
  convInputGrad: ([g, w], { attrs, inputs, shape }) => {
    const out = new Float64Array(sizeOf(shape));
    eachProduct({ ...attrs, image: shape, kernel: inputs[1]!.shape, result: inputs[0]!.shape }, (i, k, o) => {
      out[i]! += g![o]! * w![k]!;
    });
    return out;
  },
  convWeightGrad: ([x, g], { attrs, inputs, shape }) => {
    const out = new Float64Array(sizeOf(shape));
    eachProduct({ ...attrs, image: inputs[0]!.shape, kernel: shape, result: inputs[1]!.shape }, (i, k, o) => {
      out[k]! += x![i]! * g![o]!;
    });
    return out;
  },
  averagePool: ([x], { attrs: { size }, inputs, shape }) => {
    const out = new Float64Array(sizeOf(shape));
    const [height, width] = [inputs[0]!.shape[2]!, inputs[0]!.shape[3]!];
    x!.forEach((value, i) => {
      const [plane, row, column] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
      out[(plane * shape[2]! + Math.floor(row / size)) * shape[3]! + Math.floor(column / size)]! += value / size ** 2;
    });
    return out;
  },
  upsample: ([x], { attrs: { size }, inputs, shape }) => {
    const [height, width] = [inputs[0]!.shape[2]!, inputs[0]!.shape[3]!];
    return new Float64Array(sizeOf(shape)).map((_, i) => {
      const [plane, row, column] = [
        Math.floor(i / (shape[2]! * shape[3]!)),
        Math.floor(i / shape[3]!) % shape[2]!,
        i % shape[3]!,
      ];
      return x![(plane * height + Math.floor(row / size)) * width + Math.floor(column / size)]!;
    });
  },
};

function applyRule<K extends OpKind>(node: Node<K>, inputs: readonly Values[]): Values {
  return evaluateRules[node.kind](inputs, node);
}

/**
 * Values of nodes in float64.
 * @param feeds - one array for each input that the nodes need, by name
 * @throws ShapeError if an input has no value or one of another size.
 */
export function evaluate(outputs: readonly Node[], feeds: Readonly<Record<string, ArrayLike<number>>>): Values[] {
  const values = new Map<Node, Values>();
  for (const node of topological(outputs)) {
    const inputs = node.inputs.map((child) => values.get(child)!);
    values.set(node, node.kind === 'input' ? fed(node as Node<'input'>, feeds) : applyRule(node, inputs));
  }
  return outputs.map((node) => values.get(node)!);
}

function fed(node: Node<'input'>, feeds: Readonly<Record<string, ArrayLike<number>>>): Values {
  const { name } = node.attrs;
  const value = feeds[name];
  if (value === undefined) throw new ShapeError(`expected a value of input '${name}', got none`);
  if (value.length !== sizeOf(node.shape))
    throw new ShapeError(`input '${name}': expected ${sizeOf(node.shape)} values [${node.shape}], got ${value.length}`);
  return Float64Array.from(value);
}
