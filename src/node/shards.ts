/** @file The results of shards as files, and their merge. */
import { createHash } from 'node:crypto';
import { FileError } from '../base/errors.ts';
import type { Json } from '../base/json.ts';
import type { Shard, ShardRows } from '../base/shard.ts';
import { batchOf, sizeOf } from '../base/tensor.ts';
import type { NpyArray } from '../data/arrays/npy.ts';
import { formatNpz, parseNpz } from '../data/arrays/npz.ts';
import { readBytes, writeAtomic } from '../io/atomic.ts';
import type { TrainedModel } from '../model/trained.ts';
import type { ParamVectors } from '../nn/network.ts';

/** What a part says of itself. */
export interface PartFacts {
  /** What all parts of one computation have in common, by names that people read. */
  readonly of: Readonly<Record<string, Json>>;
  readonly shard: Shard;
  /** Rows that it has. */
  readonly rows: ShardRows;
  /** Of arrays with rows of their own, by name; null of an array that is the same in all parts. Default those of `rows`. */
  readonly own?: Readonly<Record<string, ShardRows | null>> | undefined;
}

/** Arrays by name, as a file has them. */
type Arrays = Readonly<Record<string, NpyArray>>;

const factsName = 'shard';

/** What distinguishes parameters from others: the first digits of their SHA-256. */
export function digestOf(params: ParamVectors): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of [params.trained, params.fixed])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex').slice(0, 16);
}

/** What the part of a shard has in common with the others. */
export type PartOf = Pick<PartFacts, 'of' | 'shard'>;

/**
 * What the part of a shard is known by; undefined where there is no shard.
 * @param own - the command, and what people ask first: the data, the number of samples, the seed
 * @param options - all others on which the numbers depend; those that are not given are left out
 */
export function partOf(
  shard: Shard | undefined,
  model: Pick<TrainedModel, 'params' | 'step'> | undefined,
  own: Readonly<Record<string, Json>>,
  options: Readonly<Record<string, unknown>>,
): PartOf | undefined {
  if (shard === undefined) return undefined;
  const { command = '', ...more } = own;
  const comparable = JSON.parse(JSON.stringify(options)) as Json;
  const parameters = model && { step: model.step, parameters: digestOf(model.params) };
  return { of: { command, ...parameters, ...more, options: comparable }, shard };
}

/**
 * Writes the part of a shard: its arrays, and what it is (.npz).
 * @throws FileError if it cannot be written.
 */
export function writePart(file: string, arrays: Arrays, facts: PartFacts): void {
  const text = new TextEncoder().encode(JSON.stringify(facts));
  writeAtomic(file, formatNpz({ ...arrays, [factsName]: { shape: [text.length], data: text } }));
}

