/** @file What a dequantizer's file must hold. */
import { describe, expect, it } from 'vitest';
import { FileError } from '../../src/base/errors.ts';
import { fromDequantizerFile, resumedDequantizer, toDequantizerFile } from '../../src/run/dequantizer.ts';
import { dequantizer } from '../../src/nn/dequantizer.ts';
import { layout } from '../../src/nn/network.ts';

const shape = [1, 4, 4];
const options = { layers: 2, width: 4 };
const { trained } = layout(dequantizer(shape, options).net);
const zeros = new Float32Array(trained);
const state = { params: zeros, m: zeros, v: zeros, ema: zeros, fixed: new Float32Array(0) };
const training = { batch: 8, learningRate: 1e-3, seed: 0 };
const file = toDequantizerFile({ step: 3, smoothedLoss: 5, state }, { options, training, step: 7 });

describe('the file of a dequantiser', () => {
  it('reports how it was trained, and when', () => {
    const { from, ...facts } = resumedDequantizer(file, shape, 'f');
    expect(facts).toEqual({ options, training, step: 7 });
    expect(from).toMatchObject({ step: 3, smoothedLoss: 5 });
  });

  const wrong = ['-1', '1.5', '1e999', 'null', '"1"', 'true', '[]', '{}', '9e15'] as const;
  const fields: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
    options: { layers: wrong, width: wrong },
    training: { batch: wrong, learningRate: ['-1', '0', '1e999', 'null', '"1"'], seed: wrong },
    point: { step: wrong, smoothedLoss: ['1e999', 'null', '"1"', '[]'] },
  };
  const cases = Object.entries(fields).flatMap(([part, names]) =>
    Object.entries(names).flatMap(([name, values]) => values.map((value) => [part, name, value] as const)),
  );

  it.each(cases)('is refused with %s.%s = %s', (part, name, value) => {
    const text = file.metadata[part]!.replace(new RegExp(`("${name}":)[^,}]+`), `$1${value}`);
    // 9e15 is a seed and a step as good as any.
    const good = value === '9e15' && ['seed', 'step'].includes(name);
    const read = (): unknown =>
      resumedDequantizer({ ...file, metadata: { ...file.metadata, [part]: text } }, shape, 'f');
    if (good) expect(read).not.toThrow();
    else expect(read).toThrow(FileError);
  });

  it.each([...wrong, '', 'abc'].filter((value) => value !== '9e15'))('is refused with the step %j', (step) => {
    expect(() => resumedDequantizer({ ...file, metadata: { ...file.metadata, step } }, shape, 'f')).toThrow(FileError);
  });

  it('is refused with layers that its numbers do not have', () => {
    for (const size of ['{"layers":64,"width":4096}', '{"layers":1e9,"width":4}', '{"layers":2,"width":1e9}'])
      expect(() => fromDequantizerFile({ ...file, metadata: { ...file.metadata, options: size } }, shape, 'f')).toThrow(
        /damaged, or not of this run/,
      );
  });
});
