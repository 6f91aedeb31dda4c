/** @file The loss of autoencoder and score at once, against two passes of the network with one gradient each. */
import { expect, it } from 'vitest';
import { interpreter } from '../../../src/backend/interpreter.ts';
import { foldIn, key } from '../../../src/base/key.ts';
import { normal } from '../../../src/base/random.ts';
import { add, exp, input, mul, square, stopGradient, sub, sum } from '../../../src/graph/build.ts';
import {
  autoencoder,
  decoded,
  decoderLogVariance,
  drawnLatent,
  encoded,
  ofLatents,
} from '../../../src/nn/autoencoder.ts';
import { initialize, layout } from '../../../src/nn/network.ts';
import { ddpmpp } from '../../../src/nn/unet/ddpmpp.ts';
import { sumPerSample } from '../../../src/score/objectives/loss.ts';
import { lsgm } from '../../../src/score/objectives/lsgm.ts';
import { noised } from '../../../src/score/objectives/noised.ts';
import type { Objective } from '../../../src/score/objectives/objective.ts';
import { writeGradient } from '../../../src/score/train-step.ts';
import { crossEntropyEnds } from '../../../src/sde/learning/cross-entropy-times.ts';
import { epsilon } from '../../../src/sde/learning/parametrization.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { drawOf } from '../site.ts';

const sde = vp();
const process = { sde, parametrization: epsilon()(sde) };
const [batch, latent, size] = [3, 4, 16];
const halves = autoencoder([1, 4, 4], { channels: 1, width: 4, multipliers: [1, 1], patch: 1 }).autoencoder;
const net = ofLatents(ddpmpp([1, 2, 2], { width: 4, multipliers: [1], blocks: 1 }), halves, { joint: true });

/** The loss with a pass for the encoder, whose score is a constant, and another for the score, whose latent is one. */
function twoPasses(objective: Objective): Objective {
  return {
    ...objective,
    write: (owner, _, site) => {
      const { scope, stopped } = site;
      const x = input(owner, 'x0', [batch, 1, 4, 4]);
      const law = encoded(net, scope, x);
      const z0 = drawnLatent(law, input(owner, 'latentNoise', [batch, 1, 2, 2]));
      const errorsOf = (own: typeof scope, of: typeof z0) => {
        const { scaledScore, z } = noised(owner, net, { ...site, scope: own }, { x0: of });
        return sumPerSample(square(add(scaledScore, z)));
      };
      const [ofEncoder, ofScore] = [errorsOf(stopped, z0), errorsOf(scope, stopGradient(z0))];
      const { constant, square: left } = crossEntropyEnds(sde);
      const logVariance = decoderLogVariance(scope);
      const squares = sumPerSample(square(sub(x, decoded(net, scope, z0))));
      const log2Pi = Math.log(2 * Math.PI);
      const misfit = mul(0.5, add(mul(squares, exp(mul(-1, logVariance))), mul(size, add(logVariance, log2Pi))));
      const entropy = mul(0.5, sumPerSample(add(law.logVariance, 1 + log2Pi)));
      const ends = add(mul(left, sumPerSample(square(z0))), constant * latent);
      const own = add(sub(misfit, entropy), add(ends, mul(input(owner, 'entropyWeight', [batch]), ofEncoder)));
      const other = mul(input(owner, 'weight', [batch]), ofScore);
      const losses = mul(1 / (batch * size), add(own, sub(other, stopGradient(other))));
      return { loss: sum(losses), losses };
    },
  };
}

const x0 = Float32Array.from(normal(key(1), batch * size));
const { trained, fixed } = layout(net);
const draw = (name: string): Float32Array => Float32Array.from(normal(foldIn(key(2), name), trained), (z) => 0.3 * z);
const params = draw('params');

async function computed(objective: Objective) {
  const { loss, losses, flat } = writeGradient(net, { batch, objective });
  const program = await interpreter().compile({ loss, losses, flat });
  const { feeds } = drawOf(objective, x0, batch, key(3));
  return program.run({
    ...feeds,
    params,
    ema: params,
    fixed: initialize(net, key(4)).fixed.map((v, i) => v || 0.5 + i),
  });
}

it.each(['ll-iw', 'drop-all-iw', 'drop-sigma2-iw'] as const)(
  '%s: one pass has the value of the bound and both gradients',
  async (weighting) => {
    const objective = lsgm(process, { weighting, latent });
    const [found, expected] = [await computed(objective), await computed(twoPasses(objective))];
    expect(found.loss[0]).toBeCloseTo(expected.loss[0]!, 4);
    // float32 sums in another order, relative to the largest of the gradient.
    const largest = expected.flat.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expected.flat.forEach((value, i) => expect(Math.abs(value - found.flat[i]!)).toBeLessThan(1e-5 * largest));
    expect(fixed).toBe(2);
  },
);
