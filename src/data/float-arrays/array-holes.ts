/** @file What is said of the missing values of arrays, from samples of them. */
import { cellText } from '../tables/cells.ts';
import { quantileOf } from '../tables/holes.ts';
import { sampleSizeOf, type FloatArraySet } from './float-array.ts';
import { numberText, placesOf, timeText } from './write-float-array.ts';

/** Samples of rows of a set. */
export interface ArrayDraws {
  /** `count` samples of the first of the rows, then of the second, … */
  readonly samples: FloatArraySet;
  readonly rows: readonly number[];
  readonly count: number;
}

/**
 * The text of a table with a line for each value that was missing: its row, counted from 1, its time or place, its channel, its median, and its quantiles.
 */
export function arrayHoles(
  set: FloatArraySet,
  { samples, rows, count }: ArrayDraws,
  quantiles: readonly number[],
): string {
  const { form, values, begins } = set;
  const { channels, axes } = form;
  const size = sampleSizeOf(form);
  const area = size / channels.length;
  const where = axes.length === 1 ? ['time'] : axes.map(({ name }) => name);
  const lines = [['row', ...where, 'channel', 'value', ...quantiles.map((part) => `q${part}`)].join(',')];
  rows.forEach((row, i) => {
    for (let j = 0; j < size; j++) {
      if (!Number.isNaN(values[row * size + j]!)) continue;
      const sorted = Float64Array.from({ length: count }, (_, k) => samples.values[(i * count + k) * size + j]!).sort();
      if (Number.isNaN(sorted[0]!)) continue;
      const at = j % area;
      const place = axes.length === 1 ? [timeText(form, begins?.[row], at)] : placesOf(axes, at);
      const text = (part: number): string => numberText(quantileOf(sorted, part));
      const channel = cellText(channels[Math.floor(j / area)]?.name ?? '');
      lines.push([row + 1, ...place, channel, text(0.5), ...quantiles.map(text)].join(','));
    }
  });
  return `${lines.join('\n')}\n`;
}
