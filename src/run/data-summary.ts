/** @file What a checkpoint or a model keeps of the data of its training. */
import * as v from 'valibot';
import { FileError } from '../base/errors.ts';
import { sizeOf, type Shape } from '../base/tensor.ts';
import { builtIn, type Catalog } from '../catalog/catalog.ts';
import type { Scaler } from '../data/scaler.ts';
import type { TextCoding } from '../data/texts/text-coding.ts';

/** The classes of the data of a training. */
export interface ClassSummary {
  readonly names: readonly string[];
  readonly fingerprint: string;
  /** Numbers of the classes that no sample had, if there were any; files of older versions do not say. */
  readonly empty?: readonly number[] | undefined;
  /** How many samples each class had; files of older versions do not say. */
  readonly counts?: readonly number[] | undefined;
}

/** The texts of the data of a training. */
export interface TextSummary extends TextCoding {
  /** The content of the texts. */
  readonly fingerprint: string;
}

/** What sampling must know of the data that a model was trained on. */
export interface DataSummary {
  /** Name of their kind. */
  readonly kind: string;
  /** Shape of one sample. */
  readonly shape: Shape;
  readonly scaler: Scaler;
  /** The content of the data set by `fingerprint`. */
  readonly fingerprint: string;
  /** Names of the classes that the network is conditional on or predicts, and the content of the labels. */
  readonly classes?: ClassSummary | undefined;
  /** How texts become the rows that the network is conditional on, and the content of the texts. */
  readonly texts?: TextSummary | undefined;
}

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const number = v.pipe(v.number(), v.finite());
const factor = v.pipe(v.number(), v.finite(), v.gtValue(0));
const summarySchema = v.strictObject({
  kind: v.string(),
  shape: v.array(size),
  scaler: v.strictObject({
    kind: v.picklist(['centered', 'unit', 'standard']),
    factor: v.union([factor, v.array(factor)]),
    shift: v.array(number),
    range: v.optional(v.strictTuple([number, number])),
    transform: v.optional(v.any()),
  }),
  fingerprint: v.string(),
  classes: v.optional(
    v.strictObject({
      names: v.array(v.string()),
      fingerprint: v.string(),
      empty: v.optional(v.array(whole)),
      counts: v.optional(v.array(whole)),
    }),
  ),
  texts: v.optional(v.strictObject({ words: v.array(v.string()), buckets: whole, fingerprint: v.string() })),
});

/** Numbers of one sample: 256 MiB of float32, as many as a batch of a training may have. */
const mostNumbers = 2 ** 26;

/**
 * What the metadata of a checkpoint or a model say of its data.
 * @throws FileError if that is not sound.
 */
export function parseSummary(text: string | undefined, file: string, catalog: Catalog = builtIn): DataSummary {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    value = undefined;
  }
  const result = v.safeParse(summarySchema, value);
  if (!result.success || !isOfItsKind(result.output, catalog))
    throw new FileError(file, 'expected the shape and scaling of the data in the metadata; the file is damaged');
  const { scaler, shape } = result.output;
  if (sizeOf(shape) > mostNumbers)
    throw new FileError(
      file,
      `expected samples of at most ${mostNumbers} numbers, found [${shape.join(', ')}]; the file is damaged`,
    );
  const several = [scaler.shift, scaler.factor].filter(
    (numbers) => typeof numbers !== 'number' && numbers.length !== 1,
  );
  // One for each number of a sample, or for each of its last axis.
  const lengths = [sizeOf(shape), shape.at(-1)];
  if (several.some((numbers) => typeof numbers !== 'number' && !lengths.includes(numbers.length)))
    throw new FileError(file, 'the scaling in the metadata does not fit the shape of the data; the file is damaged');
  return result.output;
}

/** Whether a kind of the catalog has samples of this shape and this transformation. */
function isOfItsKind({ kind, shape, scaler }: DataSummary, { dataKinds }: Catalog): boolean {
  const record = dataKinds.find(({ name }) => name === kind);
  const { transform } = scaler;
  const transformed = record?.transformOk?.(transform, { shape, scaler }) ?? transform === undefined;
  return record?.shapeOk(shape) === true && transformed;
}

/** How texts are read, for people. */
export function textsText({ texts }: DataSummary): string | undefined {
  if (texts === undefined) return undefined;
  const { words, buckets } = texts;
  const some = words.length === 0 ? [] : [`${words.length} words, such as ${words.slice(0, 8).join(', ')}`];
  return [...some, ...(buckets === 0 ? [] : [`trigrams in ${buckets} columns`])].join('; ');
}

/** The names of the classes for people, and which of them no sample had. */
export function classesText({ classes }: DataSummary): string | undefined {
  if (classes === undefined) return undefined;
  const { names, empty = [] } = classes;
  const without =
    empty.length === 0 ? '' : ` (without samples: ${empty.map((label) => names[label] ?? '').join(', ')})`;
  return names.join(', ') + without;
}
