/** @file Measurements that are no images, drawn as ones: sinograms and the columns of k-space. */
import { sampleSize, zeros, type Tensor } from '../../base/tensor.ts';

/** A sinogram `[B, 1, angles, detectors]`, each sample from 0 to its largest value. */
export function sinogramPicture(y: Tensor): Tensor {
  const size = sampleSize(y);
  const out = zeros(y.shape);
  for (let start = 0; start < y.data.length; start += size) {
    const largest = y.data.subarray(start, start + size).reduce((a, b) => Math.max(a, b), 0) || 1;
    for (let i = start; i < start + size; i++) out.data[i] = clip((y.data[i] ?? 0) / largest);
  }
  return out;
}

/** Where the measured columns of a Fourier transform lie. */
export interface KSpace {
  readonly height: number;
  readonly width: number;
  readonly columns: readonly number[];
}

/** Decades below the largest magnitude that are drawn. */
const decades = 3;

/**
 * Logarithms of magnitudes `[B, 1, H, W]` of a Fourier transform `[B, 2, H, columns]`, over three decades below each
 * sample's largest, with frequency zero in the middle; what was not measured is black.
 */
export function kSpacePicture({ shape: [batch = 0], data }: Tensor, { height, width, columns }: KSpace): Tensor {
  const out = zeros([batch, 1, height, width]);
  const area = height * columns.length;
  for (let b = 0; b < batch; b++) {
    const sizes = Float64Array.from({ length: area }, (_, i) =>
      Math.hypot(data[2 * b * area + i] ?? 0, data[(2 * b + 1) * area + i] ?? 0),
    );
    const largest = sizes.reduce((a, c) => Math.max(a, c), 0) || 1;
    for (const [i, size] of sizes.entries()) {
      const row = (Math.floor(i / columns.length) + (height >> 1)) % height;
      const column = columns[i % columns.length] ?? 0;
      out.data[(b * height + row) * width + column] = clip(1 + Math.log10(size / largest) / decades);
    }
  }
  return out;
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}
