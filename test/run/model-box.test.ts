import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileError } from '../../src/base/errors.ts';
import {
  cardFileName,
  locate,
  modelBox,
  modelFileName,
  modelNameOf,
  modelNames,
  readCard,
} from '../../src/run/model-box.ts';
import { createRun } from '../../src/run/folder/run-folder.ts';
import { newFolder } from '../io/folders.ts';

const name = 'SCOREFIELD_MODELS';
const before = process.env[name];
let box: string;
let here: string;
const cwd = process.cwd();
const model = (...path: readonly string[]): string => {
  const folder = join(...path);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, modelFileName), '');
  return folder;
};

beforeEach(() => {
  box = newFolder();
  here = newFolder();
  process.env[name] = box;
  process.chdir(here);
});
afterEach(() => {
  process.chdir(cwd);
  if (before === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = before;
});

describe('the box of models', () => {
  it('is in the package unless the environment says another', () => {
    expect(modelBox()).toBe(box);
    Reflect.deleteProperty(process.env, name);
    expect(modelBox()).toBe(join(import.meta.dirname, '../../models'));
  });

  it('lists the folders that contain a model', () => {
    model(box, 'two');
    model(box, 'one');
    mkdirSync(join(box, 'empty'));
    expect(modelNames()).toEqual(['one', 'two']);
    process.env[name] = join(box, 'nowhere');
    expect(modelNames()).toEqual([]);
  });

  it('is searched after runs and models here, and before other folders', () => {
    const folder = model(box, 'one');
    const found = { model: join(folder, modelFileName), folder };
    expect(locate('one')).toEqual(found);
    mkdirSync('one');
    expect(locate('one')).toEqual(found);
    expect(locate('./one')).toEqual({ model: undefined });
    model('one');
    expect(locate('one')).toEqual({ model: join('one', modelFileName), folder: 'one' });
    createRun('run', { config: {}, env: {} });
    model(box, 'run');
    expect(locate('run')).toEqual({ model: undefined });
  });

  it('leaves a file to who reads runs, which says that it is none', () => {
    writeFileSync('file', '');
    expect(locate('file')).toEqual({ model: undefined });
  });

  it('lists the models that there are if none is found', () => {
    model(box, 'one');
    expect(() => locate('two')).toThrow(FileError);
    expect(() => locate('two')).toThrow('two: there is no folder of a run and no model of this name; models: one');
  });

  it('names models by their folders, and reads what was measured of them', () => {
    const folder = model(box, 'one');
    expect(modelNameOf(`${folder}/`)).toBe('one');
    expect(readCard(folder)).toBeUndefined();
    writeFileSync(join(folder, cardFileName), '{"a": 1}');
    expect(readCard(folder)).toEqual({ a: 1 });
    writeFileSync(join(folder, cardFileName), '{');
    expect(() => readCard(folder)).toThrow(FileError);
  });
});
