/** @file A learned score beside the exact one: density, both fields, and samples, as one figure in the units of the data. */
import { tensor, type Tensor } from '../src/base/tensor.ts';
import type { Key } from '../src/base/key.ts';
import type { Mixture } from '../src/data/dataset.ts';
import { scaled, type Scaler } from '../src/data/scaler.ts';
import { drawMixture } from '../src/data/sets/toy.ts';
import { arrows, arrowScale, gridPoints, heatMap, points } from '../src/plot/svg-layers.ts';
import { palette } from '../src/plot/svg-text.ts';
import { figure, type Panel, type AxisRange } from '../src/plot/svg.ts';
import { combine } from '../src/base/arith.ts';
import { edm, gaussianMixture, type ScoreFn, type Sde } from '../src/index.ts';
import type { ExactMarginals } from '../src/sde.ts';
import { commonFactor } from '../src/data/scaler.ts';
import { timeOfNoiseRatio } from '../src/sde/time/noise-ratio.ts';
import { timesOf } from '../src/sde/score-fn.ts';

/**
 * A score of a model's state x_t = alpha u + sigma z as the score of y = x0 + level z in the units of the data: with the
 * scaler u = factor (x0 - shift) and the time at which sigma / alpha = factor level, it is alpha factor s(alpha u(y), t).
 * @returns a score whose time is the noise level, the standard deviation of the noise in units of the data
 */
export function inDataUnits(score: ScoreFn, { sde, scaler }: { sde: Sde; scaler: Scaler }): ScoreFn {
  const factor = commonFactor(scaler);
  return async (y, level) => {
    const times = timesOf(level, y).map((std) => timeOfNoiseRatio(sde, factor * std));
    const alphas = times.map((t) => sde.alpha(t));
    const s = await score(combine([alphas, scaled(scaler, y)]), times);
    return combine([alphas.map((alpha) => alpha * factor), s]);
  };
}

/** Density and score of a mixture plus noise, in its own units; its time is the noise level. */
export function exactInDataUnits({ weights, means, stds }: Mixture): ExactMarginals {
  return gaussianMixture(edm(), { weights, stds, means: tensor(means.flat(), [means.length, means[0]?.length ?? 2]) });
}

/** How far a score is from the exact one, over points that have the law of the data plus noise. */
export interface ScoreError {
  /** Root of the mean of |s - exact|^2, in one over the units of the data. */
  readonly rmse: number;
  /** Root of the mean of |exact|^2: the error of the score that is zero everywhere. */
  readonly size: number;
}

/** Measures a score in data units on fresh points of the mixture plus noise. */
export async function scoreError(score: ScoreFn, mixture: Mixture, options: ErrorOptions): Promise<ScoreError> {
  const { level, key, count = 4000 } = options;
  const noisy = { ...mixture, stds: mixture.stds.map((std) => Math.hypot(std, level)) };
  const y = tensor(drawMixture('noisy', noisy, key, count).values, [count, 2]);
  const exact = await exactInDataUnits(mixture).score(y, level);
  const found = await score(y, level);
  const root = (values: Float64Array): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / count);
  return { rmse: root(found.data.map((value, i) => value - (exact.data[i] ?? 0))), size: root(exact.data) };
}

/** Where and on how many points a score is measured. */
export interface ErrorOptions {
  /** Noise level in units of the data. */
  readonly level: number;
  readonly key: Key;
  readonly count?: number;
}

/** What a figure shows. */
export interface ScoreFigure {
  readonly mixture: Mixture;
  /** A learned score in data units; see `inDataUnits`. */
  readonly learned: ScoreFn;
  readonly error: ScoreError;
  /** Noise level of the density and the two fields, in units of the data. */
  readonly level: number;
  /** Samples without noise `[n, 2]`, and how they were drawn. */
  readonly samples: Tensor;
  readonly samplesCaption: string;
  readonly subtitle: string;
}

const side: AxisRange = [-2.3, 2.3];
const cells = { columns: 160, rows: 160 };
const arrowGrid = { columns: 17, rows: 17 };

/** The figure as SVG text. */
export async function scoreFigure(options: ScoreFigure): Promise<string> {
  const { mixture, learned, error, level, samples, samplesCaption, subtitle } = options;
  const exact = exactInDataUnits(mixture);
  const density = (at: number): Float64Array =>
    exact.logDensity(onGrid(cells), at).map((logDensity) => Math.exp(logDensity));
  const noisy = density(level);
  const places = onGrid(arrowGrid);
  const [exactField, learnedField] = [await exact.score(places, level), await learned(places, level)];
  const scale = arrowScale(exactField.data, (side[1] - side[0]) / 14);
  const field = (vectors: Tensor): Panel['layers'] => [
    heatMap(noisy, cells),
    arrows(places.data, vectors.data, { scale, longest: 26 }),
  ];
  const panel = (title: string, caption: string, layers: Panel['layers']): Panel => ({
    x: side,
    y: side,
    title,
    caption,
    layers,
  });
  const percent = ((100 * error.rmse) / error.size).toFixed(1);
  return figure({
    title: 'A score field, learned from samples',
    subtitle,
    panels: [
      panel('Density', `Exact density of the data plus noise of standard deviation ${level}.`, [heatMap(noisy, cells)]),
      panel('Exact score', 'Gradient of the log of this density, in closed form.', field(exactField)),
      panel(
        'Learned score',
        `Its RMSE is ${error.rmse.toFixed(2)}, which is ${percent} % of the RMS of the exact score, ${error.size.toFixed(2)}.`,
        field(learnedField),
      ),
      panel('Samples', samplesCaption, [
        heatMap(density(0), cells),
        points(samples.data, { color: palette.coral, radius: 1.1, opacity: 0.6 }),
      ]),
    ],
  });
}

function onGrid(grid: { readonly columns: number; readonly rows: number }): Tensor {
  return tensor(gridPoints(side, side, grid), [grid.columns * grid.rows, 2]);
}
