/** @file Weights of the denoising loss over time, and the times at which it is taken. */

/**
 * The factor lambda(t) of the loss lambda(t) ||s(x_t, t) - grad log p(x_t | x_0)||^2.
 * @see Song et al. 2021, eq. 7
 */
export type Weighting = (t: number) => number;

/** Quantile function of the training times: a uniform number of (0, 1) to a time. */
export type TimeDistribution = (u: number) => number;
