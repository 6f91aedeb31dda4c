#!/usr/bin/env -S node --no-incremental-marking
/**
 * @file The command line: options and help. What commands do is loaded when one is called, so that help is instant.
 *
 * Garbage is collected at once, not bit by bit beside the work. Tensors come and go by the megabyte; V8 takes that for pressure
 * and marks the whole heap every ten steps, on the cores that compute the network, though its short collections free nearly
 * all of them. Sampling takes 1.04 of the time of its network so, and else 1.06; a training step 1.02, and else 1.06.
 */
import { Command } from 'commander';
import { addDensityCommands } from './density-commands.ts';
import { passNames } from '../backend/passes.ts';
import { printable } from '../base/printable.ts';
import { collect, device, json, layout, threads } from './option-values.ts';
import { batch, channels, count, million, path, positive, seed } from './shell/parsers.ts';
import { sample } from './commands/sample.ts';
import { toCommander } from './shell/command.ts';
import { report, survivesClosedOutputs } from './shell/report.ts';
import { keepDebuggerClosed } from './shell/interrupt.ts';
import { addModelCommands } from './model-commands.ts';
import { addRestoreCommand } from './restore-options.ts';
import { version } from '../io/version.ts';

/** Options that choose what of a data set is taken. */
function withDataOptions(command: Command): Command {
  return command
    .option(
      '--size <PX>',
      'side of the images in pixels; larger images are averaged down (default: as they are)',
      count,
    )
    .option('--group <NAME>', 'of emoji: a group such as faces, hearts or food (default: all)')
    .option(
      '--limit <N>',
      'at most so many samples, the first ones, of sorted data those of its first classes (default: all)',
      count,
    )
    .option(
      '--channels <C>',
      'of a folder of pictures: 1 makes all grey, 3 colour (default: what they all are)',
      channels,
    )
    .addOption(layout())
    .option('--folder <PATH>', 'looked in before the cache for mnist, fashion-mnist, cifar10 (default: none)', path);
}

/** Commander's words on a mistake as one line in the form of ours. */
function oneLine(text: string): string {
  const words = text
    .trim()
    .replace(/^error: /, '')
    .replace('is invalid. ', 'is invalid: ')
    .replaceAll('\n', ' ');
  return `scorefield: ${printable(words)} (see --help)\n`;
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
        'Ctrl-C (or SIGTERM, or a closed terminal) saves a checkpoint and ends; --resume goes on from the last one. SIGUSR1 saves one and\n' +
        'goes on.',
    )
    .argument('<DATA>', 'name or path of the data')
    .option('--out <RUN>', 'folder of the run (default: runs/<name of the data>)', path)
    .option(
      '--net <N>',
      'network: mlp (points), score-net, ddpmpp, ncsnpp, ddpm, ncsn or ncsnv2 (images) (default: mlp or ddpmpp)',
    )
    .option(
      '--sde <S>',
      'noise process: ve, vp, sub-vp, sigma-power, edm, linear-ve, cosine-vp, rectified-flow, smld, ddpm, ' +
        'ddpm-quadratic or ddpm-cosine (default: what suits the network)',
    )
    .option(
      '--objective <O>',
      'loss: denoising, dsm, ncsn, ddpm, vlb, hybrid, exact, sliced or sliced-vr (default: denoising)',
    )
    .option(
      '--task <T>',
      'what is learned: score, or classifier, the class of noised data, for `sample --classifier` (default: score)',
    )
    .option('--conditional', 'tell the network the classes of the data, so that samples of a class can be drawn')
    .option('--batch <B>', 'samples of a step (default: 64 images or 512 points)', batch)
    .option('--minutes <M>', 'minutes of training in all, over all resumed parts (default: no limit)', positive)
    .option('--steps <K>', 'steps in all (default, without --minutes: 20000)', count)
    .option('--seed <S>', 'seed of everything random (default: 0)', seed)
    .option('--resume', 'go on with the run in --out, or begin it where there is none')
    .option(
      '--init <RUN>',
      'begin with the averaged parameters of a run or a model, with its network, SDE and parametrization where no others are asked for (default: random parameters)',
      path,
    )
    .option('--config <F>', 'YAML or JSON file with keys of the configuration', path)
    .option('--set <a.b=v>', 'one key of the configuration, such as train.learningRate=1e-4; repeatable', collect)
    .addOption(threads())
    .addOption(device())
    .addOption(json()),
).action(async (ref: string, options: object) => {
  const { trainCommand } = await import('./train.ts');
  await trainCommand(ref, options);
});

