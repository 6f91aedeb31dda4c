/**
 * @file Autoencoders of images, and networks of latents with the autoencoder that leads to them: all of their parameters are one list, so
 * that whatever stores a network stores the way from its latents to the data.
 */
import { checkOptions, positiveInteger } from '../base/check.ts';
import { plural } from '../base/words.ts';
import { InternalError } from '../base/errors.ts';
import { dimensionOf, sizeOf, type Shape } from '../base/tensor.ts';
import { add, div, exp, input, log, maximum, mul, neg, reshape, silu, slice, sub, upsample } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { fill } from './initializer.ts';
import { convolution } from './layers.ts';
import { layout, network, within, type Autoencoder, type Network, type Param, type ParamVectors, type Scope } from './network.ts'; // prettier-ignore
import { fromPatches, toPatches } from './unet/patches.ts';
import { joined, normalized, scaled } from './unet/unet-blocks.ts';

/** Options of `autoencoder`. */
export interface AutoencoderOptions {
  /** Channels of a latent. Default 4. */
  readonly channels?: number;
  /** Channels of the finest level, a multiple of 4. Default 32. */
  readonly width?: number;
  /** Channels of each level as multiples of `width`, finest first; each level halves the image. Default [1, 2]. */
  readonly multipliers?: readonly number[];
  /** Side of the squares of pixels that are the positions of the finest level. Default 2. */
  readonly patch?: number;
  /** Residual blocks of each level, in the encoder and in the decoder. Default 1. */
  readonly blocks?: number;
}

/** A network that has an autoencoder. */
export interface WithAutoencoder extends Network {
  readonly autoencoder: Autoencoder;
}

/** Where the logarithm of the variance of latents is kept, as published. */
const [leastLogVariance, mostLogVariance] = [-30, 20];

/**
 * An autoencoder of images whose latents are normal given the image: a residual encoder to mean and logarithm of the variance, and a decoder like
 * it. As a network it gives the image of the mean.
 * @param dataShape - `[C, H, W]`
 * @throws ConfigError if the images are none that are halved so often, or an option is out of its range.
 * @see Rombach et al. 2022, "High-resolution image synthesis with latent diffusion models", section 3.1
 */
export function autoencoder(dataShape: Shape, options: AutoencoderOptions = {}): WithAutoencoder {
  const { channels = 4, width = 32, multipliers = [1, 2], patch = 2, blocks = 1 } = options;
  const [colors = 1, ...sizes] = dataShape;
  const factor = patch * 2 ** (multipliers.length - 1);
  const whole = multipliers.every((multiplier) => Number.isInteger(multiplier) && multiplier > 0);
  checkOptions(
    [dataShape.length === 3, 'kind', `expected images [C, H, W], got samples [${dataShape.join(', ')}]`],
    positiveInteger('channels', channels),
    [width >= 4 && width % 4 === 0, 'width', `expected a positive multiple of 4, got ${width}`],
    [multipliers.length > 0 && whole, 'multipliers', `expected positive integers, got [${multipliers.join(', ')}]`],
    positiveInteger('patch', patch),
    positiveInteger('blocks', blocks),
    [
      sizes.every((size) => size % factor === 0),
      'multipliers',
      `expected images whose sides are multiples of ${factor} (squares of ${patch} pixels, and ${plural(multipliers.length - 1, 'halving')}), got ${sizes.join('x')}; give another --size, or fewer multipliers`,
    ],
  );
  const latentShape = [channels, ...sizes.map((size) => size / factor)];
  const kind = 'autoencoder';
  const stages = [...multipliers.entries()];
  const encoder = network(kind, dataShape, (scope, x) => {
    let h = convolution(within(scope, 'in'), toPatches(x, patch), { channels: width, ...scaled(1) });
    for (const [level, multiplier] of stages) {
      const own = { channels: width * multiplier };
      if (level > 0) h = convolution(within(scope, `down.${level}`), h, { ...own, stride: 2, ...scaled(1) });
      for (let i = 0; i < blocks; i++) h = block(within(scope, `block.${level}.${i}`), h, own.channels);
    }
    return ending(within(scope, 'out'), h, 2 * channels);
  });
  const decoder = network(kind, latentShape, (scope, z) => {
    const coarsest = width * (multipliers.at(-1) ?? 1);
    let h = convolution(within(scope, 'in'), z, { channels: coarsest, ...scaled(1) });
    for (const [level, multiplier] of stages.toReversed()) {
      const own = { channels: width * multiplier };
      if (level < multipliers.length - 1)
        h = convolution(within(scope, `up.${level}`), upsample(h, 2), { ...own, ...scaled(1) });
      for (let i = 0; i < blocks; i++) h = block(within(scope, `block.${level}.${i}`), h, own.channels);
    }
    return fromPatches(ending(within(scope, 'out'), h, colors * patch ** 2), patch);
  });
  return joinedHalves(kind, { dataShape, latentShape, encoder, decoder });
}

