/** @file Averages that a run stores on its way, and the one that is chosen of them afterwards. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, FileError } from '../../src/base/errors.ts';
import { averageRun, loadRun, openModel, packModel, trainRun, type TrainRunOptions } from '../../src/node.ts';
import { profileDecay, gammaOf } from '../../src/score/power-profiles.ts';
import { modelFromBytes } from '../../src/run/from-bytes.ts';
import { interpreter } from '../../src/backend/interpreter.ts';
import { newFolder } from '../io/folders.ts';
import { firstSteps, tiny } from '../train/tiny.ts';

const folder = newFolder();
const options = (out: string, steps: number, resume = false): TrainRunOptions => ({
  ...{ out: join(folder, out), steps, resume, threads: 1, batch: 32 },
  config: {
    net: { width: 8, depth: 2, features: 4 },
    train: { averages: [0.05, 0.1], sampleEvery: 0, checkpointEvery: 50, warmup: 1 },
  },
});
const filesOf = (out: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(join(folder, out, 'averages')).map((name) => [
      name,
      readFileSync(join(folder, out, 'averages', name)).toString('hex'),
    ]),
  );
const ofModel = async (name: string, ema?: number): Promise<Float32Array> =>
  (await openModel(join(folder, name), { ema })).trained.params.trained;

beforeAll(async () => {
  await trainRun('two-moons', options('whole', 200));
  await trainRun('two-moons', options('parts', 90));
  await trainRun('two-moons', options('parts', 200, true));
}, 60_000);

it('profiles in the graph of the training step are those of the parameters of each step', async () => {
  const gammas = [0.05, 0.1].map(gammaOf);
  const base = tiny(interpreter());
  const taken = await firstSteps({ ...base, optimizer: { ...base.optimizer, profiles: gammas } }, 8);
  const plain = await firstSteps(base, 8);
  expect(taken.at(-1)!.state.params).toEqual(plain.at(-1)!.state.params);
  const means = gammas.map(() => new Float64Array(taken[0]!.state.params.length));
  for (const { step, state } of taken)
    means.forEach((mean, i) => {
      const beta = profileDecay(gammas[i]!, step);
      for (let j = 0; j < mean.length; j++) mean[j] = beta * mean[j]! + (1 - beta) * state.params[j]!;
      // Every step rounds to float32.
      const worst = Math.max(...mean.map((value, j) => Math.abs(value - state.profiles![i]![j]!)));
      expect(worst).toBeLessThan(1e-6);
    });
});

describe('a run that stores averages', () => {
  it('keeps 8 to 16 of them, the same ones and the same bits if it was resumed', () => {
    const names = Array.from({ length: 10 }, (_, i) => `${String(20 * (i + 1)).padStart(8, '0')}.safetensors`);
    expect(Object.keys(filesOf('whole')).sort()).toEqual(names);
    expect(filesOf('parts')).toEqual(filesOf('whole'));
  });

  it('has an average of any width: that which it tracks is one of them', async () => {
    const { point } = loadRun(join(folder, 'whole'));
    const tracked = await ofModel('whole', 0.1);
    expect(Math.max(...tracked.map((value, j) => Math.abs(value - point.state.profiles![1]![j]!)))).toBeLessThan(1e-4);
    const other = await ofModel('whole', 0.2);
    expect(other).not.toEqual(tracked);
    expect(await ofModel('whole')).toEqual(point.state.ema);
  });

  it('is sampled and packed with the average that was chosen, until it goes on', async () => {
    cpSync(join(folder, 'whole'), join(folder, 'chosen'), { recursive: true });
    const found = averageRun(join(folder, 'chosen'), { ema: 0.12 });
    expect(found).toMatchObject({ width: 0.12, step: 200, stored: 20 });
    expect(found.residual).toBeGreaterThan(0);
    expect(found.residual).toBeLessThan(0.05);
    const params = await ofModel('chosen', 0.12);
    expect(await ofModel('chosen')).toEqual(params);
    const packed = modelFromBytes((await packModel(join(folder, 'chosen'))).bytes, 'model');
    const direct = modelFromBytes((await packModel(join(folder, 'whole'), { ema: 0.12 })).bytes, 'model');
    expect(packed.point.state.ema).toEqual(direct.point.state.ema);
    // Half precision.
    expect(
      Math.max(...packed.point.state.ema.map((v, j) => Math.abs(v - params[j]!) / (1 + Math.abs(v)))),
    ).toBeLessThan(6e-4);
    await trainRun('two-moons', options('chosen', 210, true));
    expect(await ofModel('chosen')).toEqual(loadRun(join(folder, 'chosen')).point.state.ema);
  });

  it('refuses widths that no profile has, damaged files, and runs without averages', async () => {
    expect(() => averageRun(join(folder, 'whole'), { ema: 0.3 })).toThrow(ConfigError);
    cpSync(join(folder, 'whole'), join(folder, 'damaged'), { recursive: true });
    writeFileSync(join(folder, 'damaged', 'averages', '00000040.safetensors'), 'no');
    expect(() => averageRun(join(folder, 'damaged'), { ema: 0.1 })).toThrow(FileError);
    expect(existsSync(join(folder, 'damaged', 'average.safetensors'))).toBe(false);
    await trainRun('two-moons', {
      ...options('without', 2),
      settings: { train: { averages: undefined } },
      config: { net: { width: 8 } },
    });
    expect(existsSync(join(folder, 'without', 'averages'))).toBe(false);
    expect(() => averageRun(join(folder, 'without'), { ema: 0.1 })).toThrow(/train.averages=\[0.05,0.1\]/);
  });
});
