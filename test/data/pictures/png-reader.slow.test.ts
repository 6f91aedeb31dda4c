import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../../src/base/errors.ts';
import { parsePng, pngSamples } from '../../../src/data/pictures/png-reader.ts';
import { bytesOf } from '../../../src/data/pictures/tones.ts';
import { bandsOf, pngFile, pngPart, type PngContent } from '../png-file.ts';

const types = [
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
] as const;

/** Files of every type and depth. */
const files: fc.Arbitrary<PngContent> = fc
  .record({
    type: fc.constantFrom(...types.flatMap(([colorType, depths]) => depths.map((depth) => ({ colorType, depth })))),
    width: fc.integer({ min: 1, max: 19 }),
    height: fc.integer({ min: 1, max: 13 }),
    interlaced: fc.boolean(),
    filters: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
    clear: fc.boolean(),
    cut: fc.integer({ min: 1, max: 3 }),
    seed: fc.integer(),
  })
  .map(({ type: { colorType, depth }, clear, seed, ...rest }) => {
    let state = seed;
    const random = (most: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * (most + 1));
    };
    const bands = bandsOf[colorType]!;
    const most = 2 ** depth - 1;
    // Few values, so that a transparent color is met.
    const values = [0, most, random(most), random(most)];
    const few = random(1) === 1;
    const data = Array.from({ length: rest.width * rest.height * bands }, () =>
      few ? values[random(3)]! : random(most),
    );
    const palette = colorType === 3 ? Uint8Array.from({ length: 3 * (most + 1) }, () => random(255)) : undefined;
    const alphas = Uint8Array.from({ length: 1 + random(most) }, () => random(255));
    const color = Uint8Array.from(data.slice(0, bands).flatMap((value) => [value >> 8, value & 255]));
    const transparency = !clear || bands % 2 === 0 ? undefined : colorType === 3 ? alphas : color;
    return { colorType, depth, ...rest, data, ...(palette && { palette }), ...(transparency && { transparency }) };
  });

function ours(bytes: Uint8Array, channels: 1 | 3): number[] {
  return Array.from(bytesOf(pngSamples(parsePng(bytes, 'x.png'), 'x.png'), channels));
}

