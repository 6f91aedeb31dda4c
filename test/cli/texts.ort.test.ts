/** @file Texts by the command line: trained, asked for, and refused. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseNpz } from '../../src/data/arrays/npz.ts';
import { newFolder } from '../io/folders.ts';
import { smallImages } from './scorefield.ts';
import { reportedCalls, type ReportedCalls } from './reported-calls.ts';

const cwd = newFolder();
// Without a decay the rate of a step does not depend on how many there are to be.
const quick = ['--set', 'train.warmup=1', '--set', 'train.sampleEvery=0', '--set', 'train.decay=none'];
const ofHearts = ['--set', 'data.combinations=seen', '--group', 'hearts'];
const small = smallImages.filter((word) => word !== '--group' && word !== 'faces');
const train = (out: string, steps: number, ...more: readonly string[]): string[] => [
  ...['train', 'emoji', '--out', out, '--steps', String(steps), '--json', ...small, ...quick, ...ofHearts, ...more],
];
const words = ['--condition', 'words', '--set', 'condition.words=20'];
const sample = (out: string, ...more: readonly string[]): string[] => [
  ...['sample', 'run', '--steps', '2', '--json', '--threads', '1', '--out', out, ...more],
];

const good = {
  run: train(
    'run',
    2,
    '--condition',
    'words-trigrams',
    '--set',
    'condition.buckets=32',
    '--set',
    'train.wordDropout=0.2',
  ),
  half: train('half', 2, ...words),
  resumed: train('half', 4, '--resume', ...words),
  whole: train('whole', 4, ...words),
  pack: ['pack', 'run', '--out', 'packed', '--json'],
  info: ['info', 'packed', '--json'],
  one: sample('one.npz', '--text', 'Blue heart', '-n', '2'),
  again: sample('again.npz', '--text', 'heart, blue', '-n', '2'),
  packed: ['sample', 'packed', '--text', 'red heart', '-n', '1', '--steps', '2', '--json'],
  several: sample('several.npz', '--text', 'red heart', '--text', 'blue heart', '-n', '3'),
  unknown: sample('unknown.npz', '--text', 'blu heart of gold', '-n', '1'),
  likelihood: [
    'likelihood',
    'run',
    '--data',
    'train',
    '-n',
    '2',
    '--method',
    'bound',
    '--terms',
    '2',
    '--given-text',
    '--json',
  ],
  free: ['likelihood', 'run', '--data', 'train', '-n', '2', '--method', 'bound', '--terms', '2', '--json'],
  init: ['train', 'emoji', '--out', 'further', '--steps', '1', '--init', 'run', '--json', ...quick, '--size', '8', '--group', 'hearts', '--set', 'data.combinations=unseen', '--batch', '2'], // prettier-ignore
  plain: train('plain', 1),
};

const bad: ReportedCalls<string>['bad'] = {
  'a text for a run without': [
    ['sample', 'plain', '--text', 'red heart'],
    /--text: this run knows no texts; train one with --condition words/,
  ],
  'a class for a run of texts': [
    sample('no.npz', '--class', 'red'),
    /--class: this run knows texts and no classes; ask for a text/,
  ],
  'a class and a text': [
    sample('no.npz', '--class', 'red', '--text', 'red'),
    /--text: expected a class or a text, got both/,
  ],
  'densities given texts of a run without': [
    ['likelihood', 'plain', '--data', 'train', '--given-text'],
    /--given-text: this run knows no texts; train one with --condition words/,
  ],
  'data without texts': [
    ['train', 'two-moons', '--condition', 'words', '--out', 'no'],
    /condition: expected data with texts, found none in two-moons/,
  ],
  'a network without conditions': [
    ['train', 'emoji', '--condition', 'words', '--net', 'score-net', '--out', 'no'],
    /--condition: expected one of the networks mlp, diffwave, ddpmpp, ncsnpp, ddpm, got score-net/,
  ],
  'two conditions': [
    ['train', 'emoji', '--condition', 'words', '--conditional', '--out', 'no'],
    /--conditional: this is --condition classes, got words too/,
  ],
  'other columns than the texts have': [
    train('no', 1, ...words, '--set', 'net.classes=7'),
    /net\.classes: expected the 20 columns of the texts of emoji-hearts, got 7/,
  ],
};

const { endOf, resultOf } = await reportedCalls({ cwd, good, bad });
const arrays = (name: string): ReturnType<typeof parseNpz> =>
  parseNpz(new Uint8Array(readFileSync(join(cwd, name))), name);

it('a run that went on is the run that did not stop', () => {
  const last = (run: string): Buffer => readFileSync(join(cwd, run, 'checkpoints', '00000004.safetensors'));
  expect(last('half').equals(last('whole'))).toBe(true);
});

it('a text is its words, in any order and case, and is stored with its samples', () => {
  expect(arrays('one.npz').get('samples')).toEqual(arrays('again.npz').get('samples'));
  expect(Buffer.from(arrays('one.npz').get('texts')!.data as Uint8Array).toString()).toBe('Blue heartBlue heart');
  expect(resultOf('one')).toMatchObject({ n: 2, texts: ['Blue heart'], guidance: 1, unknownWords: [] });
});

it('several texts have a row of samples each', () => {
  expect(resultOf('several')).toMatchObject({ n: 6, texts: ['red heart', 'blue heart'] });
  expect(arrays('several.npz').get('texts')!.shape).toEqual([6, 10]);
});

it('a packed model knows its words', () => {
  expect(resultOf('packed')).toMatchObject({ file: expect.stringMatching(/red-heart-guidance1\.png$/) as string });
  expect(resultOf('info')).toMatchObject({
    config: { condition: { kind: 'words-trigrams', words: 256, buckets: 32 } },
  });
  expect(JSON.stringify(resultOf('info'))).toMatch(/trigrams in 32 columns/);
});

it('unknown words are said in a line, with what may have been meant', () => {
  const note = 'words that the run does not know, taken by their letters alone: blu (did you mean blue?), of, gold';
  expect(endOf('unknown').err).toContain(`note: ${note}\n`);
  const unknownWords = [{ word: 'blu', meant: 'blue' }, { word: 'of' }, { word: 'gold' }];
  expect(resultOf('unknown')).toMatchObject({ unknownWords });
});

it('densities differ given texts', () => {
  expect(resultOf('likelihood')).toMatchObject({ givenText: true });
  expect(resultOf('likelihood')['bitsPerDim']).not.toBe(resultOf('free')['bitsPerDim']);
});

it('a run that begins with another keeps its words', () => {
  const config = JSON.parse(readFileSync(join(cwd, 'further', 'config.json'), 'utf8')) as object;
  expect(config).toMatchObject({ condition: { kind: 'words-trigrams', buckets: 32 } });
  expect(endOf('init').code).toBe(0);
});
