/** @file Sounds as a kind of data of which a network sees waves. */
import { soundSets } from '../../data/sounds/sound-set.ts';
import { dataKind } from './data-kind.ts';
import { ofSounds } from './sound-kind.ts';

export const sounds = dataKind({
  ...soundSets,
  ...ofSounds,
  name: 'sounds',
  description: 'waves of sounds, [1, length]',
  network: 'diffwave',
  train: { batch: 16, learningRate: 1e-3 },
  recipe: {
    process: 'edm',
    net: () => ({}),
    // Half of what is heard is 30 dB below the loudest.
    loss: { timesMean: -2, timesStd: 1.8 },
    train: { decay: 'cosine', warmup: 50 },
  },
});
