/** @file A residual network of dense layers, for rows of tables. */
import { checkOptions, positiveInteger } from '../base/check.ts';
import { add, concat, silu, standardize } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { averageFan, fill } from './initializer.ts';
import { dense, fourierFeatures } from './layers.ts';
import { knownColumns, knownParts } from './known.ts';
import { network, within, type Network, type Scope } from './network.ts';

/** Options of `residualMlp`. */
export interface ResidualMlpOptions {
  /** Number of units of each layer. Default 256. */
  readonly width?: number;
  /** Number of residual blocks of two layers. Default 3. */
  readonly depth?: number;
  /** Features of the label, an even number. Default 64. */
  readonly features?: number;
  /** Whether it reads which numbers are known, and their values. Default true. */
  readonly known?: boolean;
}

/**
 * Blocks h + W2 silu(W1 n(h) + T e) on vectors `[B, d]`, where n standardizes and e are Fourier features of the label behind a layer. The first layer reads the
 * vector, and the numbers that are known beside it.
 * @throws ConfigError if an option is out of its range.
 * @see Gorishniy et al. 2021, "Revisiting deep learning models for tabular data", section 3.2 (the residual network)
 */
export function residualMlp(dimension: number, options: ResidualMlpOptions = {}): Network {
  const { width = 256, depth = 3, features = 64, known = true } = options;
  checkOptions(
    positiveInteger('dimension', dimension),
    positiveInteger('width', width),
    positiveInteger('depth', depth),
    [features >= 2 && features % 2 === 0, 'features', `expected an even number of at least 2, got ${features}`],
  );
  const layer = (scope: Scope, h: Node, size: number, scale = 1): Node =>
    dense(scope, h, { size, init: averageFan(scale), biasInit: fill(0) });
  return network(
    'residual-mlp',
    [dimension],
    (scope, x, label, rows) => {
      const waves = fourierFeatures(within(scope, 'fourier'), label, { size: features, scale: 1 });
      const time = silu(layer(within(scope, 'time'), waves, width));
      let h = layer(
        within(scope, 'in'),
        rows === undefined ? x : concat([x, ...knownParts(rows, [dimension])], 1),
        width,
      );
      for (let i = 0; i < depth; i++) {
        const inner = within(scope, `block.${i}`);
        const first = add(
          layer(within(inner, 'first'), standardize(h, 1e-5), width),
          layer(within(inner, 'time'), time, width),
        );
        h = add(h, layer(within(inner, 'second'), silu(first), width, 0));
      }
      return layer(within(scope, 'out'), silu(standardize(h, 1e-5)), dimension, 0);
    },
    known ? { classes: knownColumns([dimension]), known } : {},
  );
}
