import { describe, expect, it } from 'vitest';
import { combine } from '../../../src/base/arith.ts';
import { ConfigError } from '../../../src/base/errors.ts';
import { key, split } from '../../../src/base/key.ts';
import { normalBatch } from '../../../src/base/random.ts';
import { tensor, type Tensor } from '../../../src/base/tensor.ts';
import { buildPosteriorSampler, inverseList } from '../../../src/catalog/posterior-samplers/build-posterior-sampler.ts';
import {
  buildTask,
  suitedMethod,
  taskList,
  taskSettings,
  whyNot,
} from '../../../src/catalog/restorations/inverse-tasks.ts';
import type { Operator } from '../../../src/inverse/operator/operator.ts';
import { gaussianMixture } from '../../../src/sde/exact/gaussian-mixture.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { noise, norm, operators } from '../../inverse/all.ts';

const shapes: Readonly<Record<string, readonly number[]>> = { colorize: [3, 6, 8], deblur: [3, 12, 11] };
const shapeOf = (task: string): readonly number[] => shapes[task] ?? [1, 8, 6];
const built = taskList.map(({ name }) => ({
  name,
  shape: shapeOf(name),
  task: buildTask(name, shapeOf(name), { key: key(1) }),
}));
const problems = (build: () => unknown): string => {
  try {
    build();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
};
const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

describe.each(built)('the task $name', ({ name, shape, task }) => {
  const x = noise(shape, 2, 1);
  const y = task.operator.apply(x);

  it('measures images of its shape and draws the measurement as pictures', () => {
    expect(task.operator.shapeIn).toEqual(shape);
    const picture = task.picture(y);
    expect(picture.shape).toHaveLength(4);
    expect(picture.shape[0]).toBe(2);
    expect([1, 3]).toContain(picture.shape[1]);
    // What is drawn of the second image does not depend on the first.
    const alone = task.picture(task.operator.apply(tensor(x.data.slice(sizeOf(shape)), [1, ...shape])));
    expect(Array.from(alone.data)).toEqual(Array.from(picture.data.subarray(alone.data.length)));
  });

  it('has a classical inverse of its shape, which fits the measurement unless it filters', () => {
    const back = task.classical.inverse(y);
    expect(back.shape).toEqual(x.shape);
    const misfit = norm(combine([1, y], [-1, task.operator.apply(back)]));
    // Closed forms are exact to rounding, conjugate gradients to 1e-8; FBP is a filter.
    expect(misfit).toBeLessThan(task.classical.name === 'FBP' ? norm(y) : 1e-6 * norm(y));
  });

  it('reads a measurement that was taken elsewhere from its picture', () => {
    if (task.fromPicture === undefined) {
      expect(['cs', 'mri', 'ct']).toContain(name);
      return;
    }
    const picture = noise(task.fromPicture.shape, 2, 3);
    const read = task.fromPicture.read(picture);
    expect(read.shape).toEqual(y.shape);
    if (name === 'inpaint') expect(read).toEqual(task.operator.apply(picture));
    else expect(read).toEqual(picture);
  });

  it('lists its options with their defaults, and takes no others', () => {
    const { takes } = taskList.find((one) => one.name === name)!;
    expect(taskSettings(name, { factor: undefined })).toEqual(takes);
    for (const option of ['mask', 'factor', 'blur', 'rate', 'acceleration', 'angles'] as const) {
      const value = option === 'mask' ? 'half' : 0.5;
      const message = problems(() => taskSettings(name, { [option]: value }));
      if (option in takes) expect(taskSettings(name, { [option]: value })).toEqual({ ...takes, [option]: value });
      else expect(message).toMatch(`${option}: the task ${name} does not take it; it `);
    }
  });
});

describe('random tasks', () => {
  it.each([
    ['inpaint', { mask: 'random:0.7' }, [1, 8, 6]],
    ['cs', {}, [1, 8, 6]],
    ['cs', {}, [1, 8, 8]],
  ])('%s depends on its key alone: %s, %s', (name, options, shape) => {
    const x = noise(shape, 1, 2);
    const apply = (seed: number): Tensor => buildTask(name, shape, { ...options, key: key(seed) }).operator.apply(x);
    expect(apply(5)).toEqual(apply(5));
    expect(apply(5)).not.toEqual(apply(6));
  });

  it('hides the given share of pixels', () => {
    const { operator } = buildTask('inpaint', [3, 10, 10], { mask: 'random:0.7', key: key(1) });
    expect(operator.shapeOut).toEqual([3, 30]);
  });

  it('hides the middle quarter, or the right half', () => {
    const known = (mask: string): number[] => {
      const task = buildTask('inpaint', [1, 4, 4], { mask, key: key(1) });
      return Array.from(
        task.operator.adjoint(task.operator.apply(tensor(new Float64Array(16).fill(1), [1, 1, 4, 4]))).data,
      );
    };
    expect(known('box')).toEqual([1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1]);
    expect(known('half')).toEqual([1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]);
  });
});

it('blurs by a motion along its angle', () => {
  const point = tensor(
    Array.from({ length: 81 }, (_, i) => Number(i === 40)),
    [1, 1, 9, 9],
  );
  const blurred = (kind: string): Tensor =>
    buildTask('deblur', [1, 9, 9], { blur: kind, key: key(1) }).operator.apply(point);
  const along = ({ data }: Tensor, step: (k: number) => number): number[] =>
    [-2, -1, 0, 1, 2].map((k) => Number((data[40 + step(k)] ?? 0).toFixed(3)));
  // Three pixels of four and half a pixel on either side, each shared with its neighbors.
  expect(along(blurred('motion:4'), (k) => k)).toEqual([0.125, 0.25, 0.25, 0.25, 0.125]);
  expect(along(blurred('motion:4:90'), (k) => 9 * k)).toEqual([0.125, 0.25, 0.25, 0.25, 0.125]);
  // Upward to the right.
  const slanted = blurred('motion:4:45');
  expect(Math.min(...along(slanted, (k) => -8 * k).slice(1, 4))).toBeGreaterThan(0.1);
  expect(Math.max(...along(slanted, (k) => 10 * k).filter((_, i) => i !== 2))).toBeLessThan(0.02);
});

describe('what does not fit', () => {
  it.each(['motion', 'motion:0', 'motion:-3', 'motion:6.5', 'motion:3:north'])('a blur by %s', (kind) => {
    const message = /^blur: .* motion:L:A .* at most 4 pixels, .* got motion/;
    expect(problems(() => buildTask('deblur', [1, 8, 9], { blur: kind, key: key(1) }))).toMatch(message);
  });

  it.each([
    ['sharpen', [1, 8, 8], {}, /^task: expected inpaint, .*, ct, got sharpen$/],
    [
      'inpaint',
      [1, 8, 8],
      { mask: 'circle' },
      /^mask: expected box, half, random:P or the path of a picture, got circle$/,
    ],
    ['inpaint', [1, 8, 8], { mask: 'random:1.5' }, /^mask: expected random:P with P.* got random:1.5$/],
    ['colorize', [1, 8, 8], {}, /^task: colorize takes color images of 3 channels, and the run has 1$/],
    ['mri', [3, 8, 8], {}, /^task: mri takes gray images of 1 channel, and the run has 3$/],
    ['ct', [3, 8, 8], {}, /^task: ct takes gray images of 1 channel, and the run has 3$/],
    ['superres', [1, 8, 6], { factor: 4 }, /^factor: expected a factor of both sides of 8 x 6 pixels, got 4$/],
    [
      'deblur',
      [1, 8, 9],
      { blur: 1.5 },
      /^blur: expected at most 1.0, as three of it on either side must fit in 8 pixels/,
    ],
    ['cs', [1, 8, 6], { rate: 1.5 }, /^rate: expected a share above 0, at most 1, got 1.5$/],
    ['cs', [3, 100, 100], { rate: 0.5 }, /^rate: expected at most 0.037 for images of 30000 values/],
    ['mri', [1, 8, 8], { acceleration: 20 }, /^acceleration: expected a number of 1 to 8, .* got 20$/],
    ['ct', [1, 8, 8], { angles: 0 }, /^angles: expected a positive integer, got 0$/],
  ])('%s of [%s] with %s', (name, shape, options, message) => {
    expect(problems(() => buildTask(name, shape, { ...options, key: key(1) }))).toMatch(message);
  });

  it('takes every acceleration that it says', () => {
    for (const width of [6, 16, 28, 32])
      for (let acceleration = 1; acceleration <= width; acceleration++)
        expect(problems(() => buildTask('mri', [1, 4, width], { acceleration, key: key(1) }))).toBe('');
  });
});

/** Whether a method takes a first step with exact scores of images of the operator's shape, and how it fails if not. */
async function firstStep(method: string, operator: Operator): Promise<string> {
  const sde = vp();
  const size = sizeOf(operator.shapeIn);
  const flat = gaussianMixture(sde, { means: tensor(new Float64Array(size), [1, size]), stds: [1] });
  const flatten = (x: Tensor): Tensor => tensor(x.data, [x.shape[0]!, size]);
  const measurement = { operator, noiseStd: 0.1, y: normalBatch([key(3)], operator.shapeOut) };
  const sampler = buildPosteriorSampler(method, { steps: 2 });
  const request = {
    ...{ sde, measurement, shape: operator.shapeIn, keys: split(key(4), 1) },
    score: async (x: Tensor, t: number | readonly number[]) => ({
      ...(await flat.score(flatten(x), t)),
      shape: x.shape,
    }),
    scoreVjp: async (x: Tensor, t: number | readonly number[], w: Tensor) => {
      const { score, vjp } = await flat.scoreVjp(flatten(x), t, flatten(w));
      return { score: { ...score, shape: x.shape }, vjp: { ...vjp, shape: x.shape } };
    },
  };
  try {
    await sampler(request).next();
    return '';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

const taskOperators = built.map(({ name, task }) => [`of ${name}`, task.operator] as const);

describe.each([...taskOperators, ...Object.entries(operators)])('the operator %s', (_, operator) => {
  it.each(inverseList.map(({ name }) => name))('and %s: it works, or it is said why not', async (method) => {
    const reason = whyNot(method, operator);
    const failure = await firstStep(method, operator);
    expect(failure === '').toBe(reason === undefined);
    if (reason !== undefined) {
      expect(reason).toMatch(new RegExp(`^${method} needs .* expected .*`));
      expect(reason).toContain(operator.kind);
      const [, others = ''] = / expected (.*)$/.exec(reason) ?? [];
      for (const other of others.split(', ')) expect(whyNot(other, operator)).toBeUndefined();
    }
  });

  it('has a method that suits it, if it is linear', () => {
    if (operator.linear) expect(whyNot(suitedMethod(operator), operator)).toBeUndefined();
  });
});

it('refuses an unknown method', () => {
  expect(problems(() => whyNot('guess', operators['gray']!))).toMatch(/^method: expected replacement, .* got guess$/);
});
