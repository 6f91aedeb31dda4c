/** @file What losses of tokens share: the log probabilities that a network says, and where it is seen. */
import { foldIn, type Key } from '../../../base/key.ts';
import { stratified } from '../../../base/random.ts';
import { dimensionOf } from '../../../base/tensor.ts';
import { input, lookup, mul, reshape, sum } from '../../../graph/build.ts';
import type { Graph, Node } from '../../../graph/node.ts';
import type { Network } from '../../../nn/network.ts';
import { logSoftmax } from '../cross-entropy.ts';
import type { LossSite } from '../objective.ts';

/** What a network says of noised tokens. */
export interface TokenOdds {
  /** log p(x0_i = k) of each position, `[B L, K]`. */
  readonly logs: Node;
  /** log p(x0_i) of the token that is there, `[B, L]`. */
  readonly right: Node;
  /** K. */
  readonly tokens: number;
  readonly length: number;
}

/** The network at its inputs: noised tokens `x` and clean ones `x0` `[B, L]`, and the time as `label` `[B]`. */
export function tokenOddsAt(owner: Graph, net: Network, { scope, batch }: LossSite): TokenOdds {
  const shape = [batch, ...net.sampleShape];
  const [x, x0] = [input(owner, 'x', shape), input(owner, 'x0', shape)];
  const odds = net.forward(scope, x, input(owner, 'label', [batch]));
  const [length, tokens] = [dimensionOf(odds, 1), dimensionOf(odds, 2)];
  const logs = logSoftmax(reshape(odds, [batch * length, tokens]));
  const rows = Float64Array.from({ length: tokens ** 2 }, (_, i) => Number(Math.floor(i / tokens) === i % tokens));
  const borders = Float64Array.from({ length: tokens - 1 }, (_, k) => k + 0.5);
  const truth = reshape(lookup(x0, { borders, rows }), [batch * length, tokens]);
  return { logs, right: reshape(sum(mul(truth, logs), [1]), [batch, length]), tokens, length };
}

/** Times of a batch in even parts of (0, 1), and a key for each sample. */
export function drawTimes(
  key: Key,
  batch: number,
): { readonly times: readonly number[]; readonly keyOf: (i: number) => Key } {
  const noise = foldIn(key, 'noise');
  return { times: Array.from(stratified(foldIn(key, 'times'), batch)), keyOf: (i) => foldIn(noise, i) };
}
