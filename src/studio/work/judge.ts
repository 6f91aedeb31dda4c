/** @file How likely a model finds pictures: bits per dimension of a few of a kind, beside the length of their PNG files. */
import { sizeOf } from '../../base/tensor.ts';
import { kindOf } from '../../data/dataset.ts';
import { meanEstimate, type Estimate } from '../../evaluate/estimate.ts';
import { dataSetOf } from '../../model/data-input.ts';
import { imageIn } from '../../model/restoration/restoration-pictures.ts';
import { encodePng, type Image } from '../../plot/png.ts';
import type { GroupAsk, ModelAsk, Opened } from './opened.ts';

/** What is asked. */
export interface JudgeAsk extends ModelAsk {
  readonly group: GroupAsk;
  readonly tolerance: number;
  readonly seed: number;
}

/** How far it is. */
export interface JudgeStep {
  readonly fraction: number;
  readonly images: readonly Image[];
}

/** How likely the pictures are. */
export interface Judged {
  readonly images: readonly Image[];
  /** Bits per dimension of each; NaN where the solver gave up. */
  readonly bits: readonly number[];
  /** Their mean, with its standard error over pictures, or over draws of probes and noise where the pictures are equal. */
  readonly mean: Estimate;
  /** Bits per dimension of the PNG files, on average. */
  readonly png: number;
  /** Evaluations of the network with its derivative, on average. */
  readonly evaluations: number;
  readonly seconds: number;
}

/**
 * Pictures that are solved together. A stop waits for one evaluation of the network with its derivative, which takes about 20 ms a picture
 * of clothes; a value does not depend on what is solved beside it.
 */
const together = 2;

/** Bits per dimension by the probability flow, with one Hutchinson probe and one draw of the noise within gray levels for each picture. */
export async function* judge(
  { open, group: pictures }: Opened,
  { group, tolerance, seed, ...ask }: JudgeAsk,
): AsyncGenerator<JudgeStep, Judged> {
  const model = await open(ask);
  const { shape } = model.info;
  const { image, rows } = await pictures(model, group);
  const set = dataSetOf(image, model.trained);
  const images = rows.map((row) => {
    const data = kindOf(set).pictures?.unitValues(set, row) ?? new Float64Array(sizeOf(shape));
    return imageIn({ shape: [1, ...shape], data }, 0);
  });
  yield { fraction: 0, images };
  const started = performance.now();
  const bits: number[] = [];
  const evaluations: number[] = [];
  for (let begin = 0; begin < rows.length; begin += together) {
    const some = rows.slice(begin, begin + together);
    const run = model.logLikelihood(image, { rows: some, tolerance, seed });
    for await (const { fraction } of run) yield { fraction: (begin + fraction * some.length) / rows.length, images };
    const found = await run;
    bits.push(...found.bitsPerDim);
    evaluations.push(...found.evaluations);
  }
  const lengths = images.map((own) => (8 * encodePng(own).length) / sizeOf(shape));
  return {
    images,
    bits,
    mean: meanEstimate(bits.filter((value) => !Number.isNaN(value))),
    png: meanEstimate(lengths).value,
    evaluations: meanEstimate(evaluations).value,
    seconds: (performance.now() - started) / 1000,
  };
}
