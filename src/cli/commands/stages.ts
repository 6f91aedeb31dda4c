/** @file `scorefield stages`: samples by runs of growing resolution. */
import { anyOf, lastPart } from '../../base/words.ts';
import { namesOf } from '../../catalog/named.ts';
import { samplers } from '../../catalog/samplers/index.ts';
import { command, option, optionWithDefault, severalArguments } from '../shell/command.ts';
import { batchOption, engineOptions, jsonOption } from '../shell/options.ts';
import { list, million, nameAmong, noise, path, positive, seed } from '../shell/parsers.ts';
import { watched } from '../shell/progress.ts';
import { duration, plural, terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

const samplerNames = namesOf(samplers.filter((one) => !('students' in one)));

export const stages = command({
  name: 'stages',
  summary: 'draw samples by runs of growing resolution',
  description:
    'Draw samples by RUNS from coarse to fine, each of half the side of the next: the first removes the noise down to --until at the least cost,\n' +
    'its samples are lifted to twice the side, and the next goes on. `train DATA --size 14` makes a coarse run of pictures of 28, and\n' +
    '`train DATA --sde edm --set sde.sigmaMax=2` one that has learned what is left below a noise level of 2.',
  arguments: { models: severalArguments('<RUNS...>', 'folders of runs, or names of models, from coarse to fine') },
  options: {
    until: option(
      '--until <R1,R2>',
      'noise level sigma / alpha of each finer run at which it takes over (default: the highest that it has learned)',
      list(positive),
    ),
    detail: option(
      '--detail <V1,V2>',
      'variance of what halving loses of the data of each finer run, per number, in units of the scaled data (default: measured on its training data)',
      list(noise),
    ),
    class: option('--class <C>', 'class of all samples, of runs with classes (default: no class in particular)'),
    sampler: option(
      '--sampler <S>',
      `sampler of each stage: ${anyOf(samplerNames)} (default: what suits each run)`,
      nameAmong(samplerNames),
    ),
    steps: option('--steps <K1,K2>', "steps of each stage (default: the sampler's own)", list(million)),
    snr: option(
      '--snr <R>',
      'signal-to-noise ratio of a Langevin step after each lift (default: no such step)',
      positive,
    ),
    count: optionWithDefault('-n <COUNT>', 'number of samples', { parse: million, value: 64 }),
    seed: optionWithDefault('--seed <S>', 'seed of the samples', { parse: seed, value: 0 }),
    out: optionWithDefault('--out <FILE>', 'picture (.png) or array (.npz)', { parse: path, value: 'staged.png' }),
    ...batchOption(64),
    ...engineOptions,
    ...jsonOption,
  },
  run: async ({ models: runs }, { class: own, out: file, json, threads, device, ...how }) => {
    const { openModel, sampleStages } = await import('../work.ts');
    const out = terminal({ json });
    requireWritable(file);
    const opened = await Promise.all(runs.map((run) => openModel(run, { threads, device })));
    const models = own === undefined ? opened : opened.map((model) => model.given({ class: own }));
    const started = performance.now();
    const drawing = sampleStages(models, how);
    const {
      samples,
      until,
      detail,
      samplers: used,
      evaluations,
    } = await watched(drawing, plural(how.count, 'sample'), out);
    await samples.save(file, { title: `stages of ${runs.map(lastPart).join(', ')}` });
    const seconds = (performance.now() - started) / 1000;
    const each = runs.map((run, i) => `${(evaluations[i] ?? 0).toFixed(0)} of ${run}`).join(', ');
    out.line(`${plural(samples.count, 'sample')} in ${duration(seconds)}, network evaluations each: ${each}: ${file}`);
    const about = { file, runs, until, detail, samplers: used, n: samples.count, seed: how.seed };
    out.result({ ...about, seconds: Number(seconds.toFixed(3)), evaluations });
  },
});
