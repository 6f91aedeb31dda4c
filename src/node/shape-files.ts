/** @file Shapes as files: a PLY file of each with a picture of all, a picture alone, or one array. */
import { dirname, extname, basename, join } from 'node:path';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import { formatNpz } from '../data/arrays/npz.ts';
import { writePly } from '../data/shapes/ply.ts';
import { cloudOf, type ShapeSet } from '../data/shapes/shape.ts';
import { writeAtomic, writeTogether } from '../io/atomic.ts';
import { encodePng, type Image } from '../plot/png.ts';
import { makeFolder } from '../io/folders.ts';

/**
 * Writes shapes: to `name.ply`, of several `name-1.ply` and on, with their picture `name.png`; to `name.png` the picture alone, to `name.npz` an array `samples` `[count, points, 3]`; to any
 * other name a folder of PLY files with a picture.
 * @returns the paths, of several files the first, how many there are, and the picture
 * @throws FileError if something cannot be written.
 */
export function writeShapes(
  set: ShapeSet,
  target: string,
  { view }: { readonly view?: readonly [number, number] | undefined } = {},
): readonly string[] {
  const ending = extname(target).toLowerCase();
  const picture = (): Uint8Array => encodePng(dataKindOf(set).image?.(set, { view }) as Image);
  if (ending === '.png') {
    writeAtomic(target, picture());
    return [target];
  }
  if (ending === '.npz') {
    writeAtomic(target, formatNpz({ samples: { shape: [set.count, set.points, 3], data: set.values } }));
    return [target];
  }
  const folder = ending === '.ply' ? dirname(target) : target;
  makeFolder(folder);
  const stem = ending === '.ply' ? basename(target, extname(target)) : '';
  const nameOf = (row: number): string =>
    stem === '' ? `${row + 1}.ply` : set.count === 1 ? `${stem}.ply` : `${stem}-${row + 1}.ply`;
  const files = Array.from({ length: set.count }, (_, row) => [nameOf(row), writePly(cloudOf(set, row))] as const);
  const sheet = `${stem === '' ? 'samples' : stem}.png`;
  writeTogether(folder, [...files, [sheet, picture()]]);
  const [first = '', last = first] = [files[0]?.[0], files.at(-1)?.[0]];
  return [set.count === 1 ? join(folder, first) : `${join(folder, first)} to ${last}`, join(folder, sheet)];
}
