/** @file The data of a model of tokens, cut into sequences that do not overlap. */
import { key } from '../base/key.ts';
import { loadBatch } from '../data/batch.ts';
import { checkOptions } from '../base/check.ts';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import type { TokenSet } from '../data/kinds/token-set.ts';
import type { TextGaps } from '../model/tokens/gaps.ts';
import type { TokenModel } from '../model/tokens/token-model.ts';
import { openRunData } from './run-data.ts';

/** Data of a model of tokens. */
export interface TokenData {
  readonly set: TokenSet;
  /** Samples that do not overlap. */
  readonly rows: readonly number[];
  /** What one token is, such as a character. */
  readonly unit: string;
}

/**
 * Opens the data of a model of tokens.
 * @param ref - `train` or `test`, the parts of its own data, or the path of others
 * @throws ConfigError or FileError if there are none, or they are of another kind.
 */
export async function openTokenData({ trained }: Pick<TokenModel, 'trained'>, ref: string): Promise<TokenData> {
  const set = await openRunData(trained, ref);
  const [own, found] = [dataKindOf(trained.data), dataKindOf(set)];
  checkOptions([own === found, 'data', `expected ${own.name}, as the model has learned, got ${found.name}`]);
  const { length, starts, count } = set as TokenSet;
  const rows: number[] = [];
  let free = 0;
  for (let row = 0; row < count; row++) {
    const begin = starts?.[row] ?? row;
    if (begin < free) continue;
    rows.push(row);
    free = begin + length;
  }
  return { set: set as TokenSet, rows, unit: own.unit(trained.data.scaler).replace(/s$/, '') };
}

/**
 * The first sample of a file with its second half missing.
 * @throws ConfigError or FileError as `openTokenData`.
 */
export async function openHalf(
  model: Pick<TokenModel, 'trained' | 'length' | 'alphabet'>,
  ref: string,
): Promise<TextGaps> {
  const { set } = await openTokenData(model, ref);
  const { length, alphabet } = model;
  const half = Math.floor(length / 2);
  const tokens = Array.from(loadBatch(set, model.trained.data.scaler, [0], key(0)));
  const fill = Array.from({ length: length - half }, (_, i) => half + i);
  for (const i of fill) tokens[i] = alphabet.length;
  return { tokens, fill, length };
}
