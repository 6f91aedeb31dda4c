/** @file Where a learned score is wrong: at low density without noise, and nowhere much with it. */
import { foldIn, split, type Key } from '../base/key.ts';
import { uniform } from '../base/random.ts';
import { tensor, type Tensor } from '../base/tensor.ts';
import { drawMixture } from '../data/sets/toy.ts';
import { errorByDensity, relativeErrorAt } from '../evaluate/error-by-density.ts';
import { scoreError, type ScoreErrorAt } from '../evaluate/score-error.ts';
import { arrows, arrowScale, heatMap, points, polyline } from '../plot/svg-layers.ts';
import { band, pairsOf } from '../plot/svg-plots.ts';
import { series } from '../plot/svg-text.ts';
import { figure, type Panel, type AxisRange } from '../plot/svg.ts';
import { mlp } from '../nn/mlp.ts';
import { denoising } from '../score/objectives/denoising.ts';
import { exactScoreMatching } from '../score/objectives/exact.ts';
import { edm } from '../sde/processes/edm.ts';
import { directScore, edmParametrization } from '../sde/learning/parametrization.ts';
import type { ScoreFn } from '../sde/score-fn.ts';
import { edmWeighting, importanceTimes } from '../sde/learning/weighting.ts';
import type { Drawing, Figure, FigureRequest } from './figure.ts';
import { learnScore } from './learn.ts';
import { eliavMixture, exactMixture, plane } from './mixture.ts';

const side: AxisRange = [-2.5, 2.5];
const cells = { columns: 100, rows: 100 };
const arrowGrid = { columns: 15, rows: 15 };
/** Eliav's figure 3. */
const mixture = eliavMixture({ weight: 0.3, variance: 0.1 });
const trainingPoints = 10_000;
const steps = 2000;
/** The level of the noisy fields, and those at which the error is measured. */
const shownLevel = 1;
const levels = [0.03, 0.1, 0.3, 1, 3];
const decileLevels = [0.1, 0.3, 1];
const measuredPoints = 4000;

const sde = edm({ sigmaMin: 0.01, sigmaMax: 5 });
/** The root mean square of a coordinate of the data. */
const sigmaData = Math.sqrt(1.1);

/** Eliav's figure 3 and Song's figures of estimated scores. */
export const lowDensity: Figure = {
  name: 'low-density',
  title: 'A learned score is wrong where there are no data',
  caption:
    'A network that learns the score of two Gaussians by exact score matching on clean points agrees with it where the ' +
    'points are, and errs by about a third of it at low density. Learned with noise of many levels, the score errs by a ' +
    'few percent everywhere at level 1, but by a quarter still at levels of 0.1 and 0.3 where noise does not reach.',
  source: "Eliav, report of 2024, figure 3; Song's blog post, figures of estimated scores without and with noise",
  format: 'svg',
  draw,
};

async function draw({ key, backend }: FigureRequest): Promise<Drawing> {
  const set = drawMixture('two Gaussians', mixture, foldIn(key, 'data'), trainingPoints);
  const exact = exactMixture(sde, mixture);
  const common = { backend, set, steps };
  // Clean points have no noise level: the network gets level 1 at all times, where its score needs no factor.
  const direct = { sde, parametrization: directScore({ scaleBySigma: false })(sde) };
  const clean = await learnScore({
    ...common,
    net: mlp(2),
    process: direct,
    objective: exactScoreMatching(direct, { clean: true, times: () => 1 }),
    key: foldIn(key, 'clean'),
  });
  const preconditioned = { sde, parametrization: edmParametrization({ sigmaData })(sde) };
  const noisy = await learnScore({
    ...common,
    net: mlp(2),
    process: preconditioned,
    objective: denoising(preconditioned, { weighting: edmWeighting(sde, { sigmaData }), times: importanceTimes(sde) }),
    key: foldIn(key, 'noisy'),
  });
  try {
    const cleanScore: ScoreFn = (x) => clean.score(x, 1);
    const evenly = evenPoints(foldIn(key, 'evenly'));
    const curves = [
      { name: 'clean', errors: await byDensity(evenly, 0, cleanScore) },
      ...(await Promise.all(
        decileLevels.map(async (level) => ({
          name: `noise ${level}`,
          errors: await byDensity(evenly, level, noisy.score),
        })),
      )),
    ];
    const x0 = tensor(drawMixture('fresh', mixture, foldIn(key, 'fresh'), measuredPoints).values, [measuredPoints, 2]);
    const request = { sde, exact: exact.score, x0, keys: split(foldIn(key, 'noise'), measuredPoints) };
    const atLevels = await scoreError({ ...request, score: noisy.score, times: levels });
    const onData = await relativeErrorAt({ score: cleanScore, exact: exact.score }, x0, 0);
    const training = tensor(set.values.slice(0, 2000), [1000, 2]);
    return {
      picture: figure({
        title: lowDensity.title,
        subtitle: '0.3 N((1, 1), 0.1 I) + 0.7 N((\u22121, \u22121), 0.1 I); a perceptron of three layers, 2000 steps',
        panels: [
          ...(await fields(0, cleanScore, [points(training.data, { color: series[1], radius: 0.9, opacity: 0.5 })])),
          decilePanel(curves),
          ...(await fields(shownLevel, noisy.score, [])),
          levelPanel(atLevels),
        ],
        columns: 3,
        panelWidth: 205,
      }),
      numbers: {
        trainingPoints,
        steps,
        cleanOnData: onData,
        noisyByLevel: atLevels.map(({ sigma, rmse, relative }) => ({
          sigma,
          rmse: { ...rmse },
          relative: { ...relative },
        })),
        relativeErrorByDensityDecile: Object.fromEntries(curves.map(({ name, errors }) => [name, errors])),
      },
    };
  } finally {
    await clean.dispose();
    await noisy.dispose();
  }
}

