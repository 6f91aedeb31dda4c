import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, FileError } from '../../../src/base/errors.ts';
import { temporaryPath } from '../../../src/io/temporary.ts';
import {
  bestCheckpoint,
  checkpointWriter,
  listCheckpoints,
  loadCheckpoint,
} from '../../../src/run/folder/checkpoint-files.ts';
import { checkpointsFolder, createRun, openRun, type Run } from '../../../src/run/folder/run-folder.ts';
import type { Safetensors } from '../../../src/io/safetensors.ts';
import { requireHistory } from '../../../src/run/folder/history.ts';
import { metricsWriter } from '../../../src/run/folder/metrics.ts';
import { listing, newFolder, startChild } from '../../io/folders.ts';
import { unix } from '../../platform.ts';

function newRun(): Run {
  return createRun(newFolder(), { config: {}, env: {} });
}

/** Saves a checkpoint as a training does that has gone on from the newest one. */
function save(run: Run, step: number, { keep = 2, loss }: { keep?: number; loss?: number } = {}): void {
  checkpointWriter(run, { keep, resumeStep: listCheckpoints(run).at(-1) }).save(step, checkpointOf(step), loss);
}

function checkpointOf(step: number): Safetensors {
  return { tensors: { w: { shape: [2], data: Float32Array.of(step, 0.5) } }, metadata: { data: 'toy' } };
}

function fileOf(run: Run, step: number): string {
  return join(checkpointsFolder(run), `${String(step).padStart(8, '0')}.safetensors`);
}

describe('loadCheckpoint while a training goes on', () => {
  it('reads the latest one each time, though older ones are deleted meanwhile', async () => {
    const folder = newFolder();
    const child = startChild('train', [folder]);
    await child.line('saved 3');
    const run = openRun(folder);
    try {
      const steps = Array.from({ length: 400 }, () => loadCheckpoint(run).step);
      expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      expect(steps.at(-1)).toBeGreaterThan(steps[0]!);
    } finally {
      // Its folder cannot be removed while it writes there.
      await child.kill();
    }
  });
});

describe('checkpointWriter', () => {
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

  it('deletes and replaces nothing that the training has not written or begun from', () => {
    const run = newRun();
    for (const step of [10, 20, 30]) save(run, step, { keep: 3, loss: 100 - step });
    const before = listing(run.folder);
    expect(() => checkpointWriter(run, { keep: 1, resumeStep: 10 })).toThrow(FileError);
    expect(() => checkpointWriter(run, { keep: 1 })).toThrow(/has not written are there \(steps 10, 20, 30\)/);
    expect(listing(run.folder)).toEqual(before);

    // The disk of the checkpoints is not there when a training begins, and comes back.
    const away = join(run.folder, 'away');
    renameSync(checkpointsFolder(run), away);
    mkdirSync(checkpointsFolder(run));
    const writer = checkpointWriter(run, { keep: 1 });
    rmdirSync(checkpointsFolder(run));
    renameSync(away, checkpointsFolder(run));
    for (const step of [5, 20, 40])
      expect(() => writer.save(step, checkpointOf(step), 0)).toThrow(/move them away, or train with another --out$/);
    expect(listing(run.folder)).toEqual(before);
  });

  it('deletes first what a killed training had still to delete', () => {
    const run = newRun();
    for (const step of [10, 20, 30]) save(run, step, { keep: 3 });
    checkpointWriter(run, { keep: 2, resumeStep: 30 });
    expect(listCheckpoints(run)).toEqual([20, 30]);
  });

  it('counts in steps, not in names', () => {
    const run = newRun();
    for (const step of [99_999_999, 100_000_000]) save(run, step);
    expect(listCheckpoints(run)).toEqual([99_999_999, 100_000_000]);
    expect(loadCheckpoint(run).step).toBe(100_000_000);
  });

  it('refuses steps and counts that are none', () => {
    const run = newRun();
    expect(() => save(run, -1, { keep: 0 })).toThrow(ConfigError);
    expect(() => save(run, -1, { keep: 0 })).toThrow(/keep: .* got 0/);
    expect(() => save(run, -1)).toThrow(/step: .* got -1/);
    expect(listCheckpoints(run)).toEqual([]);
  });

  it('leaves the old ones where it cannot write', () => {
    const run = newRun();
    save(run, 1);
    const writer = checkpointWriter(run, { keep: 1, resumeStep: 1 });
    // The name of the next one is taken by a folder.
    mkdirSync(fileOf(run, 2));
    expect(() => writer.save(2, checkpointOf(2))).toThrow(FileError);
    expect(loadCheckpoint(run, 1).step).toBe(1);
  });
});

