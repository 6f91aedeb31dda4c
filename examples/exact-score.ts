/** @file Samples without a network: the exact score of a mixture of two Gaussians, by the probability flow. */
import { finish, gaussianMixture, key, probabilityFlow, split, tensor, vp } from 'scorefield';

const sde = vp();
const { score } = gaussianMixture(sde, {
  weights: [0.3, 0.7],
  means: tensor([-2, 3], [2, 1]),
  stds: [0.5, 1],
});
const { x, evals } = await finish(probabilityFlow()({ sde, score, shape: [1], keys: split(key(0), 1000) }));
const left = x.data.filter((value) => value < 0).length / 1000;
console.log(`${(100 * left).toFixed(1)} % are left of zero, where 30 % should be; ${evals[0]} evaluations`);
