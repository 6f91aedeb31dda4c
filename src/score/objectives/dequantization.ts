/** @file Training of a dequantizer by the variational bound of a score model that stays as it is. */
import { dimensionOf } from '../../base/tensor.ts';
import { mapInto } from '../../base/map-into.ts';
import { foldIn, type Key } from '../../base/key.ts';
import { stratified, uniform } from '../../base/random.ts';
import { add, input, mul, slice, square, sum } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import type { Dequantizer } from '../../nn/dequantizer.ts';
import { importanceTimes, likelihoodNormalizer } from '../../sde/learning/weighting.ts';
import { lossCoefficients } from '../coefficients.ts';
import { frozenScope, type FrozenScore } from './frozen-score.ts';
import { meanFactor, oneSection, perSample, sumPerSample } from './loss.ts';
import { noiseFeeds } from './noised.ts';
import type { Objective } from './objective.ts';

/** The map from bytes to the model's range: model = factor (byte + u - shift). */
export interface ByteRange {
  readonly factor: number;
  readonly shift: number;
}

/** Bytes as a dequantizer reads them, the centers of their bins on [-1, 1]. */
export function centersOf(bytes: ArrayLike<number>): Float32Array {
  return mapInto(new Float32Array(bytes.length), bytes, (byte) => (byte + 0.5) / 128 - 1);
}

/** Standard logistic noise, log(v / (1 - v)) of uniform v. */
export function logisticInto(out: Float32Array, key: Key): void {
  uniform(key, out.length).forEach((v, j) => (out[j] = Math.log(v) - Math.log1p(-v)));
}

/**
 * Variational dequantisation: bits per dimension of bytes are at most those of -log p(byte + u) + log q(u | byte) on average
 * over u of q, and -log p is at most its continuous bound. The loss is that bound in bits per dimension, without the
 * divergence from the prior, on which u has next to no influence: with e = ||sigma s + z||^2 it is
 * (Z E e / 2 + e(tMin) / 2 + log q) / (D ln 2) and constants; one time in Z + 1 is tMin.
 *
 * The network that is trained is `dequantizer.net`; the score's parameters are constants.
 * @see Ho et al. 2019, "Flow++", eq. 11; Song et al. 2021, "Maximum likelihood training of score-based diffusion
 * models", section 5.2
 */
export function dequantization(frozen: FrozenScore, dequantizer: Dequantizer, { factor, shift }: ByteRange): Objective {
  const { process, net } = frozen;
  const { sde } = process;
  const normalizer = likelihoodNormalizer(sde);
  const inner = importanceTimes(sde);
  const start = 1 / (normalizer + 1);
  const width = (sde.sigma(sde.tMin) / sde.alpha(sde.tMin)) ** 2;
  const constantNats = 0.5 * Math.log(2 * Math.PI * width) - Math.log(factor);
  return {
    kind: 'dequantization',
    sections: oneSection,
    write: (owner, flow, site) => {
      const { scope, batch } = site;
      const shape = [batch, ...flow.sampleShape];
      const [noise, image, z] = [input(owner, 'noise', shape), input(owner, 'image', shape), input(owner, 'z', shape)];
      const [alpha, sigma, sigmaSkip, sigmaOut, inScale, label] = lossCoefficients.map((name) =>
        input(owner, name, [batch]),
      ) as [Node, Node, Node, Node, Node, Node];
      const { u, logDensity } = dequantizer.push(scope, noise, image);
      const x0 = add(mul(add(u, mul(image, 128)), factor), factor * (127.5 - shift));
      const x = add(mul(perSample(alpha, z), x0), mul(perSample(sigma, z), z));
      const raw = net.forward(frozenScope(frozen, owner), mul(perSample(inScale, x), x), label);
      const main = slice(raw, 1, { begin: 0, end: dimensionOf(x, 1) });
      const scaledScore = add(mul(perSample(sigmaSkip, x), x), mul(perSample(sigmaOut, x), main));
      const nats = add(mul(sumPerSample(square(add(scaledScore, z))), 0.5 * (normalizer + 1)), logDensity);
      const size = shape.reduce((product, n) => product * n, 1) / batch;
      const losses = add(mul(nats, 1 / (size * Math.LN2)), constantNats / Math.LN2);
      return { loss: mul(sum(losses), meanFactor(site)), losses };
    },
    draw: (x0, batch, key) => {
      const places = stratified(foldIn(key, 'times'), batch);
      const times = Array.from(places, (u) => (u < start ? sde.tMin : inner((u - start) / (1 - start))));
      const noise = new Float32Array(x0.length);
      logisticInto(noise, foldIn(key, 'dequantization'));
      // The noise with which the bytes were loaded is taken away again.
      const image = centersOf(x0.map((value) => Math.floor(value / factor + shift)));
      return { feeds: { ...noiseFeeds(process, { x0, batch, times }, key), noise, image }, times };
    },
  };
}
