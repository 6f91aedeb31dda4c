/** @file Quality against cost for every named sampler, on a mixture with its exact score. */
import { samplerList } from '../catalog/samplers/build-sampler.ts';
import { band } from '../plot/svg-plots.ts';
import { palette, series } from '../plot/svg-text.ts';
import { figure, type Panel, type AxisRange } from '../plot/svg.ts';
import type { Drawing, Figure, FigureRequest } from './figure.ts';
import { qualityCurve } from './quality-curve.ts';
import { qualityStudy, type QualityStudy } from './sampler-quality.ts';

/** Samplers by what they solve; one that is not named here stands in a panel of others. */
export const families: readonly (readonly [title: string, samplers: readonly string[]])[] = [
  [
    'Reverse SDE',
    ['euler-maruyama', 'reverse-diffusion', 'ancestral', 'dpm-solver-sde', 'stochastic-runge-kutta', 'gotta-go-fast'],
  ],
  ['Probability flow, single steps', ['ddim', 'heun', 'dpm-solver-2s', 'ode', 'ode-bosh3']],
  ['Probability flow, looking back', ['adams-bashforth', 'dpm-solver-2m', 'dpm-solver-3m', 'unipc']],
  ['Langevin and correctors', ['pc', 'pc-hamiltonian', 'annealed-langevin', 'consistent-annealed', 'langevin']],
];

const sizes = { samples: 2000, exactSets: 40 };
const xRange: AxisRange = [4, 600];

/** Sliced Wasserstein distance against evaluations of the score. */
export const nfeQuality: Figure = {
  name: 'nfe-quality',
  title: 'What a sample costs',
  caption:
    `Sliced Wasserstein distance of ${sizes.samples} samples from as many exact ones, against the evaluations of the score that each took, ` +
    'with standard errors; the gray band is the distance of two exact sets, where samplers cannot be distinguished. ' +
    'Solvers of the probability flow come to the band in 20 to 50 evaluations and steps of the reverse SDE in 50 to 100, ' +
    'while annealed Langevin dynamics is far from it after 250, and Langevin dynamics at the last noise level alone hardly ' +
    'moves towards it.',
  source:
    'Song et al. 2021, section 4; Karras et al. 2022, figure 2; eight Gaussians of weights 1 to 8 under the VP SDE',
  format: 'svg',
  draw,
};

async function draw({ key }: FigureRequest): Promise<Drawing> {
  const study = await qualityStudy({ key, ...sizes });
  const named = families.flatMap(([, samplers]) => samplers);
  const others = samplerList.map(({ name }) => name).filter((name) => !named.includes(name));
  const all = [...families, ...(others.length > 0 ? [['Others', others] as const] : [])];
  const measured = study.samplers.flatMap((one) => one.points.map(({ distance }) => distance));
  const { mean, standardDeviation } = study.floor;
  const yRange: AxisRange = [0.7 * (mean - 2 * standardDeviation), 1.3 * Math.max(...measured)];
  return {
    picture: figure({
      title: nfeQuality.title,
      subtitle: 'Distance from exact samples against evaluations of the score; gray: two exact sets',
      panels: all.map(([title, names], i) => ({
        ...panel(study, names, yRange),
        title,
        ...(i % 2 === 0 ? { yLabel: 'sliced Wasserstein distance' } : {}),
      })),
      columns: 2,
      panelWidth: 330,
      panelHeight: 250,
    }),
    numbers: {
      sde: 'vp',
      metric: 'sliced Wasserstein distance, p = 1',
      samples: study.samples,
      projections: study.projections,
      exactSets: sizes.exactSets,
      floor: study.floor,
      samplers: study.samplers.map(({ sampler, points: all }) => ({
        sampler,
        points: all.map((point) => ({ ...point })),
      })),
    },
  };
}

function panel({ samplers, floor }: QualityStudy, names: readonly string[], y: AxisRange): Panel {
  const shown = names.flatMap((name) => samplers.filter(({ sampler }) => sampler === name));
  const colorAt = (i: number): string => series[i % series.length] ?? palette.ink;
  const [low, high] = [floor.mean - 2 * floor.standardDeviation, floor.mean + 2 * floor.standardDeviation];
  const edge = xRange.map((x) => ({ x, low, high }));
  return {
    x: xRange,
    y,
    xScale: 'log',
    yScale: 'log',
    ticks: true,
    xLabel: 'evaluations of the score',
    layers: [
      band(edge, { color: palette.muted, opacity: 0.22 }),
      ...shown.flatMap((one, i) => qualityCurve(one.points, colorAt(i), y)),
    ],
    legend: shown.map(({ sampler }, i) => ({ label: sampler, color: colorAt(i) })),
  };
}
