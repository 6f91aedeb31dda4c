/** @file Images as PNG, alone and as grids: what a person looks at while a model trains. */
import { encode } from 'fast-png';
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
 * PNG file of an image.
 * @throws ShapeError if the number of bytes is not height x width x channels.
 */
export function encodePng({ width, height, channels, data }: Image): Uint8Array {
  const whole = [width, height].every((n) => Number.isSafeInteger(n) && n > 0);
  if (!whole || data.length !== width * height * channels)
    throw new ShapeError(
      `encodePng: expected ${width} x ${height} pixels of ${channels} channels, both sides at least 1, got ${data.length} bytes`,
    );
  return encode({ width, height, channels, data, depth: 8 });
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
