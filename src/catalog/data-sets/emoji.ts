/** @file The data set `emoji`, by its name. */
import * as v from 'valibot';
import { ConfigError, FileError } from '../../base/errors.ts';
import { combinationKinds, emojiGroups, emojiSet } from '../../data/sets/emoji-sheet.ts';
import { optional } from '../option.ts';
import { dataSet, type DataFiles } from './data-set.ts';
import { ofImages } from './options.ts';

/** Side of the pictures unless larger ones are asked for, in pixels. */
const usualSide = 32;

/** The larger pictures, which are not part of the package that npm installs. */
async function larger(size: number, files: DataFiles): Promise<Uint8Array> {
  try {
    return await files.asset('emoji-64.rgb.br');
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const message = `expected at most ${usualSide}, found ${size}; larger emoji are in a clone of scorefield's repository, and not in its npm package`;
    throw new ConfigError([{ path: 'size', message }]);
  }
}

export const emoji = dataSet({
  name: 'emoji',
  description: `emoji, 1,658 color images of 32 x 32, or in a clone of the repository up to 64 x 64; groups ${emojiGroups.join(', ')}`,
  side: 64,
  options: {
    ...ofImages,
    group: optional(v.string(), 'one of the groups (default: all)'),
    combinations: optional(
      v.picklist(combinationKinds),
      'without sixteen pictures whose names combine words of other names, or those alone (default: all pictures)',
    ),
  },
  open: async (options, files) => {
    const { size = usualSide } = options;
    const pictures = size > usualSide ? larger(size, files) : files.asset('emoji.rgb.br');
    const [index, sheet] = await Promise.all([files.asset('emoji.json'), pictures]);
    return emojiSet(new TextDecoder().decode(index), sheet, options);
  },
});
