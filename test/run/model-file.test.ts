import { describe, expect, it } from 'vitest';
import { FileError } from '../../src/base/errors.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { summarize } from '../../src/run/summarize.ts';
import { fromModelFile, toModelFile, type ModelRecord } from '../../src/run/model-file.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { dequantize, quantize } from '../../src/io/quantize.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/io/safetensors.ts';
import { images } from '../catalog/sets.ts';

const set = await images(6);
const config = resolveConfig(set, {
  data: { ref: set.name },
  net: { kind: 'score-net', channels: [4, 4], features: 4 },
});
const record: ModelRecord = {
  config,
  data: summarize(set, buildTraining(config, set)),
  training: {
    step: 3,
    seconds: 1.5,
    smoothedLoss: 2,
    command: 'scorefield train emoji',
    env: { node: 'v20', cores: 2 },
  },
  rounding: [{ noiseRatio: 0.01, relative: 1e-4 }],
  sampling: { sampler: 'ddim', nfe: 10, grid: 'karras' },
};
const params = { trained: Float32Array.of(1, -0.1, 1e-9), fixed: Float32Array.of(0.1) };
const bytes = encodeSafetensors(toModelFile(record, params));
const file = decodeSafetensors(bytes, 'f');

describe('a model', () => {
  it('comes back from its file, its parameters in half precision and the fixed ones whole', () => {
    const { record: read, ema, fixed } = fromModelFile(file, 'f');
    expect(read).toEqual(record);
    expect(ema).toEqual(Float32Array.of(1, -0.0999755859375, 0));
    expect(fixed).toEqual(params.fixed);
  });

  it('has parameters of 8 bits where it says so, the same ones when it is written again', () => {
    const trained = Float32Array.from({ length: 130 }, (_, i) => Math.fround(Math.sin(i)));
    const small = encodeSafetensors(toModelFile({ ...record, bits: 8 }, { ...params, trained }));
    const content = decodeSafetensors(small, 'f');
    const { record: read, ema } = fromModelFile(content, 'f');
    expect(read).toEqual({ ...record, bits: 8 });
    expect(ema).toEqual(dequantize(quantize(trained)));
    // A byte for each, and four for each block of 64.
    expect(content.tensors['ema']?.data).toEqual(quantize(trained).integers);
    expect(content.tensors['scales']?.shape).toEqual([3]);
    expect(encodeSafetensors(toModelFile(read, { trained: ema, fixed: params.fixed }))).toEqual(small);
    const tensors = { ...content.tensors, scales: { shape: [2], data: new Float32Array(2) } };
    expect(() => fromModelFile({ ...content, tensors }, 'f')).toThrow(/a scale for each 64 of 130 parameters, found 2/);
  });

  it('need not say how it is sampled', () => {
    const { config, data, training, rounding } = record;
    const plain = { config, data, training, rounding };
    expect(fromModelFile(toModelFile(plain, params), 'f').record).toEqual(plain);
  });

  it('is written as it was when it is written again', () => {
    const { record: read, ema, fixed } = fromModelFile(file, 'f');
    expect(encodeSafetensors(toModelFile(read, { trained: ema, fixed }))).toEqual(bytes);
  });

  const { metadata, tensors } = file;
  const broken: Readonly<Record<string, readonly [object, RegExp]>> = {
    'another format': [{ metadata: { ...metadata, format: 'x' } }, /expected a model of scorefield .* found x/],
    'no parameters': [{ tensors: {} }, /no parameters/],
    'a configuration of another version': [
      { metadata: { ...metadata, config: '{"net":1}' } },
      /not one of this version/,
    ],
    'no JSON': [{ metadata: { ...metadata, training: '{' } }, /'training' is not sound/],
    'a sampler without evaluations': [
      { metadata: { ...metadata, sampling: '{"sampler":"ddim"}' } },
      /'sampling' is not sound/,
    ],
    'no data': [{ metadata: { ...metadata, data: 'null' } }, /shape and scaling of the data/],
  };
  it.each(Object.entries(broken))('is refused with %s', (_, [change, message]) => {
    const read = (): unknown => fromModelFile({ metadata, tensors, ...change }, 'f');
    expect(read).toThrow(FileError);
    expect(read).toThrow(message);
  });
});
