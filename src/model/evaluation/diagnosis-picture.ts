/** @file The picture of a diagnosis: errors of predicted noise by noise level, and the network's over the best closed form. */
import type { LevelReport } from '../../evaluate/noise-levels.ts';
import { band, errorBars, rule } from '../../plot/svg-plots.ts';
import { points, polyline } from '../../plot/svg-layers.ts';
import { palette, series } from '../../plot/svg-text.ts';
import { figure, type Layer, type Panel, type AxisRange } from '../../plot/svg.ts';

/** What is drawn. */
export interface DrawnDiagnosis {
  readonly count: number;
  readonly points: number;
  readonly heldOut: boolean;
  readonly levels: readonly LevelReport[];
  readonly memorizesFrom: number | undefined;
}

const [network, linear, empirical, seen] = series;

/** The two panels as SVG. */
export function diagnosisPicture(
  { count, points: known, heldOut, levels, memorizesFrom }: DrawnDiagnosis,
  title: string,
): string {
  const ratios = levels.map(({ noiseRatio }) => noiseRatio);
  const x: AxisRange = [0.8 * Math.min(...ratios), 1.25 * Math.max(...ratios)];
  const shared = { x, xScale: 'log', ticks: true, xLabel: 'noise ratio \u03c3 / \u03b1' } as const;
  const whose = heldOut ? 'new samples' : 'samples of the training';
  return figure({
    title,
    subtitle: `Error of predicted noise, E|z \u2212 z\u2032|\u00b2 / d, of ${count} ${whose}; closed forms of ${known.toLocaleString('en')} training samples`,
    panels: [
      { ...shared, ...errorsPanel(levels), title: 'Error by noise level' },
      { ...shared, ...excessPanel(levels, memorizesFrom), title: 'Network over the better closed form' },
    ],
    panelWidth: 380,
    panelHeight: 290,
  });
}

function errorsPanel(
  levels: readonly LevelReport[],
): Pick<Panel, 'y' | 'yScale' | 'layers' | 'legend' | 'legendAt' | 'yLabel'> {
  const least = Math.min(
    ...levels.flatMap(({ network: own, linear: l, empirical: e }) => [own.value, l.value, e.value]),
  );
  const curve = (of: (level: LevelReport) => number | undefined, color: string, dash = ''): readonly Layer[] => {
    const through = levels.flatMap((level) => [level.noiseRatio, of(level) ?? NaN]);
    return [
      polyline(through, { color, dash, width: 1.8 }),
      ...(dash === '' ? [points(through, { color, radius: 2.6, opacity: 1 })] : []),
    ];
  };
  const trained = levels.some(({ training }) => training !== undefined);
  return {
    y: [0.6 * least, 3],
    yScale: 'log',
    yLabel: 'E|z \u2212 z\u2032|\u00b2 / d',
    layers: [
      ...curve(({ linear: own }) => own.value, linear),
      ...curve(({ empirical: own }) => own.value, empirical),
      ...curve(({ network: own }) => own.value, network),
      ...curve(({ training }) => training?.value, seen, '5 3'),
    ],
    legend: [
      { label: 'network', color: network },
      { label: 'best linear score', color: linear },
      { label: 'empirical score of the training data', color: empirical },
      ...(trained ? [{ label: 'network, training samples', color: seen }] : []),
    ],
    legendAt: 'bottom-left',
  };
}

function excessPanel(
  levels: readonly LevelReport[],
  memorizesFrom: number | undefined,
): Pick<Panel, 'y' | 'layers' | 'yLabel' | 'caption'> {
  const percent = levels.map(({ noiseRatio, excess: { value, standardError } }) => ({
    x: noiseRatio,
    y: 100 * value,
    low: 100 * (value - standardError),
    high: 100 * (value + standardError),
  }));
  const [low, high] = [
    Math.min(0, ...percent.map(({ low: end }) => end)),
    Math.max(0, ...percent.map(({ high: end }) => end)),
  ];
  const y: AxisRange = [low - 0.1 * (high - low) - 1, Math.min(200, high) + 0.1 * (Math.min(200, high) - low) + 1];
  const through = percent.flatMap(({ x, y: value }) => [x, value]);
  const memorized =
    memorizesFrom === undefined ? '' : `; it memorizes from ${Number(memorizesFrom.toPrecision(2))} down`;
  const ends = levels.map(({ noiseRatio }) => noiseRatio);
  const above = [Math.min(...ends) / 2, Math.max(...ends) * 2].map((x) => ({ x, low: 0, high: y[1] }));
  return {
    y,
    yLabel: 'excess (%)',
    layers: [
      band(above, { color: palette.coral, opacity: 0.08 }),
      rule({ y: 0 }),
      errorBars(percent, { color: network, width: 1 }),
      polyline(through, { color: network, width: 1.8 }),
      points(through, { color: network, radius: 2.6, opacity: 1 }),
    ],
    caption: `Above 0 a closed form predicts the noise better than the network; bars are paired standard errors${memorized}.`,
  };
}
