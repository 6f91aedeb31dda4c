/** @file Configurations with any value under any key: they are built, or refused in sentences; nothing else happens. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { foldIn, key, type Key } from '../../src/base/key.ts';
import { bits } from '../../src/base/random.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import type { Plain } from '../../src/catalog/option.ts';
import { parseConfigFile, parseSettings } from '../../src/catalog/config/config-text.ts';
import { checkAsked, resolveConfig } from '../../src/catalog/config/resolve.ts';
import { jointLossKinds, ownLossKinds, ownNetKinds } from '../../src/catalog/kinds.ts';
import { merge, part } from '../../src/catalog/config/merge.ts';
import { parseData, type RunConfig } from '../../src/catalog/config/schema.ts';
import type { DataSet } from '../../src/data/dataset.ts';
import { drawSolids } from '../../src/data/shapes/solids.ts';
import { textSet } from '../../src/data/tokens/text-file.ts';
import { plain, schemaKeys, type SchemaKey } from './schema-walk.ts';
import { soundSet } from '../../src/data/sounds/sound-set.ts';
import { usualMel } from '../../src/data/sounds/sound.ts';
import { images, isOfSeries, points, series } from './sets.ts';

const pictures = await images(8);
const labeled: DataSet = { ...pictures, labels: Uint8Array.of(0, 1, 0, 1, 0) };

const captioned: DataSet = { ...points, texts: Array.from({ length: points.count }, () => ['a word']) };

const text = textSet('abcd'.repeat(40), 'letters', { length: 8 });

const shapes = drawSolids(key(0), 2, { points: 8 });

const waves = soundSet(
  Float32Array.from({ length: 4 * 1024 }, (_, j) => Math.sin(j * j)),
  { as: 'wave', length: 1024, mel: usualMel(8000) },
  { name: 'waves' },
);

/** Values as YAML: of every type, at and beyond every edge. */
const values = [
  ...['-1', '-0.5', '-0', '0', '1', '1.5', '3', '.nan', '.inf', '-.inf', '1e300', '1e-300', '9e15', '1e400', '-1e300'],
  ...['null', '~', '', "''", 'true', 'no', 'word', "'3'", '"\\u001b[2J"', '0x10', '1_000', '2026-01-01', '!!str 3'],
  ...['[]', '[1]', '[-1]', '[.nan]', '[[1]]', '[1, word]', '{}', '{a: 1}', '{kind: vp}', '&x [*x]', '*x', '!t 3', '['],
  `[${'1, '.repeat(50)}]`,
];

/** What keeps networks small where a key does not ask for more. */
const small: Readonly<Record<string, Plain>> = {
  mlp: { width: 4, depth: 2, features: 4 },
  'score-net': { channels: [4, 4], features: 4 },
  ...Object.fromEntries(['ddpmpp', 'ncsnpp', 'ddpm'].map((kind) => [kind, { width: 4, multipliers: [1], blocks: 1 }])),
  ...Object.fromEntries(['ncsn', 'ncsnv2'].map((kind) => [kind, { width: 4 }])),
  classifier: { width: 4, depth: 1, classes: 2 },
  diffwave: { width: 4, depth: 1 },
  ...Object.fromEntries(ownNetKinds.map((kind) => [kind, { width: 8, depth: 1 }])),
  'shape-net': { width: 8, depth: 1, encoderWidth: 8, priorWidth: 8, priorDepth: 1 },
};

/** Columns of the rows of conditions of texts of two words. */
const columns: Readonly<Record<string, number>> = { words: 2, trigrams: 512, 'words-trigrams': 514 };

/** A configuration in which a key of a kind has its place. */
function around({ path, kind }: Pick<SchemaKey, 'path' | 'kind'>): { readonly set: DataSet; readonly base: Plain } {
  const [name = ''] = path.split('.');
  const classifies = kind === 'classifier' || kind === 'cross-entropy';
  const ofShapes = kind === 'shape-net' || kind === 'shape-gf';
  const ofWaves = kind === 'mel';
  const ofTokens = !ofShapes && [...ownNetKinds, ...ownLossKinds].some((one) => one === kind);
  const encodes = kind === 'autoencoder' || kind === 'reconstruction';
  const joint = jointLossKinds.some((one) => one === kind);
  const net = encodes
    ? 'autoencoder'
    : ofShapes
      ? 'shape-net'
      : ofTokens
        ? name === 'net' && kind !== undefined
          ? kind
          : 'dilated'
        : classifies
          ? 'classifier'
          : name === 'net' && kind !== undefined
            ? kind
            : joint
              ? 'ddpmpp'
              : ofWaves
                ? 'diffwave'
                : 'mlp';
  const classes = name === 'condition' && kind !== undefined ? { classes: columns[kind] ?? 0 } : {};
  const set = ofShapes
    ? shapes
    : ofTokens
      ? text
      : ofWaves
        ? waves
        : isOfSeries(net)
          ? series
          : net === 'mlp' || net === 'residual-mlp'
            ? captioned
            : classifies
              ? labeled
              : pictures;
  const base: Plain = {
    data: { ref: set.name },
    net: { kind: net, ...small[net], ...classes },
    ...(ofTokens && { loss: { kind: 'masked' } }),
    ...(ofShapes && { loss: { kind: 'shape-gf' } }),
    ...(encodes && { task: 'autoencoder', loss: { kind: 'reconstruction' } }),
    ...(joint && { latent: { run: 'coder', net: { kind: 'autoencoder', width: 4, channels: 1 } } }),
    ...(classifies ? { loss: { kind: 'cross-entropy' } } : {}),
    train: { batch: 2 },
  };
  return { set, base: kind === undefined ? base : merge(base, { [name]: { kind } }) };
}

