/** @file The options of U-Nets, and those that the published networks have. */
import { checkOptions, positive, positiveInteger } from '../../base/check.ts';
import type { Shape } from '../../base/tensor.ts';
import { frameRules } from '../frames.ts';
import { roundedUp } from './padding.ts';

/** Options of a U-Net that have no default of their own: what a published network decides. */
export interface UnetStyle {
  /** Channels of the finest level, a multiple of 4. */
  readonly width: number;
  /** Channels of each level as multiples of `width`, finest first; each level halves the image, which is padded where it must be. */
  readonly multipliers: readonly number[];
  /**
   * Side of the square of pixels, or length of the stretch of a series, that is one position of the finest level, whose channels begin as its values. The
   * convolutions of a level cost a factor of patch^2 less, of series a factor of patch.
   */
  readonly patch: number;
  /** Residual blocks per level. */
  readonly blocks: number;
  /** Part of the activations that training drops in each block, 0 to 1. */
  readonly dropout: number;
  /** Whether images are resampled by a convolution of its own (ddpm) or inside of an extra residual block (biggan). */
  readonly resblock: 'ddpm' | 'biggan';
  /** Whether resampling filters with [1, 3, 3, 1]; else it takes means of squares and repeats pixels. */
  readonly fir: boolean;
  /** Whether sums of two branches are divided by sqrt(2). */
  readonly skipRescale: boolean;
  /** Whether levels add to a growing image (output_skip) or to a growing activation (residual) on the way up. */
  readonly progressive: 'none' | 'output_skip' | 'residual';
  /** Whether levels see the shrunken image (input_skip) or what convolutions make of it (residual) on the way down. */
  readonly progressiveInput: 'none' | 'input_skip' | 'residual';
  /** How input_skip joins the image: by adding it or beside the other channels. */
  readonly combine: 'sum' | 'cat';
  /** Features of the label: sines of fixed frequencies, or of random ones. */
  readonly embedding: 'positional' | 'fourier';
  /** Standard deviation of the random frequencies, turns per unit of the label. */
  readonly fourierScale: number;
  /** Whether attention follows every block of the way up at its sizes, or the last of each level. */
  readonly attentionUp: 'last' | 'every';
  /** Variance scale of the initial queries, keys and values. */
  readonly attentionInit: number;
}

/** Options of a U-Net. */
export interface UnetOptions extends Partial<UnetStyle> {
  /** Sizes of levels (positions a side) that have attention; a quarter of the image by default. */
  readonly attention?: readonly number[];
  /** Axes whose end is beside their beginning: h and w of images, w of series, or true for all of them. None by default. */
  readonly periodic?: boolean | readonly ('h' | 'w')[];
  /** Whether it reads which numbers are known, and their values. Default false. */
  readonly known?: boolean;
  /** How many classes the network is conditional on; 0 for none. Default 0. */
  readonly classes?: number;
  /** Bands of the spectrograms that a network of waves is conditional on, one for each sample; 0 for none. Default 0. */
  readonly bands?: number;
  /** With bands: numbers of the wave from one frame of the spectrogram to the next, at least 1 and a multiple of `patch`. Default 64. */
  readonly hop?: number;
  /** Where classes join: the features of the label (width numbers), or the layer after them (4 width). Default features. */
  readonly classEmbedding?: 'features' | 'hidden';
}

const small = { width: 32, multipliers: [1, 2, 2], patch: 1, blocks: 2, dropout: 0 } as const;

/**
 * DDPM++, at a size that a CPU can train.
 * @see Song et al. 2021, appendix H
 */
export const ddpmppStyle: UnetStyle = {
  ...small,
  resblock: 'biggan',
  fir: false,
  skipRescale: true,
  progressive: 'none',
  progressiveInput: 'none',
  combine: 'sum',
  embedding: 'positional',
  fourierScale: 16,
  attentionUp: 'last',
  attentionInit: 0.1,
};

/**
 * NCSN++, at a size that a CPU can train.
 * @see Song et al. 2021, appendix H
 */
export const ncsnppStyle: UnetStyle = {
  ...ddpmppStyle,
  fir: true,
  progressiveInput: 'residual',
  embedding: 'fourier',
};

/**
 * The U-Net of DDPM, at a size that a CPU can train.
 * @see Ho et al. 2020, appendix B
 */
export const ddpmStyle: UnetStyle = {
  ...ddpmppStyle,
  resblock: 'ddpm',
  skipRescale: false,
  attentionUp: 'every',
  attentionInit: 1,
};

