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
  /** The part of the network that it was made for, by which profiles are sorted; nothing else reads it. */
  readonly layer: string;
}

/** The nodes made so far; it grows through `makeNode` only. */
export interface Graph {
  readonly size: number;
}

interface MutableGraph {
  size: number;
  layer: string;
  readonly interned: Map<string, Node>;
  readonly arrays: Map<object, number>;
}

/** An empty graph. */
export function graph(): Graph {
  const made: MutableGraph = { size: 0, layer: '', interned: new Map(), arrays: new Map() };
  return made;
}

/**
 * The node of an operation on nodes of one graph.
 * @throws ShapeError if the shapes do not fit the operation.
 */
export function makeNode<K extends OpKind>(owner: Graph, kind: K, inputs: readonly Node[], attrs: OpAttrs[K]): Node<K> {
  const table = owner as MutableGraph;
  if (inputs.some((input) => input.graph !== owner)) throw new InternalError(`${kind}: inputs of another graph`);
  let hash: string = kind;
  for (const input of inputs) hash += `,${input.id}`;
  for (const name in attrs) hash += `;${name}:${hashOf(attrs[name], table)}`;
  const known = table.interned.get(hash);
  if (known !== undefined) return known as Node<K>;
  const shape = inferShape(kind, inputs, attrs);
  const node: Node<K> = { graph: owner, id: table.size, kind, inputs, attrs, shape, layer: table.layer };
  table.size += 1;
  table.interned.set(hash, node);
  return node;
}

/** Equal for equal attributes; arrays are compared by identity, numbers that became arrays by their value. */
function hashOf(value: unknown, { arrays }: MutableGraph): string {
  if (!ArrayBuffer.isView(value)) return typeof value === 'string' ? JSON.stringify(value) : String(value);
  if (value instanceof Float64Array && value.length === 1) return String(value[0]);
  const known = arrays.get(value) ?? arrays.size;
  arrays.set(value, known);
  return `array ${known}`;
}

/** Makes nodes for a part of the network, which has a name; nodes that were known before stay of their part. */
export function inLayer<T>(owner: Graph, layer: string, make: () => T): T {
  const table = owner as MutableGraph;
  const before = table.layer;
  table.layer = layer;
  try {
    return make();
  } finally {
    table.layer = before;
  }
}

/** From here to the end of the part that is being made, nodes are of another one. */
export function enterLayer(owner: Graph, layer: string): void {
  (owner as MutableGraph).layer = layer;
}

/** The layer of derivatives of a layer's nodes. */
export function derivativeOf(layer: string): string {
  return layer.endsWith("'") ? layer : `${layer}'`;
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