describe('requireHistory', () => {
  const every = 10;
  const check = (run: Run): void => requireHistory(run, listCheckpoints(run).at(-1), every);
  const trained = (steps: number): Run => {
    const run = newRun();
    const metrics = metricsWriter(run);
    for (let step = 1; step <= steps; step++) metrics.append({ step });
    metrics.close();
    return run;
  };

  it('lets a run begin anew that has saved nothing, however far it had come', () => {
    for (const steps of [0, 1, 9, 10]) check(trained(steps));
  });

  it('refuses a run whose checkpoints are not there, also one that ended before its first was due', () => {
    const run = trained(7);
    save(run, 7);
    check(run);
    const folder = checkpointsFolder(run);
    const hide: readonly (() => void)[] = [
      () => undefined,
      () => mkdirSync(folder),
      ...(unix ? [() => symlinkSync(join(run.folder, 'not-mounted'), folder)] : []),
    ];
    renameSync(folder, join(run.folder, 'away'));
    for (const disguise of hide) {
      disguise();
      expect(() => check(run)).toThrow(
        /its checkpoint of step 7 is missing, and there is no other; .* to begin anew, delete history\.json and metrics\.jsonl/,
      );
      expect(() => loadCheckpoint(run)).toThrow(/its checkpoint of step 7 is missing/);
      rmSync(folder, { recursive: true, force: true });
    }
    renameSync(join(run.folder, 'away'), folder);
    check(run);
  });

  it('refuses an older copy of the checkpoints, and says how to go on from it', () => {
    const run = trained(30);
    for (const step of [10, 20, 30]) save(run, step);
    rmSync(fileOf(run, 30));
    expect(() => check(run)).toThrow(
      /step 30 is missing, the newest is of step 20; .* go on from that one, delete history\.json/,
    );
    rmSync(join(run.folder, 'history.json'));
    check(run);
  });

  it('infers from the metrics that a run without a record had saved something', () => {
    expect(() => check(trained(11))).toThrow(/step 10 is missing, .* to begin anew, delete metrics\.jsonl/);
  });

  it('names a damaged record', () => {
    const run = newRun();
    for (const text of ['', '{}', '{"checkpoint":-1}', '{"checkpoint":"7"}', '[7]', 'null']) {
      writeFileSync(join(run.folder, 'history.json'), text);
      expect(() => check(run)).toThrow(FileError);
    }
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

  it('lists the checkpoints that there are', () => {
    const run = newRun();
    expect(() => loadCheckpoint(run)).toThrow(FileError);
    expect(() => loadCheckpoint(run)).toThrow(
      /there is no checkpoint yet; train it first: scorefield train … --out .* --resume$/,
    );
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
      /00000004\.safetensors: not a sound safetensors file: .* cut off; delete it, and history\.json of the run, to resume from step 2$/,
    );
    copyFileSync(fileOf(run, 2), fileOf(run, 1));
    copyFileSync(fileOf(run, 4), fileOf(run, 2));
    expect(() => loadCheckpoint(run, 2)).toThrow(
      /00000002\.safetensors: .*; no earlier one is sound, start a new run$/,
    );
    expect(() => loadCheckpoint(run, 1)).toThrow(/expected the checkpoint of step 1, found that of 2; no earlier one/);
  });
});
