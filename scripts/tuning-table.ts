/** @file Prints the table of docs/sampling.md: what a searched time grid brings on exact scores, on starts that the search has not seen. */
import { key, split } from '../src/base/key.ts';
import { normalBatch } from '../src/base/random.ts';
import { tensor } from '../src/base/tensor.ts';
import { grids } from '../src/catalog/grids.ts';
import { buildSampler, samplerSteps } from '../src/catalog/samplers/build-sampler.ts';
import { endPointError, type EndPointError } from '../src/evaluate/end-point-error.ts';
import { estimateText } from '../src/evaluate/estimate.ts';
import { finish, type Sampler } from '../src/sample/sampler.ts';
import { referenceOf } from '../src/sample/tuning/reference.ts';
import { closedForms, tuneGrid } from '../src/sample/tuning/tune-grid.ts';
import { gaussianMixture } from '../src/sde/exact/gaussian-mixture.ts';
import { edm } from '../src/sde/processes/edm.ts';

const sde = edm();
const circle = Array.from({ length: 8 }, (_, k) => [Math.cos((k * Math.PI) / 4), Math.sin((k * Math.PI) / 4)]);
const means = normalBatch([key(5)], [12, 64]).data.map((value) => value / 2);
const stds = normalBatch([key(6)], [12, 64]).data.map((value) => (value > 1.3 ? 0.5 : 0.03));
const cases = [
  { what: '8 in 2-D', shape: [2], data: gaussianMixture(sde, { means: tensor(circle.flat(), [8, 2]), stds: 0.1 }) },
  {
    what: '12 in 64-D',
    shape: [64],
    data: gaussianMixture(sde, { means: tensor(means, [12, 64]), stds: tensor(stds, [12, 64]) }),
  },
];
const samplers = ['ddim', 'dpm-solver-2m', 'dpm-solver-3m', 'unipc', 'adams-bashforth', 'heun'];

for (const { what, shape, data } of cases) {
  const { score } = data;
  const [searched, fresh] = [split(key(1), 128), split(key(2), 1000)];
  const reference = await finish(referenceOf({ sde, score, shape, keys: searched }));
  const { end } = await finish(referenceOf({ sde, score, shape, keys: fresh }));
  for (const name of samplers)
    for (const nfe of [6, 10]) {
      const sampler = (levels: readonly number[]): Sampler => buildSampler(name, { grid: levels });
      const steps = samplerSteps(name, { nfe });
      const request = { sde, score, shape, keys: searched, sampler, steps, free: true, grids, reference };
      const { levels } = await finish(tuneGrid(request));
      const errorOf = async (own: readonly number[]): Promise<EndPointError> =>
        endPointError((await finish(sampler(own)({ sde, score, shape, keys: fresh }))).x, end);
      const named = [];
      for (const one of closedForms(sde, request)) named.push({ ...one, ...(await errorOf(one.levels)) });
      const [best] = named.toSorted((a, b) => a.rms.value - b.rms.value);
      const found = await errorOf(levels);
      if (best === undefined) continue;
      const cells = [what, `\`${name}\``, nfe, `${best.rms.value.toFixed(4)} (${best.name})`, estimateText(found.rms)];
      console.log(`| ${[...cells, best.median.toFixed(4), found.median.toFixed(4)].join(' | ')} |`);
    }
}
