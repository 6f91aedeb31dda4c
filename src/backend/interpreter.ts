/** @file The float64 interpreter as a backend: slow, exact, and without native code. */
import { evaluate } from '../graph/evaluate.ts';
import { isKind, topological, type Node } from '../graph/node.ts';
import type { Backend } from './program.ts';

/** A backend that evaluates graphs in float64 and returns float32. */
export function interpreter(): Backend {
  return {
    name: 'interpreter',
    compile: <K extends string>(outputs: Readonly<Record<K, Node>>) => {
      const names = Object.keys(outputs);
      const nodes = Object.values<Node>(outputs);
      const inputs = topological(nodes).flatMap((node) => (isKind(node, 'input') ? [node.attrs.name] : []));
      return Promise.resolve({
        inputs,
        run: (feeds) => {
          const values = evaluate(nodes, feeds);
          const arrays = names.map((name, i) => [name, Float32Array.from(values[i] ?? [])] as const);
          return Promise.resolve(Object.fromEntries(arrays) as Record<K, Float32Array>);
        },
        dispose: () => Promise.resolve(),
      });
    },
  };
}
