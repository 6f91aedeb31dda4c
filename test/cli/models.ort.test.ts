/** @file Models by the command line: packed, found by name, sampled as they say, and measured. */
import { metricNames } from '../../src/catalog/metrics/index.ts';
import type { Estimate } from '../../src/evaluate/estimate.ts';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseNpz } from '../../src/data/arrays/npz.ts';
import { loadRun } from '../../src/run/load.ts';
import { fromFloat16, toFloat16 } from '../../src/io/float16.ts';
import { oneAfterAnother, smallImages, smallPoints } from './scorefield.ts';

const cwd = mkdtempSync(join(tmpdir(), 'scorefield-'));
const box = join(cwd, 'box');
mkdirSync(box);
process.env['SCOREFIELD_MODELS'] = box;
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
  Reflect.deleteProperty(process.env, 'SCOREFIELD_MODELS');
});

const quiet = ['--threads', '1', '--json'];
const quick = ['--nfe', '3', '--sampler', 'ddim'];
const more = ['--set', 'train.sampleEvery=0'];
const classifier = ['--task', 'classifier', '--set', 'net.width=4', '--set', 'net.depth=2', ...more];
const good = {
  points: ['train', 'two-moons', '--out', 'moons-run', '--steps', '60', ...smallPoints, '--json', ...more],
  images: ['train', 'emoji', '--out', 'faces-run', '--steps', '3', ...smallImages, '--json', ...more],
  classifier: [
    ...[
      'train',
      'emoji',
      '--out',
      'classes-run',
      '--steps',
      '3',
      '--size',
      '8',
      '--batch',
      '8',
      ...classifier,
      ...quiet,
    ],
  ],
  packPoints: ['pack', 'moons-run', '--out', 'box/moons', '--sampler', 'ddim', '--nfe', '7', ...quiet],
  packImages: ['pack', 'faces-run', '--out', 'box/faces', ...quiet],
  packClassifier: ['pack', 'classes-run', '--out', 'box/classes', ...quiet],
  again: ['pack', 'moons', '--out', 'again', '--sampler', 'ddim', '--nfe', '7', ...quiet],
  small: ['pack', 'faces-run', '--out', 'small', '--bits', '8', ...quiet],
  smallAgain: ['pack', 'small', '--out', 'small-again', ...quiet],
  other: ['pack', 'faces', '--out', 'box/faces2', '--sampler', 'unipc', '--nfe', '5', '--grid', 'karras', ...quiet],
  named: ['sample', 'moons', '-n', '8', ...quiet],
  npz: ['sample', 'moons', '-n', '200', '--out', 'moons.npz', ...quiet],
  fromRun: ['sample', 'moons-run', '-n', '200', '--sampler', 'ddim', '--nfe', '7', '--out', 'run.npz', ...quiet],
  asked: ['sample', 'moons', '-n', '8', '--sampler', 'heun', '--steps', '3', '--out', 'asked.npz', ...quiet],
  byPath: ['sample', 'box/faces2', '-n', '4', '--out', 'path.npz', ...quiet],
  likelihood: ['likelihood', 'moons', '-n', '4', ...quiet],
  encode: ['encode', 'moons', '-n', '4', ...quiet],
  decode: ['decode', 'moons', 'latents.npz', '--out', 'decoded.npz', ...quiet],
  interpolate: ['interpolate', 'faces', '--data', 'train', '--steps', '3', '--tolerance', '0.1', ...quiet],
  restore: ['restore', 'faces', '--task', 'inpaint', '--data', 'train', '-n', '2', '--steps', '3', ...quiet],
  models: ['models', '--json'],
  info: ['info', 'faces2', '--json'],
  infoOfData: ['info', 'emoji', '--limit', '3', '--json'],
  evaluatePoints: ['evaluate', 'moons', '-n', '200', '--memorization', '--self', ...quiet],
  report: ['report', 'moons', '-n', '100', '--held-out', '40', '--out', 'moons.html', ...quiet],
  evaluateFile: ['evaluate', 'moons.npz', '--data', 'two-moons', ...quiet],
  evaluateImages: ['evaluate', 'faces', '-n', '40', ...quick, '--extractor', 'random', ...quiet],
  evaluateSeen: ['evaluate', 'faces', '-n', '40', ...quick, '--metrics', 'all', ...quiet],
  evaluateClassifier: ['evaluate', 'classes', ...quiet],
};
const bad: Readonly<Record<string, readonly [readonly string[], RegExp]>> = {
  'no such model': [
    ['sample', 'nobody'],
    /nobody: there is no folder of a run and no model .*classes, faces, faces2, moons/,
  ],
  'another step': [
    ['sample', 'moons', '--checkpoint', '59'],
    /--checkpoint: expected 60, the one step of a model, got 59/,
  ],
  'a dequantiser of a model': [
    ['dequantise', 'faces'],
    /RUN: expected the folder of a run, which keeps it; found a model/,
  ],
  'a model too large': [
    ['pack', 'faces-run', '--out', 'large', '--max-megabytes', '0.001'],
    /--max-megabytes: expected a model of at most 0.001 MB, this one has 0\.\d+/,
  ],
  'a sampler without evaluations': [
    ['pack', 'moons-run', '--out', 'no', '--sampler', 'ddim'],
    /--sampler: expected both sampler and nfe/,
  ],
  'a sampler that there is not': [
    ['pack', 'moons-run', '--out', 'no', '--sampler', 'x', '--nfe', '5'],
    /sampler: expected pc, /,
  ],
  'a sampler of a classifier': [
    ['pack', 'classes-run', '--out', 'no', '--nfe', '5'],
    /this is of scores, not of a classifier/,
  ],
  'samples without data to compare': [['evaluate', 'moons.npz'], /--data: expected the data to compare with/],
  'a sampler of a file': [
    ['evaluate', 'moons.npz', '--data', 'two-moons', '--nfe', '5'],
    /--nfe: is of runs, moons.npz is a file of samples/,
  ],
  'more samples than real ones': [
    ['evaluate', 'faces', '-n', '10000'],
    /-n: expected at most \d+, as many as there are real/,
  ],
  'too few samples': [['evaluate', 'faces', '-n', '39'], /-n: expected at least 40 samples, got 39/],
  'a report that is no page': [['report', 'moons', '--out', 'a.pdf'], /expected a name that ends in \.html/],
  'a metric that there is not': [
    ['evaluate', 'moons', '--metrics', 'coverage,recal'],
    /--metrics: expected .*, got recal; did you mean recall\?/,
  ],
  'a metric of classes by features without': [
    ['evaluate', 'moons', '--metrics', 'inception-score'],
    /--metrics: expected features of a classifier for inception-score/,
  ],
  'a sheet of copies that are not looked for': [
    ['evaluate', 'faces', '--sheet', 'a.png'],
    /--sheet: is of --memorization/,
  ],
  'too few samples for copies': [
    ['evaluate', 'faces', '-n', '99', '--memorization'],
    /-n: expected at least 100 samples for --memorization, got 99/,
  ],
  'a sheet of points': [
    ['evaluate', 'moons', '--memorization', '--sheet', 'a.png'],
    /expected samples that are pictures, found points/,
  ],
  'other data': [['evaluate', 'faces', '--data', 'two-moons'], /--data: expected samples \[3, 8, 8\], got \[2\]/],
  'an extractor of other samples': [
    ['evaluate', 'moons', '--extractor', 'classes'],
    /--extractor: expected a classifier of samples \[2\]/,
  ],
};

