/** @file The classes of samples that are of no class in particular. */
import { foldIn, key, split } from '../../base/key.ts';
import { uniform } from '../../base/random.ts';
import { builtIn, type Catalog } from '../../catalog/catalog.ts';
import { conditionOf, type Condition } from '../condition.ts';
import type { TrainedModel } from '../trained.ts';

/**
 * The class of each sample of a model of classes that is asked for none: each is drawn as often as the training had it, so that samples have the law of all
 * data, by scores that are learned of every sample and not of those alone whose class was hidden. The class of sample i depends on the seed and i alone.
 * @returns undefined of a model without classes
 */
export function drawnClasses(
  model: TrainedModel,
  { count, seed }: { readonly count: number; readonly seed: number },
  catalog: Catalog = builtIn,
): Condition | undefined {
  const { names = [], empty = [], counts } = model.data.classes ?? {};
  const { classes, known, ofSample } = model.net;
  if (model.task !== 'score' || classes === 0 || known === true || ofSample === true || names.length === 0)
    return undefined;
  const weights = names.map((_, label) => counts?.[label] ?? Number(!empty.includes(label)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const drawn = split(key(seed), count).map((own) => {
    let left = (uniform(foldIn(own, 'class'), 1)[0] ?? 0) * total;
    const label = weights.findIndex((weight) => (left -= weight) < 0);
    return names[label] ?? '';
  });
  return conditionOf(model, { class: drawn }, catalog);
}
