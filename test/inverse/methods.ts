/** @file Every posterior sampler by name, in few steps. */
import {
  buildPosteriorSampler,
  inverseList,
  type InverseOptions,
} from '../../src/catalog/posterior-samplers/build-posterior-sampler.ts';
import type { PosteriorSampler } from '../../src/inverse/problem.ts';

/** What each method is given so that it takes few steps. */
export const fewOptions: Readonly<Record<string, InverseOptions>> = {
  replacement: { lowDimensional: true },
  projection: { lowDimensional: true },
  repaint: { jumpLength: 2, resamplings: 2 },
  dps: { stepSize: 0.05 },
  mmps: { iterations: 4 },
  twisted: { particles: 4 },
};

/** Every method with a number of steps. */
export function methods(steps: number): readonly { readonly name: string; readonly sampler: PosteriorSampler }[] {
  return inverseList.map(({ name }) => ({
    name,
    sampler: buildPosteriorSampler(name, { steps, ...fewOptions[name] }),
  }));
}
