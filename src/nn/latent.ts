/** @file Networks of samples that have a latent: what it is, the score given it, and the score of latents themselves, with one list of parameters. */
import { InternalError } from '../base/errors.ts';
import { dimensionOf } from '../base/tensor.ts';
import { constant } from '../graph/build.ts';
import { layout, within, type Network, type ParamVectors } from './network.ts';

/** The parts of a network with a latent. */
export interface LatentParts {
  /** From samples to latents `[B, K]`; it reads no label. */
  readonly encoder: Network;
  /** The score of samples, which is conditional on rows `[B, K]`, the latents. */
  readonly decoder: Network;
  /** The score of latents `[K]`. */
  readonly prior: Network;
}

/** A network with a latent; as a network of samples alone it is the decoder without a latent in particular. */
export interface LatentNetwork extends Network {
  readonly latent: LatentParts;
}

/** Joins the parts of a network, whose parameters get the names of the parts before theirs. */
export function withLatent(kind: string, latent: LatentParts): LatentNetwork {
  const { encoder, decoder, prior } = latent;
  return {
    kind,
    sampleShape: decoder.sampleShape,
    classes: 0,
    params: Object.entries({ encoder, decoder, prior }).flatMap(([part, { params }]) =>
      params.map((param) => ({ ...param, name: `${part}.${param.name}` })),
    ),
    forward: (scope, x, label) => {
      const batch = dimensionOf(x, 0);
      const none = constant(x.graph, new Float64Array(batch * decoder.classes), [batch, decoder.classes]);
      return decoder.forward(within(scope, 'decoder'), x, label, none);
    },
    latent,
  };
}

/** @throws InternalError if a network has no latent. */
export function requireLatent(net: Network): LatentNetwork {
  if ('latent' in net) return net as LatentNetwork;
  throw new InternalError(`expected a network with a latent, got ${net.kind}`);
}

/** The parameters of a part, of those of the whole. */
export function partParams(net: LatentNetwork, part: keyof LatentParts, params: ParamVectors): ParamVectors {
  const own = layout(net.latent[part]);
  const whole = new Map(layout(net).segments.map((segment) => [segment.name, segment]));
  const vectors = { trained: new Float32Array(own.trained), fixed: new Float32Array(own.fixed) };
  for (const { name, trainable, begin } of own.segments) {
    const from = whole.get(`${part}.${name}`);
    if (from === undefined) throw new InternalError(`expected a parameter ${part}.${name}`);
    const sort = trainable ? 'trained' : 'fixed';
    vectors[sort].set(params[sort].subarray(from.begin, from.end), begin);
  }
  return vectors;
}
