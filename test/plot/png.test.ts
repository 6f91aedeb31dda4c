import fc from 'fast-check';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/base/errors.ts';
import { encodePng, imageGrid } from '../../src/plot/png.ts';

describe('encodePng', () => {
  it('is undone by a PNG decoder', () => {
    const image = fc
      .record({
        width: fc.integer({ min: 1, max: 9 }),
        height: fc.integer({ min: 1, max: 9 }),
        channels: fc.constantFrom(1, 3, 4),
      })
      .chain(({ width, height, channels }) => {
        const length = width * height * channels;
        return fc
          .uint8Array({ minLength: length, maxLength: length })
          .map((data) => ({ width, height, channels, data }));
      });
    fc.assert(
      fc.property(image, ({ width, height, channels, data }) => {
        const png = decode(encodePng({ width, height, channels, data }));
        expect([png.width, png.height, png.channels, png.depth]).toEqual([width, height, channels, 8]);
        expect(new Uint8Array(png.data)).toEqual(data);
      }),
    );
  });

  it('refuses sizes that do not fit', () => {
    expect(() => encodePng({ width: 2, height: 2, channels: 3, data: new Uint8Array(11) })).toThrow(ShapeError);
    expect(() => encodePng({ width: 2, height: 2, channels: 3, data: new Uint8Array(11) })).toThrow(
      /expected 2 x 2 pixels of 3 channels, both sides at least 1, got 11 bytes/,
    );
    expect(() => encodePng({ width: 0, height: 2, channels: 1, data: new Uint8Array(0) })).toThrow(ShapeError);
  });
});

describe('imageGrid', () => {
  it('puts every pixel of every image where it belongs, and the background everywhere else', () => {
    const whole = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
    const cases = fc.record({
      count: whole(1, 7),
      channels: fc.constantFrom(1, 3, 4),
      height: whole(1, 3),
      width: whole(1, 3),
      columns: whole(1, 8),
      gap: whole(0, 2),
      scale: whole(1, 3),
    });
    fc.assert(
      fc.property(cases, ({ count, channels, height, width, columns, gap, scale }) => {
        // No pixel has the background's value, so that both can be distinguished.
        const pixels = Uint8Array.from({ length: count * channels * height * width }, (_, i) => i % 200);
        const grid = imageGrid({ count, channels, height, width, pixels }, { columns, gap, scale, background: 222 });
        const across = Math.min(columns, count);
        expect(grid.width).toBe(across * (width * scale + gap) + gap);
        expect(grid.height).toBe(Math.ceil(count / across) * (height * scale + gap) + gap);
        const expected = (x: number, y: number, c: number): number => {
          const [column, left] = [Math.floor((x - gap) / (width * scale + gap)), (x - gap) % (width * scale + gap)];
          const [row, top] = [Math.floor((y - gap) / (height * scale + gap)), (y - gap) % (height * scale + gap)];
          const index = row * across + column;
          const inside = x >= gap && y >= gap && left < width * scale && top < height * scale && index < count;
          const pixel = [index, c, Math.floor(top / scale), Math.floor(left / scale)] as const;
          return inside ? pixels[((pixel[0] * channels + pixel[1]) * height + pixel[2]) * width + pixel[3]]! : 222;
        };
        for (let y = 0; y < grid.height; y++)
          for (let x = 0; x < grid.width; x++)
            for (let c = 0; c < channels; c++) {
              const found = grid.data[(y * grid.width + x) * channels + c];
              if (found !== expected(x, y, c)) expect.fail(`pixel ${x}, ${y}, ${c}: ${found}`);
            }
      }),
    );
  });

  it('enlarges small images and leaves large ones', () => {
    const sizeOf = (side: number): number => {
      const pixels = new Uint8Array(side * side);
      return imageGrid({ count: 1, channels: 1, height: side, width: side, pixels }, { gap: 0 }).width;
    };
    expect([8, 16, 28, 32, 64, 256].map(sizeOf)).toEqual([64, 64, 56, 64, 64, 256]);
    const many = { count: 10, channels: 1, height: 64, width: 64, pixels: new Uint8Array(10 * 4096) };
    expect(imageGrid(many)).toMatchObject({ width: 4 * 66 + 2, height: 3 * 66 + 2 });
  });

  it('refuses what is not a stack of images', () => {
    const good = { count: 1, channels: 1, height: 2, width: 2, pixels: new Uint8Array(4) };
    expect(() => imageGrid({ ...good, channels: 2, pixels: new Uint8Array(8) })).toThrow(/1, 3 or 4 channels, got 2/);
    expect(() => imageGrid({ ...good, pixels: new Uint8Array(3) })).toThrow(/one image \[1,1,2,2\], got 3 bytes/);
    expect(() => imageGrid({ ...good, count: 0, pixels: new Uint8Array(0) })).toThrow(ShapeError);
    expect(() => imageGrid(good, { columns: 0 })).toThrow(/columns to be a whole number of at least 1, got 0/);
    expect(() => imageGrid(good, { scale: 1.5 })).toThrow(/scale to be a whole number of at least 1, got 1.5/);
    expect(() => imageGrid(good, { gap: -1 })).toThrow(/gap to be a whole number of at least 0, got -1/);
  });
});
