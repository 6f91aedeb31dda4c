/** @file An SDE and a sampler of one's own, used by a model like those that come with the package. */
import { arith, custom, normalBatch, predictorCorrector, type SamplerStepOf } from 'scorefield';
import { openDataSet, trainModel } from 'scorefield/node';

// Noise that grows as t^2, on data that stay as they are: x_t = x_0 + t^2 z.
const quadratic = custom({
  alpha: () => 1,
  sigma: (t) => 5 * t * t,
  f: () => 0,
  g: (t) => 5 * t * Math.sqrt(4 * t),
  tMin: 0.05,
});

// A step of the reverse SDE that adds half of the noise and follows the score 5/8 as far as it would with all of it.
const calm: SamplerStepOf = (sde, score) => async (keys, x, from, to) => {
  const variance = sde.sigma(from) ** 2 - sde.sigma(to) ** 2;
  const mean = arith.combine([1, x], [0.625 * variance, await score(x, from)]);
  const noise = normalBatch(keys, x.shape.slice(1));
  return { mean, x: arith.combine([1, mean], [0.5 * Math.sqrt(variance), noise]) };
};

const moons = await openDataSet('two-moons');
const quick = { train: { learningRate: 2e-3, emaDecay: 0.99 } };
const model = await trainModel(moons, { process: quadratic, steps: 600, config: quick });
const { samples } = await model.sample({ count: 300, sampler: predictorCorrector({ predictor: calm, steps: 60 }) });
await samples.save('moons.png');
