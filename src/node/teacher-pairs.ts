/** @file Pairs of noise and what a teacher makes of it, drawn part by part into the folder of a student. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../base/errors.ts';
import { foldIn, key } from '../base/key.ts';
import { bits } from '../base/random.ts';
import { bytesOfNames, linesOfBytes } from '../data/class-names.ts';
import type { NpyArray } from '../data/arrays/npy.ts';
import { formatNpz, parseNpz } from '../data/arrays/npz.ts';
import { batchOf, sizeOf } from '../base/tensor.ts';
import { readBytes, writeAtomic } from '../io/atomic.ts';
import { pairsFolder, readJson } from '../run/folder/run-folder.ts';
import { keptOut } from '../model/distillation-plan.ts';
import { givenEach, pairSampling, type PairProgress, type PairSettings } from '../model/teacher-pairs.ts';
import { modelOf } from '../model/model.ts';
import { trainedOf } from '../model/trained.ts';
import { undecoded } from '../model/undecoded.ts';
import { loadAnyRun } from '../run/load.ts';
import { nodeHost, type EngineOptions } from './host.ts';
import { pairFilesIn } from './latent-pairs.ts';
import { makeFolder } from '../io/folders.ts';

/** Pairs that are drawn between two files, which a distillation that was killed does not draw again. */
const partSize = 1000;

/** How pairs are drawn. */
export interface PairOptions extends EngineOptions, PairSettings {
  /** Pairs in all. */
  readonly count: number;
  readonly seed: number;
  /** Called as pairs are drawn. None by default. */
  readonly onProgress?: ((drawn: PairProgress) => void) | undefined;
}

/** The files of pairs: those that are trained on, and those whose loss says when to stop. */
export interface PairFiles {
  /** Where they are. */
  readonly folder: string;
  readonly train: string;
  readonly heldOut: string;
}

/**
 * Draws pairs of a teacher into `pairs/` of a folder, or goes on where it was stopped: each thousand is a file until all are there. Pairs that are there
 * are not drawn again. Those of a teacher of latents are noise and latents, which nothing decodes.
 * @throws FileError if the pairs in the folder were drawn otherwise, or a file cannot be read or written.
 */
export async function drawPairs(teacher: string, folder: string, options: PairOptions): Promise<PairFiles> {
  const { count, nfe, seed, guidance, said, onProgress, ...engine } = options;
  const own = pairsFolder(folder);
  const files = { folder: own, ...pairFilesIn(own) };
  makeFolder(own);
  const model = modelOf(nodeHost(engine), undecoded(trainedOf(loadAnyRun(teacher), teacher)));
  try {
    requireSame(join(own, 'pairs.json'), {
      ...{ teacher, step: model.info.step, count, nfe, seed },
      ...(guidance !== undefined && { guidance }),
    });
    if (existsSync(files.train) && existsSync(files.heldOut)) return files;
    const parts = Array.from({ length: Math.ceil(count / partSize) }, (_, k) => join(own, `part-${k}.npz`));
    for (const [k, part] of parts.entries()) {
      const begin = k * partSize;
      if (existsSync(part)) continue;
      const [partSeed = 0] = bits(foldIn(foldIn(key(seed), 'pairs'), k), 1);
      const own = { count: Math.min(partSize, count - begin), seed: partSeed, nfe, guidance, said };
      const drawing = givenEach(model, own).sample(pairSampling(model, own));
      for await (const { fraction } of drawing) {
        const drawn = begin + fraction * own.count;
        onProgress?.({ drawn: Math.floor(drawn), count, fraction: drawn / count });
      }
      const { samples } = await drawing;
      writeAtomic(part, samples.toNpz());
    }
    joinParts(parts, files);
    for (const part of parts) rmSync(part);
    return files;
  } finally {
    await model[Symbol.asyncDispose]();
  }
}

/** @throws FileError if pairs were drawn otherwise. */
function requireSame(file: string, how: Readonly<Partial<Record<string, string | number>>>): void {
  if (!existsSync(file)) {
    writeAtomic(file, `${JSON.stringify(how, undefined, 2)}\n`);
    return;
  }
  const before = readJson(file) as typeof how;
  const name = Object.keys({ ...before, ...how }).find((one) => before[one] !== how[one]);
  if (name === undefined) return;
  const said = `${before[name] ?? 'none'}, got ${how[name] ?? 'none'}`;
  throw new FileError(file, `these pairs were drawn with ${name} ${said}; give the same, or choose another --out`);
}

/** Joins the arrays of parts, and writes the last rows apart. */
function joinParts(parts: readonly string[], { train, heldOut }: Pick<PairFiles, 'train' | 'heldOut'>): void {
  const read = parts.map((part) => parseNpz(readBytes(part), part));
  // Names of classes are those of every part; other arrays have a row for each pair.
  const names = ['samples', 'noise', 'labels', 'given'].filter((name) => read[0]?.has(name));
  const arrays = names.map((name) => [name, joined(read.flatMap((part) => part.get(name) ?? []))] as const);
  const classes = read[0]?.get('class_names');
  const texts = read.flatMap((part) => textsOf(part.get('texts')));
  const count = Math.min(...arrays.map(([, array]) => batchOf(array)));
  const kept = keptOut(count);
  const rows = (begin: number, end: number): Uint8Array =>
    formatNpz({
      ...Object.fromEntries(arrays.map(([name, array]) => [name, rowsOf(array, begin, end)])),
      ...(classes && { class_names: classes }),
      ...(texts.length > 0 && { texts: bytesOfNames(texts.slice(begin, end)) }),
    });
  writeAtomic(heldOut, rows(count - kept, count));
  writeAtomic(train, rows(0, count - kept));
}

function textsOf(array: NpyArray | undefined): readonly string[] {
  return (array && linesOfBytes(array.shape, array.data)) ?? [];
}

function joined(arrays: readonly NpyArray[]): NpyArray {
  const [first = { shape: [0], data: new Float32Array() }] = arrays;
  const length = arrays.reduce((total, { data }) => total + data.length, 0);
  const data = new (first.data.constructor as new (length: number) => NpyArray['data'])(length);
  let at = 0;
  for (const array of arrays) {
    data.set(array.data, at);
    at += array.data.length;
  }
  const [, ...sample] = first.shape;
  return { shape: [length / sizeOf(sample), ...sample], data };
}

function rowsOf({ shape: [, ...sample], data }: NpyArray, begin: number, end: number): NpyArray {
  const size = sizeOf(sample);
  return { shape: [end - begin, ...sample], data: data.slice(begin * size, end * size) };
}
