/** @file Phase retrieval: an image from the magnitudes of its Fourier transform. */
import { checkOptions } from '../../base/check.ts';
import { fft2Into, inverseFft2Into, type Complex } from '../../base/fft.ts';
import { batchOf, expectShape, zeros, type Shape, type Tensor } from '../../base/tensor.ts';
import type { NonlinearOperator } from './operator.ts';
import { imageShape } from './shapes.ts';

/** Options of `phaseRetrieval`. */
export interface PhaseRetrievalOptions {
  /** Frequencies per pixel along each axis, at least 1; 2 by default, which determines most images up to the symmetries. */
  readonly oversampling?: number;
}

/**
 * |F E x| with E an image in the corner of zeros and F the orthonormal Fourier transform: `[C, H, W]` to `[C, ceil(o H),
 * ceil(o W)]` with oversampling o, every channel for itself. Measurements do not distinguish x from -x, nor from x turned by
 * half a turn.
 * @throws ConfigError unless the oversampling is a number of at least 1.
 * @see Fienup 1982, "Phase retrieval algorithms: a comparison"; Hayes 1982
 */
export function phaseRetrieval(shapeIn: Shape, { oversampling = 2 }: PhaseRetrievalOptions = {}): NonlinearOperator {
  const { channels, height, width } = imageShape('phase-retrieval', shapeIn);
  checkOptions([
    oversampling >= 1 && oversampling < Infinity,
    'oversampling',
    `expected a number of at least 1, got ${oversampling}`,
  ]);
  const [rows, columns] = [Math.ceil(oversampling * height), Math.ceil(oversampling * width)];
  const shapeOut = [channels, rows, columns];

  const transformed = (x: Tensor): Complex => {
    expectShape(x, [undefined, ...shapeIn], 'phase-retrieval: x');
    const re = zeros([batchOf(x), ...shapeOut]).data;
    for (let line = 0; line < x.data.length / width; line++) {
      const at = (Math.floor(line / height) * rows + (line % height)) * columns;
      re.set(x.data.subarray(line * width, (line + 1) * width), at);
    }
    const planes = { re, im: new Float64Array(re.length) };
    fft2Into(planes, rows, columns);
    return planes;
  };

  return {
    linear: false,
    kind: 'phase-retrieval',
    shapeIn,
    shapeOut,
    apply(x) {
      const { re, im } = transformed(x);
      return { shape: [batchOf(x), ...shapeOut], data: re.map((value, i) => Math.hypot(value, im[i]!)) };
    },
    /** E' Re F* (w z / |z|) with z = F E x; 0 where z is. */
    vjp(x, w) {
      const { re, im } = transformed(x);
      expectShape(w, [batchOf(x), ...shapeOut], 'phase-retrieval: w');
      for (let i = 0; i < re.length; i++) {
        const size = Math.hypot(re[i]!, im[i]!);
        const factor = size > 0 ? w.data[i]! / size : 0;
        re[i]! *= factor;
        im[i]! *= factor;
      }
      inverseFft2Into({ re, im }, rows, columns);
      const out = zeros(x.shape);
      for (let line = 0; line < x.data.length / width; line++) {
        const at = (Math.floor(line / height) * rows + (line % height)) * columns;
        out.data.set(re.subarray(at, at + width), line * width);
      }
      return out;
    },
  };
}
