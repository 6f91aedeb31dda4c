/** @file The loss of classifiers of noised samples. */
import { InternalError } from '../../base/errors.ts';
import { foldIn } from '../../base/key.ts';
import { stratified } from '../../base/random.ts';
import { add, exp, input, log, maximum, mul, neg, slice, stopGradient, sub, sum } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { uniformTimes } from '../../sde/learning/weighting.ts';
import type { ScoreProcess } from '../coefficients.ts';
import { meanFactor, oneSection, perSample } from './loss.ts';
import { noiseFeeds } from './noised.ts';
import type { Objective } from './objective.ts';

/** log p of each class from log-odds `[B, K]`, of any size: h - log sum_k exp h_k. */
export function logSoftmax(h: Node): Node {
  const away = sub(h, stopGradient(largest(h)));
  return sub(away, log(sum(exp(away), [1], { keep: true })));
}

/** The largest number of each row, `[B, 1]`: of halves that may overlap, until one is left. */
function largest(rows: Node): Node {
  const [, count = 1] = rows.shape;
  if (count === 1) return rows;
  const half = Math.ceil(count / 2);
  const parts = [slice(rows, 1, { begin: 0, end: half }), slice(rows, 1, { begin: count - half, end: count })] as const;
  return largest(maximum(...parts));
}

/**
 * The mean of -log p(c | x_t, t) over samples noised at times of (tMin, tMax), in nats, for a network whose output is log-odds
 * `[B, K]`. The class of every sample is given.
 * @param process - with what the network reads as its parametrization, `classifierInput` of the SDE
 * @param classes - K
 * @see Song et al. 2021, appendix I.1
 */
export function crossEntropy(process: ScoreProcess, { classes }: { readonly classes: number }): Objective {
  return {
    kind: 'cross-entropy',
    classes,
    sections: oneSection,
    write: (owner, net, site) => {
      const { scope, batch, classes: labels } = site;
      if (labels === undefined) throw new InternalError('cross-entropy: expected the classes of the samples');
      const shape = [batch, ...net.sampleShape];
      const [x0, z] = [input(owner, 'x0', shape), input(owner, 'z', shape)];
      const factor = (name: string): Node => perSample(input(owner, name, [batch]), x0);
      const x = add(mul(factor('alpha'), x0), mul(factor('sigma'), z));
      const odds = net.forward(scope, mul(factor('inScale'), x), input(owner, 'label', [batch]));
      const losses = mul(neg(sum(mul(labels, logSoftmax(odds)), [1])), meanFactor(site));
      return { loss: sum(losses), losses };
    },
    draw: (x0, batch, key) => {
      const times = Array.from(stratified(foldIn(key, 'times'), batch), uniformTimes(process.sde));
      return { feeds: noiseFeeds(process, { x0, batch, times }, key), times };
    },
  };
}
