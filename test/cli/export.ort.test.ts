/** @file `scorefield export`: a file that a program without scorefield can use. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { tensor } from '../../src/base/tensor.ts';
import { loadRun } from '../../src/run/load.ts';
import { scoreModel } from '../../src/score/models/score-model.ts';
import { averaged } from '../../src/train/train.ts';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother, smallImages, smallPoints, type Ended } from './scorefield.ts';

const cwd = newFolder();
const root = resolve(import.meta.dirname, '../..');
const quick = ['--set', 'train.warmup=1', '--set', 'train.learningRate=0.01', '--set', 'train.sampleEvery=0', '--json'];
const emoji = smallImages.filter((word) => word !== '--group' && word !== 'faces');
const calls = {
  points: [
    ...['train', 'two-moons', '--out', 'points', '--steps', '400', ...smallPoints, '--set', 'net.width=32'],
    ...['--set', 'train.emaDecay=0.98', '--set', 'train.checkpointEvery=300', '--batch', '128', ...quick],
  ],
  images: ['train', 'emoji', '--conditional', '--out', 'images', '--limit', '60', '--steps', '2', ...emoji, ...quick],
  level: [...['train', 'two-moons', '--objective', 'dsm', '--out', 'level', '--steps', '2', ...smallPoints, ...quick]],
  exportPoints: ['export', 'points', '--out', 'score.onnx', '--json'],
  exportFirst: ['export', 'points', '--out', 'first.onnx', '--checkpoint', '300'],
  exportImages: ['export', 'images', '--json'],
  exportLevel: ['export', 'level'],
  noRun: ['export', 'nothing'],
  noStep: ['export', 'points', '--checkpoint', '301'],
  picture: ['export', 'points', '--out', 'score.png'],
};
let ended: Readonly<Record<keyof typeof calls, Ended>>;
beforeAll(async () => {
  const all = await oneAfterAnother(Object.values(calls), { cwd });
  ended = Object.fromEntries(Object.keys(calls).map((name, i) => [name, all[i]!])) as typeof ended;
}, 120_000);

const metadataOf = (file: string): unknown => {
  const [entry, ...more] = fromBinary(ModelProtoSchema, readFileSync(join(cwd, file))).metadataProps;
  expect([entry?.key, more]).toEqual(['scorefield', []]);
  return JSON.parse(entry!.value);
};

describe('scorefield export', () => {
  it('writes files and says which', () => {
    const bytes = readFileSync(join(cwd, 'score.onnx')).length;
    expect(JSON.parse(ended.exportPoints.out)).toEqual({ file: 'score.onnx', run: 'points', step: 400, bytes });
    expect(ended.exportFirst.err).toBe('');
    expect(ended.exportFirst.out).toMatch(/^first\.onnx: 0\.\d+ MB, the score at step 300 of x \[N, 2\], t \[N\]\n$/);
    expect(ended.exportImages.err).toMatch(/^images.score\.onnx: .* of x \[N, 3, 8, 8\], t \[N\], classes \[N, 9\]\n$/);
    expect(ended.exportLevel).toMatchObject({ code: 0, err: '' });
  });

  it('describes the run in the metadata', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(metadataOf('score.onnx')).toMatchObject({
      format: 'scorefield-score-1',
      scorefield: version,
      step: 400,
      parameters: 'exponential moving average',
      network: { kind: 'mlp', width: 32 },
      sde: { kind: 'vp', betaMin: 0.1, betaMax: 20, tMin: 1e-5, tEnd: 1e-3, tMax: 1, priorStd: 1 },
      parametrization: { kind: 'epsilon' },
      objective: 'denoising',
      learned: { from: 1e-5, to: 1 },
      data: { name: 'two-moons', kind: 'points', shape: [2], scaling: { kind: 'standard' } },
    });
    expect(metadataOf('images/score.onnx')).toMatchObject({
      data: { name: 'emoji', kind: 'images', shape: [3, 8, 8], scaling: { factor: 2 / 256, shift: [128] } },
      classes: ['smileys', 'people', 'animals', 'food', 'travel', 'activities', 'objects', 'symbols', 'flags'],
    });
    const { learned } = metadataOf('level/score.onnx') as { learned: { from: number; to: number } };
    expect(learned.from).toBe(learned.to);
  });

  it('has the score that scorefield draws samples with, with classes and without', async () => {
    const { net, point, process, data } = loadRun(join(cwd, 'images'));
    const params = averaged(point.state);
    const session = await InferenceSession.create(join(cwd, 'images/score.onnx'), { intraOpNumThreads: 1 });
    const x = Float32Array.from({ length: 2 * 3 * 8 * 8 }, (_, i) => 2 * Math.sin(i));
    const classes = new Float32Array(18);
    classes[7] = 1;
    const results = await session.run({
      x: new Tensor('float32', x, [2, 3, 8, 8]),
      t: new Tensor('float32', [0.25, 0.75], [2]),
      classes: new Tensor('float32', classes, [2, 9]),
    });
    const found = results['score']!.data as Float32Array;
    await session.release();
    const model = scoreModel(nodeBackend({ threads: 1 }), net, { params, process });
    const expected = await model.given([7, undefined]).score(tensor(x, [2, ...data.shape]), [0.25, 0.75]);
    await model.dispose();
    const largest = Math.max(...expected.data.map(Math.abs));
    expected.data.forEach((value, i) => expect(Math.abs(found[i]! - value) / largest).toBeLessThan(1e-5));
  });

  it('draws samples by the program of the documentation, without scorefield', () => {
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/export.md'), 'utf8')) ?? [];
    const alone = join(cwd, 'alone');
    mkdirSync(join(alone, 'node_modules'), { recursive: true });
    for (const name of ['onnxruntime-node', 'onnxruntime-common'])
      symlinkSync(join(root, 'node_modules', name), join(alone, 'node_modules', name), 'junction');
    writeFileSync(join(alone, 'draw.mjs'), code);
    writeFileSync(join(alone, 'score.onnx'), readFileSync(join(cwd, 'score.onnx')));
    const out = execFileSync(process.execPath, ['draw.mjs'], { cwd: alone, encoding: 'utf8' });
    rmSync(alone, { recursive: true });
    const [, mean, square] = /^mean (\S+) mean square (\S+)\n$/.exec(out) ?? [];
    // Scaled data have mean 0 and mean square 1; 256 samples know both to 0.06, and so short a training to 0.2 or so.
    expect(Math.abs(Number(mean))).toBeLessThan(0.3);
    expect(Math.abs(Number(square) - 1)).toBeLessThan(0.4);
  });

  it('refuses what cannot be exported, in one sentence', () => {
    expect(ended.noRun).toMatchObject({ code: 2, out: '' });
    expect(ended.noRun.err).toMatch(/^scorefield: .*nothing.*\n$/);
    expect(ended.noStep.err).toMatch(/^scorefield: .*301.*\n$/);
    expect(ended.picture.err).toMatch(/^scorefield: score\.png: expected a name that ends in \.onnx\n$/);
  });
});
