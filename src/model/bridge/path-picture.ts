/** @file Pictures of the paths of a bridge: lines in the plane, or rows of images. */
import { batchOf, concatRows, sizeOf, takeRows, type Tensor } from '../../base/tensor.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import { unscaled, type Scaler } from '../../data/scaler.ts';
import { encodePng } from '../../plot/png.ts';
import { points, polyline } from '../../plot/svg-layers.ts';
import { palette, series } from '../../plot/svg-text.ts';
import { figure, type AxisRange, type Panel } from '../../plot/svg.ts';
import type { DataSummary } from '../../run/data-summary.ts';

/** The states of some samples on their way, the start first. */
export interface WatchedPaths {
  readonly title: string;
  /** `[n, …]` each, in the range of the model. */
  readonly states: readonly Tensor[];
}

/** Samples of a picture of images, and states of each. */
const shown = { rows: 8, columns: 9 };

/** How many paths a picture has of samples of a shape. */
export function pathsShown({ shape }: Pick<DataSummary, 'shape'>): number {
  return shape.length === 1 ? 400 : shown.rows;
}

/**
 * Paths in the plane as SVG: gray where they start, colored where they end, the first two coordinates of points of more. Undefined of samples that are
 * no points.
 */
export function plottedPaths(
  paths: readonly WatchedPaths[],
  { scaler, shape }: Pick<DataSummary, 'scaler' | 'shape'>,
  title: string,
): string | undefined {
  if (shape.length !== 1 || sizeOf(shape) < 2) return undefined;
  const planes = paths.map(({ title: name, states }) => ({ name, states: states.map((x) => plane(x, scaler)) }));
  const all = planes.flatMap(({ states }) => [...states]);
  const range = (axis: 0 | 1): AxisRange => {
    let [low, high] = [Infinity, -Infinity];
    for (const state of all)
      for (let i = axis; i < state.length; i += 2) {
        low = Math.min(low, state[i] ?? low);
        high = Math.max(high, state[i] ?? high);
      }
    const margin = 0.05 * (high - low || 1);
    return [low - margin, high + margin];
  };
  const [x, y] = [range(0), range(1)];
  const panels = planes.map(({ name, states }, k): Panel => {
    const count = (states[0]?.length ?? 0) / 2;
    const color = series[k % series.length] ?? palette.indigo;
    const lines = Array.from({ length: Math.min(count, 120) }, (_, i) =>
      polyline(
        states.flatMap((state) => [state[2 * i] ?? NaN, state[2 * i + 1] ?? NaN]),
        { color: palette.muted, width: 0.8, opacity: 0.45 },
      ),
    );
    return {
      ...{ title: name, x, y, ticks: true },
      layers: [
        ...lines,
        points(states[0] ?? [], { color: palette.ink, radius: 1.4, opacity: 0.5 }),
        points(states.at(-1) ?? [], { color, radius: 1.6, opacity: 0.8 }),
      ],
      legend: [
        { label: 'start', color: palette.ink },
        { label: 'end', color },
      ],
    };
  });
  return figure({ title, panels, columns: 2, panelWidth: 320, panelHeight: 320 });
}

function plane(x: Tensor, scaler: Scaler): Float64Array {
  const { data } = unscaled(scaler, x);
  const size = data.length / batchOf(x);
  return Float64Array.from({ length: 2 * batchOf(x) }, (_, i) => data[(i >> 1) * size + (i & 1)] ?? NaN);
}

/** Images on their way, a row for each sample, as a PNG; undefined of samples that are no pictures. */
export function picturedPaths({ states }: WatchedPaths, data: DataSummary): Uint8Array | undefined {
  const kind = dataKindOf(data);
  if (kind.image === undefined) return undefined;
  const last = states.length - 1;
  const columns = Math.min(shown.columns, states.length);
  const chosen = Array.from({ length: columns }, (_, k) => states[Math.round((k * last) / Math.max(1, columns - 1))]);
  const rows = Array.from({ length: Math.min(shown.rows, batchOf(states[0] ?? { shape: [0] })) }, (_, i) => i);
  const cells = rows.flatMap((row) =>
    chosen.map((state) => takeRows(state ?? { shape: [0], data: new Float64Array() }, [row])),
  );
  return encodePng(kind.image(kind.toSet(concatRows(cells), data, { name: 'paths' }), { columns }));
}
