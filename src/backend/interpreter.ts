/** @file The float64 interpreter as a backend: slow, exact, and without native code. */
import { InternalError } from '../base/errors.ts';
import { evaluate } from '../graph/evaluate.ts';
import type { Node } from '../graph/node.ts';
import { arrayOf, hostArray, inputsOf, type Backend, type Feeds, type DeviceArray, type Program } from './program.ts';

/** A backend that evaluates graphs in float64 and returns float32. */
export function interpreter(): Backend {
  return {
    name: 'interpreter',
    compile: <K extends string, H extends string = never>(
      outputs: Readonly<Record<K, Node>>,
      kept?: Readonly<Record<H, Node>>,
    ) => Promise.resolve(outputs).then((own) => program<K, H>(own, kept ?? {})),
  };
}

function program<K extends string, H extends string>(
  outputs: Readonly<Record<string, Node>>,
  kept: Readonly<Record<string, Node>>,
): Program<K, H> {
  const inputs = inputsOf(outputs, kept).map((node) => node.attrs.name);
  const results = [
    ...Object.entries(outputs).map(([name, node]) => ({ name, node, wrap: (array: Float32Array) => array })),
    ...Object.entries(kept).map(([name, node]) => ({ name, node, wrap: hostArray })),
  ];
  const nodes = results.map(({ node }) => node);
  let disposed = false;
  const run = (feeds: Feeds): Record<K, Float32Array> & Record<H, DeviceArray> => {
    if (disposed) throw new InternalError('a program was run after it had been disposed of');
    const fed = Object.entries(feeds).map(([name, value]) => [name, arrayOf(name, value)] as const);
    const values = evaluate(nodes, Object.fromEntries(fed));
    const own = results.map(({ name, wrap }, i) => [name, wrap(Float32Array.from(values[i] ?? []))] as const);
    return Object.fromEntries(own) as Record<K, Float32Array> & Record<H, DeviceArray>;
  };
  return {
    inputs,
    run: (feeds) => Promise.resolve(feeds).then(run),
    dispose: () => {
      disposed = true;
      return Promise.resolve();
    },
  };
}
