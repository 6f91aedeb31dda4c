/** @file Sounds as a kind of data of which a network sees mel spectrograms. */
import { spectrogramSets } from '../../data/sounds/sound-set.ts';
import { dataKind } from './data-kind.ts';
import { images } from './images.ts';
import { ofSounds } from './sound-kind.ts';

export const spectrograms = dataKind({
  ...spectrogramSets,
  ...ofSounds,
  name: 'spectrograms',
  description: 'mel spectrograms of sounds in decibels, [1, bands, frames], which are decoded to waves',
  network: 'ddpmpp',
  train: images.train,
  ...(images.recipe && { recipe: images.recipe }),
});
