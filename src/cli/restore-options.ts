/** @file The command of inverse problems: its options and help. */
import { Option, type Command } from 'commander';
import { collect, device, json, layout, threads } from './option-values.ts';
import { batch, count, million, noise, path, positive, seed, whole } from './shell/parsers.ts';

/** Adds `restore`. */
export function addRestoreCommand(program: Command): void {
  program
    .command('restore')
    .summary('restore images by sampling the posterior of a trained run')
    .description(
      'Measure images, or read measurements, and draw samples of what the images may have been, under RUN. Writes to the\n' +
        'folder --out: a sheet of everything side by side, the measurement, the samples, their mean and spread, and a report.',
    )
    .argument('[RUN]', 'folder of a run of images')
    .option('--list', 'list the tasks and the methods')
    .option(
      '--task <T>',
      'inpaint, colorize, superres, deblur, denoise, cs (compressed sensing), mri or ct (default: none)',
    )
    .option('--image <FILE>', 'picture to measure: .png, .jpg or .webp (default: see --data)', path)
    .option(
      '--data <DATA>',
      'images to measure: test or train (of the run), or other data, read as the run reads its own (default: test)',
    )
    .addOption(layout())
    .option('--index <I>', 'which of --data, such as 3 or 0,4,9 (default: 0)')
    .option('--measured <FILE>', 'what was measured already: a picture, or .npz as written here (default: none)', path)
    .option(
      '--mask <M>',
      'of inpaint: box, half, random:P, which hides a share P, or a black and white picture (default: box)',
    )
    .option('--factor <F>', 'of superres: pixels averaged along each axis (default: 2)', count)
    .option(
      '--blur <B>',
      'of deblur: standard deviation of a Gaussian in pixels, or motion:L or motion:L:A, a motion of L pixels at A degrees (default: 1.5)',
      (text: string) => (text.startsWith('motion') ? text : positive(text)),
    )
    .option('--rate <R>', 'of cs: measurements as a share of the values of an image (default: 0.25)', positive)
    .option(
      '--acceleration <A>',
      'of mri: how many times fewer columns of the Fourier transform (default: 4)',
      positive,
    )
    .option('--angles <K>', 'of ct: number of angles of the scan (default: 23)', count)
    .option('--noise <STD>', 'standard deviation of the noise, for images of 0 to 1 (default: 0.05)', noise)
    .addOption(
      new Option('--noise-model <L>', 'gaussian, or poisson for counts (default: gaussian)').choices([
        'gaussian',
        'poisson',
      ]),
    )
    .option('--counts <K>', 'of poisson: expected counts of a measured value of 1 (default: 100)', positive)
    .option('--class <C>', 'of a run with classes: the class of the images, as in `sample` (default: any)')
    .option('--guidance <W>', 'how much samples lean to their class, as in `sample` (default: 1)', noise)
    .option(
      '--classifier <RUN2>',
      'run of a classifier that guides to the class, as in `sample` (default: RUN itself knows classes)',
      path,
    )
    .option('--method <M>', 'how to sample; --list has the names (default: what suits the task)')
    .option('--steps <K>', "steps of the method (default: the method's own)", whole(1, 1_000_000))
    .option('--nfe <N>', 'network evaluations for each sample, in place of --steps (default: not limited)', million)
    .option('--grid <G>', "time grid: auto, uniform, quadratic, karras, log-snr or cosine (default: the method's own)")
    .option('--set <name=v>', 'one option of the method, such as stepSize=0.5; repeatable', collect)
    .option('-n <COUNT>', 'samples of each image', whole(2, 100_000), 8)
    .option('--seed <S>', 'seed of masks, sums, noise and samples', seed, 0)
    .option('--out <FOLDER>', 'folder of the files (default: a name in RUN/restored)', path)
    .option('--checkpoint <STEP>', 'step of the checkpoint (default: the latest)', seed)
    .option('--batch <B>', 'samples computed together', batch, 32)
    .addOption(threads())
    .addOption(device())
    .addOption(json())
    .action(async (folder: string | undefined, options: object) => {
      const { restoreCommand } = await import('./restore.ts');
      await restoreCommand(folder, options);
    });
}
