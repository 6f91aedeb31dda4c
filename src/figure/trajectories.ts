/** @file Trajectories of the forward SDE, the reverse SDE and the probability flow over their common marginals. */
import { foldIn, split, type Key } from '../base/key.ts';
import { normalBatch, uniform } from '../base/random.ts';
import { tensor, type Tensor } from '../base/tensor.ts';
import type { Mixture } from '../data/dataset.ts';
import { normalCdf } from '../base/gamma.ts';
import { kolmogorovSmirnovTest } from '../evaluate/goodness-of-fit.ts';
import { gridPoints, heatMap, polyline } from '../plot/svg-layers.ts';
import { pairsOf } from '../plot/svg-plots.ts';
import { palette, series } from '../plot/svg-text.ts';
import { figure, type Layer, type Panel, type AxisRange } from '../plot/svg.ts';
import { flowPaths } from '../sample/adaptive/flow-paths.ts';
import { foldAll } from '../sample/along-grid.ts';
import { eulerMaruyama } from '../sample/steps/euler-maruyama.ts';
import type { ExactMarginals } from '../sde/exact/gaussian-mixture.ts';
import type { ScoreFn } from '../sde/score-fn.ts';
import { forward } from '../sde/forward.ts';
import { uniformGrid } from '../sde/time/time-grid.ts';
import { vp } from '../sde/processes/vp.ts';
import type { Drawing, Figure, FigureRequest, Json } from './figure.ts';
import { exactMixture } from './mixture.ts';

const sde = vp();
const data: Mixture = { weights: [0.3, 0.45, 0.25], means: [[-1.4], [0.1], [1.5]], stds: [0.12, 0.12, 0.12] };
const n = 1000;
/** Steps of the SDEs; the flow is solved to a tolerance and shown at a tenth of these times. */
const steps = 500;
const colors = [palette.ink, ...series.slice(1, 5)];
const xRange: AxisRange = [-3, 3];
const cells = { columns: 160, rows: 120 };

/** Song's figure of an SDE, its reverse and its probability flow. */
export const trajectories: Figure = {
  name: 'trajectories',
  title: 'Three ways between data and noise',
  caption:
    'The forward SDE, the reverse SDE and the probability-flow ODE of the variance-preserving process in one dimension, over ' +
    'the density that all three have at every time. The paths of the flow are smooth and can be followed in both ' +
    'directions, and in one dimension they never cross; those of the SDEs are rough, over a hundred times as long, and from ' +
    'one noise value they reach another mode each time.',
  source: "Song's blog post, figure of SDE and probability-flow trajectories",
  format: 'svg',
  draw,
};

/** States of n chains at increasing or decreasing times. */
interface Path {
  readonly times: readonly number[];
  /** `[n, 1]` at each time. */
  readonly states: readonly Tensor[];
}

async function draw({ key }: FigureRequest): Promise<Drawing> {
  const { score, logDensity } = exactMixture(sde, data);
  const keys = split(key, n);
  const noise = normalBatch(foldAll(keys, 'prior'), [1]);
  const outward = forwardPath(keys);
  const reverse = await reversePath(score, foldAll(keys, 'reverse'), noise);
  const flow = await flowPath(score, noise, uniformGrid(sde, steps / 10));
  const back = await flowPath(score, flow.states.at(-1) ?? noise, [sde.tEnd, sde.tMax]);
  const density = marginals(logDensity);
  const panels = [
    { title: 'Forward SDE', path: outward },
    { title: 'Reverse SDE', path: reverse },
    { title: 'Probability flow', path: flow },
  ].map(({ title, path }): Panel => ({
    x: [0, 1],
    y: xRange,
    ticks: true,
    title,
    xLabel: title === 'Forward SDE' ? 'time t, data to noise \u2192' : 'time t, \u2190 noise to data',
    ...(title === 'Forward SDE' ? { yLabel: 'x' } : {}),
    layers: [density, ...linesOf(path)],
  }));
  const start = { forward: outward, reverse, flow };
  return {
    picture: figure({
      title: trajectories.title,
      subtitle: 'Variance-preserving SDE (\u03b2 from 0.1 to 20) on a mixture of three Gaussians, with its exact score',
      panels,
      panelWidth: 215,
      panelHeight: 250,
    }),
    numbers: {
      chains: n,
      stepsOfTheSdes: steps,
      data: { weights: data.weights, means: data.means, stds: data.stds },
      kolmogorovSmirnov: Object.fromEntries(Object.entries(start).map(([name, path]) => [name, fits(path)])),
      meanPathLength: Object.fromEntries(Object.entries(start).map(([name, path]) => [name, meanLength(path)])),
      flowRoundTripError: largestDifference(back.states.at(-1) ?? noise, noise),
    },
  };
}

