/** @file Clouds of points as small balls, seen from one side, beside and below each other. */
import type { Image } from './png.ts';

/** How clouds are drawn. */
export interface DotOptions {
  /** Clouds in a row. Default about as many as there are rows. */
  readonly columns?: number | undefined;
  /** From where they are seen: degrees around the z axis, which points up, and above the plane of x and y. Default [-60, 25]. */
  readonly view?: readonly [azimuth: number, elevation: number] | undefined;
}

/** Pixels of a cloud, and of the white around it. */
const [side, margin] = [180, 8] as const;
/** Colors of what is near and what is far, from black to white of each channel. */
const [near, far] = [
  [38, 70, 130],
  [176, 196, 222],
] as const;

/** Where points are on the screen, right, down and toward the eye. */
function seen([azimuth, elevation]: readonly [number, number]): (
  x: number,
  y: number,
  z: number,
) => readonly [number, number, number] {
  const [a, e] = [(azimuth * Math.PI) / 180, (elevation * Math.PI) / 180];
  // The eye stands in the direction (cos e cos a, cos e sin a, sin e).
  return (x, y, z) => {
    const ahead = x * Math.cos(a) + y * Math.sin(a);
    return [
      y * Math.cos(a) - x * Math.sin(a),
      ahead * Math.sin(e) - z * Math.cos(e),
      ahead * Math.cos(e) + z * Math.sin(e),
    ];
  };
}

/**
 * Clouds `[N, 3]` as balls that hide those behind them, lit from above the eye, the lighter the further away. All clouds have one scale.
 */
export function dotSheet(clouds: readonly ArrayLike<number>[], { columns, view = [-60, 25] }: DotOptions = {}): Image {
  const across = Math.max(1, Math.min(columns ?? Math.ceil(Math.sqrt(clouds.length)), clouds.length));
  const down = Math.max(1, Math.ceil(clouds.length / across));
  const [width, height] = [across * side, down * side];
  const data = new Uint8Array(width * height * 3).fill(255);
  const depths = new Float32Array(width * height).fill(-Infinity);
  const project = seen(view);
  const placed = clouds.map((cloud) => centered(cloud, project));
  const reach = placed.reduce((most, { reach: own }) => Math.max(most, own), 0) || 1;
  const scale = (side / 2 - margin) / reach;
  placed.forEach(({ points }, i) => {
    const [left, top] = [(i % across) * side + side / 2, Math.floor(i / across) * side + side / 2];
    const radius = Math.min(5, Math.max(1.5, 90 / Math.sqrt(points.length)));
    for (const [x, y, depth] of points) {
      const [cx, cy] = [left + scale * x, top + scale * y];
      for (let py = Math.max(0, Math.ceil(cy - radius)); py <= Math.min(height - 1, cy + radius); py++)
        for (let px = Math.max(0, Math.ceil(cx - radius)); px <= Math.min(width - 1, cx + radius); px++) {
          const [dx, dy] = [(px - cx) / radius, (py - cy) / radius];
          const up = Math.sqrt(1 - dx * dx - dy * dy);
          if (Number.isNaN(up)) continue;
          const at = py * width + px;
          const front = depth * scale + up * radius;
          if (front <= depths[at]!) continue;
          depths[at] = front;
          // Light from the upper left, in front.
          const light = 0.55 + 0.45 * Math.max(0, 0.8 * up - 0.35 * dx - 0.5 * dy);
          const away = Math.min(1, Math.max(0, 0.5 - depth / (2 * reach)));
          for (let c = 0; c < 3; c++)
            data[3 * at + c] = Math.min(255, light * (near[c]! + away * (far[c]! - near[c]!)) + 20);
        }
    }
  });
  return { width, height, channels: 3, data };
}

type Point = readonly [number, number, number];

/** Points on the screen around the middle of their box, and how far they reach from it. */
function centered(
  cloud: ArrayLike<number>,
  project: (x: number, y: number, z: number) => Point,
): { readonly points: readonly Point[]; readonly reach: number } {
  const points = Array.from({ length: cloud.length / 3 }, (_, i) =>
    project(cloud[3 * i]!, cloud[3 * i + 1]!, cloud[3 * i + 2]!),
  );
  const middle = [0, 1, 2].map((k) => {
    let [low, high] = [Infinity, -Infinity];
    for (const point of points) {
      low = Math.min(low, point[k]!);
      high = Math.max(high, point[k]!);
    }
    return (low + high) / 2;
  }) as [number, number, number];
  const moved = points.map(([x, y, z]): Point => [x - middle[0], y - middle[1], z - middle[2]]);
  return { points: moved, reach: moved.reduce((most, [x, y]) => Math.max(most, Math.abs(x), Math.abs(y)), 0) };
}