const calls = [...Object.values(good), ...Object.values(bad).map(([args]) => args)];
const ended = await oneAfterAnother(calls, { cwd });
const names = Object.keys(good);
type Result = Readonly<Record<string, unknown>>;
const result = (name: keyof typeof good): Result => {
  const { code, out, err } = ended[names.indexOf(name)]!;
  if (code !== 0) throw new Error(`${name}: ${err}`);
  return JSON.parse(out) as Result;
};
const samplesIn = (file: string): ArrayLike<number> =>
  parseNpz(readFileSync(join(cwd, file)), file).get('samples')!.data;

describe('pack', () => {
  it('writes the averaged parameters in half precision, with what is known of the training', () => {
    const packed = result('packPoints');
    expect(packed['bytes']).toBe(statSync(join(box, 'moons', 'model.safetensors')).size);
    expect(packed).toMatchObject({
      training: { step: 60, command: expect.stringMatching(/^scorefield train two-moons .*--steps 60/) as string },
      sampling: { sampler: 'ddim', nfe: 7 },
    });
    const [run, model] = [loadRun(join(cwd, 'moons-run')), loadRun(join(box, 'moons'))];
    expect(model.point.state.ema).toEqual(run.point.state.ema.map((v) => fromFloat16(toFloat16(v))));
    expect(model.config).toEqual(run.config);
    expect(model.data).toEqual(run.data);
  });

  it('measures what rounding does: about the spacing of half precision, at each noise level', () => {
    for (const name of ['packPoints', 'packImages', 'packClassifier'] as const) {
      const rounding = result(name)['rounding'] as readonly { noiseRatio: number; relative: number }[];
      expect(rounding).toHaveLength(8);
      for (const { relative } of rounding) expect(relative).toBeLessThan(0.01);
    }
    const points = result('packPoints')['rounding'] as readonly { noiseRatio: number; relative: number }[];
    // Each weight is changed by 2^-13 of itself or so, and many of them together by no less.
    for (const { relative } of points) expect(relative).toBeGreaterThan(1e-5);
    expect(points[0]!.noiseRatio).toBeLessThan(points[7]!.noiseRatio);
  });

  it('writes parameters of 8 bits where they are asked for, and keeps them', () => {
    const [half, small] = [result('packImages'), result('small')] as unknown as {
      bytes: number;
      parameters: number;
      rounding: { relative: number }[];
    }[];
    expect(half!.bytes - small!.bytes).toBeGreaterThan(0.9 * half!.parameters - 400);
    // The steps are some 2^5 times coarser than those of half precision.
    small!.rounding.forEach(({ relative }, i) => {
      expect(relative / half!.rounding[i]!.relative).toBeGreaterThan(4);
    });
    const bytes = (folder: string): Buffer => readFileSync(join(cwd, folder, 'model.safetensors'));
    expect(result('smallAgain')['bits']).toBe(8);
    expect(bytes('small-again')).toEqual(bytes('small'));
  });

  it('writes a model anew as it was', () => {
    expect(result('again')['sampling']).toEqual({ sampler: 'ddim', nfe: 7 });
    const bytes = (folder: string): Buffer => readFileSync(join(cwd, folder, 'model.safetensors'));
    expect(bytes('again')).toEqual(bytes('box/moons'));
  });
});

