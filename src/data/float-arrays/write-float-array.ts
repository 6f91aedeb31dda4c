/** @file Float arrays as files: .npy, and series as text. */
import { cellText } from '../tables/cells.ts';
import { formatNpy } from '../arrays/npy.ts';
import { formatDate } from '../tables/dates.ts';
import { fileShapeOf, sampleSizeOf, toFileOrder, type ArrayForm, type FloatArraySet } from './float-array.ts';

/** The bytes of a .npy file of a set, in the layout and the units of its data. */
export function npyOf({ form, values, count }: FloatArraySet): Uint8Array {
  return formatNpy({ shape: [count, ...fileShapeOf(form)], data: toFileOrder(form, values, sampleSizeOf(form)) });
}

/** A number as text; nothing for one that is missing. */
export function numberText(value: number): string {
  return Number.isNaN(value) ? '' : String(Number(value.toPrecision(7)));
}

/** The time of a place of a series as text: as the file of its data has it, or its number from 0. */
export function timeText({ clock }: Pick<ArrayForm, 'clock'>, begin: number | undefined, place: number): string {
  if (clock === undefined) return String(place);
  const at = (begin ?? 0) + place * clock.step;
  return clock.format === undefined ? String(Number(at.toPrecision(12))) : formatDate(at, clock.format);
}

/**
 * The text of samples: a line for each place of the grid of each, with the sample, counted from 1, its time or its place on each axis, and the channels.
 * @param more - further columns, a number for each sample
 */
export function linesOf(set: FloatArraySet, more: Readonly<Record<string, ArrayLike<number>>> = {}): string {
  const { form, values, count, begins } = set;
  const { channels, axes } = form;
  const size = sampleSizeOf(form);
  const area = size / channels.length;
  const ofAxes = axes.length === 1 ? ['time'] : axes.map(({ name }) => name);
  const extra = Object.keys(more);
  const own = 'row' in more ? [] : ['sample'];
  const header = [...own, ...extra, ...ofAxes, ...channels.map(({ name }) => cellText(name))];
  const lines: string[] = [header.join(',')];
  for (let i = 0; i < count; i++)
    for (let at = 0; at < area; at++) {
      const numbers = channels.map((_, c) => numberText(values[i * size + c * area + at]!));
      const about = extra.map((name) => String(more[name]?.[i] ?? ''));
      const where = axes.length === 1 ? [timeText(form, begins?.[i], at)] : placesOf(axes, at).map(String);
      lines.push([...(own.length > 0 ? [i + 1] : []), ...about, ...where, ...numbers].join(','));
    }
  return `${lines.join('\n')}\n`;
}

/** The place on each axis of a place of the grid. */
export function placesOf(axes: ArrayForm['axes'], at: number): readonly number[] {
  let rest = at;
  return axes
    .toReversed()
    .map(({ size }) => {
      const place = rest % size;
      rest = Math.floor(rest / size);
      return place;
    })
    .toReversed();
}
