/** @file The bound of a process of tokens in steps, with cross-entropy beside it. */
import { indexOf } from '../../../base/random.ts';
import { noiseTokens } from '../../../discrete/chain-bound.ts';
import { reverseWeights, tokenPosterior, type ReverseForm } from '../../../discrete/reverse-step.ts';
import type { TokenNoise } from '../../../discrete/token-noise.ts';
import { add, exp, input, log, matmul, mul, neg, reshape, sub, sum } from '../../../graph/build.ts';
import { meanFactor, oneSection } from '../loss.ts';
import type { Objective } from '../objective.ts';
import { drawTimes, tokenOddsAt } from './odds.ts';

/** How the loss of steps is made. */
export interface StepsOptions {
  /** How the output of the network becomes a law of x_{n-1}, see `reverse-step`. */
  readonly form: ReverseForm;
  /** lambda, the weight of -log p(x0 | x_n). */
  readonly crossEntropy: number;
}

/** Keeps logarithms of float32 numbers finite, where q(x_{n-1} | x_n, x0) is 0 and nothing is asked of them. */
const tiny = 1e-30;

/**
 * KL(q(x_{n-1} | x_n, x0) || p(x_{n-1} | x_n)) at a step n drawn for each sample, plus lambda -log p(x0 | x_n): the mean over the tokens,
 * in nats.
 * @see Austin et al. 2021, eq. 5
 */
export function tokenSteps(noise: TokenNoise, { form, crossEntropy }: StepsOptions): Objective {
  const { states, tokens, steps } = noise;
  return {
    kind: 'd3pm',
    sections: oneSection,
    write: (owner, net, site) => {
      const { batch } = site;
      const { logs, right, length } = tokenOddsAt(owner, net, site);
      const perPosition = (name: string, size: number) => input(owner, name, [batch, length, size]);
      const p = reshape(exp(logs), [batch, length, tokens]);
      const spread = matmul(mul(p, perPosition('scale', tokens)), input(owner, 'total', [batch, tokens, states]));
      const law = mul(perPosition('likely', states), spread);
      const truth = perPosition('truth', states);
      // sum_j q_j (log r_j - log sum r); the entropy of q is a number of the host.
      const cross = sub(sum(mul(truth, log(add(law, tiny))), [2]), log(sum(law, [2])));
      const divergence = sub(neg(cross), input(owner, 'entropy', [batch, length]));
      const losses = mul(sum(add(divergence, mul(neg(right), crossEntropy)), [1]), meanFactor(site) / length);
      return { loss: sum(losses), losses };
    },
    draw: (x0, batch, key) => {
      const length = x0.length / batch;
      const { times, keyOf } = drawTimes(key, batch);
      const at = times.map((u) => 1 + indexOf(u, steps));
      const feeds = {
        x: new Float32Array(x0.length),
        x0,
        label: Float32Array.from(at, (n) => n / steps),
        scale: new Float32Array(x0.length * tokens),
        likely: new Float32Array(x0.length * states),
        truth: new Float32Array(x0.length * states),
        entropy: new Float32Array(x0.length),
        total: new Float32Array(batch * tokens * states),
      };
      at.forEach((n, i) => {
        const own = x0.subarray(i * length, (i + 1) * length);
        const seen = noiseTokens(noise, own, n, keyOf(i));
        feeds.x.set(seen, i * length);
        for (let k = 0; k < tokens; k++)
          for (let j = 0; j < states; j++) feeds.total[(i * tokens + k) * states + j] = noise.total(n - 1, k, j);
        seen.forEach((token, position) => {
          const row = i * length + position;
          feeds.scale.set(reverseWeights(noise, form, { n, seen: token }), row * tokens);
          for (let j = 0; j < states; j++) feeds.likely[row * states + j] = noise.step(n, j, token);
          const truth = tokenPosterior(noise, n, token, own[position] ?? 0);
          feeds.truth.set(truth, row * states);
          feeds.entropy[row] = truth.reduce((sum, q) => sum - (q > 0 ? q * Math.log(q) : 0), 0);
        });
      });
      return { feeds, times };
    },
  };
}
