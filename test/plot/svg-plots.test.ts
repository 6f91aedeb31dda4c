import { describe, expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { frameOf } from '../../src/plot/svg-frame.ts';
import { band, bars, errorBars, histogram, pairsOf, rule } from '../../src/plot/svg-plots.ts';
import { series } from '../../src/plot/svg-text.ts';

const frame = frameOf({ x: [0, 10], y: [0, 10] }, 100, 100);

describe('layers of measured values', () => {
  it('has the upper edge of a band forward and the lower one back', () => {
    const layer = band([
      { x: 1, low: 2, high: 3 },
      { x: 4, low: 5, high: 6 },
    ]);
    expect(layer(frame)).toContain('d="M10 70L40 40L40 50L10 80Z"');
  });

  it('has error bars from end to end', () => {
    expect(errorBars([{ x: 5, low: 2, high: 8 }])(frame)).toContain('d="M50 80V20M47 80h6M47 20h6"');
  });

  it('has bars that stand on the floor and never below it', () => {
    const layer = bars([
      { left: 1, right: 3, height: 4 },
      { left: 3, right: 4, height: -1 },
    ]);
    expect(layer(frame)).toContain(
      '<rect x="10" y="60" width="20" height="40"/><rect x="30" y="100" width="10" height="0"/>',
    );
  });

  it('has rules across the plot', () => {
    expect(rule({ x: 3 })(frame)).toContain('d="M30 0V100"');
    expect(rule({ y: 3 })(frame)).toContain('d="M0 70H100"');
  });

  it('pairs coordinates', () => {
    expect(pairsOf([1, 2], [3, 4])).toEqual([1, 3, 2, 4]);
  });
});

describe('histogram', () => {
  it('has the area of the values in its range, and the density of their law', () => {
    const n = 20_000;
    const values = normal(key(1), n);
    const found = histogram(values, [-2, 2], 8);
    const inside = values.filter((value) => value >= -2 && value < 2).length / n;
    const area = found.reduce((sum, { left, right, height }) => sum + (right - left) * height, 0);
    expect(area).toBeCloseTo(inside, 12);
    // The mean density of [0, 0.5] is (Phi(0.5) - Phi(0)) / 0.5 = 0.38292; its standard error is 0.0056, allowed four times.
    expect(Math.abs(found[4]!.height - 0.38292)).toBeLessThan(4 * 0.0056);
    expect(found[4]!.left).toBe(0);
  });
});

/** sRGB to linear light. */
const linear = (hex: string): readonly number[] =>
  [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });

/** What is seen by people without one kind of cone: matrices of Machado, Oliveira and Fernandes 2009, severity 1. */
const visions: Readonly<Record<string, readonly (readonly number[])[]>> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

describe.each(Object.entries(visions))('series colors, seen with %s', (_, matrix) => {
  it('differ from each other and from the page', () => {
    const seen = [...series, '#ffffff'].map((hex) => {
      const rgb = linear(hex);
      const [r, g, b] = matrix.map((row) =>
        Math.max(
          0,
          row.reduce((sum, m, i) => sum + m * rgb[i]!, 0),
        ),
      ) as [number, number, number];
      const [l, m, s] = [
        Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b),
        Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b),
        Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b),
      ];
      return [
        0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
      ];
    });
    // A step of 0.02 in OKLab can just be noticed side by side; three of them are distinguished at a distance.
    for (const [i, a] of seen.entries())
      for (const b of seen.slice(i + 1)) expect(Math.hypot(...a.map((v, k) => v - b[k]!))).toBeGreaterThan(0.06);
  });
});
