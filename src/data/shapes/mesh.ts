/** @file Meshes of triangles and clouds of points as files have them, and what is checked of both. */
import { FileError } from '../../base/errors.ts';

/** Triangles between points; a cloud of points has none. */
export interface Mesh {
  /** `[V, 3]`. */
  readonly vertices: Float64Array;
  /** `[F, 3]`, numbers of vertices. */
  readonly faces: Uint32Array;
}

/** The largest file that is read: 128 MiB. */
export const mostShapeBytes = 2 ** 27;

/** The triangles of a face of three or more corners, by a fan around the first. */
export function fanInto(faces: number[], corners: ArrayLike<number>): void {
  for (let k = 2; k < corners.length; k++) faces.push(corners[0]!, corners[k - 1]!, corners[k]!);
}

/**
 * A mesh whose numbers are those of one.
 * @throws FileError if it has no points, a coordinate is not finite, or a face names a point that there is not.
 */
export function checkedMesh(vertices: Float64Array, faces: readonly number[] | Uint32Array, file: string): Mesh {
  const count = vertices.length / 3;
  if (count === 0) throw new FileError(file, 'expected points, found a file without any');
  const bad = vertices.findIndex((value) => !(Math.abs(value) < 1e30));
  if (bad >= 0)
    throw new FileError(
      file,
      `expected finite coordinates, found ${vertices[bad]} in point ${Math.floor(bad / 3) + 1}; leave it out`,
    );
  const outside = faces.find((corner) => !(Number.isInteger(corner) && corner >= 0 && corner < count));
  if (outside !== undefined)
    throw new FileError(file, `expected faces between the ${count} points, found one with point ${outside + 1}`);
  return { vertices, faces: Uint32Array.from(faces) };
}
