/** @file Sounds as a kind of data of which a network sees waves. */
import { soundSets } from '../../data/sounds/sound-set.ts';
import { dataKind } from './data-kind.ts';
import type { Plain } from '../option.ts';
import { ofSounds } from './sound-kind.ts';

/** Values of a wave that are one place of the network at most, at 8,000 Hz 2 ms, and places of its coarsest level. */
const [longest, coarsest] = [16, 32];

/** The greatest divisor of a length that is a patch. */
function patchOf(length: number): number {
  for (let patch = longest; patch > 1; patch--) if (length % patch === 0) return patch;
  return 1;
}

/** Levels until the coarsest has few places, and attention at those that have at most twice as many. */
function levelsOf(places: number): Plain {
  const sizes = [places];
  for (let size = places; size > coarsest; sizes.push(size)) size = Math.ceil(size / 2);
  return { multipliers: sizes.map((_, level) => (level === 0 ? 1 : 2)), attention: sizes.filter((size) => size <= 2 * coarsest) }; // prettier-ignore
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
      const known = classes === 0;
      return { patch, blocks: 1, known, ...levelsOf(Math.ceil(length / Number(patch))) };
    },
    // Words are decided at the noise levels of images, and what hisses at those 30 dB below the loudest.
    loss: { timesMean: -1, timesStd: 1.5 },
    train: { optimizer: 'muon', batch: 32, learningRate: 1e-2, warmup: 50, decay: 'cosine' },
  },
});
