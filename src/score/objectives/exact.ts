/** @file Exact score matching, with the trace of the Jacobian of the score taken in full. */
import { InternalError } from '../../base/errors.ts';
import { sizeOf } from '../../base/tensor.ts';
import { add, constant, expand, input, mul, square, sum } from '../../graph/build.ts';
import { jvp } from '../../graph/jvp.ts';
import type { Graph, Node } from '../../graph/node.ts';
import type { Network } from '../../nn/network.ts';
import type { ScoreProcess } from '../coefficients.ts';
import { oneSection, sumPerSample } from './loss.ts';
import { drawNoised, noised, type Noised, type Weighing } from './noised.ts';
import type { LossSite, Objective } from './objective.ts';

/** Options of the objectives that see derivatives of the score instead of the noise. */
export interface ScoreMatchingOptions extends Weighing {
  /** Takes the loss at the data themselves, x = x0, as it was first defined, instead of at x_t. Default false. */
  readonly clean?: boolean;
}

/** The loss whose squares ||sigma s||^2 and traces of d(sigma s)/dx, one of each per sample, are given. */
export function exactLoss(squares: Node, trace: Node, { sigma }: Noised): { loss: Node; losses: Node } {
  const weight = input(squares.graph, 'weight', sigma.shape);
  // lambda (||s||^2 + 2 tr ds/dx) = lambda / sigma^2 (||sigma s||^2 + 2 sigma tr d(sigma s)/dx).
  const losses = mul(weight, add(squares, mul(2, mul(sigma, trace))));
  return { loss: sum(losses), losses };
}

/** The derivative of sigma s along v, at the x that the network sees. */
export function derivativeAlong({ scaledScore, x }: Noised, v: Node): Node {
  const [derivative] = jvp([scaledScore], [x], [v]);
  if (derivative === undefined) throw new InternalError('the score does not depend on x');
  return derivative;
}

/**
 * Exact (implicit) score matching: lambda (||s||^2 + 2 tr ds/dx), of which the reduction 'halfSum' is the published
 * 1/2 ||s||^2 + tr ds/dx. In expectation it is the denoising loss less the constant lambda E||z||^2 / sigma^2. The
 * trace takes one forward derivative for each of the D dimensions, which bounds D to some tens.
 * @see Hyvarinen 2005, theorem 1
 */
export function exactScoreMatching(process: ScoreProcess, options: ScoreMatchingOptions = {}): Objective {
  return {
    kind: 'exact',
    sections: oneSection,
    write: (owner, net, site) => {
      const at = noised(owner, net, site, options);
      return exactLoss(sumPerSample(square(at.scaledScore)), traceOf(owner, net, site, at), at);
    },
    draw: (x0, batch, key) => drawNoised(process, options, { x0, batch }, key),
  };
}

function traceOf(owner: Graph, { sampleShape }: Network, { batch }: LossSite, at: Noised): Node {
  const size = sizeOf(sampleShape);
  const diagonal = Array.from({ length: size }, (_, i) => {
    const basis = Float64Array.from({ length: size }, (_, j) => Number(i === j));
    const e = expand(constant(owner, basis, [1, ...sampleShape]), [batch, ...sampleShape]);
    return sumPerSample(mul(e, derivativeAlong(at, e)));
  });
  return diagonal.reduce((trace, entry) => add(trace, entry));
}
