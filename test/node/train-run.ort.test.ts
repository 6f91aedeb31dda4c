/** @file Training of run folders by the library. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/node/open-model.ts';
import { trainRun, type TrainRunOptions } from '../../src/node/train-run.ts';
import { listCheckpoints } from '../../src/run/folder/checkpoint-files.ts';
import { openRun } from '../../src/run/folder/run-folder.ts';
import { newFolder } from '../io/folders.ts';

const cwd = newFolder();
const small: TrainRunOptions = {
  batch: 8,
  threads: 1,
  steps: 6,
  config: { net: { width: 8, depth: 2 }, train: { sampleEvery: 0, learningRate: 1e-2 } },
};

describe('trainRun', () => {
  it('yields every step with the part that is done, and the run can be opened and sampled', async () => {
    const out = join(cwd, 'whole');
    const training = trainRun('two-moons', { ...small, out, settings: { train: { learningRate: 1e-3 } } });
    const steps: (readonly [step: number, fraction: number])[] = [];
    for await (const { step, fraction } of training) steps.push([step, fraction]);
    expect(steps).toEqual([1, 2, 3, 4, 5, 6].map((step) => [step, step / 6]));
    expect(await training).toMatchObject({ run: out, step: 6, interrupted: false });
    await using model = await openModel(out, { threads: 1 });
    expect(model.trained.config.train).toMatchObject({ batch: 8, learningRate: 1e-3 });
    const { samples } = await model.sample({ count: 2, sampler: 'ddim', steps: 2 });
    expect(samples.shape).toEqual([2, 2]);
  });

  it('saves and ends where it is asked to, and goes on from there', async () => {
    const out = join(cwd, 'stopped');
    let last = 0;
    const stopped = trainRun('two-moons', {
      ...{ ...small, out, saveRequested: () => last === 1, stopRequested: () => last === 3 },
      onProgress: ({ step }) => (last = step),
    });
    expect(await stopped).toMatchObject({ step: 4, interrupted: true });
    expect(listCheckpoints(openRun(out))).toEqual([2, 4]);
    const started: number[] = [];
    const resumed = trainRun('two-moons', { ...small, out, resume: true, onStart: ({ step }) => started.push(step) });
    expect(await resumed).toMatchObject({ step: 6, interrupted: false });
    expect(started).toEqual([4]);
  });

  it('leaves the run free for others when the loop is left', async () => {
    const out = join(cwd, 'left');
    for await (const { step } of trainRun('two-moons', { ...small, out })) if (step === 2) break;
    expect(await trainRun('two-moons', { ...small, out, resume: true })).toMatchObject({ step: 6 });
  });

  it('names its options in errors', async () => {
    const wrong = trainRun('two-moons', { ...small, out: join(cwd, 'no'), network: 'mpl', process: 'sub_vp' });
    await expect(wrong).rejects.toThrow(/network: expected mlp, .*did you mean mlp\?/);
    await expect(wrong).rejects.toThrow(/process: .*did you mean sub-vp\?/);
  });
});
