/** @file What is seen of a run while it is written to, and by which addresses the studio serves it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/base/json.ts';
import { key } from '../../../src/base/key.ts';
import { resolveConfig } from '../../../src/catalog/config/resolve.ts';
import { toys } from '../../../src/data/sets/toy.ts';
import { runFiles } from '../../../src/node/studio-runs.ts';
import { metricsWriter, readMetrics, type MetricsWriter } from '../../../src/run/folder/metrics.ts';
import { followMetrics } from '../../../src/run/folder/metrics-follower.ts';
import { createRun, type Run } from '../../../src/run/folder/run-folder.ts';
import { watchRun, type RunView } from '../../../src/run/folder/run-view.ts';
import { newFolder } from '../../io/folders.ts';

function newRun(folder = newFolder()): Run {
  const set = toys['two-moons'].draw(key(0), 100);
  const asked = { data: { ref: 'two-moons' }, train: { steps: 1000, batch: 64 } };
  return createRun(folder, {
    config: JSON.parse(JSON.stringify(resolveConfig(set, asked))) as Json,
    env: { processors: 2 },
  });
}

/** Steps of half a second. */
function log(metrics: MetricsWriter, from: number, to: number): void {
  for (let step = from; step <= to; step++)
    metrics.append({ step, loss: 1 / step, smoothedLoss: 2 / step, gradientNorm: 1, seconds: step / 2 });
}

describe('followMetrics', () => {
  it('sees what is appended, a torn line when it is whole, and a file that a resumed training put in its place', () => {
    const run = newRun();
    const look = followMetrics(run);
    expect(look()).toEqual({ lines: [], writtenMs: undefined });
    const metrics = metricsWriter(run);
    log(metrics, 1, 3);
    expect(look().lines.map(({ step }) => step)).toEqual([1, 2, 3]);
    const file = join(run.folder, 'metrics.jsonl');
    writeFileSync(file, '{"step":4,"lo', { flag: 'a' });
    expect(look().lines).toHaveLength(3);
    writeFileSync(file, 'ss":0.5}\n', { flag: 'a' });
    expect(look().lines.at(-1)).toEqual({ step: 4, loss: 0.5 });
    metrics.close();
    const resumed = metricsWriter(run, { resumeStep: 2 });
    log(resumed, 3, 3);
    resumed.close();
    expect(look().lines).toEqual(readMetrics(run));
    expect(look().lines).toHaveLength(3);
  });
});

describe('watchRun', () => {
  it('tells step, speed and time left by the configuration, and thins the curve to means of its lines', () => {
    const run = newRun();
    const look = watchRun(run.folder, 'mine');
    expect(look()).toMatchObject({ name: 'mine', step: 0, fraction: 0, curve: [], levels: [], log: [], pictures: [] });
    const metrics = metricsWriter(run);
    log(metrics, 1, 800);
    const level = { noiseRatio: 1, error: 0.5, linear: 0.6 };
    metrics.append({ step: 900, loss: NaN, seconds: 450, levels: [level] });
    metrics.close();
    const seen = look();
    expect(seen).toMatchObject({ step: 900, seconds: 450, fraction: 0.9, samplesPerSecond: 128, secondsLeft: 50 });
    expect(seen.curve).toHaveLength(400);
    expect(seen.curve[1]).toEqual({ step: 4, loss: (1 / 3 + 1 / 4) / 2, smoothedLoss: 2 / 4 });
    expect(seen.levels).toEqual([{ step: 900, levels: [level] }]);
    expect(seen.log[0]).toEqual({ step: 900, loss: NaN, seconds: 450 });
    expect(seen.log).toHaveLength(12);
  });
});

describe('the addresses of runs', () => {
  it('are those of what is there when they are asked for, and no other', () => {
    const run = newRun();
    const outside = join(run.folder, 'secret.png');
    writeFileSync(outside, 'secret');
    const files = runFiles([run.folder, newRun(join(newFolder(), 'second')).folder]);
    const json = (address: string): unknown => JSON.parse(String(Buffer.from(files.get(address)?.body ?? '')));
    expect(json('/runs.json')).toEqual([basename(run.folder), 'second']);
    expect(json('/runs/1.json')).toMatchObject({ name: 'second' });
    expect(files.get('/runs/0/00000500.png')).toBeUndefined();
    mkdirSync(join(run.folder, 'samples'), { recursive: true });
    writeFileSync(join(run.folder, 'samples/00000500.png'), 'picture');
    writeFileSync(join(run.folder, 'samples/00000500-strip.png'), 'strip');
    expect((json('/runs/0.json') as RunView).pictures).toEqual([
      { step: 500, samples: '00000500.png', strip: '00000500-strip.png' },
    ]);
    expect(files.get('/runs/0/00000500.png')).toMatchObject({
      type: 'image/png',
      body: Uint8Array.from(Buffer.from('picture')),
    });
    for (const address of ['/runs/0/../secret.png', '/runs/0/secret.png', '/runs/2.json', '/runs/0', '/runs/00.json'])
      expect(files.get(address)).toBeUndefined();
  });

  it('tell of a folder that is no run before anything is served', () => {
    expect(() => runFiles([newFolder()])).toThrow(/not a run: it has no config\.json/);
  });
});
