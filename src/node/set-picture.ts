/** @file A picture of a data set. */
import { UnsupportedError } from '../base/errors.ts';
import { shortened } from '../base/words.ts';
import type { DrawOptions } from '../catalog/data-kinds/data-kind.ts';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import { firstOf, type DataSet } from '../data/dataset.ts';
import { encodePng } from '../plot/png.ts';
import { svgToPng } from '../plot/svg-png.ts';

/** Characters that fit above one plot. */
const titleCharacters = 38;

/** How many samples a picture of a set shows: a hundred images, all points, or as many as are asked for. */
export function picturedOf(set: DataSet, asked: number | undefined): number {
  return Math.min(set.count, asked ?? dataKindOf(set).pictured ?? set.count);
}

/**
 * The first n samples of a set as PNG: a grid of images, or a scatter plot of points.
 * @throws UnsupportedError if a plot is to be drawn and the package sharp is not there, or samples of the kind are not drawn.
 */
export function setPicture(set: DataSet, n: number): Promise<Uint8Array> {
  return pictureOfSet(firstOf(set, n), { title: shortened(set.name, titleCharacters) });
}

/**
 * All samples of a set as PNG.
 * @throws UnsupportedError as `setPicture`.
 */
export async function pictureOfSet(set: DataSet, looks: DrawOptions): Promise<Uint8Array> {
  const kind = dataKindOf(set);
  if (kind.plot !== undefined) return svgToPng(kind.plot(set, looks));
  if (kind.image !== undefined) return encodePng(kind.image(set, looks));
  throw new UnsupportedError(`there are no pictures of ${kind.name}`);
}
