import { describe, expect, it } from 'vitest';
import { buildModel } from '../../src/catalog/build.ts';
import type { LoadedRun } from '../../src/run/load.ts';
import type { Plain } from '../../src/catalog/option.ts';
import { inherited, initialPoint } from '../../src/run/initial.ts';
import { merge } from '../../src/catalog/config/merge.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { key } from '../../src/base/key.ts';
import { interpreter } from '../../src/backend/interpreter.ts';
import { normal } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { classCount } from '../../src/catalog/kinds.ts';
import { scoreModel } from '../../src/score/models/score-model.ts';
import { averaged, startPoint } from '../../src/train/train.ts';

const imagesOf = (side: number) => ({ kind: 'images', height: side, width: side }) as const;
const small: Plain = { data: { ref: 'emoji' }, net: { kind: 'ddpmpp', width: 8, multipliers: [1, 1, 1], blocks: 1 } };

function source(asked: Plain, side = 16): Pick<LoadedRun, 'config' | 'data' | 'net' | 'point'> {
  const config = resolveConfig(imagesOf(side), asked);
  const { net } = buildModel(config, [3, side, side]);
  const scaler = { kind: 'centered', factor: 1, shift: [0] } as const;
  const point = startPoint(net, key(5));
  const state = { ...point.state, ema: point.state.params.map((value) => value / 2) };
  return {
    config,
    net,
    data: { kind: 'images', shape: [3, side, side], scaler, fingerprint: '' },
    point: { ...point, state },
  };
}

const from = source(merge(small, { sde: { kind: 'edm', sigmaMax: 40 }, range: 'unit' }));

/** The configuration of a run on images of a side that begins with `from`. */
function configOf(side: number, asked: Plain): LoadedRun['config'] {
  const all = merge({ data: { ref: 'mine' } }, asked);
  return resolveConfig(imagesOf(side), merge(inherited(from, imagesOf(side), all), all));
}

describe('a run that begins with parameters of another', () => {
  it('takes over what they mean: range, network, SDE and parametrization', () => {
    const { range, net, sde, parametrization } = from.config;
    expect(configOf(16, {})).toMatchObject({ range, net, sde, parametrization });
    expect(range).toBe('unit');
  });

  it('takes over nothing of a part of which another kind is asked for', () => {
    const { sde, net } = configOf(16, { sde: { kind: 'vp' } });
    expect([sde.kind, net]).toEqual(['vp', from.config.net]);
    expect(sde).not.toHaveProperty('sigmaMax');
    expect(configOf(16, { sde: { sigmaMax: 7 } }).sde).toMatchObject({ kind: 'edm', sigmaMax: 7 });
  });

  it.each([8, 16, 24, 32])(
    'has the same parameters on images of %i pixels, with attention at the same level',
    (side) => {
      const config = configOf(side, {});
      const { net } = buildModel(config, [3, side, side]);
      const { step, state } = initialPoint(net, from, 'there');
      expect(config.net).toMatchObject({ attention: [side / 4] });
      expect(step).toBe(0);
      expect(state.params).toEqual(from.point.state.ema);
      expect(state.ema).toEqual(from.point.state.ema);
      expect([...state.m, ...state.v].every((value) => value === 0)).toBe(true);
    },
  );

  it.each([
    [0, 'shortcut'],
    [3, 'mean-flow'],
  ])('of %i classes without steps has their scores when it learns them, by %s', async (classes, kind) => {
    const score = source(merge(small, { sde: { kind: 'edm' }, net: { classes } }), 8);
    const asked = { data: { ref: 'mine' }, loss: { kind } };
    const config = resolveConfig(imagesOf(8), merge(inherited(score, imagesOf(8), asked), asked));
    const { net, process } = buildModel(config, [3, 8, 8]);
    const { state } = initialPoint(net, score, 'there');
    expect(state.params).toEqual(state.ema);
    const before = scoreModel(interpreter(), score.net, {
      params: averaged(score.point.state),
      process: buildModel(score.config, [3, 8, 8]).process,
    });
    const after = scoreModel(interpreter(), net, { params: averaged(state), process });
    const x = tensor(normal(key(8), 2 * 192), [2, 3, 8, 8]);
    const given = [1, undefined];
    const of = classes === 0 ? [before, after] : [before.given(given), after.given(given)];
    const [expected, ...found] = await Promise.all([
      of[0]!.score(x, [2, 0.3]),
      of[1]!.score(x, [2, 0.3]),
      of[1]!.score(x, [2, 0.3], undefined, 0.1),
    ]);
    const largest = Math.max(...expected.data.map(Math.abs));
    // Parameters are float32: those of the classes are multiplied by the square root of 3 / 10, and rounded.
    for (const { data } of found)
      data.forEach((value, i) => expect(Math.abs(value - expected.data[i]!)).toBeLessThan(1e-5 * largest));
    const other = source(merge(small, { net: { classes, width: 12 } }), 8);
    expect(() => initialPoint(net, other, 'there')).toThrow(/expected parameters of the network ddpmpp of this run/);
  });

  it.each([
    [
      'wider',
      { net: { width: 12 } },
      /expected parameters of the network ddpmpp of this run, \S+ \[.*\]; there has \S+ \[.*\]; /,
    ],
    ['deeper', { net: { blocks: 2 } }, /expected parameters of the network ddpmpp of this run/],
    ['of another kind', { net: { kind: 'score-net' } }, /expected parameters of the network score-net of this run/],
  ])('refuses a network that is %s', (_, asked, message) => {
    const { net } = buildModel(configOf(28, asked), [3, 28, 28]);
    expect(() => initialPoint(net, from, 'there')).toThrow(message);
  });
});

