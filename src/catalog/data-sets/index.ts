/** @file Every data set with a name. */
import { checkerboard } from './checkerboard.ts';
import { cifar10 } from './cifar10.ts';
import { eightGaussians } from './eight-gaussians.ts';
import { emoji } from './emoji.ts';
import { fashionMnist } from './fashion-mnist.ts';
import { mnist } from './mnist.ts';
import { phantoms } from './phantoms.ts';
import { spirals } from './spirals.ts';
import { swissRoll } from './swiss-roll.ts';
import { twoGaussians } from './two-gaussians.ts';
import { twoMoons } from './two-moons.ts';

export const dataSets = [
  twoGaussians,
  eightGaussians,
  twoMoons,
  swissRoll,
  checkerboard,
  spirals,
  emoji,
  phantoms,
  mnist,
  fashionMnist,
  cifar10,
] as const;
