/** @file The data sets that have a name. */
import { key } from '../../base/key.ts';
import { openCifar10 } from './cifar10.ts';
import type { PointSet } from '../dataset.ts';
import { emoji } from '../emoji.ts';
import { emojiGroups } from './emoji-sheet.ts';
import { imageOptions, type Opener, type OpenOptions } from '../opener.ts';
import { drawPhantoms } from './phantoms.ts';
import { fashionMnist, mnist, openStandard, type StandardSet } from './standard.ts';
import { drawMixture, toys, twoGaussians, type Toy } from './toy.ts';

const placeOptions = ['folder', 'cache', 'system', 'split'] as const;
const toyOptions = ['limit', 'count', 'seed'] as const;

function toyOpener({ description, draw }: Toy): Opener {
  const open = ({ seed = 0, count = 10_000 }: OpenOptions): PointSet => draw(key(seed), count);
  return { description, takes: toyOptions, open: (options) => Promise.resolve(open(options)) };
}

function standardOpener(set: StandardSet): Opener {
  const { description, size } = set;
  return {
    description,
    takes: [...imageOptions, ...placeOptions, 'mirrors'],
    side: size,
    open: (options) => openStandard(set, options),
  };
}

/** How to open each set. */
export const named: Readonly<Record<string, Opener>> = {
  ...Object.fromEntries(Object.entries(toys).map(([name, toy]) => [name, toyOpener(toy)])),
  'two-gaussians': {
    description: toys['two-gaussians'].description,
    takes: [...toyOptions, 'weights'],
    open: ({ seed = 0, count = 10_000, weights }) =>
      Promise.resolve(drawMixture('two-gaussians', twoGaussians(weights), key(seed), count)),
  },
  emoji: {
    description: `emoji, 1,658 color images of 32 x 32; groups ${emojiGroups.join(', ')}`,
    takes: [...imageOptions, 'group', 'combinations'],
    side: 32,
    open: ({ group, combinations }) => emoji(group, { combinations }),
  },
  phantoms: {
    description: 'random bodies of ellipses to scan, 2,000 gray images of 64 x 64; any count and size can be asked for',
    takes: [...imageOptions, 'count', 'seed'],
    open: ({ seed = 0, count, size }) => Promise.resolve(drawPhantoms(key(seed), { count, size })),
  },
  mnist: standardOpener(mnist),
  'fashion-mnist': standardOpener(fashionMnist),
  cifar10: {
    description: 'photographs of animals and vehicles, 50,000 color images of 32 x 32 in 10 classes',
    takes: [...imageOptions, ...placeOptions],
    side: 32,
    open: (options) => openCifar10(options),
  },
};

/** Every set that has a name, and one line on each. */
export const dataSetNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(named).map(([name, { description }]) => [name, description]),
);
