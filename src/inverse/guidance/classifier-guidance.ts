/** @file Guidance by a classifier that knows noise. */
import { combine } from '../../base/arith.ts';
import { atLeast, checkOptions } from '../../base/check.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';

/** What `classifierGuidance` needs. */
export interface ClassifierGuidanceOptions {
  /** The score of all classes. */
  readonly score: ScoreFn;
  /** grad_x log p(c | x_t) of the class that is asked for, at every noise level of the SDE itself. */
  readonly classifier: ScoreFn;
  /** Factor of the classifier's gradient: 1 is the class, more sharpens it, 0 is no guidance. Default 1. */
  readonly scale?: number;
}

/**
 * The score of one class by Bayes' rule: s + scale grad_x log p(c | x_t), exact at scale 1 for an exact classifier.
 *
 * `classifier` is a gradient with respect to x_t of the SDE that is sampled; `classifierModel` gives it for any affine SDE, whichever the
 * classifier was trained on.
 * @throws ConfigError unless scale is at least 0.
 * @see Song et al. 2021, eq. 14; Dhariwal and Nichol 2021, "Diffusion models beat GANs on image synthesis", section 4
 */
export function classifierGuidance({ score, classifier, scale = 1 }: ClassifierGuidanceOptions): ScoreFn {
  checkOptions(atLeast('scale', scale, ['the constant', 0]));
  if (scale === 0) return score;
  return async (x, t, rows) => combine([1, await score(x, t, rows)], [scale, await classifier(x, t, rows)]);
}
