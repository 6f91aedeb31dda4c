/** @file Images as PNG, alone and as grids: what a person looks at while a model trains. */
import { zlibSync } from 'fflate';
import { crc32 } from '../base/crc32.ts';
import { ShapeError } from '../base/errors.ts';

/** A picture: gray, RGB or RGBA bytes, row by row, channels together. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  /** `[height, width, channels]`, 0 to 255. */
  readonly data: Uint8Array;
}

/** A stack of images with separate channels, as networks and data sets have them. */
export interface ImageStack {
  readonly count: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** `[count, channels, height, width]`, 0 to 255. */
  readonly pixels: Uint8Array;
}

/** How `imageGrid` arranges images. */
export interface GridOptions {
  /** Images per row; about as many as rows by default. */
  readonly columns?: number | undefined;
  /** Pixels between images and around them. */
  readonly gap?: number | undefined;
  /** Whole factor by which pixels are enlarged; by default the one that makes images about 64 pixels high or wide. */
  readonly scale?: number | undefined;
  /** Gray of the gaps, 0 to 255. */
  readonly background?: number | undefined;
}

/**
 * PNG file of an image, without filters.
 * @see W3C 2003, "Portable network graphics (PNG) specification", sections 5 and 11
 * @throws ShapeError if the number of bytes is not height x width x channels.
 */
export function encodePng({ width, height, channels, data }: Image): Uint8Array {
  const whole = [width, height].every((n) => Number.isSafeInteger(n) && n > 0);
  if (!whole || data.length !== width * height * channels)
    throw new ShapeError(
      `encodePng: expected ${width} x ${height} pixels of ${channels} channels, both sides at least 1, got ${data.length} bytes`,
    );
  const line = width * channels;
  const lines = new Uint8Array(height * (1 + line));
  // Before each line stands the number of its filter; 0 is none.
  for (let y = 0; y < height; y++) lines.set(data.subarray(y * line, (y + 1) * line), y * (1 + line) + 1);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, colorTypes[channels]], 8);
  const chunks = [
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(lines, { level: 3 })),
    chunk('IEND', new Uint8Array(0)),
  ];
  return joinedBytes([signature, ...chunks]);
}

const signature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);

/** Gray, RGB and RGBA by the numbers that the format has for them. */
const colorTypes = { 1: 0, 3: 2, 4: 6 } as const;

/** Length, name, content and checksum of name and content. */
function chunk(name: string, content: Uint8Array): Uint8Array {
  const named = joinedBytes([new TextEncoder().encode(name), content]);
  const ends = [content.length, crc32(named)].map((value) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value);
    return bytes;
  });
  return joinedBytes([ends[0] ?? named, named, ends[1] ?? named]);
}

function joinedBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * Images side by side in rows. A strip of one sample over time is a grid with as many columns as times.
 * @throws ShapeError if there are no images, they are not gray, RGB or RGBA, or an option is not a whole number in its range.
 */
export function imageGrid(images: ImageStack, options: GridOptions = {}): Image {
  const { count, height, width, pixels } = images;
  const channels = checkedChannels(images);
  const columns = Math.min(checked('columns', options.columns ?? Math.ceil(Math.sqrt(count)), 1), count);
  const gap = checked('gap', options.gap ?? 2, 0);
  const scale = checked('scale', options.scale ?? Math.max(1, Math.round(64 / Math.max(height, width))), 1);
  const rows = Math.ceil(count / columns);
  const [cellWidth, cellHeight] = [width * scale + gap, height * scale + gap];
  const gridWidth = columns * cellWidth + gap;
  const gridHeight = rows * cellHeight + gap;
  const data = new Uint8Array(gridWidth * gridHeight * channels).fill(
    checked('background', options.background ?? 255, 0),
  );

  for (let i = 0; i < count; i++) {
    const left = gap + (i % columns) * cellWidth;
    const top = gap + Math.floor(i / columns) * cellHeight;
    for (let y = 0; y < height * scale; y++)
      for (let x = 0; x < width * scale; x++)
        for (let c = 0; c < channels; c++) {
          const from = ((i * channels + c) * height + Math.floor(y / scale)) * width + Math.floor(x / scale);
          data[((top + y) * gridWidth + left + x) * channels + c] = pixels[from]!;
        }
  }
  return { width: gridWidth, height: gridHeight, channels, data };
}

function checkedChannels({ count, channels, height, width, pixels }: ImageStack): 1 | 3 | 4 {
  if (channels !== 1 && channels !== 3 && channels !== 4)
    throw new ShapeError(`imageGrid: expected images of 1, 3 or 4 channels, got ${channels}`);
  if (count < 1 || pixels.length !== count * channels * height * width)
    throw new ShapeError(
      `imageGrid: expected at least one image [${[count, channels, height, width]}], got ${pixels.length} bytes`,
    );
  return channels;
}

function checked(name: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least)
    throw new ShapeError(`imageGrid: expected ${name} to be a whole number of at least ${least}, got ${value}`);
  return value;
}
