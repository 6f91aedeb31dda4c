/** @file `scorefield data --levels`: noise levels and a Langevin step size that fit a data set. */
import { checkOptions } from '../base/check.ts';
import { sizeOf } from '../base/tensor.ts';
import { sampleShape, type DataSet } from '../data/dataset.ts';
import { largestDistance } from '../data/largest-distance.ts';
import { scalerOf } from '../data/scaler.ts';
import { langevinStep, levelCount, levelRatio } from '../sde/noise-levels.ts';
import { plural, short, table, type Terminal } from './shell/terminal.ts';

/** The smallest level, and Langevin steps at each: what the papers have, and `smld` and annealed-langevin by default. */
const sigmaMin = 0.01;
const steps = 5;

/**
 * Prints the levels that a VE process should have, for data as it sees them: images in [0, 1), points standardised.
 * @param data - the words of the command line that name the data
 * @throws ConfigError if all samples are equal.
 * @see Song and Ermon 2020, "Improved techniques for training score-based generative models", techniques 1, 2 and 4
 */
export function printLevels(data: string, set: DataSet, out: Terminal): void {
  const dimension = sizeOf(sampleShape(set));
  const { distance, atMost } = largestDistance(set, scalerOf(set, { range: 'unit' }));
  const sigmaMax = Number(distance.toPrecision(4));
  checkOptions([sigmaMax > sigmaMin, 'data', `expected samples that differ, found that all of ${set.name} are equal`]);
  const ratio = levelRatio(dimension);
  const levels = Number.isFinite(ratio) ? levelCount({ sigmaMin, sigmaMax, ratio }) : undefined;
  const { stepSize } =
    levels === undefined ? {} : langevinStep({ ratio: (sigmaMax / sigmaMin) ** (1 / (levels - 1)), steps });
  const epsilon = stepSize && stepSize * sigmaMin ** 2;
  const bound = atMost > distance ? `found so far; no two samples are further apart than ${short(atMost)}` : undefined;
  out.line(
    table({
      data: `${set.name}, ${plural(set.count, 'sample')} of ${plural(dimension, 'number')}`,
      'largest sigma': `${sigmaMax}, the largest distance of two samples${bound ? ` (${bound})` : ''}`,
      'smallest sigma': sigmaMin,
      ratio:
        levels === undefined
          ? `any: in ${plural(dimension, 'dimension')} the shells of all levels overlap`
          : `${ratio.toPrecision(5)} at most, so that the shells of neighbouring levels overlap by half`,
      levels,
      'step size':
        stepSize && `${short(stepSize)} sigma^2, epsilon ${short(epsilon ?? 0)}, for ${steps} Langevin steps a level`,
    }),
  );
  const ofLevels = levels === undefined ? '' : ` --set sde.levels=${levels}`;
  out.line(`train with: scorefield train ${data} --sde smld --set sde.sigmaMax=${sigmaMax}${ofLevels}`);
  if (levels !== undefined && stepSize !== undefined)
    // The first level is that of the prior's draw.
    out.line(
      `sample with: scorefield sample RUN --sampler annealed-langevin --steps ${levels - 1} --step-size ${short(stepSize)}`,
    );
  out.result({ name: set.name, dimension, sigmaMin, sigmaMax, atMost, ratio, levels, stepSize, epsilon, steps });
}
