/** @file Nodes of a static graph. Equal nodes of one graph are one object, so what is computed twice is written once. */
import { InternalError } from '../base/errors.ts';
import type { Shape } from '../base/tensor.ts';
import type { OpAttrs, OpKind } from './op.ts';
import { inferShape } from './shape-rules.ts';

/** One value of a graph. */
export interface Node<K extends OpKind = OpKind> {
  readonly graph: Graph;
  /** Position in its graph: inputs of a node have smaller positions. */
  readonly id: number;
  readonly kind: K;
  readonly inputs: readonly Node[];
  readonly attrs: OpAttrs[K];
  readonly shape: Shape;
}

/** The nodes made so far; it grows through `makeNode` only. */
export interface Graph {
  readonly size: number;
}

interface MutableGraph {
  size: number;
  readonly interned: Map<string, Node>;
  readonly arrays: Map<object, number>;
}

/** An empty graph. */
export function graph(): Graph {
  const made: MutableGraph = { size: 0, interned: new Map(), arrays: new Map() };
  return made;
}

/**
 * The node of an operation on nodes of one graph.
 * @throws ShapeError if the shapes do not fit the operation.
 */
export function makeNode<K extends OpKind>(owner: Graph, kind: K, inputs: readonly Node[], attrs: OpAttrs[K]): Node<K> {
  const table = owner as MutableGraph;
  if (inputs.some((input) => input.graph !== owner)) throw new InternalError(`${kind}: inputs of another graph`);
  const hash = `${kind}(${inputs.map((input) => input.id).join()})${JSON.stringify(attrs, byIdentity(table))}`;
  const known = table.interned.get(hash);
  if (known !== undefined) return known as Node<K>;
  const shape = inferShape(kind, inputs, attrs);
  const node: Node<K> = { graph: owner, id: table.size, kind, inputs, attrs, shape };
  table.size += 1;
  table.interned.set(hash, node);
  return node;
}

function byIdentity({ arrays }: MutableGraph): (name: string, value: unknown) => unknown {
  return (_name, value) => {
    if (!ArrayBuffer.isView(value)) return value;
    if (value instanceof Float64Array && value.length === 1) return String(value[0]);
    const known = arrays.get(value) ?? arrays.size;
    arrays.set(value, known);
    return `array ${known}`;
  };
}

/** Whether a node is of a kind; narrows its attributes. */
export function isKind<K extends OpKind>(node: Node, kind: K): node is Node<K> {
  return node.kind === kind;
}

/** All nodes that the given ones need, each after its inputs. */
export function topological(outputs: readonly Node[]): Node[] {
  const seen = new Set<Node>();
  const pending = [...outputs];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    pending.push(...node.inputs);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}
