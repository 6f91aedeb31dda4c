/** @file A network that says two things of each number: what it says anyway, and the variance of a reverse step. */
import { pad } from '../graph/build.ts';
import type { Shape } from '../base/tensor.ts';
import { network, type Network } from './network.ts';

/**
 * A network for samples of a shape whose output `[B, 2 C, …]` has two parts along the channels (or, for points, along
 * their dimension): the first as ever, the second for `variationalBound` and the ancestral sampler.
 * @param networkFor - makes a network for samples of a shape; it is asked for one of 2 C channels, and is shown zeros in
 * those that samples have not, so that every network can be doubled
 * @see Nichol and Dhariwal 2021, "Improved denoising diffusion probabilistic models", section 3.1
 */
export function withVariance(sampleShape: Shape, networkFor: (shape: Shape) => Network): Network {
  const [channels = 1, ...rest] = sampleShape;
  const net = networkFor([2 * channels, ...rest]);
  const doubled = network(
    net.kind,
    sampleShape,
    (scope, x, label, classes) => net.forward(scope, pad(x, 1, { before: 0, after: channels }), label, classes),
    { classes: net.classes },
  );
  return { ...doubled, parts: 2 };
}