/** Axes whose end is beside their beginning. */
type Periodic = readonly ('h' | 'w')[];

/** The axes of samples of a shape that an option names. */
export function periodicAxes([, ...sizes]: Shape, asked: UnetOptions['periodic'] = false): Periodic {
  if (typeof asked !== 'boolean') return asked;
  const all: Periodic = sizes.length === 1 ? ['w'] : ['h', 'w'];
  return asked ? all : [];
}

/** The sides that a U-Net works on are multiples of this: a patch, and one halving between two levels. */
export function sizeStep({ multipliers, patch }: Pick<UnetStyle, 'multipliers' | 'patch'>): number {
  return patch * 2 ** Math.max(0, multipliers.length - 1);
}

/** The most levels of images: their longer side, in patches, can be halved so often, and a padded image is less than twice as long. */
export function levelsWithin([, ...sizes]: Shape, { patch }: Pick<UnetStyle, 'patch'>): number {
  return Math.floor(Math.log2(Math.max(1, ...sizes.map((size) => Math.ceil(size / patch))))) + 1;
}

/** The size of the level with attention by default: a quarter of the image, as the network pads it. */
export function defaultAttention(
  [, ...sizes]: Shape,
  options: Pick<UnetStyle, 'multipliers' | 'patch'>,
): readonly number[] {
  return [Math.max(1, roundedUp(Math.min(...sizes), sizeStep(options)) >> 2)];
}

/** @throws ConfigError listing every option that is out of its range or does not fit the samples. */
export function checkUnet(
  sampleShape: Shape,
  options: UnetStyle &
    Required<Pick<UnetOptions, 'attention' | 'classes' | 'known' | 'bands' | 'hop'>> & { readonly periodic: Periodic },
): void {
  const { periodic, known, bands, hop, resblock, fir, progressiveInput } = options;
  const step = sizeStep(options);
  const series = sampleShape.length === 2;
  const uneven = periodic.find((axis) => (sampleShape.at(axis === 'h' ? -2 : -1) ?? 0) % step !== 0);
  const { width, multipliers, patch, blocks, dropout, fourierScale, attentionInit, classes } = options;
  const levels = multipliers.length;
  const sizes = sampleShape.slice(1);
  const most = levelsWithin(sampleShape, options);
  const whole = multipliers.every((multiplier) => Number.isInteger(multiplier) && multiplier > 0);
  checkOptions(
    [
      sampleShape.length === 3 || sampleShape.length === 2,
      'kind',
      `expected images [C, H, W] or series [C, L], got samples [${sampleShape}]`,
    ],
    [width >= 4 && width % 4 === 0, 'width', `expected a positive multiple of 4, got ${width}`],
    [levels > 0 && whole, 'multipliers', `expected positive integers, got [${multipliers}]`],
    [
      levels <= most || sizes.length === 0,
      'multipliers',
      `expected at most ${most} levels for ${series ? `series of ${sizes.join('')} values` : `images of ${sizes.join('x')} pixels`}, got ${levels}; such as [${multipliers.slice(0, most).join(', ')}]`,
    ],
    positiveInteger('patch', patch),
    [
      uneven === undefined,
      'periodic',
      `expected a size along ${uneven} that is a multiple of ${step}, a patch and a halving for each level, got [${sizes}]; choose fewer multipliers`,
    ],
    [!series || !periodic.includes('h'), 'periodic', 'expected no height of series, whose axis is w'],
    [
      periodic.length === 0 || (resblock === 'biggan' && !fir && progressiveInput !== 'residual'),
      'periodic',
      'expected a network that resamples without convolutions, such as ddpmpp',
    ],
    [!known || classes === 0, 'known', 'expected false for a network of classes, got true'],
    [
      bands === 0 || series,
      'bands',
      `expected 0 for images, got ${bands}; spectrograms are a condition of waves, --as wave`,
    ],
    ...frameRules({ bands, hop, patch, known, classes }, sampleShape),
    positiveInteger('blocks', blocks),
    [dropout >= 0 && dropout < 1, 'dropout', `expected 0 to below 1, got ${dropout}`],
    positive('fourierScale', fourierScale),
    [attentionInit >= 0, 'attentionInit', `expected 0 or more, got ${attentionInit}`],
    [Number.isInteger(classes) && classes >= 0, 'classes', `expected a whole number of 0 or more, got ${classes}`],
  );
}
