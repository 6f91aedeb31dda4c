/** @file Mean matching: the reversal of a chain, learned from its paths. */
import { checkOptions, positive } from '../../base/check.ts';
import { foldIn } from '../../base/key.ts';
import { indexOf, stratified } from '../../base/random.ts';
import { sizeOf } from '../../base/tensor.ts';
import { add, input, mul, reshape, square, sub, sum } from '../../graph/build.ts';
import { coefficient, type ScoreProcess } from '../coefficients.ts';
import { meanFactor, oneSection, perSample, sumPerSample } from './loss.ts';
import type { Node } from '../../graph/node.ts';
import type { Objective } from './objective.ts';

/** The chain whose reversal is learned. */
export interface MeanMatchingOptions {
  /** Variance that the reference gains between the ends, above 0. */
  readonly epsilon: number;
  /** Times of the chain from 1 to 0, of N + 1 states. */
  readonly times: readonly number[];
}

/**
 * Mean matching: mean over the steps of ||x_{k+1} + h c F(x_{k+1}, t_{k+1}) - x_k||^2 / (epsilon h D) with h = t_{k+1} - t_k and c F the drift, which is 1
 * where nothing is left but the noise of the chain; half of what is above that is the divergence of a step for each dimension. The path of a sample begins
 * at it, at t = 0; its other states are the stored noise of the data, `[N, …]`. The least is at E[x_k | x_{k+1}], which the published target
 * x_{k+1} + f(x_k) - f(x_{k+1}), with f the mean of the other direction, has to first order in h alone; and a drift is learned with the time at which it
 * is asked for, of which the published code is a step off.
 * @throws ConfigError unless epsilon > 0.
 * @see De Bortoli et al. 2021, "Diffusion Schroedinger bridge with applications to score-based generative modeling", proposition 3 and algorithm 1
 */
export function meanMatching(process: ScoreProcess, { epsilon, times }: MeanMatchingOptions): Objective {
  checkOptions(positive('epsilon', epsilon));
  const ascending = times.toReversed();
  const chain = ascending.slice(1).map((t, k) => ({ k, t, length: t - (ascending[k] ?? 0) }));
  const steps = chain.length;
  return {
    kind: 'mean-matching',
    storedNoise: true,
    carriesData: true,
    sections: oneSection,
    write: (owner, net, site) => {
      const { batch, scope, classes } = site;
      const sample = net.sampleShape;
      const x0 = input(owner, 'x0', [batch, ...sample]);
      const path = input(owner, 'z', [batch, steps, ...sample]);
      // One state of each path, by weights of 0 and 1.
      const stateOf = (name: string): Node => {
        const weights = reshape(input(owner, name, [batch, steps]), [batch, steps, ...sample.map(() => 1)]);
        return sum(mul(weights, path), [1]);
      };
      const each = (name: string): Node => perSample(input(owner, name, [batch]), x0);
      const here = stateOf('at');
      const before = add(stateOf('before'), mul(each('begins'), x0));
      const found = net.forward(scope, here, input(owner, 'label', [batch]), classes);
      const target = mul(sub(before, here), each('step'));
      const losses = mul(
        sumPerSample(square(sub(mul(found, each('drift')), target))),
        meanFactor(site) / sizeOf(sample),
      );
      return { loss: sum(losses), losses };
    },
    draw: (x0, batch, key) => {
      const u = stratified(foldIn(key, 'steps'), batch);
      const chosen = Array.from(u).flatMap((value) => chain[indexOf(value, steps)] ?? []);
      const times = chosen.map(({ t }) => t);
      const oneHot = (offset: number): Float32Array => {
        const rows = new Float32Array(batch * steps);
        chosen.forEach(({ k }, i) => k >= offset && (rows[i * steps + k - offset] = 1));
        return rows;
      };
      const of = (f: (step: (typeof chain)[number]) => number): Float32Array => Float32Array.from(chosen, f);
      const feeds = {
        ...{ x0, label: coefficient('label', process, times) },
        ...{ at: oneHot(0), before: oneHot(1), begins: of(({ k }) => Number(k === 0)) },
        step: of(({ length }) => 1 / Math.sqrt(epsilon * length)),
        drift: of(({ t, length }) => Math.sqrt(length / epsilon) * process.parametrization.out(t)),
      };
      return { feeds, times };
    },
  };
}