describe('a model that the package ships', () => {
  it('is sampled by its name, as it says, into the current folder', () => {
    expect(result('named')).toMatchObject({
      sampler: 'ddim',
      evaluations: { mean: 7 },
      file: 'moons-ddim-seed0-n8.png',
    });
    expect(existsSync(join(cwd, 'moons-ddim-seed0-n8.png'))).toBe(true);
    expect(result('asked')).toMatchObject({ sampler: 'heun', evaluations: { mean: 7 } });
    expect(result('byPath')).toMatchObject({ sampler: 'unipc', evaluations: { mean: 5 } });
  });

  it('draws what its run draws, but for the rounding', () => {
    result('npz');
    result('fromRun');
    const [a, b] = [samplesIn('moons.npz'), samplesIn('run.npz')];
    const difference = Array.from(a, (v, i) => Math.abs(v - b[i]!));
    expect(Math.max(...difference)).toBeLessThan(0.05);
    expect(Math.max(...difference)).toBeGreaterThan(0);
  });

  it('is one for likelihoods, latents, ways between samples and restorations', () => {
    expect(result('likelihood')).toMatchObject({ step: 60, failed: 0 });
    expect(result('encode')).toMatchObject({ step: 60 });
    expect(result('decode')).toMatchObject({ n: 4 });
    expect(result('interpolate')).toMatchObject({ step: 3 });
    result('restore');
    expect(existsSync(join(cwd, 'faces-restored'))).toBe(true);
    expect(existsSync(join(box, 'faces', 'restored'))).toBe(false);
  });

  it('is listed and described', () => {
    const { models } = result('models') as { models: readonly Result[] };
    expect(models.map(({ name }) => name)).toEqual(['classes', 'faces', 'faces2', 'moons']);
    expect(result('info')).toMatchObject({ kind: 'model', name: 'faces2', sampling: { nfe: 5, grid: 'karras' } });
    expect(result('infoOfData')).toMatchObject({ source: 'emoji', count: 3 });
  });
});

