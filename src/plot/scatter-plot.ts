/** @file Points as a picture. */
import { batchOf, dimensionOf, type Tensor } from '../base/tensor.ts';
import { points as pointLayer } from './svg-layers.ts';
import { series } from './svg-text.ts';
import { figure } from './svg.ts';

/** How a plot of points is drawn. */
export interface ScatterOptions {
  readonly title: string;
  /** The class of each point; each class has a color of its own. None by default. */
  readonly labels?: ArrayLike<number> | undefined;
}

/** A scatter plot of the first two coordinates of points `[n, d]` in their own units, as SVG. */
export function scatterPlot(x: Tensor, { title, labels }: ScatterOptions): string {
  const dimension = dimensionOf(x, 1);
  const pairs = new Float64Array(batchOf(x) * 2);
  for (let i = 0; i < pairs.length / 2; i++) {
    pairs[2 * i] = x.data[i * dimension] ?? 0;
    pairs[2 * i + 1] = dimension > 1 ? (x.data[i * dimension + 1] ?? 0) : 0;
  }
  const limit = (axis: 0 | 1): readonly [number, number] => {
    const values = Array.from(pairs.filter((_, i) => i % 2 === axis)).sort((a, b) => a - b);
    // A few far outliers must not shrink the rest to a dot.
    const [low, high] = [
      values[Math.floor(values.length * 0.002)] ?? -1,
      values[Math.ceil(values.length * 0.998) - 1] ?? 1,
    ];
    const margin = 0.08 * Math.max(high - low, 1e-9);
    return [low - margin, high + margin];
  };
  const layers =
    labels === undefined
      ? [pointLayer(pairs)]
      : classSeries(labels).map(({ color, rows }) =>
          pointLayer(
            rows.flatMap((i) => Array.from(pairs.subarray(2 * i, 2 * i + 2))),
            { color },
          ),
        );
  return figure({ panels: [{ title, x: limit(0), y: limit(1), layers }] });
}

/** The rows of each class, and its color; colors repeat after a few classes. */
function classSeries(
  labels: ArrayLike<number>,
): readonly { readonly color: string; readonly rows: readonly number[] }[] {
  const all = Array.from(labels);
  return [...new Set(all)]
    .sort((a, b) => a - b)
    .map((label) => ({
      color: series[label % series.length] ?? series[0],
      rows: all.flatMap((own, i) => (own === label ? i : [])),
    }));
}
