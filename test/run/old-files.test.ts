/** @file Files of the version before tasks had a name: they are read as they were written. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/base/json.ts';
import { buildModel } from '../../src/catalog/build.ts';
import type { Plain } from '../../src/catalog/option.ts';
import { resolveConfig, resumeConfig } from '../../src/catalog/config/resolve.ts';
import { readConfig } from '../../src/catalog/config/stored.ts';
import { decodeSafetensors } from '../../src/io/safetensors.ts';
import { openRun, updateConfig } from '../../src/run/folder/run-folder.ts';
import { layout } from '../../src/nn/network.ts';
import { configOf, loadAnyRun, loadClassifier, loadRun } from '../../src/run/load.ts';
import { fromModelFile } from '../../src/run/model-file.ts';

const files = resolve(import.meta.dirname, 'old-files');
const copies = mkdtempSync(join(tmpdir(), 'scorefield-old-'));
afterAll(() => rmSync(copies, { recursive: true }));

const json = (file: string): Plain => JSON.parse(readFileSync(join(files, file), 'utf8')) as Plain;

describe.each([
  ['score', loadRun],
  ['classifier', loadClassifier],
] as const)('the run of a %s', (task, load) => {
  const folder = join(files, task);

  it('is read with its task, and with every key as it was', () => {
    const stored = json(`${task}/config.json`);
    expect(stored).not.toHaveProperty('task');
    const loaded = load(folder);
    expect(loaded.task).toBe(task);
    expect(loaded.config).toEqual({ task, ...stored });
    expect(loaded.point.step).toBe(3);
    expect(loaded.point.state.params).toHaveLength(layout(loaded.net).trained);
    expect(() => (task === 'score' ? loadClassifier : loadRun)(folder)).toThrow(new RegExp(`${folder} .* a ${task}`));
  });

  it('resumes, and is written with its task', () => {
    const copy = join(copies, task);
    cpSync(folder, copy, { recursive: true });
    const config = resumeConfig(configOf(openRun(copy)), { task, train: { steps: 9 } });
    expect(config).toEqual({ ...loadAnyRun(folder).config, train: { ...loadAnyRun(folder).config.train, steps: 9 } });
    updateConfig(openRun(copy), config as unknown as Json);
    expect(loadAnyRun(copy).config).toEqual(config);
    expect(openRun(copy).config).toHaveProperty('task', task);
  });

  it('is a model of the same network in one file', () => {
    const file = join(files, `${task}.safetensors`);
    const { record, ema } = fromModelFile(decodeSafetensors(new Uint8Array(readFileSync(file)), file), file);
    expect(record.config).toEqual(loadAnyRun(folder).config);
    expect(ema).toHaveLength(layout(buildModel(record.config, record.data.shape).net).trained);
  });
});

it('a configuration without a kind of the loss is one of denoising', () => {
  const { kind, ...loss } = json('score/config.json')['loss'] as { kind: string };
  expect(readConfig({ ...json('score/config.json'), loss })).toEqual(readConfig(json('score/config.json')));
  expect(kind).toBe('denoising');
});

it('the objective determines the task if none is given', () => {
  const asked = { data: { ref: 'x' }, net: { classes: 2 }, loss: { kind: 'cross-entropy' } };
  expect(resolveConfig({ kind: 'points' }, asked)).toMatchObject({ task: 'classifier', net: { kind: 'classifier' } });
  expect(resolveConfig({ kind: 'points' }, { ...asked, task: 'classifier', loss: {} })).toEqual(
    resolveConfig({ kind: 'points' }, asked),
  );
});
