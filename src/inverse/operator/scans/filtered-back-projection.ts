/** @file Filtered back-projection: the classical inverse of the Radon transform. */
import { scale } from '../../../base/arith.ts';
import { fftInto, inverseFftInto } from '../../../base/fft.ts';
import { expectShape, zeros, type Tensor } from '../../../base/tensor.ts';
import type { RadonOperator } from './radon.ts';

/**
 * x(p) = integral over angles of the ramp-filtered projections at p, by the exact adjoint: good with many angles over pi,
 * streaky with few.
 * @param y - `[B, C, angles, detectors]`
 * @returns `[B, C, H, W]`
 * @throws ShapeError if y is not a batch of sinograms of the operator.
 * @see Ramachandran and Lakshminarayanan 1971; Kak and Slaney 1988, eq. 61 of chapter 3
 */
export function filteredBackProjection(operator: RadonOperator, y: Tensor): Tensor {
  expectShape(y, [undefined, ...operator.shapeOut], 'radon: y');
  // The filter is in units of bins and so is y / pixel; the adjoint carries one more factor of a pixel.
  return scale(operator.angleStep / operator.pixel ** 2, operator.adjoint(rampFiltered(y)));
}

/** Each row convolved with the band-limited ramp: 1/4 at 0, -1 / (pi k)^2 at odd k, 0 at even k. */
function rampFiltered(y: Tensor): Tensor {
  const bins = y.shape.at(-1) ?? 1;
  const size = 2 ** Math.ceil(Math.log2(2 * bins));
  const ramp = { re: new Float64Array(size), im: new Float64Array(size) };
  ramp.re[0] = 0.25;
  for (let k = 1; k < bins; k += 2) ramp.re[k] = ramp.re[size - k] = -1 / (Math.PI * k) ** 2;
  fftInto(ramp, size);
  const out = zeros(y.shape);
  for (let start = 0; start < y.data.length; start += bins) {
    const row = { re: new Float64Array(size), im: new Float64Array(size) };
    row.re.set(y.data.subarray(start, start + bins));
    fftInto(row, size);
    for (let k = 0; k < size; k++) {
      const gain = Math.sqrt(size) * ramp.re[k]!; // the filter is even, so that its transform is real
      row.re[k]! *= gain;
      row.im[k]! *= gain;
    }
    inverseFftInto(row, size);
    out.data.set(row.re.subarray(0, bins), start);
  }
  return out;
}
