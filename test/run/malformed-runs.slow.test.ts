/** @file Runs whose files hold anything at all: each of a thousand seeded mutations is read, or refused in one sentence. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, FileError } from '../../src/base/errors.ts';
import { foldIn, key, type Key } from '../../src/base/key.ts';
import { bits } from '../../src/base/random.ts';
import type { Json } from '../../src/base/json.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { checkpointWriter, listCheckpoints, loadCheckpoint } from '../../src/run/folder/checkpoint-files.ts';
import { requireHistory } from '../../src/run/folder/history.ts';
import { lockFolder, lockName } from '../../src/run/folder/lock.ts';
import { metricsWriter, readMetrics } from '../../src/run/folder/metrics.ts';
import { thisProcess } from '../../src/io/process.ts';
import { createRun, openRun } from '../../src/run/folder/run-folder.ts';
import { configOf } from '../../src/run/load.ts';
import { newFolder } from '../io/folders.ts';

/** Words that readers of JSON, numbers and names stumble over. */
const words = [
  ...[
    '-1',
    '1e400',
    '0.5',
    '9007199254740993',
    '1e308',
    '""',
    'null',
    '[]',
    '{}',
    'true',
    '"NaN"',
    '"__proto__"',
    '\\u001b',
  ],
  ...[
    '[[[[[[[[',
    '{"a":',
    '\0',
    '\n',
    '\x1b[2J',
    '"step"',
    '2147483648',
    '-0',
    '"F64"',
    '[1e9,1e9]',
    '[0]',
    '"data_offsets"',
  ],
];

/** A few random changes of some bytes: flipped, cut off, taken out, doubled, or replaced by a word. */
function mutated(bytes: Uint8Array, seed: Key): Uint8Array {
  const random = bits(seed, 24);
  const below = (i: number, n: number): number => (random[i] ?? 0) % Math.max(1, n);
  let now = Buffer.from(bytes);
  for (let change = 0; change <= below(0, 3); change++) {
    const at = below(4 * change + 2, now.length);
    const length = below(4 * change + 3, 40);
    const [before, after] = [now.subarray(0, at), now.subarray(at + length)];
    const word = Buffer.from(words[below(4 * change + 4, words.length)] ?? '');
    switch (below(4 * change + 1, 6)) {
      case 0:
        now = Buffer.from(now);
        now[at] = (now[at] ?? 0) ^ (1 << below(4 * change + 3, 8));
        break;
      case 1:
        now = before;
        break;
      case 2:
        now = Buffer.concat([before, after]);
        break;
      case 3:
        now = Buffer.concat([now.subarray(0, at + length), now.subarray(at)]);
        break;
      case 4:
        now = Buffer.concat([before, word, now.subarray(at + word.length)]);
        break;
      default:
        // A value in the place of another: what stands before the next sign of JSON.
        now = Buffer.from(
          now
            .toString('latin1')
            .replace(/:\s*[^,:{}[\]]+(?=[,}\]])/g, (found, place: number) =>
              place >= at && place < at + 60 ? `:${word.toString('latin1')}` : found,
            ),
          'latin1',
        );
    }
  }
  return now;
}

const config = resolveConfig({ kind: 'points' }, { data: { ref: 'two-moons' }, net: { width: 4 } });

/** A run with a checkpoint, metrics and a record. */
function newRun(): string {
  const run = createRun(join(newFolder(), 'run'), { config: config as unknown as Json, env: { node: 'v20' } });
  const metrics = metricsWriter(run);
  for (let step = 1; step <= 4; step++) metrics.append({ step, loss: 1 / step, seconds: step });
  metrics.close();
  const tensors = {
    params: { shape: [6], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    ema: { shape: [2, 1], data: new Float32Array(2) },
  };
  checkpointWriter(run, { keep: 1 }).save(4, { tensors, metadata: { format: 'x' } }, 0.5);
  return run.folder;
}

/** What every command that goes on with a run reads first. */
function readAll(folder: string): void {
  const run = openRun(folder);
  configOf(run);
  readMetrics(run);
  requireHistory(run, listCheckpoints(run).at(-1), 2);
  loadCheckpoint(run);
}

/** Whether something is refused; anything else than one sentence for the user is a mistake of ours. */
function isRefused(action: () => void, what: string): boolean {
  const started = performance.now();
  try {
    action();
    return false;
  } catch (error) {
    expect(
      error instanceof FileError || error instanceof ConfigError,
      `${what}: ${String((error as Error).stack)}`,
    ).toBe(true);
    expect((error as Error).message.length, what).toBeLessThan(3000);
    expect((error as Error).message, what).not.toMatch(/undefined|\[object/);
    return true;
  } finally {
    expect(performance.now() - started, what).toBeLessThan(5000);
  }
}

describe.each([
  ['config.json', 250],
  ['env.json', 50],
  ['history.json', 100],
  ['metrics.jsonl', 250],
  ['checkpoints/00000004.safetensors', 350],
])('%s', (name, count) => {
  it(`is read or refused in one sentence, whatever it holds (${count} mutations)`, () => {
    const folder = newRun();
    const file = join(folder, name);
    const original = readFileSync(file);
    let refused = 0;
    for (let i = 0; i < count; i++) {
      writeFileSync(file, mutated(original, foldIn(foldIn(key(7), name), i)));
      refused += isRefused(() => readAll(folder), `mutation ${i} of ${name}`) ? 1 : 0;
    }
    expect(refused).toBeGreaterThan(count / 10);
  });
});

describe('train.lock', () => {
  it('is taken or refused in one sentence, whatever it says', () => {
    const values: readonly unknown[] = [
      0,
      -1,
      1,
      1.5,
      1e300,
      2 ** 31,
      2 ** 53,
      '1',
      null,
      [],
      {},
      true,
      '',
      '\x1b[2J\n',
      'x'.repeat(9000),
    ];
    const folder = newFolder();
    const sound = { pid: process.pid, host: 'elsewhere', space: 'a b', start: 'a:1', token: '0' };
    let refused = 0;
    for (const name of ['host', 'space', 'start', 'token'])
      // A lock that names no host is waited for, half a second each.
      for (const value of name === 'host'
        ? values.slice(7, -1).filter((one) => one === null || typeof one === 'string')
        : values) {
        writeFileSync(join(folder, lockName), JSON.stringify({ ...sound, [name]: value }));
        refused += isRefused(() => lockFolder(folder).release(), `${name} ${JSON.stringify(value)}`) ? 1 : 0;
        expect(readdirSync(folder).filter((file) => file !== lockName)).toEqual([]);
      }
    for (const pid of [1e15, 2 ** 31, 4_194_305, 2 ** 53 - 1]) {
      writeFileSync(join(folder, lockName), JSON.stringify({ ...thisProcess(), pid }));
      isRefused(() => lockFolder(folder).release(), `pid ${pid}`);
    }
    expect(refused).toBeGreaterThan(10);
  });
});