/** The part that a file is; undefined of another file, or of none. */
function factsOf(arrays: ReadonlyMap<string, NpyArray>): PartFacts | undefined {
  const found = arrays.get(factsName);
  if (!(found?.data instanceof Uint8Array)) return undefined;
  try {
    const facts = JSON.parse(new TextDecoder().decode(found.data)) as Partial<PartFacts>;
    const { of, shard, rows, own } = facts;
    return of && shard && rows ? { of, shard, rows, own } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether arrays of a file are the part of a shard. */
export function isPartOf(arrays: ReadonlyMap<string, NpyArray>): boolean {
  return factsOf(arrays) !== undefined;
}

/** Whether a file is the whole part of a shard of this computation, as one that was done before is. */
export function isPart(file: string, { of, shard }: PartOf): boolean {
  try {
    const own = factsOf(parseNpz(readBytes(file), file, (names) => names.filter((name) => name === factsName)));
    return own !== undefined && JSON.stringify([own.of, own.shard]) === JSON.stringify([of, shard]);
  } catch (error) {
    if (error instanceof FileError) return false;
    throw error;
  }
}

/** All parts of one computation, joined. */
export interface Merged {
  /** In the order of the rows: the file of one process. */
  readonly arrays: Arrays;
  readonly facts: Pick<PartFacts, 'of' | 'rows'>;
  readonly parts: number;
}

/**
 * Joins the parts of a computation, given in any order.
 * @throws FileError naming the file that is no part or one of another computation, or the parts that are missing or given twice.
 */
export function mergeParts(files: readonly string[]): Merged {
  const parts = files.map((file) => {
    const arrays = parseNpz(readBytes(file), file);
    const facts = factsOf(arrays);
    if (facts === undefined) throw new FileError(file, 'expected a part that a command with --shard has written');
    return { file, arrays, facts };
  });
  const [first] = parts;
  if (first === undefined) throw new FileError('merge', 'expected the files of the parts');
  const { of } = first.facts.shard;
  for (const { file, facts } of parts) {
    const difference = differs(first.facts, facts);
    if (difference !== undefined)
      throw new FileError(file, `expected a part of the same computation as ${first.file}, but ${difference}`);
  }
  const byIndex = new Map<number, (typeof parts)[number]>();
  for (const part of parts) {
    const { index } = part.facts.shard;
    const other = byIndex.get(index);
    if (other !== undefined)
      throw new FileError(part.file, `expected each part once, got ${index}/${of} in ${other.file} too`);
    byIndex.set(index, part);
  }
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((index) => !byIndex.has(index));
  if (missing.length > 0)
    throw new FileError(
      first.file,
      `expected all ${of} parts of it, missing ${missing.map((i) => `${i}/${of}`).join(', ')}`,
    );
  const ordered = [...byIndex.values()].sort((a, b) => a.facts.shard.index - b.facts.shard.index);
  let next = 0;
  for (const { file, facts } of ordered) {
    if (facts.rows.from !== next) throw new FileError(file, `expected rows from ${next}, found ${facts.rows.from}`);
    next = facts.rows.to;
  }
  const { total } = first.facts.rows;
  if (next !== total) throw new FileError(first.file, `expected ${total} rows in all parts of it, found ${next}`);
  const names = [...first.arrays.keys()].filter((name) => name !== factsName);
  const joined = names.map((name) => [name, join(name, ordered)] as const);
  const { rows } = first.facts;
  return {
    arrays: Object.fromEntries(joined),
    facts: { of: first.facts.of, rows: { ...rows, from: 0, to: next } },
    parts: of,
  };
}

/** What two parts do not have in common, as a sentence. */
function differs(a: PartFacts, b: PartFacts): string | undefined {
  const all = (facts: PartFacts): Readonly<Record<string, Json>> => ({ ...facts.of, shards: facts.shard.of });
  const [one, other] = [all(a), all(b)];
  const name = Object.keys({ ...one, ...other }).find((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]));
  const said = (value: Json | undefined): string => (value === undefined ? 'none' : JSON.stringify(value));
  return name && `its ${name} is ${said(other[name])}, not ${said(one[name])}`;
}

/** The rows of all parts; what has another length than the rows of a part belongs to all of them, and is the same in each. */
function join(
  name: string,
  parts: readonly {
    readonly file: string;
    readonly arrays: ReadonlyMap<string, NpyArray>;
    readonly facts: PartFacts;
  }[],
): NpyArray {
  const all = parts.map(({ file, arrays, facts: { rows, own } }) => {
    const array = arrays.get(name);
    if (array === undefined) throw new FileError(file, `expected an array ${name} as in the other parts, found none`);
    const range = own?.[name];
    const { from, to } = range ?? rows;
    return { array, perRow: range !== null && name !== 'class_names' && array.shape[0] === to - from };
  });
  const [first] = all;
  if (first === undefined) throw new FileError(name, 'expected parts');
  if (!all.every(({ perRow }) => perRow)) return first.array;
  // Texts are rows of bytes as long as the longest of a part; zeros follow the others.
  const [, ...shape] = first.array.shape;
  const widths = all.map(({ array }) => sizeOf(array.shape.slice(1)));
  const width = widths.reduce((most, one) => Math.max(most, one));
  const rows = all.reduce((sum, { array }) => sum + batchOf(array), 0);
  const data = new (first.array.data.constructor as new (length: number) => Uint8Array)(rows * width);
  let at = 0;
  all.forEach(({ array }, i) => {
    const one = widths[i] ?? width;
    for (let begin = 0; begin < array.data.length; begin += one) {
      data.set(array.data.subarray(begin, begin + one), at);
      at += width;
    }
  });
  return { shape: [rows, ...(shape.length === 1 ? [width] : shape)], data };
}
