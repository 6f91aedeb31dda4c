/** @file The noise levels and the Langevin step size that fit a data set. */
import { checkOptions } from '../base/check.ts';
import { sizeOf } from '../base/tensor.ts';
import { sampleShape, scalerOf, type DataSet } from '../data/dataset.ts';
import { largestDistance } from '../data/largest-distance.ts';
import { langevinStep, levelCount, levelRatio } from '../sde/time/noise-levels.ts';

/** The smallest level, and Langevin steps at each: those of the papers, the defaults of `smld` and annealed-langevin. */
const sigmaMin = 0.01;
const steps = 5;

/** Noise levels of a variance-exploding process for data as the network sees them: images in [0, 1), points standardized. */
export interface FittedLevels {
  /** Numbers of a sample. */
  readonly dimension: number;
  readonly sigmaMin: number;
  /** The largest distance of two samples, to four digits. */
  readonly sigmaMax: number;
  /** The largest distance that was found between two samples. */
  readonly distance: number;
  /** No two samples are further apart; above `distance` where the search was cut short. */
  readonly atMost: number;
  /** Largest ratio of neighboring levels whose shells overlap by half; Infinity where all shells overlap. */
  readonly ratio: number;
  /** Number of levels; undefined where any ratio will do. */
  readonly levels: number | undefined;
  /** Langevin step, relative to sigma^2, for `steps` steps at each level. */
  readonly stepSize: number | undefined;
  /** Langevin step at the smallest level. */
  readonly epsilon: number | undefined;
  readonly steps: number;
}

/**
 * The levels that a variance-exploding process should have for a data set.
 * @throws ConfigError if all samples are equal.
 * @see Song and Ermon 2020, "Improved techniques for training score-based generative models", techniques 1, 2 and 4
 */
export function fittedLevels(set: DataSet): FittedLevels {
  const dimension = sizeOf(sampleShape(set));
  const { distance, atMost } = largestDistance(set, scalerOf(set, { range: 'unit' }));
  const sigmaMax = Number(distance.toPrecision(4));
  checkOptions([sigmaMax > sigmaMin, 'data', `expected samples that differ, found that all of ${set.name} are equal`]);
  const ratio = levelRatio(dimension);
  const levels = Number.isFinite(ratio) ? levelCount({ sigmaMin, sigmaMax, ratio }) : undefined;
  const { stepSize } =
    levels === undefined ? {} : langevinStep({ ratio: (sigmaMax / sigmaMin) ** (1 / (levels - 1)), steps });
  const epsilon = stepSize && stepSize * sigmaMin ** 2;
  return { dimension, sigmaMin, sigmaMax, distance, atMost, ratio, levels, stepSize, epsilon, steps };
}
