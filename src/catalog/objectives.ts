/** @file The objectives that have a name: how each is built, and how a run trained on it is sampled. */
import { checkOptions } from '../base/check.ts';
import { commonFactor, type Scaler } from '../data/scaler.ts';
import type { ScoreProcess } from '../score/coefficients.ts';
import { crossEntropy } from '../score/cross-entropy.ts';
import { denoising } from '../score/denoising.ts';
import { exactScoreMatching } from '../score/exact.ts';
import type { Weighing } from '../score/noised.ts';
import type { Objective } from '../score/objective.ts';
import { slicedScoreMatching } from '../score/sliced.ts';
import { variationalBound } from '../score/variational.ts';
import type { Bins } from '../sde/bins.ts';
import { amongTimes, stoppedAt } from '../sde/discrete-times.ts';
import { noiseRatio, timeOfNoiseRatio } from '../sde/noise-ratio.ts';
import type { Sde } from '../sde/sde.ts';
import { grids } from './sampler-table.ts';
import type { LossConfig } from './schema.ts';

/** What objectives are built of besides their own keys. */
export interface ObjectiveParts {
  readonly process: ScoreProcess;
  /** Weights and times of a loss that takes them, and the reduction. */
  readonly weighing: Weighing;
  /** Bins of the data; none for points. */
  readonly bins: Bins | undefined;
  /** Classes that a classifier tells apart. */
  readonly classes: number;
}

type Loss<K extends LossConfig['kind']> = Extract<LossConfig, { kind: K }>;

/** The times at which a score is learned where they are finitely many: those of a time grid, along which it is sampled. */
interface Visited {
  readonly grid: 'auto' | 'log-snr';
  readonly steps: number;
}

/** How samples of a run are drawn where nobody says how. */
export interface Sampling {
  readonly sampler: string;
  readonly steps?: number | undefined;
  readonly grid?: keyof typeof grids | undefined;
  /** Network evaluations for each sample, in place of steps. */
  readonly nfe?: number | undefined;
  /** Whether the last noise is removed. */
  readonly denoise: boolean;
  /** Whether the score is known at one noise level alone, so that no other sampler will do. */
  readonly oneLevel: boolean;
}

interface Entry<K extends LossConfig['kind']> {
  readonly build: (loss: Loss<K>, parts: ObjectiveParts) => Objective;
  /** The noise level sigma / alpha at which the score is learned, if it is one alone. */
  readonly level?: (loss: Loss<K>) => number | undefined;
  readonly visited?: (loss: Loss<K>, sde: Sde) => Visited | undefined;
  readonly sampling?: (loss: Loss<K>) => Partial<Sampling>;
}

/** Levels of NCSN where neither the loss nor the SDE has any: a ratio of 1.1 or so between neighbours. */
const defaultLevels = 100;

/** Steps of a chain where neither the loss nor the SDE has any. */
const defaultSteps = 1000;

const geometric = (levels: number): Visited => ({ grid: 'log-snr', steps: levels - 1 });

const annealing = ({ levels }: Loss<'ncsn'>, sde: Sde): Visited =>
  levels === undefined && sde.levels !== undefined
    ? { grid: 'auto', steps: sde.levels.length - 1 }
    : geometric(levels ?? defaultLevels);

const chainOf = ({ steps }: Loss<'ddpm' | 'vlb' | 'hybrid'>, { levels }: Sde): Visited => ({
  grid: 'auto',
  steps: (steps ?? levels?.length ?? defaultSteps) - 1,
});

/** Ascending times of a grid. */
const timesAlong = (sde: Sde, { grid, steps }: Visited): readonly number[] => grids[grid](sde, steps).toReversed();

/** Losses at one of finitely many times each. */
const among = ({ sde }: ScoreProcess, visited: Visited): Weighing => ({ times: amongTimes(timesAlong(sde, visited)) });

/** Times of losses that are also taken at all times, or of the data alone, whose label is that of one time. */
const derivativeTimes = (
  { noise, levels }: Loss<'exact' | 'sliced' | 'sliced-vr'>,
  process: ScoreProcess,
): Weighing => {
  if (noise === 'none') return { times: () => process.sde.tMin };
  return levels === undefined ? {} : among(process, geometric(levels));
};

