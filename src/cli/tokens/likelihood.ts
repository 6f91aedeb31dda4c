/** @file `scorefield likelihood` of a run of tokens: bits a character. */
import { formatNpz } from '../../data/arrays/npz.ts';
import { randomRows } from '../../model/data-input.ts';
import { defaultDraws } from '../../model/tokens/token-bits.ts';
import { plural } from '../../base/words.ts';
import { writeAtomic } from '../../io/atomic.ts';
import { openTokenData } from '../../node/token-data.ts';
import { openTokenModel } from '../../node/open-token-model.ts';
import { watched } from '../shell/progress.ts';
import { duration, type Terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';
import { refuseOthers, type TaskCommandOptions } from '../shell/task-options.ts';

/** Measures and prints bits. */
export async function likelihoodOfTokens(run: string, options: TaskCommandOptions, out: Terminal): Promise<void> {
  refuseOthers([run, 'tokens'], options, ['out']);
  const { count = 64, data: ref = 'test', probes = 1, out: file, seed = 0, checkpoint, threads, device } = options;
  if (file !== undefined) requireWritable(file, ['.npz']);
  const model = await openTokenModel(run, { checkpoint, threads, device });
  const { set, rows: all, unit } = await openTokenData(model, ref);
  const rows = randomRows({ count: all.length }, count, seed).map((i) => all[i] ?? 0);
  const draws = probes === 1 ? defaultDraws : probes;
  const started = performance.now();
  const found = await watched(model.bits(set, { rows, draws, seed }), plural(rows.length, 'sample'), out);
  const seconds = (performance.now() - started) / 1000;
  const { bitsPerToken, each, drawError } = found;
  if (file !== undefined)
    writeAtomic(
      file,
      formatNpz({
        bitsPerToken: { shape: [rows.length], data: each },
        rows: { shape: [rows.length], data: Int32Array.from(rows) },
      }),
    );
  const { value, standardError } = bitsPerToken;
  const error = rows.length > 1 ? ` +- ${standardError.toFixed(4)} (standard error over` : ' (of';
  out.line(
    `at most ${value.toFixed(4)} bits/${unit}${error} ${plural(rows.length, 'sample')} of ${model.length} of ${set.name})`,
  );
  if (drawError !== undefined)
    out.line(`of which +- ${drawError.toFixed(4)} from the ${plural(draws, 'draw')} per sample`);
  out.line(`${plural(draws, 'network evaluation')} per sample, ${duration(seconds)}`);
  out.result({
    ...{ run, step: model.trained.step, data: set.name, n: rows.length, method: 'bound', draws },
    ...{ bitsPerToken: value, standardError, drawError, seed, seconds: Number(seconds.toFixed(3)) },
    ...(file !== undefined && { file }),
  });
}
