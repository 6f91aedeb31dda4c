/** @file The networks of a model of shapes: an encoder, a score of points given a latent, and a score of latents. */
import { checkOptions, positiveInteger } from '../../base/check.ts';
import type { Shape } from '../../base/tensor.ts';
import { withLatent, type LatentNetwork } from '../latent.ts';
import { residualMlp } from '../residual-mlp.ts';
import { pointField } from './point-field.ts';
import { pointNet } from './point-net.ts';

/** Options of `shapeNet`. */
export interface ShapeNetOptions {
  /** K, numbers of a latent, at least 2. Default 64. */
  readonly latent?: number;
  /** Units of each layer of the score of points. Default 128. */
  readonly width?: number;
  /** Residual blocks of the score of points. Default 6. */
  readonly depth?: number;
  /** Units of the encoder, a multiple of 4, at least 4. Default 256. */
  readonly encoderWidth?: number;
  /** Units of each layer of the score of latents, at least 1. Default 256. */
  readonly priorWidth?: number;
  /** Residual blocks of the score of latents. Default 3. */
  readonly priorDepth?: number;
}

/**
 * A point-net as encoder, a point-field as score of points, and a residual network as score of latents, for clouds `[N, 3]`. What they learn does not depend on N.
 * @throws ConfigError if an option is out of its range.
 * @see Cai et al. 2020, section 3
 */
export function shapeNet(sampleShape: Shape, options: ShapeNetOptions = {}): LatentNetwork {
  const { latent = 64, width = 128, depth = 6, encoderWidth = 256, priorWidth = 256, priorDepth = 3 } = options;
  checkOptions(
    [sampleShape.length === 2 && sampleShape[1] === 3, 'kind', `expected clouds [N, 3], got samples [${sampleShape}]`],
    [Number.isInteger(latent) && latent >= 2, 'latent', `expected a whole number of at least 2, got ${latent}`],
    positiveInteger('width', width),
    positiveInteger('depth', depth),
    [
      Number.isInteger(encoderWidth / 4) && encoderWidth > 0,
      'encoderWidth',
      `expected a multiple of 4, got ${encoderWidth}`,
    ],
    positiveInteger('priorWidth', priorWidth),
    positiveInteger('priorDepth', priorDepth),
  );
  return withLatent('shape-net', {
    encoder: pointNet(sampleShape, { width: encoderWidth, latent }),
    decoder: pointField(sampleShape, { width, depth, latent }),
    prior: residualMlp(latent, { width: priorWidth, depth: priorDepth, known: false }),
  });
}
