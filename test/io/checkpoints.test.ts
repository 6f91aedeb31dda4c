import { copyFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, FileError } from '../../src/base/errors.ts';
import { temporaryPath } from '../../src/io/temporary.ts';
import { bestCheckpoint, listCheckpoints, loadCheckpoint, saveCheckpoint } from '../../src/io/checkpoints.ts';
import { checkpointsFolder, createRun, type Run } from '../../src/io/run-folder.ts';
import { newFolder } from './folders.ts';

function newRun(): Run {
  return createRun(newFolder(), { config: {}, env: {} });
}

function save(run: Run, step: number, options: { keep?: number; loss?: number } = {}): void {
  const tensors = { w: { shape: [2], data: Float32Array.of(step, 0.5) } };
  saveCheckpoint(run, step, { tensors, metadata: { data: 'toy' } }, { keep: 2, ...options });
}

function fileOf(run: Run, step: number): string {
  return join(checkpointsFolder(run), `${String(step).padStart(8, '0')}.safetensors`);
}

describe('saveCheckpoint', () => {
  it('writes what loadCheckpoint gives back, with step and loss', () => {
    const run = newRun();
    save(run, 7, { loss: 0.1 + 0.2 });
    expect(readdirSync(checkpointsFolder(run))).toEqual(['00000007.safetensors']);
    expect(loadCheckpoint(run)).toEqual({
      step: 7,
      checkpoint: {
        tensors: { w: { shape: [2], data: Float32Array.of(7, 0.5) } },
        metadata: { data: 'toy', step: '7', loss: '0.30000000000000004' },
      },
    });
  });

  it('keeps the newest ones and the one of lowest loss', () => {
    const run = newRun();
    const losses = [5, 2, 3, NaN, 4, 1, 6, 7, 8];
    const kept = losses.map((loss, i) => {
      save(run, 10 * (i + 1), { loss });
      return listCheckpoints(run);
    });
    expect(kept).toEqual([
      [10],
      [10, 20],
      [20, 30],
      [20, 30, 40],
      [20, 40, 50],
      [50, 60],
      [60, 70],
      [60, 70, 80],
      [60, 80, 90],
    ]);
    expect(bestCheckpoint(run)).toBe(60);
  });

  it('keeps the newest ones where no loss is known', () => {
    const run = newRun();
    for (const step of [1, 2, 3]) save(run, step, { keep: 1 });
    expect(listCheckpoints(run)).toEqual([3]);
    expect(bestCheckpoint(run)).toBeUndefined();
  });

  it('drops the later steps of a history that was left', () => {
    const run = newRun();
    for (const step of [10, 20, 30]) save(run, step, { keep: 3, loss: 100 - step });
    expect(loadCheckpoint(run, 10).step).toBe(10);
    save(run, 15, { keep: 3, loss: 90 });
    expect(listCheckpoints(run)).toEqual([10, 15]);
  });

  it('counts in steps, not in names', () => {
    const run = newRun();
    for (const step of [99_999_999, 100_000_000]) save(run, step);
    expect(listCheckpoints(run)).toEqual([99_999_999, 100_000_000]);
    expect(loadCheckpoint(run).step).toBe(100_000_000);
  });

  it('refuses steps and counts that are none, all at once', () => {
    const run = newRun();
    expect(() => save(run, -1, { keep: 0 })).toThrow(ConfigError);
    expect(() => save(run, -1, { keep: 0 })).toThrow(/step: .* got -1; keep: .* got 0/);
    expect(listCheckpoints(run)).toEqual([]);
  });

  it('leaves the old ones where it cannot write', () => {
    const run = newRun();
    save(run, 1);
    // The name of the next one is taken by a folder.
    createRun(fileOf(run, 2), { config: {}, env: {} });
    expect(() => save(run, 2, { keep: 1 })).toThrow(FileError);
    expect(loadCheckpoint(run, 1).step).toBe(1);
  });
});

describe('loadCheckpoint', () => {
  it('passes over files that are not whole checkpoints', () => {
    const run = newRun();
    save(run, 1);
    for (const name of ['notes.txt', '2.safetensors', 'x00000003.safetensors'])
      writeFileSync(join(checkpointsFolder(run), name), '');
    writeFileSync(temporaryPath(checkpointsFolder(run)), 'half');
    expect(listCheckpoints(run)).toEqual([1]);
  });

  it('says which ones there are', () => {
    const run = newRun();
    expect(() => loadCheckpoint(run)).toThrow(FileError);
    expect(() => loadCheckpoint(run)).toThrow(/there is no checkpoint yet; start the run again with a new --out$/);
    for (const step of [1, 2]) save(run, step);
    expect(() => loadCheckpoint(run, 5)).toThrow(/there is no checkpoint of step 5; there are: 1, 2$/);
  });

  it('names a damaged checkpoint and the newest earlier one that is sound', () => {
    const run = newRun();
    for (const step of [1, 2, 3, 4]) save(run, step, { keep: 4 });
    truncateSync(fileOf(run, 4), statSync(fileOf(run, 4)).size - 1);
    writeFileSync(fileOf(run, 3), '');
    expect(() => loadCheckpoint(run)).toThrow(FileError);
    expect(() => loadCheckpoint(run)).toThrow(
      /00000004\.safetensors: not a sound safetensors file: .* cut off; delete it to resume from step 2$/,
    );
    copyFileSync(fileOf(run, 2), fileOf(run, 1));
    copyFileSync(fileOf(run, 4), fileOf(run, 2));
    expect(() => loadCheckpoint(run, 2)).toThrow(
      /00000002\.safetensors: .*; no earlier one is sound, start a new run$/,
    );
    expect(() => loadCheckpoint(run, 1)).toThrow(/expected the checkpoint of step 1, found that of 2; no earlier one/);
  });
});
