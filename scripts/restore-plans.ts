/** @file Which tasks are shown and measured on which data: the rows of docs/restoration.md, and its pictures. */
import type { TaskOptions } from '../src/node.ts';

/** One task of a plan. */
export interface PlannedTask {
  /** In file names. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly subject: TaskOptions & { readonly task: string };
  /** Standard deviation, for images of 0 to 1. */
  readonly noise: number;
  /** Methods in place of those of the command line. */
  readonly methods?: readonly string[];
}

/** The tasks of one data set. */
export interface Plan {
  readonly title: string;
  /** What trained the run of the tables and pictures. */
  readonly training: string;
  /** What made the table and the pictures of the run RUN. */
  readonly commands: readonly string[];
  /** The part of the run's data that is restored. */
  readonly data: 'test' | 'train';
  /** Images of the contact sheets. */
  readonly shown: string;
  readonly tasks: readonly PlannedTask[];
}

const inpainting = (name: string, title: string, mask: string): PlannedTask => ({
  name: `inpaint-${name}`,
  title: `inpainting, ${title}`,
  subject: { task: 'inpaint', mask },
  noise: 0.05,
});
const superresolution = { name: 'superres-4', title: 'super-resolution 4x', subject: { task: 'superres', factor: 4 }, noise: 0.05 }; // prettier-ignore
const deblurring = {
  name: 'deblur',
  title: 'deblurring, 1.5 pixels',
  subject: { task: 'deblur', blur: 1.5 },
  noise: 0.05,
};
const sensing = (rate: number): PlannedTask => ({
  name: `cs-${Math.round(100 * rate)}`,
  title: `compressed sensing, ${Math.round(100 * rate)} %`,
  subject: { task: 'cs', rate },
  noise: 0.05,
  // DDRM falls behind where most of the image is in the null space.
  ...(rate < 0.5 && { methods: ['auto', 'pigdm'] }),
});

/** By the word of the command line. */
export const plans: Readonly<Record<string, Plan>> = {
  clothes: {
    title: 'Fashion-MNIST, 28 x 28, test images',
    commands: [
      'npx tsx scripts/restore-table.ts RUN --plan clothes --methods auto',
      'npx tsx scripts/restore-sheets.ts RUN --plan clothes --only cs-10 --method pigdm',
      'npx tsx scripts/restore-sheets.ts RUN --plan clothes',
      'npx tsx scripts/restore-sheets.ts RUN --classes clothes --guidance 2',
      'scorefield train fashion-mnist --task classifier --sde vp --minutes 6 --batch 64 --threads 1 --set sde.tMin=1e-5 --set net.width=16 --set train.learningRate=1e-3 --set train.warmup=100 --set train.emaDecay=0.998 --out RUN2',
      'npx tsx scripts/restore-sheets.ts RUN --classes clothes --guidance 6 --classifier RUN2',
    ],
    training:
      'scorefield train fashion-mnist --conditional --net ddpmpp --sde edm --minutes 69 --batch 32 --threads 1 --set net.patch=1 --set train.optimizer=adam --set train.decay=none --set loss.timesMean=-1.2 --set loss.timesStd=1.2 --set net.width=16 --set "net.multipliers=[1,2,4]" --set net.blocks=1 --set train.learningRate=1e-3 --set train.warmup=300 --set train.emaDecay=0.999',
    data: 'test',
    shown: '0,1,2',
    tasks: [
      inpainting('half', 'right half', 'half'),
      inpainting('box', 'box', 'box'),
      inpainting('random', '70 % of the pixels', 'random:0.7'),
      superresolution,
      deblurring,
      ...[0.1, 0.25, 0.5, 0.75].map(sensing),
    ],
  },
  emoji: {
    title: 'Emoji, images that the run has seen',
    commands: [
      'npx tsx scripts/restore-table.ts RUN --plan emoji --methods auto --count 96',
      'npx tsx scripts/restore-sheets.ts RUN --plan emoji',
    ],
    training:
      'scorefield train emoji --group faces --unconditional --net ddpmpp --sde edm --minutes 37 --batch 32 --threads 1 --set net.patch=1 --set train.optimizer=adam --set train.decay=none --set loss.timesMean=-1.2 --set loss.timesStd=1.2 --set net.width=16 --set "net.multipliers=[1,2,4]" --set net.blocks=1 --set train.learningRate=1e-3 --set train.warmup=300 --set train.emaDecay=0.9995',
    data: 'train',
    shown: '3,40,90',
    tasks: [
      { name: 'colorize', title: 'colorization', subject: { task: 'colorize' }, noise: 0.02 },
      { ...superresolution, noise: 0.02 },
    ],
  },
  phantoms: {
    title: 'Phantoms, 64 x 64, test images',
    commands: [
      'npx tsx scripts/restore-table.ts RUN --plan phantoms --methods pigdm',
      'npx tsx scripts/restore-sheets.ts RUN --plan phantoms --method pigdm',
    ],
    training:
      'scorefield train phantoms --net score-net --sde edm --minutes 40 --batch 16 --threads 1 --set "net.channels=[24,48,96,128,128]" --set data.count=10000 --set train.learningRate=1e-3 --set train.warmup=200 --set train.emaDecay=0.999',
    data: 'test',
    shown: '0,1,2',
    tasks: [
      { name: 'ct-23', title: 'computed tomography, 23 angles', subject: { task: 'ct', angles: 23 }, noise: 0.01 },
      {
        name: 'mri-4',
        title: 'magnetic resonance imaging, 4x',
        subject: { task: 'mri', acceleration: 4 },
        noise: 0.02,
      },
    ],
  },
};
