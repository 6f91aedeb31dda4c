/** @file A network of a drift that also sees where the path of each sample began. */
import { dimensionOf, type Shape } from '../base/tensor.ts';
import { pad, slice } from '../graph/build.ts';
import { network, type Network } from './network.ts';

/**
 * A network for samples of a shape that reads them with the starts of their paths behind them along the channels (or, for points, along their dimension),
 * `[B, 2 C, …]`, and predicts as ever, `[B, C, …]`. Of samples alone, `[B, C, …]`, it sees zeros for starts.
 * @param networkFor - makes a network for samples of a shape; it is asked for one of 2 C channels, whose last C say nothing
 * @see Liu et al. 2023, "I2SB", whose published code can see degraded images so; De Bortoli et al. 2023, "Augmented bridge matching"
 */
export function withStart(sampleShape: Shape, networkFor: (shape: Shape) => Network): Network {
  const [channels = 1, ...rest] = sampleShape;
  const net = networkFor([2 * channels, ...rest]);
  const own = network(
    net.kind,
    sampleShape,
    (scope, x, label, classes) => {
      const both = dimensionOf(x, 1) === channels ? pad(x, 1, { before: 0, after: channels }) : x;
      return slice(net.forward(scope, both, label, classes), 1, { begin: 0, end: channels });
    },
    { classes: net.classes },
  );
  return { ...own, starts: true };
}

/** The same network as one for samples with their starts behind them, whose output has zeros for those. */
export function besideStarts(net: Network): Network {
  const [channels = 1, ...rest] = net.sampleShape;
  return {
    ...net,
    sampleShape: [2 * channels, ...rest],
    forward: (...of) => pad(net.forward(...of), 1, { before: 0, after: channels }),
  };
}
