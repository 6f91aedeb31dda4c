import fc from 'fast-check';
import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../../src/base/errors.ts';
import { type MetricsLine, metricsWriter, readMetrics } from '../../../src/run/folder/metrics.ts';
import { createRun, type Run } from '../../../src/run/folder/run-folder.ts';
import { newFolder } from '../../io/folders.ts';

function newRun(): Run {
  return createRun(newFolder(), { config: {}, env: {} });
}

function fileOf(run: Run): string {
  return join(run.folder, 'metrics.jsonl');
}

function lineOf(step: number): MetricsLine {
  return { step, loss: 1 / (step + 1), note: 'é' };
}

/** Appends the lines of the steps after `resumeStep` up to `last`. */
function train(run: Run, resumeStep: number | undefined, last: number): void {
  const metrics = metricsWriter(run, { resumeStep });
  for (let step = (resumeStep ?? 0) + 1; step <= last; step++) metrics.append(lineOf(step));
  metrics.sync();
  metrics.close();
}

describe('metricsWriter', () => {
  it('writes one JSON object per line', () => {
    const run = newRun();
    const metrics = metricsWriter(run);
    metrics.append({ step: 1, loss: NaN, parts: [1, -Infinity], none: null });
    metrics.append({ step: 2, loss: 0.5 });
    metrics.close();
    expect(readFileSync(fileOf(run), 'utf8')).toBe(
      '{"step":1,"loss":"NaN","parts":[1,"-Infinity"],"none":null}\n{"step":2,"loss":0.5}\n',
    );
    expect(readMetrics(run)).toEqual([
      { step: 1, loss: NaN, parts: [1, -Infinity], none: null },
      { step: 2, loss: 0.5 },
    ]);
  });

  it('ends with the file of an uninterrupted run, wherever a run was cut off and from whichever step it resumes', () => {
    const whole = newRun();
    train(whole, undefined, 9);
    const expected = readFileSync(fileOf(whole));
    const run = newRun();
    fc.assert(
      fc.property(fc.nat(expected.length), fc.nat(9), (length, step) => {
        writeFileSync(fileOf(run), expected);
        truncateSync(fileOf(run), length);
        const complete = readMetrics(run).length;
        // A checkpoint is never ahead of the metrics, which are on the disk before it.
        const resumeStep = Math.min(step, complete);
        train(run, resumeStep === 0 ? undefined : resumeStep, 9);
        expect(readFileSync(fileOf(run))).toEqual(expected);
      }),
    );
  });

  it('removes all lines where a run starts over, also those of step 0', () => {
    const run = newRun();
    const metrics = metricsWriter(run);
    metrics.append(lineOf(0));
    metrics.close();
    metricsWriter(run, { resumeStep: 0 }).close();
    expect(readMetrics(run)).toEqual([lineOf(0)]);
    metricsWriter(run).close();
    expect(readMetrics(run)).toEqual([]);
  });
});

describe('readMetrics', () => {
  it('has no lines of a run that has not begun', () => {
    const run = newRun();
    expect(existsSync(fileOf(run))).toBe(false);
    expect(readMetrics(run)).toEqual([]);
  });

  it('passes over a last line that is torn or lost in a power cut', () => {
    const run = newRun();
    train(run, undefined, 2);
    for (const torn of ['{"step":3,"lo', '{"step":3}', '\0\0\0\0\0\n', Buffer.from([0xc3])]) {
      const before = readFileSync(fileOf(run));
      appendFileSync(fileOf(run), torn);
      expect(readMetrics(run)).toEqual([lineOf(1), lineOf(2)]);
      writeFileSync(fileOf(run), before);
    }
  });

  it('names a damaged line before the last', () => {
    const run = newRun();
    for (const damaged of ['{"step":1', '[]', 'null', '{"loss":1}', '']) {
      writeFileSync(fileOf(run), `{"step":0}\n${damaged}\n{"step":2}\n`);
      expect(() => readMetrics(run)).toThrow(FileError);
      expect(() => metricsWriter(run, { resumeStep: 1 })).toThrow(
        /metrics\.jsonl: line 2 is not a JSON object with a step; repair or delete that line$/,
      );
    }
  });
});