describe.each([
  ['texts', 'hidden', 40],
  ['classes', 'features', 3],
])('of a network of %s', (what, classEmbedding, classes) => {
  const asked = merge(small, { net: { classes, classEmbedding } });
  const given =
    what === 'texts'
      ? { texts: { words: ['red'], buckets: 39, fingerprint: '' } }
      : { classes: { names: ['a', 'b', 'c'], counts: [1, 1, 1], fingerprint: '' } };
  const plain = source(asked, 8);
  const known = { ...plain, data: { ...plain.data, ...given } } as unknown as typeof plain;
  // Biases begin at zero, and have something to say after a training.
  known.point.state.ema.forEach((value, i, all) => (all[i] = value + 0.05 * Math.sin(i)));

  it('data without any begin a run with what it is of samples of which nothing is known', async () => {
    const own = { data: { ref: 'mine' } };
    const config = resolveConfig(imagesOf(8), merge(inherited(known, imagesOf(8), own), own));
    expect([classCount(config.net), config.condition]).toEqual([0, undefined]);
    const { net, process } = buildModel(config, [3, 8, 8]);
    const { state } = initialPoint(net, known, 'there');
    const x = { data: normal(key(9), 2 * 192), shape: [2, 3, 8, 8] };
    const scoreOf = (of: typeof net, params: typeof state): Promise<Tensor> =>
      scoreModel(interpreter(), of, { params: averaged(params), process }).score(x, [0.2, 0.9]);
    const [begun, before] = [await scoreOf(net, state), await scoreOf(known.net, known.point.state)];
    const largest = Math.max(...before.data.map(Math.abs));
    // Sums of float32 in another order.
    begun.data.forEach((value, i) => expect(Math.abs(value - before.data[i]!)).toBeLessThan(1e-5 * largest));
  });

  it('data that have them begin with all of it', () => {
    const labeled = { ...imagesOf(8), ...(what === 'texts' ? { texts: [['red']] } : { labels: new Uint8Array(1) }) };
    const own = { data: { ref: 'mine' } };
    const config = resolveConfig(imagesOf(8), merge(inherited(known, labeled, own), own));
    expect(classCount(config.net)).toBe(classes);
  });
});
