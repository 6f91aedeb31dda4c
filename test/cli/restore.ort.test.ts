/** @file Images restored by small runs on the command line. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, encode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { inverseList } from '../../src/catalog/posterior-samplers/build-posterior-sampler.ts';
import { taskList } from '../../src/catalog/restorations/inverse-tasks.ts';
import { formatNpy, type NpyArray } from '../../src/data/arrays/npy.ts';
import { formatNpz, parseNpz } from '../../src/data/arrays/npz.ts';
import { newFolder } from '../io/folders.ts';
import { listing, oneAfterAnother, smallImages, smallPoints, type Ended } from './scorefield.ts';

const cwd = newFolder();
const timeout = 240_000;
// A network that knows nothing does least harm as the estimate of EDM, which stays near its own input.
const quick = '--set train.warmup=1 --set train.sampleEvery=0 --threads 1 --sde vp --set parametrization.kind=edm';

const few = '-n 2 --steps 2 --threads 1 --json';

/** Methods that suit each task; some methods need many steps where singular values are small. */
const suited: Readonly<Record<string, readonly string[]>> = {
  inpaint: ['repaint --set jumpLength=1 --set resamplings=2', 'red-diff'],
  colorize: ['replacement'],
  superres: ['dps'],
  deblur: ['ddrm'],
  denoise: ['mmps --set iterations=1'],
  cs: ['projection --set weight=0.5', 'twisted --set particles=2'],
  mri: ['annealed-langevin', 'diffpir'],
  ct: ['pigdm'],
};
const pairs = Object.entries(suited).flatMap(([task, methods]) => methods.map((method) => [task, method] as const));
const face = 'restore color --task inpaint --image face.png';
const kinds = 'restore kinds --data train --task inpaint';
const squares = 'restore gray --task superres --noise 0.1';

/** Calls that succeed, and one that diverges. */
const calls = {
  face: `${face} --seed 3 --out face ${few}`,
  again: `${face} --seed 3 --out again ${few}`,
  other: `${face} --seed 4 --out other ${few}`,
  read: `restore color --task inpaint --measured face/measurement.npz --seed 3 --out read ${few}`,
  alone: `${face} --seed 3 --batch 1 --out alone ${few}`,
  damaged: `restore color --task inpaint --measured face.png --mask mask.png --noise 0.02 --out damaged ${few}`,
  exact: `restore gray --task superres --method replacement --noise 0 --out exact ${few}`,
  five: `${squares} --index 5 --out five ${few}`,
  both: `${squares} --index 2,5 --out both ${few}`,
  wild: 'restore gray --task superres --method dps --set stepSize=1e9 -n 2 --steps 5 --threads 1 --out wild',
  words: 'restore gray --task denoise --method replacement -n 2 --steps 2 --threads 1 --out words',
  counted: `restore gray --task denoise --noise-model poisson --counts 50 --out counted ${few}`,
  recounted: `restore gray --task denoise --noise-model poisson --counts 50 --measured counted/measurement.npz --method pigdm --out recounted ${few}`,
  classed: `${kinds} --class 1 --guidance 2 --method dps --out classed ${few}`,
  free: `${kinds} --method pigdm --out free ${few}`,
  guidance0: `${kinds} --method pigdm --class 1 --guidance 0 --out guidance0 ${few}`,
  class1: `${kinds} --method pigdm --class 1 --out class1 ${few}`,
  budget: 'restore gray --task denoise --method mmps --nfe 23 -n 2 --threads 1 --json --out budget',
  table: 'restore --list',
  json: 'restore --list --json',
};

/** What came of every call: one process runs them all, once, as starting one takes longer than most calls. */
const ends = new Map<string, Ended>();
const endOf = (call: string): Ended => ends.get(call)!;

async function all(lines: readonly string[]): Promise<Ended[]> {
  const ended = await oneAfterAnother(
    lines.map((line) => line.split(' ')),
    { cwd },
  );
  lines.forEach((line, i) => ends.set(line, ended[i]!));
  return ended;
}

const callOf = ([task, method]: readonly [task: string, method: string]): string => {
  const run = task === 'colorize' ? 'color --data train' : 'gray';
  return `restore ${run} --task ${task} --method ${method} --out ${task}-${method.split(' ')[0]!} ${few}`;
};

