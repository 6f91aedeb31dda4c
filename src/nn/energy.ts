/** @file Networks that are gradients: the score of an energy. */
import { InternalError } from '../base/errors.ts';
import { mul, neg, sum } from '../graph/build.ts';
import { vjp } from '../graph/vjp.ts';
import { network, type Forward, type Network } from './network.ts';

/**
 * The energy E(x, label) = -<x, F(x, label)> of a network F, one number per sample.
 *
 * It is linear in the last layer of F, so that it begins where F does and bends as either sign of the output asks; and
 * it is general: -<x, F> takes every value E(x) - E(0) for F = -(integral of grad E(a x) over a from 0 to 1).
 * @returns `[B]`
 * @see Salimans and Ho 2021, "Should EBMs model the energy or the score?"; Du et al. 2023, "Reduce, reuse, recycle"
 */
export function energyOf(net: Network): Forward {
  return (scope, x, label, classes) => {
    const axes = x.shape.map((_, i) => i).slice(1);
    return neg(sum(mul(x, net.forward(scope, x, label, classes)), axes));
  };
}

/**
 * The network whose output is minus the gradient in x of `energyOf` the given one, F + (dF/dx)^T x, with its parameters.
 * Its Jacobian in x is symmetric, so under every parametrization the score is a gradient too; training goes through
 * second derivatives of F.
 */
export function energyNetwork(net: Network): Network {
  const energy = energyOf(net);
  const gradient = network(
    `energy of ${net.kind}`,
    net.sampleShape,
    (scope, x, label, classes) => {
      const [gradient] = vjp(sum(energy(scope, x, label, classes)), [x]);
      if (gradient === undefined) throw new InternalError(`the energy of ${net.kind} does not depend on x`);
      return neg(gradient);
    },
    { classes: net.classes },
  );
  return { ...gradient, energy };
}
