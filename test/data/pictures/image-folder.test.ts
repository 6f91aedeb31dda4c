import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { FileError } from '../../../src/base/errors.ts';
import { fingerprint } from '../../../src/data/fingerprint.ts';
import { readImageFolder } from '../../../src/data/pictures/image-folder.ts';
import { formatNpy } from '../../../src/data/arrays/npy.ts';
import { openDataSet } from '../../../src/run/data-sets.ts';
import { startLoader } from '../../io/folders.ts';
import { failure, put, temporaryFolder } from '../fixtures.ts';
import { pngFile } from '../png-file.ts';

type Format = 'png' | 'jpeg' | 'webp';

/** An image of one color. */
async function plain(format: Format, size: [width: number, height: number], background: string): Promise<Uint8Array> {
  const [width, height] = size;
  const gray = /^#(..)\1\1$/.test(background);
  const image = sharp({ create: { width, height, channels: background.length === 9 ? 4 : 3, background } });
  const options = { png: {}, jpeg: { quality: 100 }, webp: { lossless: true } }[format];
  return (gray && format !== 'webp' ? image.toColorspace('b-w') : image).toFormat(format, options).toBuffer();
}

/** An image from its pixels, `[height, width, channels]`. */
async function pngOf(width: number, channels: 1 | 3, hwc: readonly number[]): Promise<Uint8Array> {
  const raw = { width, height: hwc.length / width / channels, channels } as const;
  const image = sharp(Buffer.from(hwc), { raw });
  return (channels === 1 ? image.toColorspace('b-w') : image).png().toBuffer();
}

async function folderOf(files: Record<string, Uint8Array>): Promise<string> {
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) await put(folder, name, bytes);
  return folder;
}

test('images of one size come as they are, in the order of their names, and other files are passed over', async () => {
  const red = [255, 0, 0];
  const folder = await folderOf({
    'b.png': await pngOf(2, 3, [...red, 0, 255, 0, 0, 0, 255, 7, 8, 9]),
    'a[page=9].PNG': await pngOf(2, 3, [...red, ...red, ...red, ...red]),
    '.hidden.png': new Uint8Array(3),
    'notes.txt': new Uint8Array(3),
  });
  const set = await readImageFolder(folder);
  expect(set).toMatchObject({ kind: 'images', count: 2, channels: 3, height: 2, width: 2, flips: false });
  expect(set.labels).toBeUndefined();
  const first = [255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0];
  expect([...set.pixels]).toEqual([...first, 255, 0, 0, 7, 0, 255, 0, 8, 0, 0, 255, 9]);
});

test('PNG, JPEG and WebP of any size are cut to the middle and shrunk', async () => {
  const size: [number, number] = [9, 13];
  const folder = await folderOf({
    'a.png': await plain('png', size, '#c08040'),
    'b.jpg': await plain('jpeg', [20, 8], '#c08040'),
    'c.jpeg': await plain('jpeg', size, '#c08040'),
    'd.webp': await plain('webp', [8, 8], '#c08040'),
    // The middle is black, the ends are white.
    'e.png': await pngOf(
      16,
      3,
      Array.from({ length: 8 * 16 * 3 }, (_, j) => (Math.abs((Math.floor(j / 3) % 16) - 7.5) > 6 ? 255 : 0)),
    ),
  });
  const set = await readImageFolder(folder, { size: 4, flips: true });
  expect(set).toMatchObject({ count: 5, channels: 3, height: 4, width: 4, flips: true });
  const color = [0xc0, 0x80, 0x40];
  for (let j = 0; j < 4 * 48; j++) {
    const difference = Math.abs(set.pixels[j]! - color[Math.floor((j % 48) / 16)]!);
    expect(difference).toBeLessThanOrEqual(2); // JPEG rounds colors
  }
  expect([...set.pixels.subarray(4 * 48)]).toEqual(new Array(48).fill(0));
});

test('pictures are turned as their orientation says', async () => {
  // The upper half is black; orientation 3 says that the picture is upside down.
  const half = Buffer.alloc(16 * 16, 255).fill(0, 0, 128);
  const upsideDown = sharp(half, { raw: { width: 16, height: 16, channels: 1 } }).withMetadata({ orientation: 3 });
  const folder = await folderOf({ 'a.jpg': await upsideDown.jpeg({ quality: 100 }).toBuffer() });
  const { pixels } = await readImageFolder(folder, { channels: 1 });
  for (let j = 0; j < 256; j++) expect(Math.abs(pixels[j]! - (j < 128 ? 255 : 0))).toBeLessThan(10); // JPEG
});

