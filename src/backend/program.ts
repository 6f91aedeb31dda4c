/** @file What can run a graph. */
import { InternalError } from '../base/errors.ts';
import { isKind, topological, type Node } from '../graph/node.ts';

/** Float32 arrays by the names of a graph's inputs. */
export type Arrays = Readonly<Record<string, Float32Array>>;

/** A compiled graph with outputs named K. */
export interface Program<K extends string = string> {
  /** Names of the inputs that it reads. */
  readonly inputs: readonly string[];
  /**
   * Runs the graph on row-major arrays.
   * @throws ShapeError if an input is missing or has another size than its node.
   */
  run(feeds: Arrays): Promise<Readonly<Record<K, Float32Array>>>;
  /** Frees what the program holds; it cannot run afterwards. */
  dispose(): Promise<void>;
}

/** A machine that compiles graphs. */
export interface Backend {
  /** The name that people read. */
  readonly name: string;
  /** Compiles the graph that computes the named outputs. */
  compile<K extends string>(outputs: Readonly<Record<K, Node>>): Promise<Program<K>>;
}

/**
 * The inputs that outputs need.
 * @throws InternalError if a name stands for two values.
 */
export function inputsOf(outputs: Readonly<Record<string, Node>>): Node<'input'>[] {
  const inputs = topological(Object.values(outputs)).filter((node) => isKind(node, 'input'));
  const taken = new Set(Object.keys(outputs));
  for (const { attrs } of inputs) {
    if (taken.has(attrs.name)) throw new InternalError(`the name '${attrs.name}' stands for two values`);
    taken.add(attrs.name);
  }
  return inputs;
}
