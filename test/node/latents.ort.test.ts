/** @file Autoencoders as runs, and runs of their latents, whose files have all that draws images. */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { beforeAll, expect, it } from 'vitest';
import { bareAutoencoder, latentUnits, requireAutoencoder } from '../../src/nn/autoencoder.ts';
import { nodeBackend, openDataSet, openModel, packModel, trainRun, type TrainRunOptions } from '../../src/node.ts';
import { modelFromBytes } from '../../src/run/from-bytes.ts';
import { combine, dotPerSample } from '../../src/base/arith.ts';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import { kindOf } from '../../src/data/dataset.ts';
import { scaled } from '../../src/data/scaler.ts';
import { samplingParameters } from '../../src/run/from-bytes.ts';
import { loadAnyRun } from '../../src/run/load.ts';
import { autoencoderModel } from '../../src/score/models/autoencoder-model.ts';
import { newFolder } from '../io/folders.ts';

const folder = newFolder();
const at = (name: string): string => join(folder, name);
const data = { limit: 48 };
const train = { sampleEvery: 4, checkpointEvery: 2, decay: 'none' } as const;
const common = { threads: 1, batch: 8 } as const;
const coder: TrainRunOptions = {
  ...{ ...common, out: at('coder'), task: 'autoencoder', steps: 4 },
  config: { data, net: { width: 8, channels: 2 }, train },
};
const latents = (out: string, steps: number, resume = false): TrainRunOptions => ({
  ...{ ...common, out: at(out), latent: at('coder'), steps, resume },
  config: { net: { width: 8 }, train },
});
const checkpoint = (out: string): Buffer => readFileSync(join(at(out), 'checkpoints', '00000004.safetensors'));

const joint = (out: string, steps: number, resume = false): TrainRunOptions => ({
  ...{ ...latents(out, steps, resume), objective: 'lsgm' },
  config: { net: { width: 8 }, train: { ...train, sampleEvery: 0 } },
});

beforeAll(async () => {
  await trainRun('digits', coder);
  await trainRun('digits', latents('whole', 4));
  await trainRun('digits', latents('parts', 2));
  await trainRun('digits', latents('parts', 4, true));
}, 60_000);

it('a run of latents goes on bit for bit, and no longer needs its autoencoder', async () => {
  expect(checkpoint('parts').equals(checkpoint('whole'))).toBe(true);
  cpSync(at('coder'), at('kept'), { recursive: true });
  rmSync(at('coder'), { recursive: true });
  try {
    const model = await openModel(at('whole'), { threads: 1 });
    const { samples } = await model.sample({ count: 3, steps: 3, seed: 1 });
    expect(samples.shape).toEqual([3, 8, 8]);
    const { bytes } = await packModel(at('whole'), { threads: 1 });
    const packed = modelFromBytes(bytes, 'packed');
    expect(packed.net.autoencoder?.latentShape).toEqual([2, 2, 2]);
    expect(packed.data.shape).toEqual([1, 8, 8]);
    await model[Symbol.asyncDispose]();
  } finally {
    cpSync(at('kept'), at('coder'), { recursive: true });
  }
});

it('autoencoder and score are trained together, and go on bit for bit without the run that they began with', async () => {
  await trainRun('digits', joint('joint', 4));
  await trainRun('digits', joint('joint-parts', 2));
  await trainRun('digits', joint('joint-parts', 4, true));
  expect(checkpoint('joint-parts').equals(checkpoint('joint'))).toBe(true);
  const [before, after] = ['whole', 'joint'].map((name) => {
    const loaded = loadAnyRun(at(name));
    const net = requireAutoencoder(loaded.net);
    const params = samplingParameters(loaded);
    return { own: bareAutoencoder(net, { net, params }).params, units: latentUnits(net, params) };
  });
  // The units stay what they were measured as, and all else has learned.
  expect(after!.units.shift).toEqual(before!.units.shift);
  expect(after!.units.factor).toEqual(before!.units.factor);
  expect(after!.units.variance).not.toBe(before!.units.variance);
  const moved = after!.own.trained.filter((value, i) => value !== before!.own.trained[i]).length;
  expect(moved).toBeGreaterThan(0.9 * after!.own.trained.length);
  const model = await openModel(at('joint'), { threads: 1 });
  expect((await model.sample({ count: 2, steps: 2 })).samples.shape).toEqual([2, 8, 8]);
  await model[Symbol.asyncDispose]();
  await expect(async () => trainRun('digits', { out: at('refused'), objective: 'lsgm' })).rejects.toThrow(
    /loss.kind: lsgm trains an autoencoder and the score of its latents; give --latent RUN/,
  );
});

it('an autoencoder draws what it makes of data under them while it trains', () => {
  const { width, height } = decode(readFileSync(join(at('coder'), 'samples', '00000004.png')));
  expect(width / height).toBeCloseTo(6, 0);
});

