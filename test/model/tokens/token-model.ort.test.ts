/** @file Models of tokens by the library: a text that is trained on, gone on with, written, filled and measured. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { key } from '../../../src/base/key.ts';
import { drawChain } from '../../../src/discrete/markov-chain.ts';
import { textOf } from '../../../src/data/kinds/text.ts';
import { gapsOf } from '../../../src/model/tokens/gaps.ts';
import { openModel } from '../../../src/node/open-model.ts';
import { openTokenModel } from '../../../src/node/open-token-model.ts';
import { packModel } from '../../../src/node/pack-model.ts';
import { openTokenData } from '../../../src/node/token-data.ts';
import { trainRun } from '../../../src/node/train-run.ts';
import { loadAnyRun, loadRun } from '../../../src/run/load.ts';

const folder = mkdtempSync(join(tmpdir(), 'scorefield-tokens-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A text in which "ab" and "cd" follow each other: its second letters are known from the first. */
const chain = {
  initial: [0.5, 0, 0.5, 0],
  transition: [
    [0, 1, 0, 0],
    [0.5, 0, 0.5, 0],
    [0, 0, 0, 1],
    [0.5, 0, 0.5, 0],
  ],
};
const text = Array.from(drawChain(chain, [key(1)], 2000).data, (k) => 'abcd'[k]).join('');
const file = join(folder, 'pairs.txt');
writeFileSync(file, text);

const small = {
  threads: 1,
  config: {
    data: { length: 12 },
    net: { kind: 'dilated', width: 16, depth: 3, cycle: 3 },
    train: { batch: 32, learningRate: 1e-2, warmup: 5, emaDecay: 0.9 },
  },
};

it('learns a text, goes on bit for bit, writes, fills gaps and says bits', async () => {
  const whole = join(folder, 'whole');
  await trainRun(file, { ...small, out: whole, steps: 40 });
  const parts = join(folder, 'parts');
  await trainRun(file, { ...small, out: parts, steps: 25 });
  await trainRun(file, { ...small, out: parts, steps: 40, resume: true });
  const [one, other] = [whole, parts].map((run) => loadAnyRun(run).point.state.params);
  expect(other).toEqual(one);
  await trainRun(file, { ...small, out: whole, steps: 200, resume: true });

  await using model = await openTokenModel(whole, { threads: 1 });
  expect(model.alphabet.join('')).toBe('abcd');
  const { set, evaluations } = await model.sample({ count: 8, seed: 3 });
  expect(evaluations).toBe(12);
  const [first, again] = [set, (await model.sample({ count: 1, seed: 3 })).set].map((drawn) => textOf(drawn, 0));
  expect(again).toBe(first);
  const joined = Array.from({ length: 8 }, (_, row) => textOf(set, row)).join(' ');
  const wrong = joined.match(/a[acd]|c[abc]|b[bd]|d[bd]/g)?.length ?? 0;
  expect(wrong).toBeLessThan(8);
  expect((await model.sample({ count: 2, steps: 4 })).evaluations).toBeLessThanOrEqual(4);

  const filled = await model.fill(gapsOf('aba_cd', model), { count: 6, seed: 2 });
  const found = Array.from({ length: 6 }, (_, row) => textOf(filled.set, row).slice(0, 6));
  expect(found.filter((one) => one === 'ababcd').length).toBeGreaterThanOrEqual(5);

  const { set: test, rows } = await openTokenData(model, 'test');
  const { bitsPerToken, drawError } = await model.bits(test, { rows, draws: 16 });
  // Half a bit a character is the entropy; even odds are two bits.
  expect(bitsPerToken.value).toBeGreaterThan(0.5 - 3 * bitsPerToken.standardError);
  expect(bitsPerToken.value).toBeLessThan(0.8);
  expect(drawError).toBeLessThan(0.1);

  expect(() => gapsOf('abcd', model)).toThrow('expected _ where characters are missing');
  expect(() => gapsOf('ab€_', model)).toThrow('expected characters of the text that the model has learned, got €');
  expect(() => gapsOf('_'.repeat(13), model)).toThrow('expected at most 12 characters');
  expect(() => loadRun(whole)).toThrow('expected a run that learns a score');
  await expect(packModel(whole)).rejects.toThrow('expected a run of a score or a classifier');
  const scores = await openModel(whole, { threads: 1 });
  await expect(scores.encode(test)).rejects.toThrow('expected a run that learns a score');
  expect(readFileSync(join(whole, 'config.json'), 'utf8')).toContain('token-model');
});

it('learns the steps of a chain of noise, whose gaps are none', async () => {
  const out = join(folder, 'steps');
  const config = { ...small.config, loss: { noise: 'uniform', steps: 6 }, train: { ...small.config.train, batch: 8 } };
  await trainRun(file, { threads: 1, config, out, objective: 'd3pm', steps: 20 });
  await using model = await openTokenModel(out, { threads: 1 });
  const { set } = await model.sample({ count: 2 });
  expect(textOf(set, 1)).toMatch(/^[abcd]{12}$/);
  await expect(model.fill(gapsOf('ab_', model)).result).rejects.toThrow('expected a model that was trained with masks');
  const { set: test, rows } = await openTokenData(model, 'test');
  const { bitsPerToken } = await model.bits(test, { rows: rows.slice(0, 8), draws: 2 });
  expect(bitsPerToken.value).toBeGreaterThan(0.4);
  expect(bitsPerToken.value).toBeLessThan(4);
});
