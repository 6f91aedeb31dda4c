/** @file What annealing and its last noise level do: Zeng and Wang's figures 1 and 4, on mixtures. */
import { foldIn, type Key } from '../base/key.ts';
import { batchOf, takeRows, type Tensor } from '../base/tensor.ts';
import type { Mixture } from '../data/dataset.ts';
import { heatMap, label, points } from '../plot/svg-layers.ts';
import { series } from '../plot/svg-text.ts';
import { figure, type Panel, type AxisRange } from '../plot/svg.ts';
import { edm } from '../sde/processes/edm.ts';
import { evenStart, geometricLevels } from '../sample/chains.ts';
import { annealedChains, plainChains, weightOfMode, withError } from './chains.ts';
import type { Drawing, Figure, FigureRequest, Json } from './figure.ts';
import { exactMixture, ncsnMixture, noisyPoints, plane } from './mixture.ts';

const n = 1280;
const steps = 100;
const plane1: AxisRange = [-8, 8];
const plane4: AxisRange = [-0.6, 1.6];
const cells = { columns: 100, rows: 100 };
const lastLevels = [0.1, 0.01, 0.001];

/** epsilon of NCSN's code for images, whose levels end at 0.01; its step is alpha_i = epsilon (sigma_i / sigma_L)^2. */
const published = { epsilon: 2e-5, lastLevel: 0.01 };

/** Fine structure within [0, 1]^2, where images have their values: eight Gaussians of standard deviation 0.005. */
const fine: Mixture = {
  weights: Array.from({ length: 8 }, () => 1 / 8),
  means: Array.from({ length: 8 }, (_, k) => [
    0.5 + 0.35 * Math.cos((k * Math.PI) / 4),
    0.5 + 0.35 * Math.sin((k * Math.PI) / 4),
  ]),
  stds: Array.from({ length: 8 }, () => 0.005),
};

/** Zeng and Wang's figures 1 and 4. */
export const sigmaEnd: Figure = {
  name: 'sigma-end',
  title: 'Annealing, and where it should end',
  caption:
    'Top: plain Langevin dynamics gives both modes half of the points, and ten noise levels from 20 to 1 recover the weights. ' +
    'Below: ten levels from 1 to 0.1, 0.01 or 0.001, where the step size \u03b5 kept as published is too small for the first ' +
    'and unstable for the last (middle), but a step kept in proportion to the last level leaves just the noise of that ' +
    'level (bottom).',
  source:
    'Zeng and Wang, "Score-Based Diffusion Models", figures 1 and 4; settings of Song and Ermon 2019 and its code',
  format: 'svg',
  draw,
};

async function draw({ key }: FigureRequest): Promise<Drawing> {
  const top = await mixtureRow(foldIn(key, 'mixture'));
  const kept = await sweep(foldIn(key, 'kept'), '\u03b5 = 2\u00b710\u207b\u2075', () => published.epsilon);
  const relative = await sweep(
    foldIn(key, 'relative'),
    '\u03b5 = 0.2 \u03c3\u00b2 of the last',
    (last) => published.epsilon * (last / published.lastLevel) ** 2,
  );
  return {
    picture: figure({
      title: sigmaEnd.title,
      subtitle: `Exact scores, ${n} points each; distances are root mean squares to the nearest center`,
      panels: [...top.panels, ...kept.panels, ...relative.panels],
      columns: 3,
      panelWidth: 205,
    }),
    numbers: {
      points: n,
      stepsPerLevel: steps,
      weightOfTheLighterMode: top.numbers,
      sweepWithPublishedStep: kept.numbers,
      sweepWithRelativeStep: relative.numbers,
    },
  };
}

interface Row {
  readonly panels: readonly Panel[];
  readonly numbers: Json;
}

