/** @file Exact score matching as a named objective. */
import { exactScoreMatching } from '../../score/objectives/exact.ts';
import { derivativeOptions, derivativeSampling, derivativeTimes } from './derivatives.ts';
import { objective } from './objective.ts';

export const exactObjective = objective({
  name: 'exact',
  description: 'exact (implicit) score matching, for samples of few numbers',
  citation: 'Hyvarinen 2005, theorem 1',
  task: 'score',
  options: derivativeOptions,
  // Each dimension is a derivative of the whole network in one program.
  most: { values: 64, instead: 'sliced' },
  ...derivativeSampling,
  build: (loss, { process, weighing }) =>
    exactScoreMatching(process, { ...weighing, ...derivativeTimes(loss, process), clean: loss.noise === 'none' }),
});
