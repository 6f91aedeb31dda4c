/** @file Students of scores of latents: the law that they are of, what they keep of their teacher, and how they go on. */
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tensor } from '../../src/base/tensor.ts';
import { builtIn, catalog } from '../../src/catalog/catalog.ts';
import { images } from '../../src/catalog/data-kinds/images.ts';
import { arraySet } from '../../src/data/arrays/array-set.ts';
import { formatNpy } from '../../src/data/arrays/npy.ts';
import { kindOf, type DataSet } from '../../src/data/dataset.ts';
import { scaled } from '../../src/data/scaler.ts';
import { distillOn } from '../../src/model/distillation.ts';
import { distillationMethods } from '../../src/model/distillation-plan.ts';
import { trainedOf, type TrainedModel } from '../../src/model/trained.ts';
import { undecoded } from '../../src/model/undecoded.ts';
import { bareAutoencoder, latentUnits, requireAutoencoder } from '../../src/nn/autoencoder.ts';
import { layout, type ParamVectors } from '../../src/nn/network.ts';
import { distillRun, nodeBackend, openDataSet, openModel, packModel, trainRun } from '../../src/node.ts';
import { nodeHost } from '../../src/node/host.ts';
import { samplingParameters } from '../../src/run/from-bytes.ts';
import { loadAnyRun } from '../../src/run/load.ts';
import { autoencoderModel } from '../../src/score/models/autoencoder-model.ts';
import { newFolder } from '../io/folders.ts';

const folder = newFolder();
const at = (...names: readonly string[]): string => join(folder, ...names);
const data = { limit: 48 };
const train = { sampleEvery: 0, decay: 'none' } as const;
const common = { threads: 1, batch: 8 } as const;
const quiet = { train: { sampleEvery: 0, checkpointEvery: 2 } };
const small = { ...common, settings: quiet };
const host = nodeHost({ threads: 1 });

const trainLatents = (out: string, more: object): PromiseLike<unknown> =>
  trainRun('digits', {
    ...{ ...common, out: at(out), latent: at('coder'), steps: 6, config: { net: { width: 8 }, train } },
    ...more,
  });

beforeAll(async () => {
  const config = { data, net: { width: 8, channels: 2 }, train };
  await trainRun('digits', { ...common, out: at('coder'), task: 'autoencoder', steps: 4, config });
  await trainLatents('teacher', {});
  const still = { train: { ...quiet.train, learningRate: 1e-30 } };
  await distillRun(at('teacher'), { ...small, out: at('untrained'), first: 4, nfe: 4, steps: 1, settings: still });
}, 60_000);

/** Arrays with the defaults of images, which suit their latents. */
const likeImages = catalog({
  ...builtIn,
  dataKinds: builtIn.dataKinds.map((kind) =>
    kind.name === 'arrays'
      ? { ...kind, network: images.network, ...(images.recipe && { recipe: images.recipe }) }
      : kind,
  ),
});

/** What a run has of its autoencoder. */
function coderOf(run: string): { readonly params: ParamVectors; readonly units: unknown } {
  const loaded = loadAnyRun(run);
  const net = requireAutoencoder(loaded.net);
  const params = samplingParameters(loaded);
  return { params: bareAutoencoder(net, { net, params }).params, units: latentUnits(net, params) };
}

/** A teacher whose encoder has next to no spread, so that the latents of its data are known. */
function sharp(run: string): TrainedModel {
  const trained = trainedOf(loadAnyRun(run), run);
  const { fixed } = trained.params;
  const params = { ...trained.params, fixed: fixed.slice() };
  const bias = layout(trained.net).segments.find(({ name }) => /^autoencoder.encoder.out.conv.bias$/.test(name));
  // Of two channels of means and two of logarithms of variances.
  params.fixed.fill(-1e4, bias!.begin + 2, bias!.end);
  // Students have a quarter of the rate, and of the first hundred steps a part.
  const config = { ...trained.config, train: { ...trained.config.train, learningRate: 0.2 } };
  return { ...trained, config, params };
}

