/**
 * @file OBJ files: points and faces, whose corners may count from the end; everything else is passed over.
 * @see Wavefront Technologies 1995, "Object files (.obj)"
 */
import { FileError } from '../../base/errors.ts';
import { checkedMesh, fanInto, type Mesh } from './mesh.ts';

/**
 * The mesh or the cloud of an OBJ file.
 * @throws FileError naming the line that is none, or if there are no points.
 */
export function readObj(bytes: Uint8Array, file: string): Mesh {
  const vertices: number[] = [];
  const faces: number[] = [];
  const lines = new TextDecoder('latin1')
    .decode(bytes)
    .replace(/\\\r?\n/g, ' ')
    .split('\n');
  lines.forEach((line, i) => {
    const [word, ...rest] = line.trim().split(/\s+/);
    const wrong = (expected: string): FileError =>
      new FileError(file, `expected ${expected} in line ${i + 1}, found ${JSON.stringify(line.trim().slice(0, 40))}`);
    if (word === 'v') {
      const point = rest.slice(0, 3).map((value) => (/^[+-]?nan$/i.test(value) ? NaN : Number(value)));
      const numbers = rest.slice(0, 3).every((value, j) => /^[+-]?nan$/i.test(value) || !Number.isNaN(point[j]));
      if (point.length < 3 || !numbers) throw wrong('three numbers');
      vertices.push(...point);
    } else if (word === 'f') {
      const corners = rest.map((corner) => {
        const number = Number(corner.split('/')[0]);
        return number < 0 ? vertices.length / 3 + number : number - 1;
      });
      if (corners.length < 3 || !corners.every((corner) => Number.isInteger(corner) && corner >= 0))
        throw wrong('three corners or more, numbers of points,');
      fanInto(faces, corners);
    }
  });
  return checkedMesh(Float64Array.from(vertices), faces, file);
}
