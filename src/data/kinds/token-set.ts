/** @file Sets of sequences of tokens, and what can be done with them whatever the tokens are. */
import { checkOptions } from '../../base/check.ts';
import { ConfigError, ShapeError } from '../../base/errors.ts';
import { foldIn, key, type Key } from '../../base/key.ts';
import { indexOf, uniform } from '../../base/random.ts';
import { batchOf, dimensionOf, type Shape, type Tensor } from '../../base/tensor.ts';
import { momentsOf } from '../moments.ts';
import type { Scaler } from '../scaler.ts';
import { countOf } from './sample-count.ts';
import type { Labeled, LoadRequest, OwnSet, SetKind } from './set-kind.ts';

/** Sequences of equal length, windows of a longer one that may overlap. */
export interface TokenSet extends OwnSet {
  /** L, tokens of a sequence. */
  readonly length: number;
  /** What each token is, such as a character; their numbers are its order. */
  readonly alphabet: readonly string[];
  /** All tokens, of which sample i begins at `starts[i]`, or at i where there are no starts. */
  readonly tokens: Uint8Array;
  readonly starts?: Uint32Array | undefined;
  /** Whether batches are augmented, as the kind does it. Default false. */
  readonly augmented?: boolean | undefined;
}

/** Most tokens that sequences can have: their numbers are bytes, and one number is the mask. */
export const mostTokens = 255;

/** What a stored scaler says of tokens: the alphabet. */
export function alphabetOf({ transform }: Pick<Scaler, 'transform'>): readonly string[] {
  if (!isAlphabet(transform))
    throw new ShapeError('expected the scaler of a set of tokens, got one without an alphabet');
  return transform.alphabet;
}

function isAlphabet(transform: unknown): transform is { readonly alphabet: readonly string[] } {
  const { alphabet } = (typeof transform === 'object' && transform !== null ? transform : {}) as Record<
    string,
    unknown
  >;
  return (
    Array.isArray(alphabet) &&
    alphabet.length >= 1 &&
    alphabet.length <= mostTokens &&
    alphabet.every((name) => typeof name === 'string') &&
    new Set(alphabet).size === alphabet.length
  );
}

/** The tokens of row `row`, not a copy. */
export function sequenceOf({ tokens, starts, length }: TokenSet, row: number): Uint8Array {
  const begin = starts?.[row] ?? row;
  return tokens.subarray(begin, begin + length);
}

/** What distinguishes the kinds of tokens. */
export interface TokenKind {
  readonly name: string;
  /** How an unknown token is named in a message. */
  readonly called: (token: string) => string;
  /** Whether an alphabet is one of the kind. Default any. */
  readonly alphabetOk?: (alphabet: readonly string[]) => boolean;
  /** Changes a sequence that is loaded, such as by a transposition, in place. Default nothing. */
  readonly augment?: (key: Key, sequence: Float32Array, alphabet: readonly string[]) => void;
}