/** The means of the latents of a set as a set of arrays. */
async function latentsOf({ net, params, data: { scaler } }: TrainedModel, set: DataSet): Promise<DataSet> {
  const coder = autoencoderModel(nodeBackend({ threads: 1 }), requireAutoencoder(net), { params });
  const rows = Array.from({ length: set.count }, (_, row) => row);
  const x = scaled(scaler, tensor(kindOf(set).numbers(set, rows, scaler), [set.count, 1, 8, 8]));
  const { mean, std } = await coder.encode(x);
  expect(Math.max(...std.data)).toBeLessThan(1e-5);
  await coder.dispose();
  return arraySet({ shape: mean.shape, data: Float32Array.from(mean.data) }, 'latents', { layout: 'nchw' });
}

describe('a student of latents is that of data which are latents, decoded', () => {
  it.each(distillationMethods)('%s', async (method) => {
    const teacher = sharp(at('teacher'));
    const set = await openDataSet('digits', data);
    const of = undecoded(teacher);
    const alone = { ...of, config: { ...of.config, latent: undefined }, catalog: likeImages };
    const rounds = method === 'progressive' ? { first: 2, nfe: 1 } : {};
    const pairs = ['luhman', 'reflow'].includes(method) ? { pairs: 40, teacherNfe: 2 } : {};
    const options = { ...rounds, ...pairs, method, steps: 4, batch: 8 };
    const [student, other] = [
      await distillOn(host, teacher, set, options),
      await distillOn(host, alone, await latentsOf(teacher, set), options),
    ];
    const [own, there] = [student.trained.params.trained, other.trained.params.trained];
    expect(own.length).toBe(there.length);
    const start = teacher.params.trained;
    const norm = (of: (i: number) => number): number => Math.hypot(...own.map((_, i) => of(i)));
    const moved = norm((i) => own[i]! - start[i]!);
    expect(moved).toBeGreaterThan(1e-3 * norm((i) => start[i]!));
    expect(norm((i) => own[i]! - there[i]!)).toBeLessThan(1e-3 * moved);
    expect(student.trained.params.fixed).toEqual(teacher.params.fixed);
    const drawn = { count: 3, seed: 2, ...(method === 'reflow' && { sampler: 'ddim', steps: 4 }) };
    const [{ samples }, { samples: latents }] = [await student.sample(drawn), await other.sample(drawn)];
    const coder = autoencoderModel(nodeBackend({ threads: 1 }), requireAutoencoder(teacher.net), teacher);
    const decoded = await coder.decode(latents.x);
    expect(samples.shape).toEqual([3, 8, 8]);
    decoded.data.forEach((value, j) => expect(Math.abs(value - samples.x.data[j]!)).toBeLessThan(1e-3));
    await coder.dispose();
    for (const model of [student, other]) await model[Symbol.asyncDispose]();
  });

  it('and without a step of training is the sampler of its teacher, decoded', async () => {
    const [student, teacher] = [
      await openModel(at('untrained'), { threads: 1 }),
      await openModel(at('teacher'), { threads: 1 }),
    ];
    const { samples, sampler } = await student.sample({ count: 4, seed: 3 });
    expect([sampler, ...samples.evaluations]).toEqual(['few-step', 4, 4, 4, 4]);
    const { samples: expected } = await teacher.sample({
      count: 4,
      seed: 3,
      sampler: 'ddim',
      steps: 4,
      grid: 'cosine',
    });
    samples.x.data.forEach((value, j) => expect(Math.abs(value - expected.x.data[j]!)).toBeLessThan(2e-3));
    for (const model of [student, teacher]) await model[Symbol.asyncDispose]();
  });
});

