/** @file Limits of the numbers of a process that a network is trained with. */
import type { Rule } from '../../base/check.ts';
import type { ScoreProcess } from '../../score/coefficients.ts';

/** Numbers whose squares are finite in float32, in which networks are trained. */
const mostScalar = 1e18;

/** The functions of time that enter the programs of a network stay within float32, where training begins and ends. */
export function scalarRules({ sde, parametrization }: ScoreProcess): readonly Rule[] {
  return [sde.tMin, sde.tEnd, sde.tMax].flatMap((t) => {
    const scalars = {
      ...{ alpha: sde.alpha(t), sigma: sde.sigma(t), skip: parametrization.skip(t), out: parametrization.out(t) },
      ...{ inScale: parametrization.inScale(t), label: parametrization.label(t) },
    };
    return Object.entries(scalars).map(([name, value]): Rule => {
      const message = `expected ${name} of -1e18 to 1e18, got ${value} at t = ${t}; its noise levels or scales are too large or too small`;
      return [Math.abs(value) <= mostScalar, name in sde ? 'sde' : 'parametrization', message];
    });
  });
}