/** What can be done with sets of a kind of tokens. */
export function tokenSets({ name, called, alphabetOk, augment }: TokenKind): SetKind<TokenSet> & {
  transformOk(transform: unknown): boolean;
} {
  const made = (of: Omit<TokenSet, 'operations'>): TokenSet => ({ operations: kind, ...of });
  const numbersOf = (set: TokenSet, rows: readonly number[], alphabet: readonly string[]): Float64Array => {
    const numbers = renumbered(set, alphabet, called);
    const out = new Float64Array(rows.length * set.length);
    rows.forEach((row, i) =>
      sequenceOf(set, row).forEach((token, j) => (out[i * set.length + j] = numbers[token] ?? 0)),
    );
    return out;
  };
  const load = (set: TokenSet, { scaler, rows, key: own }: LoadRequest): Float32Array => {
    const alphabet = alphabetOf(scaler);
    const out = Float32Array.from(numbersOf(set, rows, alphabet));
    if (augment !== undefined && set.augmented === true)
      rows.forEach((_, i) => augment(foldIn(own, i), out.subarray(i * set.length, (i + 1) * set.length), alphabet));
    return out;
  };
  const setOf = (x: Tensor, alphabet: readonly string[], about: Labeled & { readonly name: string }): TokenSet => {
    const length = dimensionOf(x, 1);
    const tokens = Uint8Array.from(x.data, Math.round);
    const starts = Uint32Array.from({ length: batchOf(x) }, (_, i) => i * length);
    return made({ ...about, count: starts.length, length, alphabet, tokens, starts });
  };
  const kind: SetKind<TokenSet> & { transformOk(transform: unknown): boolean } = Object.freeze({
    name,
    shapeOk: (shape: Shape) => shape.length === 1,
    sampleShape: ({ length }: TokenSet) => [length],
    firstOf: (set: TokenSet, count: number) => ({ ...set, count }),
    content: ({ tokens, starts, alphabet }: TokenSet) => [
      tokens,
      new TextEncoder().encode(JSON.stringify(alphabet)),
      ...(starts === undefined ? [] : [new Uint8Array(starts.buffer, starts.byteOffset, starts.byteLength)]),
    ],
    describe: ({ tokens, alphabet }: TokenSet) => ({
      ...momentsOf(tokens, { groups: 1, anySize: true }),
      alphabet: alphabet.map(called).join(' '),
    }),
    scalerOf: ({ alphabet, name: of }: TokenSet) => {
      checkOptions([alphabet.length > 1, 'data', `expected tokens that differ, found that all of ${of} are ${alphabet.map(called).join()}`]); // prettier-ignore
      return { kind: 'standard' as const, factor: 1, shift: [0], transform: { alphabet: [...alphabet] } };
    },
    transformOk: (transform: unknown) => isAlphabet(transform) && alphabetOk?.(transform.alphabet) !== false,
    load,
    features: name,
    numbers: (set: TokenSet, rows: readonly number[], scaler: Scaler) => numbersOf(set, rows, alphabetOf(scaler)),
    toArray: (x: Tensor) => ({ shape: x.shape, data: Uint8Array.from(x.data, Math.round) }),
    toSet: (x: Tensor, { scaler }: { readonly scaler: Scaler }, about: Labeled & { readonly name: string }) =>
      setOf(x, alphabetOf(scaler), about),
    fromArray: (
      { shape, data }: { readonly shape: Shape; readonly data: ArrayLike<number> },
      { shape: [length = 1], scaler }: { readonly shape: Shape; readonly scaler: Scaler },
      of: string,
    ) => {
      const alphabet = alphabetOf(scaler);
      const count = countOf(shape, [length], data, of);
      const values = Float64Array.from(data);
      const bad = values.find((value) => !Number.isInteger(value) || value < 0 || value >= alphabet.length);
      if (bad !== undefined)
        throw new ShapeError(`${of}: expected tokens of 0 to ${alphabet.length - 1}, found ${bad}`);
      return setOf({ shape: [count, length], data: values }, alphabet, { name: of });
    },
    standIn: ([length = 1]: Shape) => {
      const alphabet = ['a', 'b'];
      const tokens = Uint8Array.from(uniform(key(0), 2 * length), (u) => indexOf(u, 2));
      return made({ name: 'a stand-in', count: 2, length, alphabet, tokens, starts: Uint32Array.of(0, length) });
    },
  });
  return kind;
}

/** The number in an alphabet of each token of a set. */
function renumbered(
  { name, alphabet: own, tokens }: TokenSet,
  alphabet: readonly string[],
  called: TokenKind['called'],
): Int32Array {
  const numbers = Int32Array.from(own, (token) => alphabet.indexOf(token));
  const missing = own.filter((_, k) => numbers[k] === -1 && tokens.includes(k));
  if (missing.length > 0)
    throw new ConfigError([
      {
        path: 'data',
        message: `expected the ${alphabet.length} tokens that the model has learned, found ${some(missing.map(called))} in ${name}; leave them out, or train on data that have them`,
      },
    ]);
  return numbers;
}

/** The first of some names, and how many there are more. */
function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