interface Judged {
  readonly psnr?: number;
  readonly ssim?: number;
  readonly misfit: number;
  readonly residual?: number;
}

interface Report {
  readonly [name: string]: unknown;
  readonly evaluations: number;
  readonly files: Readonly<Record<string, string>>;
  readonly images: readonly {
    readonly index: number;
    readonly mean: Judged;
    readonly samples: readonly Judged[];
    readonly spread: number;
    readonly baselines: Readonly<Record<string, Judged>>;
  }[];
}

const reportIn = ({ code, out, err }: Ended): Report => {
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Report;
};
const arraysIn = (file: string): ReadonlyMap<string, NpyArray> =>
  parseNpz(new Uint8Array(readFileSync(join(cwd, file))), file);
const values = (file: string, name: string): number[] => Array.from(arraysIn(file).get(name)?.data ?? []);
const largest = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0);
const put = (name: string, content: Uint8Array): void => writeFileSync(join(cwd, name), content);
const png = (channels: 1 | 3, [height, width]: readonly [number, number], value: (i: number) => number): Uint8Array => {
  const data = Uint8Array.from({ length: height * width * channels }, (_, i) => value(i));
  return encode({ width, height, channels, data, depth: 8 });
};

beforeAll(async () => {
  put(
    'face.png',
    png(3, [8, 8], (i) => (37 * i) % 256),
  );
  put(
    'gray.png',
    png(1, [8, 8], (i) => i),
  );
  put(
    'large.png',
    png(3, [8, 9], (i) => i % 256),
  );
  put(
    'mask.png',
    png(1, [8, 8], (i) => (i % 8 < 4 ? 255 : 0)),
  );
  put(
    'mask9.png',
    png(1, [9, 8], () => 255),
  );
  put(
    'nothing.png',
    png(1, [8, 8], () => 0),
  );
  put('words.png', new TextEncoder().encode('no picture'));
  put('two.npz', formatNpz({ measurement: { shape: [1, 3, 2], data: new Float64Array(6) } }));
  put('range.npy', formatNpy({ shape: [1, 8, 8, 3], data: new Float64Array(192).fill(1.5) }));
  const [, , , ...faces] = smallImages;
  const kindImages = `--size 8 ${faces.slice(1).join(' ')}`;
  const gray = `--size 12 ${faces.slice(1).join(' ')}`;
  const training = [
    `train emoji --out color --steps 4 ${smallImages.join(' ')} ${quick}`,
    `train phantoms --out gray --steps 4 ${gray} ${quick}`,
    `train emoji --conditional --out kinds --steps 4 ${kindImages} ${quick}`,
    `train two-moons --out points --steps 1 ${smallPoints.join(' ')} --set train.sampleEvery=0`,
  ];
  await all([...training, ...Object.values(calls), ...pairs.map(callOf)]);
  for (const call of training) expect(endOf(call), endOf(call).err).toMatchObject({ code: 0, err: '' });
}, timeout);

