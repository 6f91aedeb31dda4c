/** @file The autoencoder by which the samples of a configuration are seen, where it names one. */
import { ConfigError } from '../base/errors.ts';
import type { Shape } from '../base/tensor.ts';
import type { Autoencoder } from '../nn/network.ts';
import { builtIn, type Catalog } from './catalog.ts';
import { given } from './config/given.ts';
import type { RunConfig } from './config/schema.ts';
import { find } from './named.ts';

/**
 * The autoencoder whose latents a network learns; undefined where it learns the data themselves.
 * @param shape - of a sample of the data
 * @throws ConfigError if the configuration does not say which it is, or it does not take samples of this shape.
 */
export function autoencoderOf(
  { latent }: Pick<RunConfig, 'latent'>,
  shape: Shape,
  { networks }: Catalog = builtIn,
): Autoencoder | undefined {
  if (latent === undefined) return undefined;
  const { net } = latent;
  const { autoencoder } = net === undefined ? {} : find(networks, net.kind, 'latent.net.kind').build(shape, given(net));
  if (autoencoder !== undefined) return autoencoder;
  throw new ConfigError([
    { path: 'latent', message: 'expected latent.run, a run of --task autoencoder, of which the rest is read' },
  ]);
}

/** The size of the samples that a network sees, sides of images or the length of series: that of latents where it learns those. */
export function seenSize(
  config: Pick<RunConfig, 'latent'>,
  shape: Shape,
  catalog?: Catalog,
): { readonly height: number; readonly width: number } | { readonly grid: Shape } | undefined {
  const [, height, width] = autoencoderOf(config, shape, catalog)?.latentShape ?? shape;
  if (height && width) return { height, width };
  return height ? { grid: [height] } : undefined;
}
