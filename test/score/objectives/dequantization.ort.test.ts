import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../../../src/backend/ort-node.ts';
import { foldIn, key, split } from '../../../src/base/key.ts';
import { uniform } from '../../../src/base/random.ts';
import { tensor, type Tensor } from '../../../src/base/tensor.ts';
import type { ImageSet } from '../../../src/data/dataset.ts';
import { bitsOffset, centered } from '../../../src/data/scaler.ts';
import { mul } from '../../../src/graph/build.ts';
import { meanEstimate } from '../../../src/evaluate/estimate.ts';
import { bitsPerDim } from '../../../src/likelihood/bits-per-dim.ts';
import { dequantizer } from '../../../src/nn/dequantizer.ts';
import { initialize, network } from '../../../src/nn/network.ts';
import { dequantization } from '../../../src/score/objectives/dequantization.ts';
import { dequantizerModel } from '../../../src/score/models/dequantizer-model.ts';
import { gaussian } from '../../../src/sde/exact/gaussian.ts';
import { edmParametrization } from '../../../src/sde/learning/parametrization.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { normalCdf } from '../../../src/base/gamma.ts';
import { averaged, train } from '../../../src/train/train.ts';

/**
 * Bytes whose law is the mass of N(128, 0.6^2) in their bins: then that Gaussian, whose score EDM's parametrization has
 * where the network says nothing, is a model in which some dequantization loses nothing, and the uniform one much.
 */
const bins = 0.6;
const std = bins * centered.factor;
const low = 125;
const masses = Array.from({ length: 6 }, (_, k) => {
  const edge = (low + k - 128) / bins;
  return normalCdf(edge + 1 / bins) - normalCdf(edge);
});
const entropyBits = -masses.reduce((sum, p) => sum + p * Math.log2(p), 0);
const cumulative = masses.map((_, k) => masses.slice(0, k + 1).reduce((sum, p) => sum + p, 0));
const byteOf = (u: number): number =>
  low +
  Math.max(
    0,
    cumulative.findIndex((edge) => u < edge),
  );

const shape = [1, 4, 4];
const count = 2000;
const pixels = Uint8Array.from(uniform(key(1), count * 16), byteOf);
const set: ImageSet = { kind: 'images', name: 'bins', count, channels: 1, height: 4, width: 4, pixels, flips: false };

const sde = vp();
const process = { sde, parametrization: edmParametrization({ sigmaData: std })(sde) };
const silent = network('silent', shape, (_scope, x) => mul(x, 0));
const none = { trained: new Float32Array(0), fixed: new Float32Array(0) };
const exact = gaussian(sde, { mean: tensor(new Float64Array(16), shape), std });

/** Bits per dimension of each image with u added to it. */
function bitsOf(u: Tensor, logDensityNats: Float64Array): Float64Array {
  const x = u.data.map((value, j) => centered.factor * (pixels[j]! + value - centered.shift[0]!));
  const nats = exact.logDensity({ shape: u.shape, data: x }, 0).map((log, i) => log - logDensityNats[i]!);
  return bitsPerDim(nats, { dimension: 16, offset: bitsOffset(centered) });
}

describe('variational dequantisation', () => {
  const flow = dequantizer(shape, { layers: 4, width: 8 });
  const backend = nodeBackend({ threads: 1 });
  const shift = centered.shift[0]!;
  const objective = dequantization({ net: silent, params: none, process }, flow, { factor: centered.factor, shift });

  it('has a loss that is the bound in bits per dimension: at first, that of uniform noise', async () => {
    const losses: number[] = [];
    const batch = 250;
    const options = { backend, set, scaler: centered, net: flow.net, process, objective, batch, key: key(5) };
    // Steps of no size, so that all batches are seen by the flow that is uniform.
    for await (const { loss, step } of train({ ...options, optimizer: { learningRate: 1e-12 } })) {
      losses.push(loss);
      if (step === 24) break;
    }
    const u = tensor(uniform(key(6), count * 16), [count, ...shape]);
    const exactBits = meanEstimate(bitsOf(u, new Float64Array(count)));
    const bound = meanEstimate(losses);
    // 24 batches of 250 images, and 2000 images; the decoder at tMin misses sigma^2 / std^2 = 5 %: 0.002 bits.
    const error = Math.hypot(exactBits.standardError, bound.standardError);
    expect(Math.abs(bound.value - exactBits.value)).toBeLessThan(4 * error + 0.003);
    expect(error).toBeLessThan(0.03);
  });

  it('comes from uniform noise down to the entropy of the bytes, and never below', async () => {
    const begun = initialize(flow.net, foldIn(key(7), 'parameters'));
    let params = begun;
    const optimizer = { learningRate: 1e-2, warmup: 20, emaDecay: 0.95 };
    const options = { backend, set, scaler: centered, net: flow.net, process, objective, batch: 64, optimizer };
    for await (const { point, step } of train({ ...options, key: key(7) })) {
      if (step < 400) continue;
      params = averaged((await point()).state);
      break;
    }
    const keys = split(key(8), count);
    const bits = await Promise.all(
      [begun, params].map(async (own) => {
        const model = await dequantizerModel(backend, flow, { params: own, maxBatch: 128 });
        try {
          const { u, logDensityNats } = await model.draw(pixels, keys);
          const one = await model.draw(pixels.subarray(16, 32), keys.slice(1, 2));
          // One image's value is independent of its batch, to the rounding of float32.
          expect(one.logDensityNats[0]).toBeCloseTo(logDensityNats[1]!, 4);
          one.u.data.forEach((value, j) => expect(value).toBeCloseTo(u.data[16 + j]!, 5));
          return meanEstimate(bitsOf(u, logDensityNats));
        } finally {
          await model.dispose();
        }
      }),
    );
    const [uniformly, learned] = bits as [(typeof bits)[0], (typeof bits)[0]];
    // n = 2000 images; half of the loss of uniform noise is gone at least, and the bound holds.
    expect(learned.value).toBeGreaterThan(entropyBits - 4 * learned.standardError);
    expect(learned.value - entropyBits).toBeLessThan((uniformly.value - entropyBits) / 2);
    expect(uniformly.value - entropyBits).toBeGreaterThan(10 * uniformly.standardError);
  });
});
