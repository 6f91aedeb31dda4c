/** @file The real samples that samples are compared with, by the name or the path of data. */
import { checkOptions } from '../base/check.ts';
import type { Shape } from '../base/tensor.ts';
import { inUnitsOf, sampleShape, type DataSet } from '../data/dataset.ts';
import type { Layout } from '../data/arrays/layout.ts';
import { openDataSet, optionsOfData } from '../run/data-sets.ts';
import type { OpenOptions } from '../data/opener.ts';
import { halves, referenceOrder, type RealParts } from '../model/evaluation/evaluation.ts';
import { readingOf, type KnownData } from './run-data.ts';

/** Options of `openRealParts`. */
export interface RealPartsOptions {
  /** Shape of the samples that are compared: square images are averaged down to it, pictures get its channels. */
  readonly shape: Shape;
  /** A model, as which the data are read: its own by all of their settings. None by default. */
  readonly model?: KnownData | undefined;
  /** What the axes of an array are, where its shape leaves a choice. By default what the shape says. */
  readonly layout?: Layout | undefined;
  /** Opens a data set; `openDataSet` by default. */
  readonly open?: (ref: string, options: OpenOptions) => Promise<DataSet>;
}

/**
 * Data in two parts, for `model.evaluate`: of a set with a test part, that is the reference and the training part the rest; a toy is drawn
 * again with another seed for the reference; another set is split into halves, in an order of its own.
 * @param ref - name or path of the data
 * @throws ConfigError if samples of the set have another shape; otherwise as `openDataSet`.
 */
export async function openRealParts(
  ref: string,
  { shape, model, layout, open = openDataSet }: RealPartsOptions,
): Promise<RealParts> {
  const takes: readonly string[] = await optionsOfData(ref);
  const all = { ...sizeFor(shape), ...(model && (await readingOf(model, ref))), ...(layout && { layout }) };
  const options: OpenOptions = Object.fromEntries(Object.entries(all).filter(([name]) => takes.includes(name)));
  const read = async (own: OpenOptions): Promise<DataSet> => {
    const set = await open(ref, own);
    return model === undefined ? set : inUnitsOf(model.data.scaler, set);
  };
  const train = await read(takes.includes('split') ? { ...options, split: 'train' } : options);
  const found = sampleShape(train);
  checkOptions([
    found.join() === shape.join(),
    'data',
    `expected samples [${shape.join(', ')}], got [${found.join(', ')}]`,
  ]);
  const test = takes.includes('split')
    ? await read({ ...options, split: 'test' })
    : takes.includes('seed')
      ? await read({ ...options, seed: (options.seed ?? 0) + 1 })
      : undefined;
  if (test === undefined) return halves(train, ref);
  return {
    reference: { set: test, rows: referenceOrder(test), what: `of the test part of ${ref}` },
    real: { set: train, rows: referenceOrder(train), what: `of the training part of ${ref}` },
  };
}

/** How other data become samples of a shape: images that are not square are taken as they are. */
function sizeFor([channels, height, width]: Shape): OpenOptions {
  if (height === undefined) return {};
  return { ...(height === width && { size: height }), channels: channels === 1 ? 1 : 3 };
}