test('what is transparent becomes white', async () => {
  const folder = await folderOf({
    'a.png': await plain('png', [2, 2], '#ff000000'),
    'b.png': await plain('png', [2, 2], '#00000080'),
  });
  const { pixels } = await readImageFolder(folder, { channels: 3 });
  expect([...pixels.subarray(0, 12)]).toEqual(new Array(12).fill(255));
  expect(Math.abs(pixels[12]! - 127)).toBeLessThanOrEqual(1); // 255 (1 - 128 / 255)
});

test('gray and color together are refused, unless one of them is asked for', async () => {
  const folder = await folderOf({
    'color.png': await plain('png', [2, 2], '#ff0000'),
    'gray.png': await plain('png', [2, 2], '#777777'),
  });
  const { message } = await failure(readImageFolder(folder));
  expect(message).toMatch(/gray.png: expected color as .*color.png, found gray; give --channels 3 .*, or --channels 1/);
  const rgb = await readImageFolder(folder, { channels: 3 });
  expect([...rgb.pixels.subarray(12)]).toEqual(new Array(12).fill(0x77));
  const gray = await readImageFolder(folder, { channels: 1 });
  expect(gray).toMatchObject({ channels: 1, count: 2 });
  expect([...gray.pixels.subarray(4)]).toEqual(new Array(4).fill(0x77));
  expect(gray.pixels[0]).toBeLessThan(150); // red is dark
  expect((await readImageFolder(await folderOf({ 'g.png': await plain('png', [2, 2], '#777777') }))).channels).toBe(1);
});

test('subfolders are classes', async () => {
  const image = await plain('png', [2, 2], '#123456');
  const folder = await folderOf({ 'cat/1.png': image, 'ant/1.png': image, 'ant/2.png': image });
  const set = await readImageFolder(folder);
  expect(set.classNames).toEqual(['ant', 'cat']);
  expect([...set.labels!]).toEqual([0, 0, 1]);
  expect([...(await readImageFolder(folder, { limit: 2 })).labels!]).toEqual([0, 0]);
});

test('bad folders and files are refused in one sentence that names them', async () => {
  const good = await plain('png', [4, 4], '#abcdef');
  const problem = async (files: Record<string, Uint8Array>, size?: number): Promise<string> => {
    const error = await failure(readImageFolder(await folderOf(files), { size }));
    expect(error).toBeInstanceOf(FileError);
    return error.message;
  };
  expect(await problem({ 'a.png': good, 'b.png': new TextEncoder().encode('no image') })).toMatch(
    /b.png: .* does not decode/,
  );
  const noise = await pngOf(
    64,
    3,
    Array.from({ length: 64 * 64 * 3 }, (_, j) => (j * j * 31) & 255),
  );
  expect(await problem({ 'a.png': noise.subarray(0, noise.length / 2) })).toMatch(/a.png: .* does not decode/);
  const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>');
  expect(await problem({ 'a.png': svg })).toMatch(
    /a.png: expected a PNG, JPEG, WebP, GIF, TIFF or AVIF image, found svg/,
  );
  expect(await problem({ 'a.png': good }, 5)).toMatch(/a.png: expected an image of at least 5 x 5, found 4 x 4/);
  expect(await problem({ 'a.png': good, 'b.png': await plain('png', [4, 3], '#abcdef') })).toMatch(
    /b.png: .*found 4 x 3/,
  );
  expect(await problem({ 'notes.txt': good })).toMatch(
    /expected PNG, JPEG, .* images, found none; 1 file left out .*: .txt$/,
  );
  expect((await failure(readImageFolder('/nowhere'))).message).toMatch(
    /nowhere: cannot be read: there is no such file/,
  );
  // A header that declares 60,000 x 60,000 pixels.
  const huge = Buffer.from(good);
  huge.writeUInt32BE(60_000, 16);
  huge.writeUInt32BE(60_000, 20);
  huge.writeUInt32BE(crc32(huge.subarray(12, 29)), 29);
  expect(await problem({ 'a.png': huge }, 4)).toMatch(/a.png: .* at most 134217728 pixels, found 60000 x 60000/);
});

