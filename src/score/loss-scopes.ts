/** @file The places in which a loss finds the parameters of a network. */
import { stopGradient } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { vectorScope, type MaskInput, type Network } from '../nn/network.ts';
import type { LossScopes } from './objectives/objective.ts';

/** Vectors `[P]` of parameters. */
export interface LossVectors {
  readonly trained: Node;
  /** The moving average; the trained numbers without a gradient by default. */
  readonly average?: Node;
  readonly fixed: Node | undefined;
}

/** The scopes of a loss, the trained parameters one by one, and the dropout masks that all scopes share. */
export function lossScopes(
  net: Network,
  { trained, average = stopGradient(trained), fixed }: LossVectors,
): { readonly scopes: LossScopes; readonly trained: readonly Node[]; readonly masks: readonly MaskInput[] } {
  const bound = vectorScope(net, { trained, fixed });
  const other = (vector: Node): LossScopes['stopped'] =>
    vectorScope(net, { trained: vector, fixed }, bound.masks).scope;
  const scopes = { scope: bound.scope, stopped: other(stopGradient(trained)), average: other(average) };
  return { scopes, trained: bound.trained, masks: bound.masks };
}
