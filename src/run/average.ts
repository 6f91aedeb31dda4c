/** @file An average of the parameters of a run that is chosen after its training. */
import { ConfigError } from '../base/errors.ts';
import { profileSum, type Profile } from '../evaluate/profile-sum.ts';
import { gammaOf } from '../score/power-profiles.ts';
import { readAverages, storedAverages } from './folder/averages.ts';
import type { LoadedRun } from './load.ts';
import type { ChosenAverage } from './from-bytes.ts';

/** An average, and how near it is to the one that was asked for. */
export interface ComputedAverage extends ChosenAverage {
  /** Step of the training that it ends with. */
  readonly step: number;
  /** Stored averages that it is a sum of, those of the checkpoint among them. */
  readonly stored: number;
  /** What it misses: the norm of the difference of the profiles over that of the profile. */
  readonly residual: number;
}

/**
 * The average with the power-law profile of a width, as a sum of those that a run has stored on its way.
 * @param width - standard deviation of the profile, as a part of the steps of the training: of 0 to below 0.2887
 * @throws ConfigError if the run has stored none, or there is no such width.
 * @throws FileError if one of them is damaged.
 * @see Karras et al. 2024, "Analyzing and improving the training dynamics of diffusion models", section 3.2
 */
export function averageOf(loaded: LoadedRun, width: number): ComputedAverage {
  const { run, config, point } = loaded;
  const { step, state } = point;
  const wanted: Profile = { gamma: gammaOf(width), end: step };
  const { averages: widths = [] } = config.train;
  const { profiles = [] } = state;
  if (widths.length === 0 || profiles.length === 0)
    throw new ConfigError([
      {
        path: 'model',
        message: `expected a run that stores averages, ${run.folder} has none; train with --set train.averages=[0.05,0.1]`,
      },
    ]);
  const gammas = widths.map(gammaOf);
  const length = state.ema.length;
  const parts = [
    ...storedAverages(run)
      .filter((end) => end < step)
      .map((end) => ({ end, values: () => readAverages(run, end, { gammas, length }) })),
    { end: step, values: () => profiles },
  ];
  const stored = parts.flatMap(({ end }) => gammas.map((gamma) => ({ gamma, end })));
  const { weights, residual } = profileSum(stored, wanted);
  const sum = new Float64Array(length);
  parts.forEach(({ values }, k) => {
    values().forEach((own, i) => {
      const weight = weights[k * gammas.length + i] ?? 0;
      for (let j = 0; j < length; j++) sum[j] = (sum[j] ?? 0) + weight * (own[j] ?? 0);
    });
  });
  return { width, step, stored: stored.length, residual, params: Float32Array.from(sum) };
}
