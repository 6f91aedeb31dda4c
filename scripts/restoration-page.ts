/** @file The text of docs/restoration.md: restored images and how good they are. */
import { plans } from './restore-plans.ts';
import { restoreTable, type Summary } from './restore-rows.ts';

/** The numbers of docs/images/restoration/PLAN.json. */
export interface PlanNumbers {
  readonly plan: string;
  readonly title: string;
  readonly data: string;
  /** Steps of training of the run. */
  readonly step: number;
  readonly net: string;
  readonly sde: string;
  readonly tasks: readonly Summary[];
}

/**
 * The page.
 * @param pictures - names of the files in docs/images/restoration
 */
export function restorationPage(numbers: readonly PlanNumbers[], pictures: readonly string[]): string {
  const lines = [
    '# Restored images',
    '',
    'What `scorefield restore` makes of measurements whose truth is known, under small runs that were trained on a CPU. PSNR and SSIM are means',
    'over images with their standard errors, of the mean of the samples **and** of single samples: PSNR rewards the mean, which is no',
    'sample, and a right sampler loses up to 3 dB against its own mean. A residual of 1 is what the noise leaves. The baselines are the',
    'classical inverse of each task and total variation ([inverse-problems.md](inverse-problems.md) describes both).',
    '',
    ...numbers.flatMap((one) => section(one, pictures)),
    '## To repeat it',
    '',
    '```sh',
    ...numbers.flatMap(({ plan }) => [`${plans[plan]?.training ?? ''} --out RUN`, ...(plans[plan]?.commands ?? [])]),
    '```',
  ];
  return `${lines.join('\n')}\n`;
}

/** Pictures of samples of every class. */
const guidances: Readonly<Record<string, string>> = {
  classes: 'Samples of each class by classifier-free guidance of weight 2',
  classifier: 'Samples of each class by the gradient of a small classifier of noised images, of weight 6',
};

function section({ plan, title, step, net, sde, tasks }: PlanNumbers, pictures: readonly string[]): readonly string[] {
  const images = tasks.reduce((most, one) => Math.max(most, one.images), 0);
  const [first] = tasks;
  const shown = (plans[plan]?.tasks ?? []).flatMap(({ name, title: what }) => {
    const file = `${plan}-${name}.png`;
    return pictures.includes(file) ? [`![${title}: ${what}](images/restoration/${file})`, ''] : [];
  });
  const guided = Object.entries(guidances).flatMap(([name, what]) => {
    const file = `${plan}-${name}.png`;
    return pictures.includes(file) ? [`${what}:`, '', `![${title}: ${what}](images/restoration/${file})`, ''] : [];
  });
  return [
    `## ${title}`,
    '',
    `${images} images, ${first?.n ?? 0} samples of each, by a ${net} under the SDE ${sde} after ${step} steps of training; seconds on`,
    `${first?.threads === 1 ? 'one thread' : `${first?.threads ?? 0} threads`} of a CPU that did other work besides. Noise: ${[...new Set(tasks.map(({ noise }) => noise))].join(', ')} for images of 0 to 1.`,
    '',
    ...restoreTable(tasks),
    '',
    ...shown,
    ...guided,
  ];
}
