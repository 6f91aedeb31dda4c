/** @file The map of a probability flow from one time to another, whoever computes it. */
import type { Tensor } from '../base/tensor.ts';

/**
 * Where the probability flow takes states: Phi(x; from -> to), `[B, …]` to `[B, …]`, for times in either order. It is a group:
 * Phi(Phi(x; t -> u); u -> s) = Phi(x; t -> s), and Phi(x; t -> t) = x. Sample i of the result depends on sample i of x alone.
 * @see Boffi et al. 2024, "Flow map matching"; Song et al. 2023, "Consistency models", for to = tMin
 */
export type FlowMap = (x: Tensor, from: number, to: number) => Promise<Tensor>;
