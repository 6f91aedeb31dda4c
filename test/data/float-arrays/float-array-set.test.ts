import { describe, expect, it } from 'vitest';
import { key, foldIn } from '../../../src/base/key.ts';
import { normal, uniform } from '../../../src/base/random.ts';
import { tensor } from '../../../src/base/tensor.ts';
import { arraySet, type ArrayOptions } from '../../../src/data/arrays/array-set.ts';
import { kindOf, sampleShape, scalerOf, type DataSet } from '../../../src/data/dataset.ts';
import { loadBatch } from '../../../src/data/batch.ts';
import { describe as summaryOf } from '../../../src/data/describe.ts';
import { floatArraySets } from '../../../src/data/float-arrays/float-array-set.ts';
import type { FloatArraySet } from '../../../src/data/float-arrays/float-array.ts';
import { isForm } from '../../../src/data/float-arrays/form-coder.ts';
import { shownParts } from '../../../src/data/float-arrays/shown-parts.ts';
import { linesOf } from '../../../src/data/float-arrays/write-float-array.ts';
import { arrayHoles } from '../../../src/data/float-arrays/array-holes.ts';

const floats = (shape: number[], seed = 1) => ({
  shape,
  data: Float32Array.from(
    normal(
      key(seed),
      shape.reduce((a, b) => a * b, 1),
    ),
  ),
});

/** Rows of waves, beside each other alike. */
const waves = (count: number, length: number) => ({
  shape: [count, length],
  data: Float32Array.from({ length: count * length }, (_, at) => Math.sin(at / 3 + Math.floor(at / length))),
});

const read = (array: Parameters<typeof arraySet>[0], options: ArrayOptions = {}): FloatArraySet =>
  arraySet(array, 'folder/x.npy', options) as unknown as FloatArraySet;

/** A set, as a model would give its own samples back. */
function backAndForth(set: FloatArraySet): ReturnType<typeof floatArraySets.toArray> {
  const scaler = scalerOf(set);
  const shape = sampleShape(set);
  const rows = [...Array(set.count).keys()];
  const x = tensor(loadBatch(set, scaler, rows, key(3)), [set.count, ...shape]);
  return floatArraySets.toArray(x, { shape, scaler });
}

