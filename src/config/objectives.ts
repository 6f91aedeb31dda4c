/** @file The objectives that have a name: how each is built, and how a run trained on it is sampled. */
import type { Scaler } from '../data/scaler.ts';
import type { ScoreProcess } from '../score/coefficients.ts';
import type { Bins } from '../score/decoder.ts';
import { denoising } from '../score/denoising.ts';
import { exactScoreMatching } from '../score/exact.ts';
import type { Weighing } from '../score/noised.ts';
import type { Objective } from '../score/objective.ts';
import { slicedScoreMatching } from '../score/sliced.ts';
import { variationalBound } from '../score/variational.ts';
import { amongTimes, chainTimes, geometricTimes, stoppedAt } from '../sde/discrete-times.ts';
import { timeOfNoiseRatio } from '../sde/noise-ratio.ts';
import type { Sde } from '../sde/sde.ts';
import type { LossConfig } from './schema.ts';

/** What objectives are built of besides their own keys. */
export interface ObjectiveParts {
  readonly process: ScoreProcess;
  /** Weights and times of a loss that takes them, and the reduction. */
  readonly weighing: Weighing;
  /** Bins of the data; none for points. */
  readonly bins: Bins | undefined;
}

type Loss<K extends LossConfig['kind']> = Extract<LossConfig, { kind: K }>;

/** How samples of a run are drawn where nobody says how. */
export interface Sampling {
  readonly sampler: string;
  readonly steps?: number;
  /** Whether the last noise is removed. */
  readonly denoise: boolean;
  /** Whether the score is known at one noise level alone, so that no other sampler will do. */
  readonly oneLevel: boolean;
}

interface Entry<K extends LossConfig['kind']> {
  readonly build: (loss: Loss<K>, parts: ObjectiveParts) => Objective;
  /** The noise level sigma / alpha at which the score is learned, if it is one alone. */
  readonly level?: (loss: Loss<K>) => number | undefined;
  readonly sampling?: (loss: Loss<K>) => Partial<Sampling>;
}

/** Levels of NCSN where neither the loss nor the SDE has any: a ratio of 1.1 or so between neighbours. */
const defaultLevels = 100;

const levelsOf = (sde: Sde, levels: number | undefined): readonly number[] =>
  levels === undefined ? (sde.levels ?? geometricTimes(sde, defaultLevels)) : geometricTimes(sde, levels);

/** Times among levels if levels are asked for, for losses that are also taken at all times. */
const atLevels = ({ sde }: ScoreProcess, { levels }: { readonly levels?: number | undefined }): Weighing =>
  levels === undefined ? {} : { times: amongTimes(geometricTimes(sde, levels)) };

const derivativeEntry = {
  level: (loss: Loss<'exact' | 'sliced' | 'sliced-vr'>): number | undefined =>
    loss.noise === 'none' ? loss.sigma : undefined,
  // Data without noise have none that the last step could remove.
  sampling: (loss: Loss<'exact' | 'sliced' | 'sliced-vr'>): Partial<Sampling> =>
    loss.noise === 'none' ? { denoise: false } : {},
};

const sliced = (loss: Loss<'sliced' | 'sliced-vr'>, { process, weighing }: ObjectiveParts): Objective =>
  slicedScoreMatching(process, {
    ...weighing,
    ...atLevels(process, loss),
    clean: loss.noise === 'none',
    law: loss.law,
    projections: loss.projections,
    varianceReduced: loss.kind === 'sliced-vr',
  });

const bound = (loss: Loss<'vlb' | 'hybrid'>, { process, bins }: ObjectiveParts): Objective =>
  variationalBound(process, {
    variance: loss.variance,
    times: chainTimes(process.sde, loss.steps),
    ...(bins === undefined ? {} : { bins }),
    ...('factor' in loss ? { besideSimple: loss.factor } : {}),
  });

const entries: { readonly [K in LossConfig['kind']]: Entry<K> } = {
  denoising: { build: (_loss, { process, weighing }) => denoising(process, weighing) },
  dsm: {
    build: (_loss, { process, weighing }) => denoising(process, { ...weighing, times: () => process.sde.tMin }),
    level: ({ sigma }) => sigma,
  },
  ncsn: {
    build: ({ levels }, { process, weighing }) =>
      denoising(process, { ...weighing, times: amongTimes(levelsOf(process.sde, levels)) }),
    sampling: ({ levels }) => ({
      sampler: 'annealed-langevin',
      ...(levels === undefined ? {} : { steps: levels - 1 }),
    }),
  },
  ddpm: {
    build: ({ steps }, { process, weighing }) =>
      denoising(process, { ...weighing, times: amongTimes(chainTimes(process.sde, steps)) }),
    sampling: () => ({ sampler: 'ancestral' }),
  },
  vlb: { build: bound, sampling: () => ({ sampler: 'ancestral' }) },
  hybrid: { build: bound, sampling: () => ({ sampler: 'ancestral' }) },
  exact: {
    ...derivativeEntry,
    build: (loss, { process, weighing }) =>
      exactScoreMatching(process, { ...weighing, ...atLevels(process, loss), clean: loss.noise === 'none' }),
  },
  sliced: { ...derivativeEntry, build: sliced },
  'sliced-vr': { ...derivativeEntry, build: sliced },
};

function entryOf<K extends LossConfig['kind']>(loss: Loss<K>): Entry<K> {
  return entries[loss.kind];
}

/** The objective of a configuration. */
export function buildObjective(loss: LossConfig, parts: ObjectiveParts): Objective {
  return entryOf(loss).build(loss, parts);
}

/** The SDE as the loss sees it: stopped at the noise level that the score is learned at, if it is one alone. */
export function sdeFor(loss: LossConfig, sde: Sde): Sde {
  const level = entryOf(loss).level?.(loss);
  return level === undefined ? sde : stoppedAt(sde, timeOfNoiseRatio(sde, level));
}

/** Bins of bytes in the model's range. */
export function binsOf({ kind, factor, shift }: Scaler): Bins | undefined {
  return kind === 'standard' ? undefined : { low: -factor * (shift[0] ?? 0), width: factor, count: 256 };
}

/** How samples of a run with a loss are drawn. */
export function samplingOf(loss: LossConfig): Sampling {
  const entry = entryOf(loss);
  const oneLevel = entry.level?.(loss) !== undefined;
  const asked = entry.sampling?.(loss) ?? {};
  return { sampler: oneLevel ? 'langevin' : 'pc', denoise: true, oneLevel, ...asked };
}
