/** @file `scorefield report`: one page of everything that can be measured of a model. */
import { shellCommand } from '../../base/words.ts';
import { estimateText } from '../../evaluate/estimate.ts';
import { argument, command, option, optionWithDefault } from '../shell/command.ts';
import { checkpointOption, engineOptions, jsonOption } from '../shell/options.ts';
import { million, path, seed, whole } from '../shell/parsers.ts';
import { watched } from '../shell/progress.ts';
import { terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

export const report = command({
  name: 'report',
  summary: 'write one page of everything that can be measured of a run',
  description:
    'Write a report of RUN, one HTML file that needs no other: samples, metrics with their errors beside those of real samples, errors\n' +
    'by noise level, bits per dimension, calibration, memorization, and the command that repeats it.',
  arguments: { model: argument('<RUN>', 'folder of a run, or name of a model') },
  options: {
    out: optionWithDefault('--out <FILE>', 'the file', { parse: path, value: 'report.html' }),
    count: optionWithDefault('-n <COUNT>', 'samples that are drawn and compared', { parse: million, value: 1000 }),
    heldOut: optionWithDefault('--held-out <N>', 'new samples whose bits, errors and calibration are computed', {
      parse: whole(40, 100_000),
      value: 128,
    }),
    extractor: option(
      '--extractor <E>',
      'features by which samples are compared, as of `evaluate` (default: of the shipped classifier of the data, or random)',
    ),
    seed: optionWithDefault('--seed <S>', 'seed of everything random', { parse: seed, value: 0 }),
    ...checkpointOption,
    ...engineOptions,
    ...jsonOption,
  },
  run: async (
    { model: ref },
    { out: file, count, heldOut, extractor, seed: from, checkpoint, threads, device, json },
  ) => {
    const { featuresNamed, openModel, reportModel, writeAtomic } = await import('../work.ts');
    const out = terminal({ json });
    requireWritable(file, ['.html']);
    const model = await openModel(ref, { threads, device, checkpoint });
    const options = ['-n', String(count), '--held-out', String(heldOut), '--seed', String(from)];
    const by = extractor === undefined ? [] : ['--extractor', extractor];
    const at = checkpoint === undefined ? [] : ['--checkpoint', String(checkpoint)];
    const again = shellCommand('npx', 'scorefield', 'report', ref, ...options, ...by, ...at);
    const features =
      extractor === undefined
        ? undefined
        : await watched(featuresNamed(extractor, { threads, device }), `the extractor ${extractor}`, out);
    const making = reportModel(model, { count, heldOut, seed: from, features, threads, device, command: again });
    const { html, ...found } = await watched(making, ({ stage }) => stage, out);
    writeAtomic(file, html);
    const { frechet, frechetFloor, distance } = found.evaluation;
    out.line(`${distance} ${estimateText(frechet)}, of real samples ${estimateText(frechetFloor)}`);
    for (const [what, why] of Object.entries(found.leftOut)) out.line(`without ${what}: ${why}`);
    out.line(`${file}: ${Math.ceil(html.length / 1000).toLocaleString('en')} kB`);
    // The samples themselves are in the page.
    const evaluation = { ...found.evaluation, drawn: undefined };
    out.result({ file, run: ref, step: model.info.step, ...found, evaluation });
  },
});
