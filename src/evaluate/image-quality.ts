/** @file How near images are to their references: PSNR and SSIM. */
import { checkOptions, positive } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';
import { sameShape, sampleSize, type Tensor } from '../base/tensor.ts';

/** The span of possible values: 255 for bytes, 1 for [0, 1], 2 for [-1, 1]. */
export interface DataRange {
  readonly dataRange: number;
}

/**
 * Peak signal-to-noise ratio of each image in decibels: 10 log10(dataRange^2 / MSE); Infinity for equal images.
 * @param x - `[B, C, H, W]`
 * @param reference - shaped like x
 * @throws ShapeError if the shapes differ.
 * @throws ConfigError unless the data range is positive.
 * @example
 * ```ts
 * import { tensor } from 'scorefield';
 * import { psnr } from 'scorefield/evaluate';
 *
 * const image = tensor([0, 0.2, 0.4, 0.6], [1, 1, 2, 2]);
 * const restored = tensor([0, 0.2, 0.5, 0.6], [1, 1, 2, 2]);
 * console.log(psnr(restored, image, { dataRange: 1 })); // 26 dB
 * ```
 */
export function psnr(x: Tensor, reference: Tensor, { dataRange }: DataRange): Float64Array {
  checkImages(x, reference, dataRange);
  const size = sampleSize(x);
  return Float64Array.from({ length: x.shape[0]! }, (_, b) => {
    let square = 0;
    for (let i = b * size; i < (b + 1) * size; i++) square += (x.data[i]! - reference.data[i]!) ** 2;
    return 10 * Math.log10((dataRange ** 2 * size) / square);
  });
}

/** Weights of the published window: a Gaussian of standard deviation 1.5 over 11 pixels. */
const radius = 5;
const weights = (() => {
  const raw = Float64Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * 1.5 ** 2)));
  const total = raw.reduce((a, b) => a + b, 0);
  return raw.map((w) => w / total);
})();

/**
 * Structural similarity of each image, the mean over windows of
 * (2 m_x m_y + C_1) (2 c_xy + C_2) / ((m_x^2 + m_y^2 + C_1) (v_x + v_y + C_2)), with means m, variances v and the
 * covariance c in windows of 11 x 11 pixels under a Gaussian of standard deviation 1.5 that lie within the image,
 * C_1 = (0.01 dataRange)^2 and C_2 = (0.03 dataRange)^2. Channels are taken on their own and averaged; the published
 * shrinking of large images is left to the caller.
 * @param x - `[B, C, H, W]` with sides of 11 pixels or more
 * @param reference - shaped like x
 * @returns `[B]`, 1 for equal images
 * @throws ShapeError if the shapes differ or a side is below 11 pixels.
 * @throws ConfigError unless the data range is positive.
 * @see Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity", eq. 13
 */
export function ssim(x: Tensor, reference: Tensor, { dataRange }: DataRange): Float64Array {
  checkImages(x, reference, dataRange);
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  if (Math.min(height, width) < weights.length)
    throw new ShapeError(`ssim: expected sides of ${weights.length} pixels or more, got [${x.shape}]`);
  const [c1, c2] = [(0.01 * dataRange) ** 2, (0.03 * dataRange) ** 2];
  const area = height * width;
  const ofPlane = (plane: number): number => {
    const a = x.data.subarray(plane * area, (plane + 1) * area);
    const b = reference.data.subarray(plane * area, (plane + 1) * area);
    const mean = (at: (i: number) => number): Float64Array =>
      windowMeans(
        Float64Array.from(a, (_, i) => at(i)),
        width,
      );
    const [ma, mb] = [mean((i) => a[i]!), mean((i) => b[i]!)];
    const [aa, bb, ab] = [mean((i) => a[i]! ** 2), mean((i) => b[i]! ** 2), mean((i) => a[i]! * b[i]!)];
    const similarity = ma.reduce((sum, u, i) => {
      const v = mb[i]!;
      const variances = aa[i]! - u * u + bb[i]! - v * v;
      const likeness = (2 * u * v + c1) * (2 * (ab[i]! - u * v) + c2);
      return sum + likeness / ((u * u + v * v + c1) * (variances + c2));
    }, 0);
    return similarity / ma.length;
  };
  return Float64Array.from({ length: batch }, (_, b) => {
    const planes = Array.from({ length: channels }, (__, c) => ofPlane(b * channels + c));
    return planes.reduce((sum, value) => sum + value, 0) / channels;
  });
}

/** Weighted means over all windows within a plane: rows first, then columns. */
function windowMeans(plane: Float64Array, width: number): Float64Array {
  const height = plane.length / width;
  const [outWidth, outHeight] = [width - 2 * radius, height - 2 * radius];
  const along = new Float64Array(height * outWidth);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < outWidth; x++)
      for (let k = 0; k < weights.length; k++) along[y * outWidth + x]! += weights[k]! * plane[y * width + x + k]!;
  const out = new Float64Array(outHeight * outWidth);
  for (let y = 0; y < outHeight; y++)
    for (let x = 0; x < outWidth; x++)
      for (let k = 0; k < weights.length; k++) out[y * outWidth + x]! += weights[k]! * along[(y + k) * outWidth + x]!;
  return out;
}

function checkImages(x: Tensor, reference: Tensor, dataRange: number): void {
  checkOptions(positive('dataRange', dataRange));
  if (x.shape.length !== 4 || !sameShape(x.shape, reference.shape))
    throw new ShapeError(`expected images [B, C, H, W] of one shape, got [${x.shape}] and [${reference.shape}]`);
}
