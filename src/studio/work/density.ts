/** @file Log densities of points of the plane: those of the law in closed form, and those of a learned score by its probability flow. */
import { foldIn, key, split } from '../../base/key.ts';
import { takeRows, tensor, type Tensor } from '../../base/tensor.ts';
import { drawMixture } from '../../data/sets/toy.ts';
import { meanEstimate, type Estimate } from '../../evaluate/estimate.ts';
import { logLikelihood } from '../../likelihood/log-likelihood.ts';
import { reported } from '../../model/running.ts';
import type { ScoreJvpFn } from '../../sde/score-fn.ts';
import { cellCenters, exactOf, processOf, type Setting } from './setting.ts';

/** What is asked. */
export interface DensityAsk extends Setting {
  /** Half the side of the picture. */
  readonly reach: number;
  /** Cells of a side, and points of the line; there are as many samples. */
  readonly cells: number;
  readonly points: number;
  /** Where the line lies that runs from left to right. */
  readonly cut: number;
  readonly seed: number;
}

/** Log densities in nats, at the least time of the process. */
export interface Density {
  /** Of the cells of the picture, row by row from the top. */
  readonly map: Float32Array;
  /** Of points of the line, from the left. */
  readonly line: Float32Array;
  /** Of samples of the law: minus its entropy. */
  readonly ofSamples: Estimate;
}

/** The parts of a picture whose densities are asked for, `[n, 2]`. */
interface Places {
  readonly map: Tensor;
  readonly line: Tensor;
  readonly samples: Tensor;
}

function placesOf({ law, reach, cells, points, cut, seed }: DensityAsk): Places {
  const at = (i: number): number => (((i + 0.5) / points) * 2 - 1) * reach;
  const own = foldIn(key(seed), 'density');
  return {
    map: cellCenters(cells, { reach, scale: 1 }),
    line: tensor(Array.from({ length: points }, (_, i) => [at(i), cut]).flat(), [points, 2]),
    samples: tensor(drawMixture('samples', law, own, points).values, [points, 2]),
  };
}

/** Those of the law, in closed form. */
export function exactDensity(ask: DensityAsk): Density {
  const { map, line, samples } = placesOf(ask);
  const { logDensity } = exactOf(ask);
  const { tMin } = processOf(ask);
  return {
    map: Float32Array.from(logDensity(map, tMin)),
    line: Float32Array.from(logDensity(line, tMin)),
    ofSamples: meanEstimate(logDensity(samples, tMin)),
  };
}

/** What is learned, beside the law. */
export interface LearnedDensity extends Density {
  /** The mean of log p - log q over samples of the law: how far the learned density is from it. */
  readonly divergence: Estimate;
  /** Steps of the network. */
  readonly step: number;
  /** Evaluations of the score with its derivative for each point, on average. */
  readonly evaluations: number;
}

/** How far it is. */
export interface DensityStep {
  /** The part that is done, 0 to 1. */
  readonly fraction: number;
  /** The map so far; NaN where it is not known. */
  readonly map: Float32Array;
}

/** Points that are solved together. */
const together = 512;

/** Those of a learned score, along its probability flow with the exact trace. */
export async function* learnedDensity(
  { scoreJvp, step }: { readonly scoreJvp: ScoreJvpFn; readonly step: () => number },
  { tolerance, ...ask }: DensityAsk & { readonly tolerance: number },
): AsyncGenerator<DensityStep, LearnedDensity> {
  const sde = processOf(ask);
  const places = placesOf(ask);
  const map = new Float32Array(ask.cells ** 2).fill(NaN);
  let evaluations = 0;
  const all = ask.cells ** 2 + 2 * ask.points;
  let done = 0;
  const solve = async function* (x: Tensor): AsyncGenerator<DensityStep, Float64Array> {
    const [count = 0] = x.shape;
    const options = { trace: { kind: 'exact' }, rtol: tolerance, atol: tolerance } as const;
    const keys = split(key(0), count);
    // Every evaluation is a step, so that it can be stopped at each.
    const { logDensityNats, evals } = yield* reported<DensityStep, Awaited<ReturnType<typeof logLikelihood>>>(
      (report) => {
        const watched: ScoreJvpFn = async (...where) => {
          await report({ fraction: done / all, map });
          return scoreJvp(...where);
        };
        return logLikelihood({ sde, scoreJvp: watched, keys }, x, options);
      },
    );
    evaluations += evals.reduce((sum, value) => sum + value, 0);
    done += count;
    return logDensityNats;
  };
  const ofSamples = yield* solve(places.samples);
  const line = yield* solve(places.line);
  for (let first = 0; first < map.length; first += together) {
    const rows = Array.from({ length: Math.min(together, map.length - first) }, (_, i) => first + i);
    map.set(yield* solve(takeRows(places.map, rows)), first);
  }
  const exact = exactOf(ask).logDensity(places.samples, sde.tMin);
  return {
    map,
    line: Float32Array.from(line),
    ofSamples: meanEstimate(ofSamples),
    divergence: meanEstimate(ofSamples.map((value, i) => (exact[i] ?? NaN) - value)),
    step: step(),
    evaluations: evaluations / all,
  };
}
