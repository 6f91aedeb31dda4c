/** @file Measurements of what is decoded of latents: the way to them that guidance follows, and the linear map that both are near a point. */
import { combine, dotPerSample, scale } from '../base/arith.ts';
import { checkOptions } from '../base/check.ts';
import type { Tensor } from '../base/tensor.ts';
import { linearOperatorOf, type Measurement } from './measurement.ts';
import { conjugateStart, conjugateStep, hasStopped } from './operator/conjugate-gradients.ts';
import type { LinearOperator } from './operator/operator.ts';
import { normalInverse, weightedInverse } from './operator/solve.ts';

/** The way from latents z to the samples x ~ N(D(z), variance I) that are measured, with its derivative J. */
export interface Decoder {
  /** D(z): `[B, …]` to `[B, ...shapeIn]` of the operator. */
  readonly decode: (z: Tensor) => Promise<Tensor>;
  /** J v at z, for v shaped like z. */
  readonly jvp: (z: Tensor, v: Tensor) => Promise<Tensor>;
  /** J' w at z, for w shaped like D(z). */
  readonly vjp: (z: Tensor, w: Tensor) => Promise<Tensor>;
  /** Variance of each number of a sample around what is decoded, at least 0. */
  readonly variance: number;
}

/** What a linear operator measures of the states near one of them. */
export interface Nearby {
  /** What it measures of that one. */
  readonly clean: Tensor;
  /** A v, or A J v of latents. */
  readonly apply: (v: Tensor) => Tensor | Promise<Tensor>;
  /** A' q, or J' A' q of latents. */
  readonly adjoint: (q: Tensor) => Tensor | Promise<Tensor>;
}

/**
 * The measurement of a problem near a state, for a method that needs a linear operator.
 * @throws ConfigError if the operator is not linear.
 */
export async function measuredNear(
  { measurement, decoder }: Pick<DecodedProblem, 'measurement'> & { readonly decoder?: Decoder | undefined },
  z: Tensor,
  method: string,
): Promise<Nearby> {
  const operator = linearOperatorOf(measurement, method);
  if (decoder === undefined)
    return { clean: operator.apply(z), apply: (v) => operator.apply(v), adjoint: (q) => operator.adjoint(q) };
  return {
    clean: operator.apply(await decoder.decode(z)),
    apply: async (v) => operator.apply(await decoder.jvp(z, v)),
    adjoint: (q) => decoder.vjp(z, operator.adjoint(q)),
  };
}

/** A decoder with the measurement of what it makes. */
export interface DecodedProblem {
  readonly measurement: Measurement;
  readonly decoder: Decoder;
}

/**
 * The inverse of variance A A' plus the noise of y, the covariance of y given a latent.
 * @param clean - what is measured without noise, on which the noise of counts depends
 * @throws ConfigError if the operator is not linear, or neither the decoder nor the measurement has any noise.
 */
export function noiseInverse(
  { measurement, decoder: { variance } }: DecodedProblem,
  clean: Tensor,
  method: string,
): (q: Tensor) => Tensor {
  const operator: LinearOperator = linearOperatorOf(measurement, method);
  const { noise, noiseStd } = measurement;
  if (noise !== undefined) return (q) => weightedInverse(operator, q, variance, noise.variance(clean));
  const none = variance === 0 && noiseStd === 0;
  checkOptions([
    !none,
    'noiseStd',
    `expected noise of the measurement or of the decoder for ${method}, got none of either`,
  ]);
  if (variance === 0) return (q) => scale(1 / noiseStd ** 2, q);
  return (q) => scale(1 / variance, normalInverse(operator, q, noiseStd ** 2 / variance));
}

/** When the equations of `decodedLikelihood` are solved: at four digits, or after as many iterations as an estimate that changes with each step is worth. */
const [tolerance, mostIterations] = [1e-4, 8];

/**
 * log N(y; A D(z), r^2 B B' + N) for B = A J at z and the covariance N of `noiseInverse`, up to the logarithm of the determinant, and its gradient in z,
 * B' (r^2 B B' + N)^-1 (y - A D(z)) = (I + r^2 B' N^-1 B)^-1 B' N^-1 (y - A D(z)), by conjugate gradients among the latents.
 * @param options.variances - r^2 of each sample
 */
export async function decodedLikelihood(
  problem: DecodedProblem,
  {
    near,
    misfit,
    variances,
    method,
  }: { readonly near: Nearby; readonly misfit: Tensor; readonly variances: readonly number[]; readonly method: string },
): Promise<{ readonly gradient: Tensor; readonly logLikelihood: Float64Array }> {
  const inverse = noiseInverse(problem, near.clean, method);
  const weighed = inverse(misfit);
  const pulled = await near.adjoint(weighed);
  let state = conjugateStart(pulled, tolerance);
  for (let k = 0; k < mostIterations && !hasStopped(state); k++) {
    const image = await near.adjoint(inverse(await near.apply(state.direction)));
    state = conjugateStep(state, combine([1, state.direction], [variances, image]));
  }
  const explained = dotPerSample(pulled, state.x);
  const all = dotPerSample(misfit, weighed);
  return {
    gradient: state.x,
    logLikelihood: all.map((square, i) => -0.5 * (square - (variances[i] ?? 0) * (explained[i] ?? 0))),
  };
}
