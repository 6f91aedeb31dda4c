/** @file `scorefield train`: a network trained on data, as a run. */
import { checkOptions } from '../../base/check.ts';
import { anyOf, shellCommand, shellWord } from '../../base/words.ts';
import {
  byDataKind,
  conditionKinds,
  jointLossKinds,
  lossKinds,
  netKinds,
  sdeKinds,
  studentLossKinds,
  taskKinds,
  ownLossKinds,
  ownNetKinds,
} from '../../catalog/kinds.ts';
import { defaultSeed, defaultSteps } from '../../catalog/config/train-config.ts';
import { autoencoderTask } from '../../catalog/tasks/autoencoder.ts';
import { scoreTask } from '../../catalog/tasks/score.ts';
import { argument, command, flag, option, repeated } from '../shell/command.ts';
import { interruptedExitCode } from '../shell/interrupt.ts';
import { dataOptions, engineOptions, jsonOption } from '../shell/options.ts';
import { batch, count, dist, nameAmong, path, positive, seed } from '../shell/parsers.ts';
import { terminal } from '../shell/terminal.ts';

export const train = command({
  name: 'train',
  summary: 'train a score network on data',
  description:
    'Train a score network on DATA: a name (see `scorefield data --list`), a folder of images or meshes, a .npy or .npz file, or a text.\n' +
    'Ctrl-C (or SIGTERM, or a closed terminal) saves a checkpoint and ends; --resume goes on from the last one. SIGUSR1 saves one and\n' +
    'goes on.',
  arguments: { ref: argument('<DATA>', 'name or path of the data') },
  options: {
    out: option('--out <FOLDER>', 'folder of the run (default: runs/<name of the data>)', path),
    network: option(
      '--net <N>',
      `network: ${anyOf([...netKinds, ...ownNetKinds])} (default: ${byDataKind(({ network }) => network)})`,
      nameAmong([...netKinds, ...ownNetKinds]),
    ),
    process: option(
      '--sde <S>',
      `noise process: ${anyOf(sdeKinds)} (default: what suits the network)`,
      nameAmong(sdeKinds),
    ),
    objective: option(
      '--objective <O>',
      `loss: ${anyOf([...lossKinds, ...ownLossKinds])}, with --latent also ${jointLossKinds.join(', ')} (default: ${scoreTask.objective}, of text masked, of shapes shape-gf)`,
      nameAmong([...lossKinds, ...jointLossKinds, ...studentLossKinds, ...ownLossKinds]),
    ),
    task: option(
      '--task <T>',
      `what is learned: score, or classifier, the class of noised data, for \`sample --classifier\`, or token-model, text and melodies, or shape-model, shapes, or autoencoder, latents of images for --latent, or bridge, one direction of a bridge, from pairs (default: ${scoreTask.name}, or what these have)`,
      nameAmong(taskKinds),
    ),
    conditional: flag(
      '--conditional',
      'learn the classes of the data, so that samples of a class can be drawn, as is the default for images with a hundred of each class',
    ),
    unconditional: flag('--unconditional', 'learn no classes'),
    condition: option(
      '--condition <C>',
      `what samples can be asked for by: ${anyOf(conditionKinds)}; mel is of waves, --as wave, the others but classes of the texts of the data (default: nothing)`,
      nameAmong(conditionKinds),
    ),
    batch: option(
      '--batch <B>',
      `samples of a step (default: ${byDataKind(({ train: own, recipe }) => ({ ...own, ...recipe?.train })['batch'])}; 64 for images with another network)`,
      batch,
    ),
    minutes: option(
      '--minutes <M>',
      'minutes of training in all, over all resumed parts (default: no limit)',
      positive,
    ),
    steps: option('--steps <K>', `steps in all (default, without --minutes: ${defaultSteps})`, count),
    seed: option('--seed <S>', `seed of everything random (default: ${defaultSeed})`, seed),
    resume: flag('--resume', 'go on with the run in --out, or begin it where there is none'),
    init: option(
      '--init <RUN>',
      'begin with the averaged parameters of a run or a model, and with its network, SDE and parametrization unless others are given (default: random parameters)',
      path,
    ),
    latent: option(
      '--latent <RUN>',
      'learn the latents of a run or a model of --task autoencoder in place of the data, which are read as for that one (default: the data themselves)',
      path,
    ),
    config: option('--config <FILE>', 'YAML or JSON file with keys of the configuration (default: none)', path),
    set: repeated(
      '--set <a.b=v>',
      'one key of the configuration, such as train.learningRate=1e-4; repeatable (default: none)',
    ),
    dist: option(
      '--dist <D>',
      'what trains together, each with its part of every batch and --threads threads: mpi, processes that mpirun or srun has started, or threads:N, N threads of this process; or store:FOLDER, members that come and go, each with batches of its own, that meet in a folder (default: one alone)',
      dist,
    ),
    member: option('--member <NAME>', 'of store: name of this member (default: the least number that is free)'),
    members: option(
      '--members <N>',
      'of store: members that the first one waits for before it begins (default: 1)',
      count,
    ),
    localSteps: option(
      '--local-steps <H>',
      'of store: steps that each member takes between two averages, as the first one says (default: 16)',
      count,
    ),
    patience: option(
      '--patience <S>',
      'seconds for which a member of --dist waits for the others before it ends the training, or of store goes on without those that are late (default: 600)',
      positive,
    ),
    ...engineOptions,
    ...jsonOption,
    ...dataOptions,
  },
  run: async ({ ref }, { config: file, set: settings = [], json, unconditional, conditional, ...options }) => {
    checkOptions([options.dist !== undefined || options.patience === undefined, 'patience', 'this is of --dist']);
    checkOptions([!(conditional && unconditional), 'unconditional', 'expected one of both, got conditional too']);
    const { readTextFile } = await import('../../base/regular-file.ts');
    const { parseConfigFile, parseSettings } = await import('../../catalog/config/config-text.ts');
    const { trainRun } = await import('../../node/train-run.ts');
    const { openShown } = await import('../shell/opening.ts');
    const { showTraining } = await import('../shell/training.ts');
    const out = terminal({ json });
    const outcome = await showTraining(out, (control) =>
      trainRun(ref, {
        ...options,
        conditional: unconditional ? false : conditional,
        ...control,
        config: file === undefined ? {} : parseConfigFile(readTextFile(file), file),
        settings: parseSettings(settings),
        open: openShown,
      }),
    );
    const { run, accuracy, cutShort, interrupted, follower } = outcome;
    if (interrupted) process.exitCode = interruptedExitCode;
    if (follower) {
      // A member of a store has a terminal of its own.
      if (outcome.member !== undefined) out.result(outcome);
      return;
    }
    const next =
      outcome.task === autoencoderTask.name
        ? `learn its latents with: ${shellCommand('scorefield', 'train', ref)} --latent ${shellWord(run)} --out …`
        : accuracy === undefined
          ? `draw samples with: ${shellCommand('scorefield', 'sample', run)}${options.condition === 'mel' ? ' --like test' : ''}`
          : `guide samples with: scorefield sample … --class … --classifier ${shellWord(run)}`;
    const resume = `go on with: scorefield train … --out ${shellWord(run)} --resume`;
    out.line(cutShort ? `${resume} --minutes …` : interrupted ? resume : next);
    out.result(outcome);
  },
});
