import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { figures } from '../../src/figure/figures.ts';
import { newFolder } from '../io/folders.ts';
import { inPairs, listing, oneAfterAnother, scorefield, type Ended } from './scorefield.ts';

const cwd = newFolder();
const names = figures.map(({ name }) => name);

describe('scorefield figure', () => {
  let once: Ended;
  let again: Ended;
  let other: Ended;
  beforeAll(async () => {
    const calls = [
      // A run that no figure of these needs is not looked at.
      ['score-field', '--run', 'nothing'],
      ['score-field', '--out', 'again', '--json'],
      ['score-field', '--out', 'other', '--seed', '1', '--json'],
    ];
    [once, again, other] = (await inPairs(calls, (args) => scorefield(['figure', ...args], { cwd }))) as [
      Ended,
      Ended,
      Ended,
    ];
  }, 60_000);

  it('writes a picture and its numbers', () => {
    expect(once).toMatchObject({ code: 0, err: '' });
    expect(once.out).toContain('figures/score-field.svg, figures/score-field.json');
    expect(readFileSync(join(cwd, 'figures/score-field.svg'), 'utf8')).toMatch(/^<svg /);
    const file = JSON.parse(readFileSync(join(cwd, 'figures/score-field.json'), 'utf8')) as { seed: number };
    expect(file.seed).toBe(0);
  });

  it('repeats itself from a seed', () => {
    expect(again.code).toBe(0);
    expect(JSON.parse(again.out)).toEqual({
      seed: 0,
      figures: [{ name: 'score-field', picture: 'again/score-field.svg', numbers: 'again/score-field.json' }],
      notDrawn: [],
    });
    expect(listing(join(cwd, 'again'))).toEqual(listing(join(cwd, 'figures')));
    expect(other.code).toBe(0);
    expect(listing(join(cwd, 'other'))['score-field.json']).not.toBe(listing(join(cwd, 'again'))['score-field.json']);
  });

  it('lists the figures, and says what is wrong with other names', { timeout: 60_000 }, async () => {
    writeFileSync(join(cwd, 'a-file'), '');
    const [list, json, none, unknown, file, run] = (await oneAfterAnother(
      [
        ['--list'],
        ['--list', '--json'],
        [],
        ['mona-lisa'],
        ['score-field', '--out', 'a-file'],
        ['noise-to-image-sde', '--run', 'nowhere'],
      ].map((args) => ['figure', ...args]),
      { cwd },
    )) as [Ended, Ended, Ended, Ended, Ended, Ended];
    expect(list.code).toBe(0);
    expect(
      list.out
        .split('\n\n')[0]!
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(names);
    // Every training command stands there once, with the figures that are drawn from its run.
    const needy = figures.flatMap(({ needs, name }) => (needs === undefined ? [] : [{ needs, name }]));
    expect(needy.length).toBeGreaterThan(new Set(needy.map(({ needs }) => needs)).size);
    for (const { needs, name } of needy) {
      expect(list.out.split(`\n  ${needs}\n`)).toHaveLength(2);
      expect(list.out.split(`\n  ${needs}\n`)[0]!.split('\n').at(-1)).toContain(name);
    }
    expect((JSON.parse(json.out) as { figures: { name: string }[] }).figures.map(({ name }) => name)).toEqual(names);
    for (const wrong of [none, unknown, file, run]) {
      expect(wrong.code).toBe(2);
      expect(wrong.err).toMatch(/^scorefield: [^\n]+\n$/);
    }
    expect(none.err).toContain(`(${names.join(', ')}), got none`);
    expect(unknown.err).toContain("got 'mona-lisa'");
    expect(existsSync(join(cwd, 'a-file'))).toBe(true);
  });
});
