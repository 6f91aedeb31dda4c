/** @file The Bogacki-Shampine pair of orders 3 and 2. */
import { adaptiveRounds, toTheEnd, type OdeRounds, type OdeSolver } from './adaptive.ts';

/**
 * Bogacki-Shampine 3(2): three evaluations per step and two to begin; the better pair for rough answers.
 * @see Bogacki and Shampine 1989, "A 3(2) pair of Runge-Kutta formulas"
 */
export const bosh3Rounds: OdeRounds = adaptiveRounds({
  name: 'bosh3',
  errorOrder: 3,
  nodes: [1 / 2, 3 / 4, 1],
  stages: [[1 / 2], [0, 3 / 4], [2 / 9, 1 / 3, 4 / 9]],
  errorWeights: [5 / 72, -1 / 12, -1 / 9, 1 / 8],
});

/** The solution of `bosh3Rounds` without its progress. */
export const bosh3: OdeSolver = toTheEnd(bosh3Rounds);
