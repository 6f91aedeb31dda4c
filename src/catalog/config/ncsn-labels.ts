/** @file Whether the labels that NCSN gets distinguish its levels. */
import type { Rule } from '../../base/check.ts';
import type { ScoreProcess } from '../../score/coefficients.ts';

/** Labels of a process outside [0, 1] would all be those of an end of the levels. */
export function ncsnLabels({ sde, parametrization }: ScoreProcess): Rule {
  const at = (t: number): number => Number(parametrization.label(t).toPrecision(3));
  const [least, most] = [at(sde.tMin), at(sde.tMax)];
  return [
    least >= 0 && most <= 1,
    'net.kind',
    `expected labels from 0 to 1, which ncsn divides into its levels, got ${least} to ${most}; choose ncsnv2, or for ncsn ` +
      'the parametrization score with label time and timeScale 1, on an SDE whose times end at 1 (such as ve)',
  ];
}
