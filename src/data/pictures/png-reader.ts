/**
 * @file PNG: from the bytes of a file to its samples. Sizes are checked before anything is inflated, and nothing is inflated beyond
 * the length that the header declares.
 * @see "Portable Network Graphics (PNG) Specification (Third Edition)", W3C 2025
 */
import { crc32, inflateSync } from 'node:zlib';
import { FileError } from '../../base/errors.ts';
import { systemCode } from '../../base/system-problem.ts';
import { deflateRatio } from '../arrays/declared-size.ts';
import { adam7, unfilterInto, type InterlacePass } from './png-rows.ts';

/** Larger pictures are refused before they are decoded: a few bytes may declare any size. */
export const maxPixels = 2 ** 27;

/** Samples of a picture, row by row, the bands of a pixel together: gray, gray and alpha, RGB, or RGB and alpha. */
export interface PngSamples {
  readonly width: number;
  readonly height: number;
  readonly bands: 1 | 2 | 3 | 4;
  /** `[height, width, bands]`; 0 to 255, or 0 to 65535 in an array of 16 bits. */
  readonly data: Uint8Array | Uint16Array;
}

/** A PNG file before its pixels are read. */
export interface Png {
  readonly width: number;
  readonly height: number;
  /** Whether it has only gray, and perhaps alpha. */
  readonly gray: boolean;
  /** Whether colors or orientation depend on an ICC profile, on code points or on EXIF, which `samplesOf` does not apply. */
  readonly managed: boolean;
  readonly depth: number;
  readonly colorType: number;
  readonly interlaced: boolean;
  /** Red, green and blue of each index. */
  readonly palette: Uint8Array;
  /** Alpha of each index, or the one transparent color. */
  readonly transparency: Uint8Array | undefined;
  /** Compressed parts, in order. */
  readonly parts: readonly Uint8Array[];
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Bands in the file, and the depths that the specification allows, by type of color. */
const colorTypes: Readonly<Record<number, { readonly bands: number; readonly depths: readonly number[] }>> = {
  0: { bands: 1, depths: [1, 2, 4, 8, 16] },
  2: { bands: 3, depths: [8, 16] },
  3: { bands: 1, depths: [1, 2, 4, 8] },
  4: { bands: 2, depths: [8, 16] },
  6: { bands: 4, depths: [8, 16] },
};
/** Chunks without which pixels would be others, so that their checksums count. */
const essential = ['IHDR', 'PLTE', 'IDAT', 'tRNS'];
const managing = ['iCCP', 'cICP', 'eXIf'];

/** Whether bytes begin as a PNG file. */
export function isPng(bytes: Uint8Array): boolean {
  return signature.every((byte, i) => bytes[i] === byte);
}

/**
 * What a PNG file declares, and where its pixels are.
 * @throws FileError if it is damaged, or has more than `maxPixels`.
 */
export function parsePng(bytes: Uint8Array, file: string): Png {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let header: ReturnType<typeof headerOf> | undefined;
  let palette = new Uint8Array();
  let transparency: Uint8Array | undefined;
  let managed = false;
  const parts: Uint8Array[] = [];
  for (let at = signature.length; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 12 + length;
    if (end > bytes.length) break;
    const content = bytes.subarray(at + 8, end - 4);
    if (essential.includes(name) && crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4))
      throw damaged(file, `the checksum of its part ${name} is wrong`);
    if (header === undefined && name !== 'IHDR') throw damaged(file, 'it does not begin with its header');
    if (name === 'IHDR') header ??= headerOf(content, file);
    else if (name === 'PLTE') palette = Uint8Array.from(content);
    else if (name === 'tRNS') transparency = Uint8Array.from(content);
    else if (name === 'IDAT') parts.push(content);
    else if (name === 'IEND') break;
    else if (managing.includes(name)) managed = true;
    at = end;
  }
  if (header === undefined) throw damaged(file, 'it has no header');
  if (parts.length === 0) throw damaged(file, 'it has no pixels');
  const gray = header.colorType === 0 || header.colorType === 4;
  return { ...header, gray, managed, palette, transparency, parts };
}

function headerOf(
  content: Uint8Array,
  file: string,
): Pick<Png, 'width' | 'height' | 'depth' | 'colorType' | 'interlaced'> {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  if (content.length !== 13) throw damaged(file, 'its header has not 13 bytes');
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth = 0, colorType = 0, compression, filter, interlace = 0] = content.subarray(8);
  if (colorTypes[colorType]?.depths.includes(depth) !== true || compression !== 0 || filter !== 0 || interlace > 1)
    throw damaged(file, `its header has no known type (${content.subarray(8).join(' ')})`);
  if (width === 0 || height === 0) throw damaged(file, `its header declares ${width} x ${height} pixels`);
  if (width * height > maxPixels)
    throw new FileError(file, `expected a picture of at most ${maxPixels} pixels, found ${width} x ${height}`);
  return { width, height, depth, colorType, interlaced: interlace === 1 };
}

/**
 * The samples of a PNG file: palettes looked up, depths below 8 spread over 0 to 255, transparent colors as alpha.
 * @throws FileError if there are fewer or more pixels than its header declares, or they are damaged.
 */
