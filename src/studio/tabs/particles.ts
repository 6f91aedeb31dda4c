/** @file Frames of particles as they arrive from a worker, and where the particles are at a place of the clock. */
import { clockSteps } from '../work/setting.ts';
import type { Frame } from '../work/paths.ts';

/** The frames of some particles by the step of the clock; the first of them may come later than 0. */
export interface Frames {
  readonly first: number;
  /** Steps of the clock from one frame to the next. */
  readonly stride: number;
  /** x and y of each particle at each step from the first on. */
  readonly at: readonly Float32Array[];
}

/** Collects frames. */
export function collecting(): { readonly frames: () => Frames | undefined; readonly add: (frame: Frame) => void } {
  const at: Float32Array[] = [];
  let first = 0;
  let stride = 1;
  return {
    frames: () => (at.length === 0 ? undefined : { first, stride, at }),
    add: ({ step, x }) => {
      if (at.length === 0) first = step;
      else if (at.length === 1) stride = step - first;
      at.push(x);
    },
  };
}

/** The place of the clock up to which there are frames. */
export function readyPlace({ first, stride, at }: Frames): number {
  return (first + stride * (at.length - 1)) / clockSteps;
}

/** Where the particles are: between two frames, on the line from one to the other. */
export function particlesAt({ first, stride, at }: Frames, place: number): Float32Array {
  const along = Math.min(at.length - 1, Math.max(0, (place * clockSteps - first) / stride));
  const below = Math.floor(along);
  const [a, b] = [at[below] ?? new Float32Array(), at[below + 1]];
  const part = along - below;
  return b === undefined || part === 0 ? a : a.map((value, i) => value + part * ((b[i] ?? value) - value));
}

/** The path of a particle up to a place of the clock, and from there on. */
export function pathOf(
  frames: Frames,
  particle: number,
  place: number,
): readonly [past: Float32Array, future: Float32Array] {
  const xy = (x: Float32Array): readonly number[] => [x[2 * particle] ?? NaN, x[2 * particle + 1] ?? NaN];
  const now = xy(particlesAt(frames, place));
  const along = Math.min(frames.at.length - 1, Math.max(0, (place * clockSteps - frames.first) / frames.stride));
  const past = frames.at.slice(0, Math.floor(along) + 1).flatMap(xy);
  const future = frames.at.slice(Math.floor(along) + 1).flatMap(xy);
  return [Float32Array.from([...past, ...now]), Float32Array.from([...now, ...future])];
}

/** The particle nearest to a point, if it is within a distance of it. */
export function nearest(at: Float32Array, [x, y]: readonly [number, number], within: number): number | undefined {
  let best: number | undefined;
  let least = within;
  for (let i = 0; i < at.length; i += 2) {
    const distance = Math.hypot((at[i] ?? NaN) - x, (at[i + 1] ?? NaN) - y);
    if (distance < least) [best, least] = [i / 2, distance];
  }
  return best;
}
