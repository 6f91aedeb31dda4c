/** @file Which text of a sample a network is given, and how often none. */
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { codingSize, textRow, type TextCoding } from '../../src/data/texts/text-coding.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { conditionalTexts, givenOf } from '../../src/train/conditional-texts.ts';
import { backends, firstSteps, set as points, tiny } from './tiny.ts';

const coding: TextCoding = { words: ['a', 'b', 'c'], buckets: 0 };
const texts = [['a', 'a b'], ['c'], []];
const n = 12_000;
const rows = Array.from({ length: n }, (_, i) => i % 3);
const drawn = (dropout: number, seed = 1): Float32Array =>
  conditionalTexts(texts, rows, { coding, dropout, key: key(seed) });
const rowOf = (all: Float32Array, i: number): Float32Array => all.subarray(3 * i, 3 * i + 3);

it.each([0, 0.1, 0.5])('each text of a sample is as likely, and none with probability %d', (dropout) => {
  const all = drawn(dropout);
  const counts = { a: 0, 'a b': 0, c: 0 };
  rows.forEach((row, i) => {
    const own = rowOf(all, i);
    if (own.every((value) => value === 0)) return;
    const text = (['a', 'a b', 'c'] as const).find((one) => textRow(coding, one).join() === own.join());
    expect(texts[row]).toContain(text);
    if (text !== undefined) counts[text] += 1;
  });
  const share = (1 - dropout) / 2;
  // Four standard errors of a share of n / 3 samples.
  const within = (count: number, p: number): void => {
    expect(Math.abs(count / (n / 3) - p)).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / (n / 3)));
  };
  within(counts.a, share);
  within(counts['a b'], share);
  within(counts.c, 1 - dropout);
});

it('words are left out of texts, each with its probability', () => {
  const all = conditionalTexts([['a b c']], new Array<number>(n).fill(0), {
    coding,
    dropout: 0,
    wordDropout: 0.3,
    key: key(4),
  });
  const marked = Array.from({ length: n }, (_, i) => [...rowOf(all, i)].map((value) => Number(value > 0)));
  for (const column of [0, 1, 2]) {
    const share = marked.filter((row) => row[column] === 1).length / n;
    expect(Math.abs(share - 0.7)).toBeLessThan(4 * Math.sqrt((0.7 * 0.3) / n));
  }
  // Words are left out apart from each other: of two, both are there with the product of their probabilities.
  const both = marked.filter(([a, b]) => a === 1 && b === 1).length / n;
  expect(Math.abs(both - 0.49)).toBeLessThan(4 * Math.sqrt((0.49 * 0.51) / n));
  // What is left is a text of its own.
  for (let i = 0; i < 50; i++) {
    const words = coding.words.filter((_, column) => marked[i]?.[column] === 1);
    expect(rowOf(all, i)).toEqual(textRow(coding, words.join(' ')));
  }
});

it('the key decides', () => {
  expect(drawn(0.5)).toEqual(drawn(0.5));
  expect(drawn(0.5)).not.toEqual(drawn(0.5, 2));
});

it('samples are given their first text, or their class where there is no coding', () => {
  const set = { texts, labels: Uint8Array.of(2, 0, 1) };
  expect(givenOf(set, [1, 0, 2], coding)).toEqual([textRow(coding, 'c'), textRow(coding, 'a'), undefined]);
  expect(givenOf(set, [1, 0])).toEqual([0, 2]);
  expect(givenOf({ labels: set.labels }, [1], coding)).toBeUndefined();
  expect(givenOf({ texts }, [1])).toBeUndefined();
});

describe.each(backends)('training with texts by $kind', (backend) => {
  const own = { words: ['low', 'high'], buckets: 4 };
  const set = { ...points, texts: Array.from(points.labels!, (label) => [label === 0 ? 'low' : 'high', 'a point']) };
  const net = mlp(2, { width: 8, depth: 2, features: 4, classes: codingSize(own) });
  const options = tiny(backend, { net, set, coding: own, labelDropout: 0.3 });

  it('resumes from every yielded point as if it had not stopped, bit for bit', async () => {
    const all = await firstSteps(options, 5);
    for (const at of [1, 3]) {
      const { step, state, smoothedLoss, levels } = all[at - 1]!;
      const from = { step, state: structuredClone(state), smoothedLoss, levels };
      expect(await firstSteps({ ...options, from }, 5 - at)).toEqual(all.slice(at));
    }
  });

  it('gives the network the texts of the batch, but for those that are left out', async () => {
    const params = async (changes: Partial<typeof options>): Promise<Float32Array> =>
      (await firstSteps({ ...options, ...changes }, 2))[1]!.state.params;
    const other = { ...set, texts: set.texts.toReversed() };
    expect(await params({ set: other })).not.toEqual(await params({}));
    expect(await params({ labelDropout: 1, set: other })).toEqual(await params({ labelDropout: 1 }));
  });

  it('needs the texts of every sample', async () => {
    await expect(firstSteps({ ...options, set: points }, 1)).rejects.toThrow(ConfigError);
    const few = { ...set, texts: set.texts.slice(1) };
    await expect(firstSteps({ ...options, set: few }, 1)).rejects.toThrow(/texts for each of 1000 samples, found 999/);
  });
});
