#!/usr/bin/env node
/** @file The command line: options and help. What commands do is loaded when one is called, so that help is instant. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { report, survivesClosedPipes } from './report.ts';
import { version } from './version.ts';

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
};
const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = number(text);
    const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`;
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`expected a whole number of ${range}`);
    return value;
  };
const count = whole(1);
const seed = whole(0);
const million = whole(1, 1_000_000);
const batch = whole(1, 65_536);
const positive = (text: string): number => {
  const value = number(text);
  if (value <= 0) throw new InvalidArgumentError('expected a number above 0');
  return value;
};
const path = (text: string): string => {
  if (text === '') throw new InvalidArgumentError('expected a path');
  return text;
};
const noise = (text: string): number => {
  const value = number(text);
  if (value < 0) throw new InvalidArgumentError('expected a number of at least 0');
  return value;
};
const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

const threads = (): Option => new Option('--threads <T>', 'threads of the engine').argParser(whole(1, 256)).default(2);
const json = (): Option => new Option('--json', 'print one JSON object on stdout and nothing else there');

/** Options that choose what of a data set is taken. */
function withDataOptions(command: Command): Command {
  return command
    .option(
      '--size <PX>',
      'side of the images in pixels; larger images are averaged down (default: as they are)',
      count,
    )
    .option('--group <NAME>', 'of emoji: a group such as faces, hearts or food (default: all)')
    .option('--limit <N>', 'at most so many samples, the first ones (default: all)', count)
    .option('--folder <PATH>', 'looked in before the cache for mnist, fashion-mnist, cifar10 (default: none)', path);
}

/** Commander's words on a mistake as one line in the form of ours. */
function oneLine(text: string): string {
  const words = text
    .trim()
    .replace(/^error: /, '')
    .replace('is invalid. ', 'is invalid: ')
    .replaceAll('\n', ' ');
  return `scorefield: ${words} (see --help)\n`;
}

const program = new Command('scorefield')
  .description('Score-based generative modelling: learn the score of data and draw samples from it.')
  .version(version, '-V, --version', 'print the version')
  .helpOption('-h, --help', 'print help')
  .helpCommand(false)
  .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
  .exitOverride()
  .configureHelp({ sortSubcommands: false });

withDataOptions(
  program
    .command('train')
    .summary('train a score network on data')
    .description(
      'Train a score network on DATA: a name (see `scorefield data --list`), a folder of images, or a .npy or .npz file.\n' +
        'Ctrl-C saves a checkpoint and ends; --resume goes on from the last one.',
    )
    .argument('<DATA>', 'name or path of the data')
    .option('--out <RUN>', 'folder of the run (default: runs/<name of the data>)', path)
    .option('--net <N>', 'network: mlp (points), score-net or ddpmpp (images) (default: mlp or ddpmpp)')
    .option('--sde <S>', 'noise process: ve, vp, sub-vp, sigma-power or edm (default: what suits the network)')
    .option('--batch <B>', 'samples of a step (default: 64 images or 512 points)', batch)
    .option('--minutes <M>', 'minutes of training in all, over all resumed parts (default: no limit)', positive)
    .option('--steps <K>', 'steps in all (default, without --minutes: 20000)', count)
    .option('--seed <S>', 'seed of everything random (default: 0)', seed)
    .option('--resume', 'go on with the run in --out, or begin it where there is none')
    .option('--config <F>', 'YAML or JSON file with keys of the configuration', path)
    .option('--set <a.b=v>', 'one key of the configuration, such as train.learningRate=1e-4; repeatable', collect)
    .addOption(threads())
    .addOption(json()),
).action(async (ref: string, options: object) => {
  const { trainCommand } = await import('./train.ts');
  await trainCommand(ref, options);
});

