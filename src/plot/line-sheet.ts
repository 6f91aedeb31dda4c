/** @file Series as a picture: a small plot of each, its channels as lines of different colors. */
import { polyline } from './svg-layers.ts';
import { band } from './svg-plots.ts';
import type { Tick } from './svg-axes.ts';
import { figure, type Layer, type Panel } from './svg.ts';
import { palette, series as colors } from './svg-text.ts';

/** A series with a line for each channel. */
export interface PlottedSeries {
  readonly title?: string;
  /** The values of each channel; NaN leaves a gap. */
  readonly lines: readonly Float32Array[];
}

/** How a sheet looks. */
export interface LineSheetOptions {
  readonly title?: string | undefined;
  /** Plots in a row; by default as many as there are rows, or a little more. */
  readonly columns?: number | undefined;
  /** Names of the channels, for a legend; none for one channel. */
  readonly names?: readonly string[];
}

/** Plots that a picture has room for. */
const mostPlots = 64;

/** A sheet of series, of the first sixty-four, as SVG, all on one scale. */
export function lineSheet(all: readonly PlottedSeries[], options: LineSheetOptions = {}): string {
  const shown = all.slice(0, mostPlots);
  const { columns = Math.ceil(Math.sqrt(shown.length / 1.5)), names = [], title } = options;
  const y = rangeOf(shown.flatMap(({ lines }) => lines));
  const panels = shown.map(({ lines, title: own }, i): Panel => {
    const length = lines[0]?.length ?? 1;
    return {
      ...{ x: [0, Math.max(1, length - 1)], y, xTicks: [], ticks: i % columns === 0 },
      ...(own !== undefined && { title: own }),
      layers: lines.flatMap((line, c) => linesOf(line, colors[c % colors.length] ?? palette.ink)),
      ...(i === 0 && names.length > 1 && { legend: names.slice(0, colors.length).map((label, c) => ({ label, color: colors[c] ?? palette.ink })) }), // prettier-ignore
    };
  });
  const more = all.length > shown.length ? { subtitle: `the first ${mostPlots} of ${all.length}` } : {};
  return figure({ panels, columns, panelWidth: 200, panelHeight: 90, ...(title !== undefined && { title }), ...more });
}

/** Lines through runs of values that are there; a value alone is a short stroke. */
function linesOf(values: ArrayLike<number>, color: string, width = 1.4): readonly Layer[] {
  const layers: Layer[] = [];
  let run: number[] = [];
  const close = (): void => {
    if (run.length === 2) run.push((run[0] ?? 0) + 0.4, run[1] ?? 0);
    if (run.length > 2) layers.push(polyline(run, { color, width }));
    run = [];
  };
  for (let j = 0; j < values.length; j++) {
    const value = values[j] ?? NaN;
    if (Number.isNaN(value)) close();
    else run.push(j, value);
  }
  close();
  return layers;
}

/** From the least to the greatest value with some room. */
function rangeOf(lines: readonly ArrayLike<number>[]): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const line of lines)
    for (let j = 0; j < line.length; j++) {
      const value = line[j] ?? NaN;
      if (Number.isNaN(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  if (low > high) return [0, 1];
  const room = 0.05 * (high - low) || Math.abs(low) || 1;
  return [low - room, high + room];
}

/** What may come of a series. */
export interface PlottedForecast {
  readonly title: string;
  /** NaN leaves a gap. */
  readonly known: Float32Array;
  /** Of the times behind what is known. */
  readonly median: Float64Array;
  /** Areas, the widest first. */
  readonly bands: readonly { readonly low: Float64Array; readonly high: Float64Array }[];
}

/** What the times of forecasts are called. */
export interface ForecastTimes {
  /** Marks at some places of the window. */
  readonly ticks: readonly Tick[];
  /** What the axis measures. */
  readonly label: string;
}

/** Forecasts as SVG, below each other. */
export function lineForecast(all: readonly PlottedForecast[], { ticks, label }: ForecastTimes): string {
  const panels = all.map(({ title, known, median, bands }, i): Panel => {
    const first = known.length;
    const color = colors[1];
    const last = first + median.length - 1;
    const pairs = Array.from(median, (value, k) => [first + k, value]).flat();
    return {
      title,
      ...{
        x: [0, Math.max(1, last)],
        y: rangeOf([known, ...bands.flatMap(({ low, high }) => [low, high])]),
        ticks: true,
        xTicks: ticks,
      },
      ...(i === all.length - 1 && { xLabel: label }),
      ...(i === 0 && {
        legend: [
          { label: 'history', color: palette.ink },
          { label: 'median, middle 50 and 90 %', color },
        ],
        legendAt: 'top-left' as const,
      }),
      layers: [
        ...bands.map(
          ({ low, high }) =>
          band(Array.from(low, (value, k) => ({ x: first + k, low: value, high: high[k] ?? value })), { color, opacity: 0.2 }), // prettier-ignore
        ),
        ...linesOf(known, palette.ink),
        polyline(pairs, { color, width: 1.6 }),
      ],
    };
  });
  return figure({ panels, columns: 1, panelWidth: 640, panelHeight: 200 });
}
