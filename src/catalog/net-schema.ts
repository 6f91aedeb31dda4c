/** @file The configuration of a network: what its keys are, and their limits. */
import * as v from 'valibot';
import { ddpmppStyle, ddpmStyle, ncsnppStyle, type UnetStyle } from '../nn/unet-options.ts';
import { count, fraction, notNegative, positive, several, upTo, whole, withKeys } from './limits.ts';

const size = upTo(4096);
/** Classes that the network can be told. */
const classes = v.optional(v.pipe(whole, v.maxValue(65_536, 'expected at most 65536')), 0);
/** Whether the output is the gradient of an energy that is written with the network. */
const energy = v.optional(v.boolean());

/** Keys of a U-Net, with the defaults of a style. */
const unetKeys = (style: UnetStyle) => ({
  width: v.optional(size, style.width),
  multipliers: v.optional(several(upTo(64)), [...style.multipliers]),
  blocks: v.optional(upTo(64), style.blocks),
  /** Image sizes with attention, pixels. */
  attention: v.optional(v.array(count)),
  dropout: v.optional(fraction, style.dropout),
  resblock: v.optional(v.picklist(['ddpm', 'biggan']), style.resblock),
  fir: v.optional(v.boolean(), style.fir),
  skipRescale: v.optional(v.boolean(), style.skipRescale),
  progressive: v.optional(v.picklist(['none', 'output_skip', 'residual']), style.progressive),
  progressiveInput: v.optional(v.picklist(['none', 'input_skip', 'residual']), style.progressiveInput),
  combine: v.optional(v.picklist(['sum', 'cat']), style.combine),
  embedding: v.optional(v.picklist(['positional', 'fourier']), style.embedding),
  fourierScale: v.optional(positive, style.fourierScale),
  attentionUp: v.optional(v.picklist(['last', 'every']), style.attentionUp),
  attentionInit: v.optional(notNegative, style.attentionInit),
  classes,
  energy,
});

const refineNetKeys = { width: v.optional(size, 32), halvings: v.optional(upTo(8), 1), energy };

/** The part `net`. */
export const net = v.variant('kind', [
  withKeys({
    kind: v.literal('mlp'),
    width: v.optional(size, 128),
    depth: v.optional(upTo(64), 3),
    features: v.optional(size, 64),
    classes,
    energy,
  }),
  withKeys({
    kind: v.literal('score-net'),
    channels: v.optional(several(size), [32, 64, 128, 256]),
    features: v.optional(size, 256),
    energy,
  }),
  withKeys({ kind: v.literal('ddpmpp'), ...unetKeys(ddpmppStyle) }),
  withKeys({ kind: v.literal('ncsnpp'), ...unetKeys(ncsnppStyle) }),
  withKeys({ kind: v.literal('ddpm'), ...unetKeys(ddpmStyle) }),
  withKeys({
    kind: v.literal('ncsn'),
    ...refineNetKeys,
    /** Noise levels. */
    levels: v.optional(v.pipe(upTo(10_000), v.minValue(2, 'expected at least 2')), 18),
  }),
  withKeys({ kind: v.literal('ncsnv2'), ...refineNetKeys }),
  /** Of the loss cross-entropy alone. */
  withKeys({
    kind: v.literal('classifier'),
    width: v.optional(size, 64),
    depth: v.optional(upTo(64), 3),
    /** Of the first convolution of images. */
    stride: v.optional(upTo(16)),
    /** Classes that it tells apart. */
    classes: upTo(256),
  }),
]);

/** Network part of a configuration. */
export type NetConfig = v.InferOutput<typeof net>;

/** Names of the networks that learn scores. */
export const netKinds: readonly NetConfig['kind'][] = [
  'mlp',
  'score-net',
  'ddpmpp',
  'ncsnpp',
  'ddpm',
  'ncsn',
  'ncsnv2',
];

/** Names of the networks that can be told classes. */
export const conditionalNetKinds: readonly NetConfig['kind'][] = net.options.flatMap(({ entries }) =>
  'classes' in entries && entries.kind.literal !== 'classifier' ? entries.kind.literal : [],
);

/** Classes that a network can be told, or tells apart. */
export function classCount(config: NetConfig): number {
  return 'classes' in config ? config.classes : 0;
}
