/** @file `scorefield sample` of a run of tokens: texts that are printed, or files of their own format with a picture. */
import { join } from 'node:path';
import { plural } from '../../base/words.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import type { TokenSet } from '../../data/kinds/token-set.ts';
import { writeAtomic } from '../../io/atomic.ts';
import { writeSampleFiles } from '../../node/sample-files.ts';
import { openTokenModel } from '../../node/open-token-model.ts';
import { samplesFolder } from '../../run/folder/run-folder.ts';
import { watched } from '../shell/progress.ts';
import { duration, type Terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';
import { refuseOthers, type TaskCommandOptions } from '../shell/task-options.ts';

/** Samples that are drawn unless their number is given. */
const defaultCount = 5;

/** Draws samples, and prints or writes them. */
export async function sampleTokens(run: string, options: TaskCommandOptions, out: Terminal): Promise<void> {
  refuseOthers([run, 'tokens'], options, ['count', 'steps', 'temperature', 'out', 'seed']);
  const { count = defaultCount, steps, temperature, out: target, seed = 0, checkpoint, threads, device } = options;
  const model = await openTokenModel(run, { checkpoint, threads, device });
  const kind = dataKindOf(model.trained.data);
  if (kind.texts !== undefined && target !== undefined) requireWritable(target, ['.txt']);
  const computation = model.sample({ count, steps, temperature, seed });
  const { set, evaluations, seconds } = await watched(computation, plural(count, 'sample'), out);
  const beside = join(samplesFolder({ folder: run }), `step${model.trained.step}-seed${seed}-n${count}`);
  const written = await writeTokens(set, { target, beside }, out);
  out.line(
    `${plural(count, 'sample')} of ${model.length} ${kind.unit(model.trained.data.scaler)} in ${duration(seconds)}, ${evaluations.toFixed(0)} network evaluations each${written.where}`,
  );
  out.result({
    ...{ run, step: model.trained.step, n: count, ...written.result, evaluations },
    ...{ seed, seconds: Number(seconds.toFixed(3)) },
  });
}

/**
 * Prints samples that are texts, and writes them where a file is named; others are written as files of their own, with a picture.
 * @param to.beside - folder of the files where none is named
 * @param to.length - characters of a text that are shown; all by default
 */
export async function writeTokens(
  set: TokenSet,
  {
    target,
    beside,
    length = set.length,
  }: { readonly target: string | undefined; readonly beside: string; readonly length?: number },
  out: Terminal,
): Promise<{ readonly where: string; readonly result: object }> {
  const texts = dataKindOf(set)
    .texts?.(set)
    .map((text) => Array.from(text).slice(0, length).join(''));
  if (texts === undefined) {
    const files = await writeSampleFiles(set, target ?? beside);
    return { where: `: ${files.picture ?? ''} and ${plural(files.samples.length, 'file')} beside it`, result: files };
  }
  texts.forEach((text, i) => {
    out.line(`${i + 1} ${'─'.repeat(20)}`);
    out.line(text);
  });
  if (target === undefined) return { where: '', result: { texts } };
  writeAtomic(target, texts.map((text) => `${text}\n`).join('\n'));
  return { where: `: ${target}`, result: { texts, file: target } };
}
