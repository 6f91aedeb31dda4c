import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/base/errors.ts';
import { contactSheet } from '../../src/plot/svg-sheet.ts';
import type { Image } from '../../src/plot/png.ts';

const picture = (width: number, height: number): Image => ({
  ...{ width, height, channels: 1 },
  data: Uint8Array.from({ length: width * height }, (_, i) => 40 * i),
});
const sheet = contactSheet({
  title: 'a < b',
  headings: ['one', 'two'],
  rows: [
    [{ image: picture(2, 3), caption: ['12 dB', 'fine'] }, undefined],
    [{ image: picture(2, 2) }, { image: picture(4, 1) }],
  ],
  bar: { label: 'spread', colors: () => [1, 0.5, 0], range: [0, 0.12345] },
});
const pictures = [
  ...sheet.matchAll(/<image x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" [^>]*base64,([^"]+)"/g),
].map(([, x, y, width, height, png = '']) => ({
  ...{ x: Number(x), y: Number(y), width: Number(width), height: Number(height) },
  png: decode(Buffer.from(png, 'base64')),
}));

describe('a contact sheet', () => {
  it('puts pictures in rows and columns, in their own shape', () => {
    const [first, below, right] = pictures as [(typeof pictures)[0], (typeof pictures)[0], (typeof pictures)[0]];
    expect(pictures).toHaveLength(3);
    expect(first.width / first.height).toBeCloseTo(2 / 3, 3);
    expect(right.width / right.height).toBeCloseTo(4, 3);
    expect(below.x).toBe(first.x);
    expect(right.y).toBe(below.y);
    expect(right.x).toBeGreaterThan(below.x + below.width);
    // Two lines of text stand between the rows.
    expect(below.y).toBeGreaterThan(first.y + 112 + 2 * 14);
  });

  it('enlarges pixels as they are', () => {
    const { png } = pictures[0]!;
    const factor = png.width / 2;
    expect(Number.isInteger(factor)).toBe(true);
    expect(png.height).toBe(3 * factor);
    png.data.forEach((value, i) => {
      const [x, y] = [Math.floor((i % png.width) / factor), Math.floor(i / png.width / factor)];
      if (value !== 40 * (2 * y + x)) throw new Error(`pixel ${i} is ${value}`);
    });
  });

  it('has its words, and the scale of its colors', () => {
    for (const words of ['a &lt; b', 'one', 'two', '12 dB', 'fine', 'spread', '>0<', '0.123', '#ff8000'])
      expect(sheet).toContain(words);
  });

  it('needs a cell for each heading', () => {
    expect(() => contactSheet({ title: '', headings: ['one'], rows: [[]] })).toThrow(ShapeError);
  });
});
