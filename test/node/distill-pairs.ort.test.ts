/** @file Students that learn from pairs: drawn once, resumed to equal bytes, ended when the pairs that are kept out are predicted no better. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { distillRun } from '../../src/node/distill-run.ts';
import { openModel } from '../../src/node/open-model.ts';
import { trainRun } from '../../src/node/train-run.ts';
import { openDataSet } from '../../src/run/data-sets.ts';
import { readMetrics } from '../../src/run/folder/metrics.ts';
import { openRun } from '../../src/run/folder/run-folder.ts';
import { loadAnyRun } from '../../src/run/load.ts';
import { newFolder } from '../io/folders.ts';

const folder = newFolder();
const teacher = join(folder, 'teacher');
const threads = { threads: 1 };
const quiet = { train: { sampleEvery: 0 } };
const how = { ...threads, pairs: 2100, teacherNfe: 4, settings: { train: { sampleEvery: 0, checkpointEvery: 10 } } };

beforeAll(async () => {
  const config = { net: { width: 16, depth: 2, features: 8 }, ...quiet };
  await trainRun('two-moons', { ...threads, out: teacher, process: 'rectified-flow', steps: 60, batch: 64, config });
});

const bytesOf = (...path: string[]): Buffer => readFileSync(join(folder, ...path));

describe.each(['luhman', 'reflow'])('%s', (method) => {
  const [out, whole] = [join(folder, method), join(folder, `${method}-whole`)];

  it('draws the pairs once, in parts, and goes on after a stop to the same bytes', async () => {
    const options = { ...how, method, steps: 40 };
    const fractions: number[] = [];
    const ended = await distillRun(teacher, {
      ...options,
      out: whole,
      onPairs: ({ fraction }) => fractions.push(fraction),
    });
    expect(ended).toMatchObject({ run: whole, method, rounds: 1, step: 40, interrupted: false });
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(readdirSync(join(whole, 'pairs')).toSorted()).toEqual(['held-out.npz', 'pairs.json', 'train.npz']);
    const [train, kept] = await Promise.all(
      ['train', 'held-out'].map((name) => openDataSet(join(whole, `pairs/${name}.npz`))),
    );
    expect([train!.count, kept!.count]).toEqual([1995, 105]);
    expect(train!.noise).toHaveLength(2 * 1995);

    // Killed while the second part was drawn: the first one is not drawn again.
    const failing = Promise.resolve(
      distillRun(teacher, {
        ...{ ...options, out },
        onPairs: ({ drawn }) => {
          if (drawn > 1500) throw new Error('killed');
        },
      }),
    );
    await expect(failing).rejects.toThrow('killed');
    expect(readdirSync(join(out, 'pairs')).toSorted()).toEqual(['pairs.json', 'part-0.npz']);
    await expect(Promise.resolve(distillRun(teacher, { ...options, out }))).rejects.toThrow(
      /go on with it with --resume/,
    );
    await expect(
      Promise.resolve(distillRun(teacher, { ...options, out, resume: true, teacherNfe: 5 })),
    ).rejects.toThrow(/these pairs were drawn with nfe 4, got 5/);
    const seen: number[] = [];
    let taken = 0;
    const stopped = await distillRun(teacher, {
      ...{ ...options, out, resume: true },
      onPairs: ({ drawn }) => seen.push(drawn),
      stopRequested: () => ++taken > 14,
    });
    expect(stopped).toMatchObject({ interrupted: true });
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(1000);
    await distillRun(teacher, { ...options, out, resume: true });
    for (const file of ['pairs/train.npz', 'pairs/held-out.npz'])
      expect(bytesOf(method, file).equals(bytesOf(`${method}-whole`, file)), file).toBe(true);
    const [own, other] = [out, whole].map((run) => loadAnyRun(run).point.state.ema);
    expect(own).toEqual(other);
    const losses = [out, whole].map((run) =>
      readMetrics(openRun(run)).flatMap(({ step, heldOutLoss }) =>
        heldOutLoss === undefined ? [] : [[step, heldOutLoss]],
      ),
    );
    expect(losses[0]).toEqual(losses[1]);
    expect(losses[0]!.map(([step]) => step)).toEqual([10, 20, 30, 40]);
  });

  it('makes a model that is sampled in the evaluations that were asked for', async () => {
    const student = await openModel(out, threads);
    const { samples, sampler } = await student.sample({ count: 4 });
    expect([sampler, samples.evaluations[0]]).toEqual(method === 'luhman' ? ['few-step', 1] : ['ddim', 4]);
    await student[Symbol.asyncDispose]();
  });
});

it('ends when the loss on the pairs that are kept out has not fallen for as many checkpoints as patience says', async () => {
  const out = join(folder, 'settled');
  const settings = { train: { sampleEvery: 0, checkpointEvery: 5, patience: 3, learningRate: 0.3 } };
  const options = { ...how, out, method: 'luhman', steps: 2000, settings };
  const { step, settled, heldOutLoss } = await distillRun(teacher, options);
  const losses = readMetrics(openRun(out)).flatMap(({ heldOutLoss: loss }) => (typeof loss === 'number' ? [loss] : []));
  expect(settled).toBe(true);
  expect(step).toBe(5 * losses.length);
  expect(losses.indexOf(Math.min(...losses))).toBe(losses.length - 4);
  expect(losses.at(-1)).toBe(heldOutLoss);
  // It has ended, and does not go on.
  expect((await distillRun(teacher, { ...options, resume: true })).step).toBe(step);
});

it('of a teacher of classes says the class of each pair, and keeps a part without', async () => {
  const classes = join(folder, 'classes');
  const small = { net: { width: 8, depth: 2, features: 8 }, ...quiet };
  await trainRun('two-moons', {
    ...threads,
    out: classes,
    conditional: true,
    process: 'rectified-flow',
    steps: 1,
    batch: 16,
    config: small,
  });
  const out = join(folder, 'of-classes');
  const options = { ...how, out, method: 'luhman', pairs: 60, guidance: 2, batch: 16, steps: 2 };
  await distillRun(classes, options);
  const pairs = await openDataSet(join(out, 'pairs/train.npz'));
  expect([pairs.count, new Set(pairs.labels).size, pairs.given!.filter((own) => own === 0).length]).toEqual([57, 2, 5]);
  await using student = await openModel(out, threads);
  expect(student.info.classes).toEqual((await openModel(classes, threads)).info.classes);
  const { samples } = await student.given({ class: 1 }).sample({ count: 2 });
  expect([samples.evaluations, samples.labels]).toEqual([
    [1, 1],
    [1, 1],
  ]);
  await expect(Promise.resolve(distillRun(classes, { ...options, guidance: 3, resume: true }))).rejects.toThrow(
    /these pairs were drawn with guidance 2, got 3/,
  );
});

it('mistakes are one sentence', async () => {
  const out = join(folder, 'none');
  for (const [ref, options, words] of [
    [teacher, { method: 'luhman', nfe: 2 }, /nfe: expected 1 for luhman/],
    [teacher, { method: 'reflow', pairs: 5 }, /pairs: expected at least 20/],
    [teacher, { pairs: 50 }, /pairs: is of luhman and reflow, got it for progressive/],
    [teacher, { teacherNfe: 50 }, /teacherNfe: is of luhman and reflow/],
    [teacher, { method: 'luhman', guidance: 2 }, /guidance: expected a teacher of classes or texts to guide/],
  ] as const) {
    const failed = Promise.resolve(distillRun(ref, { ...threads, out, ...options })).catch((error: unknown) =>
      String(error),
    );
    expect(await failed).toMatch(words);
    expect(existsSync(out)).toBe(false);
  }
  const alone = { train: { ...quiet.train, patience: 3 } };
  await expect(Promise.resolve(trainRun('two-moons', { ...threads, out, steps: 1, config: alone }))).rejects.toThrow(
    /train.patience: is of the loss on data that are not trained on/,
  );
  const other = { train: { ...quiet.train, heldOut: 'phantoms' } };
  await expect(Promise.resolve(trainRun('two-moons', { ...threads, out, steps: 1, config: other }))).rejects.toThrow(
    /train.heldOut: expected samples \[2\]/,
  );
  rmSync(out, { recursive: true, force: true });
});
