/** @file Which columns a Cartesian scan measures. */
import { checkOptions, positiveInteger, type Rule } from '../../../base/check.ts';

/** Options of `cartesianColumns`. */
export interface CartesianOptions {
  /** How many times fewer columns than the image has, at least 1; 4 by default. */
  readonly acceleration?: number;
  /**
   * Share of the columns that are the fully measured centre, 0 to 1. By default 0.08, or the share that the acceleration leaves
   * where that is less, and never less than the column of frequency zero.
   */
  readonly centre?: number;
}

/** The share of the centre unless another is asked for. */
const usualCentre = 0.08;

/**
 * Columns that a Cartesian scan measures: the centre, and others at equal distances a' = a (c - W) / (c a - W), which
 * makes about W / a in all, with c columns of the centre and acceleration a. Where the usual centre alone would be W / a
 * columns or more, W / a columns around frequency zero, number floor(W / 2), are all that is measured.
 * @returns increasing column numbers for `subsampledFourier`
 * @throws ConfigError unless the width is a positive integer and the acceleration at least 1, and a centre that is asked for is
 * 0 to 1 and less than 1 / acceleration.
 * @see Zbontar et al. 2018, "fastMRI", section 5
 */
export function cartesianColumns(width: number, { acceleration = 4, centre }: CartesianOptions = {}): number[] {
  const count = Math.round(width * (centre ?? usualCentre));
  const rules: Rule[] = [
    positiveInteger('width', width),
    [
      acceleration >= 1 && acceleration < Infinity,
      'acceleration',
      `expected a number of at least 1, got ${acceleration}`,
    ],
    [centre === undefined || (centre >= 0 && centre <= 1), 'centre', `expected a share of 0 to 1, got ${centre}`],
  ];
  checkOptions(...rules);
  if (acceleration === 1) return Array.from({ length: width }, (_, j) => j);
  const fits = count * acceleration < width;
  checkOptions([
    centre === undefined || fits,
    'centre',
    `expected less than 1 / acceleration, got ${count} of ${width} columns at acceleration ${acceleration}`,
  ]);
  const columns = fits ? spaced(width, count, acceleration) : [];
  if (centre !== undefined || columns.includes(width >> 1)) return columns;
  // The usual centre leaves no room for others, or is no column at all of a narrow image.
  if (acceleration < width && count === 0) return spaced(width, 1, acceleration);
  return centreOf(width, Math.max(1, Math.round(width / acceleration)));
}

function centreOf(width: number, count: number): number[] {
  const first = (width - count + 1) >> 1;
  return Array.from({ length: count }, (_, i) => first + i);
}

/** The centre and columns at equal distances, for a centre of less than W / a columns. */
function spaced(width: number, count: number, acceleration: number): number[] {
  const distance = (acceleration * (count - width)) / (count * acceleration - width);
  const columns = new Set(centreOf(width, count));
  for (let at = Math.floor(Math.round(distance) / 2); at < width - 1; at += distance) columns.add(Math.round(at));
  return [...columns].sort((a, b) => a - b);
}
