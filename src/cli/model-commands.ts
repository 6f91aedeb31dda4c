/** @file The commands of models: their options and help. */
import type { Command } from 'commander';
import { device, json, layout, threads } from './option-values.ts';
import { batch, million, path, positive, seed } from './shell/parsers.ts';

/** Adds `evaluate`, `pack` and `models`. */
export function addModelCommands(program: Command): void {
  program
    .command('evaluate')
    .summary('how far samples are from data')
    .description(
      'Print how far samples of RUN are from real ones: the Fréchet distance (FD) of their features and the energy distance,\n' +
        'with standard errors, beside those of as many real samples. The reference is the test part of the data, or half of\n' +
        'them. RUN is a folder, a model, or a file of samples (.npz, as `sample --out` writes it) with --data.',
    )
    .argument('<RUN>', 'folder of a run, name of a model, or file of samples')
    .option('--data <DATA>', 'name or path of the real samples (default: the data of the run)')
    .addOption(layout())
    .option(
      '-n <COUNT>',
      'number of samples; of a file that has more, a part drawn with a fixed seed (default: 5000, or as many as there are real ones)',
      million,
    )
    .option(
      '--extractor <E>',
      'who takes the features: a model or run of a classifier, or random (default: the classifier in the box of these data, or random)',
    )
    .option('--sampler <S>', 'how to sample (default: as suits the run)')
    .option('--nfe <N>', 'network evaluations for each sample (default: as suits the run)', million)
    .option('--steps <K>', 'steps of the sampler, in place of --nfe (default: as suits the run)', million)
    .option('--grid <G>', "time grid (default: the sampler's own)")
    .option('--seed <S>', 'seed of the samples (default: 0)', seed)
    .option('--checkpoint <STEP>', 'step of the checkpoint (default: the latest)', seed)
    .option('--batch <B>', 'samples computed together', batch, 64)
    .addOption(threads())
    .addOption(device())
    .addOption(json())
    .action(async (ref: string, options: object) => {
      const { evaluateCommand } = await import('./evaluate.ts');
      await evaluateCommand(ref, options);
    });

  program
    .command('pack')
    .summary('make a model of a run')
    .description(
      'Write RUN as a model: the averaged parameters in half precision, the configuration, and what is known of its training,\n' +
        'in one file. A model takes the place of RUN wherever samples are drawn; one in the folder models/ goes by its name.',
    )
    .argument('<RUN>', 'folder of a run, or of a model to write anew')
    .option('--out <FOLDER>', 'folder of the model, which gives it its name (default: models/<name of the run>)', path)
    .option('--checkpoint <STEP>', 'step of the checkpoint (default: the latest)', seed)
    .option('--sampler <S>', 'how samples are drawn where nobody says how, with --nfe (default: as suits the run)')
    .option('--nfe <N>', 'network evaluations of that sampler (default: as suits the run)', million)
    .option('--grid <G>', "time grid of that sampler (default: the sampler's own)")
    .option('--max-megabytes <MB>', 'how large the file may be', positive, 5)
    .addOption(threads())
    .addOption(json())
    .action(async (ref: string, options: object) => {
      const { packCommand } = await import('./pack.ts');
      await packCommand(ref, options);
    });

  program
    .command('models')
    .summary('list the models in the box')
    .description('List the models that go by their name wherever RUN is expected, with what was measured of each.')
    .addOption(json())
    .action(async (options: object) => {
      const { modelsCommand } = await import('./models.ts');
      modelsCommand(options);
    });
}
