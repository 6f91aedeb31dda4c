/** @file What the objectives along a chain of finitely many steps share. */
import * as v from 'valibot';
import { variationalBound, type VarianceKind } from '../../score/objectives/variational.ts';
import type { Objective } from '../../score/objectives/objective.ts';
import type { Sde } from '../../sde/sde.ts';
import { optional, withDefault } from '../option.ts';
import { timesAlong, type ObjectiveParts, type Sampling, type Visited } from './objective.ts';
import { twoOrMore } from './options.ts';

/** Steps of a chain where neither the loss nor the SDE has any. */
const defaultSteps = 1000;

export const steps = optional(twoOrMore, `steps of the chain (default: those of a discrete SDE, or ${defaultSteps})`);

export const variance = (value: VarianceKind): ReturnType<typeof withDefault<VarianceKind>> =>
  withDefault(v.picklist(['small', 'large', 'learned']), value, 'variance of the reverse steps');

/** The times of the chain. */
export const chainOf = (loss: { readonly steps?: number }, { levels }: Sde): Visited => ({
  grid: 'auto',
  steps: (loss.steps ?? levels?.length ?? defaultSteps) - 1,
});

/** Scores of a chain are sampled along it. */
export const ancestralSampling = (): Partial<Sampling> => ({ sampler: 'ancestral' });

/** L_vlb, with a share of it beside L_simple if `factor` is given. */
export const bound = (
  loss: { readonly steps?: number; readonly variance: VarianceKind; readonly factor?: number },
  { process, bins }: ObjectiveParts,
): Objective =>
  variationalBound(process, {
    variance: loss.variance,
    times: timesAlong(process.sde, chainOf(loss, process.sde)),
    ...(bins === undefined ? {} : { bins }),
    ...(loss.factor === undefined ? {} : { besideSimple: loss.factor }),
  });
