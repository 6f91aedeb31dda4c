/** @file What a checkpoint keeps of a data set, whose content is fingerprinted. */
import type { Training } from '../catalog/build.ts';
import { classCounts, emptyClasses } from '../data/class-names.ts';
import { classesOf, kindOf, sampleShape, type DataSet } from '../data/dataset.ts';
import { fingerprint, fingerprintOf } from '../data/fingerprint.ts';
import type { TextCoding } from '../data/texts/text-coding.ts';
import type { DataSummary } from './data-summary.ts';

/** What a checkpoint of a network keeps of a data set. */
export function summarize(
  set: DataSet,
  training: Pick<Training, 'scaler' | 'net' | 'objective' | 'coding'>,
): DataSummary {
  const { scaler, net, objective, coding } = training;
  const { labels } = set;
  const summary = { kind: kindOf(set).name, shape: sampleShape(set), scaler, fingerprint: fingerprint(set) };
  if (coding !== undefined) {
    const content = new TextEncoder().encode(JSON.stringify(set.texts));
    return { ...summary, texts: { ...coding, fingerprint: fingerprintOf(content) } };
  }
  // What is known of a sample, or its portrait, are no classes.
  const ofClasses = net.known !== true && net.ofSample !== true ? net.classes : 0;
  if ((objective.classes ?? ofClasses) === 0 || labels === undefined) return summary;
  const empty = emptyClasses(set);
  const classes = {
    names: classesOf(set),
    fingerprint: fingerprintOf(labels),
    ...(empty.length > 0 && { empty }),
    counts: classCounts(set),
  };
  return { ...summary, classes };
}

/** The coding of texts of a summary, if it has one. */
export function codingOf({ texts }: DataSummary): TextCoding | undefined {
  return texts && { words: texts.words, buckets: texts.buckets };
}

/** Whether two summaries are of the same data, read in the same way. Older ones do not say how many samples each class had. */
export function sameData(a: DataSummary, b: DataSummary): boolean {
  const [one, other] = [a, b].map((data) =>
    JSON.stringify({ ...data, classes: data.classes && { ...data.classes, empty: undefined, counts: undefined } }),
  );
  return one === other;
}