async function libvips(bytes: Uint8Array, channels: 1 | 3): Promise<number[]> {
  const image = sharp(bytes).flatten({ background: '#ffffff' });
  return Array.from(
    await image
      .toColorspace(channels === 1 ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer(),
  );
}

describe('a PNG file', () => {
  it('has the pixels that libvips reads, whatever its type, filters and passes', async () => {
    await fc.assert(
      fc.asyncProperty(files, fc.constantFrom(1 as const, 3 as const), async (content, channels) => {
        // libvips makes white of 16 bits that are cut to 8, which is 254 as gray.
        const alpha = content.colorType > 3 || content.transparency !== undefined;
        fc.pre(!(content.depth === 16 && alpha && channels === 1));
        const bytes = pngFile(content);
        expect(ours(bytes, channels)).toEqual(await libvips(bytes, channels));
      }),
      { numRuns: 600, seed: 13 },
    );
  });
});

const flat = (over: Partial<PngContent> = {}): Buffer =>
  pngFile({ width: 8, height: 8, depth: 8, colorType: 0, data: new Uint8Array(64).fill(7), ...over });
const read = (bytes: Uint8Array): unknown => pngSamples(parsePng(bytes, 'x.png'), 'x.png');
/** A file of 8 x 8 gray pixels whose compressed part is another. */
function withPixels(packed: Uint8Array): Buffer {
  const file = flat();
  const at = file.indexOf('IDAT') - 4;
  return Buffer.concat([file.subarray(0, at), pngPart('IDAT', packed), pngPart('IEND', new Uint8Array())]);
}

describe('transparent pixels of 16 bits', () => {
  it('are white, in gray and in color', () => {
    for (const colorType of [4, 6]) {
      const bands = bandsOf[colorType]!;
      const data = Array.from({ length: 4 * bands }, (_, i) => ((i + 1) % bands === 0 ? 0 : 12345));
      const bytes = pngFile({ width: 2, height: 2, depth: 16, colorType, data });
      for (const channels of [1, 3] as const) expect(new Set(ours(bytes, channels))).toEqual(new Set([255]));
    }
  });

  it('keep a ramp of 257 i as i', () => {
    const ramp = Array.from({ length: 256 }, (_, i) => 257 * i);
    const bytes = pngFile({ width: 256, height: 1, depth: 16, colorType: 0, data: ramp });
    for (const channels of [1, 3] as const) {
      const found = ours(bytes, channels);
      expect(found.filter((_, i) => i % channels === 0)).toEqual(ramp.map((_, i) => i));
    }
  });
});

describe('a PNG file that is not what it declares', () => {
  it('is refused before more is inflated than it declares', () => {
    const bomb = withPixels(deflateSync(new Uint8Array(2 ** 27)));
    const before = process.resourceUsage().maxRSS;
    expect(() => read(bomb)).toThrow(/x.png: .*its pixels are more than its header declares/);
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(16 * 1024); // KiB; whole, it has 128 MiB
    const wide = flat();
    wide.writeUInt32BE(11_000, 16);
    wide.writeUInt32BE(11_000, 20);
    wide.writeUInt32BE(crc32(wide.subarray(12, 29)), 29);
    expect(() => read(wide)).toThrow(/declares 121011000 bytes, more than its \d+ compressed ones can contain/);
    wide.writeUInt32BE(2 ** 31 - 1, 16);
    wide.writeUInt32BE(crc32(wide.subarray(12, 29)), 29);
    expect(() => read(wide)).toThrow(/expected a picture of at most 134217728 pixels, found 2147483647 x 11000/);
  });

  it('is refused with what is wrong', () => {
    const cases: readonly (readonly [Buffer, RegExp])[] = [
      [withPixels(deflateSync(new Uint8Array(71))), /its pixels are fewer than its header declares/],
      [withPixels(deflateSync(new Uint8Array(72)).subarray(0, 9)), /its pixels end early or are damaged/],
      [withPixels(deflateSync(new Uint8Array(72).fill(9))), /a row of the unknown filter 9/],
      [
        flat({ colorType: 3, data: new Uint8Array(64).fill(2), palette: new Uint8Array(6) }),
        /color 2 of a palette of 2/,
      ],
      [flat({ depth: 8, colorType: 5 }), /its header has no known type/],
      [flat({ width: 0 }), /declares 0 x 8 pixels/],
      [flat().subarray(0, 40), /it has no pixels/],
      [flat().subarray(0, 20), /it has no header/],
    ];
    for (const [bytes, message] of cases) {
      expect(() => read(bytes)).toThrow(FileError);
      expect(() => read(bytes)).toThrow(message);
    }
    const turned = flat();
    turned[turned.indexOf('IDAT') + 10]! ^= 1;
    expect(() => read(turned)).toThrow(/the checksum of its part IDAT is wrong/);
  });

  it('is read or refused with a FileError, however its bytes are changed', () => {
    fc.assert(
      fc.property(
        files,
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }),
        fc.boolean(),
        fc.nat(),
        (content, changes, sealed, end) => {
          const bytes = pngFile(content);
          for (const [at, value] of changes) bytes[8 + (at % (bytes.length - 8))] = value;
          // With right checksums of the header, changes of it are met too.
          if (sealed) bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
          const cut = bytes.subarray(0, 8 + (end % (bytes.length - 7)));
          for (const spoiled of [bytes, cut])
            try {
              read(spoiled);
            } catch (error) {
              expect(error).toBeInstanceOf(FileError);
            }
        },
      ),
      { numRuns: 1000, seed: 7 },
    );
  });
});
