/** @file The loss of an autoencoder: how far decoded samples are from what was encoded, and how much the latents say. */
import { sizeOf } from '../../base/tensor.ts';
import { foldIn } from '../../base/key.ts';
import { normalInto } from '../../base/random.ts';
import { add, exp, input, maximum, mul, neg, square, sub, sum } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { decoded, drawnLatent, encoded, requireAutoencoder, type EncodedNode } from '../../nn/autoencoder.ts';
import { meanFactor, oneSection, sumPerSample } from './loss.ts';
import type { Objective } from './objective.ts';

/** Options of `reconstruction`. */
export interface ReconstructionOptions {
  /** Weight of the divergence of latents from a standard normal, in nats, beside the sum of errors. Default 1e-5. */
  readonly kl?: number;
  /** What is added up over the numbers of a sample: squared or absolute differences. Default squared. */
  readonly distance?: 'squared' | 'absolute';
  /** Numbers of a latent. */
  readonly latent: number;
}

/**
 * (sum |x - D(z)|^p + kl KL(q(z | x) || N(0, I))) / D for z of q(z | x), of samples of D numbers.
 * @see Kingma and Welling 2014, "Auto-encoding variational Bayes", appendix B; Rombach et al. 2022, section 3.1
 */
export function reconstruction({ kl = 1e-5, distance = 'squared', latent }: ReconstructionOptions): Objective {
  return {
    kind: 'reconstruction',
    sections: oneSection,
    write: (owner, given, { scope, batch, total = batch }) => {
      const net = requireAutoencoder(given);
      const { dataShape, latentShape } = net.autoencoder;
      const x = input(owner, 'x0', [batch, ...dataShape]);
      const law = encoded(net, scope, x);
      const z = drawnLatent(law, input(owner, 'z', [batch, ...latentShape]));
      const difference = sub(x, decoded(net, scope, z));
      const errors = distance === 'squared' ? square(difference) : maximum(difference, neg(difference));
      const both = add(sumPerSample(errors), mul(kl, divergence(law)));
      const losses = mul(meanFactor({ batch, total }) / sizeOf(dataShape), both);
      return { loss: sum(losses), losses };
    },
    draw: (x0, batch, key) => {
      const z = new Float32Array(batch * latent);
      normalInto(z, foldIn(key, 'noise'));
      return { feeds: { x0, z }, times: [] };
    },
  };
}

/** KL(N(mean, variance) || N(0, I)) of each sample in nats, `[B]`. */
function divergence({ mean, logVariance }: EncodedNode): Node {
  return mul(0.5, sumPerSample(sub(sub(add(square(mean), exp(logVariance)), 1), logVariance)));
}
