/** @file The value of an objective in float64, for tests. */
import type { Key } from '../../src/base/key.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph } from '../../src/graph/node.ts';
import { constantScope, network, type Forward, type Network, type ParamVectors } from '../../src/nn/network.ts';
import type { Objective } from '../../src/score/objectives/objective.ts';
import { drawOf, siteOf } from './site.ts';

const none: ParamVectors = { trained: new Float32Array(), fixed: new Float32Array() };

/** A network without parameters. */
export function formula(sampleShape: readonly number[], forward: Forward): Network {
  return network('formula', sampleShape, forward);
}

/** Loss and shares of a network on clean samples. */
export function lossOf(
  objective: Objective,
  net: Network,
  { x0, batch, key, params = none }: { x0: Float32Array; batch: number; key: Key; params?: ParamVectors },
): { loss: number; losses: Float64Array; times: readonly number[] } {
  const g = graph();
  const { loss, losses } = objective.write(g, net, siteOf(constantScope(net, params, g), batch));
  const { feeds, times } = drawOf(objective, x0, batch, key);
  const [total, shares] = evaluate([loss, losses], feeds);
  return { loss: total![0]!, losses: shares!, times };
}

/** Mean and standard error of numbers. */
export function meanOf(values: ArrayLike<number>): { mean: number; error: number } {
  const n = values.length;
  const mean = Array.from(values).reduce((sum, value) => sum + value, 0) / n;
  const variance = Array.from(values).reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, error: Math.sqrt(variance / n) };
}
