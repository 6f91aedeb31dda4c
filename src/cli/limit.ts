/** @file When a run ends. */
import type { RunConfig } from '../catalog/schema.ts';

/** The end of a run. */
export interface Limit {
  reached(step: number, seconds: number): boolean;
  /** Seconds that are left, as far as can be told. */
  left(step: number, seconds: number, perStep: number): number;
}

/** So many steps, so many minutes, or whichever comes first. */
export function limitOf({ train: { steps, minutes } }: RunConfig): Limit {
  const lastStep = steps ?? Infinity;
  const lastSecond = (minutes ?? Infinity) * 60;
  return {
    reached: (step, seconds) => step >= lastStep || seconds >= lastSecond,
    left: (step, seconds, perStep) => Math.max(0, Math.min((lastStep - step) * perStep, lastSecond - seconds)),
  };
}
