/** @file Pairs of noise and what a teacher makes of it: the conditions that they are drawn under. */
import { checkOptions } from '../base/check.ts';
import { foldIn, key, split, type Key } from '../base/key.ts';
import { bits, indexOf, uniform } from '../base/random.ts';
import type { DataSet, Labeled } from '../data/dataset.ts';
import { wordsOf } from '../data/texts/words.ts';
import { defaultPairs, keptOut, type PairChoice } from './distillation-plan.ts';
import type { Model } from './model.ts';
import { drawnClasses } from './samples/drawn-classes.ts';
import type { Samples } from './samples/samples.ts';
import type { SampleOptions } from './samples/sampling.ts';

/** How pairs are drawn. */
export interface PairSettings {
  /** Evaluations of networks for each, by DDIM. */
  readonly nfe: number;
  /** Scale by which the teacher is guided to the class or the text of each. Default 1: it is not. */
  readonly guidance?: number | undefined;
  /** Data with the texts that the teacher has learned, of which those of the pairs are drawn; of others than teachers of texts not read. */
  readonly said?: Labeled | undefined;
}

/**
 * A teacher that is given the class or the text of each of so many samples: classes as often as its training had them, texts of random samples of its data.
 * Those of sample i depend on the seed and i alone.
 * @throws ConfigError if it is to be guided and knows neither.
 */
export function givenEach(
  teacher: Model,
  { count, seed, guidance, said = {} }: Omit<PairSettings, 'nfe'> & { readonly count: number; readonly seed: number },
): Model {
  const { trained } = teacher;
  const { texts = [] } = said;
  if (trained.data.texts !== undefined) {
    const words = split(key(seed), count).map((own) => {
      const [which = 0, other = 0] = uniform(foldIn(own, 'text'), 2);
      const all = texts[indexOf(which, texts.length)] ?? [];
      return withoutWords(
        all[indexOf(other, all.length)] ?? '',
        trained.config.train.wordDropout,
        foldIn(own, 'words'),
      );
    });
    return teacher.given({ text: words, guidance });
  }
  const drawn = drawnClasses(trained, { count, seed }, trained.catalog);
  checkOptions([
    drawn !== undefined || guidance === undefined,
    'guidance',
    `expected a teacher of classes or texts to guide, ${trained.name} knows none`,
  ]);
  return drawn === undefined
    ? teacher
    : teacher.given({ class: drawn.labels?.map((label) => drawn.names[label] ?? ''), guidance });
}

/** A text without a share of its words, as the training of the teacher left them out. */
function withoutWords(text: string, share: number | undefined = 0, own: Key): string {
  if (share === 0) return text;
  const words = wordsOf(text);
  const u = uniform(own, words.length);
  return words.filter((_, i) => (u[i] ?? 0) >= share).join(' ');
}

/** How so many pairs are sampled: a part without their class or text, as large as that of the teacher's training. */
export function pairSampling(
  { trained }: Model,
  { count, seed, nfe }: Pick<PairSettings, 'nfe'> & { readonly count: number; readonly seed: number },
): SampleOptions {
  const hidden = trained.net.classes === 0 ? undefined : trained.config.train.labelDropout;
  return { count, seed, pairs: true, hidden, sampler: 'ddim', nfe };
}

/** How far the drawing of pairs has come. */
export interface PairProgress {
  readonly drawn: number;
  readonly count: number;
  readonly fraction: number;
}

/** Pairs of a teacher as data: those that are trained on, and those whose loss says when to stop. */
export interface PairSets {
  readonly train: DataSet;
  readonly heldOut: DataSet;
}

/**
 * Draws pairs of a teacher in memory, and frees its programs.
 * @throws ConfigError as `givenEach`, or if a number is out of range.
 */
export async function pairSets(
  teacher: Model,
  {
    pairs = defaultPairs.count,
    teacherNfe: nfe = defaultPairs.nfe,
    seed = 0,
    guidance,
    said,
    onPairs,
    toSet = (samples) => samples.toDataSet(),
  }: PairChoice & Pick<PairSettings, 'said'> & PairWatch,
): Promise<PairSets> {
  const kept = keptOut(pairs);
  const draw = async (use: string, count: number, before: number): Promise<DataSet> => {
    const [own = 0] = bits(foldIn(foldIn(key(seed), 'pairs'), use), 1);
    const about = { count, seed: own, nfe, guidance, said };
    const drawing = givenEach(teacher, about).sample(pairSampling(teacher, about));
    for await (const { fraction } of drawing) {
      const drawn = before + fraction * count;
      onPairs?.({ drawn: Math.floor(drawn), count: pairs, fraction: drawn / pairs });
    }
    return toSet((await drawing).samples);
  };
  try {
    const train = await draw('train', pairs - kept, 0);
    return { train, heldOut: await draw('kept out', kept, pairs - kept) };
  } finally {
    await teacher[Symbol.asyncDispose]();
  }
}

interface PairWatch {
  readonly seed?: number | undefined;
  readonly onPairs?: ((drawn: PairProgress) => void) | undefined;
  /** Pairs as a set that is trained on; one of their kind by default. */
  readonly toSet?: ((samples: Samples) => DataSet) | undefined;
}
