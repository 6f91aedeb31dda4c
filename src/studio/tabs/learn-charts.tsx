/** @file The curves of the tab Learn: loss, and errors by noise level and by density. */
import type { JSX } from 'preact';
import { Chart } from '../parts/chart.tsx';
import { state } from '../state/state.ts';
import { errors, floor, losses, report } from './learn-model.ts';

/** At most so many points of a curve; each is the mean of its steps. */
const mostPoints = 160;

function meansOf(values: readonly number[]): readonly (readonly [number, number])[] {
  const size = Math.max(1, Math.ceil(values.length / mostPoints));
  return Array.from({ length: Math.floor(values.length / size) }, (_, i) => {
    const part = values.slice(i * size, (i + 1) * size);
    return [(i + 0.5) * size, part.reduce((sum, value) => sum + value, 0) / part.length] as const;
  });
}

/** The least noise ratio of the chart; below it there is nothing to learn. */
const leastRatio = 0.01;

/** The curves. */
export function Curves(): JSX.Element {
  const most = Math.max(state.value.goal, losses.value.length);
  const clean = state.value.levels === 'none';
  const least = clean ? Math.min(-4, ...meansOf(losses.value).map(([, loss]) => Math.floor(loss))) : 0;
  const levels = (report.value?.levels ?? []).filter(({ noiseRatio }) => noiseRatio >= leastRatio);
  return (
    <div class="charts">
      <Chart
        title="Loss"
        x={{ label: 'step', range: [0, most], ticks: [0, most / 2, most].map(Math.round) }}
        y={
          clean
            ? { label: 'loss', range: [Math.max(-40, least), 4], ticks: [Math.max(-40, least), 0] }
            : { label: 'loss', range: [0.05, 2], log: true, ticks: [0.1, 0.3, 1] }
        }
        series={[{ name: 'of each batch, means', look: 'learned', points: meansOf(losses.value) }]}
      />
      <Chart
        title="Error by noise level"
        x={{ label: 'noise ratio σ/α', range: [leastRatio, 100], log: true, ticks: [leastRatio, 0.1, 1, 10, 100] }}
        y={{ label: 'error', range: [0.0005, 1.5], log: true, ticks: [0.001, 0.01, 0.1, 1] }}
        series={[
          {
            name: 'network',
            look: 'learned',
            dots: true,
            points: levels.map(({ noiseRatio, error }) => [noiseRatio, error] as const),
          },
          {
            name: 'floor: the exact score',
            look: 'ink',
            dashed: true,
            points: floor.value.map(({ noiseRatio, error }) => [noiseRatio, error] as const),
          },
        ]}
      />
      <ErrorCharts />
    </div>
  );
}

/** Relative errors of the score, once the network rests. */
function ErrorCharts(): JSX.Element {
  const { value: own } = errors;
  if (own === undefined) return <></>;
  const relative = { label: 'relative error', range: [0.01, 2] as const, log: true, ticks: [0.01, 0.1, 1] };
  return (
    <>
      <Chart
        title="Error where data are rare, and many"
        x={{ label: 'tenth of the plane, by density at this noise', range: [0.5, 10.5], ticks: [1, 4, 7, 10] }}
        y={relative}
        series={[
          { name: 'score', look: 'learned', dots: true, points: own.byDensity.map((error, i) => [i + 1, error]) },
        ]}
      />
      <Chart
        title="Error on noisy data"
        x={{ label: 'noise ratio σ/α', range: [0.02, 4], log: true, ticks: [0.03, 0.1, 0.3, 1, 3] }}
        y={relative}
        series={[
          {
            name: 'score',
            look: 'learned',
            dots: true,
            points: own.byLevel.map(({ noiseRatio, relative: { value } }) => [noiseRatio, value]),
          },
        ]}
      />
    </>
  );
}
