/** @file Arrays as pictures: series as lines, fields and volumes as maps of colors. */
import { sizeOf } from '../../base/tensor.ts';
import { gridOf, sampleSizeOf, type FloatArraySet } from '../../data/float-arrays/float-array.ts';
import { dusk } from '../../plot/color.ts';
import { lineSheet } from '../../plot/line-sheet.ts';
import type { Image } from '../../plot/png.ts';
import { contactSheet, type Cell } from '../../plot/svg-sheet.ts';
import type { DrawOptions } from './data-kind.ts';

/** Maps that a picture has room for, and slices of a volume. */
const [mostMaps, mostSlices] = [48, 8];

/** Samples of a set as SVG. */
export function arrayPlot(set: FloatArraySet, { title, columns }: DrawOptions): string {
  return set.form.axes.length === 1 ? linesPlot(set, { title, columns }) : mapsPlot(set, title ?? '');
}

function linesPlot({ form, values, count }: FloatArraySet, { title, columns }: DrawOptions): string {
  const size = sampleSizeOf(form);
  const length = size / form.channels.length;
  const all = Array.from({ length: count }, (_, i) => ({
    lines: form.channels.map((__, c) => values.subarray(i * size + c * length, i * size + (c + 1) * length)),
  }));
  return lineSheet(all, { title, columns, names: form.channels.map(({ name, unit }) => (unit ? `${name} [${unit}]` : name)) }); // prettier-ignore
}

/** A column for each channel, or for some slices of a volume; each channel has colors from its least to its greatest value. */
function mapsPlot({ form, values, count }: FloatArraySet, title: string): string {
  const { channels } = form;
  const grid = gridOf(form);
  const [height = 1, width = 1] = grid.slice(-2);
  const area = height * width;
  const slices = sizeOf(grid.slice(0, -2));
  const shown = slices === 1 ? [0] : Array.from({ length: Math.min(mostSlices, slices) }, (_, k) => Math.floor(((k + 0.5) * slices) / Math.min(mostSlices, slices))); // prettier-ignore
  const planes = channels.flatMap((channel, c) => shown.map((slice) => ({ channel, c, slice })));
  const across = planes.length === 1 ? Math.min(count, 8) : planes.length;
  const size = sampleSizeOf(form);
  const ranges = channels.map((_, c) => rangeOf(values, { size, begin: c * slices * area, length: slices * area }));
  const cellOf = (sample: number, { c, slice }: (typeof planes)[number]): Cell => ({
    image: mapOf(values.subarray(sample * size + (c * slices + slice) * area, sample * size + (c * slices + slice + 1) * area), { height, width, range: ranges[c] ?? [0, 1] }), // prettier-ignore
  });
  const cells = Array.from({ length: count }, (_, i) => planes.map((plane) => cellOf(i, plane))).flat();
  const rows = Array.from({ length: Math.ceil(Math.min(cells.length, mostMaps) / across) }, (_, r) =>
    Array.from({ length: across }, (__, k) => cells[r * across + k]),
  );
  const headings =
    planes.length === 1
      ? new Array<string>(across).fill('')
      : planes.map(({ channel, slice }) => (slices === 1 ? channel.name : `${channel.name}, ${slice + 1}`));
  const [first] = ranges;
  const bar = channels.length === 1 && first ? { bar: { label: channels[0]?.unit ?? '', colors: dusk, range: first } } : {}; // prettier-ignore
  return contactSheet({ title, headings, rows, ...bar });
}

function rangeOf(
  values: Float32Array,
  { size, begin, length }: Readonly<Record<'size' | 'begin' | 'length', number>>,
): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let at = begin; at < values.length; at += size)
    for (let j = at; j < at + length; j++) {
      const value = values[j] ?? NaN;
      if (Number.isNaN(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  return low < high ? [low, high] : [0, 1];
}

const missing = 235;

function mapOf(
  values: Float32Array,
  { height, width, range: [low, high] }: { readonly height: number; readonly width: number; readonly range: readonly [number, number] }, // prettier-ignore
): Image {
  const data = new Uint8Array(3 * values.length).fill(missing);
  values.forEach((value, j) => {
    if (Number.isNaN(value)) return;
    data.set(dusk((value - low) / (high - low)).map((part) => Math.round(255 * part)), 3 * j); // prettier-ignore
  });
  return { width, height, channels: 3, data };
}
