/** @file The continuous bound of masked diffusion. */
import type { MaskSchedule } from '../../../discrete/masked.ts';
import { maskTokens } from '../../../discrete/masked.ts';
import { input, mul, neg, sum } from '../../../graph/build.ts';
import { sizeOf } from '../../../base/tensor.ts';
import { oneSection } from '../loss.ts';
import type { Objective } from '../objective.ts';
import { drawTimes, tokenOddsAt } from './odds.ts';

/**
 * The mean over the tokens of a bound of -log p, in nats a token: at a time of even parts of (0, 1) each token is masked with probability
 * 1 - alpha(t), and -log p(x0_i | x_t) of the masked ones is weighed by -alpha'(t) / (1 - alpha(t)).
 * @param tokens - K, the number of a mask
 * @see Sahoo et al. 2024, "Simple and effective masked diffusion language models", eq. 10; Shi et al. 2024, eq. 5
 */
export function maskedTokens(schedule: MaskSchedule, { tokens }: { readonly tokens: number }): Objective {
  return {
    kind: 'masked',
    sections: oneSection,
    write: (owner, net, site) => {
      const { right } = tokenOddsAt(owner, net, site);
      const losses = sum(mul(input(owner, 'weight', right.shape), neg(right)), [1]);
      return { loss: sum(losses), losses };
    },
    draw: (x0, batch, key) => {
      const length = x0.length / batch;
      const { times, keyOf } = drawTimes(key, batch);
      const [x, weight] = [new Float32Array(x0.length), new Float32Array(x0.length)];
      times.forEach((t, i) => {
        const own = x0.subarray(i * length, (i + 1) * length);
        const masked = maskTokens(keyOf(i), own, { kept: schedule.alpha(t), mask: tokens });
        x.set(masked, i * length);
        const factor = schedule.weight(t) / sizeOf([batch, length]);
        masked.forEach((token, j) => (weight[i * length + j] = token === tokens ? factor : 0));
      });
      return { feeds: { x, x0, weight, label: Float32Array.from(times) }, times };
    },
  };
}
