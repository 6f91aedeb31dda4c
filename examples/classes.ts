/** @file A model with classes: trained on two labeled moons, sampled from one of them with guidance. */
import { openDataSet, trainModel } from 'scorefield/node';

const moons = await openDataSet('two-moons');
const model = await trainModel(moons, {
  steps: 600,
  conditional: true,
  config: { train: { learningRate: 2e-3, emaDecay: 0.99 } },
});
console.log('classes', model.info.classes);

const one = model.given({ class: 1, guidance: 2 });
const stop = new AbortController();
for await (const { step, samples } of one.sample({ count: 200, sampler: 'heun', steps: 20, signal: stop.signal })) {
  console.log(`step ${step}: the first of ${samples.count} points is at`, samples.data.slice(0, 2));
}
