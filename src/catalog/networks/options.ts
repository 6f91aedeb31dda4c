/** @file Options that several networks share. */
import * as v from 'valibot';
import type { Shape } from '../../base/tensor.ts';
import {
  ddpmppStyle,
  ddpmStyle,
  defaultAttention,
  levelsWithin,
  ncsnppStyle,
  type UnetStyle,
} from '../../nn/unet/unet-options.ts';
import { count, fraction, nonNegative, positive, several, upTo, whole } from '../config/limits.ts';
import { optional, withDefault, type Plain } from '../option.ts';

/** The number of units, channels or features of a layer. */
export const size = upTo(4096);

/** Classes that the network can be given. */
export const classes = withDefault(
  v.pipe(whole, v.maxValue(65_536, 'expected at most 65536')),
  0,
  'classes that the network can be given, or columns of its texts; 0 for none',
);

/** Options of every network of tokens. */
export const tokenOptions = {
  tokens: withDefault(upTo(256), 2, 'tokens that it distinguishes (default: those of the data)'),
  timed: optional(
    v.boolean(),
    'whether it is given the time of the noise, which masks say themselves (default: false; true with d3pm)',
  ),
  width: withDefault(size, 128, 'numbers of each position'),
  dropout: withDefault(fraction, 0, 'share of the activations that training drops in each block'),
};

/** Options of every network of waves. */
export const frameOptions = {
  bands: optional(
    upTo(256),
    'bands of the spectrograms that a network of waves is given (default: none; those of the data with --condition mel)',
  ),
  hop: optional(upTo(4096), 'values of a frame of them (default: 64, or that of the data)'),
};

export const energy = optional(
  v.boolean(),
  'whether the output is the gradient of an energy that is written with the network (default: false)',
);

/** Options of a U-Net, with the defaults of a style. */
const unetOptions = (style: UnetStyle) => ({
  width: withDefault(size, style.width, 'channels of the finest level, a multiple of 4'),
  multipliers: withDefault(
    several(upTo(64)),
    [...style.multipliers],
    'channels of each level as multiples of width, finest first; each level halves the image',
  ),
  patch: withDefault(
    upTo(64),
    style.patch,
    'side of the squares of pixels, or length of the stretches of series, that are the positions of the finest level; 2 makes convolutions of images four times cheaper',
    { unit: 'pixels' },
  ),
  blocks: withDefault(upTo(64), style.blocks, 'residual blocks of each level'),
  attention: optional(
    v.array(count),
    'sizes of levels with attention, in positions a side (default: a quarter of the image)',
  ),
  dropout: withDefault(fraction, style.dropout, 'share of the activations that training drops in each block'),
  resblock: withDefault(
    v.picklist(['ddpm', 'biggan']),
    style.resblock,
    'resampling by a convolution of its own (ddpm) or inside of a residual block (biggan)',
  ),
  fir: withDefault(v.boolean(), style.fir, 'whether resampling filters with [1, 3, 3, 1]'),
  skipRescale: withDefault(v.boolean(), style.skipRescale, 'whether sums of two branches are divided by sqrt(2)'),
  progressive: withDefault(
    v.picklist(['none', 'output_skip', 'residual']),
    style.progressive,
    'whether levels add to a growing image or activation on the way up',
  ),
  progressiveInput: withDefault(
    v.picklist(['none', 'input_skip', 'residual']),
    style.progressiveInput,
    'whether levels see the shrunken image on the way down',
  ),
  combine: withDefault(v.picklist(['sum', 'cat']), style.combine, 'how input_skip joins the image'),
  embedding: withDefault(
    v.picklist(['positional', 'fourier']),
    style.embedding,
    'features of the label: sines of fixed frequencies, or of random ones',
  ),
  fourierScale: withDefault(positive, style.fourierScale, 'standard deviation of the random frequencies', {
    unit: 'turns per unit of the label',
  }),
  attentionUp: withDefault(
    v.picklist(['last', 'every']),
    style.attentionUp,
    'attention after the last or every block of a level on the way up',
  ),
  attentionInit: withDefault(
    nonNegative,
    style.attentionInit,
    'variance scale of the initial queries, keys and values',
  ),
  periodic: optional(
    v.union([v.boolean(), v.array(v.picklist(['h', 'w']))]),
    'axes whose end is beside their beginning, around which convolutions go: h, w, or true for all (default: none)',
  ),
  known: withDefault(v.boolean(), false, 'whether it reads which numbers are known, so that it completes the others'),
  ...frameOptions,
  classes,
  classEmbedding: optional(
    v.picklist(['features', 'hidden']),
    'where classes or texts join: the features of the label, width numbers, or the layer after them, 4 width (default: features; hidden with texts)',
  ),
  energy,
});

export const ddpmppOptions = unetOptions(ddpmppStyle);
export const ncsnppOptions = unetOptions(ncsnppStyle);
export const ddpmOptions = unetOptions(ddpmStyle);

/** As many levels as fit into images of a size, and attention at a quarter of it. */
export const unetSizes =
  (style: UnetStyle) =>
  (shape: Shape, { multipliers: own, patch: asked }: Plain): Plain => {
    const patch = typeof asked === 'number' && asked > 0 ? asked : style.patch;
    const multipliers = style.multipliers.slice(0, levelsWithin(shape, { patch }));
    const levels = Array.isArray(own) ? (own as readonly number[]) : multipliers;
    return { multipliers, attention: defaultAttention(shape, { multipliers: levels, patch }) };
  };

/** Options of the RefineNets of NCSN. */
export const refineNetOptions = {
  width: withDefault(size, 32, 'channels of the finest stage, at least 2'),
  halvings: withDefault(upTo(8), 1, 'how often the image is halved'),
  energy,
};
