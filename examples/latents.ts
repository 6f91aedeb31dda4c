/** @file From one face to another along the latents of the probability flow. */
import { openDataSet, openModel } from 'scorefield/node';

const model = await openModel('emoji');
const { pixels, ...faces } = await openDataSet('emoji', { group: 'faces', size: 32 }).then((set) => {
  if (set.kind !== 'images') throw new Error('expected images');
  return set;
});
const ends = { ...faces, count: 2, pixels: pixels.slice(0, 2 * 3 * 32 * 32) };
const way = await model.interpolate(ends, { steps: 7, tolerance: 1e-2 });
await way.save('way.png', { columns: 7 });