/** The network of an encoder and a decoder, whose parameters get the names of the halves before theirs. */
function joinedHalves(kind: string, halves: Omit<Autoencoder, 'standardized'>): WithAutoencoder {
  const own: Autoencoder = { ...halves, standardized: false };
  return {
    kind,
    sampleShape: own.dataShape,
    classes: 0,
    params: paramsOf(own),
    forward: (scope, x) => decodedWith(own, scope, encodedWith(own, scope, x).mean),
    autoencoder: own,
  };
}

/** Residual block without a label. */
function block(scope: Scope, x: Node, channels: number): Node {
  const h = convolution(within(scope, 'conv0'), silu(normalized(within(scope, 'norm0'), x)), {
    channels,
    ...scaled(1),
  });
  const own = convolution(within(scope, 'conv1'), silu(normalized(within(scope, 'norm1'), h)), {
    channels,
    ...scaled(0),
  });
  const skip =
    dimensionOf(x, 1) === channels ? x : convolution(within(scope, 'skip'), x, { channels, kernel: 1, ...scaled(1) });
  return joined(skip, own, { skipRescale: true });
}

function ending(scope: Scope, h: Node, channels: number): Node {
  return convolution(within(scope, 'conv'), silu(normalized(within(scope, 'norm'), h)), { channels, ...scaled(1) });
}

function paramsOf({ encoder, decoder }: Pick<Autoencoder, 'encoder' | 'decoder'>): readonly Param[] {
  return Object.entries({ encoder, decoder }).flatMap(([half, { params }]) =>
    params.map((param) => ({ ...param, name: `${half}.${param.name}` })),
  );
}

/** Normal laws of latents in a graph. */
export interface EncodedNode {
  readonly mean: Node;
  readonly logVariance: Node;
}

function encodedWith({ encoder, latentShape: [channels = 1] }: Autoencoder, scope: Scope, x: Node): EncodedNode {
  const out = encoder.forward(within(scope, 'encoder'), x, noLabel(x));
  const mean = slice(out, 1, { begin: 0, end: channels });
  const raw = slice(out, 1, { begin: channels, end: 2 * channels });
  // min(max(raw, least), most).
  return { mean, logVariance: neg(maximum(neg(maximum(raw, leastLogVariance)), -mostLogVariance)) };
}

function decodedWith({ decoder }: Autoencoder, scope: Scope, z: Node): Node {
  return decoder.forward(within(scope, 'decoder'), z, noLabel(z));
}

/** A node in the place of a label, which neither half reads. */
function noLabel(x: Node): Node {
  return input(x.graph, 'label', [dimensionOf(x, 0)]);
}

/** Names of the parameters of the map between latents and what their network reads, and of the noise of the decoder, before which `latent.` stands. */
const [shiftName, factorName, noiseName] = ['shift', 'factor', 'logVariance'];

/** Numbers of each channel of latents, and the variance of the decoder, which describe an autoencoder on data. */
export interface LatentUnits {
  /** What the network reads is factor (latent - shift), channel by channel. */
  readonly shift: Float32Array;
  readonly factor: Float32Array;
  /** Variance of the numbers of a sample around what the decoder makes of its latent, in the range of the model. */
  readonly variance: number;
}

/**
 * A network of latents with the autoencoder that leads to them.
 * @param options.joint - whether the parameters of the autoencoder and the variance of its decoder are trained too; default false
 */
export function ofLatents(net: Network, halves: Autoencoder, { joint = false } = {}): WithAutoencoder {
  const [channels = 1] = halves.latentShape;
  const fixed = (name: string, shape: Shape, value: number): Param => ({
    ...{ name: `latent.${name}`, shape, init: fill(value) },
    trainable: false,
  });
  const { withoutEnds } = net;
  return {
    ...net,
    params: [
      ...net.params,
      ...paramsOf(halves).map((param) => ({
        ...param,
        name: `autoencoder.${param.name}`,
        trainable: joint && param.trainable,
      })),
      fixed(shiftName, [channels], 0),
      fixed(factorName, [channels], 1),
      { ...fixed(noiseName, [1], 0), trainable: joint },
    ],
    ...(withoutEnds && { withoutEnds: () => ofLatents(withoutEnds(), halves, { joint }) }),
    autoencoder: { ...halves, standardized: true },
  };
}

/** @throws InternalError if a network has no autoencoder. */
export function requireAutoencoder(net: Network): WithAutoencoder {
  if (net.autoencoder !== undefined) return net as WithAutoencoder;
  throw new InternalError(`expected a network with an autoencoder, got ${net.kind}`);
}

/** Whether a network is an autoencoder itself. */
export function isAutoencoder(net: Network): net is WithAutoencoder {
  return net.autoencoder?.standardized === false;
}

/** Whether the samples of a network are latents. */
export function isOfLatents(net: Network): net is WithAutoencoder {
  return net.autoencoder?.standardized === true;
}

