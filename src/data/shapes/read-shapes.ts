/** @file Files of meshes and clouds, and folders of them. */
import { basename, extname, join, resolve } from 'node:path';
import { FileError } from '../../base/errors.ts';
import { foldIn, key } from '../../base/key.ts';
import { readRegularFile } from '../../base/regular-file.ts';
import { folderOfFiles, hasFiles } from '../folder-of-files.ts';
import { keptOut, testRows } from '../kept-out.ts';
import { setOfPoints } from '../kinds/point-set.ts';
import type { PointSet } from '../kinds/set-kind.ts';
import type { Split } from '../sets/standard-set.ts';
import { mostShapeBytes, type Mesh } from './mesh.ts';
import { readObj } from './obj.ts';
import { readPly } from './ply.ts';
import { shapeSet } from './shape-set.ts';
import { keptPoints, type ShapeOptions, type ShapeSet } from './shape.ts';
import { readStl } from './stl.ts';
import { addedAreas, surfacePoints } from './surface.ts';

const readers: Readonly<Record<string, (bytes: Uint8Array, file: string) => Mesh>> = {
  '.ply': readPly,
  '.obj': readObj,
  '.stl': readStl,
};

/** Whether a file is one of a shape by its name. */
export const isShapeFile = (path: string): boolean => Object.hasOwn(readers, extname(path).toLowerCase());

/** Points of a single mesh that is learned as a set of points. */
const pointsOfOne = 20_000;

/** Most folders of shapes that are classes. */
const mostClasses = 256;

/**
 * The mesh or the cloud of a file.
 * @throws FileError if it is larger than 128 MiB, is damaged, has no points, a coordinate that is no number, or only triangles without an area.
 */
function readMesh(file: string): Mesh {
  const read = readers[extname(file).toLowerCase()];
  if (read === undefined) throw new FileError(file, `expected a file ${Object.keys(readers).join(', ')}`);
  const mesh = read(readRegularFile(file, { maxBytes: mostShapeBytes }), file);
  if (mesh.faces.length > 0 && !((addedAreas(mesh).at(-1) ?? 0) > 0))
    throw new FileError(file, 'expected triangles with an area, found none that has one');
  return mesh;
}

/** Points of a mesh, drawn on its surface; of a cloud all that it has. */
function pointsOf(mesh: Mesh, seed: string, count: number): Float64Array {
  return mesh.faces.length === 0 ? mesh.vertices : surfacePoints(mesh, foldIn(key(0), seed), count);
}

/**
 * One shape as a set of points `[3]`: the distribution on its surface.
 * @throws FileError as `readMesh`.
 */
export function readShape(file: string): PointSet {
  const values = pointsOf(readMesh(file), 'surface', pointsOfOne);
  return setOfPoints({ name: basename(file), count: values.length / 3, dimension: 3, values, oneSpace: true });
}

/** Whether a folder has files of shapes, itself or in its folders. */
export function hasShapes(folder: string): boolean {
  return hasFiles(folder, isShapeFile);
}

/**
 * The shapes of a folder by their names, or of its folders, which then are classes. Files that are damaged are left out with a note.
 * @param options.split - `train` for nine in ten shapes, `test` for the others, which are drawn with a fixed seed; all by default
 * @throws FileError if the folder cannot be read, none of its files is a shape, or there are too few to keep one out.
 */
export function readShapes(
  folder: string,
  {
    split,
    limit = Infinity,
    ...options
  }: ShapeOptions & { readonly split?: Split | undefined; readonly limit?: number | undefined } = {},
): ShapeSet {
  const { files, folders } = folderOfFiles(folder, isShapeFile);
  const own = folders
    .map((name) => ({ name, files: folderOfFiles(join(folder, name), isShapeFile).files }))
    .filter((one) => one.files.length > 0);
  const ofClasses = files.length === 0 && own.length <= mostClasses;
  const all = (files.length > 0 ? files : own.flatMap((one) => one.files)).slice(0, limit);
  const classOf = ofClasses ? own.flatMap((one, label) => one.files.map(() => label)) : [];
  const tests = testRows(all.length);
  const rows = [...all.keys()].filter((row) => split === undefined || tests.has(row) === (split === 'test'));
  if (rows.length === 0)
    throw new FileError(
      folder,
      `expected at least ${keptOut} shapes, one in ${keptOut} of which is kept out, found ${all.length}`,
    );
  const notes: string[] = [];
  const clouds: Float64Array[] = [];
  const labels: number[] = [];
  for (const row of rows) {
    const file = all[row] ?? '';
    try {
      clouds.push(pointsOf(readMesh(file), basename(file), keptPoints));
      labels.push(classOf[row] ?? 0);
    } catch (error) {
      // One bad file of many is left out.
      if (!(error instanceof FileError) || rows.length === 1) throw error;
      notes.push(`${basename(file)} was left out: ${error.problem}`);
    }
  }
  if (clouds.length === 0) throw new FileError(folder, `expected shapes, found none that can be read; ${notes[0]}`);
  const about = {
    name: basename(resolve(folder)),
    ...(ofClasses && { labels: Uint8Array.from(labels), classNames: own.map(({ name }) => name) }),
    ...(notes.length > 0 && { notes }),
  };
  return shapeSet(clouds, about, options);
}
