/** @file That colors which carry a meaning differ for people who see two kinds of cones, light and dark. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Rgb } from '../../src/plot/color.ts';
import { mapsOf } from '../../src/studio/view/palette.ts';

const style = readFileSync(join(import.meta.dirname, '../../src/studio/style.css'), 'utf8');

/** A color of the style sheet, light or dark. */
function named(name: string, dark: boolean): Rgb {
  const found = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(style)?.[dark ? 2 : 1] ?? '';
  const part = (i: number): number => parseInt(found.slice(2 * i + 1, 2 * i + 3), 16) / 255;
  return [part(0), part(1), part(2)];
}

const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
type Matrix = readonly [Rgb, Rgb, Rgb];
const times = (rows: Matrix, [x, y, z]: Rgb): Rgb => {
  const of = ([a, b, c]: Rgb): number => a * x + b * y + c * z;
  return [of(rows[0]), of(rows[1]), of(rows[2])];
};

/** What is seen of linear colors without one kind of cones: Machado, Oliveira and Fernandes 2009, table 1, severity 1. */
const seenBy: Readonly<Record<string, Matrix>> = {
  'three kinds of cones': [[1, 0, 0], [0, 1, 0], [0, 0, 1]], // prettier-ignore
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]], // prettier-ignore
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]], // prettier-ignore
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]], // prettier-ignore
};

/** OKLab of a linear color (Ottosson 2020). */
function lab(color: Rgb): Rgb {
  const cones = times([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]], color); // prettier-ignore
  const [l, m, s] = cones;
  return times([[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099], [0.0259040371, 0.7827717662, -0.808675766]], [Math.cbrt(l), Math.cbrt(m), Math.cbrt(s)]); // prettier-ignore
}

function difference(eyes: Matrix, a: Rgb, b: Rgb): number {
  const seen = (color: Rgb): Rgb => {
    const [red, green, blue] = times(eyes, [linear(color[0]), linear(color[1]), linear(color[2])]);
    return lab([Math.max(0, red), Math.max(0, green), Math.max(0, blue)]);
  };
  const [one, other] = [seen(a), seen(b)];
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

/** A difference of 0.02 is just seen between large fields; marks of a few pixels need several times that. */
const least = 0.1;

describe.each([false, true])('colors of a dark page: %s', (dark) => {
  const { density, error } = mapsOf(dark);
  const levels = [0, 0.25, 0.5, 0.75, 1];
  const pairs: Readonly<Record<string, readonly (readonly [Rgb, Rgb])[]>> = {
    'particles on a density': levels.map((level) => [named('accent', dark), density(level)]),
    'exact arrows on a density': levels.map((level) => [named('ink', dark), density(level)]),
    'exact arrows on an error': levels.map((level) => [named('ink', dark), error(level)]),
    'learned arrows on an error': levels.map((level) => [named('learned', dark), error(level)]),
    'learned arrows and exact ones': [[named('learned', dark), named('ink', dark)]],
    'learned arrows and samples': [[named('learned', dark), named('accent', dark)]],
    'nothing and most of a density': [[density(0), density(1)]],
    'nothing and most of an error': [[error(0), error(1)]],
  };
  it.each(Object.keys(seenBy))('differ for eyes with %s', (eyes) => {
    const found = Object.entries(pairs).map(([name, own]) => {
      const [first] = own.map(([a, b]) => difference(seenBy[eyes] as Matrix, a, b)).sort((a, b) => a - b);
      return [name, Number(first?.toFixed(3))] as const;
    });
    expect(found.filter(([, apart]) => !(apart > least))).toEqual([]);
  });
});
