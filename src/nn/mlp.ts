/** @file A multilayer perceptron for points. */
import { checkOptions, positiveInteger } from '../base/check.ts';
import { add, mul, silu } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { fill, averageFan } from './initializer.ts';
import { dense, sinusoidalFeatures } from './layers.ts';
import { network, within, type Forward, type Network, type WithoutClasses } from './network.ts';

/** Options of `mlp`. */
export interface MlpOptions {
  /** Number of units of each hidden layer. Default 128. */
  readonly width?: number;
  /** Number of hidden layers. Default 3. */
  readonly depth?: number;
  /** Features of the time label, an even number. Default 64. */
  readonly features?: number;
  /** How many classes the network is conditional on; 0 for none. Default 0. */
  readonly classes?: number;
}

/**
 * Dense layers with SiLU on points `[B, d]`; the first one sees the point, sinusoidal features of the label, and
 * the class, each through a linear map.
 * @throws ConfigError if an option is out of its range.
 * @example
 * ```ts
 * import { key, mlp, startPoint } from 'scorefield';
 *
 * const net = mlp(2, { width: 128, depth: 3 });
 * console.log(startPoint(net, key(0)).state.params.length, 'parameters');
 * ```
 */
export function mlp(dimension: number, options: MlpOptions = {}): Network {
  const { width = 128, depth = 3, features = 64, classes = 0 } = options;
  checkOptions(
    positiveInteger('dimension', dimension),
    positiveInteger('width', width),
    positiveInteger('depth', depth),
    [features >= 4 && features % 2 === 0, 'features', `expected an even number of at least 4, got ${features}`],
    [Number.isInteger(classes) && classes >= 0, 'classes', `expected a whole number of 0 or more, got ${classes}`],
  );
  const write: Forward = (scope, x, label, given) => {
    const init = averageFan(1);
    const hidden = (name: string, h: Node): Node =>
      dense(within(scope, name), h, { size: width, init, biasInit: fill(0) });
    const time = hidden('time', sinusoidalFeatures(label, features));
    let h = add(hidden('hidden.0', x), time);
    // A one-hot row times sqrt(K) has the size of normal noise: mean square 1.
    if (given !== undefined) h = add(h, hidden('class', mul(given, Math.sqrt(classes))));
    for (let i = 1; i < depth; i++) h = hidden(`hidden.${i}`, silu(h));
    return dense(within(scope, 'out'), silu(h), { size: dimension, init: averageFan(0), biasInit: fill(0) });
  };
  // Of rows of zeros the layer of classes gives its bias.
  const withoutClasses: WithoutClasses = (param) => {
    const [bias, own] = [param('time.bias'), param('class.bias')];
    bias.set(bias.map((value, i) => value + (own[i] ?? 0)));
  };
  return network('mlp', [dimension], write, { classes, withoutClasses });
}
