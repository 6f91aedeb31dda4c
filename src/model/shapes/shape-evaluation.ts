/** @file How near a model of shapes comes to shapes whose latents it has found itself. */
import { foldIn, key } from '../../base/key.ts';
import { dimensionOf, type Tensor } from '../../base/tensor.ts';
import { loadBatch } from '../../data/batch.ts';
import type { Scaler } from '../../data/scaler.ts';
import { unscaled } from '../../data/scaler.ts';
import { cloudOf, type ShapeSet } from '../../data/shapes/shape.ts';
import { chamferDistance, earthMoverDistance } from '../../evaluate/clouds.ts';
import { meanEstimate, type Estimate } from '../../evaluate/estimate.ts';
import { running, type Running, type RunOptions } from '../running.ts';
import type { ShapeModel, ShapeStep } from './shape-model.ts';

/** Distances of clouds: Chamfer of all points, and earth mover's of the first 128 at most. */
export interface CloudDistances {
  readonly chamfer: Estimate;
  readonly earthMover: Estimate;
}

/** Shapes beside those that were drawn given their latents. */
export interface Rebuilt {
  /** Shapes that were compared. */
  readonly n: number;
  /** Points of each. */
  readonly points: number;
  /** Of points that are drawn given the latent of a shape, from points of it. */
  readonly rebuilt: CloudDistances;
  /** Of other points of the same shape: no model comes nearer. */
  readonly floor: CloudDistances;
  /** Of points of the next shape: what a latent that says nothing would have. */
  readonly other: CloudDistances;
}

/** Points of the earth mover's distance, which takes the cube of them. */
const moverPoints = 128;

/** Finds the latents of shapes, draws points given them, and measures how far they are from other points of the same shapes. */
export function rebuild(
  model: ShapeModel,
  set: ShapeSet,
  {
    rows,
    seed = 0,
    signal,
    onProgress,
  }: { readonly rows: readonly number[]; readonly seed?: number } & RunOptions<ShapeStep>,
): Running<ShapeStep, Rebuilt> {
  const { scaler } = model.trained.data;
  const [points = 1] = model.trained.data.shape;
  return running(
    async function* () {
      const sized: ShapeSet = { ...set, points };
      const draw = (name: string): readonly ArrayLike<number>[] => clouds(sized, scaler, rows, foldIn(key(seed), name));
      const latents = await model.encode(sized, { rows, seed });
      const steps = model.decode(latents, { seed });
      for await (const step of steps) yield step;
      const { set: drawn } = await steps;
      const rebuilt = rows.map((_, i) => cloudOf(drawn, i));
      const [own, again] = [draw('reference'), draw('floor')];
      return {
        ...{ n: rows.length, points },
        rebuilt: apart(own, rebuilt),
        floor: apart(own, again),
        other: apart(own, [...again.slice(1), ...again.slice(0, 1)]),
      };
    },
    { signal, onProgress },
  );
}

/** Points of shapes in the units of the data. */
function clouds(
  set: ShapeSet,
  scaler: Scaler,
  rows: readonly number[],
  of: ReturnType<typeof key>,
): readonly Float64Array[] {
  const x: Tensor = {
    shape: [rows.length, set.points, 3],
    data: Float64Array.from(loadBatch(set, scaler, rows, of)),
  };
  const { data } = unscaled(scaler, x);
  const size = 3 * dimensionOf(x, 1);
  return rows.map((_, i) => data.subarray(i * size, (i + 1) * size));
}

function apart(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): CloudDistances {
  const first = (cloud: ArrayLike<number>): Float64Array =>
    Float64Array.from({ length: Math.min(cloud.length, 3 * moverPoints) }, (_, j) => cloud[j] ?? NaN);
  return {
    chamfer: meanEstimate(a.map((cloud, i) => chamferDistance(cloud, b[i] ?? []))),
    earthMover: meanEstimate(a.map((cloud, i) => earthMoverDistance(first(cloud), first(b[i] ?? [])))),
  };
}
