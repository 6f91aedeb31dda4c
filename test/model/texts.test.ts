/** @file A model of texts: what it draws, what it says of words that it does not know, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { ConfigError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { tensor } from '../../src/base/tensor.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import type { PointSet } from '../../src/data/dataset.ts';
import { npzSet } from '../../src/data/arrays/array-set.ts';
import { textRow } from '../../src/data/texts/text-coding.ts';
import type { Host } from '../../src/model/host.ts';
import { distillOn } from '../../src/model/distillation.ts';
import { modelOf, type Model } from '../../src/model/model.ts';
import { givenEach, pairSampling } from '../../src/model/teacher-pairs.ts';
import { trainOn } from '../../src/model/training.ts';
import { initialize } from '../../src/nn/network.ts';
import { summarize } from '../../src/run/summarize.ts';
import { scoreModel } from '../../src/score/models/score-model.ts';

const host: Host = {
  backend: () => Promise.resolve(interpreter()),
  writeFile: () => Promise.resolve(),
  rasterize: () => Promise.resolve(new Uint8Array()),
};

const names = ['low left', 'low right', 'high left'];
const set: PointSet = {
  ...{ kind: 'points', name: 'places', count: 30, dimension: 2 },
  values: Float64Array.from({ length: 60 }, (_, i) => Math.sin(i)),
  texts: Array.from({ length: 30 }, (_, i) => [names[i % 3]!]),
};

function modelOn(classes: number, condition?: object): Model {
  const net = { kind: 'mlp', width: 8, depth: 1, features: 4, classes };
  const config = resolveConfig(set, { data: { ref: 'places' }, parametrization: { kind: 'x0' }, net, condition });
  const built = buildTraining(config, set);
  const { trained, fixed } = initialize(built.net, key(3));
  const params = { trained: trained.map((value, i) => 0.1 * value + 0.02 * Math.sin(i)), fixed };
  return modelOf(host, { ...built, name: 'small', config, data: summarize(set, built), step: 7, params });
}

const model = modelOn(4, { kind: 'words' });
const coding = model.info.texts!;

describe('samples given a text', () => {
  it('are those of the rows of its words', async () => {
    expect(coding).toEqual({ words: ['left', 'low', 'high', 'right'], buckets: 0 });
    const { trained } = model;
    const low = scoreModel(interpreter(), trained.net, { params: trained.params, process: trained.process });
    const x = tensor([0.3, -1, 2, 0.5], [2, 2]);
    const given = model.given({ text: ['high left', 'LOW, right'], guidance: 3 });
    const rows = [textRow(coding, 'high left'), textRow(coding, 'low right')];
    const [own, free] = [await low.given(rows).score(x, 0.4), await low.score(x, 0.4)];
    const found = await given.score(x, 0.4);
    // Sums of float32 numbers in float64.
    found.data.forEach((value, j) => expect(value).toBeCloseTo(free.data[j]! + 3 * (own.data[j]! - free.data[j]!), 5));
    expect(own).not.toEqual(free);
    expect(given.condition).toEqual({
      ...{ labels: [], names: ['high left', 'LOW, right'], unknownWords: [] },
      ...{ guidance: 3, method: 'classifier-free', options: {}, differentiable: true, cost: 2 },
    });
  });

  it('say their text wherever they go', async () => {
    const { samples } = await model.given({ text: 'low left' }).sample({ count: 3, nfe: 4 });
    expect(samples.texts).toEqual(['low left', 'low left', 'low left']);
    expect(samples.labels).toBeUndefined();
    expect(samples.toDataSet().texts).toEqual([['low left'], ['low left'], ['low left']]);
    expect(npzSet(samples.toNpz(), 'a.npz').texts).toEqual([['low left'], ['low left'], ['low left']]);
    const each = await model.given({ text: ['low left', 'high left'] }).sample({ nfe: 4 });
    expect(each.samples.texts).toEqual(['low left', 'high left']);
  });

  it('of which nothing is known are samples of anything', async () => {
    const given = model.given({ text: 'somewhere, lefft', guidance: 0 });
    expect(given.condition?.unknownWords).toEqual([{ word: 'somewhere' }, { word: 'lefft', meant: 'left' }]);
    const draw = async (of: Model): Promise<unknown> => (await of.sample({ count: 2, nfe: 4 })).samples.data;
    expect(await draw(model.given({ text: 'somewhere' }))).toEqual(await draw(model));
  });
});

it('densities given texts are those of the score given the text of each sample', async () => {
  const rows = [0, 1, 2, 3];
  const { bitsPerDim } = await model.logLikelihood(set, { rows, tolerance: 1e-3, givenText: true });
  const { bitsPerDim: free } = await model.logLikelihood(set, { rows, tolerance: 1e-3 });
  expect(bitsPerDim).not.toEqual(free);
  // Which samples come with it changes nothing.
  const { bitsPerDim: alone } = await model.logLikelihood(set, { rows: [2], tolerance: 1e-3, givenText: true });
  expect(alone[0]).toBe(bitsPerDim[2]);
  const { texts, ...silent } = set;
  expect(texts).toBeDefined();
  await expect(model.logLikelihood(silent, { givenText: true })).rejects.toThrow(
    /expected samples with texts, found none/,
  );
});

it('a weaker model guides away by the same words, and is refused if it knows others', async () => {
  const x = tensor([0.3, -1, 2, 0.5], [2, 2]);
  const given = { text: ['high left', 'low'], guidance: { scale: 2, guide: model } };
  // A model that is guided away from itself stays as it is.
  const [found, alone] = [
    await model.given(given).score(x, 0.4),
    await model.given({ text: given.text }).score(x, 0.4),
  ];
  found.data.forEach((value, j) => expect(value).toBeCloseTo(alone.data[j]!, 5));
  const other = modelOn(2, { kind: 'words', words: 2 });
  const wrong = model.given({ ...given, guidance: { scale: 2, guide: other } });
  await expect(wrong.score(x, 0.4)).rejects.toThrow(
    /guidance\.guide: expected a model of the words that the model knows/,
  );
});

describe('a condition that does not fit', () => {
  it.each([
    [{ class: 0 }, /class: this run knows texts and no classes; ask for a text/],
    [{ class: 0, text: 'low' }, /text: expected a class or a text, got both/],
    [{}, /guidance: expected a class to guide to, --class, or a text, --text/],
    [{ text: 'low', guidance: { guide: modelOn(0), method: 'classifier' } }, /guidance\.guide: expected a classifier/],
  ])('is refused: %#', (condition, message) => {
    expect(() => model.given(condition)).toThrow(ConfigError);
    expect(() => model.given(condition)).toThrow(message);
  });

  it('is refused by a model without texts', () => {
    expect(() => modelOn(0).given({ text: 'low' })).toThrow(
      /text: this run knows no texts; train one with --condition words/,
    );
  });
});

describe('students that learn from pairs', () => {
  const small = { pairs: 60, teacherNfe: 4, steps: 3, batch: 8 };

  it.each(['luhman', 'reflow'])(
    'of %s know the texts of their teacher, of which the pairs are drawn',
    async (method) => {
      const drawn: number[] = [];
      const how = { ...small, method, guidance: 2, onPairs: ({ drawn: n }: { drawn: number }) => drawn.push(n) };
      const student = await distillOn(host, model.trained, set, how);
      expect(student.info.texts).toEqual(coding);
      expect(drawn).toEqual(drawn.toSorted((a, b) => a - b));
      expect(drawn.at(-1)).toBe(60);
      const { samples, sampler } = await student.given({ text: 'low left' }).sample({ count: 2 });
      expect([sampler, ...samples.evaluations]).toEqual(method === 'luhman' ? ['few-step', 1, 1] : ['ddim', 4, 4]);
      expect(student.trained.params.trained).not.toEqual(model.trained.params.trained);
    },
  );

  it('get the texts of random samples, a part of them none, and the sample that the teacher makes of the noise given both', async () => {
    const about = { count: 40, seed: 5, nfe: 4, guidance: 3, said: set };
    const { samples } = await givenEach(model, about).sample(pairSampling(model, about));
    expect(new Set(samples.texts)).toEqual(new Set(names));
    expect(samples.given!.filter((own) => own === 0)).toHaveLength(4);
    const row = samples.given!.indexOf(0);
    for (const [i, of] of [
      [row - 1, model.given({ text: samples.texts![row - 1]!, guidance: 3 })],
      [row, model],
    ] as const) {
      const alone = await of.sample({ count: 40, seed: 5, nfe: 4, sampler: 'ddim' });
      const [found, expected] = [samples, alone.samples].map(({ x }) => [...x.data.subarray(2 * i, 2 * i + 2)]);
      found!.forEach((value, k) => expect(value).toBeCloseTo(expected![k]!, 5));
    }
  });

  it('are not guided where there is nothing to guide to', async () => {
    await expect(
      Promise.resolve(distillOn(host, modelOn(0).trained, set, { ...small, method: 'luhman', guidance: 2 })),
    ).rejects.toThrow(/guidance: expected a teacher of classes or texts to guide, small knows none/);
    await expect(
      Promise.resolve(distillOn(host, model.trained, set, { method: 'easy-consistency', guidance: 2 })),
    ).rejects.toThrow(/guidance: is of methods that follow a teacher/);
  });
});

it('a model is trained on texts in memory', async () => {
  const net = { width: 8, depth: 1, features: 4 };
  const trained = await trainOn(host, set, { condition: 'words', steps: 1, batch: 8, config: { net } });
  expect(trained.info.texts).toEqual(coding);
  const { samples } = await trained.given({ text: 'low left' }).sample({ count: 1, nfe: 4 });
  expect(samples.texts).toEqual(['low left']);
  const { texts, ...silent } = set;
  expect(texts).toBeDefined();
  await expect(trainOn(host, silent, { condition: 'words' })).rejects.toThrow(/condition: expected data with texts/);
});