describe('a student of latents as a run', () => {
  it.each(distillationMethods)('of %s has the autoencoder of its teacher, and goes on bit for bit', async (method) => {
    const [whole, out] = [at(`${method}-whole`), at(method)];
    const rounds = method === 'progressive' ? { first: 2, nfe: 1, steps: 8 } : { steps: 4 };
    const pairs = ['luhman', 'reflow'].includes(method) ? { pairs: 40, teacherNfe: 2 } : {};
    const options = { ...small, ...rounds, ...pairs, method };
    await distillRun(at('teacher'), { ...options, out: whole });
    let taken = 0;
    const stopped = await distillRun(at('teacher'), { ...options, out, stopRequested: () => ++taken > 2 });
    expect(stopped.interrupted).toBe(true);
    await distillRun(at('teacher'), { ...options, out, resume: true });
    expect(loadAnyRun(out).point.state).toEqual(loadAnyRun(whole).point.state);
    expect(coderOf(out)).toEqual(coderOf(at('teacher')));
    expect(loadAnyRun(out).config.data).toEqual(loadAnyRun(at('teacher')).config.data);
    expect(loadAnyRun(out).data).toEqual(loadAnyRun(at('teacher')).data);
    const student = await openModel(out, { threads: 1 });
    const { samples, sampler } = await student.sample({ count: 2 });
    const expected: Partial<Record<string, readonly [string, number]>> = {
      ...{ progressive: ['few-step', 1], luhman: ['few-step', 1], reflow: ['ddim', 4] },
    };
    expect([sampler, samples.evaluations[0]]).toEqual(expected[method] ?? ['consistency', 2]);
    expect(samples.shape).toEqual([2, 8, 8]);
    await student[Symbol.asyncDispose]();
  });

  it('draws decoded pictures in its own evaluations as it trains, is packed, and teaches from a file', async () => {
    mkdirSync(at('packed'));
    writeFileSync(at('packed', 'model.safetensors'), (await packModel(at('teacher'), { threads: 1 })).bytes);
    const out = at('of-packed');
    const settings = { train: { ...quiet.train, sampleEvery: 2 } };
    await distillRun(at('packed'), { ...small, out, first: 2, nfe: 2, steps: 2, settings });
    expect(readdirSync(join(out, 'samples')).toSorted()).toEqual(['00000002-strip.png', '00000002.png']);
    expect(coderOf(out)).toEqual(coderOf(at('packed')));
    const { record } = await packModel(out, { threads: 1 });
    expect(record.config.latent?.net).toMatchObject({ kind: 'autoencoder', width: 8, channels: 2 });
    expect(record.training.command).toMatch(/^scorefield train digits .*--objective progressive/);
    expect(record.training.command).not.toContain('--latent');
    const student = await openModel(out, { threads: 1 });
    const image = await openDataSet('digits', data);
    await expect(async () => student.restore({ task: 'inpaint', image, rows: [1] })).rejects.toThrow(
      /model: .*of-packed is a student of latents: .*; give the teacher/,
    );
    await expect(async () => student.logLikelihood(image, { method: 'bound' })).rejects.toThrow(/is a student/);
    await student[Symbol.asyncDispose]();
  });

  it('has the autoencoder that was trained together with its teacher', async () => {
    await trainLatents('joint', { objective: 'lsgm', steps: 2 });
    const out = at('of-joint');
    await distillRun(at('joint'), { ...small, out, first: 2, nfe: 2, steps: 2 });
    expect(coderOf(out)).toEqual(coderOf(at('joint')));
    expect(coderOf(out)).not.toEqual(coderOf(at('teacher')));
    // A score of latents goes on as one, too.
    const further = at('further');
    await trainRun('digits', { ...common, out: further, init: at('joint'), steps: 1, config: { data, train } });
    expect(coderOf(further)).toEqual(coderOf(at('joint')));
  });

  it('of a teacher of classes knows them, guided', async () => {
    await trainLatents('classes', { conditional: true, steps: 2 });
    const out = at('classes-student');
    const options = { ...small, method: 'luhman', pairs: 40, teacherNfe: 4, guidance: 2, steps: 2 };
    await distillRun(at('classes'), { ...options, out });
    await using student = await openModel(out, { threads: 1 });
    const { samples } = await student.given({ class: 3 }).sample({ count: 2 });
    expect([samples.labels, samples.evaluations]).toEqual([
      [3, 3],
      [1, 1],
    ]);
  });
});

