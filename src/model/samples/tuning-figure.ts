/** @file Grids of few evaluations as a picture: their errors against evaluations, and their noise levels. */
import { errorBars } from '../../plot/svg-plots.ts';
import { points, polyline } from '../../plot/svg-layers.ts';
import { palette, series } from '../../plot/svg-text.ts';
import { figure, type Layer, type AxisRange } from '../../plot/svg.ts';
import type { MeasuredGrid, TunedRow, Tuning } from './tuning.ts';

const kinds = [
  { label: 'found', of: ({ tuned }: TunedRow): MeasuredGrid => tuned },
  { label: 'best named grid', of: ({ best }: TunedRow): MeasuredGrid => best },
  { label: 'usual grid', of: ({ usual }: TunedRow): MeasuredGrid => usual },
] as const;

/**
 * Errors of the found grids beside the best named and the usual ones, and the noise levels of the found ones, as SVG.
 * @param name - of the model
 */
export function tuningFigure({ sampler, n, rows }: Tuning, name: string): string {
  const errors = rows.flatMap((row) => kinds.map(({ of }) => of(row).error.value)).filter((value) => value > 0);
  const counts = rows.map(({ nfe }) => nfe);
  const levels = rows.flatMap(({ tuned }) => [...tuned.levels]);
  const x: AxisRange = [0.8 * Math.min(...counts), 1.25 * Math.max(...counts)];
  const steps = Math.max(...rows.map(({ tuned }) => tuned.levels.length - 1));
  return figure({
    title: `${name} by ${sampler === 'any' ? 'several samplers' : sampler}`,
    subtitle: `${n} starts that the search has not seen`,
    panels: [
      {
        title: 'Distance from the probability flow',
        x,
        y: around(errors),
        xScale: 'log',
        yScale: 'log',
        ticks: true,
        xLabel: 'evaluations',
        layers: kinds.flatMap(({ of }, i) => curve(rows, of, colorOf(i))),
        legend: kinds.map(({ label }, i) => ({ label, color: colorOf(i) })),
      },
      {
        title: 'Noise levels that were found',
        x: [-0.2, steps + 0.2],
        y: around(levels),
        yScale: 'log',
        ticks: true,
        xLabel: 'evaluation',
        layers: rows.flatMap(({ tuned }, i) => {
          const pairs = tuned.levels.flatMap((level, j) => [j, level]);
          const color = colorOf(i);
          return [polyline(pairs, { color, width: 1.4 }), points(pairs, { color, radius: 2.6, opacity: 1 })];
        }),
        legend: rows.map(({ nfe }, i) => ({ label: `${nfe} evaluations`, color: colorOf(i) })),
      },
    ],
    columns: 2,
    panelWidth: 330,
    panelHeight: 260,
  });
}

function curve(rows: readonly TunedRow[], of: (row: TunedRow) => MeasuredGrid, color: string): readonly Layer[] {
  const pairs = rows.flatMap((row) => [row.nfe, of(row).error.value]);
  const bars = rows.map((row) => {
    const { value, standardError } = of(row).error;
    return { x: row.nfe, low: Math.max(0.5 * value, value - standardError), high: value + standardError };
  });
  return [
    errorBars(bars, { color, width: 0.8 }),
    polyline(pairs, { color, width: 1.8 }),
    points(pairs, { color, radius: 2.8, opacity: 1 }),
  ];
}

function around(values: readonly number[]): AxisRange {
  return [0.7 * Math.min(...values), 1.4 * Math.max(...values)];
}

function colorOf(i: number): string {
  return series[i % series.length] ?? palette.ink;
}
