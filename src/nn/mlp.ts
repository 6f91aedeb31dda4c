/** @file A multilayer perceptron for points. */
import { checkOptions, positiveInteger } from '../base/check.ts';
import { add, silu } from '../graph/build.ts';
import { fill, averageFan } from './initializer.ts';
import { dense, sinusoidalFeatures } from './layers.ts';
import { network, within, type Network } from './network.ts';

/** Options of `mlp`. */
export interface MlpOptions {
  /** Units of each hidden layer. */
  readonly width?: number;
  /** Number of hidden layers. */
  readonly depth?: number;
  /** Features of the time label, an even number. */
  readonly features?: number;
}

/**
 * Dense layers with SiLU on points `[B, d]`; the first one sees the point and sinusoidal features of the label.
 * @throws ConfigError if an option is out of its range.
 */
export function mlp(dimension: number, { width = 128, depth = 3, features = 64 }: MlpOptions = {}): Network {
  checkOptions(
    positiveInteger('dimension', dimension),
    positiveInteger('width', width),
    positiveInteger('depth', depth),
    [features >= 4 && features % 2 === 0, 'features', `expected an even number of at least 4, got ${features}`],
  );
  return network('mlp', [dimension], (scope, x, label) => {
    const init = averageFan(1);
    const time = dense(within(scope, 'time'), sinusoidalFeatures(label, features), {
      size: width,
      init,
      biasInit: fill(0),
    });
    let h = add(dense(within(scope, 'hidden.0'), x, { size: width, init, biasInit: fill(0) }), time);
    for (let i = 1; i < depth; i++)
      h = dense(within(scope, `hidden.${i}`), silu(h), { size: width, init, biasInit: fill(0) });
    return dense(within(scope, 'out'), silu(h), { size: dimension, init: averageFan(0), biasInit: fill(0) });
  });
}
