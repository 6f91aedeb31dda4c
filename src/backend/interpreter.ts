/** @file The float64 interpreter as a backend: slow, exact, and without native code. */
import { InternalError } from '../base/errors.ts';
import { evaluate } from '../graph/evaluate.ts';
import type { Node } from '../graph/node.ts';
import { inputsOf, type Arrays, type Backend, type Program } from './program.ts';

/** A backend that evaluates graphs in float64 and returns float32. */
export function interpreter(): Backend {
  return {
    name: 'interpreter',
    compile: <K extends string>(outputs: Readonly<Record<K, Node>>) => Promise.resolve(outputs).then(program<K>),
  };
}

function program<K extends string>(outputs: Readonly<Record<K, Node>>): Program<K> {
  const names = Object.keys(outputs);
  const nodes = Object.values<Node>(outputs);
  let disposed = false;
  const run = (feeds: Arrays): Record<K, Float32Array> => {
    if (disposed) throw new InternalError('a program was run after it had been disposed of');
    const values = evaluate(nodes, feeds);
    const arrays = names.map((name, i) => [name, Float32Array.from(values[i] ?? [])] as const);
    return Object.fromEntries(arrays) as Record<K, Float32Array>;
  };
  return {
    inputs: inputsOf(outputs).map((node) => node.attrs.name),
    run: (feeds) => Promise.resolve(feeds).then(run),
    dispose: () => {
      disposed = true;
      return Promise.resolve();
    },
  };
}
