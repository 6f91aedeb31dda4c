/** @file The parallel-beam Radon transform: computed tomography with few angles or a limited range of them. */
import { checkOptions, positive, positiveInteger } from '../../base/check.ts';
import { zeros, type Shape } from '../../base/tensor.ts';
import { linearOperator } from './linear-operator.ts';
import type { LinearOperator } from './operator.ts';
import { imageShape } from './shapes.ts';

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
  /** Difference of neighbouring angles, in radians. */
  readonly angleStep: number;
  /** Side of a pixel and width of a bin, in units of the image's longer side. */
  readonly pixel: number;
}

/**
 * Line integrals of an image along parallel rays, averaged over detector bins: `[C, H, W]` to `[C, angles, detectors]`.
 * The ray at angle a and position s is x cos a + y sin a = s, with x to the right and y upward from the centre; lengths
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
  const shadows = shadowsOf(height, width);
  // Rows as long as any shadow reaches, of which the detector sees the middle.
  const margin = Math.max(0, Math.ceil((Math.hypot(height, width) - bins) / 2)) + 2;
  const row = new Float64Array(bins + 2 * margin);

  return {
    ...linearOperator({
      kind: 'radon',
      shapeIn,
      shapeOut: [channels, count, bins],
      apply(x) {
        const planes = (x.shape[0] ?? 0) * channels;
        const out = zeros([x.shape[0] ?? 0, channels, count, bins]);
        for (const [k, angle] of angles.entries()) {
          const { first, one, two } = shadows(angle, margin + bins / 2);
          for (let p = 0; p < planes; p++) {
            row.fill(0);
            for (let i = 0; i < area; i++) {
              const value = pixel * x.data[p * area + i]!;
              const at = first[i]!;
              row[at]! += value * one[i]!;
              row[at + 1]! += value * two[i]!;
              row[at + 2]! += value * (1 - one[i]! - two[i]!);
            }
            out.data.set(row.subarray(margin, margin + bins), (p * count + k) * bins);
          }
        }
        return out;
      },
      adjoint(y) {
        const planes = (y.shape[0] ?? 0) * channels;
        const out = zeros([y.shape[0] ?? 0, ...shapeIn]);
        row.fill(0);
        for (const [k, angle] of angles.entries()) {
          const { first, one, two } = shadows(angle, margin + bins / 2);
          for (let p = 0; p < planes; p++) {
            row.set(y.data.subarray((p * count + k) * bins, (p * count + k + 1) * bins), margin);
            for (let i = 0; i < area; i++) {
              const at = first[i]!;
              const rest = 1 - one[i]! - two[i]!;
              out.data[p * area + i]! += pixel * (one[i]! * row[at]! + two[i]! * row[at + 1]! + rest * row[at + 2]!);
            }
          }
        }
        return out;
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

/**
 * The shadow of a unit pixel is a trapezoid, the convolution of boxes as wide as |cos| and |sin|, of which bins take
 * shares.
 * @returns a function of an angle and of the centre's position on the detector in bins, whose arrays are used anew
 */
function shadowsOf(height: number, width: number): (angle: number, origin: number) => Shadows {
  const area = height * width;
  const first = new Int32Array(area);
  const one = new Float64Array(area);
  const two = new Float64Array(area);
  return (angle, origin) => {
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
    return { first, one, two };
  };
}
