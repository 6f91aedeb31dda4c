/** @file A model of data of one's own: 2,000 points on a ring. */
import { trainModel } from 'scorefield/node';

const ring = Array.from({ length: 2000 }, (_, i) => {
  const radius = 1 + 0.05 * Math.sin(7 * i);
  return [radius * Math.cos(i), radius * Math.sin(i)];
});
const model = await trainModel(ring, {
  steps: 600,
  config: { train: { learningRate: 2e-3, emaDecay: 0.99 } },
  onProgress: ({ step, loss }) => step % 100 || console.log(step, loss),
});
const { samples } = await model.sample({ count: 500, sampler: 'dpm-solver-2m', nfe: 20 });
await samples.save('ring.png');
