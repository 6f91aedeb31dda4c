/** @file Guidance without a classifier: away from the unconditional score. */
import { combine } from '../../base/arith.ts';
import { atLeast, checkOptions } from '../../base/check.ts';
import type { Tensor } from '../../base/tensor.ts';
import { timesOf, type LogDensity, type ScoreFn, type ScoreVjpFn } from '../score-fn.ts';
import { scaleWithin, type GuidanceInterval } from './guidance-interval.ts';

/** What `classifierFreeGuidance` needs. */
export interface ClassifierFreeGuidanceOptions {
  /** The score given the class, or of a better network. */
  readonly conditional: ScoreFn;
  /** The score of all classes, or of a worse network (autoguidance). */
  readonly unconditional: ScoreFn;
  /** 0: unconditional; 1: conditional; above 1: sharper. It is 1 + w in the convention of the paper. Default 1. */
  readonly scale?: number;
  /**
   * Noise levels sigma / alpha between which the scale applies; elsewhere the score is the conditional one. All noise
   * levels by default.
   */
  readonly interval?: GuidanceInterval | undefined;
}

/**
 * s_u + scale (s_c - s_u). A row costs one evaluation where the scale is 0 or 1, or the interval leaves the whole batch
 * out, and else two.
 * @throws ConfigError unless scale is at least 0 and the interval's high above its low.
 * @see Ho and Salimans 2022, "Classifier-free diffusion guidance", eq. 6; Kynkäänniemi et al. 2024, "Applying guidance in a
 * limited interval improves sample and distribution quality in diffusion models", eq. 5; Karras et al. 2024, "Guiding a
 * diffusion model with a bad version of itself"
 * @example
 * ```ts
 * import { gaussian, tensor, vp } from 'scorefield';
 * import { classifierFreeGuidance } from 'scorefield/inverse';
 *
 * const sde = vp();
 * const conditional = gaussian(sde, { mean: tensor([2], [1]), std: 1 }).score;
 * const unconditional = gaussian(sde, { mean: tensor([0], [1]), std: 2 }).score;
 * const score = classifierFreeGuidance({ conditional, unconditional, scale: 2 });
 * console.log((await score(tensor([0], [1, 1]), 0.5)).data);
 * ```
 */
export function classifierFreeGuidance(options: ClassifierFreeGuidanceOptions): ScoreFn {
  const { conditional, unconditional } = options;
  const scalesAt = scalesOf(options);
  return async (x, t, rows, to) => {
    const scales = scalesAt(t, x);
    if (scales.every((s) => s === 0)) return unconditional(x, t, rows, to);
    if (scales.every((s) => s === 1)) return conditional(x, t, rows, to);
    const [given, free] = [await conditional(x, t, rows, to), await unconditional(x, t, rows, to)];
    return combine([scales, given], [scales.map((s) => 1 - s), free]);
  };
}

/** The scale of each sample of a batch. */
function scalesOf({ scale = 1, interval }: Pick<ClassifierFreeGuidanceOptions, 'scale' | 'interval'>): typeof timesOf {
  checkOptions(atLeast('scale', scale, ['the constant', 0]));
  const scaleAt = scaleWithin(scale, interval);
  return (t, x) => timesOf(t, x).map(scaleAt);
}

/**
 * The density of which `classifierFreeGuidance` is the score at one noise level, log p_u + scale (log p_c - log p_u); undefined unless both are
 * known.
 * @throws ConfigError as `classifierFreeGuidance`.
 */
export function classifierFreeLogDensity(
  options: Pick<ClassifierFreeGuidanceOptions, 'scale' | 'interval'> & {
    readonly conditional: LogDensity | undefined;
    readonly unconditional: LogDensity | undefined;
  },
): LogDensity | undefined {
  const { conditional, unconditional } = options;
  if (conditional === undefined || unconditional === undefined) return undefined;
  const scalesAt = scalesOf(options);
  return async (x, t, rows) => {
    const [scale = 1] = scalesAt(t, x);
    if (scale === 1) return conditional(x, t, rows);
    const [own, free] = [await conditional(x, t, rows), await unconditional(x, t, rows)];
    return own.map((log, i) => scale * log + (1 - scale) * (free[i] ?? NaN));
  };
}

/**
 * The derivative of `classifierFreeGuidance`, pulled back; a row costs as many evaluations.
 * @throws ConfigError as `classifierFreeGuidance`.
 */
export function classifierFreeVjp(
  options: Pick<ClassifierFreeGuidanceOptions, 'scale' | 'interval'> & {
    readonly conditional: ScoreVjpFn;
    readonly unconditional: ScoreVjpFn;
  },
): ScoreVjpFn {
  const { conditional, unconditional } = options;
  const scalesAt = scalesOf(options);
  return async (x, t, w, rows) => {
    const scales = scalesAt(t, x);
    if (scales.every((s) => s === 0)) return unconditional(x, t, w, rows);
    if (scales.every((s) => s === 1)) return conditional(x, t, w, rows);
    const [given, free] = [await conditional(x, t, w, rows), await unconditional(x, t, w, rows)];
    const mix = (a: Tensor, b: Tensor): Tensor => combine([scales, a], [scales.map((s) => 1 - s), b]);
    return { score: mix(given.score, free.score), vjp: mix(given.vjp, free.vjp) };
  };
}
