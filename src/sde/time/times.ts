/** @file The time options that every SDE shares. */
import { above, atLeast, positive, type Rule } from '../../base/check.ts';

/** Where training and sampling stop short of time zero, at which the score of the data may not exist. */
export interface TimeOptions {
  /** Smallest time of training and likelihoods. Default 1e-5. */
  readonly tMin?: number;
  /**
   * Time at which sampling ends, at least `tMin`. Default `tMin` for `ve` and `linearVe`, and 1e-3 or `tMin`, the
   * larger, for the others.
   */
  readonly tEnd?: number;
}

/** 0 < tMin <= tEnd < tMax. */
export function timeRules({ tMin, tEnd, tMax }: Readonly<Record<'tMin' | 'tEnd' | 'tMax', number>>): readonly Rule[] {
  return [positive('tMin', tMin), atLeast('tEnd', tEnd, ['tMin', tMin]), above('tMax', tMax, ['tEnd', tEnd])];
}

/** The time lies before 1, at which a process that ends without data is singular. */
export function beforeOne(path: string, t: number): Rule {
  return [t < 1, path, `expected a number below 1, got ${t}`];
}