/** Density and both fields at a noise level, with the same scale of arrows. */
async function fields(level: number, learned: ScoreFn, over: Panel['layers']): Promise<readonly Panel[]> {
  const exact = exactMixture(sde, mixture);
  const density = heatMap(exact.logDensity(plane(side, cells), level).map(Math.exp), cells);
  const places = plane(side, arrowGrid);
  const [target, found] = [await exact.score(places, level), await learned(places, level)];
  const scale = arrowScale(target.data, (side[1] - side[0]) / 11);
  const of = level === 0 ? 'of the data' : `at noise level ${level}`;
  const panel = (title: string, vectors: Tensor, more: Panel['layers']): Panel => ({
    x: side,
    y: side,
    ticks: true,
    title,
    layers: [density, ...more, arrows(places.data, vectors.data, { scale, longest: 22 })],
  });
  return [
    panel(`Exact score ${of}`, target, []),
    panel(`Learned ${level === 0 ? 'from clean points' : of}`, found, over),
  ];
}

/** Points spread evenly over the square. */
function evenPoints(key: Key): Tensor {
  const values = uniform(key, 2 * measuredPoints).map((u) => side[0] + (side[1] - side[0]) * u);
  return tensor(values, [measuredPoints, 2]);
}

/** Relative error over ten equal parts of points, by rising density of the law at a noise level. */
function byDensity(x: Tensor, level: number, score: ScoreFn): Promise<readonly number[]> {
  return errorByDensity({ score, law: exactMixture(sde, mixture) }, x, { t: level });
}

type Curve = { readonly name: string; readonly errors: readonly number[] };

function decilePanel(curves: readonly Curve[]): Panel {
  return {
    x: [0.5, 10.5],
    y: [0.01, 10],
    yScale: 'log',
    ticks: true,
    title: 'Error, by density',
    xLabel: 'decile of the density',
    yLabel: 'relative RMSE',
    xTicks: [1, 4, 7, 10].map((value) => ({ value, label: `${value}` })),
    legend: curves.map(({ name }, i) => ({ label: name, color: colorOf(i) })),
    legendAt: 'bottom-left',
    layers: curves.flatMap(({ errors }, i) => {
      const through = pairsOf(
        errors.map((_, k) => k + 1),
        errors,
      );
      return [
        polyline(through, { color: colorOf(i) }),
        points(through, { color: colorOf(i), radius: 2.4, opacity: 1 }),
      ];
    }),
  };
}

function levelPanel(errors: readonly ScoreErrorAt[]): Panel {
  const through = pairsOf(
    errors.map(({ sigma }) => sigma),
    errors.map(({ relative }) => relative.value),
  );
  const interval = errors.map(({ sigma, relative: { value, standardError } }) => ({
    x: sigma,
    low: value - 2 * standardError,
    high: value + 2 * standardError,
  }));
  return {
    x: [0.02, 4],
    y: [0.01, 1],
    xScale: 'log',
    yScale: 'log',
    ticks: true,
    title: 'Error on noisy data',
    xLabel: 'noise level \u03c3',
    yLabel: 'relative RMSE',
    layers: [
      band(interval, { color: series[0] }),
      polyline(through, { color: series[0] }),
      points(through, { color: series[0], radius: 2.4, opacity: 1 }),
    ],
  };
}

function colorOf(i: number): string {
  return [series[1], series[5], series[0], series[2]][i] ?? series[3];
}
