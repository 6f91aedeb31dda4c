/** @file The score of latents by itself, as a model whose samples are latents. */
import { floatArraySets } from '../data/float-arrays/float-array-set.ts';
import { isOfLatents } from '../nn/autoencoder.ts';
import type { TrainedModel } from './trained.ts';

/**
 * A model whose samples are what its network draws: latents of a model of latents, as arrays that nothing decodes, and with them the noise that belongs to
 * each. Of a model of the data themselves it is the model itself.
 */
export function undecoded(trained: TrainedModel): TrainedModel {
  const { net, data } = trained;
  if (!isOfLatents(net)) return trained;
  const { autoencoder, ...own } = net;
  const shape = autoencoder.latentShape;
  // Numbers of arrays of mean 0 and deviation 1 stay what they are.
  const scaler = floatArraySets.scalerOf(floatArraySets.standIn(shape), {});
  return { ...trained, net: own, data: { ...data, kind: floatArraySets.name, shape, scaler } };
}
