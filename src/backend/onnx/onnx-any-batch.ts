/**
 * @file Models for batches of any size. A graph has static shapes, so it is written for two sizes: what the two models
 * differ in is the batch, and is computed from the first axis of an input when the model runs.
 */
import { InternalError } from '../../base/errors.ts';
import type { Node } from '../../graph/node.ts';
import type { OnnxInitializer, OnnxModel, OnnxNode, OnnxValue } from './onnx-model.ts';
import { lowerModel } from './onnx-rules.ts';

/** Primes beyond the sizes of layers, so that no other number of a model is one of them or a multiple. */
const batches = [7919, 7927] as const;

/** The name of the size that is given when a model runs. */
const batchName = 'N';

/** A number of a model: always the same, or a multiple of the batch. */
type Size = { readonly fixed: number } | { readonly perSample: number };

/**
 * The model of a graph that is written alike for every batch, of standard operators alone. Every number that depends on
 * the batch is a multiple of it.
 * @param outputsFor - the graph for a batch size, which is the first axis of its inputs
 * @throws InternalError if the models of two batch sizes differ otherwise.
 */
export function lowerForAnyBatch(outputsFor: (batch: number) => Readonly<Record<string, Node>>): OnnxModel {
  const [one, other] = batches.map((batch) => lowerModel(outputsFor(batch), { portable: true })) as [
    OnnxModel,
    OnnxModel,
  ];
  if (
    JSON.stringify(one.nodes) !== JSON.stringify(other.nodes) ||
    one.initializers.length !== other.initializers.length
  )
    throw new InternalError('the graph is written differently for different batches');
  const valuesAt = (values: readonly OnnxValue[], others: readonly OnnxValue[]): OnnxValue[] =>
    values.map((value, i) => ({ ...value, shape: sizesOf(value.shape, others[i]?.shape).map(shown) }));
  const inputs = valuesAt(one.inputs, other.inputs);
  const [x] = inputs;
  if (x?.shape[0] !== batchName) throw new InternalError('the first axis of the first input is not the batch');
  const written = batchWriter(x.name);
  const shapes = new Map<string, readonly Size[]>();
  const kept = one.initializers.filter((initializer, i) => {
    const { name, data, shape } = initializer;
    const found = other.initializers[i] ?? { shape: [], data: new Float32Array() };
    const integers = data instanceof BigInt64Array;
    const sizes = integers
      ? sizesOf(Array.from(data, Number), Array.from<number | bigint, number>(found.data, Number))
      : sizesOf(shape, found.shape);
    if (sizes.every((size) => 'fixed' in size)) {
      if (integers || data.every((value, j) => Object.is(value, found.data[j]))) return true;
      throw new InternalError(`the constant ${name} depends on the batch`);
    }
    if (!integers) written.filled(name, sizes, data);
    else if (one.nodes.some((node) => node.inputs.includes(name) && !reshapesWith(node, sizes)))
      written.ints(name, sizes);
    if (integers) shapes.set(name, sizes);
    return false;
  });
  const nodes = one.nodes.map((node): OnnxNode => {
    const [data = '', name = ''] = node.inputs;
    const sizes = shapes.get(name);
    if (sizes === undefined || !reshapesWith(node, sizes)) return node;
    return { ...node, inputs: [data, written.constant(sizes.map((size) => ('fixed' in size ? size.fixed : -1)))] };
  });
  return {
    nodes: [...written.nodes, ...nodes],
    initializers: [...kept, ...written.initializers],
    inputs,
    outputs: valuesAt(one.outputs, other.outputs),
  };
}

/** Whether an operator call finds the one size that depends on the batch by itself. */
function reshapesWith({ op }: OnnxNode, sizes: readonly Size[]): boolean {
  return op === 'Reshape' && sizes.filter((size) => 'perSample' in size).length === 1;
}

function shown(size: Size): number | string {
  if ('fixed' in size) return size.fixed;
  return size.perSample === 1 ? batchName : `${size.perSample}${batchName}`;
}

function sizesOf(one: OnnxValue['shape'], other: OnnxValue['shape'] = []): readonly Size[] {
  if (one.length !== other.length) throw new InternalError(`[${one}] and [${other}] differ in length`);
  return one.map((a, i) => {
    const b = other[i];
    if (typeof a === 'number' && a === b) return { fixed: a };
    const perSample = Number(a) / batches[0];
    if (!Number.isInteger(perSample) || b !== perSample * batches[1])
      throw new InternalError(`${a} and ${b ?? 'none'} are not the same multiple of the batch`);
    return { perSample };
  });
}

/** Operator calls that compute what depends on the batch, which is the first size of x. */
interface BatchWriter {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  /** A list of integers. */
  constant(values: readonly number[]): string;
  /** Gives a name to a list of integers. */
  ints(name: string, sizes: readonly Size[]): void;
  /** Gives a name to a constant of equal numbers. */
  filled(name: string, shape: readonly Size[], data: Float32Array): void;
}

function batchWriter(x: string): BatchWriter {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxInitializer[] = [];
  const known = new Map<string, string>();
  const constant = (values: readonly number[]): string => {
    const name = known.get(values.join()) ?? `.n${known.size}`;
    if (!known.has(values.join()))
      initializers.push({ name, shape: [values.length], data: BigInt64Array.from(values, BigInt) });
    known.set(values.join(), name);
    return name;
  };
  const call = (op: string, inputs: readonly string[], output: string): string => {
    const attributes = op === 'Concat' || op === 'Gather' ? { axis: 0 } : {};
    nodes.push({ op, domain: '', inputs, outputs: [output], attributes });
    return output;
  };
  let size: string | undefined;
  const batch = (): string => (size ??= call('Gather', [call('Shape', [x], '.shape'), constant([0])], '.batch'));
  const ints: BatchWriter['ints'] = (name, sizes) => {
    const parts = sizes.map((size, i) => {
      if ('fixed' in size) return constant([size.fixed]);
      return size.perSample === 1 ? batch() : call('Mul', [batch(), constant([size.perSample])], `${name}.${i}`);
    });
    call('Concat', parts, name);
  };
  return {
    nodes,
    initializers,
    constant,
    ints,
    filled: (name, shape, data) => {
      const [value = 0] = data;
      if (data.some((other) => other !== value))
        throw new InternalError(`the constant ${name} differs from sample to sample`);
      const [one, sizes] = [`${name}.value`, `${name}.shape`];
      initializers.push({ name: one, shape: [], data: Float32Array.of(value) });
      ints(sizes, shape);
      call('Expand', [one, sizes], name);
    },
  };
}
