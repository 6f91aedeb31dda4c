/** @file The pairs that a half-round of a bridge learns from, in a file of its own until the round is over. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addScaledInto } from '../../base/arith.ts';
import { FileError } from '../../base/errors.ts';
import { foldIn, key, split, type Key } from '../../base/key.ts';
import { normalBatch } from '../../base/random.ts';
import { batchOf, sampleSize, sizeOf, zeros, type Tensor } from '../../base/tensor.ts';
import { followDrift, type Drift } from '../../bridge/paths.ts';
import type { FirstPairs } from '../../catalog/bridges.ts';
import { formatNpy, parseNpy } from '../../data/arrays/npy.ts';
import type { Pairs } from '../../data/pair-set.ts';
import { readBytes, writeAtomic } from '../../io/atomic.ts';
import type { BridgeDirection } from '../../model/bridge/bridge-direction.ts';
import { exchanged } from '../../model/bridge/exchange.ts';
import { pairsFolder } from '../../run/folder/run-folder.ts';
import { drawEnd, rowsInModel, type OpenEnd } from './bridge-ends.ts';
import { makeFolder } from '../../io/folders.ts';

/** What the pairs of a half-round are drawn from. */
export interface PairSource {
  /** Where paths end, and where they begin. */
  readonly ends: { readonly target: OpenEnd; readonly source: OpenEnd };
  readonly count: number;
  readonly epsilon: number;
  /** Of this half-round. */
  readonly key: Key;
  /** The direction from the target to the source that the half-round before has learned, or what first pairs are. */
  readonly from: BridgeDirection | FirstPairs;
  /** Times from 1 to 0 of the states of whole paths, which are drawn in the place of their starts alone; undefined of pairs. */
  readonly path?: readonly number[] | undefined;
  readonly onFraction?: ((fraction: number) => void) | undefined;
}

/**
 * Coordinates up to which a drawn start gives way to the sample of the data that is assigned to it. What the direction before has wrong in its law would else
 * be learned as the law where paths begin. Of more coordinates nearest samples are too far away, and the plan would be lost with them.
 */
const fewCoordinates = 2;

/** Draws pairs whose ends are data of the target, and whose starts are data too where samples have few coordinates. */
export async function drawBridgePairs(source: PairSource): Promise<Pairs> {
  const { ends, count, epsilon, from, path, onFraction } = source;
  const { target, source: other } = ends;
  if (from === 'rows') {
    const rows = target.rows.map((_, i) => i);
    return pairsOf(rowsInModel(target, rows, source.key), rowsInModel(other, rows, foldIn(source.key, 'starts')));
  }
  const x0 = drawEnd(target, count, foldIn(source.key, 'ends'));
  if (path !== undefined) return drawnPaths({ ...source, path }, x0);
  if (from === 'reference') {
    const noise = normalBatch(split(foldIn(source.key, 'noise'), count), x0.shape.slice(1));
    return pairsOf(x0, addScaledInto(noise, x0, Math.sqrt(epsilon)));
  }
  const starts = drawEnd(other, count, foldIn(source.key, 'starts'));
  if (typeof from !== 'string') {
    const carrying = from.carry(x0, { seed: seedOf(source) });
    for await (const { fraction } of carrying) onFraction?.(fraction);
    const { x } = await carrying;
    return pairsOf(x0, sampleSize(x) <= fewCoordinates ? exchanged(x, starts) : x);
  }
  return pairsOf(x0, from === 'ot' ? exchanged(x0, starts) : starts);
}

/** Paths from their ends by the direction before or the reference, each state with the noise of its step: x_1 to x_N of each are its start. */
async function drawnPaths(
  { from, path, epsilon, onFraction, ...source }: PairSource & { readonly path: readonly number[] },
  x0: Tensor,
): Promise<Pairs> {
  const [count, size] = [batchOf(x0), sampleSize(x0)];
  const starts = new Float32Array(count * (path.length - 1) * size);
  const still: Drift = ({ shape }) => zeros(shape);
  const own = { drift: still, epsilon, times: path, order: 1, last: 'noise' } as const;
  const paths =
    typeof from === 'string'
      ? followDrift(own, x0, split(foldIn(source.key, 'noise'), count))
      : from.carry(x0, { seed: seedOf(source), last: 'noise' });
  let k = 0;
  for await (const { x, fraction } of paths) {
    for (let i = 0; i < count; i++)
      starts.set(x.data.subarray(i * size, (i + 1) * size), (i * (path.length - 1) + k) * size);
    k++;
    onFraction?.(fraction);
  }
  return { ends: Float32Array.from(x0.data), starts };
}

function seedOf({ key }: Pick<PairSource, 'key'>): number {
  return (key[0] ^ key[1]) >>> 0;
}

function pairsOf(ends: Tensor, starts: Tensor): Pairs {
  return { ends: Float32Array.from(ends.data), starts: Float32Array.from(starts.data) };
}

/** The file of the pairs of a half-round. */
export function pairsFile(folder: string, name: string): string {
  return join(pairsFolder(folder), `${name}.npy`);
}

/** Writes pairs as one array: ends, then starts. */
export function writePairs(file: string, folder: string, { ends, starts }: Pairs): void {
  makeFolder(pairsFolder(folder));
  const data = new Float32Array(ends.length + starts.length);
  data.set(ends);
  data.set(starts, ends.length);
  writeAtomic(file, formatNpy({ shape: [data.length], data }));
}

/**
 * Reads pairs that were written.
 * @param total - numbers of a pair, and of its end
 * @throws FileError if the file is damaged.
 */
export function readPairs(file: string, [size, total]: readonly [size: number, total: number]): Pairs {
  const { data } = parsedPairs(file);
  const count = data.length / total;
  if (!(data instanceof Float32Array) || !Number.isInteger(count))
    throw new FileError(
      file,
      `expected pairs of ${total} numbers of float32; delete the file, so that they are drawn again`,
    );
  return { ends: data.subarray(0, count * size), starts: data.subarray(count * size) };
}

function parsedPairs(file: string): ReturnType<typeof parseNpy> {
  try {
    return parseNpy(readBytes(file), file);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new FileError(file, 'the pairs of a round are damaged; delete the file, so that they are drawn again', { cause: error }); // prettier-ignore
  }
}

/** Removes the pairs of a half-round that is over. */
export function removePairs(file: string): void {
  if (existsSync(file)) rmSync(file);
}

/** The key of a half-round. */
export function halfRoundKey(seed: number, k: number): Key {
  return foldIn(foldIn(key(seed), 'half-round'), k);
}

/** Numbers of a sample, and of a pair or a path of so many steps. */
export function pairSizes({ shape }: Pick<OpenEnd, 'shape'>, steps = 1): readonly [size: number, total: number] {
  const size = sizeOf(shape);
  return [size, (1 + steps) * size];
}
