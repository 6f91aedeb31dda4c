import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../../src/base/errors.ts';
import { readImageFile } from '../../../src/data/pictures/image-file.ts';
import { newFolder } from '../../io/folders.ts';

const folder = newFolder();
const put = (name: string, channels: 1 | 3 | 4, data: readonly number[]): string => {
  const file = join(folder, name);
  const height = data.length / channels / 2;
  writeFileSync(file, encode({ width: 2, height, channels, data: Uint8Array.from(data), depth: 8 }));
  return file;
};

describe('a picture from a file', () => {
  it('is a set of one image, neither cut nor shrunk', async () => {
    const gray = put('gray.png', 1, [1, 2, 3, 4, 5, 6]);
    expect(await readImageFile(gray)).toEqual({
      ...{ kind: 'images', name: gray, count: 1, channels: 1, height: 3, width: 2, flips: false },
      pixels: Uint8Array.of(1, 2, 3, 4, 5, 6),
    });
  });

  it('has its channels one after the other, on white where it is transparent', async () => {
    const color = await readImageFile(put('color.png', 3, [1, 2, 3, 4, 5, 6]));
    expect([color.channels, color.height, color.width]).toEqual([3, 1, 2]);
    expect(Array.from(color.pixels)).toEqual([1, 4, 2, 5, 3, 6]);
    const clear = await readImageFile(put('clear.png', 4, [9, 9, 9, 0, 10, 20, 30, 255]));
    expect(Array.from(clear.pixels)).toEqual([255, 10, 255, 20, 255, 30]);
  });

  it('is refused where there is none', async () => {
    mkdirSync(join(folder, 'inside'));
    writeFileSync(join(folder, 'words.png'), 'words');
    for (const [name, message] of [
      ['gone.png', /gone.png: cannot be read: there is no such file/],
      ['inside', /inside: cannot be read: it is a folder/],
      ['words.png', /words.png: expected a PNG, JPEG, WebP, GIF, TIFF or AVIF image, found one that does not decode/],
    ] as const) {
      const read = readImageFile(join(folder, name));
      await expect(read).rejects.toThrow(FileError);
      await expect(read).rejects.toThrow(message);
    }
  });
});
