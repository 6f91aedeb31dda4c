/** @file A network that has seen words in other pairs makes a pair that it has not seen. */
import { expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { key, split } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { buildSampler } from '../../src/catalog/samplers/build-sampler.ts';
import type { PointSet } from '../../src/data/dataset.ts';
import { unscaled } from '../../src/data/scaler.ts';
import { textRow } from '../../src/data/texts/text-coding.ts';
import { finish } from '../../src/sample/sampler.ts';
import { scoreModel } from '../../src/score/models/score-model.ts';
import { averaged } from '../../src/train/train.ts';
import { pointAfter } from './tiny.ts';

const columns = ['left', 'middle', 'right'];
const lines = ['low', 'central', 'high'];
const pairs = columns.flatMap((column) => lines.map((line) => `${line} ${column}`));
const [asked, ...seen] = ['high right', ...pairs.filter((pair) => pair !== 'high right')] as [string, ...string[]];

/** Where the points of a pair of words lie, with standard deviation 0.1. */
function placeOf(pair: string): readonly [number, number] {
  const [line = '', column = ''] = pair.split(' ');
  return [columns.indexOf(column) - 1, lines.indexOf(line) - 1];
}

const each = 100;
const noise = normal(key(0), 2 * each * seen.length);
const set: PointSet = {
  ...{ kind: 'points', name: 'nine places', count: each * seen.length, dimension: 2, oneSpace: true },
  values: noise.map((z, j) => placeOf(seen[Math.floor(j / 2 / each)]!)[j % 2 === 0 ? 0 : 1] + 0.1 * z),
  texts: seen.flatMap((pair) => new Array<readonly string[]>(each).fill([pair])),
};

it('words that were seen with others are put together', async () => {
  const config = resolveConfig(set, {
    data: { ref: 'places' },
    condition: { kind: 'words' },
    net: { width: 48, depth: 3, features: 16, classes: 6 },
    sde: { kind: 'edm' },
    train: { batch: 128, learningRate: 5e-3, warmup: 50, emaDecay: 0.98 },
  });
  const training = buildTraining(config, set);
  const { coding, net, process, scaler } = training;
  const backend = nodeBackend({ threads: 1 });
  const { state } = await pointAfter({ ...training, backend, set, batch: 128, key: key(1) }, 700);
  const model = scoreModel(backend, net, { params: averaged(state), process });
  const n = 50;
  const texts = pairs.flatMap((pair) => new Array<string>(n).fill(pair));
  const { score } = model.given(texts.map((text) => textRow(coding!, text)));
  const sampler = buildSampler('dpm-solver-2m', { steps: 12 });
  const { x } = await finish(sampler({ sde: process.sde, score, shape: [2], keys: split(key(2), texts.length) }));
  const { data } = unscaled(scaler, x);
  const distance = (i: number, pair: string): number =>
    Math.hypot(data[2 * i]! - placeOf(pair)[0], data[2 * i + 1]! - placeOf(pair)[1]);
  const nearest = texts.map((_, i) =>
    pairs.reduce((best, pair) => (distance(i, pair) < distance(i, best) ? pair : best)),
  );
  // Places are ten deviations apart; so short a training leaves a sample or two on the way between them. Without words it would be a
  // ninth.
  for (const pair of pairs) {
    const right = texts.filter((text, i) => text === pair && nearest[i] === pair);
    expect(right.length / n, pair).toBeGreaterThan(0.9);
  }
  const own = [...texts.keys()].filter((i) => texts[i] === asked);
  const mean = [0, 1].map((axis) => own.reduce((sum, i) => sum + data[2 * i + axis]! / n, 0));
  // Of a pair that was seen, the mean is within 0.06 of its place; of the pair that was not, training leaves more.
  for (const value of mean) expect(Math.abs(value - 1)).toBeLessThan(0.2);
  await model.dispose();
});
