/** @file What networks of tokens begin and end with: rows of numbers for tokens, and log-odds of tokens for rows of numbers. */
import { dimensionOf } from '../../base/tensor.ts';
import { lookup, matmul, reshape } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { fill, gaussianInitializer } from '../initializer.ts';
import { dense } from '../layers.ts';
import { within, type Scope } from '../network.ts';

/** Tokens x `[B, L]` of 0 to K, the mask, as rows of 0 and 1 `[B L, K + 1]`. */
function oneHot(x: Node, tokens: number): Node {
  const states = tokens + 1;
  const rows = Float64Array.from({ length: states ** 2 }, (_, i) => Number(Math.floor(i / states) === i % states));
  const borders = Float64Array.from({ length: tokens }, (_, k) => k + 0.5);
  return reshape(lookup(x, { borders, rows }), [dimensionOf(x, 0) * dimensionOf(x, 1), states]);
}

/** A trained row of numbers for each token and for the mask: x `[B, L]` to `[B L, width]`. */
export function embedding(scope: Scope, x: Node, { tokens, width }: { tokens: number; width: number }): Node {
  const shape = [tokens + 1, width];
  const table = scope.param({ name: 'weight', shape, init: gaussianInitializer(0.5), trainable: true });
  return matmul(oneHot(x, tokens), table);
}

/** Log-odds of the tokens, even at first: h `[B L, width]` to `[B, L, K]`. */
export function tokenOdds(
  scope: Scope,
  h: Node,
  { batch, length, tokens }: Readonly<Record<'batch' | 'length' | 'tokens', number>>,
): Node {
  const odds = dense(within(scope, 'out'), h, { size: tokens, init: gaussianInitializer(1e-3), biasInit: fill(0) });
  return reshape(odds, [batch, length, tokens]);
}
