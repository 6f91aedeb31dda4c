/** @file Bridge matching: the drift of a bridge, learned from pairs of its ends. */
import { checkOptions, positive } from '../../base/check.ts';
import { foldIn } from '../../base/key.ts';
import { normalInto, stratified } from '../../base/random.ts';
import { add, concat, input, mul, square, sub, sum } from '../../graph/build.ts';
import { driftScale } from '../../sde/learning/bridge-input.ts';
import { coefficient, type ScoreProcess } from '../coefficients.ts';
import { meanFactor, oneSection, perSample, sumPerSample } from './loss.ts';
import type { Node } from '../../graph/node.ts';
import type { Objective } from './objective.ts';

/** Times are this far from both ends, as in the published code. */
const margin = 1e-3;

/** Numbers of a sample and time that the host draws for it. */
const perTime = ['time', 'spread', 'pull', 'driftScale'] as const;

/**
 * Bridge matching: mean ||F - (x_0 - x_1 - sqrt(epsilon (1 - t) / t) n) / c||^2 at x_t = (1 - t) x_0 + t x_1 + sqrt(epsilon t (1 - t)) n, for the end x_0
 * and the start x_1 of each pair, with c the `driftScale`. Its least is the drift c F toward the end that has the marginals of the bridges of all pairs:
 * their Markov projection. Starts are the stored noise of the data.
 * With `start` the network sees x_1 beside x_t, and the least is the drift of the bridges that begin there: their ends keep the law of x_0 given x_1, where the
 * projection keeps that of x_0 alone.
 * @throws ConfigError unless epsilon > 0.
 * @see Shi et al. 2023, "Diffusion Schroedinger bridge matching", eq. 10 and 13; Peluchetti 2023, "Diffusion bridge mixture transports"; De Bortoli et al. 2023, "Augmented bridge matching"
 */
export function bridgeMatching(
  process: ScoreProcess,
  epsilon: number,
  { start = false }: { readonly start?: boolean } = {},
): Objective {
  checkOptions(positive('epsilon', epsilon));
  return {
    kind: 'bridge-matching',
    storedNoise: true,
    carriesData: true,
    sections: oneSection,
    write: (owner, net, site) => {
      const { batch, scope, classes } = site;
      checkOptions([!start || net.starts === true, 'start', `expected a network that sees starts, got ${net.kind}`]);
      const shape = [batch, ...net.sampleShape];
      const [x0, z, noise] = ['x0', 'z', 'noise'].map((name) => input(owner, name, shape)) as [Node, Node, Node];
      const [time, spread, pull, scale] = perTime.map((name) => perSample(input(owner, name, [batch]), x0)) as [Node, Node, Node, Node]; // prettier-ignore
      const toward = sub(x0, z);
      const x = add(sub(x0, mul(time, toward)), mul(spread, noise));
      const target = mul(sub(toward, mul(pull, noise)), scale);
      const found = net.forward(scope, start ? concat([x, z], 1) : x, input(owner, 'label', [batch]), classes);
      const size = shape.slice(1).reduce((a, b) => a * b, 1);
      const losses = mul(sumPerSample(square(sub(found, target))), meanFactor(site) / size);
      return { loss: sum(losses), losses };
    },
    draw: (x0, batch, key) => {
      const times = Array.from(stratified(foldIn(key, 'times'), batch), (u) => margin + (1 - 2 * margin) * u);
      const noise = new Float32Array(x0.length);
      normalInto(noise, foldIn(key, 'noise'));
      const of = (f: (t: number) => number): Float32Array => Float32Array.from(times, f);
      const feeds = {
        ...{ x0, noise, time: of((t) => t), label: coefficient('label', process, times) },
        spread: of((t) => Math.sqrt(epsilon * t * (1 - t))),
        pull: of((t) => Math.sqrt((epsilon * (1 - t)) / t)),
        driftScale: of((t) => 1 / driftScale(epsilon, t)),
      };
      return { feeds, times };
    },
  };
}
