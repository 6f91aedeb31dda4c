/** @file `scorefield evaluate`: how far samples of a run, a model or a file are from data. */
import { extname } from 'node:path';
import { checkOptions } from '../../base/check.ts';
import { ConfigError } from '../../base/errors.ts';
import { extractorNames } from '../../catalog/extractors/index.ts';
import { gridNames } from '../../catalog/grids.ts';
import { metricNames, metricsNamed } from '../../catalog/metrics/index.ts';
import type { DataSet } from '../../data/dataset.ts';
import { estimateText } from '../../evaluate/estimate.ts';
import { defaultEvaluationCount } from '../../model/choices.ts';
import type { MemorizationData } from '../../model/evaluation/memorization.ts';
import type { SamplingResult } from '../../model/samples/sampling.ts';
import { argument, command, flag, option } from '../shell/command.ts';
import {
  batchOption,
  checkpointOption,
  engineOptions,
  jsonOption,
  layoutOption,
  shardOption,
} from '../shell/options.ts';
import { gridAmong, list, million, path, positive, seed } from '../shell/parsers.ts';
import { watched } from '../shell/progress.ts';
import { duration, plural, short, terminal } from '../shell/terminal.ts';
import { evaluateFeatures, printEvaluation, refuseOf, writeFeatures } from '../shell/evaluation-report.ts';
import { partIsThere, requirePartFile } from '../shell/parts.ts';
import { requireWritable } from '../shell/writable.ts';

const metricList = Object.assign(list(String), { names: ['all', ...metricNames] });