describe('report', () => {
  it('is a page with every part that a model of points has', () => {
    const found = result('report');
    expect(found).toMatchObject({ file: 'moons.html', leftOut: {}, memorization: { heldOutData: true } });
    const page = readFileSync(join(cwd, 'moons.html'), 'utf8');
    const titles = [...page.matchAll(/<h2[^>]*>([^<]*)/g)].map(([, title]) => title);
    expect(titles).toEqual([
      'Samples',
      'Metrics',
      'Errors by noise level',
      'Likelihood',
      'Calibration',
      'Memorization',
      'Again',
    ]);
    expect(page).toContain('npx scorefield report moons -n 100 --held-out 40 --seed 0');
  });
});

describe('evaluate', () => {
  it('compares points with the test part by themselves', () => {
    expect(result('evaluatePoints')).toMatchObject({
      extractor: 'the points themselves',
      dimension: 2,
      n: 200,
      sampler: 'ddim',
      evaluations: 7,
      reference: { what: 'of the test part of two-moons' },
    });
  });

  it('tests samples against their own score', () => {
    const { self } = result('evaluatePoints') as { self: { n: number; noiseRatio: number; pValue: number }[] };
    expect(self.map(({ n }) => n)).toEqual([200, 200, 200, 200]);
    for (const { pValue } of self) expect(pValue > 0 && pValue <= 1).toBe(true);
  });

  it('has metrics by name, of samples and of real ones', () => {
    const { metrics } = result('evaluateSeen') as {
      metrics: { name: string; expected?: number; samples: Estimate; real: Estimate }[];
    };
    expect(metrics.map(({ name }) => name)).toEqual(metricNames);
    for (const { samples, real } of metrics)
      for (const { value, standardError } of [samples, real])
        expect([value, standardError].every(Number.isFinite)).toBe(true);
    // 40 real samples against 600 and more of the same law: the expectation and the standard error of coverage.
    const { expected = NaN, real } = metrics.find(({ name }) => name === 'coverage')!;
    expect(Math.abs(real.value - expected)).toBeLessThan(5 * real.standardError);
  });

  it('says whether points are copies of the training', () => {
    const { memorization } = result('evaluatePoints') as {
      memorization: { heldOutData: boolean; spaces: { space: string; test: { z: number }; real: { z: number } }[] };
    };
    expect(memorization.heldOutData).toBe(true);
    expect(memorization.spaces.map(({ space }) => space)).toEqual(['numbers']);
    expect(Math.abs(memorization.spaces[0]!.real.z)).toBeLessThan(4);
  });

  it('finds for a file of samples what it finds for the model that drew them', () => {
    const [drawn, file] = [result('evaluatePoints'), result('evaluateFile')];
    for (const name of ['frechet', 'frechetFloor', 'energy'] as const) expect(file[name]).toEqual(drawn[name]);
  });

  it('compares images with half of a set that has no test part, by the classifier that the package ships or by random features', () => {
    const random = result('evaluateImages');
    expect(random).toMatchObject({ extractor: 'random', dimension: 64, reference: { what: 'of one half of emoji' } });
    const seen = result('evaluateSeen');
    expect(seen).toMatchObject({ extractor: 'classes', dimension: 8 });
    expect(seen['extractorFingerprint']).not.toBe(random['extractorFingerprint']);
    const classes = Object.values(seen['classes'] as Record<string, readonly [number, number]>);
    for (const part of [0, 1]) expect(classes.reduce((sum, shares) => sum + shares[part]!, 0)).toBeCloseTo(1, 12);
  });

  it('prints the accuracy of a classifier', () => {
    const { n, accuracy } = result('evaluateClassifier') as { n: number; accuracy: { value: number } };
    expect(n).toBe(1658 / 2);
    expect(accuracy.value).toBeGreaterThan(0);
    expect(accuracy.value).toBeLessThan(1);
  });
});

describe('what is wrong', () => {
  it.each(Object.entries(bad))('%s', (name, [, message]) => {
    const { code, err } = ended[names.length + Object.keys(bad).indexOf(name)]!;
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  it('makes nothing', () => {
    for (const folder of ['large', 'no']) expect(existsSync(join(cwd, folder))).toBe(false);
  });
});
