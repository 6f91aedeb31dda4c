/** @file A picture of samples beside the training samples that they are nearest to. */
import { kindOf, sampleShape, type DataSet } from '../../data/dataset.ts';
import type { Neighbors } from '../../evaluate/nearest.ts';
import type { Image } from '../../plot/png.ts';
import { contactSheet, type Cell } from '../../plot/svg-sheet.ts';
import { UnsupportedError } from '../../base/errors.ts';
import { short, shortened } from '../../base/words.ts';

/** Neighbors of some samples in one space. */
export interface NeighborsIn {
  readonly neighbors: Neighbors;
  /** Of each sample the distance from its nearest point over that from the second. */
  readonly ratios: Float64Array;
}

/** One space, with the samples in question and real ones. */
export interface ShownSpace {
  readonly space: string;
  readonly samples: NeighborsIn;
  readonly real: NeighborsIn;
}

/** What the picture is made of. */
export interface MemorizationPicture {
  readonly spaces: readonly ShownSpace[];
  readonly samples: { readonly set: DataSet; readonly rows: readonly number[] };
  readonly real: { readonly set: DataSet; readonly rows: readonly number[] };
  readonly training: DataSet;
}

/** Rows of each space. */
const rowsOfSpace = 6;

/** The samples of least ratio of distances, least first. */
export function leastRatios(ratios: Float64Array, count: number): readonly number[] {
  return [...ratios.keys()].sort((a, b) => (ratios[a] ?? 0) - (ratios[b] ?? 0)).slice(0, count);
}

/**
 * The samples that are most suspicious, those of least ratio in each space, with their three nearest training samples; and in the same rows the most
 * suspicious real samples with theirs.
 * @throws UnsupportedError if samples are no pictures.
 */
export function memorizationSheet(title: string, { spaces, samples, real, training }: MemorizationPicture): string {
  requirePictures(training);
  const rows = spaces.flatMap(({ space, samples: own, real: other }) => {
    const [suspects, usual] = [leastRatios(own.ratios, rowsOfSpace), leastRatios(other.ratios, rowsOfSpace)];
    return suspects.map((i, at) => [
      ...cellsOf(samples, i, own, { space, training }),
      ...(usual[at] === undefined ? [] : cellsOf(real, usual[at], other, { space, training })),
    ]);
  });
  const ranks = ['nearest', 'second', 'third'];
  const headings = ['sample', ...ranks, 'real', ...ranks];
  return contactSheet({
    title: `${title} and the training samples nearest to them`,
    subtitle: `The samples that are most like one training sample alone, and the real samples that are; ratio: nearest distance over second`,
    headings,
    rows: rows.map((row) => headings.map((_, at) => row[at])),
  });
}

/** @throws UnsupportedError if samples of a set are no pictures. */
export function requirePictures(set: DataSet): void {
  const { pictures, name } = kindOf(set);
  if (pictures === undefined)
    throw new UnsupportedError(`a sheet of nearest samples: expected samples that are pictures, found ${name}`);
}

function cellsOf(
  { set, rows }: MemorizationPicture['samples'],
  i: number,
  { neighbors: { points, distances, k }, ratios }: NeighborsIn,
  { space, training }: { readonly space: string; readonly training: DataSet },
): readonly Cell[] {
  const near = Array.from({ length: k }, (_, j) => ({
    image: imageOf(training, points[i * k + j] ?? 0),
    caption: [`distance ${short(distances[i * k + j] ?? 0)}`],
  }));
  return [
    { image: imageOf(set, rows[i] ?? 0), caption: [`ratio ${short(ratios[i] ?? 0)}`, `by ${shortened(space, 18)}`] },
    ...near,
  ];
}

/** One sample; a row beyond the set is the mirror image of one. */
function imageOf(set: DataSet, row: number): Image {
  const [channels = 1, height = 1, width = 1] = sampleShape(set);
  const values = kindOf(set).pictures?.unitValues(set, row % set.count) ?? new Float64Array(0);
  const out = channels === 1 ? 1 : 3;
  const data = new Uint8Array(height * width * out);
  const mirrored = row >= set.count;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < out; c++) {
        const from = mirrored ? width - 1 - x : x;
        const value = values[(c * height + y) * width + from] ?? 0;
        data[(y * width + x) * out + c] = Math.min(255, Math.max(0, Math.floor(256 * value)));
      }
  return { width, height, channels: out, data };
}
