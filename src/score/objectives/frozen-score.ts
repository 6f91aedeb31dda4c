/** @file A trained score model that a loss reads and leaves as it is: a teacher, or the model behind a dequantizer. */
import type { Graph } from '../../graph/node.ts';
import { constantScope, type Network, type ParamVectors, type Scope } from '../../nn/network.ts';
import type { ScoreProcess } from '../coefficients.ts';

/** A trained score model whose parameters are constants of a loss. */
export interface FrozenScore {
  readonly net: Network;
  readonly params: ParamVectors;
  readonly process: ScoreProcess;
}

/** Where the network of a frozen score finds its parameters in the graph of a loss. Make it once for each graph: it copies them. */
export function frozenScope({ net, params }: FrozenScore, owner: Graph): Scope {
  return constantScope(net, params, owner);
}