/** Figure 1: independent draws, 1000 plain steps, and annealing from 20 to 1, with the settings of NCSN's toy runner. */
async function mixtureRow(key: Key): Promise<Row> {
  const exact = exactMixture(edm(), ncsnMixture);
  const { keys, start } = evenStart(key, plane1, { n });
  const common = { score: exact.score, keys, start, stepSize: 0.1 };
  const drawn: readonly (readonly [string, Tensor])[] = [
    ['Independent draws', noisyPoints(ncsnMixture, key, { n, level: 0 })],
    ['Langevin dynamics', await plainChains({ ...common, unit: 1, steps: 1000 })],
    ['Annealed Langevin', await annealedChains({ ...common, levels: geometricLevels(20, 1, 10), steps })],
  ];
  const density = heatMap(exact.logDensity(plane(plane1, cells), 0).map(Math.exp), cells);
  const weights = drawn.map(([title, x]) => ({ title, ...weightOfMode(x, ncsnMixture, 0) }));
  const panels = drawn.map(([title, x], i): Panel => ({
    x: plane1,
    y: plane1,
    ticks: true,
    title,
    caption: weights[i] ? `Lower mode: ${withError(weights[i])} (0.2)` : '',
    layers: [density, dots(x)],
  }));
  return { panels, numbers: weights };
}

/** Figure 4: the same number of levels to each last level, with a step size that may follow it. */
async function sweep(key: Key, yLabel: string, epsilonOf: (last: number) => number): Promise<Row> {
  const exact = exactMixture(edm(), fine);
  const { keys, start } = evenStart(key, [0, 1], { n });
  const panels: Panel[] = [];
  const numbers: Json[] = [];
  for (const last of lastLevels) {
    // The published step for images has no halves: it is that of the paper for twice the epsilon.
    const stepSize = (2 * epsilonOf(last)) / last ** 2;
    const x = await annealedChains({
      score: exact.score,
      keys,
      start,
      levels: geometricLevels(1, last, 10),
      stepSize,
      steps,
    });
    const found = distances(x);
    const expected = distances(noisyPoints(fine, foldIn(key, 'exact'), { n: 10 * n, level: last })).rmsDistance;
    numbers.push({
      lastLevel: last,
      stepOverSquaredLevel: stepSize / 2,
      divergedPart: found.diverged,
      rmsDistance: found.rmsDistance,
      exactRmsDistance: expected,
    });
    panels.push({
      x: plane4,
      y: plane4,
      ticks: true,
      title: `\u03c3 from 1 to ${last}`,
      ...(last === lastLevels[0] ? { yLabel } : {}),
      caption:
        found.diverged === 1
          ? 'Every chain diverged.'
          : `Distance ${found.rmsDistance.toPrecision(2)}, exact ${expected.toPrecision(2)}`,
      layers: [
        found.diverged === 1
          ? label('diverged', [0.5, 0.5], { anchor: 'middle', size: 13 })
          : dots(takeRows(x, found.rows)),
      ],
    });
  }
  return { panels, numbers };
}

/** Root mean square distance to the nearest mean of `fine`, over the chains that are still within 10 of the square. */
function distances(x: Tensor): {
  readonly diverged: number;
  readonly rmsDistance: number;
  readonly rows: readonly number[];
} {
  const rows = Array.from({ length: batchOf(x) }, (_, i) => i).filter((i) =>
    x.data.subarray(2 * i, 2 * i + 2).every((value) => Math.abs(value) < 10),
  );
  const squares = rows.map((i) => {
    const [a = NaN, b = NaN] = x.data.subarray(2 * i, 2 * i + 2);
    return Math.min(...fine.means.map(([u = NaN, v = NaN]) => (a - u) ** 2 + (b - v) ** 2));
  });
  const rmsDistance = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
  return { diverged: 1 - rows.length / batchOf(x), rmsDistance, rows };
}

function dots(x: Tensor): Panel['layers'][number] {
  return points(x.data, { color: series[1], radius: 1.1, opacity: 0.5 });
}
