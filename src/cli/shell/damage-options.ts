/** @file Options that say what is measured of images, and with what noise. */
import { checkOptions } from '../../base/check.ts';
import { defaultText } from '../../catalog/option-defaults.ts';
import { restorations } from '../../catalog/restorations/index.ts';
import { defaultNoise } from '../../model/choices.ts';
import { option } from './command.ts';
import { count as atLeastOne, noise as noiseLevel, oneOf, positive } from './parsers.ts';

/** Expected counts of a measured value of 1, where the noise is Poisson's. */
const defaultCounts = 100;

const defaultOf = (name: string): string => defaultText(restorations, name);

/** Options of the named tasks of restoration, besides their names. */
export const damageOptions = {
  mask: option(
    '--mask <M>',
    `of inpaint: box, half, random:P, which hides a share P, or a black and white picture (default: ${defaultOf('mask')})`,
  ),
  factor: option(
    '--factor <F>',
    `of superres: pixels averaged along each axis (default: ${defaultOf('factor')})`,
    atLeastOne,
  ),
  blur: option(
    '--blur <B>',
    `of deblur: standard deviation of a Gaussian in pixels, or motion:L or motion:L:A, a motion of L pixels at A degrees (default: ${defaultOf('blur')})`,
    (text): string | number => (text.startsWith('motion') ? text : positive(text)),
  ),
  rate: option(
    '--rate <R>',
    `of cs, compressed sensing: measurements as a share of the values of an image (default: ${defaultOf('rate')})`,
    positive,
  ),
  acceleration: option(
    '--acceleration <A>',
    `of mri: how many times fewer columns of the Fourier transform (default: ${defaultOf('acceleration')})`,
    positive,
  ),
  angles: option('--angles <K>', `of ct: number of angles of the scan (default: ${defaultOf('angles')})`, atLeastOne),
  noise: option(
    '--noise <STD>',
    `standard deviation of the noise, for images of 0 to 1 (default: ${defaultNoise})`,
    noiseLevel,
  ),
  noiseModel: option(
    '--noise-model <L>',
    'gaussian, or poisson for counts (default: gaussian)',
    oneOf(['gaussian', 'poisson']),
  ),
  counts: option(
    '--counts <K>',
    `of poisson: expected counts of a measured value of 1 (default: ${defaultCounts})`,
    positive,
  ),
} as const;

/** Options of the noise of a measurement. */
interface NoiseOptions {
  readonly noise: number | undefined;
  readonly noiseModel: string | undefined;
  readonly counts: number | undefined;
}

/**
 * The noise that is asked for: the standard deviation of Gaussian noise, or the counts of Poisson's.
 * @throws ConfigError if counts are given with Gaussian noise.
 */
export function noiseOf({ noise, noiseModel, counts }: NoiseOptions): Pick<NoiseOptions, 'noise' | 'counts'> {
  checkOptions([noiseModel === 'poisson' || counts === undefined, 'counts', 'expected with --noise-model poisson']);
  return { noise, counts: noiseModel === 'poisson' ? (counts ?? defaultCounts) : undefined };
}
