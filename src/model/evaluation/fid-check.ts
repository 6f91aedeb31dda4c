/**
 * @file Whether a network is the one whose Fréchet distance is called FID. Its file is not here to compare with; what is known of it is a number that was published for it: the
 * kernel distance between two sets of noise.
 */
import { foldIn, key } from '../../base/key.ts';
import { uniform } from '../../base/random.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { Estimate } from '../../evaluate/estimate.ts';
import { kernelDistance } from '../../evaluate/mmd.ts';

/** Side of the images that it reads, and its features. */
export const [fidSide, fidFeatures] = [299, 2048];

/**
 * Kernel distance of the original network between 100 images of independent pixels of 0 to 199 and 100 of 100 to 254: the mean over subsets of 50 of each, and their
 * standard deviation, which is the standard error of the distance of all 100.
 * @see the documentation of TorchMetrics, KernelInceptionDistance, whose example it is: 0.0337 and 0.0023
 */
export const publishedNoise: Estimate = { value: 0.0337, standardError: 0.0023 };

/** Images of each set, and the levels of their pixels. */
export const noiseCount = 100;
const levels = [
  [0, 200],
  [100, 255],
] as const;

/** Standard errors of the difference of two such estimates that are allowed. */
const allowed = 4;

/** Images of the first or the second set from `begin` to before `end`, 0 to 255: `[end - begin, 3, 299, 299]`. */
export function noiseImages(set: 0 | 1, begin: number, end: number): Float32Array {
  const [low, high] = levels[set];
  const size = 3 * fidSide * fidSide;
  const out = new Float32Array((end - begin) * size);
  let at = 0;
  for (let i = begin; i < end; i++)
    // A number has digits enough for three levels.
    for (const number of uniform(foldIn(foldIn(key(0), `noise ${set}`), i), size / 3)) {
      let rest = number;
      for (let c = 0; c < 3; c++) {
        rest *= high - low;
        const level = Math.floor(rest);
        rest -= level;
        out[at++] = low + level;
      }
    }
  return out;
}

/** Kernel distance of the features of both sets, `[N, 2048]`. */
export function noiseDistance(first: Tensor, second: Tensor): Promise<Estimate> {
  return kernelDistance(first, second);
}

/**
 * Whether a distance is that of the original network, within the errors of both.
 * @param count - images of each set that it was computed from
 */
export function isPublished({ value, standardError }: Estimate, count = noiseCount): boolean {
  const error = publishedNoise.standardError * Math.sqrt(noiseCount / count);
  const apart = Math.abs(value - publishedNoise.value);
  // A standard error of its own is known to a tenth of it; of a few images, to about half.
  const spread = count < noiseCount || (standardError > error / 2 && standardError < 2 * error);
  return apart < allowed * Math.hypot(publishedNoise.standardError, error) && spread;
}

/** What a network reads of pixels of 0 to 255: (pixel - offset) / scale. */
export interface PixelRange {
  readonly text: string;
  readonly offset: number;
  readonly scale: number;
}

/** The ranges of those who have exported the network; the first is that of its own graph. */
export const pixelRanges: readonly PixelRange[] = [
  { text: '-1 to 1', offset: 128, scale: 128 },
  { text: '0 to 1', offset: 0, scale: 255 },
  { text: '0 to 255', offset: 0, scale: 1 },
];
