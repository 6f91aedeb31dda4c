/** @file Networks with classes in a configuration, and in a checkpoint. */
import { describe, expect, it } from 'vitest';
import { buildTraining } from '../../src/catalog/build.ts';
import { summarize } from '../../src/run/summarize.ts';
import { conditionalNetKinds, netKinds } from '../../src/catalog/kinds.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import type { DataSet } from '../../src/data/dataset.ts';
import { images, isOfPoints, isOfSeries, issuesOf, points, series } from './sets.ts';

const faces = await images(16);
const labeled: DataSet = { ...faces, labels: Uint8Array.of(0, 1, 2, 0, 1), classNames: ['a', 'b', 'c'] };
const small = { width: 4, multipliers: [1], blocks: 1 };
const training = (set: DataSet, net: object): ReturnType<typeof buildTraining> =>
  buildTraining(resolveConfig(set, { data: { ref: 'x' }, net }), set);

describe.each(netKinds)('the network %s', (kind) => {
  it('has classes if its record has the option, and else refuses the key', () => {
    const set = isOfPoints(kind) ? points : isOfSeries(kind) ? series : labeled;
    const net = { kind, ...(kind.startsWith('ncsn') && kind !== 'ncsnpp' ? { width: 4 } : {}), classes: 3 };
    if (!conditionalNetKinds.includes(kind)) {
      expect(issuesOf(() => resolveConfig(set, { data: { ref: 'x' }, net }))).toEqual([
        expect.stringMatching(/^net\.classes: unknown key; expected (?!.*classes)[a-z].*, (energy|known)/),
      ]);
      return;
    }
    const tiny = isOfPoints(kind) ? { width: 4 } : isOfSeries(kind) ? { width: 4, known: false } : small;
    expect(training(set, { ...net, ...tiny }).net.classes).toBe(3);
    expect(training(set, { kind, ...tiny }).net.classes).toBe(0);
  });
});

it('five networks can be conditional on classes', () => {
  expect(conditionalNetKinds).toEqual(['mlp', 'diffwave', 'ddpmpp', 'ncsnpp', 'ddpm']);
});

it('classes need labels, and as many classes as there are', () => {
  expect(issuesOf(() => training(faces, { ...small, classes: 3 }))).toEqual([
    `net.classes: expected data with classes, found none in ${faces.name}`,
  ]);
  expect(issuesOf(() => training(labeled, { ...small, classes: 2 }))).toEqual([
    `net.classes: expected the 3 classes of ${faces.name}, got 2`,
  ]);
  expect(training(labeled, { ...small, classes: 5 }).net.classes).toBe(5);
});

it.each([0, 1, -0.1, NaN])('a label dropout of %d is refused', (labelDropout) => {
  const asked = { data: { ref: 'x' }, train: { labelDropout } };
  expect(issuesOf(() => resolveConfig(points, asked)).join()).toMatch(/^train.labelDropout: /);
});

it('a tenth of the labels is left out by default', () => {
  expect(training(labeled, { ...small, classes: 3 }).labelDropout).toBe(0.1);
  const asked = { data: { ref: 'x' }, train: { labelDropout: 0.25 } };
  expect(buildTraining(resolveConfig(points, asked), points).labelDropout).toBe(0.25);
});

it('a checkpoint contains the classes that the network was given, and distinguishes their labels from others', () => {
  const told = training(labeled, { ...small, classes: 3 });
  const { classes } = summarize(labeled, told);
  expect(classes?.names).toEqual(['a', 'b', 'c']);
  const other = { ...labeled, labels: Uint8Array.of(0, 1, 2, 1, 0) };
  expect(summarize(other, told).classes?.fingerprint).not.toBe(classes?.fingerprint);
  expect(summarize(other, told).fingerprint).toBe(summarize(labeled, told).fingerprint);
  expect(summarize(labeled, training(labeled, small)).classes).toBeUndefined();
});
