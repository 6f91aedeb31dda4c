/** @file Which columns a Cartesian scan measures. */
import { checkOptions, positiveInteger, type Rule } from '../../base/check.ts';

/** Options of `cartesianColumns`. */
export interface CartesianOptions {
  /** How many times fewer columns than the image has; 4 by default. */
  readonly acceleration?: number;
  /** Share of the columns that are the fully measured centre; 0.08 by default. */
  readonly centre?: number;
}

/**
 * Columns that a Cartesian scan measures: the centre, and others at equal distances a' = a (c - W) / (c a - W), which
 * makes about W / a in all, with c columns of the centre and acceleration a.
 * @returns increasing column numbers for `subsampledFourier`
 * @throws ConfigError unless the acceleration is at least 1 and the centre is 0 to 1 and less than 1 / acceleration.
 * @see Zbontar et al. 2018, "fastMRI", section 5
 */
export function cartesianColumns(width: number, { acceleration = 4, centre = 0.08 }: CartesianOptions = {}): number[] {
  const count = Math.round(width * centre);
  const rules: Rule[] = [
    positiveInteger('width', width),
    [
      acceleration >= 1 && acceleration < Infinity,
      'acceleration',
      `expected a number of at least 1, got ${acceleration}`,
    ],
    [centre >= 0 && centre <= 1, 'centre', `expected a share of 0 to 1, got ${centre}`],
  ];
  checkOptions(...rules);
  if (acceleration === 1) return Array.from({ length: width }, (_, j) => j);
  checkOptions([
    count * acceleration < width,
    'centre',
    `expected less than 1 / acceleration, got ${count} of ${width} columns at acceleration ${acceleration}`,
  ]);
  const distance = (acceleration * (count - width)) / (count * acceleration - width);
  const first = (width - count + 1) >> 1;
  const columns = new Set(Array.from({ length: count }, (_, i) => first + i));
  for (let at = Math.floor(Math.round(distance) / 2); at < width - 1; at += distance) columns.add(Math.round(at));
  return [...columns].sort((a, b) => a - b);
}
