import { expect, it } from 'vitest';
import { drawnClasses } from '../../../src/model/samples/drawn-classes.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import type { TrainedModel } from '../../../src/model/trained.ts';

/** A model of classes of which nothing but the data is read. */
function modelOf(classes: object | undefined, own: object = {}): TrainedModel {
  const data = { kind: 'images', shape: [1, 4, 4], classes };
  const config = { net: { kind: 'ddpmpp' } };
  return {
    task: 'score',
    process: { sde: vp() },
    net: { classes: 3 },
    sampling: {},
    config,
    data,
    ...own,
  } as unknown as TrainedModel;
}

const names = ['coat', 'bag', 'boot'];
const labelsOf = (model: TrainedModel, count: number, seed = 0): readonly number[] | undefined =>
  drawnClasses(model, { count, seed })?.labels;

/** How often each class is there. */
const countsOf = (labels: readonly number[]): readonly number[] =>
  names.map((_, label) => labels.filter((own) => own === label).length);

it('classes are drawn as often as the training had them', () => {
  const counts = countsOf(labelsOf(modelOf({ names, fingerprint: '', counts: [10, 30, 60] }), 2000)!);
  // The standard error of a share p of 2,000 is sqrt(p (1 - p) / 2,000): .007 to .011; four of them.
  for (const [i, share] of [0.1, 0.3, 0.6].entries())
    expect(Math.abs(counts[i]! / 2000 - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 2000));
});

it('of a file that does not say, all classes that had samples are drawn alike', () => {
  const counts = countsOf(labelsOf(modelOf({ names, fingerprint: '', empty: [1] }), 2000)!);
  expect(counts[1]).toBe(0);
  expect(Math.abs(counts[0]! / 2000 - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 2000));
});

it('the class of a sample depends on the seed and its number alone', () => {
  const model = modelOf({ names, fingerprint: '', counts: [1, 1, 1] });
  const many = labelsOf(model, 50)!;
  expect(labelsOf(model, 20)).toEqual(many.slice(0, 20));
  expect(labelsOf(model, 50, 1)).not.toEqual(many);
});

it('a model without classes draws none', () => {
  expect(labelsOf(modelOf(undefined), 5)).toBeUndefined();
  expect(labelsOf(modelOf({ names, fingerprint: '' }, { net: { classes: 0 } }), 5)).toBeUndefined();
});
