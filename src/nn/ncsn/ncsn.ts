/** @file NCSN and NCSNv2: the noise-conditional score networks built on RefineNet. */
import { checkOptions, positiveInteger, type Rule } from '../../base/check.ts';
import type { Shape } from '../../base/tensor.ts';
import { mul } from '../../graph/build.ts';
import { conditionalInstanceNormPlus, instanceNormPlus, nearestLevel } from './instance-norm.ts';
import { network, type Network } from '../network.ts';
import { refineNet } from './refine-net.ts';
import { windowMean } from '../unet/resample.ts';
import { windowMax } from '../unet/window-max.ts';

/** Options of `ncsnv2`. */
export interface Ncsnv2Options {
  /** Channels of the finest stage, at least 2. Default 32. */
  readonly width?: number;
  /** How often the image is halved: 1 up to 96 pixels, 2 for 128 and 3 for 256 in the published networks. Default 1. */
  readonly halvings?: number;
}

/** Options of `ncsn`. */
export interface NcsnOptions extends Ncsnv2Options {
  /** Noise levels, at least 2, evenly spaced over labels from 0 to 1. Default 18. */
  readonly levels?: number;
}

/** Side of the windows of the chained pooling, pixels. */
const window = 5;

/**
 * NCSN: a RefineNet whose normalizations have factors for each of L noise levels. A label in [0, 1], such as the time of the
 * VE process, picks the nearest of the levels i / (L - 1).
 * @param sampleShape - `[C, H, W]`
 * @throws ConfigError if the samples are no images or an option is out of its range.
 * @see Song and Ermon 2019, "Generative modeling by estimating gradients of the data distribution", appendix A
 */
export function ncsn(sampleShape: Shape, { width = 32, halvings = 1, levels = 18 }: NcsnOptions = {}): Network {
  checkOptions(...rules(sampleShape, { width, halvings }), [
    Number.isInteger(levels) && levels >= 2,
    'levels',
    `expected a whole number of at least 2, got ${levels}`,
  ]);
  return network('ncsn', sampleShape, (scope, x, label) => {
    const level = nearestLevel(mul(label, levels - 1), levels);
    const normalize: typeof instanceNormPlus = (own, h) => conditionalInstanceNormPlus(own, h, level);
    return refineNet(scope, x, {
      width,
      halvings,
      normalize,
      normalizeRefined: normalize,
      pool: (h) => windowMean(h, window),
    });
  });
}

/**
 * NCSNv2: a RefineNet that does not get the noise level; dividing its output by sigma is the parametrization's.
 * @param sampleShape - `[C, H, W]`
 * @throws ConfigError if the samples are no images or an option is out of its range.
 * @see Song and Ermon 2020, "Improved techniques for training score-based generative models", technique 3 and appendix B
 */
export function ncsnv2(sampleShape: Shape, { width = 32, halvings = 1 }: Ncsnv2Options = {}): Network {
  checkOptions(...rules(sampleShape, { width, halvings }));
  return network('ncsnv2', sampleShape, (scope, x) =>
    refineNet(scope, x, {
      width,
      halvings,
      normalize: instanceNormPlus,
      normalizeRefined: (_own, h) => h,
      pool: (h) => windowMax(h, window),
    }),
  );
}

function rules(sampleShape: Shape, { width, halvings }: Required<Ncsnv2Options>): Rule[] {
  const sizes = sampleShape.slice(1);
  const least = 2 ** halvings + 1;
  return [
    [sampleShape.length === 3, 'kind', `expected images [C, H, W], got samples [${sampleShape}]`],
    [Number.isInteger(width) && width >= 2, 'width', `expected a whole number of at least 2, got ${width}`],
    positiveInteger('halvings', halvings),
    [
      sizes.every((size) => size >= least),
      'halvings',
      `${halvings} halvings need images of at least ${least} pixels a side, got ${sizes.join('x')}${halvings === 1 ? '; ddpmpp takes images of any size' : ''}`,
    ],
  ];
}
