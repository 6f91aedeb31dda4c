/** @file Numbers of the training that words on the page name, apart from what needs the engine. */

/** The points of a training. */
export const trainingPoints = 2000;
/** Points of a step. */
export const batch = 128;
/** sigma / alpha where a single noise level is learned. */
export const oneLevel = 0.15;