describe('an array', () => {
  it.each<[string, number[], number[]]>([
    ['nl', [4, 20], [1, 20]],
    ['nlc', [4, 20, 3], [3, 20]],
    ['ncl', [4, 3, 20], [3, 20]],
    ['nhwc', [4, 5, 6, 2], [2, 5, 6]],
    ['nchw', [4, 2, 5, 6], [2, 5, 6]],
    ['ndhw', [4, 3, 5, 6], [3, 5, 6]],
    ['ndhwc', [4, 3, 5, 6, 2], [6, 5, 6]],
    ['ncdhw', [4, 2, 3, 5, 6], [6, 5, 6]],
  ])('of axes %s is samples of the shape that a network sees, and comes back in its own', (layout, shape, seen) => {
    const array = floats(shape);
    const set = read(array, { layout: layout as 'nl' });
    expect(kindOf(set as DataSet).name).toBe('arrays');
    expect(sampleShape(set as DataSet)).toEqual(seen);
    const back = backAndForth(set);
    expect(back.shape).toEqual(shape);
    // One float32 rounding on the way into the model's range.
    back.data.forEach((value, at) => expect(value).toBeCloseTo(array.data[at]!, 5));
  });

  it('is series by itself where rows are long and neighbors alike, or values are missing', () => {
    const kind = (array: Parameters<typeof arraySet>[0], options = {}) => kindOf(arraySet(array, 'x', options)).name;
    expect(kind(waves(30, 40))).toBe('arrays');
    expect(kind(waves(30, 12))).toBe('points');
    expect(kind(floats([200, 40]))).toBe('points');
    expect(kind(waves(30, 40), { layout: 'points' })).toBe('points');
    const holes = floats([200, 40]);
    holes.data[7] = NaN;
    expect(kind(holes)).toBe('arrays');
    expect(() => arraySet(holes, 'x', { layout: 'points' })).toThrow(/finite numbers.*--layout nl/);
    const pictures = floats([2, 4, 4]);
    expect(kind(pictures)).toBe('images');
    pictures.data[0] = NaN;
    expect(kind(pictures)).toBe('arrays');
  });

  it('has channels with names, units and transformations of their own', () => {
    const array = floats([50, 2, 20]);
    array.data.forEach((value, at) => (array.data[at] = at % 40 < 20 ? 280 + 10 * value : Math.exp(value)));
    const set = read(array, { layout: 'ncl', names: ['t2m [K]', 'tp'], transforms: ['tp=log1p'], periodic: ['l'] });
    expect(set.form.channels.map(({ name, unit, transform }) => [name, unit, transform.name])).toEqual([
      ['t2m', 'K', 'affine'],
      ['tp', undefined, 'log1p'],
    ]);
    expect(set.form.axes).toEqual([{ name: 'l', size: 20, periodic: true }]);
    expect(summaryOf(set as DataSet).columns).toMatchObject({ t2m: expect.stringMatching(/ K, affine$/) as string });
    const scaler = scalerOf(set);
    const x = loadBatch(set, scaler, [...Array(50).keys()], key(1));
    for (const c of [0, 1]) {
      const own = x.filter((_, at) => Math.floor(at / 20) % 2 === c);
      const mean = own.reduce((sum, v) => sum + v / own.length, 0);
      expect(mean).toBeCloseTo(0, 5);
      expect(own.reduce((sum, v) => sum + (v - mean) ** 2 / own.length, 0)).toBeCloseTo(1, 4);
    }
    backAndForth(set).data.forEach((value, at) => expect(Math.abs(value / array.data[at]! - 1)).toBeLessThan(1e-4));
  });

  it('says how densities change, the derivative of its transformations', () => {
    const array = floats([40, 2, 16]);
    array.data.forEach((value, at) => (array.data[at] = Math.abs(value) + 0.1));
    const set = read(array, { layout: 'ncl', transforms: ['1=log1p', '2=asinh'] });
    const codec = floatArraySets.codec!(scalerOf(set));
    const at = (shift: number, j = -1) =>
      codec.toModel(
        tensor(
          array.data.subarray(0, 32).map((v, k) => (k === j ? v + shift : v)),
          [1, 2, 16],
        ),
      );
    const h = 1e-4;
    const numeric = Array.from({ length: 32 }, (_, j) => Math.log((at(h, j).data[j]! - at(-h, j).data[j]!) / (2 * h)));
    const sum = numeric.reduce((a, b) => a + b, 0);
    // Central differences of float32 data: 1e-3 of each of 32 terms at most.
    expect(codec.logDetNats(at(0))[0]).toBeCloseTo(sum, 1);
    expect(codec.bitsOffset(at(0))[0]).toBeCloseTo(-codec.logDetNats(at(0))[0]! / 32 / Math.LN2, 12);
  });

  it('of integers comes back as integers', () => {
    const data = Int32Array.from(uniform(key(2), 400), (u) => Math.floor(10 * u));
    const back = backAndForth(read({ shape: [20, 20], data }, { layout: 'nl' }));
    expect([...back.data]).toEqual([...data]);
  });

  it('has missing values, which the loss leaves out, and which come back where no sample has any', () => {
    const array = floats([6, 20]);
    for (let i = 0; i < 6; i++) array.data[20 * i + 3] = array.data[20 * i + 4] = NaN;
    array.data[25] = NaN;
    const set = read(array);
    expect(set.form.absent).toEqual([3, 2]);
    const observed = floatArraySets.gaps!.observed!(set, [1]);
    expect([...observed].flatMap((there, j) => (there === 1 ? [] : [j]))).toEqual([3, 4, 5]);
    const scaler = scalerOf(set);
    const x = loadBatch(set, scaler, [1], key(1));
    expect(x[5]).toBe(0);
    const back = floatArraySets.toArray(tensor(x, [1, 1, 20]), { shape: [1, 20], scaler }).data;
    expect([...back].flatMap((value, j) => (Number.isNaN(value) ? [j] : []))).toEqual([3, 4]);
    const known = floatArraySets.gaps!.known(set, { scaler, rows: [1], key: key(1) }, [1, 20]).known;
    expect([...known]).toEqual([...observed]);
  });

  it.each<[string, Parameters<typeof arraySet>[0], ArrayOptions, RegExp]>([
    [
      'infinite numbers',
      { shape: [1, 16], data: new Float32Array(16).fill(Infinity) },
      { layout: 'nl' },
      /NaN for missing ones, found Infinity/,
    ],
    [
      'a channel of none',
      { shape: [1, 2, 2], data: Float32Array.of(1, 2, NaN, NaN) },
      { layout: 'ncl' },
      /channel 2, found that all of them are missing/,
    ],
    [
      'too few names',
      floats([2, 3, 4]),
      { layout: 'ncl', names: ['a'] },
      /names: expected 3, one for each channel, got 1/,
    ],
    ['equal names', floats([2, 2, 4]), { layout: 'ncl', names: ['a', 'a'] }, /names that differ/],
    [
      'an unknown transformation',
      floats([2, 20]),
      { layout: 'nl', transforms: ['log'] },
      /expected affine, log1p.*found log/,
    ],
    [
      'a transformation of no channel',
      floats([2, 20]),
      { layout: 'nl', transforms: ['t=log1p'] },
      /there is no channel t/,
    ],
    ['log1p of negative numbers', floats([2, 20]), { layout: 'nl', transforms: ['log1p'] }, /above -1 for log1p/],
    [
      'a periodic axis that it has not',
      floats([2, 20]),
      { layout: 'nl', periodic: ['w'] },
      /letters of the axes l, found w/,
    ],
    ['channels of points', floats([2, 20]), { layout: 'points', names: ['a'] }, /another than points/],
    ['other axes', floats([2, 20]), { layout: 'ncl' }, /axes n, c, l as --layout ncl says/],
  ])('with %s is refused', (_, array, options, message) => {
    expect(() => arraySet(array, 'x.npy', options)).toThrow(message);
  });

  it('of equal numbers is refused when it is to be learned', () => {
    const set = read({ shape: [2, 20], data: new Float32Array(40).fill(3) }, { layout: 'nl' });
    expect(() => scalerOf(set as DataSet)).toThrow(/all numbers of x.npy are equal/);
  });
});

