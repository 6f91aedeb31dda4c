/** @file What a drift between two laws of data reads, and its scale. */
import { checkOptions, positive } from '../../base/check.ts';
import type { ParametrizationOf } from './parametrization.ts';

/** Labels of the whole time, as those of DDPM's thousand steps. */
const labels = 999;

/** The scale of the drift of a bridge between data of variance 1, at a time t before its end: sqrt(1 + epsilon (1 - t) / t). */
export function driftScale(epsilon: number, t: number): number {
  return Math.sqrt(1 + (epsilon * (1 - t)) / t);
}

/**
 * The network predicts the drift toward the end over `driftScale`, which is what the noise of its target grows by, and reads x as it is. In place of a
 * score it is the drift.
 * @throws ConfigError unless epsilon > 0.
 */
export function bridgeInput(epsilon: number): ParametrizationOf {
  checkOptions(positive('epsilon', epsilon));
  return () =>
    Object.freeze({
      kind: 'bridge',
      skip: () => 0,
      out: (t: number) => driftScale(epsilon, t),
      inScale: () => 1,
      label: (t: number) => labels * t,
    });
}