export const evaluate = command({
  name: 'evaluate',
  summary: 'how far samples are from data',
  description:
    'Print how far samples of RUN are from real ones: the Fréchet distance (FD) of their features and the energy distance,\n' +
    'with standard errors, beside those of as many real samples. The reference is the test part of the data, or half of\n' +
    'them. RUN is a folder, a model, or a file of samples (.npz, as `sample --out` writes it) with --data,\n' +
    'or of features that --out has written.',
  arguments: { model: argument('<RUN>', 'folder of a run, name of a model, or file of samples') },
  options: {
    data: option('--data <DATA>', 'name or path of the real samples (default: the data of the run)'),
    ...layoutOption,
    count: option(
      '-n <COUNT>',
      `number of samples; of a file that has more, a part drawn with a fixed seed (default: ${defaultEvaluationCount}, or as many as there are real ones)`,
      million,
    ),
    features: option(
      '--extractor <E>',
      `features by which samples are compared: those of ${extractorNames.join(' or ')}, of a run or model of a classifier, or of a file inception.onnx (default: of the shipped classifier of these data, or random)`,
    ),
    sampler: option('--sampler <S>', 'how to sample (default: as suits the run)'),
    nfe: option('--nfe <N>', 'network evaluations for each sample (default: as suits the run)', million),
    steps: option('--steps <K>', 'steps of the sampler, in place of --nfe (default: as suits the run)', million),
    grid: option(
      '--grid <G>',
      "time grid, or noise levels with commas between them (default: the sampler's own)",
      gridAmong(gridNames),
    ),
    start: option(
      '--start <LAW>',
      'begin with draws of a law of the training data, as `sample --start` does; needs --start-level (default: noise)',
    ),
    startLevel: option('--start-level <SIGMA>', 'noise level from which is sampled (default: that of noise)', positive),
    metrics: option(
      '--metrics <M>',
      'metrics beside the distances, with commas between them: all, ' + metricNames.join(', ') + ' (default: none)',
      metricList,
    ),
    memorization: flag(
      '--memorization',
      'also test whether samples are copies of the training data, beside the value of held-out data',
    ),
    sheet: option(
      '--sheet <FILE>',
      'with --memorization, picture of the samples most like one training sample, beside it (.png or .svg) (default: none)',
      path,
    ),
    self: flag(
      '--self',
      'also test whether the samples follow the score that they were drawn by (kernel Stein discrepancy, noise level by noise level)',
    ),
    straightness: flag('--straightness', 'also measure how straight the paths of the probability flow are'),
    seed: option('--seed <S>', 'seed of the samples (default: 0)', seed),
    ...checkpointOption,
    out: option(
      '--out <FILE>',
      'write the features that are compared in place of comparing them (.npz), for `evaluate FILE` (default: none)',
      path,
    ),
    ...batchOption(64),
    ...shardOption,
    ...engineOptions,
    ...jsonOption,
  },
  run: async ({ model: ref }, options) => {
    const {
      compareSamples,
      featuresNamed,
      findCopies,
      fingerprint,
      haveClasses,
      identityOf,
      isFeatureFile,
      isPart,
      kindOf,
      leastCopies,
      memorizationLines,
      openFeatures,
      openModel,
      openRealParts,
      openShown,
      ownCommand,
      partOf,
      sampleFeatures,
    } = await import('../work.ts');
    const { openTrainingData, requirePictures, requireScore, sampleShape, startAsked, testSelf, trainingOf } =
      await import('../work.ts');
    const { data: named, layout, count, features: extractor, checkpoint, batch, threads, device, json } = options;
    const { sampler, nfe, steps, grid, seed: from, start: law, startLevel, straightness } = options;
    const { memorization, sheet, metrics: names, self, out: target, shard } = options;
    checkOptions([sheet === undefined || memorization === true, 'sheet', 'is of --memorization']);
    if (sheet !== undefined) requireWritable(sheet, ['.png', '.svg']);
    const out = terminal({ json });
    const own = ownCommand(ref, 'evaluate');
    if (own !== undefined) {
      await own(ref, options, out);
      return;
    }
    const engine = { threads, device };
    requirePartFile(shard, target);
    if (target !== undefined) {
      requireWritable(target, ['.npz']);
      const later = `is of \`evaluate ${target}\`, which compares the features`;
      refuseOf({ metrics: names, memorization, self, straightness }, later);
    }
    const file = ['.npz', '.npy', '.csv'].includes(extname(ref).toLowerCase());
    const ofSampling = { sampler, nfe, steps, grid, seed: from };
    const ofStart = {
      start: law,
      'start-level': startLevel,
      straightness: straightness || undefined,
      self: self || undefined,
    };
    const ofCopies = { memorization: memorization || undefined };
    if (file && isFeatureFile(ref)) {
      const ofSamples = { data: named, layout, count, extractor, checkpoint, shard, out: target };
      refuseOf({ ...ofSamples, ...ofSampling, ...ofStart, ...ofCopies }, `is of samples, ${ref} has their features`);
      await evaluateFeatures(ref, { ...engine, metrics: names }, out);
      return;
    }
    if (file) refuseOf({ ...ofSampling, ...ofStart, checkpoint }, `is of runs, ${ref} is a file of samples`);
    const model = file ? undefined : await openModel(ref, { ...engine, checkpoint });
    if (self && model !== undefined && model.trained.config.task !== 'classifier') requireScore(model);
    const classifies = model?.trained.config.task === 'classifier';
    if (classifies)
      refuseOf(
        { count, features: extractor, metrics: names, ...ofSampling, ...ofStart, ...ofCopies },
        `is of scores, ${ref} is a classifier`,
      );
    const given = file ? await openShown(ref, { layout }) : undefined;
    const shape = model?.info.shape ?? (given === undefined ? [] : sampleShape(given));
    const data = named ?? model?.trained.config.data.ref;
    if (data === undefined)
      throw new ConfigError([{ path: 'data', message: 'expected the data to compare with, such as fashion-mnist' }]);
    const parts = await openRealParts(data, { shape, model: model?.trained, layout, open: openShown });
    if (model !== undefined && classifies) {
      const { reference } = parts;
      const { n, accuracy } = await model.accuracy(reference.set, { rows: reference.rows });
      const [value, error] = [accuracy.value, accuracy.standardError].map((part) => (100 * part).toFixed(2));
      out.line(`${ref} is right about ${value} ± ${error} % of ${plural(n, 'sample')} ${reference.what}`);
      out.result({ run: ref, step: model.info.step, data, n, reference: reference.what, accuracy });
      return;
    }
    if (memorization) {
      const enough = `expected at least ${leastCopies} samples for --memorization, got ${count ?? given?.count ?? 0}`;
      checkOptions([(count ?? given?.count ?? leastCopies) >= leastCopies, 'count', enough]);
      if (sheet !== undefined) requirePictures(parts.reference.set);
    }
    const features =
      extractor === undefined
        ? await openFeatures(data, shape, { ...engine, kind: kindOf(parts.reference.set) })
        : await watched(featuresNamed(extractor, engine), `the extractor ${extractor}`, out);
    const metrics = metricsNamed(names ?? [], { classifier: haveClasses(features) });
    const what = `${ref} against ${data}`;
    const copies = async (samples: DataSet, known: Omit<MemorizationData, 'samples'>): Promise<object> => {
      if (!memorization) return {};
      const search = findCopies({ samples, ...known }, { ...engine, features, seed: from });
      const found = await watched(search, `copies in ${ref}`, out);
      for (const line of memorizationLines(found)) out.line(line);
      if (sheet !== undefined) await found.save(sheet, ref);
      return { memorization: found, ...(sheet !== undefined && { sheet }) };
    };
    const part =
      target === undefined
        ? undefined
        : partOf(
            shard,
            model?.trained,
            { command: 'evaluate', data, n: count ?? null, seed: from ?? 0, batch, threads },
            {
              ...{ sampler, nfe, steps, grid, law, startLevel, layout, device },
              features: identityOf(features),
              content: [...(given ? [given] : []), parts.reference.set, parts.real.set].map(fingerprint),
            },
          );
    if (target !== undefined && partIsThere(out, { file: target, run: ref, part }, isPart)) return;
    if (target !== undefined) {
      const start = model && (await startAsked(model, { start: law, init: undefined, startLevel }));
      const computation = given
        ? sampleFeatures(given, parts, { ...engine, features, count, shard })
        : model?.features(parts, { features, count, batch, ...ofSampling, start, shard });
      if (computation === undefined) return;
      await writeFeatures({ file: target, run: ref, data, part }, await watched(computation, what, out), out);
      return;
    }
    if (given !== undefined) {
      const found = await watched(compareSamples(given, parts, { ...engine, features, metrics, count }), what, out);
      printEvaluation(out, ref, found);
      out.result({
        file: ref,
        data,
        ...found,
        report: found.report?.value,
        ...(await copies(given, trainingOf(parts))),
      });
    } else if (model !== undefined) {
      const start = await startAsked(model, { start: law, init: undefined, startLevel });
      const computation = model.evaluate(parts, { features, metrics, count, batch, ...ofSampling, start });
      const { drawn, ...found } = await watched(computation, what, out);
      printEvaluation(out, ref, found);
      const how = drawn && drawingOf(drawn);
      if (how !== undefined)
        out.line(`drawn by ${how.sampler}, ${short(how.evaluations)} evaluations each, in ${duration(how.seconds)}`);
      const paths = straightness
        ? await watched(model.straightness({ seed: from }), `the paths of ${ref}`, out)
        : undefined;
      if (paths !== undefined)
        out.line(
          `straightness ${estimateText(paths.straightness)} of ${plural(paths.n, 'path')}, whose chords have a mean square of ${estimateText(paths.speed)}`,
        );
      const selves =
        self && drawn
          ? await watched(testSelf(model, drawn.samples.x, { ...engine, seed: from }), `the score of ${ref}`, out)
          : undefined;
      for (const { noiseRatio, squared, pValue, n } of selves ?? [])
        out.line(
          `Stein discrepancy (squared) ${estimateText(squared)} of ${plural(n, 'sample')} at noise ratio ${short(noiseRatio)}: p ${short(pValue)}`,
        );
      const training = memorization ? await openTrainingData(model.trained, { open: openShown }) : undefined;
      const more = training && drawn ? await copies(drawn.samples.toDataSet(), training) : {};
      out.result({
        run: ref,
        step: model.info.step,
        ...how,
        ...(start && { start: law, startLevel }),
        data,
        ...found,
        report: found.report?.value,
        ...(paths && { paths }),
        ...(selves && { self: selves }),
        ...more,
      });
    }
  },
});

/** How samples were drawn, for the result. */
function drawingOf({ sampler, samples: { evaluations }, seconds, seed: from }: SamplingResult): {
  readonly sampler: string;
  readonly evaluations: number;
  readonly seconds: number;
  readonly seed: number;
} {
  const mean = evaluations.reduce((sum, count) => sum + count, 0) / evaluations.length;
  return { sampler, evaluations: mean, seconds: Number(seconds.toFixed(3)), seed: from };
}
