/** @file Columns of a table as a picture: a histogram of each. */
import { bars, histogram, type Bar } from './svg-plots.ts';
import { figure, type Panel } from './svg.ts';
import { shortNumber } from './svg-text.ts';

/** The values of a column. */
export interface PlottedColumn {
  readonly name: string;
  /** Those that are there. */
  readonly values: Float64Array;
  /** Names of the places 0, 1, 2, … that values are, of a column of categories. */
  readonly categories?: readonly string[] | undefined;
  /** A value of the axis as text. */
  readonly format: (value: number) => string;
}

/** Columns and categories that a picture has room for. */
const [mostColumns, mostCategories, longestName] = [16, 12, 10];
const parts = 24;

/** A histogram of each column, of the first sixteen, as SVG. */
export function columnPlots(columns: readonly PlottedColumn[], { title }: { readonly title: string }): string {
  const shown = columns.slice(0, mostColumns);
  const panels = shown.map((column) => (column.categories ? ofCategories(column) : ofNumbers(column)));
  const more = columns.length - shown.length;
  return figure({
    ...{ panels, panelWidth: 210, panelHeight: 120, columns: Math.min(4, panels.length) },
    title,
    ...(more > 0 && { subtitle: `the first ${mostColumns} of ${columns.length} columns` }),
  });
}

function panelOf(name: string, all: readonly Bar[], x: readonly [number, number], ticks: Panel['xTicks']): Panel {
  const top = all.reduce((most, { height }) => Math.max(most, height), 0) || 1;
  return {
    title: name,
    x,
    y: [0, 1.1 * top],
    layers: [bars(all)],
    ticks: true,
    yTicks: [],
    ...(ticks && { xTicks: ticks }),
  };
}

function ofCategories({ name, values, categories = [] }: PlottedColumn): Panel {
  const counts = categories.map(() => 0);
  for (const value of values) counts[value]! += 1;
  const order = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]!).slice(0, mostCategories);
  const all = order.map((place, k) => ({ left: k + 0.1, right: k + 0.9, height: counts[place]! }));
  const step = Math.ceil(order.length / 4);
  const ticks = order.flatMap((place, k) =>
    k % step === 0 ? [{ value: k + 0.5, label: (categories[place] ?? '').slice(0, longestName) }] : [],
  );
  return panelOf(name, all, [0, Math.max(1, order.length)], ticks);
}

function ofNumbers({ name, values, format }: PlottedColumn): Panel {
  const sorted = values.slice().sort();
  const [low = 0, high = 1] = [sorted[Math.floor(sorted.length * 0.005)], sorted[Math.ceil(sorted.length * 0.995) - 1]];
  const range = [low, high > low ? high : low + 1] as const;
  const ticks = [0.08, 0.92].map((part) => {
    const value = range[0] + part * (range[1] - range[0]);
    const label = format(value);
    return { value, label: label.length > 10 && !label.includes('-') ? shortNumber(value) : label.slice(0, 10) };
  });
  return panelOf(name, histogram(values, range, parts), range, ticks);
}
