/** @file Whether samples are copies of training data: a test with a known law, beside the value that new data have. */
import { checkOptions } from '../../base/check.ts';
import { ConfigError } from '../../base/errors.ts';
import { foldIn, key } from '../../base/key.ts';
import { matrixProducts } from '../../backend/matrix-product.ts';
import { inSameUnits, kindOf, sampleShape, type DataSet } from '../../data/dataset.ts';
import { copyingTest, nearCopies, type CopyingTest, type Distances, type NearCopies } from '../../evaluate/copying.ts';
import type { FloatRows, MatrixProduct } from '../../evaluate/float-rows.ts';
import { kMeans, nearestCells, rowsAt } from '../../evaluate/k-means.ts';
import { nearestPoints, type Neighbors } from '../../evaluate/nearest.ts';
import type { Host } from '../host.ts';
import { randomRows } from '../data-input.ts';
import { openExtractor, type Extractor, type Features } from './feature-extractor.ts';
import { leastRatios, memorizationSheet, type NeighborsIn, type ShownSpace } from './memorization-sheet.ts';
import { pictureOf, type SavedPicture } from './saved-picture.ts';

/** Samples in question, and the data that they may be copies of. */
export interface MemorizationData {
  readonly samples: DataSet;
  /** What the model was trained on, all of it; with `flips` where it also saw mirror images. */
  readonly training: DataSet;
  /**
   * Other data of the same law. Without them the training samples take their place, each of which is left out for itself: what new data of this law
   * would be to them, but for the one sample. Default none.
   */
  readonly heldOut?: DataSet | undefined;
}

/** How copies are looked for. */
export interface MemorizationOptions {
  /** Samples that are looked at, of each kind, at least 100. Default 2000, or as many as there are. */
  readonly count?: number | undefined;
  /** A second space, beside that of the numbers themselves. Default none for data that are their own features, else `random`. */
  readonly features?: Features | undefined;
  /** Seed of the parts that are drawn of larger sets, and of the cells. Default 0. */
  readonly seed?: number | undefined;
}

/** A sample and the training sample that it is nearest to. */
export interface NearestSample {
  readonly sample: number;
  readonly training: number;
  readonly distance: number;
  /** The distance over that of the second nearest. */
  readonly ratio: number;
}

/** What is found in one space. */
export interface SpaceMemorization {
  /** `numbers`, or the name of the features. */
  readonly space: string;
  /** The data-copying test of the samples, and of as many held-out ones in their place. */
  readonly test: CopyingTest;
  readonly real: CopyingTest;
  /** Samples that are nearer to one training sample than to all others, and held-out ones in their place. */
  readonly copies: NearCopies;
  readonly realCopies: NearCopies;
  /** The samples of least ratio. */
  readonly nearest: readonly NearestSample[];
}

/** What was found of copies. */
export interface Memorization extends SavedPicture {
  /** Samples that were looked at, held-out ones that they are compared with, and others in their place. */
  readonly count: number;
  readonly heldOut: number;
  readonly real: number;
  /** Training samples, with mirror images where the training had them. */
  readonly training: number;
  /** Whether held-out data were there; else training samples, each without itself, took their place. */
  readonly heldOutData: boolean;
  readonly spaces: readonly SpaceMemorization[];
}

/** A step of the search. */
export interface MemorizationStep {
  /** The part of all work that is done, 0 to 1. */
  readonly fraction: number;
  readonly stage: 'features' | 'neighbors';
}

const defaultCount = 2000;
/** Fewer samples say nothing of copies. */
export const leastCopies = 100;
/** Samples of both kinds that a cell has on average, and cells at most. */
const [perCell, mostCells] = [100, 10];
/** Training samples of which cells are made. */
const cellPoints = 2000;
/** Neighbors that are shown. */
const shown = 3;
/** Samples of least ratio that are named. */
const named = 10;
/** Samples whose numbers, or whose features, are taken in one go. */
const [chunk, extractedChunk] = [4096, 256];

/** Some samples of a set; of each the training sample that it is, where it is one. */
interface Part {
  readonly set: DataSet;
  readonly rows: readonly number[];
  readonly own?: readonly number[] | undefined;
}

