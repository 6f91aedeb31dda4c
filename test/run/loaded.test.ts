import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FileError } from '../../src/base/errors.ts';
import { modelBox, modelFileName } from '../../src/run/model-box.ts';
import { loadAnyRun } from '../../src/run/load.ts';
import { modelFromBytes } from '../../src/run/from-bytes.ts';

const file = join(modelBox(), 'fashion-mnist', modelFileName);
const bytes = new Uint8Array(readFileSync(file));

it('is the same model from its bytes as from its name', () => {
  const { run, process, point, ...named } = loadAnyRun('fashion-mnist');
  const { process: ownProcess, point: ownPoint, ...own } = modelFromBytes(bytes, 'a download');
  expect(run.folder).toBe(join(modelBox(), 'fashion-mnist'));
  // Functions are equal to themselves alone.
  expect(JSON.stringify(own)).toBe(JSON.stringify(named));
  expect(ownPoint.step).toBe(point.step);
  expect(ownPoint.state.ema.every((value, i) => value === point.state.ema[i])).toBe(true);
  expect(ownPoint.state.ema).toHaveLength(point.state.ema.length);
  expect(ownProcess.sde.sigma(0.3)).toBe(process.sde.sigma(0.3));
});

it('names what the caller calls it, where it is damaged', () => {
  for (const damaged of [bytes.subarray(0, 4), bytes.subarray(0, bytes.length - 2), new Uint8Array(100)])
    expect(() => modelFromBytes(damaged, 'a download')).toThrow(FileError);
  expect(() => modelFromBytes(bytes.subarray(0, 100), 'a download')).toThrow(/^a download: not a sound safetensors/);
});
