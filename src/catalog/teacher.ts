/** @file What a student asks of its teacher. */
import { checkOptions } from '../base/check.ts';
import { sameShape, type Shape } from '../base/tensor.ts';
import { isOfLatents } from '../nn/autoencoder.ts';
import type { Network } from '../nn/network.ts';
import type { ScoreProcess } from '../score/coefficients.ts';
import type { FrozenScore } from '../score/objectives/frozen-score.ts';

/**
 * A teacher that has the samples and the process of its student.
 * @throws ConfigError if it has others.
 */
export function fittingTeacher(
  teacher: FrozenScore,
  { net, process: { sde } }: { readonly net: Network; readonly process: ScoreProcess },
): FrozenScore {
  const shown = (shape: Shape): string => `[${shape.join(', ')}]`;
  const other = teacher.process.sde;
  const times = [sde.tMin, (sde.tMin + sde.tMax) / 2, sde.tMax];
  const same =
    [sde.tMin, sde.tEnd, sde.tMax].join() === [other.tMin, other.tEnd, other.tMax].join() &&
    times.every((t) => sde.alpha(t) === other.alpha(t) && sde.sigma(t) === other.sigma(t));
  const [own, given] = [net, teacher.net].map((one) => (isOfLatents(one) ? 'latents' : 'the data themselves'));
  checkOptions(
    [own === given, 'loss.teacher', `expected a score of ${own} as the student, got one of ${given}`],
    [
      sameShape(teacher.net.sampleShape, net.sampleShape),
      'loss.teacher',
      `expected one of samples ${shown(net.sampleShape)}, got ${shown(teacher.net.sampleShape)}`,
    ],
    [
      same,
      'loss.teacher',
      `expected one with the process ${sde.kind} of the student, got ${other.kind} with other options`,
    ],
  );
  return teacher;
}
