/** @file The loss of a model with a latent: a score given the latent of each sample, and a score of latents that the encoder does not see. */
import { dimensionOf } from '../../base/tensor.ts';
import { foldIn } from '../../base/key.ts';
import { normalInto } from '../../base/random.ts';
import { add, concat, input, mul, square, stopGradient, sum } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { requireLatent } from '../../nn/latent.ts';
import { within } from '../../nn/network.ts';
import type { ScoreProcess } from '../coefficients.ts';
import { sumPerSample } from './loss.ts';
import { drawNoised, drawWeighed, noised, type Weighing } from './noised.ts';
import type { Objective } from './objective.ts';

/** Options of `latentDenoising`. */
export interface LatentOptions extends Weighing {
  /** K, numbers of a latent. */
  readonly latent: number;
  /** The process of latents. */
  readonly prior: ScoreProcess;
  /** At which times the score of latents is taken, and how it is weighed. */
  readonly priorWeighing: Weighing;
  /** Noised copies of each latent in a step, since the score of latents costs little. Default 8. */
  readonly copies?: number;
  /** Standard deviation of noise that the decoder gets on latents of variance 1, so that near ones have like samples. Default 0. */
  readonly latentNoise?: number;
}

/** Before the names of the inputs of the second loss. */
const prefix = 'latent.';

/**
 * Denoising score matching of samples given z = E(x0), and of z itself, through which no gradient goes into the encoder: both stages at once.
 * @see Cai et al. 2020, eq. 5 (samples); Vahdat, Kreis and Kautz 2021, "Score-based generative modeling in latent space", section 3 (scores of latents)
 */
export function latentDenoising(process: ScoreProcess, options: LatentOptions): Objective {
  const { latent, prior, priorWeighing, copies = 8, latentNoise = 0, ...weighing } = options;
  return {
    kind: 'latent-denoising',
    write: (owner, net, site) => {
      const { encoder, decoder, prior: priorNet } = requireLatent(net).latent;
      const { scope, batch } = site;
      const at = (part: string): typeof site => ({ ...site, scope: within(scope, part) });
      const x0 = input(owner, 'x0', [batch, ...net.sampleShape]);
      // The encoder reads no label.
      const z = encoder.forward(within(scope, 'encoder'), x0, input(owner, 'label', [batch]));
      const rough = latentNoise === 0 ? z : add(z, mul(latentNoise, input(owner, 'latentNoise', [batch, latent])));
      const own = noised(owner, decoder, { ...at('decoder'), classes: rough });
      const first = mul(input(owner, 'weight', [batch]), sumPerSample(square(add(own.scaledScore, own.z))));
      const repeated = concat(Array.from({ length: copies }, () => stopGradient(z)) as [Node, ...Node[]], 0);
      const ofPrior = { ...at('prior'), batch: dimensionOf(repeated, 0) };
      const other = noised(owner, priorNet, ofPrior, { x0: repeated, prefix });
      const weight = input(owner, `${prefix}weight`, [ofPrior.batch]);
      const second = mul(weight, sumPerSample(square(add(other.scaledScore, other.z))));
      return { loss: add(sum(first), sum(second)), losses: first };
    },
    draw: (x0, batch, key) => {
      const own = drawNoised(process, weighing, { x0, batch }, key);
      const ofPrior = foldIn(key, 'latents');
      const [z, rough] = [new Float32Array(batch * copies * latent), new Float32Array(batch * latent)];
      normalInto(z, foldIn(ofPrior, 'noise'));
      normalInto(rough, foldIn(ofPrior, 'rough'));
      // The latents themselves are computed in the graph: only their number counts here.
      const clean = { x0: new Float32Array(z.length), z, batch: batch * copies };
      const others = Object.entries(drawWeighed(prior, priorWeighing, clean, ofPrior).feeds).filter(
        ([name]) => name !== 'x0',
      );
      return {
        feeds: {
          ...own.feeds,
          ...Object.fromEntries(others.map(([name, values]) => [prefix + name, values])),
          ...(latentNoise > 0 && { latentNoise: rough }),
        },
        times: own.times,
      };
    },
  };
}
