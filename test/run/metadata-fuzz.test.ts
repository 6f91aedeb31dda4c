/** @file Metadata of files with anything in them: read, or refused in a sentence that names the file; nothing else happens. */
import { expect, it } from 'vitest';
import { FileError } from '../../src/base/errors.ts';
import { foldIn, key, type Key } from '../../src/base/key.ts';
import { bits } from '../../src/base/random.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import type { DataSet } from '../../src/data/dataset.ts';
import type { Safetensors } from '../../src/io/safetensors.ts';
import { dequantizer } from '../../src/nn/dequantizer.ts';
import { layout } from '../../src/nn/network.ts';
import { dataOf, fromCheckpoint, toCheckpoint } from '../../src/run/checkpoint.ts';
import { resumedDequantizer, toDequantizerFile } from '../../src/run/dequantizer.ts';
import { buildStored, modelFromTensors } from '../../src/run/from-bytes.ts';
import { toModelFile } from '../../src/run/model-file.ts';
import { summarize } from '../../src/run/summarize.ts';
import { images, points } from '../catalog/sets.ts';

const values: readonly unknown[] = [
  ...[-1, -0.5, 0, 1, 1.5, 3, 1e300, -1e300, 1e-300, 9e15, 2 ** 53, 'word', '', '3', '\u001b[2J', null, true, false],
  ...[
    [],
    [1],
    [-1],
    [[1]],
    {},
    { kind: 'vp' },
    { kind: 'none' },
    undefined,
    new Array(1000).fill(1),
    'x'.repeat(100_000),
  ],
];

const root = key(31);
const pick = <T>(from: readonly T[], at: Key): T => from[bits(at, 1)[0]! % from.length]!;

/** A JSON value with one part of it replaced, left out or added. */
function mutated(value: unknown, at: Key): unknown {
  const chosen = pick(values, foldIn(at, 'value'));
  if (typeof value !== 'object' || value === null || bits(foldIn(at, 'here'), 1)[0]! % 8 === 0) return chosen;
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length === 0 || bits(foldIn(at, 'more'), 1)[0]! % 12 === 0) entries.push(['added', chosen]);
  const index = bits(foldIn(at, 'index'), 1)[0]! % entries.length;
  const changed = entries.map(
    ([name, part], i) => [name, i === index ? mutated(part, foldIn(at, 'part')) : part] as const,
  );
  return Array.isArray(value) ? changed.map(([, part]) => part) : Object.fromEntries(changed);
}

function mutatedText(text: string, at: Key): string {
  const kind = bits(foldIn(at, 'text'), 1)[0]! % 10;
  if (kind === 0) return text.slice(0, bits(foldIn(at, 'cut'), 1)[0]! % (text.length + 1));
  if (kind === 1) return String(pick(values, at));
  if (!/^[[{]/.test(text)) return String(pick(values, at));
  return JSON.stringify(mutated(JSON.parse(text), at));
}

function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/** Reads a file with one text of its metadata after another changed, and looks at what was read. */
function fuzz(file: Safetensors, name: string, read: (content: Safetensors) => object): void {
  const names = Object.keys(file.metadata);
  let refused = 0;
  for (let i = 0; i < 350; i++) {
    const at = foldIn(foldIn(root, name), i);
    const changed = pick(names, foldIn(at, 'name'));
    const metadata = { ...file.metadata, [changed]: mutatedText(file.metadata[changed] ?? '', at) };
    const begin = process.cpuUsage();
    try {
      const found = read({ ...file, metadata });
      expect(numbersIn(found).every(Number.isFinite), `${changed}: ${metadata[changed]?.slice(0, 200)}`).toBe(true);
    } catch (error) {
      if (!(error instanceof FileError))
        throw new Error(`${changed}: ${metadata[changed]?.slice(0, 200)}`, { cause: error });
      expect(error.message).toMatch(/^the file: [^\n]/);
      expect(error.message.length).toBeLessThan(1000);
      refused++;
    }
    const { user, system } = process.cpuUsage(begin);
    expect((user + system) / 1e6, `${changed}: ${metadata[changed]?.slice(0, 200)}`).toBeLessThan(1);
  }
  expect(refused).toBeGreaterThan(100);
}

function trained(set: DataSet, net: object): { file: Safetensors; checkpoint: Safetensors } {
  const config = resolveConfig(set, { data: { ref: 'some data' }, net, train: { batch: 2 } });
  const training = buildTraining(config, set);
  const sizes = layout(training.net);
  const zeros = new Float32Array(sizes.trained);
  const fixed = new Float32Array(sizes.fixed);
  const data = summarize(set, training);
  const record = {
    ...{ config, data, training: { step: 1, seconds: 1, smoothedLoss: 2, command: 'c', env: { node: '20' } } },
    ...{
      rounding: [{ noiseRatio: 1, relative: 1e-3 }],
      sampling: { sampler: 'ddim', nfe: 4, grid: 'karras' as const },
    },
  };
  const state = { params: zeros, m: zeros, v: zeros, ema: zeros, fixed };
  return {
    file: toModelFile(record, { trained: zeros, fixed }),
    checkpoint: toCheckpoint({ step: 1, smoothedLoss: 2, state }, data),
  };
}

const small = { width: 4, multipliers: [1], blocks: 1 };

it.each([
  ['points', points, { width: 4, depth: 2, features: 4 }],
  ['images', await images(8), { kind: 'ncsnpp', ...small }],
] as const)('of a model and a checkpoint of %s', (name, set, net) => {
  const { file, checkpoint } = trained(set, net);
  fuzz(file, name, (content) => {
    const { config, data, model, process } = modelFromTensors(content, 'the file');
    const { sde } = process;
    return { config, data, training: model.training, at: [sde.alpha(sde.tMax), sde.sigma(sde.tMax)] };
  });
  const config = resolveConfig(set, { data: { ref: 'some data' }, net, train: { batch: 2 } });
  fuzz(checkpoint, `checkpoint of ${name}`, (content) => {
    const loaded = { step: 1, checkpoint: content };
    const data = dataOf(loaded, 'the file');
    const { net: built } = buildStored(config, data, { tensors: content.tensors, file: 'the file' });
    const { smoothedLoss } = fromCheckpoint(loaded, built, 'the file');
    return { data, loss: Number.isNaN(smoothedLoss) ? 0 : smoothedLoss };
  });
});

it('of a dequantiser', () => {
  const shape = [1, 4, 4];
  const options = { layers: 2, width: 4 };
  const zeros = new Float32Array(layout(dequantizer(shape, options).net).trained);
  const state = { params: zeros, m: zeros, v: zeros, ema: zeros, fixed: new Float32Array(0) };
  const facts = { options, training: { batch: 8, learningRate: 1e-3, seed: 0 }, step: 7 };
  fuzz(toDequantizerFile({ step: 3, smoothedLoss: 5, state }, facts), 'dequantiser', (content) => {
    const { from, ...found } = resumedDequantizer(content, shape, 'the file');
    return { ...found, step: from.step, loss: from.smoothedLoss };
  });
});
