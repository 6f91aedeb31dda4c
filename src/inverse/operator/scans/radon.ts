/** @file The parallel-beam Radon transform: computed tomography with few angles or a limited range of them. */
import { checkOptions, positive, positiveInteger } from '../../../base/check.ts';
import { batchOf, zeros, type Shape } from '../../../base/tensor.ts';
import { linearOperator } from '../linear-operator.ts';
import type { LinearOperator } from '../operator.ts';
import { imageShape } from '../shapes.ts';

/** Options of `radon`. */
export interface RadonOptions {
  /** How many angles, k span / angles from 0 on. */
  readonly angles: number;
  /** Range of the angles in radians; pi, which is all of them, by default. */
  readonly span?: number;
  /** Bins of the detector, each as wide as a pixel; by default as many as the diagonal needs. */
  readonly detectors?: number;
}

/** The Radon transform with the geometry that reconstruction needs. */
export interface RadonOperator extends LinearOperator {
  /** In radians. */
  readonly angles: readonly number[];
  /** Difference of neighboring angles, in radians. */
  readonly angleStep: number;
  /** Side of a pixel and width of a bin, in units of the image's longer side. */
  readonly pixel: number;
}

/**
 * Line integrals of an image along parallel rays, averaged over detector bins: `[C, H, W]` to `[C, angles, detectors]`.
 * The ray at angle a and position s is x cos a + y sin a = s, with x to the right and y upward from the center; lengths
 * are in units of the image's longer side. Exact for an image of square pixels: an entry of A is the area that a pixel
 * and a bin's strip share, over the bin's width.
 * @throws ConfigError unless counts are positive integers and 0 < span <= pi.
 * @see Kak and Slaney 1988, section 3.1; Long, Fessler and Balter 2010 on footprints of pixels
 */
export function radon(shapeIn: Shape, { angles: count, span = Math.PI, detectors }: RadonOptions): RadonOperator {
  const { channels, height, width } = imageShape('radon', shapeIn);
  const bins = detectors ?? Math.ceil(Math.hypot(height, width));
  checkOptions(positiveInteger('angles', count), positiveInteger('detectors', bins), positive('span', span), [
    span <= Math.PI,
    'span',
    `expected at most pi, got ${span}`,
  ]);
  const angleStep = span / count;
  const angles = Array.from({ length: count }, (_, k) => k * angleStep);
  const pixel = 1 / Math.max(height, width);
  const area = height * width;
  // Rows as long as any shadow reaches, of which the detector sees the middle.
  const margin = Math.max(0, Math.ceil((Math.hypot(height, width) - bins) / 2)) + 2;
  const shadows = shadowsOf({ height, width, angles, origin: margin + bins / 2 });
  const reach = bins + 2 * margin;

  return {
    ...linearOperator({
      kind: 'radon',
      shapeIn,
      shapeOut: [channels, count, bins],
      apply(x) {
        const planes = batchOf(x) * channels;
        const out = zeros([batchOf(x), channels, count, bins]);
        // Planes lie side by side, so that neighboring additions meet in no bin and need not wait for each other.
        const image = transposed(x.data, [planes, area]);
        const row = new Float64Array(reach * planes);
        for (let k = 0; k < count; k++) {
          const { first, one, two } = shadows(k);
          row.fill(0);
          for (let i = 0; i < area; i++) {
            const [near, middle] = [pixel * one[i]!, pixel * two[i]!];
            const far = pixel - near - middle;
            let at = first[i]! * planes;
            for (let j = i * planes; j < (i + 1) * planes; j++, at++) {
              const value = image[j]!;
              row[at]! += near * value;
              row[at + planes]! += middle * value;
              row[at + 2 * planes]! += far * value;
            }
          }
          for (let p = 0; p < planes; p++)
            for (let bin = 0; bin < bins; bin++)
              out.data[(p * count + k) * bins + bin] = row[(margin + bin) * planes + p]!;
        }
        return out;
      },
      adjoint(y) {
        const planes = batchOf(y) * channels;
        const image = new Float64Array(area * planes);
        const row = new Float64Array(reach * planes);
        for (let k = 0; k < count; k++) {
          const { first, one, two } = shadows(k);
          for (let p = 0; p < planes; p++)
            for (let bin = 0; bin < bins; bin++)
              row[(margin + bin) * planes + p] = y.data[(p * count + k) * bins + bin]!;
          for (let i = 0; i < area; i++) {
            const [near, middle] = [pixel * one[i]!, pixel * two[i]!];
            const far = pixel - near - middle;
            let at = first[i]! * planes;
            for (let j = i * planes; j < (i + 1) * planes; j++, at++)
              image[j]! += near * row[at]! + middle * row[at + planes]! + far * row[at + 2 * planes]!;
          }
        }
        return { shape: [batchOf(y), ...shapeIn], data: transposed(image, [area, planes]) };
      },
    }),
    angles,
    angleStep,
    pixel,
  };
}

/** Where the shadow of each pixel falls at one angle, and the shares that the first two of its three bins have of it. */
interface Shadows {
  readonly first: Int32Array;
  readonly one: Float64Array;
  readonly two: Float64Array;
}

/** Pixels of all angles up to which shadows are kept, 20 bytes each; they are three quarters of the work for one image. */
const mostKept = 2 ** 21;

/**
 * The shadow of a unit pixel is a trapezoid, the convolution of boxes as wide as |cos| and |sin|, of which bins take
 * shares.
 * @param geometry.origin - the center's position on the detector, in bins
 * @returns a function of the number of an angle; where shadows are too many to be kept, its arrays are used anew
 */
function shadowsOf(geometry: {
  readonly height: number;
  readonly width: number;
  readonly angles: readonly number[];
  readonly origin: number;
}): (k: number) => Shadows {
  const { height, width, angles, origin } = geometry;
  const area = height * width;
  const empty = (): Shadows => ({
    first: new Int32Array(area),
    one: new Float64Array(area),
    two: new Float64Array(area),
  });
  const fill = ({ first, one, two }: Shadows, angle: number): void => {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const [wide, narrow] = [Math.max(Math.abs(cos), Math.abs(sin)), Math.min(Math.abs(cos), Math.abs(sin))];
    const [half, flat] = [(wide + narrow) / 2, (wide - narrow) / 2];
    /** Area of the shadow up to u > -half. */
    const upTo = (u: number): number => {
      if (u >= half) return 1;
      if (u > flat) return 1 - (half - u) ** 2 / (2 * wide * narrow);
      if (u >= -flat) return 0.5 + u / wide;
      return (u + half) ** 2 / (2 * wide * narrow);
    };
    for (let i = 0; i < area; i++) {
      const x = (i % width) - (width - 1) / 2;
      const y = (height - 1) / 2 - Math.floor(i / width);
      const position = x * cos + y * sin + origin;
      const start = Math.floor(position - half);
      first[i] = start;
      one[i] = upTo(start + 1 - position);
      two[i] = upTo(start + 2 - position) - one[i]!; // 2 half <= sqrt(2): no shadow reaches a fourth bin
    }
  };
  const keeps = angles.length * area <= mostKept;
  const kept = new Map<number, Shadows>();
  let reused: Shadows | undefined;
  return (k) => {
    const known = kept.get(k);
    if (known !== undefined) return known;
    const made = keeps ? empty() : (reused ??= empty());
    fill(made, angles[k] ?? 0);
    if (keeps) kept.set(k, made);
    return made;
  };
}

/** The values of a matrix of rows, column by column. */
function transposed(
  values: ArrayLike<number>,
  [rows, columns]: readonly [rows: number, columns: number],
): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = values[i * columns + j]!;
  return out;
}
