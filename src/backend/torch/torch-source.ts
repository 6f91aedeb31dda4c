/**
 * @file Graphs as functions of PyTorch, for batches of any size. A graph has static shapes, so it is written for two sizes: what the two
 * differ in is the batch.
 */
import { InternalError } from '../../base/errors.ts';
import { sizeOf, type Shape } from '../../base/tensor.ts';
import { isKind, topological, type Node } from '../../graph/node.ts';
import type { OpKind } from '../../graph/op.ts';
import { torchRules, type TorchOperands } from './torch-rules.ts';

/** Primes beyond the sizes of layers, so that no other number of a graph is one of them or a multiple. */
const batches = [7919, 7927] as const;

/** A constant array. */
export interface TorchConstant {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** What the names of inputs that are parameters begin with. */
export const parameterPrefix = 'parameter ';

/** The statements of a function of inputs and parameters. */
export interface TorchSource {
  /** Python, a statement a line: `x` and the other inputs are there, the parameters are `p["name"]`, and `B` is the batch. */
  readonly lines: readonly string[];
  /** Expressions of the outputs, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Constants by name, which `p` has too. */
  readonly constants: Readonly<Record<string, TorchConstant>>;
}

/** Calls that are written within another one where they are used once, as far as lines stay short. */
const nested: readonly OpKind[] = ['neg', 'exp', 'log', 'sqrt', 'sin', 'cos', 'tanh', 'sigmoid', 'silu', 'add', 'sub', 'mul', 'div', 'reshape', 'expand', 'transpose', 'slice', 'pad']; // prettier-ignore
const longest = 70;
const binary: readonly OpKind[] = ['add', 'sub', 'mul', 'div', 'maximum'];

/**
 * Writes a graph that is written alike for every batch.
 * @param outputsFor - the graph for a batch size, which is the first axis of its inputs; inputs that are parameters have names that begin
 * with `parameterPrefix`
 * @throws InternalError if the graphs of two batch sizes differ by more than multiples of the batch.
 */
export function torchSource(outputsFor: (batch: number) => Readonly<Record<string, Node>>): TorchSource {
  const [first, second] = batches.map(outputsFor) as [Readonly<Record<string, Node>>, Readonly<Record<string, Node>>];
  const nodes = topological(Object.values(first));
  if (topological(Object.values(second)).some(({ kind }, i) => kind !== nodes[i]?.kind))
    throw new InternalError('the graph is written differently for different batches');
  const uses = new Map<Node, number>();
  for (const one of [...nodes.flatMap(({ inputs }) => inputs), ...Object.values(first)])
    uses.set(one, (uses.get(one) ?? 0) + 1);
  const lines: string[] = [];
  const known = new Map<Node, string>();
  const constants = new Map<Float32Array | Float64Array, readonly [name: string, tensor: TorchConstant]>();
  const array: TorchOperands['array'] = (data, shape) => {
    const [name] = constants.get(data) ?? [`constants.${constants.size}`];
    constants.set(data, [name, { shape, data: Float32Array.from(data) }]);
    return `p["${name}"]`;
  };
  let layer = '';
  let variables = 0;
  for (const node of nodes) {
    if (isKind(node, 'input')) {
      const { name } = node.attrs;
      const own = name.startsWith(parameterPrefix);
      known.set(node, own ? `p["${name.slice(parameterPrefix.length)}"]` : name);
      continue;
    }
    if (isKind(node, 'constant')) {
      known.set(node, constantOf(node, array));
      continue;
    }
    const numbers = node.inputs.map((input) => isNumber(input, node));
    const of = node.inputs.map((input, i) => (numbers[i] === true ? numberOf(input) : (known.get(input) ?? '')));
    const rule = torchRules[node.kind as keyof typeof torchRules] as (node: Node, operands: TorchOperands) => string;
    const expression = rule(node, { of, numbers, size: sizeText, array });
    if (uses.get(node) === 1 && nested.includes(node.kind) && expression.length <= longest) {
      known.set(node, expression);
      continue;
    }
    if (node.layer !== layer) lines.push('', `# ${node.layer}`);
    layer = node.layer;
    const name = `h${++variables}`;
    lines.push(`${name} = ${withoutParentheses(expression)}`);
    known.set(node, name);
  }
  const outputs = Object.entries(first).map(([name, node]) => [name, known.get(node) ?? ''] as const);
  return { lines, outputs: Object.fromEntries(outputs), constants: Object.fromEntries(constants.values()) };
}

/** Parentheses around a whole expression, which a statement does not need. */
function withoutParentheses(expression: string): string {
  let depth = 0;
  for (let i = 0; i < expression.length; i++) {
    depth += expression[i] === '(' ? 1 : expression[i] === ')' ? -1 : 0;
    if (depth === 0)
      return i > 0 && i === expression.length - 1 && expression.startsWith('(') ? expression.slice(1, -1) : expression;
  }
  return expression;
}

/** A size, as a multiple of the batch where it is one. */
function sizeText(value: number): string {
  const perSample = value / batches[0];
  if (value === 0 || !Number.isInteger(perSample)) return String(value);
  return perSample === 1 ? 'B' : `${perSample} * B`;
}

/** Whether an input of an operation is one number that a number of Python can stand for. */
function isNumber(input: Node, { kind, inputs, shape }: Node): boolean {
  const other = inputs.find((one) => one !== input);
  const sameShape = other !== undefined && other.kind !== 'constant' && other.shape.join() === shape.join();
  return isKind(input, 'constant') && sizeOf(input.shape) === 1 && binary.includes(kind) && sameShape;
}

function numberOf(node: Node): string {
  if (!isKind(node, 'constant')) throw new InternalError('expected a constant');
  const [value = 0] = node.attrs.data;
  return Number.isFinite(value) ? String(value) : `float("${value}")`;
}

/** A constant: equal numbers are written as such, in any batch, others are kept beside the parameters. */
function constantOf(node: Node<'constant'>, array: TorchOperands['array']): string {
  const { data, shape } = node.attrs;
  const [value = 0] = data;
  if (data.every((other) => other === value)) return `x.new_full((${listOf(shape)}), ${value})`;
  if (shape.some((size) => sizeText(size) !== String(size)))
    throw new InternalError('a constant differs from sample to sample');
  return array(data, shape);
}

function listOf(shape: Shape): string {
  return shape.map((size) => `${sizeText(size)},`).join(' ');
}
