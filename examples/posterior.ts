/** @file Posterior samples beside the exact posterior: what two numbers may be, of which a noisy sum was measured. */
import { finish, gaussianMixture, heun, key, predictorCorrector, split, takeRows, tensor, vp } from 'scorefield';
import { exactPosterior, guided, measure, operators, pigdm } from 'scorefield/inverse';

const sde = vp();
const prior = { means: tensor([0, 1], [1, 2]), stds: 1 };
const sum = operators.matrix([2], tensor([1, 1], [1, 2]));
const truth = tensor([0.5, 1.5], [1, 2]);
const measurement = measure([key(1)], { operator: sum, noiseStd: 0.3 }, truth);

const n = 500;
const all = { ...measurement, y: takeRows(measurement.y, new Array<number>(n).fill(0)) };
const sampler = guided(pigdm(), predictorCorrector({ predictor: heun(), steps: 40 }));
const { x } = await finish(
  sampler({ ...gaussianMixture(sde, prior), sde, measurement: all, shape: [2], keys: split(key(2), n) }),
);
const mean = [0, 1].map((j) => x.data.filter((_, i) => i % 2 === j).reduce((a, b) => a + b / n, 0));
console.log('mean of the samples', mean, 'and of the exact posterior', exactPosterior(prior, measurement).mean.data);
