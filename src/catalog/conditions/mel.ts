/** @file Mel spectrograms of waves as a condition. */
import { condition } from './condition.ts';

/** Values of a wave that are one place of the network: 1,000 places a second at 8,000 Hz. */
const patch = 8;

/** Layers up to a distance of 16 places, twice, and attention at no size of its own, whatever the length of the waves: the network takes any. */
const layers = { width: 32, cycle: 5, depth: 10, attention: [] };

export const melCondition = condition({
  name: 'mel',
  description: 'the mel spectrogram of each wave, so that samples are waves of a spectrogram',
  citation: 'Kong et al. 2021, section 3.2',
  options: {},
  network: 'diffwave',
  net: ({ mel }) =>
    mel === undefined
      ? {}
      : {
          bands: mel.bands,
          hop: mel.hop,
          known: false,
          ...layers,
          ...(mel.hop % patch === 0 && { patch }),
        },
});
