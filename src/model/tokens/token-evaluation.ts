/** @file How well a model of tokens does beside models that count. */
import type { TokenSet } from '../../data/kinds/token-set.ts';
import type { Estimate } from '../../evaluate/estimate.ts';
import { meanOfParts, nGram } from '../../evaluate/n-gram.ts';
import { tensor } from '../../base/tensor.ts';
import { loadBatch } from '../../data/batch.ts';
import { key } from '../../base/key.ts';
import type { TokenBits } from './token-bits.ts';
import type { TokenModel } from './token-model.ts';

/** Orders of the models that count. */
const orders = [1, 2, 3, 4, 5, 6] as const;

/** The order by which samples are compared with data. */
const compared = 4;

/** What is compared. */
export interface TokenComparison {
  /** Data that the model was trained on. */
  readonly train: TokenSet;
  /** Data that it was not trained on. */
  readonly test: TokenSet;
  /** Samples of `test` that do not overlap. */
  readonly rows: readonly number[];
  /** Samples of the model. */
  readonly drawn: TokenSet;
  readonly bits: TokenBits;
}

/** How a model of tokens stands. */
export interface TokenEvaluation {
  /** Bits a token of the test part, at most. */
  readonly bitsPerToken: Estimate;
  /** Bits a token of the same by models that count, trained on the same part, by their order. */
  readonly nGrams: Readonly<Record<string, Estimate>>;
  /** Bits a token by the counted model of order 4 of samples, and of the test part: samples that are too even have fewer, those with errors more. */
  readonly samples: Estimate;
  readonly data: Estimate;
}

/** Bits by counted models: each sees all tokens before, also those of the sequence before. */
export function compareTokens(
  { trained, length, alphabet }: Pick<TokenModel, 'trained' | 'length' | 'alphabet'>,
  { train, test, drawn, bits }: TokenComparison,
): TokenEvaluation {
  const { scaler } = trained.data;
  const numbersOf = (set: TokenSet): ArrayLike<number> => streamOf(set, (rows) => loadBatch(set, scaler, rows, key(0)));
  const [learned, others] = [numbersOf({ ...train, augmented: false }), numbersOf(test)];
  const states = alphabet.length;
  const models = orders.map((order) => nGram(learned, { order, states }));
  const nGrams = Object.fromEntries(
    models.map((model) => [String(model.order), meanOfParts(model.bits(others), length)]),
  );
  const judge = models.find(({ order }) => order === compared) ?? nGram(learned, { order: compared, states });
  const perSample = Array.from({ length: drawn.count }, (_, i) => judge.bits(loadBatch(drawn, scaler, [i], key(0))));
  const joined = Float64Array.from(perSample.flatMap((values) => Array.from(values)));
  return {
    bitsPerToken: bits.bitsPerToken,
    nGrams,
    samples: meanOfParts(joined, length),
    // Without what stands before each sequence, as samples have nothing before them.
    data: meanOfParts(withoutBefore(others, length, judge), length),
  };
}

function withoutBefore(tokens: ArrayLike<number>, length: number, judge: ReturnType<typeof nGram>): Float64Array {
  const count = Math.floor(tokens.length / length);
  const out = new Float64Array(count * length);
  const all = tensor(tokens, [tokens.length]).data;
  for (let i = 0; i < count; i++) out.set(judge.bits(all.subarray(i * length, (i + 1) * length)), i * length);
  return out;
}

/** All tokens of a set one after the other, without those that samples share. */
function streamOf(set: TokenSet, load: (rows: readonly number[]) => Float32Array): Float32Array {
  const { length, starts, tokens } = set;
  const rows: number[] = [];
  let free = 0;
  for (let row = 0; row < set.count; row++) {
    const begin = starts?.[row] ?? row;
    if (begin >= free) {
      rows.push(row);
      free = begin + length;
    }
  }
  const all = load(rows);
  // What is left at the end of a text is shorter than a sample.
  const rest = starts === undefined ? tokens.length - free : 0;
  if (rest <= 0) return all;
  const last = load([set.count - 1]);
  return Float32Array.from([...all, ...last.subarray(length - rest)]);
}
