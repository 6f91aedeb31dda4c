/** @file The Dormand-Prince pair of orders 5 and 4. */
import { adaptiveRounds, toTheEnd, type OdeRounds, type OdeSolver } from './adaptive.ts';

/**
 * Dormand-Prince 5(4): six evaluations per step and two to begin.
 * @see Dormand and Prince 1980, "A family of embedded Runge-Kutta formulae", RK5(4)7M
 */
export const dopri5Rounds: OdeRounds = adaptiveRounds({
  name: 'dopri5',
  errorOrder: 5,
  nodes: [1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1],
  stages: [
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
    [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
  ],
  errorWeights: [-71 / 57600, 0, 71 / 16695, -71 / 1920, 17253 / 339200, -22 / 525, 1 / 40],
});

/** The solution of `dopri5Rounds` without its progress. */
export const dopri5: OdeSolver = toTheEnd(dopri5Rounds);