program.addCommand(toCommander(sample).copyInheritedSettings(program));
addDensityCommands(program);
addRestoreCommand(program);
addModelCommands(program);

program
  .command('export')
  .summary('write the score of a run as an ONNX model')
  .description(
    'Write the score of RUN as an ONNX model of standard operators, which every ONNX runtime can run without scorefield:\n' +
      'inputs x and t (and classes), outputs score, denoised, alpha and sigma, for batches of any size.',
  )
  .argument('<RUN>', 'folder of a run')
  .option('--out <FILE>', 'file to write (.onnx) (default: RUN/score.onnx)', path)
  .option('--checkpoint <STEP>', 'step of the checkpoint (default: the latest)', seed)
  .addOption(json())
  .action(async (folder: string, options: object) => {
    const { exportCommand } = await import('./export.ts');
    exportCommand(folder, options);
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
    .summary('tell what a run, a model or a data set is')
    .description('Tell what a run (its folder), a model (its name or folder) or a data set (its name or path) is.')
    .argument('<RUN|DATA>', 'folder of a run, name of a model, or name or path of data')
    .option('--data', 'of a name that a model and a data set share, tell the data set')
    .addOption(json()),
).action(async (ref: string, options: object) => {
  const { infoCommand } = await import('./info.ts');
  await infoCommand(ref, options);
});

withDataOptions(
  program
    .command('data')
    .summary('draw a picture of a data set')
    .description(
      'Draw the first samples of DATA as a picture, or list the data sets that have a name.\n' +
        'With --levels, find the noise levels and the Langevin step size that fit DATA (Song and Ermon 2020).',
    )
    .argument('[DATA]', 'name or path of the data')
    .option('--out <FILE>', 'picture to write (.png) (default: grid.png)', path)
    .option('-n <COUNT>', 'number of samples (default: 100 images, all points)', count)
    .option('--levels', 'print noise levels that fit the data, instead of drawing it')
    .option('--list', 'list the data sets that have a name')
    .addOption(json()),
).action(async (ref: string | undefined, options: object) => {
  const { dataCommand } = await import('./data.ts');
  await dataCommand(ref, options);
});

program
  .command('profile')
  .summary('tell where the time of training and sampling goes')
  .description(
    'Tell where the time of a training step and of a score goes, by operator and by layer, for RUN or for NET, a network\n' +
      'as it is by default: mlp, score-net, ddpmpp, ncsnpp, ddpm, ncsn or ncsnv2. Times of derivatives stand with their layer.',
  )
  .argument('<RUN|NET>', 'folder of a run, or name of a network')
  .option('--train', 'the training step alone (default: both)')
  .option('--sample', 'the score alone (default: both)')
  .option('--size <PX>', 'side of the images of NET (default: 28)', count)
  .option('--batch <B>', "samples of a step (default: the run's, or 64 images or 512 points)", batch)
  .option('--repeats <N>', 'runs, of whose times medians are told (default: 2 seconds of them)', million)
  .option(
    '--without <PASS>',
    `a pass that is switched off, to see what it does: ${passNames.join(', ')}; repeatable (default: none)`,
    collect,
  )
  .addOption(threads())
  .addOption(device())
  .addOption(json())
  .action(async (ref: string, options: object) => {
    const { profileCommand } = await import('./profile.ts');
    await profileCommand(ref, options);
  });

program
  .command('figure')
  .summary('draw a figure of the literature')
  .description(
    'Draw NAME, an experiment of the literature, as a picture and a JSON file of its numbers; `all` draws every one.',
  )
  .argument('[NAME]', 'name of a figure (see --list), or all')
  .option('--list', 'list the figures')
  .option('--out <FOLDER>', 'folder of the files (default: figures)', path)
  .option('--run <RUN>', 'folder of a trained run, for figures that need one (default: none)', path)
  .option('--seed <S>', 'seed of everything random', seed, 0)
  .addOption(threads())
  .addOption(device())
  .addOption(json())
  .action(async (name: string | undefined, options: object) => {
    const { figureCommand } = await import('./figure.ts');
    await figureCommand(name, options);
  });

keepDebuggerClosed();
survivesClosedOutputs();
process.exitCode = await report(() => program.parseAsync());
