/** @file Files of features: those that cannot be compared are refused in a sentence, and too few of them are said to be. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { foldIn, key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { formatNpz } from '../../src/data/arrays/npz.ts';
import { featureArrays } from '../../src/node/feature-file.ts';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother } from './scorefield.ts';

const cwd = newFolder();

function features(name: string, shape: readonly [number, number]): Tensor {
  return tensor(normal(foldIn(key(1), name), shape[0] * shape[1]), shape);
}

/** Writes features of sets of some shapes, and of a classifier the classes. */
function write(
  file: string,
  shapes: Readonly<Record<'samples' | 'reference' | 'real', readonly [number, number]>>,
  classes = 0,
): void {
  const setOf = (name: 'samples' | 'reference' | 'real') => ({
    features: features(name, shapes[name]),
    labels: Array.from({ length: shapes[name][0] }, () => 0),
    // Of a class too few.
    probabilities:
      classes === 0
        ? undefined
        : tensor(new Float64Array(shapes[name][0] * (classes - 1)), [shapes[name][0], classes - 1]),
  });
  const names = Array.from({ length: classes }, (_, i) => `class ${i}`);
  const arrays = featureArrays(
    {
      ...{ samples: setOf('samples'), reference: setOf('reference'), real: setOf('real') },
      extractor: { name: 'own', distance: 'FID (clean resizing)', fingerprint: 'none', classes: names },
      what: { reference: 'of the test part', real: 'of the training part' },
    },
    'data',
  );
  writeFileSync(join(cwd, file), formatNpz(arrays));
}

it('are compared if there are enough of one size', { timeout: 60_000 }, async () => {
  write('enough.npz', { samples: [60, 5], reference: [60, 5], real: [60, 5] });
  write('few.npz', { samples: [60, 60], reference: [90, 60], real: [60, 60] });
  write('reference.npz', { samples: [60, 50], reference: [45, 50], real: [60, 50] });
  write('sizes.npz', { samples: [60, 5], reference: [60, 6], real: [60, 5] });
  write('counts.npz', { samples: [60, 5], reference: [60, 5], real: [59, 5] });
  write('classes.npz', { samples: [60, 5], reference: [60, 5], real: [60, 5] }, 3);
  const files = ['enough', 'few', 'reference', 'sizes', 'counts', 'classes'].map((name) => `${name}.npz`);
  const ended = await oneAfterAnother(
    files.map((file) => ['evaluate', file, '--threads', '1']),
    { cwd },
  );
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 2, 2, 2]);
  const [enough, few, reference, sizes, counts, classes] = ended.map(({ out, err }) => out + err);
  expect(enough).toMatch(/^FID \(clean resizing\) \S+ ± \S+ for 60 samples of enough\.npz/m);
  expect(enough).not.toContain('too few');
  expect(few).toContain('60 samples are too few for a covariance of 60 features; compare nothing with this distance');
  expect(reference).toContain('45 samples of the reference are too few for a covariance of 50 features');
  const expected = 'expected features [N, D] of one D, of as many real samples as samples, found';
  expect(sizes).toBe(`scorefield: sizes.npz: ${expected} samples [60, 5], reference [60, 6], real [60, 5]\n`);
  expect(counts).toBe(`scorefield: counts.npz: ${expected} samples [60, 5], reference [60, 5], real [59, 5]\n`);
  expect(classes).toBe(
    'scorefield: classes.npz: expected classes of all samples and probabilities [60, 3], found 60 and [60, 2]\n',
  );
});
