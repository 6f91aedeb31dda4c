/** @file The data set `emoji`, by its name. */
import * as v from 'valibot';
import { combinationKinds, emojiGroups, emojiSet } from '../../data/sets/emoji-sheet.ts';
import { optional } from '../option.ts';
import { dataSet } from './data-set.ts';
import { ofImages } from './options.ts';

export const emoji = dataSet({
  name: 'emoji',
  description: `emoji, 1,658 color images of 32 x 32; groups ${emojiGroups.join(', ')}`,
  side: 32,
  options: {
    ...ofImages,
    group: optional(v.string(), 'one of the groups (default: all)'),
    combinations: optional(
      v.picklist(combinationKinds),
      'without sixteen pictures whose names combine words of other names, or those alone (default: all pictures)',
    ),
  },
  open: async (options, files) => {
    const [index, sheet] = await Promise.all([files.asset('emoji.json'), files.asset('emoji.rgb.br')]);
    return emojiSet(new TextDecoder().decode(index), sheet, options);
  },
});
