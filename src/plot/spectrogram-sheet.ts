/** @file Sounds as pictures: their levels by time and frequency, over their waves. */
import { base64Of } from '../base/base64.ts';
import { dusk } from './color.ts';
import { encodePng, type Image } from './png.ts';
import { fonts } from './svg.ts';
import { palette, text } from './svg-text.ts';

/** A sound as it is drawn. */
export interface Heard {
  /** Decibels `[bands, frames]`, the lowest band first. */
  readonly levels: ArrayLike<number>;
  readonly frames: number;
  /** Values of which full scale is 1. */
  readonly wave: ArrayLike<number>;
  /** What it is called; nothing by default. */
  readonly name?: string | undefined;
}

/** How sounds are drawn. */
export interface SheetOptions {
  /** Sounds in a row. Default about as many as there are rows. */
  readonly columns?: number | undefined;
  /** Decibels below the loudest level of all that are as dark as silence. Default 60. */
  readonly depth?: number | undefined;
}

/** Pixels of a sound across, about; of its wave; around it; and of its name. */
const [across, waveHeight, gap, nameHeight] = [160, 28, 8, 16] as const;
const background = 255;
const ink = [61, 78, 120] as const;

/** Where the sounds of a sheet stand, in pixels. */
interface Layout {
  readonly width: number;
  readonly height: number;
  /** Pixels of a frame and of a band. */
  readonly scale: number;
  readonly cellWidth: number;
  readonly levelHeight: number;
  /** The left and the upper end of a sound. */
  place(i: number): readonly [left: number, top: number];
}

/** @param above - pixels above each sound that are left free */
function layoutOf(sounds: readonly Heard[], columns: number | undefined, above: number): Layout {
  const inRow = Math.max(1, Math.min(columns ?? Math.ceil(Math.sqrt(sounds.length)), sounds.length));
  const rows = Math.max(1, Math.ceil(sounds.length / inRow));
  const [first] = sounds;
  const frames = first?.frames ?? 1;
  const bands = (first?.levels.length ?? 1) / frames;
  const scale = Math.max(1, Math.round(across / frames));
  const [cellWidth, levelHeight] = [scale * frames, scale * bands];
  const cellHeight = above + levelHeight + waveHeight;
  return {
    ...{ scale, cellWidth, levelHeight },
    width: inRow * (cellWidth + gap) + gap,
    height: rows * (cellHeight + gap) + gap,
    place: (i) => [gap + (i % inRow) * (cellWidth + gap), gap + Math.floor(i / inRow) * (cellHeight + gap) + above],
  };
}

/** Sounds beside and below each other, all of one scale of levels and of one of waves. */
export function spectrogramSheet(sounds: readonly Heard[], { columns, depth = 60 }: SheetOptions = {}): Image {
  return painted(sounds, layoutOf(sounds, columns, 0), depth);
}

/** The same with the name of each sound above it, as SVG; without names it is the sheet alone. */
export function namedSpectrograms(sounds: readonly Heard[], { columns, depth = 60 }: SheetOptions = {}): string {
  const named = sounds.some(({ name }) => name !== undefined);
  const layout = layoutOf(sounds, columns, named ? nameHeight : 0);
  const { width, height } = layout;
  const png = base64Of(encodePng(painted(sounds, layout, depth)));
  const names = sounds.map(({ name = '' }, i) => {
    const [x, top] = layout.place(i);
    return name === '' ? '' : text(name, { x, y: top - 4, size: 12, color: palette.ink });
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${fonts}" role="img">` +
    `<title>spectrograms</title><image width="${width}" height="${height}" href="data:image/png;base64,${png}"/>${names.join('')}</svg>\n`
  );
}

function painted(sounds: readonly Heard[], layout: Layout, depth: number): Image {
  const { width, height, scale, cellWidth, levelHeight } = layout;
  const data = new Uint8Array(3 * width * height).fill(background);
  const loudest = most(sounds.map(({ levels }) => greatest(levels)));
  const largest = most(sounds.map(({ wave }) => greatest(wave, Math.abs))) || 1;
  const colors = Array.from({ length: 256 }, (_, i) => dusk(i / 255).map((part) => Math.round(255 * part)));
  const paint = (x: number, y: number, color: readonly number[]): void => data.set(color, 3 * (y * width + x));
  sounds.forEach(({ levels, wave, frames }, i) => {
    const [left, top] = layout.place(i);
    const bands = levelHeight / scale;
    for (let y = 0; y < levelHeight; y++)
      for (let x = 0; x < cellWidth; x++) {
        const band = bands - 1 - Math.floor(y / scale);
        const level = 1 + ((levels[band * frames + Math.floor(x / scale)] ?? -Infinity) - loudest) / depth;
        paint(left + x, top + y, colors[Math.round(255 * Math.min(1, Math.max(0, level)))] ?? ink);
      }
    for (let x = 0; x < cellWidth; x++) {
      const part = rangeOf(wave, (x * wave.length) / cellWidth, ((x + 1) * wave.length) / cellWidth);
      const middle = top + levelHeight + waveHeight / 2;
      const heightOf = (value: number): number => Math.round(middle - (value / largest) * (waveHeight / 2 - 1));
      for (let y = heightOf(part[1]); y <= heightOf(part[0]); y++) paint(left + x, y, ink);
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
