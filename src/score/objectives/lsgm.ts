/** @file The loss of an autoencoder and of the score of its latents at once: a bound of the log likelihood of the data. */
import { foldIn } from '../../base/key.ts';
import { normalInto } from '../../base/random.ts';
import { dimensionOf, sizeOf } from '../../base/tensor.ts';
import { add, div, exp, input, mul, square, stopGradient, sub, sum } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { decoded, decoderLogVariance, drawnLatent, encoded, requireAutoencoder } from '../../nn/autoencoder.ts';
import { crossEntropyEnds, crossEntropyTimes, type CrossEntropyKind } from '../../sde/learning/cross-entropy-times.ts';
import type { ScoreProcess } from '../coefficients.ts';
import { meanFactor, oneSection, perSample, sumPerSample } from './loss.ts';
import { drawWeighed, noised } from './noised.ts';
import type { Objective } from './objective.ts';

/** Options of `lsgm`. */
export interface LsgmOptions {
  /** Times of the cross entropy, and the weights of the score there. Default ll-iw. */
  readonly weighting?: CrossEntropyKind;
  /** Factor of the divergence of latents from their prior; 1 is the bound. Default 1. */
  readonly kl?: number;
  /** Numbers of a latent. */
  readonly latent: number;
}

/**
 * (E -log p(x | z0) + kl (E log q(z0 | x) + CE)) / D in nats, of samples of D numbers, for z0 of q(z0 | x), p(x | z0) normal with the variance of the decoder, and the cross
 * entropy CE of q(z0 | x) and the law of the score, by one time of each sample.
 *
 * Autoencoder and score have one pass of the network and gradients of their own: what the score is asked about goes into it with the gradient times
 * the ratio of the two weights, so that z0 gets that of the cross entropy and the network that of its own loss.
 * @see Vahdat, Kreis and Kautz 2021, "Score-based generative modeling in latent space", eq. 4 to 8
 */
export function lsgm(process: ScoreProcess, { weighting = 'll-iw', kl = 1, latent }: LsgmOptions): Objective {
  const { sde } = process;
  const { at, entropy, score } = crossEntropyTimes[weighting](sde);
  const ends = crossEntropyEnds(sde);
  return {
    kind: 'lsgm',
    joint: true,
    sections: oneSection,
    write: (owner, given, site) => {
      const { scope, batch, total = batch } = site;
      const net = requireAutoencoder(given);
      const { dataShape, latentShape } = net.autoencoder;
      const x = input(owner, 'x0', [batch, ...dataShape]);
      const law = encoded(net, scope, x);
      const z0 = drawnLatent(law, input(owner, 'latentNoise', [batch, ...latentShape]));
      const [own, other] = ['weight', 'entropyWeight'].map((name) => input(owner, name, [batch])) as [Node, Node];
      const still = stopGradient(z0);
      const seen = add(still, mul(perSample(div(other, own), z0), sub(z0, still)));
      const { scaledScore, z } = noised(owner, net, site, { x0: seen });
      const errors = sumPerSample(square(add(scaledScore, z)));
      const atEnds = add(mul(ends.square, sumPerSample(square(z0))), ends.constant * latent);
      const negativeEntropy = mul(-0.5, sumPerSample(add(law.logVariance, 1 + Math.log(2 * Math.PI))));
      const rest = add(
        negativeLog(sub(x, decoded(net, scope, z0)), decoderLogVariance(scope)),
        mul(kl, add(negativeEntropy, atEnds)),
      );
      const trained = add(rest, mul(kl, mul(own, errors)));
      const bound = add(rest, mul(kl, mul(other, errors)));
      const losses = mul(
        meanFactor({ batch, total }) / sizeOf(dataShape),
        add(trained, stopGradient(sub(bound, trained))),
      );
      return { loss: sum(losses), losses };
    },
    draw: (x0, batch, key) => {
      const [z, latentNoise] = [new Float32Array(batch * latent), new Float32Array(batch * latent)];
      normalInto(z, foldIn(key, 'noise'));
      normalInto(latentNoise, foldIn(key, 'latent'));
      // The latents are computed in the graph: only their number counts here.
      const clean = { x0: new Float32Array(z.length), z, batch };
      const weighing = {
        times: at,
        weighting: (t: number) => batch * score(t) * sde.sigma(t) ** 2,
        reduction: 'sum',
      } as const;
      const { feeds, times } = drawWeighed(process, weighing, clean, key);
      return { feeds: { ...feeds, x0, latentNoise, entropyWeight: Float32Array.from(times, entropy) }, times };
    },
  };
}

/** -log N(difference; 0, exp(logVariance) I) of each sample, `[B]`. */
function negativeLog(difference: Node, logVariance: Node): Node {
  const size = sizeOf(difference.shape) / dimensionOf(difference, 0);
  const squares = mul(sumPerSample(square(difference)), exp(mul(-1, logVariance)));
  return mul(0.5, add(squares, mul(size, add(logVariance, Math.log(2 * Math.PI)))));
}
