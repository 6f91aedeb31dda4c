import { describe, expect, it } from 'vitest';
import { merge } from '../../src/catalog/config/merge.ts';
import { parseConfigFile, parseSettings } from '../../src/catalog/config/config-text.ts';
import { checkAsked } from '../../src/catalog/config/resolve.ts';
import { issuesOf } from './sets.ts';

describe('settings on the command line', () => {
  it.each([
    ['train.batch=64', { train: { batch: 64 } }],
    ['train.learningRate=1e-4', { train: { learningRate: 1e-4 } }],
    ['net.multipliers=[1, 2]', { net: { multipliers: [1, 2] } }],
    ['net.multipliers=[1,2,2]', { net: { multipliers: [1, 2, 2] } }],
    ['data.flips=true', { data: { flips: true } }],
    ['range=unit', { range: 'unit' }],
    ['data.ref=a=b', { data: { ref: 'a=b' } }],
    ['sde={kind: ve, sigmaMax: 3}', { sde: { kind: 've', sigmaMax: 3 } }],
    ['a.b.c.d=1', { a: { b: { c: { d: 1 } } } }],
    ['data.ref="12"', { data: { ref: '12' } }],
    ['train.steps=', { train: { steps: null } }],
  ])('%s', (setting, expected) => expect(parseSettings([setting])).toEqual(expected));

  it('join, and the last of two for one key counts', () => {
    expect(parseSettings(['a.x=1', 'a.y=2', 'b=3', 'a.x=4'])).toEqual({ a: { x: 4, y: 2 }, b: 3 });
    expect(parseSettings([])).toEqual({});
  });

  it('that are unknown are all reported at once', () => {
    const issues = issuesOf(() => parseSettings(['foo', 'train.batch=[1', '=3', '.a=1', 'a b=1', 'ok=1', 'x={', '']));
    expect(issues.map((issue) => issue.split(':')[0])).toEqual([
      '--set',
      'train.batch',
      '--set',
      '--set',
      '--set',
      'x',
      '--set',
    ]);
    expect(issues[0]).toBe('--set: expected name.key=value, got foo');
    expect(issues[1]).toMatch(/^train\.batch: expected a number, a word, or a list .*, got \[1$/);
  });

  it('reach no prototype', () => {
    const settings = ['a.__proto__.polluted=1', 'constructor.prototype.polluted=1', 'a={__proto__: {polluted: 1}}'];
    const file = parseConfigFile('{"__proto__": {"polluted": 1}}', 'f');
    const merged = merge(parseSettings(settings), file, file);
    expect('polluted' in {}).toBe(false);
    expect('polluted' in merged).toBe(false);
    // It stays a key that the schema does not know.
    expect(Object.keys(merged)).toContain('__proto__');
  });
});

describe('a configuration file', () => {
  it('is YAML or JSON', () => {
    const expected = { train: { batch: 8, steps: 100 }, net: { multipliers: [1, 2] } };
    const yaml = 'train:\n  batch: 8\n  steps: 100 # enough\nnet: {multipliers: [1, 2]}\n';
    expect(parseConfigFile(yaml, 'run.yaml')).toEqual(expected);
    expect(parseConfigFile(JSON.stringify(expected), 'run.json')).toEqual(expected);
    for (const empty of ['', '\n', '# nothing\n', '{}', 'null']) expect(parseConfigFile(empty, 'f')).toEqual({});
  });

  it.each([
    ['train:\n  batch: 8\n   steps: 3\n', 2],
    ['{"train": {"batch": 8,}', 1],
    ['train: {batch: 8}\nsde: {}\ntrain: {steps: 3}\n', 3],
    ['train:\n\tbatch: 8\n', 2],
    ['a: "b\n', 1],
    ['a: 1\nb: *nothing\n', 0],
  ])('that does not parse is reported with its name and the line: %j', (text, line) => {
    const [issue, ...more] = issuesOf(() => parseConfigFile(text, 'run.yaml'));
    expect(more).toEqual([]);
    expect(issue).toMatch(/^run\.yaml: expected YAML or JSON: [^\n]+$/);
    // A parse has an end beyond the text where something is not closed.
    if (line > 0) expect(issue).toMatch(new RegExp(`at line (${line}|${line + 1}), column \\d+$`));
  });

  const endless: Readonly<Record<string, string>> = {
    'a list that contains itself': 'a: &x [*x]',
    'a mapping that contains itself': 'a: &x {b: *x, c: *x}',
    'thousands of levels': `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    'hundreds of levels': `a: ${'['.repeat(200)}${']'.repeat(200)}`,
    'aliases that multiply': `a: &a [1]\n${Array.from({ length: 12 }, (_, i) => `b${i}: &b${i} [${`*${i === 0 ? 'a' : `b${i - 1}`}, `.repeat(9)}]\n`).join('')}`,
    'a tag that nobody knows': 'a: !tag 3',
    'another one': 'a: !!python/object 3',
    'a key that is a list': '? [1, 2]\n: 3',
    'two documents': 'a: 1\n---\nb: 2\n',
    'a version of YAML that is none': '%YAML 9.9\n---\na: 1\n',
  };

  it.each(Object.entries(endless))('with %s is refused in one sentence, or read', (_, text) => {
    const warned: unknown[] = [];
    const onWarning = (warning: unknown): void => void warned.push(warning);
    process.on('warning', onWarning);
    const issues = issuesOf(() => checkAsked(merge({ data: { ref: 'x' } }, parseConfigFile(text, 'run.yaml'))));
    process.off('warning', onWarning);
    expect(warned).toEqual([]);
    expect(issues).toHaveLength(1);
    // V8 has run out of memory over the pattern of a repetition of 300.
    expect(issues[0]).not.toContain('\n');
    expect(issues[0]?.length).toBeLessThanOrEqual(300);
  });

  it('and a setting with such a value are refused alike', () => {
    for (const value of ['&x [*x]', '&x {a: *x}', '['.repeat(20_000), `${'['.repeat(200)}${']'.repeat(200)}`, '!tag 3'])
      expect(issuesOf(() => parseSettings([`train.batch=${value}`]))).toEqual([
        expect.stringMatching(/^train\.batch: expected a number, a word, or a list such as \[1, 2\], got .{1,80}$/),
      ]);
    expect(issuesOf(() => parseSettings([`${'a.'.repeat(20_000)}b=1`]))[0]).toMatch(/expected at most 8 names/);
  });

  it.each(['- 1\n', '5', 'words', '[]', '\u0000\u0001'])('that contains no keys is refused: %j', (text) => {
    expect(issuesOf(() => parseConfigFile(text, 'run.yaml'))[0]).toMatch(/^run\.yaml: expected (keys|YAML)/);
  });
});

describe('layers', () => {
  it('join key by key, and undefined values do not count', () => {
    const layers = [
      { a: { x: 1, y: 2 }, b: 1, c: [1, 2] },
      { a: { y: 3, z: undefined }, b: undefined, c: [3] },
    ];
    expect(merge(...layers)).toEqual({ a: { x: 1, y: 3 }, b: 1, c: [3] });
    expect(layers[0]).toEqual({ a: { x: 1, y: 2 }, b: 1, c: [1, 2] });
    expect(merge({ a: 1 }, { a: { b: 2 } }, { a: { c: 3 } })).toEqual({ a: { b: 2, c: 3 } });
  });
});