it('latents have deviation 0.5 in each channel, and are decoded as the autoencoder decodes its own', async () => {
  const backend = nodeBackend({ threads: 1 });
  const set = await openDataSet('digits', data);
  const rows = Array.from({ length: set.count }, (_, row) => row);
  const parts = [loadAnyRun(at('coder')), loadAnyRun(at('whole'))];
  const { scaler } = parts[0]!.data;
  const x = scaled(scaler, tensor(kindOf(set).numbers(set, rows, scaler), [set.count, 1, 8, 8]));
  const found = [];
  for (const loaded of parts) {
    const model = autoencoderModel(backend, requireAutoencoder(loaded.net), { params: samplingParameters(loaded) });
    const law = await model.encode(x);
    found.push({ ...law, made: await model.decode(law.mean) });
    await model.dispose();
  }
  const [raw, units] = [found[0]!, found[1]!];
  for (let c = 0; c < 2; c++) {
    const own = [units.mean, units.std].map(({ data }) => data.filter((_, j) => Math.floor(j / 4) % 2 === c));
    const mean = own[0]!.reduce((sum, value) => sum + value, 0) / own[0]!.length;
    const variance =
      own[0]!.reduce((sum, value, j) => sum + (value - mean) ** 2 + own[1]![j]! ** 2, 0) / own[0]!.length;
    expect(Math.abs(mean)).toBeLessThan(1e-4);
    expect(Math.abs(Math.sqrt(variance) - 0.5)).toBeLessThan(1e-4);
  }
  // float32 in another order.
  raw.made.data.forEach((value, j) => expect(Math.abs(value - units.made.data[j]!)).toBeLessThan(1e-4));
});

it('likelihoods are bounds, and encoding and decoding go through the autoencoder', async () => {
  const model = await openModel(at('whole'), { threads: 1 });
  const set = await openDataSet('digits', data);
  const options = { rows: [0, 1], tolerance: 1e-2 };
  const { bitsPerDim, evaluations, method } = await model.logLikelihood(set, options);
  expect(method).toBe('bound');
  expect(bitsPerDim.every((bits) => bits > 0 && bits < 20)).toBe(true);
  expect(evaluations.every((count) => count > 6)).toBe(true);
  await expect(async () => model.logLikelihood(set, { ...options, method: 'ode' })).rejects.toThrow(
    /method: expected bound, as .* is of lat/,
  );
  const { latents: z } = await model.encode(set, options);
  expect(z.shape).toEqual([2, 2, 2, 2]);
  expect((await model.decode(z, { tolerance: 1e-2 })).shape).toEqual([2, 8, 8]);
  await model[Symbol.asyncDispose]();
});

it('the derivative of a decoder is one map and its transpose, as differences say', async () => {
  const loaded = loadAnyRun(at('whole'));
  const params = samplingParameters(loaded);
  const { decode, decodeJvp, decodeVjp, dispose } = autoencoderModel(
    nodeBackend({ threads: 1 }),
    requireAutoencoder(loaded.net),
    { params },
  );
  const [z, v] = [normalBatch(split(key(1), 2), [2, 2, 2]), normalBatch(split(key(2), 2), [2, 2, 2])];
  const w = normalBatch(split(key(3), 2), [1, 8, 8]);
  const [along, back] = [await decodeJvp(z, v), await decodeVjp(z, w)];
  const [pushed, pulled] = [dotPerSample(along, w), dotPerSample(v, back)];
  pushed.forEach((value, i) => expect(Math.abs(value - pulled[i]!)).toBeLessThan(1e-4 * Math.abs(value) + 1e-5));
  // Central differences of 1e-2 in float32: 1e-4 of curvature, 1e-5 of rounding.
  const [up, down] = [await decode(combine([1, z], [0.01, v])), await decode(combine([1, z], [-0.01, v]))];
  combine([50, up], [-50, down]).data.forEach((value, i) =>
    expect(Math.abs(value - along.data[i]!)).toBeLessThan(2e-3),
  );
  await dispose();
});

it('images are restored through the decoder by the methods that differentiate', async () => {
  const model = await openModel(at('whole'), { threads: 1 });
  const image = await openDataSet('digits', data);
  const subject = { task: 'inpaint', image, rows: [1] } as const;
  for (const method of [undefined, 'dps']) {
    const { samples, images, method: used } = await model.restore(subject, { count: 2, steps: 2, method });
    expect(used.name).toBe(method ?? 'pigdm');
    expect([samples.shape, images.shape]).toEqual([
      [2, 1, 8, 8],
      [2, 8, 8],
    ]);
    expect(samples.data.every(Number.isFinite)).toBe(true);
  }
  await expect(async () => model.restore(subject, { method: 'ddrm' })).rejects.toThrow(
    /method: ddrm measures what the network draws, and .* draws latents; expected one that differentiates through the decoder, dps, pigdm, mmps, twisted/,
  );
  await model[Symbol.asyncDispose]();
});

it.each([
  ['digits', { limit: 40 }, {}, /latent: expected the data that the autoencoder .* was trained on, digits/],
  [
    'digits',
    { size: 4 },
    {},
    /latent: expected images \[1, 8, 8\] as the autoencoder .* was trained on, .*\[1, 4, 4\]/,
  ],
  ['two-moons', {}, {}, /latent: expected images \[1, 8, 8\] .* two-moons has points \[2\]/],
  ['digits', {}, { latent: 'whole' }, /latent: expected a run or a model of --task autoencoder, .* is of a score/],
  ['digits', {}, { latent: 'none' }, /none: there is no folder of a run/],
  ['digits', {}, { task: 'autoencoder' }, /latent: is of scores, which learn latents; got the task autoencoder/],
  ['digits', { size: 6 }, { latent: undefined, task: 'autoencoder' }, /expected images whose sides are multiples of 4/],
] as const)('what does not fit is refused before anything is written: %s %j %j', async (ref, own, other, message) => {
  const given = { ...latents('refused', 1), ...other };
  const options = {
    ...given,
    ...(given.latent && !given.latent.includes(folder) && { latent: at(given.latent) }),
    config: { data: own },
  };
  await expect(async () => trainRun(ref, options)).rejects.toThrow(message);
});
