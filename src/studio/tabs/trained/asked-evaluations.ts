/** @file How many evaluations of the network the address asks of a model. */
import type { State } from '../../state/address.ts';
import type { ModelFacts } from '../../work/opened.ts';

/** Evaluations of each sample that are asked for; undefined for the number of the model or the method. */
export function askedEvaluations(
  { evals }: Pick<State, 'evals'>,
  { learnedNfe }: Pick<ModelFacts, 'learnedNfe'>,
): number | undefined {
  return evals === 0 || learnedNfe !== undefined ? undefined : evals;
}
