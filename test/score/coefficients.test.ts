import { describe, expect, it } from 'vitest';
import { allFinite } from '../../src/base/arith.ts';
import { coefficient, lossCoefficients, scoreCoefficients } from '../../src/score/coefficients.ts';
import { directScore, edmParametrization, epsilon } from '../../src/sde/learning/parametrization.ts';
import { allSdes, timesWithin } from '../sde/all.ts';

const parametrizations = [
  epsilon(),
  directScore(),
  directScore({ scaleBySigma: false, label: 'logSigma' }),
  edmParametrization(),
];
const processes = allSdes.flatMap((sde) => parametrizations.map((of) => ({ sde, parametrization: of(sde) })));

describe.each(processes)('coefficients of $sde.kind with $parametrization.kind', (process) => {
  const { sde, parametrization } = process;
  const times = timesWithin(sde);
  const at = (name: (typeof scoreCoefficients | typeof lossCoefficients)[number]): Float32Array =>
    coefficient(name, process, times);

  it('are the float32 values of the functions of time', () => {
    times.forEach((t, i) => {
      expect(at('alpha')[i]).toBe(Math.fround(sde.alpha(t)));
      expect(at('sigma')[i]).toBe(Math.fround(sde.sigma(t)));
      for (const name of scoreCoefficients) expect(at(name)[i]).toBe(Math.fround(parametrization[name](t)));
    });
  });

  it('are those of each time where times repeat', () => {
    const [a = NaN, b = NaN] = times;
    for (const name of [...lossCoefficients, ...scoreCoefficients]) {
      const [atA, atB] = coefficient(name, process, [a, b]);
      expect([...coefficient(name, process, [a, a, b, b, a])]).toEqual([atA, atA, atB, atB, atA]);
    }
  });

  it('are finite from tMin to tMax', () => {
    for (const name of [...lossCoefficients, ...scoreCoefficients]) expect(allFinite(at(name)), name).toBe(true);
  });

  it('of the loss are those of the score times sigma, computed in float64', () => {
    times.forEach((t, i) => {
      expect(at('sigmaSkip')[i]).toBe(Math.fround(sde.sigma(t) * parametrization.skip(t)));
      expect(at('sigmaOut')[i]).toBe(Math.fround(sde.sigma(t) * parametrization.out(t)));
    });
  });
});