describe('of a teacher of words', () => {
  const own = { size: 8, group: 'faces', limit: 24 } as const;
  const config = { net: { width: 8, channels: 1 }, train };

  beforeAll(async () => {
    await trainRun('emoji', { ...common, ...own, out: at('word-coder'), task: 'autoencoder', steps: 1, config });
    const score = { ...common, ...own, latent: at('word-coder'), condition: 'words', steps: 1 };
    await trainRun('emoji', { ...score, out: at('words'), config: { net: { width: 8 }, train } });
  });

  it.each(['progressive', 'luhman'])('%s learns them with the scale of the guidance', async (method) => {
    const out = at(`words-${method}`);
    const rest = method === 'luhman' ? { pairs: 40, teacherNfe: 4 } : { first: 1, nfe: 1 };
    await distillRun(at('words'), { ...small, ...rest, out, method, guidance: 3, steps: 2 });
    expect(loadAnyRun(out).data.texts).toEqual(loadAnyRun(at('words')).data.texts);
    await using student = await openModel(out, { threads: 1 });
    const { samples } = await student.given({ text: 'smiling face' }).sample({ count: 2 });
    expect([samples.shape, samples.evaluations]).toEqual([
      [2, 8, 8, 3],
      [1, 1],
    ]);
  });
});

describe('mistakes are one sentence', () => {
  it('a student is no teacher of other methods, and not of more steps', async () => {
    const student = at('untrained');
    for (const [options, words] of [
      [{ method: 'consistency' }, /teacher: expected a score, .*untrained is a student of 4 steps/],
      [{ method: 'luhman' }, /teacher: expected a score, .*untrained is a student of 4 steps/],
      [{ nfe: 4 }, /a teacher of 4 steps has students of at most 2/],
    ] as const)
      await expect(async () => distillRun(student, { ...small, out: at('none'), ...options })).rejects.toThrow(words);
    expect(existsSync(at('none'))).toBe(false);
  });

  it('the data of a teacher may be gone, or elsewhere', async () => {
    const set = await openDataSet('digits', data);
    if (!('pixels' in set)) throw new Error('digits are images');
    mkdirSync(at('kept'));
    writeFileSync(at('kept', 'digits.npy'), formatNpy({ shape: [set.count, 8, 8], data: set.pixels }));
    const config = { net: { width: 8, channels: 2 }, train };
    const own = at('kept', 'digits.npy');
    await trainRun(own, { ...common, out: at('own-coder'), task: 'autoencoder', steps: 1, config });
    await trainRun(own, {
      ...common,
      out: at('own'),
      latent: at('own-coder'),
      steps: 1,
      config: { net: { width: 8 }, train },
    });
    renameSync(at('kept'), at('moved'));
    const options = { ...small, out: at('of-moved'), first: 1, nfe: 1, steps: 1 };
    for (const method of ['progressive', 'luhman'])
      await expect(async () =>
        distillRun(at('own'), { ...options, ...(method === 'luhman' && { first: undefined }), method }),
      ).rejects.toThrow(
        /teacher: expected the data that .*own was trained on, .*digits.npy, found none there; say where they are with --set data.ref=PATH/,
      );
    expect(existsSync(at('of-moved'))).toBe(false);
    const settings = { ...quiet, data: { ref: at('moved', 'digits.npy') } };
    await distillRun(at('own'), { ...options, settings });
    expect(coderOf(at('of-moved'))).toEqual(coderOf(at('own')));
  });

  it('teacher and student are of the same', async () => {
    const loss = { kind: 'progressive', steps: 1, teacher: at('teacher') };
    await expect(async () =>
      trainRun('digits', { ...common, out: at('none'), steps: 1, config: { data, loss, train, net: { width: 8 } } }),
    ).rejects.toThrow(/loss.teacher: expected a score of the data themselves as the student, got one of latents/);
    const other = { process: 'edm', objective: 'progressive', settings: { loss } };
    await trainRun('digits', {
      ...common,
      out: at('coder-2'),
      task: 'autoencoder',
      steps: 1,
      config: { data, net: { width: 8, channels: 2 }, train },
    });
    await expect(async () => trainLatents('none', { ...other, latent: at('coder-2') })).rejects.toThrow(
      /loss.teacher: expected a teacher of the autoencoder of the student, got one of another; .*--init/,
    );
    const pairs = { latent: { pairs: at('luhman', 'pairs') } };
    await expect(async () => trainLatents('none', { settings: pairs })).rejects.toThrow(
      /latent.pairs: is of students, which begin with the parameters/,
    );
  });
});
