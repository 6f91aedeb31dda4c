/** @file Guidance by a classifier that knows noise. */
import { combine } from '../../base/arith.ts';
import { atLeast, checkOptions } from '../../base/check.ts';
import { timesOf, type ScoreFn } from '../score-fn.ts';
import { scaleWithin, type GuidanceInterval } from './guidance-interval.ts';

/** What `classifierGuidance` needs. */
export interface ClassifierGuidanceOptions {
  /** The score of all classes. */
  readonly score: ScoreFn;
  /** grad_x log p(c | x_t) of the class that is asked for, at every noise level of the SDE itself. */
  readonly classifier: ScoreFn;
  /** Factor of the classifier's gradient: 1 is the class, more sharpens it, 0 is no guidance. Default 1. */
  readonly scale?: number;
  /** Noise levels sigma / alpha between which the scale applies; elsewhere it is 1. All noise levels by default. */
  readonly interval?: GuidanceInterval | undefined;
}

/**
 * The score of one class by Bayes' rule: s + scale grad_x log p(c | x_t), exact at scale 1 for an exact classifier.
 *
 * `classifier` is a gradient with respect to x_t of the SDE that is sampled; `classifierModel` gives it for any affine SDE, whichever the
 * classifier was trained on.
 * @throws ConfigError unless scale is at least 0 and the interval's high above its low.
 * @see Song et al. 2021, eq. 14; Dhariwal and Nichol 2021, "Diffusion models beat GANs on image synthesis", section 4
 */
export function classifierGuidance({ score, classifier, scale = 1, interval }: ClassifierGuidanceOptions): ScoreFn {
  checkOptions(atLeast('scale', scale, ['the constant', 0]));
  const scaleAt = scaleWithin(scale, interval);
  return async (x, t, rows, to) => {
    const scales = timesOf(t, x).map(scaleAt);
    if (scales.every((s) => s === 0)) return score(x, t, rows, to);
    return combine([1, await score(x, t, rows, to)], [scales, await classifier(x, t, rows)]);
  };
}
