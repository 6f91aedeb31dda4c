/** @file A trained score model that a loss reads and leaves as it is: a teacher, or the model behind a dequantizer. */
import type { Graph, Node } from '../../graph/node.ts';
import { constantScope, type Network, type ParamVectors, type Scope } from '../../nn/network.ts';
import type { ScoreProcess } from '../coefficients.ts';
import type { PlacedNetwork } from './flow-step.ts';

/** A trained score model whose parameters are constants of a loss. */
export interface FrozenScore {
  readonly net: Network;
  readonly params: ParamVectors;
  readonly process: ScoreProcess;
  /** Scale by which its estimates are guided to the classes or the texts of the samples. Default 1: they are not. */
  readonly guidance?: number | undefined;
}

/** Where the network of a frozen score finds its parameters in the graph of a loss. Make it once for each graph: it copies them. */
export function frozenScope({ net, params }: FrozenScore, owner: Graph): Scope {
  return constantScope(net, params, owner);
}

/** A frozen score as a network of a loss, with the classes of the samples. It copies the parameters into the graph. */
export function placedScore(score: FrozenScore, owner: Graph, classes: Node | undefined): PlacedNetwork {
  return { net: score.net, scope: frozenScope(score, owner), classes, guidance: score.guidance };
}
