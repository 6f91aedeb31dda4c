/** @file What tokens ask of a configuration: data of tokens are learned by models of tokens, and by no others. */
import type { Rule } from '../../base/check.ts';
import type { DataSet } from '../../data/dataset.ts';
import type { DataKindRecord } from '../data-kinds/data-kind.ts';
import { tokenCount } from '../kinds.ts';
import { tokenModelTask } from '../tasks/token-model.ts';
import type { RunConfig } from './schema.ts';

/** The rules for a set of a kind. */
export function tokenRules(
  { task, net }: Pick<RunConfig, 'task' | 'net'>,
  { name, task: usual = 'score' }: DataKindRecord,
  set: DataSet,
): readonly Rule[] {
  const fits = usual === task || (usual !== tokenModelTask.name && task !== tokenModelTask.name);
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
