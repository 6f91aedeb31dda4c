/** @file Every data set with a name. */
import { chairs } from './chairs.ts';
import { checkerboard } from './checkerboard.ts';
import { cifar10 } from './cifar10.ts';
import { desks } from './desks.ts';
import { digits } from './digits.ts';
import { eightGaussians } from './eight-gaussians.ts';
import { emoji } from './emoji.ts';
import { fashionMnist } from './fashion-mnist.ts';
import { mnist } from './mnist.ts';
import { phantoms } from './phantoms.ts';
import { solids } from './solids.ts';
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
  digits,
  phantoms,
  solids,
  chairs,
  desks,
  mnist,
  fashionMnist,
  cifar10,
] as const;
