import fc from 'fast-check';
import { decode } from 'fast-png';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/base/errors.ts';
import { dusk, mist, oklch, type Rgb } from '../../src/plot/color.ts';
import { arrows, arrowScale, gridPoints, heatMap, label, points, polyline } from '../../src/plot/svg-layers.ts';
import { svgToPng } from '../../src/plot/svg-png.ts';
import { figure, type Layer } from '../../src/plot/svg.ts';
import { newFolder, startLoader } from '../io/folders.ts';

/** Color of a pixel of the one panel of a figure of 40 x 40 pixels, drawn at scale 1. */
async function pixelOf(layers: readonly Layer[], at: readonly (readonly [x: number, y: number])[]): Promise<unknown> {
  const svg = figure({ panels: [{ x: [0, 4], y: [0, 4], layers }], panelWidth: 40, panelHeight: 40 });
  const { width, channels, data } = decode(await svgToPng(svg, { scale: 1 }));
  const left = (width - 40) / 2;
  return at.map(([x, y]) => {
    const pixel = (Math.round(left + 40 - 10 * y) * width + Math.round(left + 10 * x)) * channels;
    return [...data.subarray(pixel, pixel + 3)];
  });
}

/** OKLab of a color, by the inverse of the published matrices. */
function oklab([r, g, b]: Rgb): readonly [number, number, number] {
  const linear = (c: number): number => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const [lr, lg, lb] = [linear(r), linear(g), linear(b)];
  const l = Math.cbrt(0.4122214708 * lr + 0.5363325363 * lg + 0.0514459929 * lb);
  const m = Math.cbrt(0.2119034982 * lr + 0.6806995451 * lg + 0.1073969566 * lb);
  const s = Math.cbrt(0.0883024619 * lr + 0.2817188376 * lg + 0.6299787005 * lb);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

describe('oklch', () => {
  it('is undone by the conversion to OKLab', () => {
    const [lightness, a, b] = oklab(oklch(0.6, 0.08, 200));
    // The published matrices have about eight digits.
    expect(lightness).toBeCloseTo(0.6, 6);
    expect(a).toBeCloseTo(0.08 * Math.cos((200 * Math.PI) / 180), 6);
    expect(b).toBeCloseTo(0.08 * Math.sin((200 * Math.PI) / 180), 6);
  });
});

describe.each([
  ['dusk', dusk, 1],
  ['mist', mist, -1],
] as const)('color map %s', (_, colors, direction) => {
  const steps = Array.from({ length: 65 }, (_, i) => oklab(colors(i / 64)));

  it('changes lightness evenly, and looks different everywhere by about the same', () => {
    const lightness = steps.map(([l]) => l);
    const total = lightness[64]! - lightness[0]!;
    expect(Math.sign(total)).toBe(direction);
    // A color that screens cannot show is clipped, which would change its lightness.
    lightness.forEach((l, i) => expect(l).toBeCloseTo(lightness[0]! + (total * i) / 64, 4));
    const distances = steps.slice(1).map((step, i) => Math.hypot(...step.map((v, k) => v - steps[i]![k]!)));
    expect(Math.max(...distances) / Math.min(...distances)).toBeLessThan(1.6);
  });

  it('ends where its range ends', () => {
    expect(colors(-1)).toEqual(colors(0));
    expect(colors(2)).toEqual(colors(1));
  });
});

describe('figure', () => {
  const panel = { x: [0, 1], y: [0, 1], layers: [] } as const;

  it('is well-formed for any text', async () => {
    const hostile = ['<&>"\'', ']]>', '\0\u0008\ufffe\ud800', '<script>', '&#0;', '\u{1f600} é', '--', ''];
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 20 }), { numRuns: 30, seed: 1 }).concat(hostile);
    const panels = texts.map((words) => ({
      ...panel,
      title: words,
      caption: words,
      legend: [{ label: words, color: words }],
      layers: [label(words, [0.5, 0.5], { color: words }), points([0.5, 0.5], { color: words })],
    }));
    const svg = figure({ title: texts.join(), subtitle: texts.join(), panels, columns: 7, panelWidth: 60 });
    // The renderer's XML parser refuses text that is not well-formed.
    const { width } = decode(await svgToPng(svg, { scale: 0.5 }));
    expect(width).toBe(Math.round(Number(/width="(\d+)"/.exec(svg)?.[1]) / 2));
  });

  it('gives equal text for equal content', () => {
    const layers = [heatMap([1, 2, 3, 4], { columns: 2, rows: 2 }), arrows([0, 0], [1, 1])];
    expect(figure({ panels: [{ ...panel, layers }] })).toBe(figure({ panels: [{ ...panel, layers }] }));
  });

  it('breaks captions into lines that fit', () => {
    const caption = 'one two three four five six seven eight nine ten';
    const svg = figure({ panels: [{ ...panel, caption }], panelWidth: 100 });
    const lines = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map((match) => match[1]!);
    expect(lines.join(' ')).toBe(caption);
    // 100 pixels hold 14 characters of 12 x 0.58 pixels.
    expect(lines.every((line) => line.length <= 14)).toBe(true);
  });

  it('puts round numbers along the axes', () => {
    const numbers = (x: readonly [number, number]): readonly string[] => {
      const svg = figure({ panels: [{ ...panel, x, y: [0, 1e-9], ticks: true }], panelWidth: 300 });
      return [...svg.matchAll(/text-anchor="middle">([^<]*)</g)].map((match) => match[1]!);
    };
    expect(numbers([-3.4, 3.4])).toEqual(['−2', '0', '2']);
    expect(numbers([0, 1])).toEqual(['0', '0.2', '0.4', '0.6', '0.8', '1']);
    expect(numbers([0, 10_000])).toEqual(['0', '2000', '4000', '6000', '8000', '10000']);
    expect(numbers([0.001, 0.004])).toEqual(['0.001', '0.002', '0.003', '0.004']);
  });

  it('refuses panels without a range, and a figure without panels', () => {
    expect(() => figure({ panels: [] })).toThrow(ShapeError);
    expect(() => figure({ panels: [{ ...panel, x: [1, 1] }] })).toThrow(/from a lower to a higher number, got 1 to 1/);
    expect(() => figure({ panels: [{ ...panel, y: [0, NaN] }] })).toThrow(ShapeError);
  });
});