type Outcome = { readonly config: RunConfig; readonly issues?: undefined } | { readonly issues: readonly string[] };

/** What training does before it begins. */
function outcome(set: DataSet, asked: () => Plain): Outcome {
  try {
    const whole = asked();
    checkAsked(whole);
    parseData(part(whole, 'data'));
    const config = resolveConfig(set, whole);
    const { process } = buildTraining(config, set);
    const { sde, parametrization } = process;
    for (const t of [sde.tMin, sde.tEnd, sde.tMax]) {
      const numbers = [sde.alpha(t), sde.sigma(t), parametrization.out(t), parametrization.inScale(t)];
      expect(
        numbers.every((value) => Number.isFinite(Math.fround(value))),
        `${JSON.stringify(config.sde)} at ${t}: ${numbers.join()}`,
      ).toBe(true);
    }
    return { config };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { issues: error.issues.map(({ path, message }) => `${path}: ${message}`) };
  }
}

/** All numbers but the one that may be negative, a mean of logarithms. */
function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => (name === 'timesMean' ? [] : numbersIn(inner)))
    : [];
}

function expectSound(found: Outcome, what: string): void {
  if (found.issues === undefined) {
    for (const value of numbersIn(found.config)) expect(value >= 0 && Number.isFinite(value), what).toBe(true);
    return;
  }
  expect(found.issues.length, what).toBeGreaterThan(0);
  for (const issue of found.issues) {
    expect(issue.length, `${what}: ${issue}`).toBeLessThan(400);
    expect(issue, what).not.toMatch(/undefined|\[object|Error|NaN%| {4}at |Invalid/);
  }
}

/** The same value by a file and by --set, which must come to the same. */
function tried({ path, kind }: Pick<SchemaKey, 'path' | 'kind'>, value: string): Outcome {
  const { set, base } = around({ path, kind });
  const [name = '', own] = path.split('.');
  const settings = (): Plain => parseSettings([`${path}=${value}`]);
  const bySet = outcome(set, () => merge(base, settings()));
  expectSound(bySet, `--set ${path}=${value}`);
  const yaml = own === undefined ? `${name}: ${value}\n` : `${name}:\n  ${own}: ${value}\n`;
  const file = (): Plain => parseConfigFile(yaml, 'f');
  // Where both are read as the same, all that follows is.
  if (isSame(settings, file)) return bySet;
  const byFile = outcome(set, () => merge(base, file()));
  expect(byFile.issues === undefined, `${path} = ${value}`).toBe(bySet.issues === undefined);
  expectSound(byFile, `${path}: ${value} in a file`);
  return bySet;
}

/** Whether two texts are read without a problem, as the same. */
function isSame(left: () => Plain, right: () => Plain): boolean {
  try {
    return isDeepStrictEqual(left(), right());
  } catch {
    return false;
  }
}

const isNumeric = ({ schema }: SchemaKey): boolean => plain(schema).type === 'number';

/** What no number of a configuration may be. */
const noNumbers = ['-1', '-0.5', '.nan', '.inf', '-.inf', '1e400', 'word', "'3'", 'true', '[1]', '{}'];

// The network of `latent` is that of another run.
it.each(schemaKeys.filter(({ path }) => /^[^.]+\.kind$/.test(path)))('the kind $kind of $path is built', (entry) => {
  const { set, base } = around(entry);
  const taught = schemaKeys.some(({ path, kind }) => path === 'loss.teacher' && kind === entry.kind);
  expect(outcome(set, () => base).issues).toEqual(taught ? ['loss.teacher: missing'] : undefined);
});

describe('every key', () => {
  // Each key has every other value, and each value is under every other key; numbers are refused what is none below.
  it.each(schemaKeys.map((entry, at) => ({ ...entry, at })))(
    '$path of $kind is what it should be, or refused',
    (entry) => {
      const own = values.filter(
        (value, i) => (i + entry.at) % 2 === 0 && !(isNumeric(entry) && noNumbers.includes(value)),
      );
      for (const value of own) tried(entry, value);
    },
  );
});

it.each(schemaKeys.filter(isNumeric))('$path of $kind refuses what is no number of its range', (entry) => {
  for (const value of noNumbers) expect(tried(entry, value).issues, `${entry.path}=${value}`).toBeDefined();
});

it('any thousand of configurations with several values is built or refused', () => {
  const root = key(13);
  const pick = <T>(from: readonly T[], at: Key): T => from[bits(at, 1)[0]! % from.length]!;
  for (let i = 0; i < 1000; i++) {
    const own = foldIn(root, i);
    const first = pick(schemaKeys, foldIn(own, 'key'));
    const { set, base } = around(first);
    const more = Array.from({ length: 2 }, (_, j) => pick(schemaKeys, foldIn(foldIn(own, 'more'), j)));
    const settings = [first, ...more].map(({ path }, j) => `${path}=${pick(values, foldIn(foldIn(own, 'value'), j))}`);
    expectSound(
      outcome(set, () => merge(base, parseSettings(settings))),
      settings.join(' '),
    );
  }
});