/** The parts that are compared. */
interface Compared {
  readonly samples: Part;
  readonly heldOut: Part;
  readonly real: Part;
}

/** What is known of a part in one space. */
interface PartIn extends NeighborsIn {
  readonly cells: Int32Array;
}

/**
 * Looks for the training samples that samples are nearest to, in the space of their numbers and in that of features, and tests whether they are nearer
 * than new data are.
 * @throws ConfigError if shapes differ or there are too few samples.
 */
export async function* memorizationOf(
  host: Host,
  { samples, training, heldOut }: MemorizationData,
  { count: asked, features, seed = 0 }: MemorizationOptions,
): AsyncGenerator<MemorizationStep, Memorization> {
  const shape = sampleShape(training);
  for (const [path, set] of Object.entries({ samples, ...(heldOut && { 'held-out data': heldOut }) })) {
    const found = sampleShape(set);
    checkOptions([found.join() === shape.join(), path, `expected samples [${shape}] as the training, got [${found}]`]);
  }
  const parts = partsOf({ samples, training, heldOut }, { asked, seed });
  const kind = kindOf(training);
  const ownFeatures = kind.features === kind.name && (features === undefined || features === kind.name);
  const backend = await host.backend(1);
  const extractor = ownFeatures ? undefined : await openExtractor(host, kind, { shape, features });
  const products = matrixProducts(backend);
  const mirrored = kind.pictures?.mirrored(training);
  const images = [training, ...(mirrored ? [mirrored] : [])];
  try {
    const spaces: SpaceMemorization[] = [];
    const pictures: ShownSpace[] = [];
    const all = [undefined, ...(extractor === undefined ? [] : [extractor])];
    for (const [i, own] of all.entries()) {
      const steps = spaceOf(own, parts, {
        ...{ training, images, seed },
        product: (a, b, sizes) => products.of(a, b, sizes),
      });
      let next = await steps.next();
      for (; next.done !== true; next = await steps.next())
        yield { ...next.value, fraction: (i + next.value.fraction) / all.length };
      spaces.push(next.value.found);
      pictures.push(next.value.shown);
    }
    const facts = {
      ...{ count: parts.samples.rows.length, heldOut: parts.heldOut.rows.length, real: parts.real.rows.length },
      training: training.count * images.length,
      heldOutData: heldOut !== undefined,
    };
    const draw = (title = samples.name): string =>
      memorizationSheet(title, { spaces: pictures, samples: parts.samples, real: parts.real, training });
    return { ...facts, spaces, ...pictureOf(host, draw) };
  } finally {
    await products.dispose();
    await extractor?.dispose();
  }
}

/** Parts of equal size where there are enough samples; those of the held-out data share none. */
function partsOf(
  { samples, training, heldOut }: MemorizationData,
  { asked = defaultCount, seed }: { readonly asked: number | undefined; readonly seed: number },
): Compared {
  checkOptions([
    Number.isInteger(asked) && asked >= leastCopies,
    'count',
    `expected a whole number of at least ${leastCopies} samples, got ${asked}`,
  ]);
  const count = Math.min(asked, samples.count);
  const others = heldOut ?? training;
  const order = randomRows(others, 2 * asked, seed);
  const half = Math.min(asked, order.length >> 1);
  if (Math.min(count, half) < leastCopies)
    throw new ConfigError([
      {
        path: 'memorization',
        message:
          count < leastCopies
            ? `expected at least ${leastCopies} samples, got ${count}`
            : `expected at least ${2 * leastCopies} samples of ${others.name} to compare with, got ${order.length}`,
      },
    ]);
  const part = (rows: readonly number[]): Part => ({
    set: others,
    rows,
    own: heldOut === undefined ? rows : undefined,
  });
  return {
    samples: { set: samples, rows: randomRows(samples, count, seed) },
    heldOut: part(order.slice(0, half)),
    real: part(order.slice(half, 2 * half)),
  };
}

interface Space {
  readonly training: DataSet;
  /** The training samples, and their mirror images where the training had them. */
  readonly images: readonly DataSet[];
  readonly seed: number;
  readonly product: MatrixProduct;
}

