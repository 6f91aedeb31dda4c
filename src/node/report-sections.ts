/** @file The sections of a report, of what was measured. */
import { UnsupportedError } from '../base/errors.ts';
import { duration, plural, short } from '../base/words.ts';
import type { DataKindRecord } from '../catalog/data-kinds/data-kind.ts';
import { firstOf } from '../data/dataset.ts';
import { estimateText } from '../evaluate/estimate.ts';
import type { DenoisingCalibration } from '../model/evaluation/denoising-calibration.ts';
import type { Diagnosis } from '../model/evaluation/diagnosis.ts';
import type { Memorization } from '../model/evaluation/memorization.ts';
import { shareText, verdict } from '../model/evaluation/memorization-text.ts';
import type { Model } from '../model/model.ts';
import type { ModelEvaluation } from '../model/model-evaluation.ts';
import type { SamplingResult } from '../model/samples/sampling.ts';
import { trainCommandOf } from '../run/command.ts';
import { encodePng } from '../plot/png.ts';
import type { ReportSection } from './report-page.ts';

const shownSamples = 64;

/** What is known of a model before anything is measured. */
export function factsOf({ trained, info }: Model): readonly (readonly [string, string])[] {
  const { config, data } = trained;
  const classes = data.classes?.names ?? [];
  return [
    ['data', `${config.data.ref} [${data.shape.join(', ')}]`],
    ...(classes.length > 0 ? [['classes', classes.join(', ')] as const] : []),
    ['network', config.net.kind],
    ['process', config.sde.kind],
    ['steps', info.step.toLocaleString('en')],
    [
      'trained by',
      `npx ${trainCommandOf({ ...config, train: { ...config.train, minutes: undefined, steps: info.step } }, data)}`,
    ],
  ];
}

/** The first samples, as they were drawn. */
export function samplesSection(name: string, kind: DataKindRecord, drawn: SamplingResult): ReportSection {
  const { samples, sampler, seconds, seed } = drawn;
  const mean = samples.evaluations.reduce((sum, own) => sum + own, 0) / samples.count;
  const shown = kind.image === undefined ? samples.count : Math.min(shownSamples, samples.count);
  const set = firstOf(samples.toDataSet(), shown);
  const image = kind.image === undefined ? samples.toSvg() : encodePng(kind.image(set, { columns: 8 }));
  const how = `by ${sampler}, ${short(mean)} evaluations each; all ${samples.count.toLocaleString('en')} in ${duration(seconds)}`;
  return {
    title: 'Samples',
    picture: { image, shows: `The first ${shown} samples of ${name} with seed ${seed}, not chosen, ${how}.` },
  };
}

/** Metrics beside those of real samples. */
export function metricsSection(found: ModelEvaluation): ReportSection {
  const { n, reference, real, extractor, dimension, metrics = [] } = found;
  const chance = (p: number | undefined): string => (p === undefined ? '' : ` (p ${short(p)})`);
  const rows = [
    [found.distance, estimateText(found.frechet), estimateText(found.frechetFloor), ''],
    ['energy distance', estimateText(found.energy), estimateText(found.energyFloor), '0'],
    ...metrics.map(({ title, samples, real: theirs, expected }) => [
      title,
      `${estimateText(samples)}${chance(samples.pValue)}`,
      `${estimateText(theirs)}${chance(theirs.pValue)}`,
      expected === undefined ? '' : short(expected),
    ]),
  ];
  return {
    title: 'Metrics',
    text: [
      `${plural(n, 'sample')} are compared with ${reference.count.toLocaleString('en')} real ones ${reference.what}, by ${dimension} features (${extractor}). ` +
        `As many real samples ${real.what} have been put in their place: what perfect samples would have. Expected is the mean of the metric for those, where it is known; metrics of all pairs compare 2,000 of each at most.`,
      ...(n <= dimension
        ? [
            `${n} samples are too few for a covariance of ${dimension} features; compare nothing with these Fréchet distances.`,
          ]
        : []),
    ],
    table: { head: ['', 'samples', 'real samples', 'expected'], rows },
  };
}

/** Errors of predicted noise. */
export function levelsSection(diagnosis: Diagnosis, name: string): ReportSection {
  const { count, memorizesFrom, heldOut } = diagnosis;
  return {
    title: 'Errors by noise level',
    text: [
      heldOut
        ? memorizesFrom === undefined
          ? 'The network is nowhere significantly better on samples of its training than on new ones.'
          : `From noise ratio ${short(memorizesFrom)} down the network is better on samples of its training than on new ones.`
        : 'These samples are of the training, as there are no others: whether the network memorizes them cannot be seen here.',
    ],
    picture: {
      image: diagnosis.toSvg(name),
      shows: `Error of predicted noise of ${plural(count, 'sample')}, beside closed forms of the training data.`,
    },
  };
}

/** Predicted errors of denoised estimates beside those found. */
export function calibrationSection(levels: readonly DenoisingCalibration[], count: number): ReportSection {
  return {
    title: 'Calibration',
    text: [
      `The mean square error of denoised estimates of ${plural(count, 'sample')}, and what the score's own covariance predicts of it: a ratio of 1 is calibrated, below 1 too sure.`,
    ],
    table: {
      head: ['noise ratio', 'found', 'predicted', 'ratio'],
      rows: levels.map(({ noiseRatio, found, predicted, ratio }) => [
        ...[noiseRatio, found, predicted].map(short),
        estimateText(ratio),
      ]),
    },
  };
}

/** Copies of training data. */
export function copiesSection(found: Memorization, name: string): ReportSection {
  const { spaces, count, heldOut, training, heldOutData } = found;
  const others = heldOutData ? 'held-out samples' : 'training samples, each without itself';
  const picture = sheetOf(found, name);
  return {
    title: 'Memorization',
    text: [
      `${plural(count, 'sample')} against ${heldOut.toLocaleString('en')} ${others}, by the distance from the nearest of ${plural(training, 'training sample')}. ` +
        'z is standard normal for new data; below -3 samples are copies, far above 0 they lie apart from the data. Near copies are much nearer to one training sample than to the second, as 1 % of new data are.',
      ...spaces.map(({ space, test }) => `By ${nameOfSpace(space)}: ${verdict(test)}.`),
    ],
    table: {
      head: ['space', 'C_T', 'z', 'C_T of real ones', 'z', 'near copies', 'of real ones'],
      rows: spaces.map(({ space, test, real, copies, realCopies }) => [
        nameOfSpace(space),
        estimateText({ value: test.statistic, standardError: test.standardError }),
        test.z.toFixed(1),
        estimateText({ value: real.statistic, standardError: real.standardError }),
        real.z.toFixed(1),
        shareText(copies),
        shareText(realCopies),
      ]),
    },
    ...(picture && {
      picture: {
        image: picture,
        shows:
          'The samples most like one training sample, with the three nearest; beside them real samples chosen in the same way.',
      },
    }),
  };
}

/** What distances are of. */
function nameOfSpace(space: string): string {
  return space === 'numbers' ? 'the numbers themselves' : `features (${space})`;
}

/** The sheet; undefined of samples that are no pictures. */
function sheetOf(found: Memorization, name: string): string | undefined {
  try {
    return found.toSvg(`Samples of ${name}`);
  } catch (error) {
    if (error instanceof UnsupportedError) return undefined;
    throw error;
  }
}