describe('scorefield restore', () => {
  let report: Report;
  beforeAll(() => {
    report = reportIn(endOf(calls.face));
  });

  it('writes a report, pictures and arrays of one image', () => {
    expect(JSON.parse(readFileSync(join(cwd, 'face/restore.json'), 'utf8'))).toEqual(report);
    expect(report).toMatchObject({
      ...{ run: 'color', step: 4, task: 'inpaint', method: 'ddrm', options: { mask: 'box', steps: 2 } },
      ...{ data: 'face.png', noise: 0.05, n: 2, seed: 3, measurements: 144, unknowns: 192, evaluations: 3 },
    });
    expect(report['seconds']).toBeGreaterThan(0);
    const [image] = report.images;
    expect(image).toMatchObject({ index: 0, samples: [{}, {}] });
    expect(Object.keys(image!.baselines)).toEqual(['zero filling', 'total variation']);
    for (const one of [image!.mean, ...image!.samples, ...Object.values(image!.baselines)]) {
      expect(one.psnr).toBeGreaterThan(0);
      expect(one.residual! * 0.05).toBeCloseTo(one.misfit, 5);
      expect(one).not.toHaveProperty('ssim'); // of images below 11 pixels there is none
    }
    for (const name of ['sheet', 'measurement', 'mean', 'spread', 'samples'])
      expect(decode(readFileSync(join(cwd, 'face', `${name}.png`))).width).toBeGreaterThan(8);
    expect(Object.keys(listing(join(cwd, 'face'))).sort()).toEqual(
      Object.values(report.files)
        .map((file) => file.replace('face/', ''))
        .sort(),
    );
  });

  it('has arrays from which its numbers follow, in units of [0, 1]', () => {
    const arrays = arraysIn('face/samples.npz');
    expect(arrays.get('samples')?.shape).toEqual([1, 2, 8, 8, 3]);
    expect(arrays.get('mean')?.shape).toEqual([1, 8, 8, 3]);
    const samples = values('face/samples.npz', 'samples');
    const [first, second] = [samples.slice(0, 192), samples.slice(192)];
    const means = first.map((value, i) => (value + second[i]!) / 2);
    expect(largest(values('face/samples.npz', 'mean'), means)).toBeLessThan(1e-6);
    // Of two numbers, the standard deviation is their distance over sqrt(2).
    const spreads = first.map((value, i) => Math.abs(value - second[i]!) / Math.SQRT2);
    expect(largest(values('face/samples.npz', 'spread'), spreads)).toBeLessThan(1e-6);
    const truth = Array.from({ length: 192 }, (_, i) => (((37 * i) % 256) + 0.5) / 256);
    const cut = means.map((value) => Math.min(1, Math.max(0, value)));
    const square = cut.reduce((sum, value, i) => sum + (value - truth[i]!) ** 2, 0) / 192;
    expect(report.images[0]!.mean.psnr).toBeCloseTo(-10 * Math.log10(square), 3);
    // The known pixels: all but the middle 4 x 4, channel by channel, with noise of 0.05.
    const measured = values('face/measurement.npz', 'measurement');
    const known = [0, 1, 2].flatMap((c) =>
      truth.filter((_, i) => {
        const pixel = Math.floor(i / 3);
        const hidden = [Math.floor(pixel / 8), pixel % 8].every((at) => at >= 2 && at < 6);
        return i % 3 === c && !hidden;
      }),
    );
    const errors = measured.map((value, i) => value - known[i]!);
    const std = Math.sqrt(errors.reduce((sum, value) => sum + value * value, 0) / errors.length);
    // 144 draws: the standard deviation has a relative error of 1 / sqrt(288).
    expect(Math.abs(std / 0.05 - 1)).toBeLessThan(4 / Math.sqrt(288));
  });

  it('gives the same again from its seed, its measurement, and in any batch', () => {
    const [again, other, read, alone] = [calls.again, calls.other, calls.read, calls.alone].map(endOf);
    expect({ ...reportIn(again!), seconds: 0, files: {} }).toEqual({ ...report, seconds: 0, files: {} });
    const [before, after] = [listing(join(cwd, 'face')), listing(join(cwd, 'again'))];
    expect({ ...after, 'restore.json': '' }).toEqual({ ...before, 'restore.json': '' });
    reportIn(other!);
    const samples = values('face/samples.npz', 'samples');
    expect(largest(values('other/samples.npz', 'samples'), samples)).toBeGreaterThan(0.1);
    const unstated = reportIn(read!);
    expect(values('read/samples.npz', 'samples')).toEqual(samples);
    expect(unstated['noise']).toBe(0.05);
    expect(unstated.images[0]!.mean).not.toHaveProperty('psnr');
    reportIn(alone!);
    // Programs of other batch sizes sum in another order, in float32.
    expect(largest(values('alone/samples.npz', 'samples'), samples)).toBeLessThan(1e-3);
  });

  it('reads what was measured from a picture, and the mask from another', () => {
    const found = reportIn(endOf(calls.damaged));
    expect(found).toMatchObject({ noise: 0.02, measurements: 96, options: { mask: 'mask.png' } });
    // The left half of the picture, channel by channel, as the middles of gray levels.
    const pixels = Array.from({ length: 64 }, (_, i) => i).filter((i) => i % 8 < 4);
    const known = [0, 1, 2].flatMap((c) => pixels.map((i) => (((37 * (3 * i + c)) % 256) + 0.5) / 256));
    expect(largest(values('damaged/measurement.npz', 'measurement'), known)).toBeLessThan(1e-12);
    expect(found.images[0]!.samples.every((one) => !('psnr' in one) && one.misfit > 0)).toBe(true);
  });

  it('fits an exact measurement exactly, in the units of the image', () => {
    const { images } = reportIn(endOf(calls.exact));
    for (const one of [...images[0]!.samples, images[0]!.mean, images[0]!.baselines['pseudo-inverse']!]) {
      // Replacement ends on y itself; the change to the model's range and back costs rounding.
      expect(one.misfit).toBeLessThan(1e-12);
      expect(one).not.toHaveProperty('residual');
    }
  });

  it('restores an image as it would alone, whichever others are with it', () => {
    const [five, both] = [calls.five, calls.both].map((call) => reportIn(endOf(call))) as [Report, Report];
    expect(both.images.map(({ index }) => index)).toEqual([2, 5]);
    expect(values('both/measurement.npz', 'rows')).toEqual([2, 5]);
    const measured = values('five/measurement.npz', 'measurement');
    expect(values('both/measurement.npz', 'measurement').slice(measured.length)).toEqual(measured);
    const samples = values('five/samples.npz', 'samples');
    expect(largest(values('both/samples.npz', 'samples').slice(samples.length), samples)).toBeLessThan(1e-3);
    expect(five.images[0]!.mean.ssim).toBeGreaterThan(-1);
    expect(both.images[1]!.baselines).toEqual(five.images[0]!.baselines);
  });

  it('runs every task, and every method', () => {
    expect(Object.keys(suited)).toEqual(taskList.map(({ name }) => name));
    const names = pairs.map(([, method]) => method.split(' ')[0]);
    expect(new Set(names)).toEqual(new Set(inverseList.map(({ name }) => name)));
    for (const [i, pair] of pairs.entries()) {
      const [task, method] = pair;
      const found = reportIn(endOf(callOf(pair)));
      expect(found).toMatchObject({ task, method: names[i] });
      expect(found.evaluations, method).toBeGreaterThan(1);
      const { samples, mean, baselines } = found.images[0]!;
      expect(Object.keys(baselines)).toHaveLength(2);
      for (const { psnr, residual } of [mean, ...samples])
        expect(Number.isFinite(psnr! + residual!), method).toBe(true);
      // The weight follows from the noise, and the misfit reaches it from below.
      expect(baselines['total variation']!.residual, task).toBeLessThanOrEqual(1);
    }
  });

  it('counts photons, and reads counts back', () => {
    const counted = reportIn(endOf(calls.counted));
    expect(counted).toMatchObject({ method: 'diffpir', noiseModel: 'poisson', counts: 50 });
    const [truth, y] = [values('counted/samples.npz', 'mean').length, values('counted/measurement.npz', 'measurement')];
    expect(y).toHaveLength(truth);
    // Whole numbers over 50.
    for (const value of y) expect(Math.abs(50 * value - Math.round(50 * value))).toBeLessThan(1e-9);
    const again = reportIn(endOf(calls.recounted));
    expect(again).toMatchObject({ method: 'pigdm', noiseModel: 'poisson', noise: counted['noise'] });
    for (const { mean } of [...counted.images, ...again.images]) expect(mean.residual).toBeGreaterThan(0);
  });

  it('restores images of a class, which guidance 0 forgets bit for bit', () => {
    const classed = reportIn(endOf(calls.classed));
    expect(classed).toMatchObject({ class: 'people', guidance: 2 });
    // Two networks for each of the 5 scores of DPS in 2 steps.
    expect(classed.evaluations).toBe(10);
    const [free, guidance0, class1] = [calls.free, calls.guidance0, calls.class1].map((call) => reportIn(endOf(call)));
    const samples = values('free/samples.npz', 'samples');
    expect(values('guidance0/samples.npz', 'samples')).toEqual(samples);
    expect(values('class1/samples.npz', 'samples')).not.toEqual(samples);
    expect([free, guidance0, class1].map((report) => report!.evaluations)).toEqual([6, 6, 6]);
  });

  it('takes as many steps as the evaluations allow', () => {
    expect(reportIn(endOf(calls.budget))).toMatchObject({ evaluations: 20, options: { steps: 3 } });
  });

  it('reports what diverges, where, and what to try', () => {
    const ended = endOf(calls.wild);
    expect(ended).toMatchObject({ code: 2, out: expect.not.stringContaining('sheet') as string });
    expect(ended.err).toMatch(
      /^scorefield: --method: dps diverged (at the first step|after step \d of 5, at t = [\d.]+), with stepSize = 1000000000: a sample is .*; try a smaller stepSize, more steps, or another method( \(see --help\))?\n$/,
    );
    expect(Object.keys(listing(cwd))).not.toContain('wild');
  });

  it('prints in words what it did, and lists tasks and methods', () => {
    const [words, table, json] = [calls.words, calls.table, calls.json].map(endOf);
    expect(words).toMatchObject({ code: 0, err: '' });
    expect(words!.out).toMatch(/^replacement does not ask for the noise of the measurement; /);
    expect(words!.out).toMatch(/\n2 samples of 1 image by replacement in \d+ s, \d+ network evaluations each\n/);
    expect(words!.out).toMatch(/\nmean +PSNR [\d.]+ dB {2}SSIM -?[\d.]+ {2}\|y - A x\| \/ sigma [\d.]+\n/);
    expect(words!.out).toMatch(/\nside by side: words\/sheet\.png\n$/);
    for (const { name, description, citation } of inverseList) {
      expect(table!.out).toContain(`${name} `);
      expect(table!.out).toContain(`${description} (${citation})`);
    }
    for (const { name, description } of taskList)
      expect(table!.out).toMatch(new RegExp(`\n?${name} +${description.slice(0, 9)}`));
    expect(JSON.parse(json!.out)).toEqual(JSON.parse(JSON.stringify({ tasks: taskList, methods: inverseList })));
  });
});

