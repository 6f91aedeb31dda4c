/** @file `evaluate --extractor` with networks of the user's, and without what it needs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { foldIn, key } from '../../src/base/key.ts';
import { uniform } from '../../src/base/random.ts';
import { formatNpz } from '../../src/data/arrays/npz.ts';
import { readFeatures } from '../../src/node/feature-file.ts';
import { newFolder } from '../io/folders.ts';
import { writeLike } from '../node/extractors/fid-like.ts';
import { oneAfterAnother, type Ended } from './scorefield.ts';

const cwd = newFolder();
const comparing = ['evaluate', 'samples.npz', '--data', 'images.npz', '-n', '50', '--threads', '1', '--extractor'];
const calls: Readonly<Record<string, readonly string[]>> = {
  fid: [...comparing, 'inception.onnx', '--out', 'features.npz', '--json'],
  width: [...comparing, 'width.onnx'],
  text: [...comparing, 'text.onnx'],
  absent: [...comparing, 'absent.onnx'],
  package: [...comparing, 'inception'],
  points: ['evaluate', 'points.npz', '--data', 'two-moons', '-n', '50', '--extractor', 'inception'],
  unknown: ['evaluate', 'points.npz', '--data', 'two-moons', '-n', '50', '--extractor', 'inceptoin'],
};
let ended: Readonly<Record<string, Ended>>;

/** Images of 4 x 4 colors. */
function images(name: string, count: number): void {
  const u = uniform(foldIn(key(2), name), count * 48);
  const data = Uint8Array.from(u, (value) => Math.floor(256 * value));
  writeFileSync(join(cwd, name), formatNpz({ samples: { shape: [count, 4, 4, 3], data } }));
}

beforeAll(async () => {
  images('images.npz', 120);
  images('samples.npz', 50);
  const points = Float64Array.from(uniform(key(3), 100));
  writeFileSync(join(cwd, 'points.npz'), formatNpz({ samples: { shape: [50, 2], data: points } }));
  writeLike(join(cwd, 'inception.onnx'));
  writeLike(join(cwd, 'width.onnx'), { features: 1000 });
  writeFileSync(join(cwd, 'text.onnx'), 'no network');
  const names = Object.keys(calls);
  // No packages but those that are installed beside this one.
  const shell = (command: string): string => `NODE_PATH= ${command}`;
  const all = await oneAfterAnother(Object.values(calls), { cwd, shell });
  ended = Object.fromEntries(names.map((name, i) => [name, all[i]!]));
}, 300_000);

const sentenceOf = (name: string): string => {
  const { code, err } = ended[name] ?? { code: null, err: '' };
  expect([name, code]).toEqual([name, 2]);
  expect(err.trim().split('\n')).toHaveLength(1);
  return err;
};

it('features of the checked network are those of FID', () => {
  const { code, out } = ended['fid']!;
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ file: 'features.npz', ranges: { samples: { from: 0, to: 50 } } });
  const { extractor, samples, reference, real } = readFeatures(join(cwd, 'features.npz'));
  expect(extractor).toMatchObject({ name: 'inception-2015-12-05 of inception.onnx', distance: 'FID (clean resizing)' });
  expect([samples, reference, real].map(({ features }) => features.shape)).toEqual([
    [50, 2048],
    [60, 2048],
    [50, 2048],
  ]);
});

it('networks that are another, and files that are none, are refused', () => {
  expect(sentenceOf('width')).toMatch(
    /width\.onnx: expected 2048 features float32 \[N, 2048\], as the network of FID has/,
  );
  expect(sentenceOf('text')).toMatch(/text\.onnx: expected a network as ONNX/);
  expect(sentenceOf('absent')).toMatch(/absent\.onnx/);
});

it('says how the package of its weights is installed, and what it reads', () => {
  expect(sentenceOf('package')).toMatch(
    /not installed beside scorefield; run `npm install nsfwjs@4\.4\.0 --legacy-peer-deps`/,
  );
  expect(sentenceOf('points')).toMatch(/expected images \[1, H, W\] or \[3, H, W\] for inception, got points \[2\]/);
  expect(sentenceOf('unknown')).toMatch(/inceptoin/);
});