export function pngSamples(png: Png, file: string): PngSamples {
  const { width, height, depth, colorType } = png;
  const { bands } = colorTypes[colorType] ?? { bands: 1 };
  const passes: readonly InterlacePass[] = png.interlaced
    ? adam7(width, height)
    : [{ width, height, left: 0, top: 0, right: 1, down: 1 }];
  const rowBytes = (columns: number): number => Math.ceil((columns * bands * depth) / 8);
  const length = passes.reduce((sum, pass) => sum + pass.height * (1 + rowBytes(pass.width)), 0);
  const content = inflated(png.parts, length, file);
  const data = depth === 16 ? new Uint16Array(width * height * bands) : new Uint8Array(width * height * bands);
  let from = 0;
  for (const pass of passes) {
    const stride = rowBytes(pass.width);
    const rows = content.subarray(from, from + pass.height * (1 + stride));
    from += rows.length;
    const unknown = unfilterInto(rows, stride, Math.max(1, (bands * depth) >> 3));
    if (unknown !== undefined) throw damaged(file, `it has a row of the unknown filter ${unknown}`);
    placeInto(data, rows, { pass, stride, depth, bands, width });
  }
  if (colorType === 3) return { width, height, ...lookedUp(data, png, file) };
  const scale = depth < 8 ? 255 / (2 ** depth - 1) : 1;
  const key = colorType === 4 || colorType === 6 ? undefined : keyOf(png, bands);
  if (key !== undefined) return { width, height, ...keyed(data, { bands, key, scale }) };
  if (scale !== 1) for (let i = 0; i < data.length; i++) data[i]! *= scale;
  return { width, height, bands: bands as PngSamples['bands'], data };
}

function inflated(parts: readonly Uint8Array[], length: number, file: string): Uint8Array {
  const [first = new Uint8Array(), ...others] = parts;
  const packed = others.length === 0 ? first : Buffer.concat(parts);
  if (length > packed.length * deflateRatio)
    throw damaged(
      file,
      `its header declares ${length} bytes, more than its ${packed.length} compressed ones can contain`,
    );
  let content: Uint8Array;
  try {
    // One byte more than the declared length detects a longer content.
    content = inflateSync(packed, { maxOutputLength: length, chunkSize: Math.min(Math.max(length + 1, 64), 2 ** 20) });
  } catch (error) {
    const longer = systemCode(error) === 'ERR_BUFFER_TOO_LARGE';
    throw damaged(
      file,
      `its pixels ${longer ? 'are more than its header declares' : 'end early or are damaged'}`,
      error,
    );
  }
  if (content.length !== length) throw damaged(file, 'its pixels are fewer than its header declares');
  return content;
}

interface Placement {
  readonly pass: InterlacePass;
  /** Bytes of a row without its filter. */
  readonly stride: number;
  readonly depth: number;
  readonly bands: number;
  /** Of the whole picture. */
  readonly width: number;
}

/** Puts the rows of a pass in their places. */
function placeInto(
  data: Uint8Array | Uint16Array,
  rows: Uint8Array,
  { pass, stride, depth, bands, width }: Placement,
): void {
  const { left, top, right, down } = pass;
  const most = 2 ** depth - 1;
  for (let y = 0; y < pass.height; y++) {
    const row = y * (1 + stride) + 1;
    const line = (top + y * down) * width;
    if (depth === 8 && right === 1) {
      data.set(rows.subarray(row, row + stride), line * bands);
      continue;
    }
    for (let x = 0; x < pass.width; x++)
      for (let b = 0; b < bands; b++) {
        const i = x * bands + b;
        const bit = i * depth;
        const byte = rows[row + (bit >> 3)]!;
        data[(line + left + x * right) * bands + b] =
          depth === 16 ? 256 * byte + rows[row + 2 * i + 1]! : (byte >> (8 - depth - (bit & 7))) & most;
      }
  }
}

function lookedUp(
  indices: Uint8Array | Uint16Array,
  { palette, transparency }: Png,
  file: string,
): Omit<PngSamples, 'width' | 'height'> {
  const bands = transparency === undefined ? 3 : 4;
  const colors = Math.floor(palette.length / 3);
  const data = new Uint8Array(indices.length * bands);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (index >= colors) throw damaged(file, `it uses color ${index} of a palette of ${colors}`);
    for (let b = 0; b < 3; b++) data[i * bands + b] = palette[3 * index + b]!;
    if (transparency !== undefined) data[i * bands + 3] = transparency[index] ?? 255;
  }
  return { bands, data };
}

/** The samples of the transparent color. */
function keyOf({ transparency, depth }: Png, bands: number): readonly number[] | undefined {
  if (transparency === undefined || transparency.length < 2 * bands) return undefined;
  const most = 2 ** depth - 1;
  return Array.from({ length: bands }, (_, b) => (256 * transparency[2 * b]! + transparency[2 * b + 1]!) & most);
}

function keyed(
  samples: Uint8Array | Uint16Array,
  { bands, key, scale }: { readonly bands: number; readonly key: readonly number[]; readonly scale: number },
): Omit<PngSamples, 'width' | 'height'> {
  const wide = samples instanceof Uint16Array;
  const pixels = samples.length / bands;
  const data = wide ? new Uint16Array(pixels * (bands + 1)) : new Uint8Array(pixels * (bands + 1));
  for (let i = 0; i < pixels; i++) {
    let same = true;
    for (let b = 0; b < bands; b++) {
      const value = samples[i * bands + b]!;
      same &&= value === key[b];
      data[i * (bands + 1) + b] = value * scale;
    }
    data[i * (bands + 1) + bands] = same ? 0 : wide ? 65535 : 255;
  }
  return { bands: (bands + 1) as PngSamples['bands'], data };
}

function damaged(file: string, problem: string, cause?: unknown): FileError {
  return new FileError(file, `expected a PNG image, found one that does not decode (${problem})`, { cause });
}
