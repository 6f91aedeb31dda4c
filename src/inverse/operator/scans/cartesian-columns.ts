/** @file Which columns a Cartesian scan measures. */
import { checkOptions, positiveInteger, type Rule } from '../../../base/check.ts';

/** Options of `cartesianColumns`. */
export interface CartesianOptions {
  /** How many times fewer columns than the image has, at least 1; 4 by default. */
  readonly acceleration?: number;
  /**
   * Share of the columns that are the fully measured center, 0 to 1. By default 0.08, or the share that the acceleration leaves
   * where that is less, and never less than the column of frequency zero.
   */
  readonly center?: number;
}

/** The share of the center unless another is asked for. */
const usualCenter = 0.08;

/**
 * Columns that a Cartesian scan measures: the center, and others at equal distances a' = a (c - W) / (c a - W), which
 * makes about W / a in all, with c columns of the center and acceleration a. Where the usual center alone would be W / a
 * columns or more, W / a columns around frequency zero, number floor(W / 2), are all that is measured.
 * @returns increasing column numbers for `subsampledFourier`
 * @throws ConfigError unless the width is a positive integer and the acceleration at least 1, and a center that is asked for is
 * 0 to 1 and less than 1 / acceleration.
 * @see Zbontar et al. 2018, "fastMRI", section 5
 */
export function cartesianColumns(width: number, { acceleration = 4, center }: CartesianOptions = {}): number[] {
  const count = Math.round(width * (center ?? usualCenter));
  const rules: Rule[] = [
    positiveInteger('width', width),
    [
      acceleration >= 1 && acceleration < Infinity,
      'acceleration',
      `expected a number of at least 1, got ${acceleration}`,
    ],
    [center === undefined || (center >= 0 && center <= 1), 'center', `expected a share of 0 to 1, got ${center}`],
  ];
  checkOptions(...rules);
  if (acceleration === 1) return Array.from({ length: width }, (_, j) => j);
  const fits = count * acceleration < width;
  checkOptions([
    center === undefined || fits,
    'center',
    `expected less than 1 / acceleration, got ${count} of ${width} columns at acceleration ${acceleration}`,
  ]);
  const columns = fits ? spaced(width, count, acceleration) : [];
  if (center !== undefined || columns.includes(width >> 1)) return columns;
  // The usual center leaves no room for others, or is no column at all of a narrow image.
  if (acceleration < width && count === 0) return spaced(width, 1, acceleration);
  return centerOf(width, Math.max(1, Math.round(width / acceleration)));
}

function centerOf(width: number, count: number): number[] {
  const first = (width - count + 1) >> 1;
  return Array.from({ length: count }, (_, i) => first + i);
}

/** The center and columns at equal distances, for a center of less than W / a columns. */
function spaced(width: number, count: number, acceleration: number): number[] {
  const distance = (acceleration * (count - width)) / (count * acceleration - width);
  const columns = new Set(centerOf(width, count));
  for (let at = Math.floor(Math.round(distance) / 2); at < width - 1; at += distance) columns.add(Math.round(at));
  return [...columns].sort((a, b) => a - b);
}
