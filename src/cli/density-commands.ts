/** @file The commands of densities and latents: their options and help. */
import type { Command } from 'commander';
import { device, json, layout, threads } from './option-values.ts';
import { batch, count, million, path, positive, seed, whole } from './shell/parsers.ts';

/** Adds `likelihood`, `dequantise`, `encode`, `decode` and `interpolate`. */
export function addDensityCommands(program: Command): void {
  program
    .command('likelihood')
    .summary('bits per dimension of data under a trained run')
    .description(
      'Print bits per dimension of data under RUN, with the standard error over samples: by the probability flow (ode), or\n' +
        'at most: by the variational bound of the reverse SDE (bound) or of the DDPM chain (vlb). Up to 8 dimensions the\n' +
        'trace of ode is exact; beyond, it is estimated with probes.',
    )
    .argument('<RUN>', 'folder of a run, or name of a model')
    .option(
      '--data <DATA>',
      'test or train (of the data of the run), or other data of the same shape, read as the run reads its own',
      'test',
    )
    .addOption(layout())
    .option('-n <COUNT>', 'number of samples, drawn at random', million, 64)
    .option(
      '--given-class',
      'of each sample given the class of its name, for a run with classes (default: of samples of any class)',
    )
    .option('--method <M>', 'ode, bound or vlb', 'ode')
    .option(
      '--dequantisation <D>',
      'of bytes, for ode and bound: uniform, or variational (see `scorefield dequantise`)',
      'uniform',
    )
    .option(
      '--probes <M>',
      'independent estimates per sample (probes or draws); two or more show their error',
      million,
      1,
    )
    .option('--tolerance <TOL>', 'relative and absolute tolerance of the solver of ode', positive, 1e-4)
    .option('--ladder', 'show the error of the solver: 16 of the samples again at tolerances 1e-2 to 1e-6')
    .option('--terms <K>', 'times at which each estimate of a bound looks (default: bound 32; vlb every step)', million)
    .option('--steps <T>', 'steps of the chain of vlb (default: those of the training, or 1000)', whole(2, 1_000_000))
    .option('--variance <V>', 'variance of the steps of vlb: small, large or learned (default: as trained)')
    .option('--seed <S>', 'seed of samples, dequantisation, probes and draws', seed, 0)
    .option('--out <FILE>', 'array of the value of each sample (.npz) (default: none)', path)
    .option('--checkpoint <STEP>', 'step of the checkpoint (default: the latest)', seed)
    .option('--batch <B>', 'samples computed together', batch, 32)
    .addOption(threads())
    .addOption(device())
    .addOption(json())
    .action(async (folder: string, options: object) => {
      const { likelihoodCommand } = await import('./likelihood.ts');
      await likelihoodCommand(folder, options);
    });

  program
    .command('dequantise')
    .summary('train the variational dequantisation of a run of images')
    .description(
      'Train a flow that makes bytes continuous, by the variational bound of RUN, whose network stays as it is. It is kept\n' +
        'in RUN for `scorefield likelihood --dequantisation variational`. Ctrl-C keeps what there is; --resume goes on from it.',
    )
    .argument('<RUN>', 'folder of a run, or name of a model')
    .option('--resume', 'go on with the dequantiser that RUN has, with its own settings')
    .option('--steps <K>', 'steps in all (default, without --minutes: 2000)', count)
    .option('--minutes <M>', 'minutes of training (default: no limit)', positive)
    .option('--batch <B>', 'images of a step (default: 32)', batch)
    .option('--layers <L>', 'coupling layers (default: 4)', whole(2, 64))
    .option('--width <W>', 'channels of each layer (default: 32)', whole(1, 4096))
    .option('--learning-rate <R>', 'step size of Adam (default: 0.001)', positive)
    .option('--seed <S>', 'seed of everything random (default: 0)', seed)
    .option('--checkpoint <STEP>', 'step of the checkpoint (default: the latest)', seed)
    .addOption(threads())
    .addOption(device())
    .addOption(json())
    .action(async (folder: string, options: object) => {
      const { dequantiseCommand } = await import('./dequantise.ts');
      await dequantiseCommand(folder, options);
    });

  withFlowOptions(
    program
      .command('encode')
      .summary('latents of data under a trained run')
      .description(
        'Write the latents of data under RUN, where its probability flow takes them, as arrays `latents` and `rows` (.npz),\n' +
          'and tell how well they decode.',
      )
      .argument('<RUN>', 'folder of a run, or name of a model')
      .option(
        '--data <DATA>',
        'test or train (of the data of the run), or other data of the same shape, read as the run reads its own',
        'test',
      )
      .addOption(layout())
      .option('-n <COUNT>', 'number of samples, drawn at random', million, 64)
      .option('--seed <S>', 'seed of samples and dequantisation', seed, 0),
    'latents.npz',
  ).action(async (folder: string, options: object) => {
    const { encodeCommand } = await import('./latents.ts');
    await encodeCommand(folder, options);
  });

  withFlowOptions(
    program
      .command('decode')
      .summary('samples of latents under a trained run')
      .description('Write the samples of LATENTS (.npz, as encode writes them) under RUN as a picture or array.')
      .argument('<RUN>', 'folder of a run, or name of a model')
      .argument('<LATENTS>', 'file of latents')
      .option('--temperature <T>', 'factor of the latents; below 1, samples are more alike', positive, 1),
    'decoded.png',
  ).action(async (folder: string, file: string, options: object) => {
    const { decodeCommand } = await import('./latents.ts');
    await decodeCommand(folder, file, options);
  });

  withFlowOptions(
    program
      .command('interpolate')
      .summary('the way from one sample to another through the latents of a trained run')
      .description('Draw the samples between two of DATA whose latents lie on the great circle between theirs.')
      .argument('<RUN>', 'folder of a run, or name of a model')
      .option(
        '--data <DATA>',
        'test or train (of the data of the run), or other data of the same shape, read as the run reads its own',
        'test',
      )
      .addOption(layout())
      .option('--from <I>', 'index of the first sample', seed, 0)
      .option('--to <J>', 'index of the last sample', seed, 1)
      .option('--steps <K>', 'samples, the two ends among them', whole(2, 1000), 9)
      .option('--seed <S>', 'seed of the dequantisation', seed, 0),
    'strip.png',
  ).action(async (folder: string, options: object) => {
    const { interpolateCommand } = await import('./latents.ts');
    await interpolateCommand(folder, options);
  });
}

/** Options that all commands of the flow between data and latents share. */
function withFlowOptions(command: Command, file: string): Command {
  return command
    .option('--out <FILE>', 'file to write', path, file)
    .option('--tolerance <TOL>', 'relative and absolute tolerance of the solver', positive, 1e-5)
    .option('--checkpoint <STEP>', 'step of the checkpoint (default: the latest)', seed)
    .option('--batch <B>', 'samples computed together', batch, 32)
    .addOption(threads())
    .addOption(device())
    .addOption(json());
}
