/** @file Files whose configuration asks for networks and images that they cannot hold: refused at once, before anything is built. */
import { expect, it } from 'vitest';
import { FileError } from '../../src/base/errors.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { parseConfig, type RunConfig } from '../../src/catalog/config/schema.ts';
import { netKinds } from '../../src/catalog/kinds.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/io/safetensors.ts';
import { fromDequantizerFile, toDequantizerFile } from '../../src/run/dequantizer.ts';
import type { DataSummary } from '../../src/run/data-summary.ts';
import { buildStored, modelFromBytes } from '../../src/run/from-bytes.ts';
import { toModelFile } from '../../src/run/model-file.ts';

const several = (size: number, levels: number): readonly number[] => new Array<number>(levels).fill(size);
const wide = { width: 4096, multipliers: several(64, 16), blocks: 64 };

/** The largest values that the schema takes, alone and together. */
const absurd: Readonly<Record<string, readonly object[]>> = {
  'residual-mlp': [
    { width: 4096, depth: 64 },
    { width: 8, depth: 1, features: 4096 },
  ],
  mlp: [
    { width: 4096, depth: 64, features: 4096, classes: 65_536 },
    { width: 4096, energy: true },
    { depth: 64, width: 4096 },
  ],
  'score-net': [
    { channels: several(4096, 16), features: 4096 },
    { channels: several(4096, 6), features: 4096, energy: true },
  ],
  ...Object.fromEntries(
    ['ddpmpp', 'ncsnpp', 'ddpm'].map((kind) => [
      kind,
      [
        wide,
        { ...wide, energy: true },
        { ...wide, multipliers: several(64, 3) },
        { width: 4, multipliers: several(1, 3), blocks: 1 },
      ],
    ]),
  ),
  ncsn: [
    { width: 4096, halvings: 8, levels: 10_000 },
    { width: 4096, halvings: 4 },
    { width: 4, halvings: 1 },
  ],
  ncsnv2: [
    { width: 4096, halvings: 8 },
    { width: 4096, halvings: 4, energy: true },
    { width: 4, halvings: 1 },
  ],
  diffwave: [
    { width: 4096, depth: 128 },
    { width: 4096, depth: 2, known: false },
  ],
  classifier: [
    { width: 4096, depth: 5, classes: 256 },
    { width: 4096, depth: 64, stride: 16, classes: 2 },
  ],
};

const shapes = [
  [1],
  [100_000_000],
  [1, 2 ** 26],
  [3, 64, 64],
  [1, 4096, 4096],
  [3, 65_536, 65_536],
  [1, 1, 2 ** 30],
  [2 ** 26, 1, 1],
  [2 ** 20, 2 ** 20, 2 ** 12],
];

const summary = (shape: readonly number[]): DataSummary => ({
  kind: shape.length === 1 ? 'points' : 'images',
  shape,
  scaler:
    shape.length === 1 ? { kind: 'standard', factor: 1, shift: [0] } : { kind: 'unit', factor: 1 / 256, shift: [0] },
  fingerprint: '0',
});

function configOf(kind: string, net: object, images: boolean): RunConfig {
  const loss = kind === 'classifier' ? { loss: { kind: 'cross-entropy' } } : {};
  const set = images ? ({ kind: 'images', height: 64, width: 64 } as const) : ({ kind: 'points' } as const);
  return parseConfig(
    resolveConfig(set, {
      data: { ref: 'x' },
      net: { kind, classes: kind === 'classifier' ? 2 : undefined, ...net },
      ...loss,
    }),
  );
}

/** Memory and time that a refusal takes; the heap is as large as what was refused before has left it. */
function expectQuick(read: () => unknown, what: string): void {
  const { rss } = process.memoryUsage();
  const begin = process.cpuUsage();
  expect(read, what).toThrow(FileError);
  const { user, system } = process.cpuUsage(begin);
  expect((user + system) / 1e6, what).toBeLessThan(1);
  expect((process.memoryUsage().rss - rss) / 1e6, what).toBeLessThan(200);
}

const parameters = new Float32Array(1000).fill(0.5);

it('every kind of network is among them', () => {
  expect(Object.keys(absurd).toSorted()).toEqual([...netKinds, 'classifier'].toSorted());
});

it.each(Object.entries(absurd))('a model of %s is refused within a second and 200 MB', (kind, nets) => {
  for (const net of nets)
    for (const shape of shapes) {
      const config = configOf(kind, net, !kind.endsWith('mlp'));
      const training = { step: 1, seconds: 1, command: 'c', env: {} };
      const record = { config, data: summary(shape), training, rounding: [] };
      const bytes = encodeSafetensors(toModelFile(record, { trained: parameters, fixed: new Float32Array(0) }));
      const what = `${kind} ${JSON.stringify(net).slice(0, 80)} [${shape.join()}]`;
      expectQuick(() => modelFromBytes(bytes, 'model.safetensors'), what);
    }
});

it('a checkpoint is bound by all of its numbers', () => {
  const config = configOf('ddpmpp', { ...wide, multipliers: several(64, 3) }, true);
  const tensors = { ema: { shape: [1000], data: parameters }, m: { shape: [1000], data: parameters } };
  const read = (): unknown => buildStored(config, summary([3, 64, 64]), { tensors, file: 'c.safetensors' });
  expectQuick(read, 'ddpmpp');
  expect(read).toThrow(
    /^c\.safetensors: its configuration does not fit the 2000 numbers that it contains: net: expected a network of at most 2000 parameters, got at least \d+$/,
  );
});

it('a dequantiser is bound by its numbers', () => {
  const state = { params: parameters, m: parameters, v: parameters, ema: parameters, fixed: new Float32Array(0) };
  const training = { batch: 1, learningRate: 1, seed: 0 };
  const facts = { options: { layers: 64, width: 4096 }, training, step: 1 };
  const stored = decodeSafetensors(
    encodeSafetensors(toDequantizerFile({ step: 1, smoothedLoss: 1, state }, facts)),
    'd',
  );
  for (const shape of shapes) expectQuick(() => fromDequantizerFile(stored, shape, 'd'), shape.join());
});