describe('layers', () => {
  it('has heat maps with the lowest row below and the first color for what is not finite', async () => {
    const grid = { columns: 2, rows: 2 };
    expect([...gridPoints([0, 4], [0, 4], grid)]).toEqual([1, 1, 3, 1, 1, 3, 3, 3]);
    const gray = (value: number): Rgb => [value, value, value];
    // One cell would be blended into its neighbors: many cells of one value make plain quarters.
    const fine = { columns: 40, rows: 40 };
    const centers = gridPoints([0, 4], [0, 4], fine);
    const values = Array.from({ length: 1600 }, (_, i) => {
      const [right, upper] = [centers[2 * i]! > 2, centers[2 * i + 1]! > 2];
      return upper ? (right ? 10 : NaN) : right ? 20 : 0;
    });
    const pixels = await pixelOf(
      [heatMap(values, fine, { colors: gray })],
      [
        [1, 1],
        [3, 1],
        [1, 3],
        [3, 3],
      ],
    );
    expect(pixels).toEqual([0, 255, 0, 128].map((value) => [value, value, value]));
    expect(() => heatMap([1, 2, 3], grid)).toThrow(/expected 2 x 2 values, got 3/);
  });

  it('has points and lines at their coordinates, clipped to the frame', async () => {
    const dots = points([1, 3, NaN, 1, 9, 9], { color: '#ff0000', radius: 4, opacity: 1 });
    const line = polyline([0, 1, 2, 1, NaN, 1, 3, 1, 4, 1], { color: '#0000ff', width: 6 });
    const pixels = await pixelOf(
      [dots, line],
      [
        [1, 3],
        [3, 3],
        [1, 1],
        [2.5, 1],
        [3.5, 1],
      ],
    );
    const [red, white, blue] = [
      [255, 0, 0],
      [255, 255, 255],
      [0, 0, 255],
    ];
    expect(pixels).toEqual([red, white, blue, white, blue]);
  });

  it('has arrows that point upward for vectors upward, as long as the scale says', () => {
    const frame = {
      width: 100,
      height: 100,
      x: [0, 10],
      y: [0, 10],
      px: (x: number) => 10 * x,
      py: (y: number) => 100 - 10 * y,
    } as const;
    const tips = (vector: readonly number[], scale: number): string | undefined =>
      / d="M(\S+ [^L]+)L[^"]*Z"/.exec(arrows([5, 5], vector, { scale })(frame))?.[1];
    expect(tips([0, 2], 1)).toBe('50 30');
    expect(tips([3, 0], 0.5)).toBe('65 50');
    // Longer than 40 pixels is cut to 40; what has no length or is no vector is not drawn.
    expect(tips([-100, 0], 1)).toBe('10 50');
    for (const nothing of [
      [0, 0],
      [NaN, 1],
      [Infinity, 1],
    ])
      expect(tips(nothing, 1)).toBeUndefined();
    expect(() => arrows([0, 0], [1, 2, 3, 4])).toThrow(ShapeError);
  });

  it('scales arrows by nearly the longest', () => {
    const vectors = Array.from({ length: 22 }, (_, i) => (i % 2 === 0 ? i / 2 : 0));
    expect(arrowScale(vectors, 3)).toBe(3 / 9);
    expect(arrowScale([NaN, 0, 0, 0], 3)).toBe(1);
  });
});

describe('svgToPng', () => {
  it('reports what to install if sharp is missing', async () => {
    const folder = newFolder();
    const root = fileURLToPath(new URL('../..', import.meta.url));
    for (const part of ['src/plot', 'src/base', 'node_modules/fflate'])
      cpSync(join(root, part), join(folder, part), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    expect(await startLoader('no-sharp', [folder]).line('')).toBe(
      'UnsupportedError: PNG figures need the package sharp, which is not installed; run `npm install sharp`',
    );
  });
});
