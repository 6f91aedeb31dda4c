/** @file `scorefield sample` of a run of tokens: texts that are printed and written. */
import { plural } from '../../base/words.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import { writeAtomic } from '../../io/atomic.ts';
import { openTokenModel } from '../../node/open-token-model.ts';
import { watched } from '../shell/progress.ts';
import { duration, type Terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';
import { refuseOthers, type TokenCommandOptions } from './options.ts';

/** Samples that are drawn unless their number is given. */
const defaultCount = 5;

/** Draws and prints samples. */
export async function sampleTokens(run: string, options: TokenCommandOptions, out: Terminal): Promise<void> {
  refuseOthers(run, options, ['count', 'steps', 'temperature', 'out', 'seed']);
  const { count = defaultCount, steps, temperature, out: file, seed = 0, checkpoint, threads, device } = options;
  if (file !== undefined) requireWritable(file, ['.txt']);
  const model = await openTokenModel(run, { checkpoint, threads, device });
  const computation = model.sample({ count, steps, temperature, seed });
  const { set, evaluations, seconds } = await watched(computation, plural(count, 'sample'), out);
  const texts = dataKindOf(set).texts?.(set) ?? [];
  if (file !== undefined) writeAtomic(file, new TextEncoder().encode(texts.map((text) => `${text}\n`).join('\n')));
  printTexts(out, texts);
  const where = file === undefined ? '' : `: ${file}`;
  out.line(
    `${plural(count, 'sample')} of ${model.length} characters in ${duration(seconds)}, ${evaluations.toFixed(0)} network evaluations each${where}`,
  );
  out.result({
    ...{ run, step: model.trained.step, n: count, texts, evaluations },
    ...{ seed, seconds: Number(seconds.toFixed(3)), ...(file !== undefined && { file }) },
  });
}

/** Prints texts with a rule between them. */
export function printTexts(out: Pick<Terminal, 'line'>, texts: readonly string[]): void {
  texts.forEach((text, i) => {
    out.line(`${i + 1} ${'─'.repeat(20)}`);
    out.line(text);
  });
}
