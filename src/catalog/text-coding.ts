/** @file How the texts of a set become the rows that a network reads, by the condition of a configuration. */
import { checkOptions } from '../base/check.ts';
import type { DataSet } from '../data/dataset.ts';
import type { TextCoding } from '../data/texts/text-coding.ts';
import { builtIn, type Catalog } from './catalog.ts';
import { given } from './config/given.ts';
import type { RunConfig } from './config/schema.ts';
import { find } from './named.ts';

/**
 * The coding of the texts of a set; undefined for a configuration whose condition is not on texts.
 * @param known - the coding of parameters that there are already, which stays as it is
 * @throws ConfigError if the condition is on texts and the set has none.
 */
export function textCodingOf(
  { condition }: Pick<RunConfig, 'condition'>,
  set: DataSet,
  {
    catalog = builtIn,
    known,
  }: { readonly catalog?: Catalog | undefined; readonly known?: TextCoding | undefined } = {},
): TextCoding | undefined {
  if (condition === undefined) return undefined;
  const record = find(catalog.conditions, condition.kind, 'condition.kind');
  if (record.coding === undefined) return undefined;
  const { texts = [], name } = set;
  checkOptions([texts.length > 0, 'condition', `expected data with texts, found none in ${name}`]);
  return known ?? record.coding(texts, given(condition));
}
