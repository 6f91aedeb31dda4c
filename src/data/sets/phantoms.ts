/**
 * @file Phantoms: bodies of random ellipses in shades of gray, in the manner of Shepp and Logan's, to scan and to
 * reconstruct. Image i depends on the key, the size and i alone.
 */
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { foldIn, type Key } from '../../base/key.ts';
import { uniform } from '../../base/random.ts';
import { setOfImages } from '../kinds/image-set.ts';
import type { ImageSet } from '../kinds/set-kind.ts';

/** An ellipse in the square from -1 to 1, with x to the right and y upward. */
export interface Ellipse {
  readonly x: number;
  readonly y: number;
  /** Half axes. */
  readonly a: number;
  readonly b: number;
  /** Angle of the first axis in radians, counter-clockwise. */
  readonly angle: number;
  /** What it adds to the image. */
  readonly value: number;
}

/**
 * A sum of ellipses as an image, `size` x `size` in reading order; border pixels take the share that is inside, to first
 * order in the size of a pixel.
 */
export function drawEllipses(ellipses: readonly Ellipse[], size: number): Float64Array {
  const out = new Float64Array(size * size);
  for (const ellipse of ellipses) addEllipseInto(out, size, ellipse);
  return out;
}

function addEllipseInto(out: Float64Array, size: number, { x, y, a, b, angle, value }: Ellipse): void {
  const pixel = 2 / size;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [wide, high] = [Math.hypot(a * cos, b * sin) + pixel, Math.hypot(a * sin, b * cos) + pixel];
  const [left, right] = columnsOf(x, wide, size);
  const [top, bottom] = columnsOf(-y, high, size);
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const dx = (column + 0.5) * pixel - 1 - x;
      const dy = 1 - (row + 0.5) * pixel - y;
      const [u, v] = [(dx * cos + dy * sin) / a, (dy * cos - dx * sin) / b];
      const radius = Math.sqrt(u * u + v * v);
      // Distance to the border, to first order: (1 - radius) over the gradient of the radius.
      const slope = Math.sqrt((u / a) ** 2 + (v / b) ** 2);
      const distance = slope === 0 ? Math.min(a, b) : ((1 - radius) * radius) / slope;
      out[row * size + column]! += value * Math.min(1, Math.max(0, 0.5 + distance / pixel));
    }
  }
}

/** First and last + 1 of the pixels that an interval around a center touches. */
function columnsOf(center: number, half: number, size: number): readonly [number, number] {
  const at = (position: number): number => Math.floor(((position + 1) / 2) * size);
  return [Math.max(0, at(center - half)), Math.min(size, at(center + half) + 1)];
}

/** The ellipses of one phantom: a body with a rim, a pair of cavities, organs with parts, and a few bright grains. */
function phantomEllipses(key: Key): { readonly body: Ellipse; readonly parts: readonly Ellipse[] } {
  const draws = uniform(key, 160);
  let used = 0;
  const between = (low: number, high: number): number => low + (high - low) * draws[used++]!;
  const chance = (p: number): boolean => between(0, 1) < p;

  const body: Ellipse = {
    x: between(-0.06, 0.06),
    y: between(-0.06, 0.06),
    a: between(0.62, 0.88),
    b: between(0.62, 0.88),
    angle: between(-0.4, 0.4),
    value: 1,
  };
  /** An ellipse placed in the body's own axes, at a share of its radius. */
  const within = (radius: number, turn: number, rest: Pick<Ellipse, 'a' | 'b' | 'angle' | 'value'>): Ellipse => {
    const [u, v] = [radius * body.a * Math.cos(turn), radius * body.b * Math.sin(turn)];
    const [cos, sin] = [Math.cos(body.angle), Math.sin(body.angle)];
    return { ...rest, x: body.x + u * cos - v * sin, y: body.y + u * sin + v * cos };
  };
  const tissue = between(0.25, 0.45);
  const rim = chance(0.7) ? between(0.3, 0.55) : between(0, 0.15);
  const thickness = between(0.03, 0.1);
  const core = { ...body, a: body.a - thickness, b: body.b - thickness };
  const parts: Ellipse[] = [
    { ...body, value: tissue + rim },
    { ...core, value: -rim },
  ];

  if (chance(0.7)) {
    const [radius, turn, tilt] = [between(0.3, 0.5), between(-0.5, 0.5), between(-0.6, 0.6)];
    const [a, b, value] = [between(0.09, 0.24), between(0.16, 0.36), -between(0.5, 1) * tissue];
    for (const side of [turn, Math.PI - turn])
      parts.push(within(radius, side, { a, b, angle: body.angle + (side === turn ? tilt : -tilt), value }));
  }
  const organs = 2 + Math.floor(between(0, 4));
  for (let k = 0; k < organs; k++) {
    const shape = { a: between(0.08, 0.26), b: between(0.08, 0.26), angle: between(0, Math.PI) };
    const value = (chance(0.65) ? 1 : -0.6) * between(0.08, 0.35);
    const organ = within(between(0, 0.6), between(0, 2 * Math.PI), { ...shape, value });
    parts.push(organ);
    if (chance(0.4)) parts.push({ ...organ, a: 0.5 * organ.a, b: 0.5 * organ.b, value: between(-0.25, 0.25) });
  }
  const grains = Math.floor(between(0, 5));
  for (let k = 0; k < grains; k++) {
    const side = between(0.02, 0.05);
    const shape = { a: side, b: side * between(0.7, 1.4), angle: between(0, Math.PI), value: between(0.2, 0.5) };
    parts.push(within(between(0, 0.75), between(0, 2 * Math.PI), shape));
  }
  return { body, parts };
}

/**
 * One phantom, `size` x `size` in reading order: values of 0 to 1, 0 outside the body.
 * @throws ConfigError unless the size is a positive integer.
 */
export function drawPhantom(key: Key, size = 64): Float64Array {
  checkOptions(positiveInteger('size', size));
  const { body, parts } = phantomEllipses(key);
  const inside = drawEllipses([body], size);
  return drawEllipses(parts, size).map((value, i) => inside[i]! * Math.min(1, Math.max(0, value)));
}

/** How many phantoms, and how large. */
export interface PhantomOptions {
  /** Number of images, 2,000 by default. */
  readonly count?: number | undefined;
  /** Side of the images in pixels, 64 by default. */
  readonly size?: number | undefined;
}

/**
 * Gray images of random phantoms.
 * @throws ConfigError unless count and size are positive integers.
 */
export function drawPhantoms(key: Key, { count = 2000, size = 64 }: PhantomOptions = {}): ImageSet {
  checkOptions(positiveInteger('count', count), positiveInteger('size', size));
  const pixels = new Uint8Array(count * size * size);
  for (let i = 0; i < count; i++) {
    const image = drawPhantom(foldIn(key, i), size);
    pixels.set(
      image.map((value) => Math.round(255 * value)),
      i * size * size,
    );
  }
  // The law of angles and places is the same in a mirror.
  return setOfImages({ name: 'phantoms', count, channels: 1, height: size, width: size, pixels, flips: true });
}
