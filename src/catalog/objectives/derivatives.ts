/** @file What the objectives share that read derivatives of the score. */
import * as v from 'valibot';
import type { Objective } from '../../score/objectives/objective.ts';
import type { ScoreProcess } from '../../score/coefficients.ts';
import type { Weighing } from '../../score/objectives/noised.ts';
import { slicedScoreMatching } from '../../score/objectives/sliced.ts';
import { upTo } from '../config/limits.ts';
import { optional, withDefault, type OptionValues } from '../option.ts';
import { among, geometric, type ObjectiveParts, type Sampling, type Visited } from './objective.ts';
import { sigma, twoOrMore, weighingOptions } from './options.ts';

export const derivativeOptions = {
  ...weighingOptions,
  levels: optional(
    twoOrMore,
    'noise levels among which the times are, geometric from tEnd to tMax (default: the distribution `times`)',
  ),
  noise: withDefault(
    v.picklist(['all', 'none']),
    'all',
    'all noise levels, or the data as they are, for which `sigma` is the label and the step of `langevin`',
  ),
  sigma,
};

export const slicedOptions = {
  ...derivativeOptions,
  projections: withDefault(upTo(1024), 1, 'random directions for each sample'),
  law: withDefault(v.picklist(['gaussian', 'rademacher', 'sphere']), 'rademacher', 'law of the directions'),
};

type DerivativeLoss = OptionValues<typeof derivativeOptions>;

/** Times of losses that are also taken at all times, or of the data alone, whose label is that of one time. */
export const derivativeTimes = ({ noise, levels }: DerivativeLoss, process: ScoreProcess): Weighing => {
  if (noise === 'none') return { times: () => process.sde.tMin };
  return levels === undefined ? {} : among(process, geometric(levels));
};

/** How the scores are sampled: along their levels, or at the one that stands for the data. */
export const derivativeSampling = {
  level: (loss: DerivativeLoss): number | undefined => (loss.noise === 'none' ? loss.sigma : undefined),
  visited: ({ noise, levels }: DerivativeLoss): Visited | undefined =>
    noise === 'none' || levels === undefined ? undefined : geometric(levels),
  // Data without noise have none that the last step could remove.
  sampling: (loss: DerivativeLoss): Partial<Sampling> => (loss.noise === 'none' ? { denoise: false } : {}),
};

/** Sliced score matching, as published or with reduced variance. */
export const sliced = (
  loss: OptionValues<typeof slicedOptions>,
  { process, weighing }: ObjectiveParts,
  varianceReduced: boolean,
): Objective =>
  slicedScoreMatching(process, {
    ...weighing,
    ...derivativeTimes(loss, process),
    clean: loss.noise === 'none',
    law: loss.law,
    projections: loss.projections,
    varianceReduced,
  });
