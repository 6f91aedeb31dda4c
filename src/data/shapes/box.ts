/** @file The cube around points. */

/** A cube: its center, and half of its side. */
export interface Box {
  readonly center: readonly [number, number, number];
  /** Half of the longest side of the box around the points; 1 where all are in one place. */
  readonly half: number;
}

/** The cube around points `[N, 3]`, with the center of the box around them. */
export function boxAround(points: ArrayLike<number>): Box {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let j = 0; j < points.length; j++) {
    low[j % 3] = Math.min(low[j % 3]!, points[j]!);
    high[j % 3] = Math.max(high[j % 3]!, points[j]!);
  }
  const [x = 0, y = 0, z = 0] = low.map((value, k) => (value + high[k]!) / 2);
  return { center: [x, y, z], half: Math.max(...low.map((value, k) => (high[k]! - value) / 2)) || 1 };
}
