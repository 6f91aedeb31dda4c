/** @file DDPM++, NCSN++ and DDPM: the styles of one U-Net. */
import type { Shape } from '../../base/tensor.ts';
import type { Network } from '../network.ts';
import { ddpmppStyle, ddpmStyle, ncsnppStyle, type UnetOptions } from './unet-options.ts';
import { unet } from './unet.ts';

/** Options of `ddpmpp`. */
export type DdpmppOptions = UnetOptions;

/**
 * DDPM++ with BigGAN-type residual blocks: every sum of two branches is divided by sqrt(2), and the image is halved and
 * doubled inside extra blocks.
 * @param sampleShape - `[C, H, W]`, or `[C, L]` of series
 * @throws ConfigError if the samples are no images or series, have more levels than halvings, or an option is out of its range.
 * @see Song et al. 2021, appendix H; Ho et al. 2020, appendix B
 * @example
 * ```ts
 * import { ddpmpp, key, startPoint } from 'scorefield';
 *
 * const net = ddpmpp([3, 16, 16], { width: 32 });
 * console.log(startPoint(net, key(0)).state.params.length, 'parameters');
 * ```
 */
export function ddpmpp(sampleShape: Shape, options: UnetOptions = {}): Network {
  return unet('ddpmpp', sampleShape, { ...ddpmppStyle, ...options });
}

/**
 * NCSN++: DDPM++ that resamples with the filter [1, 3, 3, 1], adds the image at every size on the way down, and sees the
 * label through random Fourier features, made for log(sigma). Its output is divided by sigma by the parametrization.
 * @param sampleShape - `[C, H, W]`, or `[C, L]` of series
 * @throws ConfigError as `ddpmpp`.
 * @see Song et al. 2021, appendix H
 */
export function ncsnpp(sampleShape: Shape, options: UnetOptions = {}): Network {
  return unet('ncsnpp', sampleShape, { ...ncsnppStyle, ...options });
}

/**
 * The U-Net of DDPM: plain sums, convolutions of stride 2 on the way down, and attention after every block at its sizes.
 * @param sampleShape - `[C, H, W]`, or `[C, L]` of series
 * @throws ConfigError as `ddpmpp`.
 * @see Ho et al. 2020, appendix B
 */
export function ddpmUnet(sampleShape: Shape, options: UnetOptions = {}): Network {
  return unet('ddpm', sampleShape, { ...ddpmStyle, ...options });
}
