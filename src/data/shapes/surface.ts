/** @file Points that are uniform on the surface of a mesh. */
import type { Key } from '../../base/key.ts';
import { indexOf, uniform } from '../../base/random.ts';
import type { Mesh } from './mesh.ts';

/** Areas of the triangles of a mesh, one after the other added up. */
export function addedAreas({ vertices, faces }: Mesh): Float64Array {
  const areas = new Float64Array(faces.length / 3);
  let sum = 0;
  for (let f = 0; f < areas.length; f++) {
    const [a, b, c] = [3 * faces[3 * f]!, 3 * faces[3 * f + 1]!, 3 * faces[3 * f + 2]!];
    const side = (to: number, j: number): number => vertices[to + j]! - vertices[a + j]!;
    const [ux, uy, uz, vx, vy, vz] = [side(b, 0), side(b, 1), side(b, 2), side(c, 0), side(c, 1), side(c, 2)];
    sum += Math.hypot(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx) / 2;
    areas[f] = sum;
  }
  return areas;
}

/**
 * Points `[count, 3]` that are independent and uniform on the triangles of a mesh; of a mesh whose triangles have no area, or a cloud, points that it has, each as likely.
 * @see Turk 1990, "Generating random points in triangles"
 */
export function surfacePoints(mesh: Mesh, key: Key, count: number): Float64Array {
  const { vertices, faces } = mesh;
  const areas = addedAreas(mesh);
  const total = areas.at(-1) ?? 0;
  const u = uniform(key, 3 * count);
  const out = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    if (!(total > 0)) {
      const row = indexOf(u[3 * i]!, vertices.length / 3);
      out.set(vertices.subarray(3 * row, 3 * row + 3), 3 * i);
      continue;
    }
    const f = firstAbove(areas, u[3 * i]! * total);
    const root = Math.sqrt(u[3 * i + 1]!);
    const weights = [1 - root, root * (1 - u[3 * i + 2]!), root * u[3 * i + 2]!];
    for (let j = 0; j < 3; j++)
      for (let k = 0; k < 3; k++) out[3 * i + j]! += weights[k]! * vertices[3 * faces[3 * f + k]! + j]!;
  }
  return out;
}

/** The first place of rising numbers that is above a value. */
function firstAbove(rising: Float64Array, value: number): number {
  let [low, high] = [0, rising.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
