import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawingModels, modelPictures, showModel } from '../../examples/demo-models.ts';
import type { Printer } from '../../examples/demo-print.ts';
import { key } from '../../src/base/key.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { summarize } from '../../src/run/summarize.ts';
import { toModelFile } from '../../src/run/model-file.ts';
import { merge } from '../../src/catalog/config/merge.ts';
import type { Plain } from '../../src/catalog/option.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { packModel, trainRun } from '../../src/node.ts';
import { writeAtomic } from '../../src/io/atomic.ts';
import { modelFileName } from '../../src/run/model-box.ts';
import type { Model } from '../../src/model/model.ts';
import { encodeSafetensors } from '../../src/io/safetensors.ts';
import { initialize } from '../../src/nn/network.ts';
import { images } from '../catalog/sets.ts';
import { newFolder } from '../io/folders.ts';

const names = ['SCOREFIELD_MODELS', 'SCOREFIELD_CACHE'] as const;
const before = names.map((name) => [name, process.env[name]] as const);
const box = newFolder();
const set = await images(8);

/** An untrained model of images of 8 x 8 in the box. */
function put(name: string, ref: string, more: Plain = {}): void {
  const net = { kind: 'ddpmpp', width: 4, multipliers: [1], blocks: 1 };
  const config = resolveConfig(set, merge({ data: { ref, size: 8 }, net }, more));
  const training = buildTraining(config, set);
  const record = {
    config,
    data: summarize(set, training),
    training: { step: 1, seconds: 90, command: 'scorefield train', env: {} },
    rounding: [],
    ...(more['loss'] === undefined && { sampling: { sampler: 'ddim', nfe: 3 } }),
  };
  mkdirSync(join(box, name));
  const bytes = encodeSafetensors(toModelFile(record, initialize(training.net, key(0))));
  writeAtomic(join(box, name, modelFileName), bytes);
}

/** A model of latents of digits in the box, hardly trained. */
async function putLatents(name: string): Promise<void> {
  const [coder, run] = [join(newFolder(), 'coder'), join(newFolder(), 'run')];
  const common = { threads: 1, batch: 8, steps: 1 };
  const small = { data: { limit: 16 }, train: { sampleEvery: 0 } };
  await trainRun('digits', {
    ...common,
    out: coder,
    task: 'autoencoder',
    config: { ...small, net: { width: 8, channels: 2 } },
  });
  await trainRun('digits', { ...common, out: run, latent: coder, config: { train: small.train, net: { width: 8 } } });
  mkdirSync(join(box, name));
  writeAtomic(join(box, name, modelFileName), (await packModel(run, { threads: 1, sampler: 'ddim', nfe: 3 })).bytes);
}

beforeAll(async () => {
  process.env['SCOREFIELD_MODELS'] = box;
  process.env['SCOREFIELD_CACHE'] = newFolder();
  put('here', 'emoji');
  put('nowhere', 'cifar10');
  // A student that knows texts.
  put('words', 'emoji', { loss: { kind: 'luhman' }, condition: { kind: 'trigrams' }, net: { classes: 512 } });
  await putLatents('of-latents');
}, 60_000);
afterAll(() => {
  for (const [name, value] of before)
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
});

async function shown(model: Model, folder: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const out: Printer = {
    line: (text) => lines.push(text),
    progress: () => undefined,
    done: () => undefined,
  };
  await showModel(model, { folder, out });
  return lines;
}

describe('the models of the demo', () => {
  it('draw by three samplers and tell bits/dim, or what they miss for it', { timeout: 60_000 }, async () => {
    const [here, nowhere, latents, words] = (await drawingModels(1)) as [Model, Model, Model, Model];
    expect([here, nowhere, latents, words].map(({ info }) => info.name)).toEqual([
      'here',
      'nowhere',
      'of-latents',
      'words',
    ]);
    const folder = newFolder();
    const lines = await shown(here, folder);
    expect(modelPictures(here)).toEqual(['here-ddim.png', 'here-dpm-solver-sde.png', 'here-heun.png']);
    for (const name of modelPictures(here)) expect(existsSync(join(folder, name))).toBe(true);
    expect(lines[0]).toMatch(/^32 samples by ddim, 3 evaluations each, in [\d.]+ s: /);
    expect(lines.at(-1)).toMatch(/^\d+\.\d\d ± \d+\.\d\d bits\/dim over 4 images of emoji \(train\)/);
    expect((await shown(nowhere, folder)).at(-1)).toMatch(/^no bits\/dim of test images, for want of data: cifar10/);
    expect((await shown(latents, folder)).at(-1)).toMatch(
      /^at most \d+\.\d\d ± \d+\.\d\d bits\/dim over 4 images of digits/,
    );
    const said = await shown(words, folder);
    expect(modelPictures(words)).toEqual(['words-few-step.png', 'words-words.png']);
    for (const name of modelPictures(words)) expect(existsSync(join(folder, name))).toBe(true);
    expect(said[0]).toMatch(/^32 samples by few-step, 1 evaluations each/);
    expect(said.at(-1)).toMatch(/^cat with heart eyes, .*: 4 of each in [\d.]+ s: /);
  });
});
