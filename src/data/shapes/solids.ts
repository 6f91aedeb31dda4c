/** @file Solids with parameters: points that are uniform on their surfaces, and sets of random ones. */
import { foldIn, type Key } from '../../base/key.ts';
import { indexOf, normal, uniform } from '../../base/random.ts';
import type { Mesh } from './mesh.ts';
import { shapeSet } from './shape-set.ts';
import { keptPoints, type ShapeOptions, type ShapeSet } from './shape.ts';
import { surfacePoints } from './surface.ts';

/** Points `[count, 3]` that are uniform on the sphere of a radius around the origin. */
export function spherePoints(key: Key, count: number, radius = 1): Float64Array {
  const z = normal(key, 3 * count);
  return z.map((value, j) => {
    const at = j - (j % 3);
    return (radius * value) / Math.hypot(z[at]!, z[at + 1]!, z[at + 2]!);
  });
}

/**
 * Points `[count, 3]` that are uniform on a torus around the z axis: angles of the tube are accepted as often as the circle there is long.
 * @param tube - radius of the tube, below 1, the radius of its center line
 */
export function torusPoints(key: Key, count: number, tube: number): Float64Array {
  const out = new Float64Array(3 * count);
  for (let i = 0, block = 0; i < count; block++) {
    const u = uniform(foldIn(key, block), 3 * count);
    for (let k = 0; k < count && i < count; k++) {
      const [v, w] = [2 * Math.PI * u[3 * k]!, 2 * Math.PI * u[3 * k + 1]!];
      const length = 1 + tube * Math.cos(v);
      if (u[3 * k + 2]! * (1 + tube) > length) continue;
      out.set([length * Math.cos(w), length * Math.sin(w), tube * Math.sin(v)], 3 * i);
      i += 1;
    }
  }
  return out;
}

/** Axes and exponents of a superquadric |x/a|^(2/e2) ... = 1: exponents of 1 are those of an ellipsoid, small ones of a box. */
export interface Superquadric {
  readonly axes: readonly [number, number, number];
  /** From pole to pole, and around the z axis; above 0. */
  readonly exponents: readonly [number, number];
}

const steps = 48;

/**
 * A superquadric as a mesh.
 * @see Barr 1981, "Superquadrics and angle-preserving transformations"
 */
export function superquadric({ axes, exponents: [e1, e2] }: Superquadric): Mesh {
  const power = (value: number, e: number): number => Math.sign(value) * Math.abs(value) ** e;
  const vertices: number[] = [];
  const faces: number[] = [];
  for (let i = 0; i <= steps; i++)
    for (let k = 0; k <= 2 * steps; k++) {
      const [v, w] = [(i / steps - 0.5) * Math.PI, (k / steps) * Math.PI];
      const around = power(Math.cos(v), e1);
      vertices.push(
        axes[0] * around * power(Math.cos(w), e2),
        axes[1] * around * power(Math.sin(w), e2),
        axes[2] * power(Math.sin(v), e1),
      );
    }
  const corner = (i: number, k: number): number => i * (2 * steps + 1) + k;
  for (let i = 0; i < steps; i++)
    for (let k = 0; k < 2 * steps; k++)
      faces.push(
        corner(i, k),
        corner(i + 1, k),
        corner(i + 1, k + 1),
        corner(i, k),
        corner(i + 1, k + 1),
        corner(i, k + 1),
      );
  return { vertices: Float64Array.from(vertices), faces: Uint32Array.from(faces) };
}

const kinds = ['sphere', 'ellipsoid', 'box', 'torus', 'superquadric'] as const;

/** Random spheres, ellipsoids, boxes, tori and superquadrics, as likely each, which are its classes. */
export function drawSolids(key: Key, count: number, options: ShapeOptions = {}): ShapeSet {
  const labels = new Uint8Array(count);
  const clouds = Array.from({ length: count }, (_, i) => {
    const own = foldIn(key, i);
    const [which = 0, ...u] = uniform(foldIn(own, 'parameters'), 6);
    const kind = kinds[(labels[i] = indexOf(which, kinds.length))];
    const between = (low: number, high: number, k: number): number => low + (high - low) * (u[k] ?? 0);
    const surface = foldIn(own, 'surface');
    if (kind === 'sphere') return spherePoints(surface, keptPoints);
    if (kind === 'torus') return torusPoints(surface, keptPoints, between(0.2, 0.6, 0));
    const axes = [1, between(0.3, 1, 0), between(0.3, 1, 1)] as const;
    const exponents =
      kind === 'ellipsoid'
        ? ([1, 1] as const)
        : kind === 'box'
          ? ([0.05, 0.05] as const)
          : ([between(0.2, 2.2, 2), between(0.2, 2.2, 3)] as const);
    return surfacePoints(superquadric({ axes, exponents }), surface, keptPoints);
  });
  return shapeSet(clouds, { name: 'solids', labels, classNames: kinds }, options);
}
