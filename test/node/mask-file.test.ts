/** @file Masks from pictures of every kind. */
import { encode } from 'fast-png';
import sharp, { type PngOptions } from 'sharp';
import { describe, expect, it } from 'vitest';
import { readMask } from '../../src/node/mask-file.ts';
import { FileError } from '../../src/base/errors.ts';
import { failure, put, temporaryFolder } from '../data/fixtures.ts';

/** Of 4 x 2 pixels; the left half is known. */
const half = [1, 1, 0, 0, 1, 1, 0, 0];
const shape = [1, 2, 4];

type Pixel = readonly number[];

/** A PNG of 8 bits from the pixels of what is known and what is hidden. */
function png([known, hidden]: readonly [Pixel, Pixel], depth: 8 | 16 = 8): Uint8Array {
  const values = half.flatMap((value) => [...(value === 1 ? known : hidden)]);
  const data = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
  return encode({ width: 4, height: 2, channels: known.length, depth, data });
}
const reduced = async (bytes: Uint8Array, options: PngOptions): Promise<Uint8Array> =>
  new Uint8Array(await sharp(bytes).png(options).toBuffer());
const maskOf = async (bytes: Uint8Array | Promise<Uint8Array>, name = 'mask.png'): Promise<number[]> =>
  Array.from((await readMask(await put(temporaryFolder(), name, await bytes), shape)).data);

describe('a mask', () => {
  it.each([
    ['gray', png([[255], [0]])],
    ['gray at the threshold', png([[128], [127]])],
    [
      'color',
      png([
        [255, 255, 255],
        [0, 0, 0],
      ]),
    ],
    [
      'slightly tinted',
      png([
        [255, 240, 200],
        [40, 0, 10],
      ]),
    ],
    [
      'gray with opaque alpha',
      png([
        [255, 255],
        [0, 255],
      ]),
    ],
    [
      'color with opaque alpha',
      png([
        [255, 255, 255, 255],
        [0, 0, 0, 255],
      ]),
    ],
    [
      'black on transparent',
      png([
        [0, 0, 0, 0],
        [0, 0, 0, 255],
      ]),
    ],
    ['gray of 16 bits', png([[65535], [0]], 16)],
    ['gray of 16 bits near the threshold', png([[0x8100], [0x7e00]], 16)],
    [
      'color of 16 bits',
      png(
        [
          [65535, 65535, 65535],
          [0, 0, 0],
        ],
        16,
      ),
    ],
    ['1 bit', reduced(png([[255], [0]]), { palette: true, colors: 2 })],
    [
      'a palette',
      reduced(
        png([
          [250, 255, 251],
          [3, 0, 9],
        ]),
        { palette: true, colors: 4 },
      ),
    ],
    [
      'a palette with transparency',
      reduced(
        png([
          [0, 0, 0, 0],
          [0, 0, 0, 255],
        ]),
        { palette: true },
      ),
    ],
  ] as const)('that is %s: bright pixels are known, dark ones hidden', async (_, bytes) => {
    expect(await maskOf(bytes)).toEqual(half);
  });

  it('of a compressed picture is as sharp as it was', async () => {
    const known = Array.from({ length: 16 * 16 }, (_, i) => Number(i % 16 < 8));
    const raw = Uint8Array.from(known.flatMap((value) => [255 * value, 255 * value, 255 * value]));
    const jpeg = await sharp(raw, { raw: { width: 16, height: 16, channels: 3 } })
      .jpeg({ quality: 80 })
      .toBuffer();
    const file = await put(temporaryFolder(), 'mask.jpg', new Uint8Array(jpeg));
    expect(Array.from((await readMask(file, [3, 16, 16])).data)).toEqual(known);
  });

  it.each([
    [
      'a red hole on white',
      png([
        [255, 255, 255],
        [255, 0, 0],
      ]),
      'found the color 255, 0, 0 in column 2 of row 0',
    ],
    [
      'a yellow hole on white',
      png([
        [255, 255, 255],
        [255, 255, 0],
      ]),
      'found the color 255, 255, 0 in column 2 of row 0',
    ],
    [
      'a green half on black',
      png([
        [0, 255, 0],
        [0, 0, 0],
      ]),
      'found the color 0, 255, 0 in column 0 of row 0',
    ],
    [
      'a blue hole of 16 bits',
      png(
        [
          [65535, 65535, 65535],
          [0, 0, 65535],
        ],
        16,
      ),
      'found the color 0, 0, 255',
    ],
    [
      'a transparent hole on white',
      png([
        [255, 255, 255, 255],
        [255, 255, 255, 0],
      ]),
      'expected a mask with black pixels',
    ],
    ['white alone', png([[255], [255]]), 'found none (transparent ones are white); choose --task denoise'],
  ] as const)('with %s is refused', async (_, bytes, message) => {
    const error = await failure(maskOf(bytes));
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toContain(message);
  });
});
