/** @file The interface of every noise process. Nothing outside `src/catalog` depends on which SDE it is. */

/**
 * steps + 1 strictly decreasing times, the first tMax and the last tEnd; only a grid made for one sampler may stand still,
 * as that of a chain at one noise level does, or turn back, and only one of given levels may end above tEnd.
 * @throws ConfigError unless `steps` is a positive integer.
 */
export type TimeGrid = (sde: Sde, steps: number) => readonly number[];

/**
 * An affine SDE with scalar coefficients, dx = f(t) x dt + g(t) dw, so that x_t given x_0 is N(alpha(t) x_0, sigma(t)^2 I).
 *
 * Two laws tie the four functions together: f = d log(alpha) / dt and g^2 = d(sigma^2) / dt - 2 f sigma^2.
 * @see Song et al. 2021, "Score-based generative modeling through stochastic differential equations", section 3 and appendix B
 */
export interface Sde {
  /** The time grid that suits it, where even steps in t do not. */
  readonly grid?: TimeGrid;
  /** Times of the noise levels of a discrete model, from tMin to tMax; between them the process is an interpolation. */
  readonly levels?: readonly number[];
  /** The name that people read; no code branches on it. */
  readonly kind: string;
  /** Smallest time of training and likelihoods; time grows from data to noise. */
  readonly tMin: number;
  /** Time at which sampling ends, at least `tMin`. */
  readonly tEnd: number;
  /** Time of pure noise, where sampling begins. */
  readonly tMax: number;
  /** Standard deviation of the Gaussian that stands for p at tMax. */
  readonly priorStd: number;
  /** Factor of the mean of x_t given x_0. */
  alpha(t: number): number;
  /** Standard deviation of x_t given x_0. */
  sigma(t: number): number;
  /** Drift factor. */
  f(t: number): number;
  /** Diffusion coefficient. */
  g(t: number): number;
}
