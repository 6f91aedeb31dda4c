/** @file The picture of measured orders of convergence. */
import { points, polyline } from '../src/plot/svg-layers.ts';
import { palette, series } from '../src/plot/svg-text.ts';
import { figure, type Layer, type Panel, type AxisRange } from '../src/plot/svg.ts';
import type { SolverOrder } from './solver-orders.ts';

const range = {
  'probability flow': { x: [10, 700], y: [1e-17, 1] },
  'reverse SDE': { x: [15, 220], y: [2e-6, 0.5] },
} as const;

const groups = [
  ...[[1], [2], [3], [4, 5]].map((theories) => ({ solves: 'probability flow', theories }) as const),
  ...[[1], [2]].map((theories) => ({ solves: 'reverse SDE', theories }) as const),
];

/** One panel for each kind of equation and order, the highest ones together, with lines of those slopes. */
export function ordersPlot(orders: readonly SolverOrder[]): string {
  const panels = groups.map(({ solves, theories }) => {
    const shown = orders.filter((one) => one.solves === solves && theories.includes(one.theory));
    const title = `${solves === 'probability flow' ? 'Probability flow' : 'Reverse SDE, weak'}, order ${theories.join(' and ')}`;
    return {
      ...panel(shown, range[solves]),
      title,
      legendAt: 'bottom-left',
    } as const;
  });
  return figure({
    title: 'Orders of convergence',
    subtitle: 'Error against steps with the exact score under the VP SDE; dashed: the slope of theory',
    panels,
    columns: 3,
    panelWidth: 270,
    panelHeight: 230,
  });
}

function panel(solvers: readonly SolverOrder[], ranges: { readonly x: AxisRange; readonly y: AxisRange }): Panel {
  const colorAt = (i: number): string => series[i % series.length] ?? palette.ink;
  const shown = solvers.flatMap(({ steps, errors }, i): readonly Layer[] => {
    const through = steps.flatMap((n, k) => [n, errors[k] ?? NaN]);
    return [polyline(through, { color: colorAt(i) }), points(through, { color: colorAt(i), radius: 2.8, opacity: 1 })];
  });
  const slopes = [...new Set(solvers.map(({ theory }) => theory))].map((theory) =>
    slopeLine(ranges.x, theory, solvers),
  );
  return {
    ...ranges,
    xScale: 'log',
    yScale: 'log',
    ticks: true,
    xLabel: 'steps',
    layers: [...slopes, ...shown],
    legend: solvers.map(({ solver }, i) => ({ label: solver, color: colorAt(i) })),
  };
}

/** A line of the slope of theory above all errors of that order. */
function slopeLine([low, high]: AxisRange, theory: number, solvers: readonly SolverOrder[]): Layer {
  const factor =
    3 *
    Math.max(
      ...solvers
        .filter((one) => one.theory === theory)
        .flatMap(({ steps, errors }) => steps.map((n, k) => (errors[k] ?? 0) * n ** theory)),
    );
  return polyline([low, factor / low ** theory, high, factor / high ** theory], {
    color: palette.muted,
    width: 1,
    dash: '5 4',
  });
}
