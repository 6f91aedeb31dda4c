/** @file When a run ends. */
import type { RunConfig } from '../catalog/config/schema.ts';

/** The end of a run. */
export interface Limit {
  reached(step: number, seconds: number): boolean;
  /** The part of the steps or of the minutes that is done, 0 to 1: the larger one. */
  fraction(step: number, seconds: number): number;
  /** The part of the minutes that is spent, 0 to 1; 0 of a run that steps alone end. */
  spent(seconds: number): number;
  /** Seconds that are left at so many seconds a step. */
  left(step: number, seconds: number, perStep: number): number;
}

/** So many steps, so many minutes, or whichever comes first. */
export function limitOf({ train: { steps, minutes } }: RunConfig): Limit {
  const lastStep = steps ?? Infinity;
  const lastSecond = (minutes ?? Infinity) * 60;
  const spent = (seconds: number): number => Math.min(1, lastSecond > 0 ? seconds / lastSecond : 1);
  return {
    spent,
    reached: (step, seconds) => step >= lastStep || seconds >= lastSecond,
    fraction: (step, seconds) => Math.min(1, Math.max(step / lastStep, spent(seconds))),
    left: (step, seconds, perStep) => Math.max(0, Math.min((lastStep - step) * perStep, lastSecond - seconds)),
  };
}
