/** @file The words of the glossary: none that it lists under "not" is in the code, its messages and help texts, or the documentation. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Folders of `src/` whose words are still to be replaced. */
const exempt: readonly string[] = [];

/** Where a word of the list is right: the lines that may have it, and why. */
const allowed: readonly { readonly word: string; readonly line: RegExp; readonly why: string }[] = [
  {
    word: 'hold',
    line: /\b(rule that does not|laws?|equations?|identity|bound|both) hold\b/,
    why: 'in mathematics a law holds',
  },
  {
    word: 'holds',
    line: /\b(law|equation|identity|bound) holds\b|\bholds(: boolean|: \(|\(|[\]),])|!holds\b/,
    why: 'in mathematics a law holds; a predicate that says whether it does',
  },
  {
    word: 'move',
    line: /(inputs|not) move\b|; move (them|one)\b/,
    why: 'inputs of a derivative move; files are moved elsewhere',
  },
  {
    word: 'moves',
    line: /\bmoves(\.map| =|\[)|longer moves|layer moves|[Mm]oves (towards|calls|the cursor|files|a stale lock)/,
    why: 'an iterate, a pixel, a call, a cursor or a file moves',
  },
];

/** The cells of the rows of the glossary's table: word, meaning, words that we do not use. */
const rows = readFileSync(join(root, 'docs/glossary.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, word = '', meaning = '', not = '']) => ({ word, meaning, not: not.split(',').map((one) => one.trim()) }));
const banned = rows.flatMap(({ word, not }) => not.filter((one) => one !== '').map((one) => ({ not: one, word })));

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tsx?|cts|js|md|html)$/.test(name) && !/node_modules|\.vitepress/.test(name))
    .map((name) => join(folder, name));
}

const files = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'].map((name) => join(root, name)),
  ...filesOf(join(root, 'docs')).filter((path) => !path.endsWith('glossary.md')),
  ...filesOf(join(root, 'src')).filter(
    (path) => !exempt.includes(relative(join(root, 'src'), path).split(/[/\\]/)[0]!),
  ),
].map((path) => ({ name: relative(root, path), text: readFileSync(path, 'utf8') }));

/** A word or a phrase, which may go on in the next line of a comment. */
const patternOf = (phrase: string): RegExp =>
  new RegExp(`(?<![\\w-])${phrase.replaceAll(' ', String.raw`(?:\s|\*|//)+`)}(?![\\w-])`, 'gi');

function places(text: string, phrase: string): { readonly line: string; readonly at: number }[] {
  const lines = text.split('\n');
  return [...text.matchAll(patternOf(phrase))].map(({ index }) => {
    const at = text.slice(0, index).split('\n').length;
    return { line: lines[at - 1] ?? '', at };
  });
}

const isAllowed = (word: string, line: string): boolean =>
  allowed.some((one) => one.word === word && one.line.test(line));

describe('the glossary', () => {
  it('has a word and a meaning in each row, and names words that are not used', () => {
    for (const { word, meaning } of rows) expect([word, meaning]).not.toContain('');
    expect(new Set(rows.map(({ word }) => word)).size).toBe(rows.length);
    expect(banned.length).toBeGreaterThan(20);
  });

  it.each(banned)("has '$word' in place of '$not'", ({ not, word }) => {
    const found = files.flatMap(({ name, text }) =>
      places(text, not)
        .filter(({ line }) => !isAllowed(not, line))
        .map(({ line, at }) => `${name}:${at}: '${not}', expected '${word}': ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });

  it('finds a phrase over two lines of a comment, in any case, and no part of a word', () => {
    expect(places(' * Models in\n * the box', 'in the box').map(({ at }) => at)).toEqual([1]);
    expect(places('Told', 'told')).toHaveLength(1);
    expect(places('planes and plane-wise', 'plane')).toEqual([]);
  });

  it.each(allowed)("lets '$word' stand somewhere: $why", ({ word, line }) => {
    expect(files.some(({ text }) => places(text, word).some((place) => line.test(place.line)))).toBe(true);
  });
});

describe('spelling', () => {
  /** British forms of words that the code is full of; the command `dequantise` and its option keep their names. */
  const british =
    /\b\w*(colour|grey(?!16)|centre|normalis|standardis|optimis(?!tic)|initialis|neighbour|behaviour|labelled|modelling|discretis|parametris|summaris|minimis|regularis|rasteris|serialis)\w*/gi;
  it('is American', () => {
    const all = [...filesOf(join(root, 'src')), ...filesOf(join(root, 'docs')), join(root, 'README.md')];
    const found = all.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(british)].map(([word]) => `${relative(root, path)}: ${word}`),
    );
    expect(found).toEqual([]);
  });
});
