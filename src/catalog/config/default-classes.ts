/** @file Whether a run learns the classes of its data where its user does not say. */
import { dataKindOf } from '../data-kinds/find.ts';
import { builtIn, type Catalog } from '../catalog.ts';
import { classCounts } from '../../data/class-names.ts';
import { kindOf, type DataSet } from '../../data/dataset.ts';
import { taskFor } from './defaults.ts';
import { part } from './merge.ts';
import type { Plain } from '../option.ts';

/** Samples of each class on average that a network needs to learn what they have in common. */
const leastOfEach = 100;

/**
 * The classes that a network of a new run gets unless its user says: those of the data, where the kind of the data gains by them, there are two or more with
 * a hundred samples each on average, and the network takes any; 0 for none. A condition, a number of classes, a coupling of data and noise, or parameters and a teacher to begin with are the user's word.
 */
export function defaultClasses(set: DataSet, asked: Plain, catalog: Catalog = builtIn): number {
  const kind = dataKindOf({ kind: kindOf(set).name }, catalog);
  const { kind: named = kind.network, classes } = part(asked, 'net');
  const network = catalog.networks.find(({ name }) => name === named);
  const said =
    classes !== undefined ||
    [part(asked, 'condition')['kind'], part(asked, 'train')['init']].some((value) => value !== undefined) ||
    ['coupling', 'teacher'].some((name) => part(asked, 'loss')[name] !== undefined);
  const score = taskFor(asked, catalog).name === 'score' && network !== undefined && 'classes' in network.options;
  if (said || !score || kind.conditional !== true) return 0;
  const counts = classCounts(set);
  const there = counts.filter((count) => count > 0).length;
  return there >= 2 && set.count >= leastOfEach * there ? counts.length : 0;
}
