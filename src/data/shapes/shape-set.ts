/** @file Sets of shapes, and what can be done with them. */
import { ConfigError, ShapeError } from '../../base/errors.ts';
import { foldIn, key, type Key } from '../../base/key.ts';
import { indexOf, normal, uniform } from '../../base/random.ts';
import { batchOf, dimensionOf, sizeOf, type Tensor } from '../../base/tensor.ts';
import { countOf } from '../kinds/sample-count.ts';
import type { Labeled, SetKind } from '../kinds/set-kind.ts';
import { momentsOf } from '../moments.ts';
import { scaled, unscaled, type Scaler } from '../scaler.ts';
import { boxAround, type Box } from './box.ts';
import { cloudOf, defaultPoints, type ShapeOptions, type ShapeSet } from './shape.ts';

const name = 'shapes';

/** Points that are kept in all: 768 MiB. */
const mostKept = 2 ** 26;

/**
 * The set of clouds `[P, 3]`.
 * @throws ConfigError if there are none, or more points than memory takes.
 */
export function shapeSet(
  clouds: readonly ArrayLike<number>[],
  about: Labeled & { readonly name: string },
  { points = defaultPoints, fit = 'each' }: ShapeOptions = {},
): ShapeSet {
  const total = clouds.reduce((sum, { length }) => sum + length / 3, 0);
  const problem = (message: string): ConfigError => new ConfigError([{ path: 'data', message }]);
  if (clouds.length === 0) throw problem(`expected shapes, found none in ${about.name}`);
  if (total > mostKept)
    throw problem(
      `expected at most ${mostKept} points in all, found ${total} in ${about.name}; take fewer shapes with --limit`,
    );
  const values = new Float32Array(3 * total);
  const starts = new Uint32Array(clouds.length + 1);
  clouds.forEach((cloud, i) => {
    const at = starts[i]!;
    starts[i + 1] = at + cloud.length / 3;
    const { center, half }: Box = fit === 'each' ? boxAround(cloud) : { center: [0, 0, 0], half: 1 };
    for (let j = 0; j < cloud.length; j++) values[3 * at + j] = (cloud[j]! - center[j % 3]!) / half;
  });
  return { ...about, operations: shapeSets, count: clouds.length, points, values, starts };
}

/** Sets of clouds of points `[points, 3]`, in any order, on the surfaces of shapes. */
export const shapeSets: SetKind<ShapeSet> = Object.freeze<SetKind<ShapeSet>>({
  name,
  shapeOk: (shape) => shape.length === 2 && shape[1] === 3,
  sampleShape: ({ points }) => [points, 3],
  firstOf: (set, count) => ({
    ...set,
    count,
    values: set.values.subarray(0, 3 * set.starts[count]!),
    starts: set.starts.subarray(0, count + 1),
  }),
  content: ({ values, starts }) => [values, Float64Array.from(starts)],
  describe: ({ values }) => momentsOf(values, { groups: 3, anySize: true }),
  scalerOf: ({ values, name: of }) => {
    const { center, half } = boxAround(values);
    if (values.every((value, j) => value === values[j % 3]))
      throw new ConfigError([
        { path: 'data', message: `expected points that differ, found that all of ${of} are equal` },
      ]);
    return { kind: 'standard', factor: 1 / half, shift: center };
  },
  load: (set, { scaler, rows, key: of }) => {
    requireScaler(scaler);
    const drawn = rows.map((row, i) => drawPoints(cloudOf(set, row), foldIn(of, i), set.points));
    return Float32Array.from(scaled(scaler, joined(drawn, set.points)).data);
  },
  features: name,
  numbers: (set, rows) =>
    joined(
      rows.map((row) => firstPoints(cloudOf(set, row), set.points)),
      set.points,
    ).data,
  toArray: (x, { scaler }) => ({ shape: x.shape, data: unscaled(scaler, x).data }),
  toSet: (x, { scaler }, about) => cloudSet(unscaled(scaler, x), about),
  fromArray: ({ shape, data }, _, of) => {
    const points = shape.at(-2) ?? 1;
    const count = countOf(shape, [points, 3], data, of);
    return cloudSet({ shape: [count, points, 3], data: Float64Array.from(data) }, { name: of });
  },
  standIn: (shape) =>
    cloudSet({ shape: [2, ...shape], data: normal(key(0), 2 * sizeOf(shape)) }, { name: 'a stand-in' }),
});

/** Samples `[B, N, 3]` in the units of files as a set of as many points. */
function cloudSet(x: Tensor, about: Parameters<typeof shapeSet>[1]): ShapeSet {
  const [count, points] = [batchOf(x), dimensionOf(x, 1)];
  const clouds = Array.from({ length: count }, (_, i) => x.data.subarray(3 * points * i, 3 * points * (i + 1)));
  return shapeSet(clouds, about, { points, fit: 'all' });
}

function joined(clouds: readonly Float64Array[], points: number): Tensor {
  const data = new Float64Array(3 * points * clouds.length);
  clouds.forEach((cloud, i) => data.set(cloud, 3 * points * i));
  return { shape: [clouds.length, points, 3], data };
}

/** Points of a cloud, each at most once if it has as many, else each as likely at every draw. */
function drawPoints(cloud: Float32Array, of: Key, points: number): Float64Array {
  const count = cloud.length / 3;
  const u = uniform(of, points);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const out = new Float64Array(3 * points);
  for (let i = 0; i < points; i++) {
    const from = count < points ? indexOf(u[i]!, count) : i + indexOf(u[i]!, count - i);
    const row = order[from]!;
    if (count >= points) order[from] = order[i]!;
    out.set(cloud.subarray(3 * row, 3 * row + 3), 3 * i);
  }
  return out;
}

/** The first points of a cloud, again from the beginning where there are fewer. */
function firstPoints(cloud: Float32Array, points: number): Float64Array {
  return Float64Array.from({ length: 3 * points }, (_, j) => cloud[j % cloud.length]!);
}

/** @throws ShapeError unless a scaler is one of shapes. */
function requireScaler({ shift }: Scaler): void {
  if (shift.length !== 3)
    throw new ShapeError(`loadBatch: expected a scaler for points [3], got one for [${shift.length}]`);
}
