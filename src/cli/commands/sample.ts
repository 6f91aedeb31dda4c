/** @file `scorefield sample`: samples of a run or a model. */
import { extname, join } from 'node:path';
import { checkOptions } from '../../base/check.ts';
import { anyOf, lastPart, shortened } from '../../base/words.ts';
import { guidances } from '../../catalog/guidances/index.ts';
import { gridNames } from '../../catalog/grids.ts';
import { namesOf } from '../../catalog/named.ts';
import { defaultText } from '../../catalog/option-defaults.ts';
import { samplers } from '../../catalog/samplers/index.ts';
import { starts } from '../../catalog/starts.ts';
import { wordsOf } from '../../data/texts/words.ts';
import { samplesFolder } from '../../run/folder/run-folder.ts';
import type { ConditionInfo } from '../../model/condition.ts';
import type { Model } from '../../model/model.ts';
import type { SoundSet } from '../../data/sounds/sound.ts';
import type { SampleFiles } from '../../node/sample-files.ts';
import { argument, command, flag, option, optionWithDefault, repeated } from '../shell/command.ts';
import { conditionOptions, conditionReport, guidanceFrom, sayUnknown } from '../shell/condition.ts';
import { batchOption, checkpointOption, engineOptions, jsonOption, shardOption } from '../shell/options.ts';
import { angles, count, gridAmong, million, nameAmong, noise, path, positive, seed } from '../shell/parsers.ts';
import { partIsThere, requirePartFile, rowsText } from '../shell/parts.ts';
import { openVocoder, optionsOfOthers, sampleLike } from '../shell/sampling-like.ts';
import { watched } from '../shell/progress.ts';
import { duration, plural, terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';
import { makeFolder } from '../../io/folders.ts';

/** Samples that are drawn unless their number is given, and of each class where all are asked for, or of each of several texts. */
const defaultCount = 64;
const defaultCountOfEach = 8;
const samplerNames = namesOf(samplers);
const defaultOf = (name: string): string => defaultText(samplers, name);

export const sample = command({
  name: 'sample',
  summary: 'draw samples from a trained run',
  description:
    'Draw samples from RUN as a picture (.png), as an array `samples` in the units of the data (.npz), of tables as rows (.csv), of sounds as a folder of WAV files with their spectrograms, or of shapes as clouds of points (.ply).',
  arguments: { model: argument('<RUN>', 'folder of a run, or name of a model (see `scorefield models`)') },
  options: {
    count: option(
      '-n <COUNT>',
      `number of samples (default: ${defaultCount}; with --class all or several texts it is of each: ${defaultCountOfEach})`,
      million,
    ),
    class: option(
      '--class <C>',
      'of a run with classes: the name of one (or its number from 0, where no name is a number), or all for a row of each (default: samples of no class in particular)',
    ),
    text: repeated(
      '--text <T>',
      'of a run with texts: what is drawn, such as "red heart"; repeatable, a row for each (default: nothing in particular)',
    ),
    like: option(
      '--like <SOUNDS>',
      'of a run of --condition mel: sounds whose spectrograms the waves have, a WAV file, a folder of them, or test; -n waves of each, or one (default: none)',
    ),
    vocoder: option(
      '--vocoder <RUN2>',
      'of a run of spectrograms: run of --as wave --condition mel that makes waves of them (default: the algorithm of Griffin and Lim)',
      path,
    ),
    ...conditionOptions,
    sampler: option(
      '--sampler <S>',
      `sampler, which \`scorefield samplers\` describes: ${anyOf(samplerNames)} (default: pc, dpm-solver-2m with --nfe below 200, or what suits the objective)`,
      nameAmong(samplerNames),
    ),
    steps: option('--steps <K>', "steps of the sampler (default: the sampler's own)", million),
    nfe: option(
      '--nfe <N>',
      'network evaluations for each sample, in place of --steps (default: not limited)',
      million,
    ),
    grid: option(
      '--grid <G>',
      `time grid: ${anyOf(gridNames)}; auto is what suits the SDE; or the noise levels sigma / alpha with commas between them (default: the sampler's own)`,
      gridAmong(gridNames),
    ),
    eta: option(
      '--eta <E>',
      `noise of the steps: 0 is none, 1 that of the reverse SDE (default: ${defaultOf('eta')})`,
      noise,
    ),
    churn: option('--churn <C>', `S_churn of heun (default: ${defaultOf('churn')})`, noise),
    stepSize: option(
      '--step-size <A>',
      `Langevin step of annealed-langevin, relative to sigma^2 (default: ${defaultOf('stepSize')})`,
      positive,
    ),
    seed: optionWithDefault('--seed <S>', 'seed of the samples', { parse: seed, value: 0 }),
    out: option(
      '--out <FILE>',
      'picture (.png) or array (.npz), of tables also rows with the header of the data (.csv), of sounds a folder for a .wav of each with a picture, or one .wav of all, of shapes a .ply of each (default: a name made of sampler, seed and count, in RUN/samples, or here for a model)',
      path,
    ),
    points: option('--points <N>', 'of a run of shapes: points of each (default: as many as in training)', count),
    view: option(
      '--view <AZ,EL>',
      'of a run of shapes: from where the picture sees them, degrees around the axis that points up and above the ground (default: -60,25)',
      angles,
    ),
    ...checkpointOption,
    snr: option(
      '--snr <R>',
      `signal-to-noise ratio of the Langevin corrector of pc (default: ${defaultOf('snr')})`,
      positive,
    ),
    tolerance: option(
      '--tolerance <TOL>',
      `error that a step may have, relative and absolute (default: ${defaultOf('tolerance')})`,
      positive,
    ),
    temperature: option(
      '--temperature <T>',
      `factor of the noise that ode and ode-bosh3 begin with (default: ${defaultOf('temperature')})`,
      positive,
    ),
    start: option(
      '--start <LAW>',
      `begin with draws of a law of the training data instead of noise: ${anyOf(namesOf(starts))}, or mixture:16 with its number of Gaussians; needs --start-level (default: noise)`,
    ),
    init: option(
      '--init <FILE>',
      'begin with data, an image (.png) for all samples or an array (.npz, .npy) with one for each; needs --start-level (default: noise)',
      path,
    ),
    startLevel: option(
      '--start-level <SIGMA>',
      'noise level sigma / alpha up to which --start or --init is noised and from which it is sampled, in units of the scaled data (default: none)',
      positive,
    ),
    pairs: flag(
      '--pairs',
      'keep the noise that each sample comes from beside it in --out FILE.npz, for `train FILE.npz --set loss.coupling=stored`; of samplers without noise',
    ),
    denoise: flag('--no-denoise', 'keep the noise that is left at the last time, instead of removing it'),
    ...batchOption(64),
    ...shardOption,
    ...engineOptions,
    ...jsonOption,
  },
  run: async ({ model: run }, options) => {
    const {
      chooseSampler,
      choiceUnder,
      dataKindOf,
      fractions,
      isPart,
      offeredClasses,
      openModel,
      ownCommand,
      partOf,
      startAsked,
      saveSet,
      vocode,
      withWaves,
      writePart,
      writeSampleFiles,
    } = await import('../work.ts');
    const own = ownCommand(run, 'sample');
    if (own !== undefined) {
      checkOptions([options.shard === undefined, 'shard', 'this is of models of images, points and tables']);
      await own(run, { ...options, text: undefined, texts: options.text }, terminal(options));
      return;
    }
    refuse(options, ['points', 'view'], `is of models of shapes, ${run} is none`);
    const { count, class: asked, text: texts = [], out: target, json, checkpoint, threads, device } = options;
    const { seed: from, batch, shard } = options;
    const { sampler: named, steps, nfe, grid, eta, churn, stepSize, snr, tolerance, temperature, denoise } = options;
    const choice = { sampler: named, steps, nfe, grid, eta, churn, stepSize, snr, tolerance, temperature, denoise };
    const out = terminal({ json });
    const engine = { threads, device };
    const model = await openModel(run, { ...engine, checkpoint });
    if (options.like !== undefined) {
      refuse(options, optionsOfOthers, 'is not of waves that are like others');
      checkOptions([!options.pairs, 'pairs', 'is not of waves that are like others']);
      const sampling = { seed: from, batch, ...choice };
      await sampleLike(model, out, { run, like: options.like, count: count ?? 1, out: target, sampling });
      return;
    }
    const { vocoder } = options;
    const guidance = await guidanceFrom(options, engine);
    const all = asked === 'all';
    const rows = all || texts.length > 1;
    const each = count ?? (rows ? defaultCountOfEach : defaultCount);
    const lines = all ? offeredClasses(model.trained, guidance?.classifier?.trained) : texts;
    const ofEach = lines.flatMap((line) => Array<string>(each).fill(line));
    const text: string | readonly string[] | undefined = texts.length > 1 ? ofEach : texts[0];
    const given = asked !== undefined || text !== undefined || guidance !== undefined;
    const conditional = given ? model.given({ ...guidance, class: all ? ofEach : asked, text }) : model;
    const { condition } = conditional;
    const n = rows ? ofEach.length : each;
    sayUnknown(conditional);

    const { name } = chooseSampler(model.trained, condition ? choiceUnder(condition, choice) : choice, condition?.cost);
    const suffix = condition === undefined ? '' : suffixOf(condition, { texts, all });
    const { start: law, init, pairs } = options;
    checkOptions([
      !pairs || target?.toLowerCase().endsWith('.npz') === true,
      'pairs',
      'expected a file .npz for them, --out pairs.npz',
    ]);
    const start = await startAsked(model, options);
    const fromStart =
      start === undefined ? '' : `-${law === undefined ? 'init' : law.replaceAll(':', '')}-level${start.level}`;
    requirePartFile(shard, target ?? '.npz');
    const part = shard && `-part${shard.index}of${shard.of}.npz`;
    const kind = dataKindOf(model.trained.data, model.trained.catalog);
    const { formats = [] } = kind;
    const ofFiles = kind.files !== undefined;
    const file =
      target ?? ownFile(model, run, `${name}-seed${from}-n${n}${suffix}${fromStart}${part ?? (ofFiles ? '' : '.png')}`);
    const asFolder = ofFiles && extname(file) === '';
    const endings = ['.png', ...(vocoder === undefined ? ['.npz'] : []), ...formats.map(({ ending }) => ending)];
    if (!asFolder) requireWritable(file, endings);
    const decoder = vocoder === undefined ? undefined : await openVocoder(vocoder, model, engine);
    const facts = partOf(
      shard,
      model.trained,
      { command: 'sample', n, seed: from, batch, threads, sampler: name },
      {
        ...{ ...choice, asked, texts, pairs, law, init, ...condition?.options },
        ...{ guidance: condition?.guidance, startLevel: start?.level },
      },
    );
    if (partIsThere(out, { file, run, part: facts }, isPart)) return;
    const computation = conditional.sample({ count: n, seed: from, batch, start, pairs, shard, ...choice });
    const { samples, sampler, seconds, rows: drawn } = await watched(computation, plural(n, 'sample'), out);
    if (facts) {
      writePart(file, samples.arrays(), { ...facts, rows: drawn });
      out.line(`${rowsText('samples', drawn)} by ${sampler} in ${duration(seconds)}: ${file}`);
      out.result({ file, run, part: facts.shard, rows: drawn, sampler, seconds: Number(seconds.toFixed(3)) });
      return;
    }
    const names = condition?.names ?? [];
    const ofNames = rows || names.length === 0 ? '' : ` of ${text === undefined ? 'class ' : ''}${names.join()}`;
    const looks = {
      title: `${n} samples of ${lastPart(model.trained.config.data.ref)}${ofNames}`,
      columns: rows ? each : undefined,
    };
    const set = samples.toDataSet();
    const waves = decoder && (await watched(vocode(decoder, set as unknown as SoundSet, { seed: from }), 'waves', out));
    const heard = waves ? withWaves(set as unknown as SoundSet, waves.waves) : set;
    const asArray = file.toLowerCase().endsWith('.npz');
    if (kind.prepare !== undefined && !asArray)
      await watched(fractions(kind.prepare(heard)), 'files and pictures', out);
    const written = asFolder ? await writeSampleFiles(heard, file, looks) : undefined;
    if (written === undefined && !asArray && kind.prepare) await saveSet(heard, file, looks);
    else if (written === undefined) await samples.save(file, looks);
    const where = written === undefined ? file : filesText(written);

    const { evaluations: evals } = samples;
    const mean = evals.reduce((sum, value) => sum + value, 0) / evals.length;
    const failed = samples.status.filter((state) => state !== 'ok').length;
    out.line(
      `${plural(n, 'sample')} by ${sampler} in ${duration(seconds)}, ${mean.toFixed(0)} network evaluations each: ${where}`,
    );
    if (waves !== undefined)
      out.line(
        `waves by ${vocoder} with ${waves.sampler} in ${duration(waves.seconds)}, ${waves.evaluations.toFixed(0)} network evaluations each`,
      );
    if (failed > 0) out.line(`${plural(failed, 'sample')} did not reach the tolerance; try a larger --tolerance`);
    out.result({
      ...{ file, run, step: model.info.step, n, sampler },
      ...(asked !== undefined && { classes: names }),
      ...(text !== undefined && { texts, unknownWords: condition?.unknownWords }),
      ...(condition && conditionReport(condition, options)),
      ...(start && { start: law ?? init, startLevel: start.level }),
      ...(waves && { vocoder, waves: { sampler: waves.sampler, evaluations: waves.evaluations } }),
      ...{ seed: from, seconds: Number(seconds.toFixed(3)) },
      evaluations: { mean, min: evals.reduce((a, b) => Math.min(a, b)), max: evals.reduce((a, b) => Math.max(a, b)) },
      failed,
    });
  },
});

/** @throws ConfigError naming the options of others that are given. */
function refuse(options: Readonly<Record<string, unknown>>, names: readonly string[], why: string): void {
  checkOptions(...names.map((name) => [options[name] === undefined, name, why] as const));
}

/** Files of samples for people: the first, the last and the picture. */
function filesText({ samples, picture }: SampleFiles): string {
  const [first = '', last = first] = [samples[0], samples.at(-1)];
  return [first === last ? first : `${first} to ${last}`, ...(picture === undefined ? [] : [picture])].join(', ');
}

/** What distinguishes the file of a condition from others. */
function suffixOf(
  { labels, names, guidance, method, options }: ConditionInfo,
  { texts, all }: { readonly texts: readonly string[]; readonly all: boolean },
): string {
  const said = shortened(texts.flatMap(wordsOf).join('-'), 40);
  const which = all && names.length > 1 ? 's' : (labels[0] ?? '');
  const own = Object.entries(options).map(([option, value]) => `-${option}${String(value).replaceAll(',', '-')}`);
  const how = method === guidances[0].name ? 'guidance' : method;
  const what = said === '' ? '' : `-${said}`;
  return `${labels.length > 0 ? `-class${which}` : what}-${how}${guidance}${own.join('')}`;
}

/**
 * A file among the samples of a run, or in the current folder for a packed model, whose folder is not written to. Copies of runs may
 * have lost the folder.
 */
function ownFile({ info, trained }: Model, run: string, name: string): string {
  if (trained.record !== undefined) return `${info.name}-${name}`;
  const folder = samplesFolder({ folder: run });
  makeFolder(folder);
  return join(folder, `step${info.step}-${name}`);
}
