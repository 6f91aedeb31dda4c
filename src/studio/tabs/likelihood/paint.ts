/** @file A picture that a visitor draws with a few colors, and the digit that is drawn before. */
import { pack, unpack } from '../../state/packed.ts';

/** Sixteen grays. */
const grays: readonly (readonly [number, number, number])[] = Array.from({ length: 16 }, (_, i) => [
  17 * i,
  17 * i,
  17 * i,
]);

/** Sixteen colors, white first. */
const hues: readonly (readonly [number, number, number])[] = [
  [255, 255, 255],
  [24, 24, 27],
  [120, 120, 128],
  [220, 38, 38],
  [249, 115, 22],
  [250, 204, 21],
  [132, 204, 22],
  [22, 163, 74],
  [20, 184, 166],
  [59, 130, 246],
  [37, 60, 190],
  [147, 51, 234],
  [236, 72, 153],
  [120, 63, 4],
  [254, 215, 170],
  [66, 44, 28],
];

/** The colors that pictures of a model are drawn with; its ground is the first. */
export function paletteOf([channels]: readonly number[]): readonly (readonly [number, number, number])[] {
  return channels === 1 ? grays : hues;
}

/** A 3 in strokes, in the unit square. */
const three: readonly (readonly [number, number])[] = [
  [0.32, 0.24],
  [0.48, 0.18],
  [0.64, 0.26],
  [0.64, 0.4],
  [0.5, 0.49],
  [0.66, 0.58],
  [0.67, 0.74],
  [0.5, 0.83],
  [0.31, 0.76],
];

/** Half the width of its stroke. */
const pen = 0.055;

function distanceTo([x, y]: readonly [number, number], i: number): number {
  const [[x0, y0] = [NaN, NaN], [x1, y1] = [NaN, NaN]] = [three[i], three[i + 1]];
  const [dx, dy] = [x1 - x0, y1 - y0];
  const part = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - x0 - part * dx, y - y0 - part * dy);
}

/** The digit, by the numbers of its colors: with soft edges in gray, black on white in color. */
function digit([channels, height = 1, width = 1]: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: height * width }, (_, k) => {
    const at = [((k % width) + 0.5) / width, (Math.floor(k / width) + 0.5) / height] as const;
    const distance = Math.min(...three.slice(1).map((_point, i) => distanceTo(at, i)));
    const ink = Math.min(1, Math.max(0, (pen - distance) * width + 0.5));
    return channels === 1 ? Math.round(15 * ink) : Math.round(ink);
  });
}

/** The drawn picture of an address, by the numbers of its colors. */
export function paintOf(text: string, shape: readonly number[]): Uint8Array {
  const [, height = 1, width = 1] = shape;
  return (text === '' ? undefined : unpack(text, 4, height * width)) ?? digit(shape);
}

/** The address of a drawn picture. */
export const paintText = (painted: Uint8Array): string => pack(painted, 4);

/** A drawn picture in colors `[H, W, 3]`. */
export function colorsOf(painted: Uint8Array, shape: readonly number[]): Uint8Array {
  const palette = paletteOf(shape);
  return Uint8Array.from(Array.from(painted).flatMap((own) => palette[own] ?? [0, 0, 0]));
}