describe('what users do wrong', () => {
  it('is reported in one sentence, with exit code 2, and nothing is written', { timeout }, async () => {
    const cases: readonly (readonly [args: string, message: RegExp])[] = [
      ['', /^RUN: expected the folder of a run, or --list, got none$/],
      ['color', /^--task: expected inpaint, .*, ct, got none$/],
      ['color --task sharpen', /^--task: expected inpaint, .*, ct, got sharpen$/],
      ['nowhere --task denoise', /^nowhere/],
      ['points --task denoise', /^RUN: expected a model of images, found one of points$/],
      ['color --task mri', /^--task: mri takes gray images of 1 channel, and the run has 3$/],
      ['gray --task colorize', /^--task: colorize takes color images of 3 channels, and the run has 1$/],
      ['color --task denoise --factor 2', /^--factor: the task denoise does not take it; it has no options$/],
      ['color --task denoise --mask box', /^--mask: the task denoise does not take it; it has no options$/],
      ['color --task superres --factor 3', /^--factor: expected a factor of both sides of 8 x 8 pixels, got 3$/],
      ['color --task cs --rate 2', /^--rate: expected a share above 0, at most 1, got 2$/],
      ['color --task inpaint --mask random:2', /^--mask: expected random:P with P/],
      ['color --task inpaint --mask mask9.png', /^mask9.png: expected a mask of 8 x 8 pixels, found 8 x 9$/],
      ['color --task inpaint --mask nothing.png', /^--mask: expected at least one known value, got none$/],
      ['color --task inpaint --mask circle', /^circle: cannot be read: there is no such file or folder; /],
      ['color --task denoise --method guess', /^--method: expected replacement, .*, got guess$/],
      [
        'gray --task ct --method ddrm',
        /^--method: ddrm needs the singular values of its operator, and radon has none in closed form here; expected replacement, .*$/,
      ],
      [
        'color --task denoise --method ddrm --set weight=2',
        /^weight: the method ddrm does not take it; it takes steps, nfe, grid, eta, etaB$/,
      ],
      ['color --task denoise --set eta', /^--set: expected name=number, such as stepSize=0.5, got eta$/],
      ['color --task denoise --set eta=much', /^--set: expected name=number, such as stepSize=0.5, got eta=much$/],
      ['color --task denoise --set eta=7', /^eta: expected 0 to 1, got 7$/],
      ['color --task denoise --grid square', /^--grid: expected auto, .*, got square$/],
      ['color --task denoise --image face.png --data train', /^--image and --data: expected one of them$/],
      ['color --task denoise --image face.png --index 1', /^--index: expected with --data alone$/],
      [
        'color --task denoise --image gray.png',
        /^gray.png: expected a color image of 8 x 8 pixels as the run has, found a gray image of 8 x 8 pixels$/,
      ],
      [
        'color --task denoise --image large.png',
        /^large.png: expected a color image of 8 x 8 pixels as the run has, found a color image of 9 x 8 pixels$/,
      ],
      [
        'color --task denoise --image words.png',
        /^words.png: expected a PNG, JPEG, WebP, GIF, TIFF or AVIF image, found one that does not decode/,
      ],
      ['color --task denoise --image gone.png', /^gone.png: cannot be read: there is no such file or folder; /],
      [
        'color --task denoise --data range.npy',
        /^--data: expected images of bytes or of floats of 0 to 1, found 1.5 in range.npy$/,
      ],
      [
        'color --task denoise --data train --index 9999',
        /^--index: expected different numbers of 0 to \d+, .* got 9999$/,
      ],
      ['color --task denoise --data train --index 1,1', /^--index: expected different numbers .* got 1,1$/],
      ['color --task denoise', /^--data: emoji has no test part; /],
      [
        'color --task denoise --measured two.npz',
        /^two.npz: expected an array `measurement` of finite numbers \[n, 3, 8, 8\] for this task, found \[1,3,2\]$|found \[1, 3, 2\]$/,
      ],
      [
        'gray --task ct --measured gray.png',
        /^gray.png: expected a .npz file, as what this task measures is no picture$/,
      ],
      [
        'color --task superres --measured face.png',
        /^face.png: expected a color image of 4 x 4 pixels as the measurement has/,
      ],
      [
        'color --task denoise --data train --out face.png',
        /^face.png: expected the name of a folder; face.png is a file$/,
      ],
      ['color --task denoise --data train -n 1', /^option '-n <COUNT>' .*expected a whole number of 2 to 100000/],
      ['gray --task cs --noise-model poisson', /^--noise-model: expected gaussian, as what cs measures may be negative and cannot be counted, got poisson$/], // prettier-ignore
      ['gray --task denoise --counts 9', /^--counts: expected with --noise-model poisson$/],
      ['gray --task denoise --noise-model poisson --noise 0.1', /^--noise: expected with Gaussian noise; the level of Poisson noise is set by counts$/], // prettier-ignore
      ['gray --task denoise --noise-model poisson --counts 0', /^option '--counts <K>' .*expected a number above 0$/],
      ['gray --task denoise --noise-model speckle', /^option '--noise-model <L>' argument 'speckle' is invalid: expected gaussian, poisson$/], // prettier-ignore
      ['gray --task denoise --noise-model poisson --method ddrm', /^--method: ddrm takes noise for Gaussian; expected one that takes counts, annealed-langevin, .*$/], // prettier-ignore
      ['gray --task denoise --class 1', /^--class: this run knows no classes; train one with --conditional, or give a --classifier$/], // prettier-ignore
      ['kinds --task denoise --class 99', /^--class: expected all, 0 to \d+, smileys, .*; got '99'$/],
      ['kinds --task denoise --class cats', /^--class: expected all, .*; got 'cats'$/],
      ['kinds --task denoise --class all', /^--class: expected one class, such as smileys, .*, got all$/],
      ['kinds --task denoise --guidance 2', /^--guidance: expected a class to guide to, --class, or a text, --text$/],
      [
        'gray --task denoise --method mmps --nfe 9',
        /^--nfe: expected at least 10 evaluations, those of one step, got 9$/,
      ],
      ['gray --task denoise --steps 3 --nfe 9', /^--nfe: expected either steps or nfe, got both$/],
      ['color --task denoise --noise -1', /^option '--noise <STD>' .*expected a number of at least 0/],
    ];
    const before = listing(cwd);
    const ended = await all(cases.map(([args]) => `restore ${args}`.trim()));
    for (const [i, [args, message]] of cases.entries()) {
      const { code, out, err } = ended[i]!;
      expect({ args, code, out }, err).toEqual({ args, code: 2, out: '' });
      expect(
        err
          .replace(/^scorefield: /, '')
          .trimEnd()
          .replace(/ \(see --help\)$/, ''),
        args,
      ).toMatch(message);
      expect(err.trimEnd().split('\n'), args).toHaveLength(1);
    }
    expect(listing(cwd)).toEqual(before);
  });
});