test('GIF, TIFF and AVIF are read too, and JPEG by any of its names', async () => {
  const color = sharp({ create: { width: 8, height: 8, channels: 3, background: '#c08040' } });
  const words = Buffer.from(Uint16Array.from({ length: 64 * 3 }, () => 257 * 100).buffer);
  const deep = sharp(words, { raw: { width: 8, height: 8, channels: 3, depth: 'ushort' } as never });
  const folder = await folderOf({
    'a.gif': await color.clone().gif().toBuffer(),
    'b.tiff': await color.clone().tiff({ compression: 'deflate' }).toBuffer(),
    'c.avif': await color.clone().avif({ lossless: true }).toBuffer(),
    'd.jfif': await color.clone().jpeg({ quality: 100 }).toBuffer(),
    'e.tif': await deep.toColorspace('rgb16').tiff({ compression: 'deflate' }).toBuffer(),
  });
  const { count, pixels } = await readImageFolder(folder);
  expect(count).toBe(5);
  for (let j = 0; j < 4 * 192; j++)
    expect(Math.abs(pixels[j]! - [0xc0, 0x80, 0x40][Math.floor((j % 192) / 64)]!)).toBeLessThanOrEqual(3);
  expect([...pixels.subarray(4 * 192)]).toEqual(new Array(192).fill(100));
});

test('the same pixels are the same bytes at one size, from pictures and from an array', async () => {
  const shapes = [
    { height: 64, width: 64, size: 32 },
    { height: 31, width: 47, size: 16 },
    { height: 20, width: 12, size: 12 },
  ];
  for (const { height, width, size } of shapes)
    for (const channels of [1, 3] as const) {
      // An edge, whose levels nothing may overshoot, and noise.
      const data = Uint8Array.from({ length: 2 * height * width * channels }, (_, i) => {
        const x = Math.floor(i / channels) % width;
        return i < height * width * channels ? (x < width / 2 ? 50 : 200) : Math.imul(i, 2654435761) >>> 24;
      });
      const half = data.length / 2;
      const png = (part: Uint8Array): Uint8Array =>
        pngFile({ width, height, depth: 8, colorType: channels === 1 ? 0 : 2, data: part });
      const webp = await sharp(data.subarray(half), { raw: { width, height, channels } })
        .webp({ lossless: true })
        .toBuffer();
      const folder = await folderOf({
        'a.png': png(data.subarray(0, half)),
        'b.png': png(data.subarray(half)),
        'c.webp': webp,
      });
      const shape = [2, height, width, ...(channels === 3 ? [3] : [])];
      const file = await put(temporaryFolder(), 'a.npy', formatNpy({ shape, data }));
      const [pictures, array] = [await openDataSet(folder, { size, channels }), await openDataSet(file, { size })];
      if (pictures.kind !== 'images' || array.kind !== 'images') throw new Error('expected images');
      expect([...pictures.pixels.subarray(0, array.pixels.length)]).toEqual([...array.pixels]);
      // libvips decodes what is no PNG, and all of it is averaged the same way.
      const sample = array.pixels.length / 2;
      expect([...pictures.pixels.subarray(2 * sample)]).toEqual([...array.pixels.subarray(sample)]);
      const edge = array.pixels.subarray(0, sample);
      expect([edge.reduce((a, b) => Math.min(a, b)), edge.reduce((a, b) => Math.max(a, b))]).toEqual([50, 200]);
    }
});

test('PNG files need no sharp and are the same bytes without it; other kinds say what to install', async () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const bare = temporaryFolder();
  for (const part of ['src/base', 'src/data']) cpSync(join(root, part), join(bare, part), { recursive: true });
  writeFileSync(join(bare, 'package.json'), '{"type":"module"}');
  const data = Uint8Array.from({ length: 7 * 5 * 4 }, (_, i) => Math.imul(i, 2654435761) >>> 24);
  const folder = await folderOf({ 'a.png': pngFile({ width: 7, height: 5, depth: 8, colorType: 6, data }) });
  const whole = fingerprint(await readImageFolder(folder, { size: 3, channels: 1 }));
  expect(await startLoader('no-sharp-folder', [bare, folder]).line('')).toBe(`read: ${whole}`);
  await put(folder, 'b.png', await plain('webp', [8, 8], '#c08040'));
  expect(await startLoader('no-sharp-folder', [bare, folder]).line('')).toMatch(
    /^UnsupportedError: .*b\.png: reading pictures that are no PNG.* needs the package sharp: run "npm install sharp"$/,
  );
});
