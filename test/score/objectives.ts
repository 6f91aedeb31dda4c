/** @file Every objective, for the tests that loop over them. */
import type { ScoreProcess } from '../../src/score/coefficients.ts';
import { denoising } from '../../src/score/objectives/denoising.ts';
import { exactScoreMatching } from '../../src/score/objectives/exact.ts';
import type { Objective } from '../../src/score/objectives/objective.ts';
import { slicedScoreMatching } from '../../src/score/objectives/sliced.ts';
import { variationalBound } from '../../src/score/objectives/variational.ts';
import { amongTimes, chainTimes, geometricTimes } from '../../src/sde/time/discrete-times.ts';

/** Objectives by name; those whose name ends in 'learned' need a network of two parts. */
export const objectivesOf = (process: ScoreProcess): Readonly<Record<string, Objective>> => {
  const { sde } = process;
  const clean = { clean: true, times: () => sde.tEnd };
  const times = chainTimes(sde, 20);
  const bins = { low: -1, width: 2 / 256, count: 256 };
  return {
    denoising: denoising(process),
    'denoising at one level': denoising(process, { times: () => 0.3 }),
    'denoising at ten levels': denoising(process, { times: amongTimes(geometricTimes(sde, 10)) }),
    'denoising at the steps of a chain': denoising(process, { times: amongTimes(times) }),
    exact: exactScoreMatching(process),
    'exact without noise': exactScoreMatching(process, clean),
    sliced: slicedScoreMatching(process, { law: 'gaussian', projections: 2 }),
    'sliced on the sphere': slicedScoreMatching(process, { law: 'sphere' }),
    'sliced without noise': slicedScoreMatching(process, clean),
    'sliced with reduced variance': slicedScoreMatching(process, { varianceReduced: true }),
    'the bound, small': variationalBound(process, { variance: 'small', times }),
    'the bound, large': variationalBound(process, { variance: 'large', times, bins }),
    'the bound, learned': variationalBound(process, { variance: 'learned', times }),
    'the bound in bins, learned': variationalBound(process, { variance: 'learned', times, bins }),
  };
};
