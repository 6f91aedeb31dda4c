/** @file `scorefield merge`: the parts of shards joined to what one process writes. */
import { meanEstimate } from '../../evaluate/estimate.ts';
import { command, option, severalArguments } from '../shell/command.ts';
import { jsonOption } from '../shell/options.ts';
import { path } from '../shell/parsers.ts';
import { plural, terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

export const merge = command({
  name: 'merge',
  summary: 'join the parts that --shard has written',
  description:
    'Join PARTS, all that one computation was divided into by --shard, in any order, to the file that one process writes:\n' +
    'the same arrays, bit for bit.',
  arguments: { parts: severalArguments('<PARTS...>', 'files of the parts (.npz)') },
  options: {
    out: option('--out <FILE>', 'file to write (.npz) (default: merged.npz)', path),
    ...jsonOption,
  },
  run: async ({ parts: files }, { out: file = 'merged.npz', json }) => {
    const { formatNpz, mergeParts, writeAtomic } = await import('../work.ts');
    const out = terminal({ json });
    requireWritable(file, ['.npz']);
    const { arrays, facts, parts } = mergeParts(files);
    writeAtomic(file, formatNpz(arrays));
    out.line(`${plural(parts, 'part')} with ${plural(facts.rows.to, 'row')}: ${file}`);
    const bits =
      arrays['bitsPerDim'] && meanEstimate(arrays['bitsPerDim'].data.filter((value) => !Number.isNaN(value)));
    if (bits)
      out.line(`${bits.value.toFixed(4)} bits/dim +- ${bits.standardError.toFixed(4)} (standard error over them)`);
    out.result({ file, parts, rows: facts.rows.to, of: facts.of, ...(bits && { bitsPerDim: bits }) });
  },
});
