/** @file Mode weights of two mixtures by independent draws, plain and annealed Langevin dynamics. */
import { foldIn } from '../base/key.ts';
import { heatMap, points } from '../plot/svg-layers.ts';
import { series } from '../plot/svg-text.ts';
import { figure, type Panel, type AxisRange } from '../plot/svg.ts';
import { edm } from '../sde/processes/edm.ts';
import { evenStart, geometricLevels } from '../sample/chains.ts';
import { annealedChains, plainChains, weightOfMode, withError } from './chains.ts';
import type { Drawing, Figure, FigureRequest, Json } from './figure.ts';
import { eliavMixture, exactMixture, noisyPoints, plane } from './mixture.ts';

const side: AxisRange = [-2, 2];
const cells = { columns: 120, rows: 120 };
const n = 1280;
/** The report's ten levels from 1 to 0.01, and ten that end where chains cease to cross; steps are those of NCSN's mixture. */
const ladders = { annealed: geometricLevels(1, 0.01, 10), annealedHigher: geometricLevels(1, 0.1, 10) };
const stepSize = 0.1;
const plainSteps = 1000;
const annealedSteps = 100;

/** Weights of the mode at (1, 1), and variances of both modes. */
const mixtures = [
  { weight: 0.3, variance: 0.1 },
  { weight: 0.1, variance: 0.01 },
];

/** Eliav's figures 3 and 4: what Langevin dynamics makes of the weights of two modes. */
export const langevinModes: Figure = {
  name: 'langevin-modes',
  title: 'Langevin dynamics forgets the weights of modes',
  caption:
    'Points of two mixtures drawn independently, by 1000 steps of Langevin dynamics and by the same number of annealed ' +
    'steps, all with the exact score and from points spread evenly over the square. Plain chains stay with the mode ' +
    'that they meet first and give both modes half of the points, although no network errs; annealed chains come close to ' +
    'the weights, and closest when no level is spent where chains no longer cross (right).',
  source: 'Eliav, report of 2024, figures 3 and 4 (mixtures) and table 1 (noise levels); steps of Song and Ermon 2019',
  format: 'svg',
  draw,
};

async function draw({ key }: FigureRequest): Promise<Drawing> {
  const rows = await Promise.all(mixtures.map((options, i) => row(options, { key: foldIn(key, i), first: i === 0 })));
  return {
    picture: figure({
      title: langevinModes.title,
      subtitle: `Exact scores; ${n} points each, and the part of them at the upper right with its standard error`,
      panels: rows.flatMap(({ panels }) => panels),
      columns: 4,
      panelWidth: 160,
    }),
    numbers: {
      points: n,
      levels: ladders,
      stepSize,
      plainSteps,
      annealedStepsPerLevel: annealedSteps,
      mixtures: rows.map(({ numbers }) => numbers),
    },
  };
}

type MixtureOptions = (typeof mixtures)[number];

async function row(
  { weight, variance }: MixtureOptions,
  { key, first }: { readonly key: FigureRequest['key']; readonly first: boolean },
): Promise<{ readonly panels: readonly Panel[]; readonly numbers: Json }> {
  const mixture = eliavMixture({ weight, variance });
  const exact = exactMixture(edm(), mixture);
  const { keys, start } = evenStart(foldIn(key, 'chains'), side, { n });
  const common = { score: exact.score, keys, start, stepSize };
  const drawn = {
    independent: noisyPoints(mixture, key, { n, level: 0 }),
    langevin: await plainChains({ ...common, unit: Math.sqrt(variance), steps: plainSteps }),
    annealed: await annealedChains({ ...common, levels: ladders.annealed, steps: annealedSteps }),
    annealedHigher: await annealedChains({ ...common, levels: ladders.annealedHigher, steps: annealedSteps }),
  };
  const density = heatMap(exact.logDensity(plane(side, cells), 0).map(Math.exp), cells);
  const titles = {
    independent: 'Independent draws',
    langevin: 'Langevin dynamics',
    annealed: 'Annealed, 1 to 0.01',
    annealedHigher: 'Annealed, 1 to 0.1',
  };
  const weights = Object.entries(drawn).map(([name, x]) => [name, weightOfMode(x, mixture, 0)] as const);
  const panels = Object.entries(drawn).map(([name, x], i): Panel => ({
    x: side,
    y: side,
    ticks: true,
    ...(first ? { title: titles[name as keyof typeof titles] } : {}),
    ...(name === 'independent' ? { yLabel: `weight ${weight}, variance ${variance}` } : {}),
    caption: weights[i] ? withError(weights[i][1]) : '',
    layers: [density, points(x.data, { color: series[1], radius: 1.1, opacity: 0.5 })],
  }));
  return {
    panels,
    numbers: { weight, variance, measured: Object.fromEntries(weights.map(([name, part]) => [name, { ...part }])) },
  };
}
