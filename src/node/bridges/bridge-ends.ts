/** @file The two sets of a bridge, opened. */
import { ConfigError } from '../../base/errors.ts';
import { foldIn, key, type Key } from '../../base/key.ts';
import { indexOf, permutation, uniform } from '../../base/random.ts';
import { sizeOf, type Shape, type Tensor } from '../../base/tensor.ts';
import { classNamed, listed } from '../../data/class-names.ts';
import { loadBatch } from '../../data/batch.ts';
import { classesOf, missingClasses, sampleShape, type DataSet } from '../../data/dataset.ts';
import type { Scaler } from '../../data/scaler.ts';
import { bridgeEnds } from '../../model/bridge/shared-scaler.ts';
import type { BridgeEnd, BridgeFacts } from '../../run/folder/bridge.ts';
import { openConfigured, type OpenSet } from '../training/prepared.ts';

/** One end: its samples in the range of the model. */
export interface OpenEnd {
  readonly set: DataSet;
  /** The samples of its class, or all. */
  readonly rows: readonly number[];
  readonly scaler: Scaler;
  readonly shape: Shape;
}

/** Both ends; of a bridge with a damage the second has the images that are damaged. */
export interface OpenEnds {
  readonly a: OpenEnd;
  readonly b: OpenEnd;
}

/**
 * Opens the sets of a bridge.
 * @throws ConfigError if they do not fit each other, or a class is none of theirs.
 * @throws FileError if a set cannot be read.
 */
export async function openEnds({ a, b }: Pick<BridgeFacts, 'a' | 'b'>, open: OpenSet): Promise<OpenEnds> {
  const first = await openConfigured(open, a.data);
  const second = b === undefined ? first : await openConfigured(open, b.data);
  const ends = bridgeEnds(first, second);
  const { scaler } = ends;
  const end = (set: DataSet, own: BridgeEnd, option: string): OpenEnd => ({
    ...{ set, scaler, shape: sampleShape(set) },
    rows: rowsOf(set, own, option),
  });
  return { a: end(ends.a, a, 'from'), b: b === undefined ? end(ends.a, a, 'from') : end(ends.b, b, 'to') };
}

function rowsOf(set: DataSet, { class: asked }: BridgeEnd, path: string): readonly number[] {
  const all = Array.from({ length: set.count }, (_, row) => row);
  if (asked === undefined) return all;
  const names = classesOf(set);
  const label = classNamed(names, asked);
  const { labels } = set;
  if (label === undefined || labels === undefined) {
    const there = names.length === 0 ? `data with classes, found ${missingClasses(set)}` : `one of ${listed(names)}`;
    throw new ConfigError([{ path, message: `expected ${there}; got ${asked}` }]);
  }
  const rows = all.filter((row) => labels[row] === label);
  if (rows.length === 0) throw new ConfigError([{ path, message: `expected a class with samples, ${asked} has none` }]);
  return rows;
}

/**
 * So many samples of an end in the range of the model, `[count, …]`: a random order of all of them, then drawn again.
 */
export function drawEnd({ set, rows, scaler, shape }: OpenEnd, count: number, own: Key): Tensor {
  const order = permutation(foldIn(own, 'order'), rows.length);
  const u = uniform(foldIn(own, 'again'), count);
  const chosen = Array.from({ length: count }, (_, i) => rows[order[i] ?? indexOf(u[i] ?? 0, rows.length)] ?? 0);
  return rowsInModel({ set, scaler, shape }, chosen, foldIn(own, 'data'));
}

/** Given rows of a set in the range of the model. */
export function rowsInModel(
  { set, scaler, shape }: Pick<OpenEnd, 'set' | 'scaler' | 'shape'>,
  rows: readonly number[],
  own: Key = key(0),
): Tensor {
  const size = sizeOf(shape);
  const data = new Float64Array(rows.length * size);
  const part = 1024;
  for (let begin = 0; begin < rows.length; begin += part)
    data.set(loadBatch(set, scaler, rows.slice(begin, begin + part), foldIn(own, begin)), begin * size);
  return { shape: [rows.length, ...shape], data };
}
