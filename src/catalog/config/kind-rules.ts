/** @file What a kind of data and a task ask of each other: data of tokens or shapes are learned by models of them, and by no others. */
import type { Rule } from '../../base/check.ts';
import type { DataSet } from '../../data/dataset.ts';
import type { Catalog } from '../catalog.ts';
import type { DataKindRecord } from '../data-kinds/data-kind.ts';
import { tokenCount } from '../kinds.ts';
import type { RunConfig } from './schema.ts';

/** The rules for a set of a kind. */
export function kindRules(
  { task, net }: Pick<RunConfig, 'task' | 'net'>,
  { name, task: usual = 'score' }: DataKindRecord,
  set: DataSet,
  { tasks }: Catalog,
): readonly Rule[] {
  const fits = usual === task || !tasks.some((one) => one.ofKind === true && [usual, task].includes(one.name));
  const found = 'alphabet' in set && Array.isArray(set.alphabet) ? set.alphabet.length : undefined;
  const tokens = tokenCount(net);
  return [
    [fits, 'task', `expected ${usual} for ${name}, got ${task}`],
    [
      found === undefined || !fits || found === tokens,
      'net.tokens',
      `expected the ${found} tokens of ${set.name}, got ${tokens}`,
    ],
  ];
}
