/** @file Workers: threads with sessions of their own give the same numbers as one session, and end when nothing needs them. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { sessionPool } from '../../src/backend/session-pool.ts';
import { ConfigError, InternalError, ShapeError } from '../../src/base/errors.ts';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { conv, exp, input } from '../../src/graph/build.ts';
import { graph } from '../../src/graph/node.ts';
import { initialize } from '../../src/nn/network.ts';
import { scoreNet } from '../../src/nn/score-net.ts';
import { scoreModel, type ScoreModel } from '../../src/score/models/score-model.ts';
import { epsilon } from '../../src/sde/learning/parametrization.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { newFolder } from '../io/folders.ts';

const sde = vp();
const process = { sde, parametrization: epsilon()(sde) };
const net = scoreNet([1, 8, 8], { channels: [16, 16] });
const params = initialize(net, key(0));
const workers = 3;
const modelOf = (own: number, cache?: string): ScoreModel =>
  scoreModel(nodeBackend({ threads: workers, workers: own, cache }), net, { params, process, maxBatch: 8 });

describe('a score in workers', () => {
  it('is that of one worker for any number of samples, with its derivatives', async () => {
    const [one, three] = [modelOf(1), modelOf(workers)];
    for (const rows of [1, 2, 3, 5, 8, 20]) {
      const keys = split(key(rows), rows);
      const x = normalBatch(keys, net.sampleShape);
      const times = keys.map((_, i) => 0.1 + (0.8 * i) / rows);
      // Programs of other batch sizes may round otherwise: 1e-5 of numbers of the order of one.
      const close = (a: Float64Array, b: Float64Array): void =>
        a.forEach((value, i) => expect(Math.abs(value - b[i]!)).toBeLessThan(1e-5 * (1 + Math.abs(value))));
      close((await one.score(x, times)).data, (await three.score(x, times)).data);
      close((await one.scoreVjp(x, times, x)).vjp.data, (await three.scoreVjp(x, times, x)).vjp.data);
    }
    await one.dispose();
    await three.dispose();
  });

  it('answers each of many askers with its own', async () => {
    const model = modelOf(workers);
    const batches = split(key(1), 12).map((own) => normalBatch([own], net.sampleShape));
    const alone: Float64Array[] = [];
    for (const x of batches) alone.push((await model.score(x, 0.5)).data);
    const together = await Promise.all(batches.map((x) => model.score(x, 0.5)));
    expect(together.map(({ data }) => data)).toEqual(alone);
    await model.dispose();
  });

  it('comes from the cache too, which one worker alone writes', async () => {
    const cache = newFolder();
    const x = normalBatch(split(key(2), 3), net.sampleShape);
    const results = [];
    for (let i = 0; i < 2; i++) {
      const model = modelOf(workers, cache);
      results.push((await model.score(x, 0.5)).data);
      await model.dispose();
      expect(readdirSync(cache)).toHaveLength(1);
    }
    expect(results[1]).toEqual(results[0]);
  });
});

describe('a backend with workers', () => {
  it('starts again after its last program', async () => {
    const backend = nodeBackend({ threads: 2, workers: 2 });
    for (let i = 0; i < 3; i++) {
      const own = await backend.compile({ y: exp(input(graph(), 'x', [1])) });
      expect((await own.run({ x: Float32Array.of(0) }))['y']).toEqual(Float32Array.of(1));
      await own.dispose();
    }
  });

  it('reports a missing input, and runs nothing after its end', async () => {
    const x = input(graph(), 'x', [2]);
    const own = await nodeBackend({ threads: 2, workers: 2 }).compile({ y: exp(x) });
    await expect(own.run({ x: new Float32Array(3) })).rejects.toThrow(ShapeError);
    await own.dispose();
    await expect(own.run({ x: new Float32Array(2) })).rejects.toThrow(InternalError);
  });

  it('reports why a thread could not make a session, and makes the next', async () => {
    const pool = sessionPool(2);
    await expect(pool.make(Uint8Array.of(1, 2, 3), {})).rejects.toThrow(/protobuf/i);
    await expect(pool.make('no such file', {})).rejects.toThrow(/no such file/);
    const image = input(graph(), 'x', [1, 1, 2, 2]);
    const kernel = input(image.graph, 'kernel', [1, 1, 1, 1]);
    const own = await nodeBackend({ threads: 2, workers: 2 }).compile({
      y: conv(image, { kernel }, { stride: 1, pad: 0 }),
    });
    expect((await own.run({ x: Float32Array.of(1, 2, 3, 4), kernel: Float32Array.of(2) }))['y']).toEqual(
      Float32Array.of(2, 4, 6, 8),
    );
    await own.dispose();
  });

  it('has no more workers than threads', () => {
    for (const wrong of [0, 3, 1.5]) expect(() => nodeBackend({ threads: 2, workers: wrong })).toThrow(ConfigError);
    expect(nodeBackend({ threads: 2 }).workers).toBe(1);
  });
});
