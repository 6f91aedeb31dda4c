/** @file `scorefield evaluate` of a run of tokens: bits beside those of models that count. */
import { plural } from '../../base/words.ts';
import { estimateText } from '../../evaluate/estimate.ts';
import { randomRows } from '../../model/data-input.ts';
import { compareTokens } from '../../model/tokens/token-evaluation.ts';
import { openTokenData } from '../../node/token-data.ts';
import { openTokenModel } from '../../node/open-token-model.ts';
import { watched } from '../shell/progress.ts';
import { table, type Terminal } from '../shell/terminal.ts';
import { refuseOthers, type TaskCommandOptions } from '../shell/task-options.ts';

/** Sequences that are drawn, and of the data that are measured, unless another number is asked for. */
const defaultCount = 64;

/** Measures and prints how a model stands. */
export async function evaluateTokens(run: string, options: TaskCommandOptions, out: Terminal): Promise<void> {
  refuseOthers([run, 'tokens'], options, ['steps']);
  const { count = defaultCount, steps, data: ref = 'test', seed = 0, checkpoint, threads, device } = options;
  const model = await openTokenModel(run, { checkpoint, threads, device });
  const { set: train } = await openTokenData(model, 'train');
  const { set: test, rows: all, unit } = await openTokenData(model, ref);
  const rows = randomRows({ count: all.length }, count, seed).map((i) => all[i] ?? 0);
  const bits = await watched(model.bits(test, { rows, seed }), `bits of ${plural(rows.length, 'sample')}`, out);
  const { set: drawn } = await watched(model.sample({ count, steps, seed }), plural(count, 'sample'), out);
  const found = compareTokens(model, { train, test, rows, drawn, bits });
  out.line(
    `at most ${estimateText(found.bitsPerToken)} bits/${unit} for ${plural(rows.length, 'sample')} of ${model.length} of ${test.name} (${ref})`,
  );
  out.line(
    table(
      Object.fromEntries(
        Object.entries(found.nGrams).map(([order, value]) => [`${order}-gram`, `${estimateText(value)} bits/${unit}`]),
      ),
    ),
  );
  out.line(
    `samples have ${estimateText(found.samples)} bits/${unit} by the 4-gram model, the data ${estimateText(found.data)}`,
  );
  const { nGrams, bitsPerToken, samples, data } = found;
  out.result({
    run,
    step: model.trained.step,
    data: ref,
    n: rows.length,
    bitsPerToken,
    nGrams,
    samples,
    real: data,
    seed,
  });
}
