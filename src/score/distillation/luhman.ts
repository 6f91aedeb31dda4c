/** @file Distillation of a sampler into one evaluation, from pairs of noise and what the sampler made of it. */
import { add, input, mul, sqrt, square, sub, sum } from '../../graph/build.ts';
import { foldIn } from '../../base/key.ts';
import { normalInto } from '../../base/random.ts';
import type { ScoreProcess } from '../coefficients.ts';
import { denoised, denoisedFeeds, perSampleFeeds, weightedSum } from '../objectives/flow-step.ts';
import { meanFactor, oneSection, sumPerSample } from '../objectives/loss.ts';
import type { Objective } from '../objectives/objective.ts';

/** The square root has no derivative at zero. */
const smallest = 1e-6;

/**
 * The root mean square of D(x, tMax) - x_0 for noise x = priorStd z and the sample x_0 that a deterministic sampler of a teacher made of it:
 * the student draws in one evaluation what the sampler draws in many. The data have the noise of each sample.
 * @see Luhman and Luhman 2021, "Knowledge distillation in iterative generative models for improved sampling speed", eq. 5
 */
export function pairDistillation(process: ScoreProcess): Objective {
  const { tMax, priorStd } = process.sde;
  return {
    kind: 'luhman',
    storedNoise: true,
    sections: oneSection,
    write: (owner, net, site) => {
      const { scope, batch, classes } = site;
      const shape = [batch, ...net.sampleShape];
      const x = weightedSum('prior', { z: input(owner, 'z', shape) });
      const difference = sub(denoised(x, { net, scope, classes }, 'student'), input(owner, 'x0', shape));
      const size = net.sampleShape.reduce((product, n) => product * n, 1);
      const mean = mul(sumPerSample(square(difference)), 1 / size);
      const losses = mul(sqrt(add(mean, smallest ** 2)), meanFactor(site));
      return { loss: sum(losses), losses };
    },
    draw: (x0, batch, key) => {
      const times = new Array<number>(batch).fill(tMax);
      // Training puts the noise of the samples in its place.
      const z = new Float32Array(x0.length);
      normalInto(z, foldIn(key, 'noise'));
      const prior = perSampleFeeds('prior', times.map(() => ({ z: priorStd }))); // prettier-ignore
      return { feeds: { x0, z, ...prior, ...denoisedFeeds('student', process, times) }, times };
    },
  };
}
