/** @file A lower bound of the log density of samples that are decoded of latents, whose own density is known. */
import { combine, dotPerSample, map } from '../base/arith.ts';
import { foldIn, type Key } from '../base/key.ts';
import { normalBatch } from '../base/random.ts';
import { batchOf, sampleSize, zeros, type Tensor } from '../base/tensor.ts';

/** What a bound reads of an autoencoder and of the density of its latents. */
export interface LatentBoundParts {
  /** Means and standard deviations of the latents of samples, q(z | x). */
  readonly encode: (x: Tensor) => Promise<{ readonly mean: Tensor; readonly std: Tensor }>;
  /** Means of the samples of latents. */
  readonly decode: (z: Tensor) => Promise<Tensor>;
  /** Variance of the numbers of a sample around that mean. */
  readonly variance: number;
  /** log p(z) of latents, in nats; NaN of those for which it was not found. */
  readonly logDensity: (
    z: Tensor,
    keys: readonly Key[],
  ) => Promise<{ readonly nats: Float64Array; readonly evals: readonly number[] }>;
  /** One for each sample. */
  readonly keys: readonly Key[];
}

/** Bounds of a batch. */
export interface LatentBounds {
  /** `[B, M]`: the estimate of each draw of a latent, in nats. */
  readonly byDrawNats: Tensor;
  /** Evaluations of the score of latents of each sample. */
  readonly evals: readonly number[];
}

/**
 * log p(x) >= E_q log N(x; D(z), variance I) + log p(z) - log q(z | x), with z drawn of q(z | x); equal for every draw where q is the posterior.
 * @param x - `[B, …]`
 * @see Kingma and Welling 2014, eq. 2; Vahdat, Kreis and Kautz 2021, "Score-based generative modeling in latent space", eq. 3
 */
export async function latentBound(
  { encode, decode, variance, logDensity, keys }: LatentBoundParts,
  x: Tensor,
  { draws = 1 }: { readonly draws?: number } = {},
): Promise<LatentBounds> {
  const count = batchOf(x);
  const { mean, std } = await encode(x);
  const logStd = dotPerSample(
    map(std, Math.log),
    map(std, () => 1),
  );
  const byDrawNats = zeros([count, draws]);
  const evals = new Array<number>(count).fill(0);
  for (let draw = 0; draw < draws; draw++) {
    const own = keys.map((key) => foldIn(key, draw));
    const noise = normalBatch(
      own.map((key) => foldIn(key, 'latent')),
      mean.shape.slice(1),
    );
    const z = combine([1, mean], [1, map(noise, (value, j) => (std.data[j] ?? NaN) * value)]);
    const apart = combine([1, x], [-1, await decode(z)]);
    const [errors, squares] = [dotPerSample(apart, apart), dotPerSample(noise, noise)];
    const prior = await logDensity(z, own);
    for (let i = 0; i < count; i++) {
      const logX = -(sampleSize(x) * Math.log(2 * Math.PI * variance) + (errors[i] ?? NaN) / variance) / 2;
      const logQ = -(sampleSize(z) * Math.log(2 * Math.PI) + (squares[i] ?? NaN)) / 2 - (logStd[i] ?? NaN);
      byDrawNats.data[i * draws + draw] = logX + (prior.nats[i] ?? NaN) - logQ;
      evals[i] = (evals[i] ?? 0) + (prior.evals[i] ?? 0);
    }
  }
  return { byDrawNats, evals };
}