async function* spaceOf(
  extractor: Extractor | undefined,
  parts: Compared,
  { training, images, seed, product }: Space,
): AsyncGenerator<MemorizationStep, { readonly found: SpaceMemorization; readonly shown: ShownSpace }> {
  const known: FloatRows[] = [];
  for (const set of images) {
    const steps = numbersOf(extractor, { set, rows: [...Array(set.count).keys()] });
    let next = await steps.next();
    for (; next.done !== true; next = await steps.next())
      yield { fraction: (0.4 * (known.length + next.value)) / images.length, stage: 'features' };
    known.push(next.value);
  }
  const points = joined(known);
  const some = rowsAt(points, randomRows(points, cellPoints, seed));
  const smallest = Math.min(parts.samples.rows.length, parts.heldOut.rows.length);
  const cells = Math.max(1, Math.min(mostCells, Math.floor(smallest / perCell), some.count));
  const centers = kMeans(foldIn(key(seed), 'cells'), some, { cells });
  const found: PartIn[] = [];
  for (const [i, part] of [parts.samples, parts.heldOut, parts.real].entries()) {
    const steps = numbersOf(extractor, { ...part, set: inSameUnits(part.set, training)[0] });
    let next = await steps.next();
    for (; next.done !== true; next = await steps.next()) yield { fraction: 0.4 + 0.2 * i, stage: 'features' };
    const own = next.value;
    const search = nearestPoints(points, own, { k: shown, own: part.own, product });
    let step = await search.next();
    for (; step.done !== true; step = await search.next())
      yield { fraction: 0.4 + 0.2 * (i + step.value), stage: 'neighbors' };
    const neighbors = step.value;
    found.push({ neighbors, cells: nearestCells(centers, own), ratios: ratiosOf(neighbors) });
  }
  const [own, heldOut, real] = found as [PartIn, PartIn, PartIn];
  const space = extractor?.name ?? 'numbers';
  const test = (of: PartIn): CopyingTest => copyingTest(distancesOf(of), distancesOf(heldOut));
  return {
    found: {
      ...{ space, test: test(own), real: test(real) },
      copies: nearCopies(own.ratios, heldOut.ratios),
      realCopies: nearCopies(real.ratios, heldOut.ratios),
      nearest: leastRatios(own.ratios, named).map((i) => ({
        sample: parts.samples.rows[i] ?? 0,
        training: (own.neighbors.points[i * shown] ?? 0) % training.count,
        distance: own.neighbors.distances[i * shown] ?? 0,
        ratio: own.ratios[i] ?? 0,
      })),
    },
    shown: { space, samples: own, real },
  };
}

function distancesOf({ neighbors, cells }: PartIn): Distances {
  return { nearest: neighbors.distances.filter((_, at) => at % shown === 0), cells };
}

/** Of each sample the distance from its nearest point over that from the second; 0 for copies of points that there are twice. */
function ratiosOf({ distances, k }: Neighbors): Float64Array {
  return Float64Array.from({ length: distances.length / k }, (_, i) => {
    const [first = 0, second = 0] = distances.subarray(i * k, i * k + 2);
    return second > 0 ? first / second : 0;
  });
}

/** Samples as float32 in one space. */
async function* numbersOf(
  extractor: Extractor | undefined,
  { set, rows }: Pick<Part, 'set' | 'rows'>,
): AsyncGenerator<number, FloatRows> {
  const parts: FloatRows[] = [];
  const kind = kindOf(set);
  const size = extractor ? extractedChunk : chunk;
  for (let begin = 0; begin < rows.length; begin += size) {
    yield begin / rows.length;
    const some = rows.slice(begin, begin + size);
    const data = extractor
      ? (await extractor.of(set, some)).features.data
      : kind.numbers(set, some, kind.scalerOf(set, {}));
    parts.push({ count: some.length, size: data.length / some.length, data: Float32Array.from(data) });
  }
  return joined(parts);
}

function joined(parts: readonly FloatRows[]): FloatRows {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first ?? { count: 0, size: 1, data: new Float32Array(0) };
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const data = new Float32Array(count * first.size);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { count, size: first.size, data };
}
