/** @file Numbers of the training that words on the page name, apart from what needs the engine. */

/** sigma / alpha where a single noise level is learned. */
export const oneLevel = 0.15;
/** Noise levels of annealed chains, and Langevin steps at each. */
export const chainLevels = 10;
export const stepsPerLevel = 100;
