/** @file Text as a kind of data. */
import { textOf, textSets } from '../../data/kinds/text.ts';
import { dataKind } from './data-kind.ts';
import { tokenRun } from './tokens.ts';

export const text = dataKind({
  ...textSets,
  ...tokenRun,
  name: 'text',
  description: 'text, sequences of characters [length]',
  unit: () => 'characters',
  texts: (set) => Array.from({ length: set.count }, (_, row) => textOf(set, row)),
});