it('a stored form is checked against the shape of the samples', () => {
  const { transform } = scalerOf(read(floats([3, 2, 20]), { layout: 'ncl' }));
  expect(isForm(transform, { shape: [2, 20] })).toBe(true);
  expect(isForm(transform, { shape: [2, 21] })).toBe(false);
  const { form } = transform as { form: Record<string, unknown> };
  for (const damage of [
    { channels: [] },
    { axes: 3 },
    { order: 'none' },
    { absent: [1] },
    { channels: [{ name: 'a' }] },
  ])
    expect(isForm({ form: { ...form, ...damage } }, { shape: [2, 20] })).toBe(false);
});

describe('what is shown of a sample', () => {
  const n = 3000;
  const all = Array.from({ length: n }, (_, i) => shownParts([2, 12], foldIn(key(4), i)));

  it('is nothing of a third', () => {
    const none = all.filter((own) => own.every((mark) => mark === 0)).length / n;
    // Besides, the fifth that are shown number by number or by channels with a share below 1 may show nothing, as may a block of all.
    const p = 1 / 3 + (2 / 3 / 5) * (1 / 25 + 1 / 24 + 1 / 3);
    expect(Math.abs(none - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n) + 0.01);
  });

  it('is sometimes all before a time, all around a block, each k-th place, or a channel', () => {
    const texts = new Set(all.map((own) => own.join('')));
    const both = (text: string): string => text + text;
    expect(texts.has(both('111111100000'))).toBe(true);
    expect(texts.has(both('111000111111'))).toBe(true);
    expect(texts.has(both('010010010010'))).toBe(true);
    expect(texts.has('1'.repeat(12) + '0'.repeat(12))).toBe(true);
  });
});

it('series are written as lines, and their missing values as quantiles', () => {
  const set = read(
    { shape: [1, 2, 16], data: Float32Array.from({ length: 32 }, (_, j) => (j === 17 ? NaN : j)) },
    {
      layout: 'ncl',
      names: ['a', 'b'],
    },
  );
  expect(linesOf(set).split('\n').slice(0, 3)).toEqual(['sample,time,a,b', '1,0,0,16', '1,1,1,']);
  const draws = [1, 2, 3].flatMap((value) => [...set.values].map((own) => (Number.isNaN(own) ? value : own)));
  const samples = { ...set, count: 3, values: Float32Array.from(draws) };
  expect(arrayHoles(set, { samples, rows: [0], count: 3 }, [0.25])).toBe('row,time,channel,value,q0.25\n1,1,b,2,1.5\n');
});
