/** @file Sounds as a kind of data of which a network sees waves. */
import { soundSets } from '../../data/sounds/sound-set.ts';
import { dataKind } from './data-kind.ts';
import type { Plain } from '../option.ts';
import { ofSounds } from './sound-kind.ts';

/** Values of a wave that are one place of the network: at 8,000 Hz 2 ms. */
const places = 16;

/** Places of the coarsest level at most, which is all attention of a wave costs little of. */
const coarsest = 32;

/** The greatest divisor of a length that is a patch. */
function patchOf(length: number): number {
  for (let patch = places; patch > 1; patch--) if (length % patch === 0) return patch;
  return 1;
}

/** Levels until the coarsest has few places, and attention at those that have at most twice as many. */
function levelsOf(count: number): Plain {
  const [multipliers, attention]: [number[], number[]] = [[1], []];
  let size = count;
  for (; size > coarsest; size = Math.ceil(size / 2)) multipliers.push(2);
  for (let level = 0, at = count; level < multipliers.length; level++, at = Math.ceil(at / 2))
    if (at <= 2 * coarsest) attention.push(at);
  return { multipliers, attention };
}

export const sounds = dataKind({
  ...soundSets,
  ...ofSounds,
  name: 'sounds',
  description: 'waves of sounds, [1, length]',
  network: 'ddpmpp',
  train: { batch: 16, learningRate: 1e-3 },
  // docs/sound.md has what was tried.
  recipe: {
    process: 'edm',
    net: ([length = 1], asked) => {
      const { patch = patchOf(length), classes = 0 } = asked;
      const places = Math.ceil(length / Number(patch));
      const known = classes === 0;
      return { patch, width: 32, blocks: 1, known, ...levelsOf(places) };
    },
    // Half of what is heard is 30 dB below the loudest.
    loss: { timesMean: -2, timesStd: 1.8 },
    train: { optimizer: 'muon', batch: 32, learningRate: 1e-2, warmup: 50, decay: 'cosine' },
  },
});
