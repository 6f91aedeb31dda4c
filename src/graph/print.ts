/** @file Graphs as readable text, one node per line. */
import { topological, type Node } from './node.ts';

function attribute([name, value]: [string, unknown]): string {
  if (ArrayBuffer.isView(value))
    return value.byteLength === 8 && value instanceof Float64Array ? `${name}=${String(value[0])}` : `${name}=…`;
  return `${name}=${Array.isArray(value) ? `[${value.join()}]` : String(value)}`;
}

/** The nodes that the given ones need, as `%4 = mul(%1, %3) [2, 8]` with attributes at the end. */
export function printGraph(outputs: readonly Node[]): string {
  return topological(outputs)
    .map((node) => {
      const call = `${node.kind}(${node.inputs.map(({ id }) => `%${id}`).join(', ')})`;
      const attributes = Object.entries(node.attrs)
        .filter(([name]) => name !== 'shape')
        .map(attribute);
      return [`%${node.id} = ${call} [${node.shape.join(', ')}]`, ...attributes].join(' ');
    })
    .join('\n');
}