/** Paths of the forward SDE from draws of the data. */
function forwardPath(keys: readonly Key[]): Path {
  const times = uniformGrid(sde, steps).toReversed();
  const [first = sde.tEnd] = times;
  const x = marginalDraws(foldAll(keys, 'data'), first);
  return { times, states: Array.from(forward(sde, foldAll(keys, 'forward'), { x, times }), (state) => state.x) };
}

/** Draws of p_t: a component by its weight, then its Gaussian. */
function marginalDraws(keys: readonly Key[], t: number): Tensor {
  const z = normalBatch(foldAll(keys, 'noise'), [1]);
  const u = keys.map((own) => uniform(foldIn(own, 'component'), 1)[0] ?? 0);
  const values = u.map((value, i) => {
    const k = componentOf(value);
    const std = Math.hypot(sde.alpha(t) * (data.stds[k] ?? 0), sde.sigma(t));
    return sde.alpha(t) * (data.means[k]?.[0] ?? 0) + std * (z.data[i] ?? 0);
  });
  return tensor(values, [keys.length, 1]);
}

function componentOf(u: number): number {
  const [first = 0, second = 0] = data.weights;
  return u < first ? 0 : u < first + second ? 1 : 2;
}

/** Paths of the reverse SDE from the prior, by Euler-Maruyama. */
async function reversePath(score: ScoreFn, keys: readonly Key[], noise: Tensor): Promise<Path> {
  const times = uniformGrid(sde, steps);
  const takeStep = eulerMaruyama()(sde, score);
  const states = [noise];
  for (const [i, to] of times.slice(1).entries()) {
    const x = states.at(-1) ?? noise;
    states.push((await takeStep(foldAll(keys, i), x, times[i] ?? sde.tMax, to)).x);
  }
  return { times, states };
}

/** Paths of the probability flow through given times. */
async function flowPath(score: ScoreFn, x: Tensor, times: readonly number[]): Promise<Path> {
  const states: Tensor[] = [];
  for await (const state of flowPaths({ sde, score }, { x, times })) states.push(state.x);
  return { times, states };
}

/** The density at all times, each cell as its square root so that the spread-out law of the noise is seen beside the data. */
function marginals(logDensity: ExactMarginals['logDensity']): Layer {
  const { columns, rows } = cells;
  const values = new Float64Array(columns * rows);
  const places = gridPoints([0, 1], xRange, cells);
  for (let column = 0; column < columns; column++) {
    const x = Float64Array.from({ length: rows }, (_, row) => places[2 * (row * columns + column) + 1] ?? 0);
    const t = places[2 * column] ?? 0;
    logDensity(tensor(x, [rows, 1]), t).forEach((log, row) => (values[row * columns + column] = Math.exp(log / 2)));
  }
  return heatMap(values, cells, { range: [0, 1.1] });
}

/** Chains as lines over time: those that begin at the middles of equal parts of the law. */
function linesOf({ times, states }: Path): readonly Layer[] {
  const first = states[0]?.data ?? new Float64Array();
  const order = Array.from(first.keys()).sort((i, j) => (first[i] ?? 0) - (first[j] ?? 0));
  return colors.map((color, k) => {
    const row = order[Math.floor(((k + 0.5) * n) / colors.length)] ?? 0;
    const values = states.map(({ data: x }) => x[row] ?? NaN);
    return polyline(pairsOf(times, values), { color, width: 1.1 });
  });
}

/** Distances from the exact law at both ends and between them, with the probability of larger ones by chance. */
function fits({ times, states }: Path): Json {
  const places = [0, Math.floor(times.length / 2), times.length - 1];
  return places.map((i) => {
    const t = times[i] ?? 0;
    const { statistic, pValue } = kolmogorovSmirnovTest(states[i]?.data ?? [], (x) => cdf(x, t));
    return { t, statistic, pValue };
  });
}

/** The distribution function of p_t. */
function cdf(x: number, t: number): number {
  return data.weights.reduce((sum, weight, k) => {
    const std = Math.hypot(sde.alpha(t) * (data.stds[k] ?? 0), sde.sigma(t));
    return sum + weight * normalCdf((x - sde.alpha(t) * (data.means[k]?.[0] ?? 0)) / std);
  }, 0);
}

/** Mean over the chains of the sum of |steps|. */
function meanLength({ states }: Path): number {
  const total = states.slice(1).reduce((sum, { data: x }, i) => {
    const before = states[i]?.data ?? x;
    return sum + x.reduce((part, value, row) => part + Math.abs(value - (before[row] ?? 0)), 0);
  }, 0);
  return total / n;
}

function largestDifference(x: Tensor, y: Tensor): number {
  return x.data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (y.data[i] ?? NaN))), 0);
}