program
  .command('sample')
  .summary('draw samples from a trained run')
  .description('Draw samples from RUN as a picture (.png) or as an array `samples` in the units of the data (.npz).')
  .argument('<RUN>', 'folder of a run')
  .option('-n <COUNT>', 'number of samples', million, 64)
  .option('--sampler <S>', 'how to sample; `scorefield samplers` lists the names', 'pc')
  .option('--steps <K>', "steps of the sampler (default: the sampler's own)", million)
  .option('--nfe <N>', 'network evaluations for each sample, in place of --steps (default: not limited)', million)
  .option(
    '--grid <G>',
    "time grid: auto (what suits the SDE), uniform, quadratic, karras, log-snr or cosine (default: the sampler's own)",
  )
  .option(
    '--eta <E>',
    'noise of ddim, dpm-solver-2m, -3m and -sde: 0 is none, 1 that of the reverse SDE (default: 0; -sde: 1)',
    noise,
  )
  .option('--churn <C>', 'S_churn of heun (default: 0)', noise)
  .option('--seed <S>', 'seed of the samples', seed, 0)
  .option(
    '--out <FILE>',
    'picture (.png) or array (.npz) (default: a name in RUN/samples made of step, sampler, seed and count)',
    path,
  )
  .option('--checkpoint <STEP>', 'step of the checkpoint (default: the latest)', seed)
  .option('--snr <R>', 'signal-to-noise ratio of the Langevin corrector of pc (default: 0.16)', positive)
  .option('--tolerance <TOL>', 'tolerance of ode (default: 1e-4), ode-bosh3 (1e-2) and gotta-go-fast (0.05)', positive)
  .option('--no-denoise', 'leave the last noise in')
  .option('--batch <B>', 'samples computed together', batch, 64)
  .addOption(threads())
  .addOption(json())
  .action(async (folder: string, options: object) => {
    const { sampleCommand } = await import('./sample.ts');
    await sampleCommand(folder, options);
  });

program
  .command('likelihood')
  .summary('bits per dimension of data under a trained run')
  .description(
    'Print bits per dimension of data under RUN by the probability flow, with the standard error over samples.\n' +
      'Images are dequantised uniformly. Up to 8 dimensions the trace is exact; beyond, it is estimated with probes.',
  )
  .argument('<RUN>', 'folder of a run')
  .option('--data <DATA>', 'test or train (of the data of the run), or other data of the same shape', 'test')
  .option('-n <COUNT>', 'number of samples, drawn at random', million, 64)
  .option('--probes <M>', 'Hutchinson probes per sample; two or more show their error', million, 1)
  .option('--tolerance <TOL>', 'relative and absolute tolerance of the solver', positive, 1e-5)
  .option('--seed <S>', 'seed of samples, dequantisation and probes', seed, 0)
  .option('--out <FILE>', 'array of the value of each sample (.npz) (default: none)', path)
  .option('--checkpoint <STEP>', 'step of the checkpoint (default: the latest)', seed)
  .option('--batch <B>', 'samples computed together', batch, 32)
  .addOption(threads())
  .addOption(json())
  .action(async (folder: string, options: object) => {
    const { likelihoodCommand } = await import('./likelihood.ts');
    await likelihoodCommand(folder, options);
  });

program
  .command('samplers')
  .summary('list the samplers that have a name')
  .description(
    'List the samplers: what each is, where it is from, evaluations of the network, and whether it adds noise.',
  )
  .addOption(json())
  .action(async (options: object) => {
    const { samplersCommand } = await import('./samplers.ts');
    samplersCommand(options);
  });

withDataOptions(
  program
    .command('info')
    .summary('tell what a run or a data set is')
    .description('Tell what a run (its folder) or a data set (its name or path) is.')
    .argument('<RUN|DATA>', 'folder of a run, or name or path of data')
    .addOption(json()),
).action(async (ref: string, options: object) => {
  const { infoCommand } = await import('./info.ts');
  await infoCommand(ref, options);
});

withDataOptions(
  program
    .command('data')
    .summary('draw a picture of a data set')
    .description('Draw the first samples of DATA as a picture, or list the data sets that have a name.')
    .argument('[DATA]', 'name or path of the data')
    .option('--out <FILE>', 'picture to write (.png)', path, 'grid.png')
    .option('-n <COUNT>', 'number of samples (default: 100 images, all points)', count)
    .option('--list', 'list the data sets that have a name')
    .addOption(json()),
).action(async (ref: string | undefined, options: object) => {
  const { dataCommand } = await import('./data.ts');
  await dataCommand(ref, options);
});

survivesClosedPipes();
process.exitCode = await report(() => program.parseAsync());
