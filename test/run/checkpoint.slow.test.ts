import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { FileError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { buildTraining, type Training } from '../../src/catalog/build.ts';
import { configOf, loadAnyRun, loadRun } from '../../src/run/load.ts';
import { dataOf, fromCheckpoint, toCheckpoint } from '../../src/run/checkpoint.ts';
import type { DataSummary } from '../../src/run/data-summary.ts';
import { summarize } from '../../src/run/summarize.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import type { RunConfig } from '../../src/catalog/config/schema.ts';
import { toModelFile } from '../../src/run/model-file.ts';
import type { DataSet } from '../../src/data/dataset.ts';
import { checkpointWriter } from '../../src/run/folder/checkpoint-files.ts';
import { createRun, type Run } from '../../src/run/folder/run-folder.ts';
import type { Json } from '../../src/base/json.ts';
import { decodeSafetensors, encodeSafetensors, type Safetensors } from '../../src/io/safetensors.ts';
import { train, type TrainPoint } from '../../src/train/train.ts';
import { newFolder } from '../io/folders.ts';
import { images, points } from '../catalog/sets.ts';

interface Case {
  readonly name: string;
  readonly set: DataSet;
  readonly config: RunConfig;
  readonly training: Training;
  readonly summary: DataSummary;
}

function made(name: string, set: DataSet, net: object): Case {
  const config = resolveConfig(set, { data: { ref: set.name }, net, train: { batch: 2, warmup: 1 } });
  const training = buildTraining(config, set);
  return { name, set, config, training, summary: summarize(set, training) };
}

const cases = [
  made('points', points, { width: 4, depth: 2, features: 4 }),
  made('images', await images(4), { width: 4, multipliers: [1], blocks: 1 }),
  // A network with parameters that training leaves as they are.
  made('images in score-net', await images(6), { kind: 'score-net', channels: [4, 4], features: 4 }),
];
const [small] = cases as [Case];

async function pointAfter({ set, training, config }: Case, steps: number): Promise<TrainPoint> {
  const options = { ...training, backend: interpreter(), set, batch: config.train.batch, key: key(0) };
  for await (const { step, point } of train(options)) if (step === steps) return point();
  throw new Error('unreachable');
}

/** A run on the disk with one checkpoint. */
async function stored(of: Case, step = 2): Promise<{ run: Run; point: TrainPoint }> {
  const run = createRun(join(newFolder(), 'run'), { config: of.config as unknown as Json, env: {} });
  const point = await pointAfter(of, step);
  checkpointWriter(run, { keep: 1 }).save(step, toCheckpoint(point, of.summary));
  return { run, point };
}

describe.each(cases)('a checkpoint of $name', (of) => {
  it('gives the very moment back', async () => {
    const { run, point } = await stored(of);
    const { step, smoothedLoss, state, levels } = point;
    const loaded = loadRun(run.folder);
    expect(loaded.point).toEqual({ step, smoothedLoss, state, levels });
    expect(loaded.data).toEqual(of.summary);
    expect(loaded.config).toEqual(of.config);
    expect(loaded.net.params.length).toBe(of.training.net.params.length);
  });

  it('is the same file for the same moment, also after a detour over the disk', async () => {
    const { run, point } = await stored(of);
    const again = toCheckpoint(loadRun(run.folder).point, of.summary);
    expect(encodeSafetensors(again)).toEqual(encodeSafetensors(toCheckpoint(point, of.summary)));
  });

  it('contains everything that a run resumes from: the next step is the same', async () => {
    const { run } = await stored(of);
    const { set, training, config } = of;
    const options = { ...training, backend: interpreter(), set, batch: config.train.batch, key: key(0) };
    const next = await train({ ...options, from: loadRun(run.folder).point }).next();
    expect(await next.value.point()).toEqual(await pointAfter(of, 3));
  });
});

describe('parameters that are not finite', () => {
  const spoiled = (content: Safetensors, name: string, value: number): Safetensors => {
    const tensor = content.tensors[name]!;
    return { ...content, tensors: { ...content.tensors, [name]: { ...tensor, data: tensor.data.with(1, value) } } };
  };

  it.each(cases)('are reported with their array and what to do, in a checkpoint of $name', async (of) => {
    const { run, point } = await stored(of);
    const content = toCheckpoint(point, of.summary);
    for (const name of Object.keys(content.tensors))
      for (const value of [NaN, Infinity, -Infinity]) {
        checkpointWriter(run, { keep: 2, resumeStep: 3 }).save(3, spoiled(content, name, value));
        const message = `expected finite parameters, found ${value} in "${name}", number 1; delete it, and history.json of the run, to resume from step 2`;
        expect(() => loadAnyRun(run.folder)).toThrow(message);
        expect(() => loadAnyRun(run.folder)).toThrow(FileError);
        expect(loadAnyRun(run.folder, 2).point.step).toBe(2);
      }
  });

  it.each(cases)('are reported in the same way of a model of $name', async (of) => {
    const { state } = await pointAfter(of, 1);
    const training = { step: 1, seconds: 1, command: 'scorefield train', env: {} };
    const { config, summary: data } = of;
    const content = toModelFile({ config, data, training, rounding: [] }, { trained: state.ema, fixed: state.fixed });
    const folder = newFolder();
    const write = (model: Safetensors): void =>
      writeFileSync(join(folder, 'model.safetensors'), encodeSafetensors(model));
    for (const name of Object.keys(content.tensors)) {
      write(spoiled(content, name, NaN));
      expect(() => loadAnyRun(folder)).toThrow(
        `expected finite parameters, found NaN in "${name}", number 1; restore it from a copy, or pack its run anew`,
      );
    }
    write(content);
    expect(loadAnyRun(folder).point.step).toBe(1);
  });
});

it('a checkpoint before the first step has no smoothed loss yet', () => {
  const zeros = new Float32Array(1);
  const point = {
    step: 0,
    smoothedLoss: NaN,
    state: { params: zeros, m: zeros, v: zeros, ema: zeros, fixed: new Float32Array() },
  };
  expect(toCheckpoint(point, small.summary).metadata['smoothedLoss']).toBe('NaN');
});

describe('a checkpoint that is not of this run', () => {
  const good = async (): Promise<Safetensors> => toCheckpoint(await pointAfter(small, 1), small.summary);
  const read = (checkpoint: Safetensors): TrainPoint => {
    const loaded = { step: 1, checkpoint };
    dataOf(loaded, 'the file');
    return fromCheckpoint(loaded, small.training.net, 'the file');
  };

  const changes: readonly (readonly [string, (checkpoint: Safetensors) => Safetensors, RegExp])[] = [
    [
      'of another program',
      ({ tensors }) => ({ tensors, metadata: {} }),
      /expected a checkpoint of scorefield \(format scorefield-checkpoint-1\), found none/,
    ],
    [
      'of another format',
      ({ tensors, metadata }) => ({ tensors, metadata: { ...metadata, format: 'x-2' } }),
      /found x-2/,
    ],
    ...['Infinity', 'words', ''].map(
      (smoothedLoss) =>
        [
          `with ${JSON.stringify(smoothedLoss)} as its loss`,
          ({ tensors, metadata }: Safetensors) => ({ tensors, metadata: { ...metadata, smoothedLoss } }),
          /expected a number as smoothedLoss in the metadata/,
        ] as const,
    ),
    [
      'without tensors',
      ({ metadata }) => ({ tensors: {}, metadata }),
      /expected \d+ numbers in 'params' for the network mlp, found none; the checkpoint is not of this run/,
    ],
    [
      'without one tensor',
      ({ tensors, metadata }) => ({ tensors: without(tensors, 'ema'), metadata }),
      /expected \d+ numbers in 'ema' for the network mlp, found none/,
    ],
    [
      'with a tensor of another length',
      ({ tensors, metadata }) => ({ tensors: { ...tensors, m: { shape: [3], data: new Float32Array(3) } }, metadata }),
      /expected \d+ numbers in 'm' for the network mlp, found 3/,
    ],
    ...(
      [
        ['no data', undefined],
        ['data that are not JSON', '{'],
        ['data of another kind', JSON.stringify({ kind: 'sound', shape: [2], scaler: small.summary.scaler })],
        ['data of no shape', JSON.stringify({ ...small.summary, shape: [] })],
        ['data of a strange shape', JSON.stringify({ ...small.summary, shape: [2, 2] })],
        ['data of size zero', JSON.stringify({ ...small.summary, shape: [0] })],
        [
          'a scaler without a factor',
          JSON.stringify({ ...small.summary, scaler: { kind: 'standard', shift: [0, 0] } }),
        ],
        ['a factor that is not finite', JSON.stringify(small.summary).replace(/"factor":[^,]+/, '"factor":1e999')],
        [
          'a scaler of another length',
          JSON.stringify({ ...small.summary, scaler: { ...small.summary.scaler, shift: [0, 0, 0] } }),
        ],
      ] as const
    ).map(
      ([what, data]) =>
        [
          `with ${what}`,
          ({ tensors, metadata }: Safetensors) => ({
            tensors,
            metadata: { ...without(metadata, 'data'), ...(data === undefined ? {} : { data }) },
          }),
          /metadata.*the file is damaged/,
        ] as const,
    ),
  ];

  it.each(changes)('%s is refused', async (_, change, message) => {
    const saved = await good();
    expect(() => read(change(decoded(saved)))).toThrow(message);
  });

  it('is reported with its file, in one line', async () => {
    const other = made('wider', points, { width: 8, depth: 2, features: 4 });
    const { run } = await stored(small);
    const { run: foreign } = await stored(other);
    const name = join('checkpoints', '00000002.safetensors');
    cpSync(join(foreign.folder, name), join(run.folder, name));
    expect(() => loadRun(run.folder)).toThrow(FileError);
    expect(() => loadRun(run.folder)).toThrow(
      new RegExp(
        `^${join(run.folder, name)}: expected \\d+ numbers in 'params' for the network mlp, found \\d+; [^\n]+$`,
      ),
    );
    const bytes = readFileSync(join(foreign.folder, name));
    for (const broken of [bytes.subarray(0, 1000), Buffer.alloc(0), Buffer.alloc(5000, 7)]) {
      writeFileSync(join(run.folder, name), broken);
      expect(() => loadRun(run.folder)).toThrow(new RegExp(`^${join(run.folder, name)}: [^\n]+start a new run$`));
    }
  });

  it('is one whose run has a configuration of another version', async () => {
    const { run } = await stored(small);
    writeFileSync(
      join(run.folder, 'config.json'),
      JSON.stringify({ ...without(small.config, 'train'), sde: { kind: 'new' } }),
    );
    expect(() => loadRun(run.folder)).toThrow(
      /config\.json: not a configuration of this version: sde\.kind: expected .*, got new; train: missing$/,
    );
    expect(() => configOf({ ...run, config: 5 })).toThrow(FileError);
  });
});

/** A checkpoint as it comes from the disk. */
function decoded(checkpoint: Safetensors): Safetensors {
  return decodeSafetensors(encodeSafetensors(checkpoint), 'the file');
}

function without<T extends object>(record: T, name: string): Omit<T, string> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name)) as Omit<T, string>;
}
