/** @file A network that is also given where a step of the flow ends. */
import { dimensionOf } from '../base/tensor.ts';
import { concat, constant } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { layout, type Network, type ParamVectors } from './network.ts';

/**
 * A network that reads rows `[B, E]` of the ends of steps behind those of classes `[B, K]`: the rows of `withEndRows`, or those of classes alone for no
 * step.
 * @param classes - K, 0 for none
 * @param ends - E
 * @param networkFor - makes a network for rows of so many columns; it is asked for K + E, so that every network with classes will do
 */
export function withEnd(
  { classes, ends }: { readonly classes: number; readonly ends: number },
  networkFor: (classes: number) => Network,
): Network {
  const net = networkFor(classes + ends);
  return {
    ...net,
    classes,
    ends,
    withoutEnds: () => networkFor(classes),
    forward: (scope, x, label, given) => {
      const whole = given === undefined || given.shape[1] === classes + ends;
      return net.forward(scope, x, label, whole ? given : concat([given, zeros(given, ends)], 1));
    },
  };
}

/**
 * The parameters of a network of steps that give what the same network without them gives, wherever a step ends: what reads the rows gets zeros for their
 * further columns. Rows are multiplied by the square root of their columns, which those that there are already make up for.
 * @param other - the network that `net.withoutEnds` makes
 */
export function paramsForEnds(net: Network, other: Network, params: ParamVectors): ParamVectors {
  const [own, before] = [layout(net), layout(other)];
  const known = new Map(before.segments.map((segment) => [segment.name, segment]));
  const vectors = { trained: new Float32Array(own.trained), fixed: new Float32Array(own.fixed) };
  for (const { name, shape, trainable, begin } of own.segments) {
    const from = known.get(name);
    if (from === undefined) continue;
    const sort = trainable ? 'trained' : 'fixed';
    const grown = shape[0] !== from.shape[0];
    const factor = grown ? Math.sqrt(dimensionOf(from, 0) / dimensionOf({ shape }, 0)) : 1;
    const values = params[sort].subarray(from.begin, from.end);
    vectors[sort].set(grown ? values.map((value) => factor * value) : values, begin);
  }
  return vectors;
}

/** The rows that a network reads of classes `[B, K]` and the ends of steps `[B, E]`; undefined where it reads none. */
export function withEndRows(
  { classes, ends }: Network,
  given: Node | undefined,
  end: Node | undefined,
): Node | undefined {
  if (ends === undefined || end === undefined) return classes === 0 ? undefined : given;
  return classes === 0 ? end : concat([given ?? zeros(end, classes), end], 1);
}

function zeros({ graph, shape: [batch = 1] }: Node, columns: number): Node {
  return constant(graph, new Float64Array(batch * columns), [batch, columns]);
}
