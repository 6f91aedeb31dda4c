/** @file Collects ONNX operator calls; equal calls are made once. Names begin with a dot, unlike those of inputs. */
import type { Shape } from '../../base/tensor.ts';
import type { OnnxAttribute, OnnxDomain, OnnxInitializer, OnnxNode } from './onnx-model.ts';
import type { Pass } from '../passes.ts';

/** What lowering rules write with; values are names. */
export interface Emitter {
  /** Channels per block of ONNX Runtime's blocked convolutions on this machine; undefined where they are not to be used. */
  readonly block: number | undefined;
  /** Whether only operators of ONNX itself are to be used, which every provider and every other reader has. */
  readonly portable: boolean;
  /** Passes that are switched off. */
  readonly without: readonly Pass[];
  /** One operator call with one result. */
  op(
    type: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    domain?: OnnxDomain,
  ): string;
  /** One operator call with several results. */
  ops(node: Omit<OnnxNode, 'outputs'>, results: number): readonly string[];
  /** An int64 list, as shapes and axes are given. */
  ints(values: readonly number[]): string;
  /** A float32 constant. */
  floats(data: Float32Array, shape: Shape): string;
  /** The layer whose operator calls follow. */
  at(layer: string): void;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
}

/**
 * The layer of an operator call, from its name in a profile; undefined for calls that ONNX Runtime has added. It keeps names
 * or adds to them where it fuses calls, and takes those of results where it moves calls to another layout.
 */
export function layerOfName(name: string): string | undefined {
  return /^\.?(.*?)#\d+/.exec(name)?.[1];
}

/** What lowering may rely on. */
export type Dialect = Partial<Pick<Emitter, 'block' | 'portable' | 'without'>>;

/** An empty collection. */
export function emitter({ block, portable = false, without = [] }: Dialect): Emitter {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxInitializer[] = [];
  const known = new Map<string, readonly string[]>();
  const shares = !without.includes('sharing');
  let layer = '';

  const once = (hash: string, make: () => readonly string[]): readonly string[] => {
    const found = (shares ? known.get(hash) : undefined) ?? make();
    known.set(hash, found);
    return found;
  };
  const ops: Emitter['ops'] = (node, results) =>
    once(JSON.stringify(node), () => {
      const name = `${layer}#${nodes.length}`;
      const outputs = Array.from({ length: results }, (_, i) => `.${name}.${i}`);
      nodes.push({ ...node, outputs, name });
      return outputs;
    });
  const initializer = (data: OnnxInitializer['data'], shape: Shape): string => {
    const name = `.c${initializers.length}`;
    initializers.push({ name, shape, data });
    return name;
  };
  const one = ([name = '']: readonly string[]): string => name;
  const shareable = 4096;
  return {
    block: without.includes('blocks') ? undefined : block,
    at: (name) => {
      layer = name;
    },
    portable,
    without,
    nodes,
    initializers,
    ops,
    op: (type, inputs, attributes = {}, domain = '') => one(ops({ op: type, domain, inputs, attributes }, 1)),
    ints: (values) =>
      one(once(`ints ${values.join()}`, () => [initializer(BigInt64Array.from(values, BigInt), [values.length])])),
    floats: (data, shape) =>
      data.length > shareable
        ? initializer(data, shape)
        : one(once(`floats [${shape.join()}] ${data.join()}`, () => [initializer(data, shape)])),
  };
}
