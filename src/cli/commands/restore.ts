/** @file `scorefield restore`: images restored by samples of the posterior. */
import { join } from 'node:path';
import { checkOptions } from '../../base/check.ts';
import { ConfigError } from '../../base/errors.ts';
import { jsonText } from '../../base/json.ts';
import { sizeOf } from '../../base/tensor.ts';
import { anyOf, lastPart, shortened } from '../../base/words.ts';
import { gridNames } from '../../catalog/grids.ts';
import { namesOf } from '../../catalog/named.ts';
import { restorations } from '../../catalog/restorations/index.ts';
import { meanEstimate } from '../../evaluate/estimate.ts';
import type { Model } from '../../model/model.ts';
import { defaultNoise } from '../../model/choices.ts';
import { conditionOptions, conditionReport, guidanceFrom, sayUnknown } from '../shell/condition.ts';
import { damageOptions, noiseOf } from '../shell/damage-options.ts';
import { command, flag, option, optionalArgument, optionWithDefault, repeated } from '../shell/command.ts';
import {
  batchOption,
  checkpointOption,
  engineOptions,
  jsonOption,
  layoutOption,
  shardOption,
} from '../shell/options.ts';
import { list, million, noise as noiseLevel, path, positive, seed, whole } from '../shell/parsers.ts'; // prettier-ignore
import { readSubject } from '../shell/restoration-subject.ts';
import { printRestoration } from '../shell/restoration-report.ts';
import { partIsThere, requirePartFile, rowsText } from '../shell/parts.ts';
import { watched } from '../shell/progress.ts';
import { plural, terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

export const restore = command({
  name: 'restore',
  summary: 'restore images by sampling the posterior of a trained run',
  description:
    'Measure images, or read measurements, and draw samples of what the images may have been, under RUN. Writes to the\n' +
    'folder --out: a sheet of everything side by side, the measurement, the samples, their mean and spread, and a report.\n' +
    'With --table FILE, draw what may stand in place of the missing values of a table, of series or of fields: all samples,\n' +
    'and quantiles of each value. With --sound FILE, fill a gap of a sound, or find its clipped values again.',
  arguments: {
    model: optionalArgument('[RUN]', 'folder of a run of images, tables, arrays or sounds, or name of a model'),
  },
  options: {
    list: flag('--list', 'list the tasks and the methods'),
    task: option('--task <T>', `what was measured: ${anyOf(namesOf(restorations))} (default: none)`),
    table: option(
      '--table <FILE>',
      'table (.csv), series or fields (.npy, .npz) with missing values, which are completed (default: none)',
      path,
    ),
    sound: option(
      '--sound <FILE>',
      'sound (.wav) of which a part was lost, for a run of sounds without classes; --task says how: inpaint or declip (default: none)',
      path,
    ),
    gap: option(
      '--gap <A,B>',
      'of --sound with inpaint: begin and end of the gap in seconds (default: none)',
      list(noiseLevel),
    ),
    level: option(
      '--level <C>',
      'of --sound with declip: the level at which the sound is clipped first, full scale is 1 (default: it was clipped at its greatest value)',
      positive,
    ),
    quantiles: optionWithDefault('--quantiles <Q,…>', 'of --table: which quantiles of the samples are written', {
      parse: list(positive),
      value: [0.05, 0.25, 0.75, 0.95],
    }),
    image: option('--image <FILE>', 'picture to measure: .png, .jpg or .webp (default: see --data)', path),
    data: option(
      '--data <DATA>',
      'images to measure: test or train (of the run), or other data, read as the run reads its own (default: test)',
    ),
    ...layoutOption,
    index: option('--index <I>', 'which of --data, such as 3, 0,4,9 or 0-99 (default: 0)'),
    measured: option(
      '--measured <FILE>',
      'what was measured already: a picture, or .npz as written here (default: none)',
      path,
    ),
    ...damageOptions,
    class: option('--class <C>', 'of a run with classes: the class of the images, as in `sample` (default: any)'),
    text: option('--text <T>', 'of a run with texts: what the images show, as in `sample` (default: anything)'),
    ...conditionOptions,
    method: option('--method <M>', 'how to sample; --list has the names (default: what suits the task)'),
    steps: option('--steps <K>', "steps of the method (default: the method's own)", million),
    nfe: option(
      '--nfe <N>',
      'network evaluations for each sample, in place of --steps (default: not limited)',
      million,
    ),
    grid: option('--grid <G>', `time grid: ${anyOf(gridNames)} (default: the method's own)`),
    settings: repeated('--set <name=v>', 'one option of the method, such as stepSize=0.5; repeatable (default: none)'),
    count: optionWithDefault('-n <COUNT>', 'samples of each image', { parse: whole(2, 100_000), value: 8 }),
    seed: optionWithDefault('--seed <S>', 'seed of masks, sums, noise and samples', { parse: seed, value: 0 }),
    out: option('--out <FOLDER>', 'folder of the files (default: a name in RUN/restored, or here for a model)', path),
    ...checkpointOption,
    ...batchOption(32),
    ...shardOption,
    ...engineOptions,
    ...jsonOption,
  },
  run: async ({ model: run }, options) => {
    const work = await import('../work.ts');
    const { inverseList, methodOf, openModel, readTask, requireFolder, taskSettings, writeRestoration } = work;
    const { isPart, partOf, restorationArrays, writePart } = work;
    const { list, json, checkpoint, threads, device, out: folder, count, batch, shard } = options;
    const out = terminal({ json });
    if (list === true) {
      const { listMethods } = await import('../shell/restoration-list.ts');
      await listMethods(out, json ?? false);
      return;
    }
    if (run === undefined)
      throw new ConfigError([{ path: 'model', message: 'expected the folder of a run, or --list, got none' }]);
    const own = work.ownCommand(run, 'restore');
    if (own !== undefined) {
      await own(run, options, out);
      return;
    }
    const engine = { threads, device };
    checkOptions([options.sound !== undefined || (options.gap ?? options.level) === undefined, 'sound', 'expected with --gap and --level, got none']); // prettier-ignore
    if (options.sound !== undefined || options.table !== undefined) {
      const { restoreFile } = await import('../shell/restoring-file.ts');
      await restoreFile(await openModel(run, { ...engine, checkpoint }), out, { ...options, run });
      return;
    }
    const { class: asked, text, seed: from, task: name = '' } = options;
    const { counts } = noiseOf(options);
    const model = await openModel(run, { ...engine, checkpoint });
    const conditional = conditioned(model, { class: asked, text }, await guidanceFrom(options, engine));
    sayUnknown(conditional);
    const { condition } = conditional;

    const { mask, factor, blur, rate, acceleration, angles, noise } = options;
    const asWritten = { mask, factor, blur, rate, acceleration, angles };
    const task = await readTask(model, { task: name, ...asWritten, seed: from, noise, counts });
    const { method: named, steps, nfe, grid } = options;
    const how = { method: named, steps, nfe, grid, settings: settingsOf(options.settings ?? []) };
    const { name: method } = methodOf(model.trained, task, { ...how, condition }, counts !== undefined);
    const { info } = model;
    // The folder of a packed model is not written to.
    const beside = model.trained.record === undefined ? join(run, 'restored') : `${info.name}-restored`;
    const into = folder ?? join(beside, `${name}-${method}-seed${from}`);
    requirePartFile(shard, folder);
    if (shard === undefined) requireFolder(into);
    else requireWritable(into, ['.npz']);

    const subject = await readSubject(model, task, options);
    const level = noise ?? subject.noise;
    const part = partOf(
      shard,
      model.trained,
      { command: 'restore', data: subject.name, images: subject.rows.length, n: count, seed: from, batch, threads },
      {
        ...{ task: name, asWritten, method, how, noise: level, counts, rows: subject.rows, device },
        ...{ condition: condition && [asked, text, condition.guidance, condition.options] },
        content: subject.content,
      },
    );
    if (partIsThere(out, { file: into, run, part }, isPart)) return;
    const heeds = inverseList.some((one) => one.name === method && one.heedsNoise);
    if (!heeds && (counts !== undefined || (level ?? defaultNoise) > 0))
      out.line(`${method} does not ask for the noise of the measurement; other methods do (see --list)`);
    const computation = conditional.restore(
      { ...subject, task, noise: counts === undefined ? level : undefined, counts },
      { ...how, count, seed: from, batch, shard },
    );
    const restoration = await watched(computation, plural(count * subject.rows.length, 'sample'), out);

    const { measurement } = restoration.subjects;
    const result = {
      ...{ run, step: info.step, task: name, method },
      options: { ...taskSettings(name, asWritten), ...restoration.method.options },
      ...(counts !== undefined && { noiseModel: 'poisson', counts }),
      ...(asked !== undefined && { class: condition?.names.join() }),
      ...(text !== undefined && { text, unknownWords: condition?.unknownWords }),
      ...(condition && conditionReport(condition, options)),
      ...{ data: subject.name, noise: measurement.noiseStd, n: count, seed: from, seconds: restoration.seconds },
      measurements: sizeOf(task.operator.shapeOut),
      unknowns: sizeOf(info.shape),
      evaluations: meanEstimate(restoration.evaluations).value,
      images: restoration.quality.images,
    };
    if (part !== undefined) {
      const { range } = restoration;
      writePart(into, restorationArrays(restoration), { ...part, rows: range });
      out.line(`${rowsText('images', range)}: ${into}`);
      out.result(JSON.parse(jsonText({ ...result, file: into, part: part.shard, range }, { digits: 6 })) as object);
      return;
    }
    const files = await writeRestoration(into, restoration, {
      title: `${name}: ${shortened(lastPart(subject.name), 40)}`,
      report: (paths) => `${jsonText({ ...result, files: paths }, { indent: 2, digits: 6 })}\n`,
    });
    printRestoration(out, restoration, files['sheet'] ?? '');
    out.result(JSON.parse(jsonText({ ...result, files }, { digits: 6 })) as object);
  },
});

/** The model under the class or the text that the images have and the guidance; the model itself where neither is given. */
function conditioned(
  model: Model,
  asked: { readonly class: string | undefined; readonly text: string | undefined },
  guidance: Awaited<ReturnType<typeof guidanceFrom>>,
): Model {
  if (asked.class === undefined && asked.text === undefined && guidance === undefined) return model;
  const { classes } = (guidance?.classifier ?? model).info;
  const some = classes.slice(0, 3).join(', ');
  checkOptions([
    asked.class !== 'all' || classes.length === 0,
    'class',
    `expected one class, such as ${some}, got all`,
  ]);
  return model.given({ ...guidance, ...asked });
}

/** Options of a method as name=number. */
function settingsOf(texts: readonly string[]): Readonly<Record<string, number>> {
  const pairs = texts.map((text) => /^(\w+)=(.+)$/.exec(text) ?? [text, '', '']);
  const bad = pairs.find(([, name, value]) => name === '' || !Number.isFinite(Number(value)));
  checkOptions([bad === undefined, 'settings', `expected name=number, such as stepSize=0.5, got ${bad?.[0] ?? ''}`]);
  return Object.fromEntries(pairs.map(([, name = '', value]) => [name, Number(value)]));
}
