/** @file Sliced score matching, with the trace of the Jacobian of the score estimated along random directions. */
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { foldIn, type Key } from '../../base/key.ts';
import { normal, rademacher } from '../../base/random.ts';
import { add, input, mul, square } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import type { ScoreProcess } from '../coefficients.ts';
import { derivativeAlong, exactLoss, type ScoreMatchingOptions } from './exact.ts';
import { oneSection, sumPerSample } from './loss.ts';
import { drawNoised, noised, type Noised } from './noised.ts';
import type { Objective } from './objective.ts';

/** Law of a random direction v in D dimensions, each with E[v v^T] = I; 'sphere' is uniform on that of radius sqrt(D). */
export type ProjectionLaw = 'gaussian' | 'rademacher' | 'sphere';

/** Options of `slicedScoreMatching`. */
export interface SlicedOptions extends ScoreMatchingOptions {
  /** Distribution of the directions. Default rademacher. */
  readonly law?: ProjectionLaw;
  /** Directions of each sample, over which the loss is averaged. Default 1. */
  readonly projections?: number;
  /** Whether ||s||^2 stands in the place of (v^T s)^2, its mean over v: less variance at no cost. Default false. */
  readonly varianceReduced?: boolean;
}

/**
 * Sliced score matching: the mean over directions v of lambda ((v^T s)^2 + 2 v^T (ds/dx) v), of which the reduction
 * 'halfSum' is the published 1/2 (v^T s)^2 + v^T (ds/dx) v. Its expectation is the exact loss for every law. (The
 * published code takes directions of unit length where it has several, which divides the loss by D.)
 * @throws ConfigError unless `projections` is a positive integer.
 * @see Song et al. 2019, "Sliced score matching", eq. 7 and 8
 */
export function slicedScoreMatching(process: ScoreProcess, options: SlicedOptions = {}): Objective {
  const { law = 'rademacher', projections = 1, varianceReduced = false } = options;
  checkOptions(positiveInteger('projections', projections));
  const names = Array.from({ length: projections }, (_, i) => `v.${i}`);
  return {
    kind: varianceReduced ? 'sliced-vr' : 'sliced',
    sections: oneSection,
    write: (owner, net, site) => {
      const at = noised(owner, net, site, options);
      const directions = names.map((name) => input(owner, name, at.x.shape));
      const squares = varianceReduced
        ? sumPerSample(square(at.scaledScore))
        : averaged(directions.map((v) => square(sumPerSample(mul(v, at.scaledScore)))));
      return exactLoss(squares, averaged(directions.map((v) => slope(at, v))), at);
    },
    draw: (x0, batch, key) => {
      const { feeds, times } = drawNoised(process, options, { x0, batch }, key);
      const keys = names.map((name) => foldIn(foldIn(key, 'projections'), name));
      const size = x0.length / batch;
      const directions = names.map((name, i) => [name, laws[law](keys[i] ?? key, { size, batch })] as const);
      return { feeds: { ...feeds, ...Object.fromEntries(directions) }, times };
    },
  };
}

/** v^T d(sigma s)/dx v of each sample. */
function slope(at: Noised, v: Node): Node {
  return sumPerSample(mul(v, derivativeAlong(at, v)));
}

function averaged(values: readonly Node[]): Node {
  return mul(1 / values.length, values.reduce(add));
}

type Draw = (key: Key, of: { readonly size: number; readonly batch: number }) => Float32Array;

/** One direction for each sample of a batch. */
const laws: Readonly<Record<ProjectionLaw, Draw>> = {
  gaussian: (key, { size, batch }) => Float32Array.from(normal(key, size * batch)),
  rademacher: (key, { size, batch }) => Float32Array.from(rademacher(key, size * batch)),
  sphere: (key, { size, batch }) => {
    const v = normal(key, size * batch);
    for (let i = 0; i < batch; i++) {
      const own = v.subarray(i * size, (i + 1) * size);
      const scale = Math.sqrt(size / own.reduce((sum, value) => sum + value * value, 0));
      own.forEach((value, j) => (own[j] = scale * value));
    }
    return Float32Array.from(v);
  },
};
