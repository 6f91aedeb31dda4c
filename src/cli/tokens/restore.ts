/** @file `scorefield restore` of a run of text: gaps that are filled. */
import { ConfigError } from '../../base/errors.ts';
import { plural } from '../../base/words.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import { writeAtomic } from '../../io/atomic.ts';
import { gapsOf } from '../../model/tokens/gaps.ts';
import { openTokenModel } from '../../node/open-token-model.ts';
import { watched } from '../shell/progress.ts';
import { duration, type Terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';
import { refuseOthers, type TokenCommandOptions } from './options.ts';
import { printTexts } from './sample.ts';

/** Fills and prints the gaps of a text. */
export async function restoreTokens(run: string, options: TokenCommandOptions, out: Terminal): Promise<void> {
  refuseOthers(run, options, ['text', 'steps', 'out']);
  const { count = 1, steps, text, out: file, seed = 0, checkpoint, threads, device } = options;
  if (text === undefined)
    throw new ConfigError([{ path: 'text', message: 'expected a text with _ where characters are missing, got none' }]);
  if (file !== undefined) requireWritable(file, ['.txt']);
  const model = await openTokenModel(run, { checkpoint, threads, device });
  const gaps = gapsOf(text, model);
  const computation = model.fill(gaps, { count, steps, seed });
  const { set, evaluations, seconds } = await watched(computation, plural(count, 'sample'), out);
  const texts = (dataKindOf(set).texts?.(set) ?? []).map((filled) => Array.from(filled).slice(0, gaps.length).join(''));
  if (file !== undefined) writeAtomic(file, new TextEncoder().encode(texts.map((one) => `${one}\n`).join('')));
  printTexts(out, texts);
  out.line(`${plural(gaps.fill.length, 'character')} filled in ${plural(count, 'way')} in ${duration(seconds)}`);
  out.result({
    ...{ run, step: model.trained.step, text, n: count, texts, filled: gaps.fill.length, evaluations, seed },
    ...{ seconds: Number(seconds.toFixed(3)), ...(file !== undefined && { file }) },
  });
}