const derivativeEntry = {
  level: (loss: Loss<'exact' | 'sliced' | 'sliced-vr'>): number | undefined =>
    loss.noise === 'none' ? loss.sigma : undefined,
  visited: ({ noise, levels }: Loss<'exact' | 'sliced' | 'sliced-vr'>): Visited | undefined =>
    noise === 'none' || levels === undefined ? undefined : geometric(levels),
  // Data without noise have none that the last step could remove.
  sampling: (loss: Loss<'exact' | 'sliced' | 'sliced-vr'>): Partial<Sampling> =>
    loss.noise === 'none' ? { denoise: false } : {},
};

const sliced = (loss: Loss<'sliced' | 'sliced-vr'>, { process, weighing }: ObjectiveParts): Objective =>
  slicedScoreMatching(process, {
    ...weighing,
    ...derivativeTimes(loss, process),
    clean: loss.noise === 'none',
    law: loss.law,
    projections: loss.projections,
    varianceReduced: loss.kind === 'sliced-vr',
  });

const bound = (loss: Loss<'vlb' | 'hybrid'>, { process, bins }: ObjectiveParts): Objective =>
  variationalBound(process, {
    variance: loss.variance,
    times: timesAlong(process.sde, chainOf(loss, process.sde)),
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
    build: (loss, { process, weighing }) =>
      denoising(process, { ...weighing, ...among(process, annealing(loss, process.sde)) }),
    visited: annealing,
    sampling: () => ({ sampler: 'annealed-langevin' }),
  },
  ddpm: {
    build: (loss, { process, weighing }) =>
      denoising(process, { ...weighing, ...among(process, chainOf(loss, process.sde)) }),
    visited: chainOf,
    sampling: () => ({ sampler: 'ancestral' }),
  },
  vlb: { build: bound, visited: chainOf, sampling: () => ({ sampler: 'ancestral' }) },
  hybrid: { build: bound, visited: chainOf, sampling: () => ({ sampler: 'ancestral' }) },
  exact: {
    ...derivativeEntry,
    build: (loss, { process, weighing }) =>
      exactScoreMatching(process, { ...weighing, ...derivativeTimes(loss, process), clean: loss.noise === 'none' }),
  },
  sliced: { ...derivativeEntry, build: sliced },
  'sliced-vr': { ...derivativeEntry, build: sliced },
  'cross-entropy': { build: (_loss, { process, classes }) => crossEntropy(process, { classes }) },
};

function entryOf<K extends LossConfig['kind']>(loss: Loss<K>): Entry<K> {
  return entries[loss.kind];
}

/** The objective of a configuration. */
export function buildObjective(loss: LossConfig, parts: ObjectiveParts): Objective {
  return entryOf(loss).build(loss, parts);
}

/**
 * The SDE as the loss sees it: stopped at the noise level that the score is learned at, if it is one alone.
 * @throws ConfigError if the SDE does not have this level.
 */
export function sdeFor(loss: LossConfig, sde: Sde): Sde {
  const level = entryOf(loss).level?.(loss);
  if (level === undefined) return sde;
  const [least, most] = [sde.tMin, sde.tMax].map((t) => Number(noiseRatio(sde, t).toPrecision(4))) as [number, number];
  const message = `expected ${least} to ${most}, the noise levels sigma / alpha of ${sde.kind}, got ${level}`;
  checkOptions([level >= least && level <= most, 'sigma', message]);
  return stoppedAt(sde, timeOfNoiseRatio(sde, level));
}

/** Bins of bytes in the model's range. */
export function binsOf(scaler: Scaler): Bins | undefined {
  if (scaler.kind === 'standard') return undefined;
  const factor = commonFactor(scaler);
  const { shift } = scaler;
  return { low: -factor * (shift[0] ?? 0), width: factor, count: 256 };
}

/** How samples of a run with a loss on an SDE are drawn: along the times that it was trained at, if they are finitely many. */
export function samplingOf(loss: LossConfig, sde: Sde): Sampling {
  const entry = entryOf(loss);
  const oneLevel = entry.level?.(loss) !== undefined;
  const asked = entry.sampling?.(loss) ?? {};
  return { sampler: oneLevel ? 'langevin' : 'pc', denoise: true, oneLevel, ...entry.visited?.(loss, sde), ...asked };
}
