/** @file Sounds as pictures: their levels by time and frequency, over their waves. */
import { dusk } from './color.ts';
import type { Image } from './png.ts';

/** A sound as it is drawn. */
export interface Heard {
  /** Decibels `[bands, frames]`, the lowest band first. */
  readonly levels: ArrayLike<number>;
  readonly frames: number;
  /** Values of which full scale is 1. */
  readonly wave: ArrayLike<number>;
}

/** How sounds are drawn. */
export interface SheetOptions {
  /** Sounds in a row. Default about as many as there are rows. */
  readonly columns?: number | undefined;
  /** Decibels below the loudest level of all that are as dark as silence. Default 60. */
  readonly depth?: number | undefined;
}

/** Pixels of a sound across and of its levels, about; of its wave; and around it. */
const [across, waveHeight, gap] = [160, 28, 8] as const;
const background = 255;
const ink = [61, 78, 120] as const;

/** Sounds beside and below each other, all of one scale of levels and of one of waves. */
export function spectrogramSheet(sounds: readonly Heard[], { columns, depth = 60 }: SheetOptions = {}): Image {
  const inRow = Math.max(1, Math.min(columns ?? Math.ceil(Math.sqrt(sounds.length)), sounds.length));
  const rows = Math.max(1, Math.ceil(sounds.length / inRow));
  const [first] = sounds;
  const frames = first?.frames ?? 1;
  const bands = (first?.levels.length ?? 1) / frames;
  const scale = Math.max(1, Math.round(across / frames));
  const [cellWidth, levelHeight] = [scale * frames, scale * bands];
  const cellHeight = levelHeight + waveHeight;
  const [width, height] = [inRow * (cellWidth + gap) + gap, rows * (cellHeight + gap) + gap];
  const data = new Uint8Array(3 * width * height).fill(background);
  const loudest = most(sounds.map(({ levels }) => greatest(levels)));
  const largest = most(sounds.map(({ wave }) => greatest(wave, Math.abs))) || 1;
  const colors = Array.from({ length: 256 }, (_, i) => dusk(i / 255).map((part) => Math.round(255 * part)));
  const paint = (x: number, y: number, color: readonly number[]): void => data.set(color, 3 * (y * width + x));
  sounds.forEach(({ levels, wave }, i) => {
    const left = gap + (i % inRow) * (cellWidth + gap);
    const top = gap + Math.floor(i / inRow) * (cellHeight + gap);
    for (let y = 0; y < levelHeight; y++)
      for (let x = 0; x < cellWidth; x++) {
        const band = bands - 1 - Math.floor(y / scale);
        const level = 1 + ((levels[band * frames + Math.floor(x / scale)] ?? -Infinity) - loudest) / depth;
        paint(left + x, top + y, colors[Math.round(255 * Math.min(1, Math.max(0, level)))] ?? ink);
      }
    for (let x = 0; x < cellWidth; x++) {
      const part = rangeOf(wave, (x * wave.length) / cellWidth, ((x + 1) * wave.length) / cellWidth);
      const middle = top + levelHeight + waveHeight / 2;
      const place = (value: number): number => Math.round(middle - (value / largest) * (waveHeight / 2 - 1));
      for (let y = place(part[1]); y <= place(part[0]); y++) paint(left + x, y, ink);
    }
  });
  return { width, height, channels: 3, data };
}

const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);

function greatest(values: ArrayLike<number>, f: (value: number) => number = (value) => value): number {
  let found = -Infinity;
  for (let i = 0; i < values.length; i++) found = Math.max(found, f(values[i] ?? NaN));
  return found;
}

/** The least and the greatest value of a part, which has one at least. */
function rangeOf(wave: ArrayLike<number>, begin: number, end: number): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = Math.floor(begin); i < Math.max(Math.floor(begin) + 1, end) && i < wave.length; i++) {
    low = Math.min(low, wave[i] ?? NaN);
    high = Math.max(high, wave[i] ?? NaN);
  }
  return low <= high ? [low, high] : [0, 0];
}
