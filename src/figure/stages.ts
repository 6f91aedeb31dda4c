/** @file What a lift between stages costs, and what stages save. */
import { rule } from '../plot/svg-plots.ts';
import { points, polyline } from '../plot/svg-layers.ts';
import { palette, series } from '../plot/svg-text.ts';
import { figure, type Panel } from '../plot/svg.ts';
import { liftDivergence } from '../sample/stages/lift-divergence.ts';
import { edm } from '../sde/processes/edm.ts';
import { karrasGrid } from '../sde/time/time-grid.ts';
import type { Drawing, Figure } from './figure.ts';

const d = 8;
/** Neighbors correlate by 0.9: pairs have variance 1.9 in what is kept, and 0.1 in what is lost. */
const covariance = Array.from({ length: d * d }, (_, k) => 0.9 ** Math.abs(Math.floor(k / d) - (k % d)));
const detail = 0.1;
const levels = Array.from({ length: 33 }, (_, i) => 0.1 * (100 / 1) ** (i / 32));
/** Noise levels of the kept mean at which sigma of the samples is each of these. */
const marked = [0.1, 0.2, 0.5, 1, 2, 5, 10];
const steps = 40;

/** The cost of a lift. */
export const stagesFigure: Figure = {
  name: 'stages',
  title: 'Stages of growing resolution',
  caption:
    'Left, how far samples are from the data, in nats, when what halving loses is drawn from a Gaussian at a noise level, for 8 numbers of correlation 0.9: with the variance of the ' +
    'lost part, and with noise alone. Right, the same against the cost of sampling, where an evaluation of half the numbers costs half and, of pictures, a quarter: ' +
    'at noise level 1 the divergence is a hundredth of a nat and pictures cost little more than half.',
  source: 'Jing et al. 2022, "Subspace diffusion generative models", in closed form',
  format: 'svg',
  draw,
};

function draw(): Promise<Drawing> {
  const costs = marked.map((sigma) => ({
    sigma,
    withDetail: liftDivergence(covariance, { sigma, detail }),
    noiseAlone: liftDivergence(covariance, { sigma, detail: 0 }),
    ofSequences: costOf(sigma, 2),
    ofImages: costOf(sigma, 4),
  }));
  const curve = (own: number): readonly number[] =>
    levels.flatMap((sigma) => [sigma, Math.max(1e-6, liftDivergence(covariance, { sigma, detail: own }))]);
  const y = [1e-6, 30] as const;
  const common = { y: [...y] as [number, number], yScale: 'log', ticks: true } as const;
  const panels: Panel[] = [
    {
      ...{ ...common, x: [0.09, 11], xScale: 'log', title: 'What a lift costs', xLabel: 'noise level of the lift' },
      yLabel: 'divergence (nats)',
      layers: [
        polyline(curve(detail), { color: series[0], width: 1.8 }),
        polyline(curve(0), { color: series[1], width: 1.8 }),
        rule({ x: 1 }, { color: palette.muted }),
      ],
      legend: [
        { label: 'with the variance', color: series[0] },
        { label: 'noise alone', color: series[1] },
      ],
    },
    {
      ...{ ...common, x: [0.2, 1.05], title: 'What stages save', xLabel: 'cost of sampling, 1 without stages' },
      layers: (['ofImages', 'ofSequences'] as const).flatMap((kind, i) => {
        const through = costs.flatMap((one) => [one[kind], one.withDetail]);
        const color = series[i + 2] ?? palette.ink;
        return [polyline(through, { color, width: 1.4 }), points(through, { color, radius: 3, opacity: 1 })];
      }),
      legend: [
        { label: 'pictures', color: series[2] },
        { label: 'sequences', color: series[3] },
      ],
      caption: `dots: lifts at ${marked.join(', ')}`,
    },
  ];
  return Promise.resolve({
    picture: figure({
      title: stagesFigure.title,
      subtitle: `Eight numbers halved once; costs of ${steps} steps along the grid of EDM`,
      ...{ panels, columns: 2, panelWidth: 330, panelHeight: 260 },
    }),
    numbers: { correlation: 0.9, numbers: d, detail, steps, lifts: costs },
  });
}

/** Cost of the steps of EDM's grid when those above a level cost a part. */
function costOf(sigma: number, less: number): number {
  const grid = karrasGrid()(edm(), steps).slice(0, -1);
  const above = grid.filter((level) => level > sigma).length;
  return (above / less + (grid.length - above)) / grid.length;
}