/** The laws of the latents of samples in the range of the model, as the network of latents reads them. */
export function encoded({ autoencoder: own }: WithAutoencoder, scope: Scope, x: Node): EncodedNode {
  if (!own.standardized) return encodedWith(own, scope, x);
  const { mean, logVariance } = encodedWith(own, within(scope, 'autoencoder'), x);
  const { shift, factor } = unitsIn(own, scope);
  return { mean: mul(sub(mean, shift), factor), logVariance: add(logVariance, mul(2, log(factor))) };
}

/** A latent drawn of its law with standard normal noise shaped like it. */
export function drawnLatent({ mean, logVariance }: EncodedNode, noise: Node): Node {
  return add(mean, mul(exp(mul(0.5, logVariance)), noise));
}

/** The samples of latents, in the range of the model. */
export function decoded({ autoencoder: own }: WithAutoencoder, scope: Scope, z: Node): Node {
  if (!own.standardized) return decodedWith(own, scope, z);
  const { shift, factor } = unitsIn(own, scope);
  return decodedWith(own, within(scope, 'autoencoder'), add(div(z, factor), shift));
}

function unitsIn({ latentShape }: Autoencoder, scope: Scope): Readonly<Record<'shift' | 'factor', Node>> {
  const [channels = 1, ...grid] = latentShape;
  const shape = [1, channels, ...grid.map(() => 1)];
  const param = (name: string): Node => latentParam(scope, name, [channels], shape);
  return { shift: param(shiftName), factor: param(factorName) };
}

/** Logarithm of the variance of the numbers of a sample around what is decoded, of the network of its latents, `[1]`. */
export function decoderLogVariance(scope: Scope): Node {
  return latentParam(scope, noiseName, [1]);
}

function latentParam(scope: Scope, name: string, shape: Shape, as: Shape = shape): Node {
  return reshape(scope.param({ name: `latent.${name}`, shape, init: fill(0), trainable: false }), as);
}

/**
 * The parameters of a network of latents with those of an autoencoder that was trained before, and with the units of its latents.
 * @param params - of the network of latents
 * @param from - the autoencoder, whose parameters have the names that the network has of them
 */
export function withAutoencoderParams(
  net: WithAutoencoder,
  params: ParamVectors,
  from: { readonly net: Network; readonly params: ParamVectors; readonly units: LatentUnits },
): ParamVectors {
  const source = new Map(layout(from.net).segments.map((segment) => [`autoencoder.${segment.name}`, segment]));
  const { shift, factor, variance } = from.units;
  const own = new Map(
    Object.entries({
      [shiftName]: shift,
      [factorName]: factor,
      [noiseName]: Float32Array.of(Math.log(variance)),
    }).map(([name, values]) => [`latent.${name}`, values]),
  );
  const vectors = { trained: params.trained.slice(), fixed: params.fixed.slice() };
  for (const { name, shape, trainable, begin } of layout(net).segments) {
    const given = source.get(name);
    const values =
      own.get(name) ?? (given && from.params[given.trainable ? 'trained' : 'fixed'].subarray(given.begin, given.end));
    if (values === undefined) continue;
    if (values.length !== sizeOf(shape))
      throw new InternalError(`expected ${sizeOf(shape)} numbers of ${name}, got ${values.length}`);
    vectors[trainable ? 'trained' : 'fixed'].set(values, begin);
  }
  return vectors;
}

/** The units of the latents of a network and the variance of its decoder, of its parameters. */
export function latentUnits(net: WithAutoencoder, params: ParamVectors): LatentUnits {
  const { segments } = layout(net);
  const values = (own: string): Float32Array => {
    const found = segments.find(({ name }) => name === `latent.${own}`);
    if (found === undefined) throw new InternalError(`expected a parameter latent.${own} of ${net.kind}`);
    return params[found.trainable ? 'trained' : 'fixed'].slice(found.begin, found.end);
  };
  return { shift: values(shiftName), factor: values(factorName), variance: Math.exp(values(noiseName)[0] ?? 0) };
}

/** The autoencoder of a network of latents by itself, with its parameters. */
export function bareAutoencoder(
  { autoencoder: halves }: WithAutoencoder,
  whole: { readonly net: Network; readonly params: ParamVectors },
): { readonly net: WithAutoencoder; readonly params: ParamVectors } {
  const net = joinedHalves('autoencoder', halves);
  const own = layout(net);
  const there = new Map(layout(whole.net).segments.map((segment) => [segment.name, segment]));
  const params = { trained: new Float32Array(own.trained), fixed: new Float32Array(own.fixed) };
  for (const { name, trainable, begin } of own.segments) {
    const from = there.get(`autoencoder.${name}`);
    if (from === undefined) throw new InternalError(`expected a parameter autoencoder.${name}`);
    const values = whole.params[from.trainable ? 'trained' : 'fixed'].subarray(from.begin, from.end);
    params[trainable ? 'trained' : 'fixed'].set(values, begin);
  }
  return { net, params };
}
