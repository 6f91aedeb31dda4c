/** @file Students as runs: rounds, what a student is good for and what it refuses, and mistakes in one sentence. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { distillRun } from '../../src/node/distill-run.ts';
import { openModel } from '../../src/node/open-model.ts';
import { packModel } from '../../src/node/pack-model.ts';
import { trainRun } from '../../src/node/train-run.ts';
import { listCheckpoints, loadCheckpoint } from '../../src/run/folder/checkpoint-files.ts';
import { openRun } from '../../src/run/folder/run-folder.ts';
import { loadAnyRun } from '../../src/run/load.ts';
import { newFolder } from '../io/folders.ts';

const folder = newFolder();
const teacher = join(folder, 'teacher');
const threads = { threads: 1 };
const quiet = { train: { sampleEvery: 0 } };

beforeAll(async () => {
  const config = { net: { width: 16, depth: 2, features: 8 }, ...quiet };
  await trainRun('two-moons', { ...threads, out: teacher, process: 'edm', steps: 60, batch: 64, config });
});

const paramsOf = (run: string): Float32Array => loadAnyRun(run).point.state.ema;

describe('progressive distillation', () => {
  const out = join(folder, 'student');

  it('halves the steps in rounds, and goes on where it was stopped as if it had not been', async () => {
    const whole = join(folder, 'whole');
    const options = { ...threads, nfe: 1, first: 4, steps: 30, settings: quiet };
    const fractions: number[] = [];
    const rounds = new Set<string>();
    const running = distillRun(teacher, { ...options, out: whole });
    for await (const { fraction, round, nfe, secondsLeft } of running) {
      fractions.push(fraction);
      rounds.add(`${round} ${nfe}`);
      expect(secondsLeft).toBeGreaterThanOrEqual(0);
    }
    expect(await running).toMatchObject({ run: whole, nfe: 1, rounds: 3, method: 'progressive', interrupted: false });
    expect([...rounds]).toEqual(['1 4', '2 2', '3 1']);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);

    // Stopped in the second round: its checkpoint is all that the rest depends on.
    let taken = 0;
    const stopped = await distillRun(teacher, { ...options, out, stopRequested: () => ++taken > 14 });
    expect(stopped).toMatchObject({ interrupted: true, run: out, nfe: 2 });
    expect(existsSync(join(out, 'config.json'))).toBe(false);
    await expect(Promise.resolve(distillRun(teacher, { ...options, out }))).rejects.toThrow(
      /go on with it with --resume/,
    );
    await distillRun(teacher, { ...options, out, resume: true });
    for (const part of ['rounds/4', 'rounds/2', '.'])
      expect(paramsOf(join(out, part)), part).toEqual(paramsOf(join(whole, part)));
    expect(listCheckpoints(openRun(out))).toContain(10);
    expect(loadCheckpoint(openRun(out)).step).toBe(10);
    // What is done is not done again.
    const again = await distillRun(teacher, { ...options, out, resume: true });
    expect(again.step).toBe(10);
  });

  it('refuses a folder that its last round could not have before its first one begins', async () => {
    const options = { ...threads, nfe: 2, first: 4, steps: 4, settings: quiet };
    const taken = join(folder, 'taken');
    mkdirSync(taken);
    writeFileSync(join(taken, 'notes.txt'), 'mine');
    const trained = join(folder, 'trained');
    await trainRun('two-moons', { ...threads, out: trained, steps: 2, config: quiet });
    const distill = (to: string, more: object): Promise<unknown> =>
      Promise.resolve(distillRun(teacher, { ...options, ...more, out: to }));
    for (const resume of [false, true])
      for (const method of ['progressive', 'luhman']) {
        const rounds = method === 'luhman' ? { first: undefined, nfe: 1, pairs: 40 } : {};
        await expect(distill(taken, { resume, method, ...rounds })).rejects.toThrow(/taken: the folder is not empty; choose another --out/); // prettier-ignore
      }
    await expect(distill(trained, {})).rejects.toThrow(/there is a run in this folder; go on with it with --resume/);
    expect([readdirSync(taken), existsSync(join(trained, 'rounds'))]).toEqual([['notes.txt'], false]);
  });

  it('makes a model with a sampler and steps of its own', async () => {
    const student = await openModel(out, threads);
    expect(student.info.sampling).toMatchObject({ sampler: 'few-step', steps: 1, grid: 'cosine' });
    const { samples, sampler } = await student.sample({ count: 4 });
    expect([sampler, [...samples.evaluations]]).toEqual(['few-step', [1, 1, 1, 1]]);
    for (const [options, words] of [
      [{ sampler: 'heun' }, /sampler: expected few-step, as the model is a student/],
      [{ steps: 2 }, /steps: expected 1, the steps that the student has learned, got 2/],
      [{ nfe: 3 }, /nfe: expected 1/],
      [{ grid: 'karras' }, /grid: expected cosine/],
    ] as const)
      await expect(Promise.resolve(student.sample({ count: 1, ...options }))).rejects.toThrow(words);
    const data = [[0, 0]].flat();
    const points = { shape: [1, 2], data: Float64Array.from(data) };
    await expect(Promise.resolve(student.logLikelihood(points))).rejects.toThrow(
      /is a student, whose estimate is where the flow ends/,
    );
    await expect(Promise.resolve(student.encode(points))).rejects.toThrow(/is a student/);
    const { record } = await packModel(out, threads);
    expect(record.config.loss).toMatchObject({ kind: 'progressive', steps: 1 });
    // The rate falls to zero within each round.
    expect(loadAnyRun(join(out, 'rounds/2')).config.train).toMatchObject({ decay: 'cosine', warmup: 0, steps: 10 });
    expect(record.training.command).toMatch(
      /^scorefield train two-moons --objective progressive --set loss.teacher=.*rounds.2 /,
    );
    await expect(packModel(out, { ...threads, sampler: 'heun', nfe: 9 })).rejects.toThrow(/expected few-step/);
    await student[Symbol.asyncDispose]();
  });

  it('takes a student of twice the steps for a teacher, and no other', async () => {
    const next = join(folder, 'next');
    await distillRun(join(out, 'rounds/4'), { ...threads, out: next, nfe: 2, steps: 2, settings: quiet });
    expect(loadAnyRun(next).sampling.steps).toBe(2);
    const other = { ...threads, out: join(folder, 'other') };
    await expect(Promise.resolve(distillRun(join(out, 'rounds/4'), { ...other, nfe: 4 }))).rejects.toThrow(
      /students of at most 2/,
    );
    await expect(Promise.resolve(distillRun(out, { ...other, method: 'consistency' }))).rejects.toThrow(
      /teacher: expected a score, .* is a student of 1 steps/,
    );
  });
});

describe.each(['consistency', 'easy-consistency'])('%s', (method) => {
  it('makes a student that takes any number of steps', async () => {
    const out = join(folder, method);
    const { nfe, rounds } = await distillRun(teacher, { ...threads, out, method, steps: 3, settings: quiet });
    expect([nfe, rounds]).toEqual([2, 1]);
    const student = await openModel(out, threads);
    for (const steps of [1, 2, 5]) {
      const { samples } = await student.sample({ count: 2, steps });
      expect(samples.evaluations).toEqual([steps, steps]);
    }
    const { samples } = await student.sample({ count: 2 });
    expect(samples.evaluations).toEqual([2, 2]);
    await student[Symbol.asyncDispose]();
  });
});

it('mistakes are one sentence', async () => {
  const out = join(folder, 'none');
  for (const [ref, options, words] of [
    [teacher, { nfe: 3 }, /nfe: expected a power of two, .* got 3/],
    [teacher, { nfe: 8, first: 4 }, /first: expected at least the 8 evaluations/],
    [
      teacher,
      { method: 'magic' },
      /method: expected progressive, consistency, easy-consistency, luhman, reflow, got magic/,
    ],
    [teacher, { method: 'consistency', first: 4 }, /first: is of progressive distillation/],
    [join(folder, 'nothing'), {}, /there is no folder of a run and no model of this name/],
  ] as const) {
    const failed = Promise.resolve(distillRun(ref, { ...threads, out, ...options })).catch((error: unknown) =>
      String(error),
    );
    expect(await failed).toMatch(words);
    expect(existsSync(out)).toBe(false);
  }
  await expect(
    Promise.resolve(trainRun('two-moons', { ...threads, out, objective: 'progressive', steps: 1 })),
  ).rejects.toThrow('loss.teacher: missing');
});
