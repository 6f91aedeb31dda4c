import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isTemporary } from '../../src/io/temporary.ts';
import { listCheckpoints, loadCheckpoint } from '../../src/run/folder/checkpoint-files.ts';
import { readMetrics } from '../../src/run/folder/metrics.ts';
import { checkpointsFolder, lockRun, openRun } from '../../src/run/folder/run-folder.ts';
import { newFolder, startChild } from './folders.ts';

describe('a run whose process is killed again and again', () => {
  it('always has sound checkpoints and goes on from the newest', { timeout: 60_000 }, async () => {
    const folder = newFolder();
    let last = 0;
    let leftovers = 0;
    for (let round = 0; round < 8; round++) {
      const child = startChild('train', [folder]);
      await child.line('saved');
      await pause(30 * ((round * 0.618) % 1));
      await child.kill();

      const run = openRun(folder);
      const names = readdirSync(checkpointsFolder(run)).filter(isTemporary);
      leftovers = Math.max(leftovers, names.length);
      lockRun(run).release();
      const steps = listCheckpoints(run);
      for (const step of steps) {
        const { w } = loadCheckpoint(run, step).checkpoint.tensors;
        expect(w!.data.length).toBe(100_000);
        expect(w!.data.every((value) => value === step)).toBe(true);
      }
      const newest = steps.at(-1) ?? 0;
      expect(newest).toBeGreaterThan(last);
      last = newest;
      const lines = readMetrics(run);
      expect(lines).toEqual(lines.map((_, i) => ({ step: i + 1, loss: 1 / (i + 1) })));
      expect(lines.length).toBeGreaterThanOrEqual(newest);
    }
    // Each start clears what the kill before it left.
    expect(leftovers).toBeLessThanOrEqual(1);
  });
});
