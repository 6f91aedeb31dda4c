/** @file `scorefield tune`: the time grid of a run or a model for few evaluations. */
import { extname } from 'node:path';
import { checkOptions } from '../../base/check.ts';
import { jsonText } from '../../base/json.ts';
import { estimateText } from '../../evaluate/estimate.ts';
import type { MeasuredGrid, Tuning } from '../../model/samples/tuning.ts';
import { argument, command, flag, option, optionWithDefault } from '../shell/command.ts';
import { conditionOptions, conditionReport, guidanceFrom } from '../shell/condition.ts';
import { checkpointOption, engineOptions, jsonOption } from '../shell/options.ts';
import { list, million, path, seed, whole } from '../shell/parsers.ts';
import { watched } from '../shell/progress.ts';
import { duration, plural, short, terminal, type Terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

export const tune = command({
  name: 'tune',
  summary: 'search the time grid of a run for few evaluations',
  description:
    'Search the noise levels with which a sampler of few evaluations ends nearest to the probability flow, computed finely from\n' +
    'the same starts, and measure them on other starts beside the named time grids.',
  arguments: { model: argument('<RUN>', 'folder of a run, or name or folder of a model') },
  options: {
    nfe: optionWithDefault('--nfe <N>', 'network evaluations for each sample, or several with commas between them', {
      parse: list(whole(1, 1_000_000)),
      value: [8],
    }),
    sampler: option(
      '--sampler <S>',
      "a sampler without noise and with steps of a fixed number, or any: the best two of those that take one evaluation a step (default: the run's own, or dpm-solver-2m)",
    ),
    class: option(
      '--class <C>',
      'of a run with classes: the name or number of one, or all for starts of all classes in turn (default: no class in particular)',
    ),
    ...conditionOptions,
    count: optionWithDefault('-n <COUNT>', 'starts of the search, and as many others to measure with', {
      parse: whole(8, 1_000_000),
      value: 128,
    }),
    trials: optionWithDefault('--trials <T>', 'runs of the sampler in a search, beside those of the named grids', {
      parse: million,
      value: 150,
    }),
    evaluate: option(
      '--evaluate <COUNT>',
      'samples of each grid that are compared with the data of the run, as `scorefield evaluate` does (default: none)',
      million,
    ),
    seed: optionWithDefault('--seed <S>', 'seed of the starts', { parse: seed, value: 0 }),
    write: flag('--write', 'make the sampler with the found grid the default of RUN; of one number of evaluations'),
    out: option(
      '--out <FILE>',
      'picture of errors against evaluations (.svg or .png), or all numbers (.json) (default: none)',
      path,
    ),
    ...checkpointOption,
    ...engineOptions,
    ...jsonOption,
  },
  run: async ({ model: run }, options) => {
    const {
      nearestOf,
      nodeHost,
      offeredClasses,
      openFeatures,
      openModel,
      openRealParts,
      openShown,
      requireOwn,
      setDefaultSampling,
      tuningFigure,
      writeAtomic,
    } = await import('../work.ts');
    const { nfe, sampler, class: asked, count, trials, evaluate, seed: from, write, out: file, json } = options;
    const { checkpoint, threads, device } = options;
    const out = terminal({ json });
    const engine = { threads, device };
    const format = file === undefined ? undefined : extname(file).toLowerCase();
    checkOptions([
      write !== true || nfe.length === 1,
      'nfe',
      `expected one number of evaluations to write, got ${nfe.length}`,
    ]);
    if (file !== undefined) requireWritable(file, ['.svg', '.png', '.json']);
    if (write === true) requireOwn(run);
    const model = await openModel(run, { ...engine, checkpoint });
    const guidance = await guidanceFrom(options, engine);
    const names = asked === 'all' ? offeredClasses(model.trained, guidance?.classifier?.trained) : [];
    const inTurn = (i: number): string => names[i % names.length] ?? '';
    const of = asked === 'all' ? Array.from({ length: count }, (_, i) => inTurn(i)) : asked;
    const given = of === undefined && guidance === undefined ? model : model.given({ ...guidance, class: of });
    const { condition } = given;
    const data = model.trained.config.data.ref;
    const compared = evaluate !== undefined && {
      reference: await openRealParts(data, { shape: model.info.shape, model: model.trained, open: openShown }),
      features: await openFeatures(data, model.info.shape, engine),
      samples: evaluate,
    };
    const computation = given.tune({ nfe, sampler, count, trials, seed: from, ...compared });
    const tuning = await watched(computation, (at) => `${plural(at.nfe, 'evaluation')}, ${at.stage}`, out);
    const result = {
      run,
      step: model.info.step,
      ...(condition && { classes: condition.names, ...conditionReport(condition, options) }),
      ...tuning,
    };
    await print(out, run, tuning);
    if (file !== undefined) {
      const text = format === '.json' ? `${jsonText(result)}\n` : tuningFigure(tuning, run);
      writeAtomic(file, format === '.png' ? await nodeHost(engine).rasterize(text) : text);
      out.line(`written: ${file}`);
    }
    const [row] = tuning.rows;
    const written =
      write === true && row
        ? setDefaultSampling(run, { sampler: nearestOf(row).sampler, nfe: row.nfe, grid: nearestOf(row).levels })
        : undefined;
    if (written !== undefined && row)
      out.line(`${run} is sampled by ${nearestOf(row).sampler} with this grid from now on: ${written}`);
    out.result({ ...result, file, written });
  },
});

async function print(out: Terminal, run: string, { sampler, n, rows, seconds }: Tuning): Promise<void> {
  const { nearestOf } = await import('../work.ts');
  out.line(
    `distance of samples of ${run} by ${sampler === 'any' ? 'several samplers' : sampler} from the probability flow, ${plural(n, 'start')}, in the range of the model`,
  );
  for (const row of rows) {
    const { nfe, tuned, best, usual } = row;
    const nearest = nearestOf(row);
    out.line(plural(nfe, 'evaluation'));
    for (const grid of [tuned, best, usual]) out.line(`  ${lineOf(grid)}`);
    out.line(
      `  --sampler ${nearest.sampler} --grid ${nearest.levels.map((level) => Number(level.toPrecision(5))).join()}`,
    );
  }
  out.line(`in ${duration(seconds)}`);
}

function lineOf({ sampler, name, error, medianError, seconds, evaluation }: MeasuredGrid): string {
  const quality = evaluation && `, ${evaluation.distance} ${estimateText(evaluation.frechet)}`;
  return `${sampler}, ${name}: ${estimateText(error)}, median ${short(medianError)}, ${short(1000 * seconds)} ms a sample${quality ?? ''}`;
}
