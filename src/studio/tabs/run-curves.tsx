/** @file The curves of runs: their loss, and their error at each noise level over that of the best linear score. */
import type { JSX } from 'preact';
import type { LevelsAt } from '../../run/folder/run-view.ts';
import { axisOf, countAxis } from '../parts/axes.ts';
import { Chart, type Series } from '../parts/chart.tsx';
import type { SeenRun } from './runs-model.ts';

/** The error at each noise level over that of the best linear score. What is far from 1 is drawn at the end of the axis. */
function relative({ levels }: LevelsAt): readonly (readonly [noiseRatio: number, error: number])[] {
  return levels.map(({ noiseRatio, error, linear }) => [noiseRatio, Math.min(10, Math.max(0.1, error / linear))]);
}

/** The loss of runs, and how they stand at each noise level. */
export function Curves({ runs }: { readonly runs: readonly SeenRun[] }): JSX.Element {
  const looks = ['learned', 'accent'] as const;
  const named = (name: string, own: SeenRun): string => (runs.length > 1 ? own.name : name);
  const losses = runs.map((own, i): Series => ({
    name: named('of each step, means', own),
    look: looks[i] ?? 'ink',
    points: own.curve.map(({ step, loss }) => [step, loss] as const),
  }));
  const levels = runs.flatMap((own, i): readonly Series[] => {
    const last = own.levels.at(-1);
    if (last === undefined) return [];
    const earlier = runs.length > 1 ? [] : own.levels.slice(0, -1);
    return [
      ...earlier.map((at): Series => ({ name: `step ${at.step}`, look: 'muted', points: relative(at) })),
      {
        name: named(`step ${last.step}`, own),
        look: looks[i] ?? 'ink',
        dots: true,
        points: relative(last),
      },
    ];
  });
  const ratios = levels.flatMap(({ points }) => points.map(([ratio]) => ratio));
  const one: Series = {
    name: 'best linear score',
    look: 'ink',
    dashed: true,
    points: [Math.min(...ratios), Math.max(...ratios)].map((ratio) => [ratio, 1] as const),
  };
  const valuesOf = (series: readonly Series[], axis: 0 | 1): readonly number[] =>
    series.flatMap(({ points }) => points.map((point) => point[axis]));
  return (
    <div class="charts">
      <Chart
        title="Loss"
        x={countAxis('step', Math.max(0, ...valuesOf(losses, 0)))}
        y={axisOf('loss', valuesOf(losses, 1))}
        series={losses}
      />
      {levels.length > 0 ? (
        <Chart
          title="Relative error by noise level"
          x={axisOf('noise ratio σ/α', ratios)}
          y={axisOf('error ratio', [...valuesOf(levels, 1), 0.5, 2])}
          series={[...levels, one]}
        />
      ) : (
        <p class="note">Errors by noise level are written with the first picture of samples.</p>
      )}
    </div>
  );
}
