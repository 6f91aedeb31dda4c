/** @file Shapes by the command line and the handle: a folder of meshes is described, trained on, drawn with any number of points, rebuilt, judged, and refused. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { parseNpz } from '../../src/data/arrays/npz.ts';
import { readPly, writePly } from '../../src/data/shapes/ply.ts';
import { readShapes } from '../../src/data/shapes/read-shapes.ts';
import { spherePoints } from '../../src/data/shapes/solids.ts';
import { rebuild } from '../../src/model/shapes/shape-evaluation.ts';
import { openShapeModel } from '../../src/node/open-shape-model.ts';
import { newFolder } from '../io/folders.ts';
import { reportedCalls } from './reported-calls.ts';

const cwd = newFolder();
mkdirSync(join(cwd, 'balls'));
for (let i = 0; i < 20; i++)
  writeFileSync(
    join(cwd, 'balls', `${i}.ply`),
    writePly(spherePoints(key(i), 50).map((value, j) => value * (j % 3 === 2 ? 1 - 0.02 * i : 1))),
  );
for (const kind of ['round', 'flat']) {
  mkdirSync(join(cwd, 'kinds', kind), { recursive: true });
  writeFileSync(join(cwd, 'kinds', kind, '0.ply'), writePly(spherePoints(key(0), 50)));
  writeFileSync(join(cwd, 'kinds', kind, '1.ply'), writePly(spherePoints(key(1), 50)));
}
writeFileSync(join(cwd, 'bad.stl'), 'nothing');
writeFileSync(join(cwd, 'one.obj'), 'v 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 3\n');

const small = [
  'net.width=16',
  'net.depth=1',
  'net.encoderWidth=16',
  'net.priorWidth=16',
  'net.priorDepth=1',
  'net.latent=4',
];
const settings = small.flatMap((setting) => ['--set', setting]);
const { resultOf } = await reportedCalls({
  cwd,
  good: {
    info: ['info', 'balls', '--points', '24', '--json'],
    picture: ['data', 'balls', '--out', 'balls.png', '--json'],
    run: ['train', 'balls', '--points', '24', '--out', 'run', '--steps', '20', '--batch', '4', '--threads', '1', '--json', ...settings], // prettier-ignore
    about: ['info', 'run', '--json'],
    again: [
      'train',
      'balls',
      '--points',
      '24',
      '--out',
      'run',
      '--steps',
      '22',
      '--threads',
      '1',
      '--resume',
      '--json',
    ],
    files: ['sample', 'run', '-n', '3', '--points', '40', '--out', 'ball.ply', '--threads', '1', '--json'],
    folder: ['sample', 'run', '-n', '2', '--sampler', 'heun', '--steps', '5', '--threads', '1', '--json'],
    array: ['sample', 'run', '-n', '2', '--points', '5', '--out', 'balls.npz', '--threads', '1', '--json'],
    seen: ['sample', 'run', '-n', '1', '--view', '30,-10', '--out', 'seen.png', '--threads', '1', '--json'],
    evaluate: ['evaluate', 'run', '--threads', '1', '--json'],
    one: ['info', 'one.obj', '--json'],
  },
  bad: {
    'a file that is none': [['info', 'bad.stl'], /bad\.stl: expected an STL file, which begins with solid/],
    'no points': [['sample', 'run', '--points', '0'], /--points/],
    'too many points': [['sample', 'run', '-n', '1', '--points', '100000'], /points: expected 1 to 65536, got 100000/],
    'a view of one angle': [['sample', 'run', '--view', '30'], /expected two angles such as -60,25/],
    'steps without a sampler': [['sample', 'run', '--steps', '3'], /steps: is of samplers with a name/],
    'another file': [['sample', 'run', '--out', 'a.gif'], /expected a name that ends in \.ply or \.png or \.npz/],
    'a class': [
      ['sample', 'run', '--class', '1'],
      /--class: expected none, as a model of shapes has learned no classes/,
    ],
    'a training of classes': [
      ['train', 'kinds', '--points', '24', '--conditional', '--out', 'kinds-run', '--steps', '2'],
      /--conditional: shapes are learned without classes/,
    ],
    'an option of images': [
      ['sample', 'run', '--eta', '1'],
      /--eta: is of models of other data, run is a model of shapes/,
    ],
    'a likelihood': [
      ['likelihood', 'run'],
      /expected a run that learns a score, run is a shape-model, which has sample and evaluate/,
    ],
    'a file of a model': [
      ['pack', 'run', '--out', 'packed'],
      /expected a run of a score or a classifier, run is a shape-model; its folder can be copied/,
    ],
    'a diagnosis': [['diagnose', 'run'], /run is a shape-model/],
    'a restoration': [['restore', 'run', '--task', 'inpaint'], /run is a shape-model/],
    'a score of shapes': [['train', 'balls', '--task', 'score'], /for the task score, got shape-net/],
    'shapes of images': [['train', 'two-moons', '--task', 'shape-model'], /net\.kind|shape-net/],
    'an option of tables': [
      ['train', 'balls', '--omit', 'x'],
      /omit: .*balls has no such option, only limit, split, points, fit/,
    ],
  },
});

it('a folder of clouds is described, and a file alone is a set of points', () => {
  expect(resultOf('info')).toMatchObject({ kind: 'shapes', count: 20, shape: [24, 3] });
  expect(resultOf('one')).toMatchObject({ kind: 'points', shape: [3] });
  expect(existsSync(join(cwd, 'balls.png'))).toBe(true);
});

it('a training leaves a tenth of the shapes out, has the published levels, and goes on', () => {
  const config = JSON.parse(readFileSync(join(cwd, 'run', 'config.json'), 'utf8')) as object;
  expect(config).toMatchObject({
    task: 'shape-model',
    data: { split: 'train', points: 24 },
    sde: { kind: 'smld', sigmaMin: 0.01, sigmaMax: 1, levels: 10 },
    loss: { kind: 'shape-gf' },
    parametrization: { kind: 'score', label: 'logSigma' },
  });
  expect(resultOf('again')).toMatchObject({ step: 22 });
  expect(resultOf('about')).toMatchObject({ kind: 'run', sampleShape: [24, 3] });
});

it('samples are files of as many points as are asked for, with a picture, or an array', () => {
  for (const i of [1, 2, 3]) {
    const { vertices, faces } = readPly(new Uint8Array(readFileSync(join(cwd, `ball-${i}.ply`))), 'ball.ply');
    expect([vertices.length, faces.length]).toEqual([120, 0]);
  }
  expect(existsSync(join(cwd, 'ball.png')) && existsSync(join(cwd, 'seen.png'))).toBe(true);
  expect(resultOf('files')).toMatchObject({ n: 3, points: 40, evaluations: 100 });
  const { files } = resultOf('folder') as { files: readonly string[] };
  expect(files).toHaveLength(2);
  expect(existsSync(join(cwd, files[1] ?? ''))).toBe(true);
  expect(parseNpz(new Uint8Array(readFileSync(join(cwd, 'balls.npz'))), 'balls.npz').get('samples')?.shape).toEqual([
    2, 5, 3,
  ]);
});

it('an evaluation has distances of sets with their null values, and of shapes given their latents', () => {
  expect(resultOf('evaluate')).toMatchObject({
    n: 2,
    expected1Nna: 1 / 3,
    CD: { samples: {}, real: {} },
    EMD: { points: 128 },
    rebuilt: { n: 2, points: 24 },
  });
});

it('the handle draws the same shapes for the same seed, each by its number alone, and rebuilds those of which it has the latents', async () => {
  await using model = await openShapeModel(join(cwd, 'run'), { threads: 1 });
  const [three, two] = [
    await model.sample({ count: 3, points: 9, seed: 4 }),
    await model.sample({ count: 2, points: 9, seed: 4 }),
  ];
  expect(three.set.values.subarray(0, 54)).toEqual(two.set.values);
  expect(three.latents.shape).toEqual([3, 4]);
  const data = readShapes(join(cwd, 'balls'), { points: 24 });
  const latents = await model.encode(data, { rows: [0, 1, 19] });
  expect(latents.shape).toEqual([3, 4]);
  // Of the shape alone, but for which of its points were drawn.
  const steps: string[] = [];
  const drawn = await model.decode(latents, { points: 7, onProgress: ({ stage }) => steps.push(stage) });
  expect([drawn.set.count, drawn.set.points, drawn.latents]).toEqual([3, 7, latents]);
  expect(new Set(steps)).toEqual(new Set(['clouds']));
  const { rebuilt, floor, other } = await rebuild(model, data, { rows: [0, 10, 19] });
  expect(floor.chamfer.value).toBeLessThan(rebuilt.chamfer.value);
  expect(other.chamfer.value).toBeGreaterThan(floor.chamfer.value);
  await expect(async () => model.decode({ shape: [1, 3], data: normal(key(0), 3) })).rejects.toThrow(
    /latents \[n, 4\]/,
  );
});
