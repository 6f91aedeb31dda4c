/** @file `scorefield restore` of a run of tokens: gaps that are filled. */
import { join } from 'node:path';
import { ConfigError } from '../../base/errors.ts';
import { plural } from '../../base/words.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import { gapsOf, type TextGaps } from '../../model/tokens/gaps.ts';
import type { TokenModel } from '../../model/tokens/token-model.ts';
import { openHalf } from '../../node/token-data.ts';
import { openTokenModel } from '../../node/open-token-model.ts';
import { watched } from '../shell/progress.ts';
import { duration, type Terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';
import { refuseOthers, type TaskCommandOptions } from '../shell/task-options.ts';
import { writeTokens } from './sample.ts';

/** Fills gaps, and prints or writes what comes of it. */
export async function restoreTokens(run: string, options: TaskCommandOptions, out: Terminal): Promise<void> {
  refuseOthers([run, 'tokens'], options, ['text', 'measured', 'steps', 'out']);
  const { count = 1, steps, out: target, seed = 0, checkpoint, threads, device } = options;
  const model = await openTokenModel(run, { checkpoint, threads, device });
  const ofText = dataKindOf(model.trained.data).texts !== undefined;
  if (ofText && target !== undefined) requireWritable(target, ['.txt']);
  const gaps = ofText ? textGaps(model, options) : await halfOf(model, options);
  const beside = join(run, 'restored', `half-seed${seed}-n${count}`);
  const computation = model.fill(gaps, { count, steps, seed });
  const { set, evaluations, seconds } = await watched(computation, plural(count, 'sample'), out);
  const written = await writeTokens(set, { target, beside, length: gaps.length }, out);
  out.line(
    `${plural(gaps.fill.length, 'gap')} filled in ${plural(count, 'way')} in ${duration(seconds)}${written.where}`,
  );
  out.result({
    ...{ run, step: model.trained.step, n: count, ...written.result, filled: gaps.fill.length, evaluations, seed },
    seconds: Number(seconds.toFixed(3)),
  });
}

function textGaps(model: TokenModel, { text, measured }: TaskCommandOptions): TextGaps {
  if (text === undefined || measured !== undefined)
    throw new ConfigError([
      { path: 'text', message: 'expected a text with _ where characters are missing, such as "To be ___ not"' },
    ]);
  return gapsOf(text, model);
}

function halfOf(model: TokenModel, { text, measured }: TaskCommandOptions): Promise<TextGaps> {
  if (typeof measured !== 'string' || text !== undefined)
    throw new ConfigError([
      { path: 'measured', message: 'expected a MIDI file, of whose first sample the second half is written anew' },
    ]);
  return openHalf(model, measured);
}
