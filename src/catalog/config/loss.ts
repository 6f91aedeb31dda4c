/** @file The objective of a configuration, and how a run that is trained on it is sampled. */
import { checkOptions } from '../../base/check.ts';
import { isOfBytes } from '../../data/float-images.ts';
import { commonFactor, type Scaler } from '../../data/scaler.ts';
import type { Objective } from '../../score/objectives/objective.ts';
import type { Bins } from '../../sde/learning/bins.ts';
import { stoppedAt } from '../../sde/time/discrete-times.ts';
import { noiseRatio, timeOfNoiseRatio } from '../../sde/time/noise-ratio.ts';
import type { Sde } from '../../sde/sde.ts';
import { builtIn, type Catalog } from '../catalog.ts';
import type { CouplingRecord } from '../couplings.ts';
import { given } from './given.ts';
import { find } from '../named.ts';
import type { ObjectiveParts, ObjectiveRecord, Sampling, UsualSampler } from '../objectives/objective.ts';
import { tokenCount } from '../kinds.ts';
import type { LossConfig, NetConfig, SdeConfig } from './schema.ts';

export type { ObjectiveParts, Sampling } from '../objectives/objective.ts';

/** The record of the objective of a configuration. */
export function objectiveOf({ kind }: LossConfig, catalog: Catalog = builtIn): ObjectiveRecord {
  return find(catalog.objectives, kind, 'kind');
}

/** The objective of a configuration. */
export function buildObjective(loss: LossConfig, parts: ObjectiveParts, catalog: Catalog = builtIn): Objective {
  return objectiveOf(loss, catalog).build(given(loss), parts);
}

/**
 * The SDE as the loss sees it: stopped at the noise level that the score is learned at, if it is one alone.
 * @throws ConfigError if the SDE does not have this level.
 */
export function sdeFor(loss: LossConfig, sde: Sde, catalog: Catalog = builtIn): Sde {
  const level = objectiveOf(loss, catalog).level?.(given(loss));
  if (level === undefined) return sde;
  const [least, most] = [sde.tMin, sde.tMax].map((t) => Number(noiseRatio(sde, t).toPrecision(4))) as [number, number];
  const message = `expected ${least} to ${most}, the noise levels sigma / alpha of ${sde.kind}, got ${level}`;
  checkOptions([level >= least && level <= most, 'sigma', message]);
  return stoppedAt(sde, timeOfNoiseRatio(sde, level));
}

/** The coupling that a configuration names. */
export function couplingOf(loss: LossConfig, { couplings }: Catalog = builtIn): CouplingRecord | undefined {
  const name = 'coupling' in loss ? loss.coupling : undefined;
  return name === undefined ? undefined : find(couplings, name, 'loss.coupling');
}

/** Bins of bytes in the model's range; none for floats. */
export function binsOf(scaler: Scaler): Bins | undefined {
  if (!isOfBytes(scaler)) return undefined;
  const factor = commonFactor(scaler);
  const { shift } = scaler;
  return { low: -factor * (shift[0] ?? 0), width: factor, count: 256 };
}

/** How a run noises its data, for people: by an SDE, whose name it is, or in words how tokens are noised. */
export function noiseOf(
  { sde, loss, net }: { readonly sde: SdeConfig; readonly loss: LossConfig; readonly net: NetConfig },
  catalog: Catalog = builtIn,
): readonly [what: 'SDE' | 'noise', name: string] {
  const words = objectiveOf(loss, catalog).noise?.(given(loss));
  if (words !== undefined) return ['noise', words];
  const corruption = objectiveOf(loss, catalog).corruption?.(given(loss), tokenCount(net));
  if (corruption === undefined) return ['SDE', sde.kind];
  if (corruption.kind === 'masked') return ['noise', `masks, ${corruption.schedule.kind}`];
  return ['noise', `${corruption.noise.kind}, ${corruption.noise.steps} steps`];
}

/**
 * How samples of a run with a loss on an SDE are drawn: along the times that it was trained at, if they are finitely many.
 * @param usual - where the loss asks for no sampler
 */
export function samplingOf(loss: LossConfig, sde: Sde, usual: UsualSampler, catalog: Catalog = builtIn): Sampling {
  const record = objectiveOf(loss, catalog);
  const options = given(loss);
  const oneLevel = record.level?.(options) !== undefined;
  const asked = record.sampling?.(options) ?? {};
  const flowOnly = couplingOf(loss, catalog)?.independent === false;
  const own = {
    ...(oneLevel && { sampler: 'langevin' }),
    ...record.visited?.(options, sde),
    ...(flowOnly && { sampler: 'ddim', flowOnly }),
    ...asked,
  };
  const suits = Object.keys(own).some((name) => ['sampler', 'steps'].includes(name)) ? { sampler: 'pc' } : usual;
  return { denoise: true, oneLevel, ...suits, ...own };
}
