/** @file What users do wrong: one clear sentence, exit code 2, no stack, and nothing lost or half made. */
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { bits } from '../../src/base/random.ts';
import { formatNpy } from '../../src/data/arrays/npy.ts';
import { formatNpz } from '../../src/data/arrays/npz.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/io/safetensors.ts';
import { newFolder } from '../io/folders.ts';
import { listing, oneAfterAnother, scorefield, smallPoints, type Ended } from './scorefield.ts';
import { hasFullDevice, onUnix, unix, withFullDevice } from '../platform.ts';

const cwd = newFolder();
const timeout = 120_000;
const foreign = process.platform === 'win32' ? 'coreml' : 'dml';
const noise = Buffer.from(bits(key(1), 2000).buffer);
const last = join('checkpoints', '00000002.safetensors');

function put(name: string, content: Uint8Array | string): void {
  mkdirSync(join(cwd, name, '..'), { recursive: true });
  writeFileSync(join(cwd, name), content);
}

function picture(channels: 1 | 3, size = 8): Uint8Array {
  return encode({ width: size, height: size, channels, data: noise.subarray(0, size * size * channels), depth: 8 });
}

/** Files of every kind that is wrong, beside a few that are right. */
function makeFiles(): void {
  const points = formatNpy({ shape: [50, 2], data: Float64Array.from({ length: 100 }, (_, i) => Math.sin(i)) });
  put('points.npy', points);
  put('one.npy', formatNpy({ shape: [1, 2], data: Float64Array.of(1, 2) }));
  put('equal.npy', formatNpy({ shape: [3, 2], data: new Float64Array(6).fill(4) }));
  put('nan.npy', formatNpy({ shape: [2, 2], data: Float64Array.of(1, NaN, 2, 3) }));
  put('infinite.npy', formatNpy({ shape: [2, 2], data: Float64Array.of(1, Infinity, 2, 3) }));
  put('huge.npy', formatNpy({ shape: [2, 2], data: Float64Array.of(1e305, 0, -1e305, 0) }));
  put('vector.npy', formatNpy({ shape: [4], data: Float64Array.of(1, 2, 3, 4) }));
  put('pixels.npy', formatNpy({ shape: [2, 2, 2], data: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 300) }));
  put('truncated.npy', points.subarray(0, 200));
  put('empty.npy', '');
  put('noise.npy', noise);
  put('noise.npz', noise);
  put('truncated.npz', formatNpz({ points: { shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) } }).subarray(0, 90));
  put('two.npz', formatNpz({ a: { shape: [1], data: Int32Array.of(1) }, b: { shape: [1], data: Int32Array.of(1) } }));
  put('words.txt', 'these are words\n');
  put('train-images-idx3-ubyte', noise);
  put('mixed/a.png', picture(1));
  put('mixed/b.png', picture(3));
  put('small/a.png', picture(3, 4));
  put('small/b.png', picture(3, 8));
  put('no-image/a.png', 'no image');
  put('cut-image/a.png', picture(3).subarray(0, 60));
  put('no-images/notes.txt', 'no images here');
  mkdirSync(join(cwd, 'empty'));
  put('bad.yaml', 'train:\n  batch: 8\n   steps: [\n');
  put('list.yaml', '- 1\n- 2\n');
  put('unknown.json', '{"train": {"batch": 0, "bach": 3}, "sde": {"kind": "ve", "betaMin": 3}, "foo": 1}');
}

/** Runs that are damaged, each a copy of a sound one but for one thing. */
function makeRuns(): void {
  const copy = (name: string): string => {
    cpSync(join(cwd, 'run'), join(cwd, name), { recursive: true });
    return join(cwd, name);
  };
  const sound = readFileSync(join(cwd, 'run', last));
  writeFileSync(join(copy('truncated-run'), last), sound.subarray(0, 2000));
  writeFileSync(join(copy('noise-run'), last), noise);
  const { tensors, metadata } = decodeSafetensors(new Uint8Array(sound), last);
  writeFileSync(join(copy('foreign-run'), last), encodeSafetensors({ tensors, metadata: { step: '2' } }));
  const other = { ...tensors, ema: { shape: [3], data: new Float32Array(3) } };
  writeFileSync(join(copy('other-run'), last), encodeSafetensors({ tensors: other, metadata }));
  writeFileSync(join(copy('config-run'), 'config.json'), '{"data": ');
  writeFileSync(join(copy('version-run'), 'config.json'), '{"data": {"ref": "points.npy"}, "sde": 3}');
  appendFileSync(join(copy('metrics-run'), 'metrics.jsonl'), 'words\n{"step": 3}\n');
  rmSync(join(copy('no-checkpoint-run'), 'checkpoints'), { recursive: true });
  mkdirSync(join(cwd, 'no-checkpoint-run', 'checkpoints'));
  rmSync(join(cwd, 'no-checkpoint-run', 'history.json'));
  put('other.npy', formatNpy({ shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 7) }));
}

const small = [...smallPoints, '--steps', '2', '--set', 'train.sampleEvery=0'];

beforeAll(async () => {
  makeFiles();
  const made = await scorefield(['train', 'points.npy', '--out', 'run', ...small], { cwd });
  expect(made).toMatchObject({ code: 0, err: '' });
  makeRuns();
}, timeout);

/** A call, with `_` for an empty word, and its message. */
type Case = readonly [args: string, message: RegExp];

/** Runs every case and sees to what holds for all of them. */
async function refused(cases: readonly Case[], { problems = 1 } = {}): Promise<void> {
  const before = listing(cwd);
  const calls = cases.map(([args]) => args.split(' ').map((word) => (word === '_' ? '' : word)));
  const ended = await oneAfterAnother(calls, { cwd });
  for (const [i, [args, message]] of cases.entries()) {
    const { code, out, err } = ended[i]!;
    expect({ args, code, out }, err).toEqual({ args, code: 2, out: '' });
    expect(err, args).toMatch(message);
    expect(err, args).toMatch(/^scorefield: [^\n]+\n( {2}[^\n]+\n)*$/);
    expect(err.trimEnd().split('\n'), args).toHaveLength(problems === 1 ? 1 : problems + 1);
    expect(err, args).not.toMatch(/ {4}at |node_modules|undefined|\[object|TypeError|RangeError/);
  }
  expect(listing(cwd)).toEqual(before);
}

describe('a process', () => {
  it.each([
    ['train points.npy --stepz 3', /^scorefield: unknown option '--stepz'; did you mean --steps\? [^\n]+\n$/],
    ['train nothing', /^scorefield: data: expected one of [^\n]+\n$/],
    ['sample truncated-run', /^scorefield: truncated-run\/[^\n]+\n$/],
  ])('ends with exit code 2 and one sentence: %s', { timeout }, async (args, message) => {
    const end = await scorefield(args.split(' '), { cwd });
    expect(end).toMatchObject({ code: 2, out: '' });
    expect(end.err).toMatch(message);
  });
});

describe('the command line', () => {
  it('reports what is wrong with arguments and options', { timeout }, async () => {
    await refused([
      ['trian points.npy', /unknown command 'trian'.*train/],
      ['train', /missing required argument 'DATA'/],
      ['sample', /missing required argument 'RUN'/],
      ['train points.npy more', /too many arguments/],
      ['train points.npy --stepz 3', /unknown option '--stepz'.*--steps/],
      ['train points.npy --steps', /'--steps <K>' argument missing/],
      ['train points.npy --steps 0', /'--steps <K>' argument '0' is invalid: expected a whole number of at least 1/],
      ['train points.npy --steps 2.5', /expected a whole number/],
      ['train points.npy --steps many', /expected a number/],
      ['train points.npy --batch 1e9', /expected a whole number of 1 to 65536/],
      ['train points.npy --threads 0', /expected a whole number of 1 to 256/],
      ['train points.npy --threads 1e6', /expected a whole number of 1 to 256/],
      ['train points.npy --device gpu', /'gpu' is invalid: expected cpu, webgpu, cuda, coreml, dml/],
      // Of two systems' devices one is not of this system.
      [`train points.npy --device ${foreign}`, /device \w+: expected one that this build .* \(.*cpu.*\); \w+ needs/],
      [`sample run --device ${foreign}`, /device \w+: expected one that this build/],
      ['train points.npy --minutes -1', /expected a number above 0/],
      ['train points.npy --seed -1', /expected a whole number of at least 0/],
      ['train points.npy --size 0', /expected a whole number of at least 1/],
      ['train points.npy --out _', /expected a path/],
      ['sample run -n 0', /expected a whole number/],
      ['sample run -n 1e9', /expected a whole number of 1 to 1000000/],
      ['sample run --tolerance 0', /expected a number above 0/],
      ['data', /DATA: expected a name or a path; `scorefield data --list`/],
    ]);
  });
});

describe('data', () => {
  it('that are none, or damaged, or of no use', { timeout }, async () => {
    await refused([
      ['train _', /data\.ref: expected a name or a path$/m],
      ['train nothing', /data: expected one of two-gaussians, .*found "nothing"/],
      ['info nothing.npy', /there is no file or folder .*nothing\.npy;/],
      ['train empty', /empty: expected PNG, JPEG, .* images, found none/],
      ['train no-images', /no-images: expected PNG, JPEG, .* images, found none/],
      ['train no-image', /a\.png: expected a PNG, JPEG, .* image, found one that does not decode/],
      ['train cut-image', /a\.png: expected a PNG image, found one that does not decode/],
      ['train mixed', /mixed.*b\.png|mixed.*a\.png/],
      ['train small', /small.*(4 x 4|8 x 8|4x4|8x8)/],
      ['train small --size 6', /a\.png.*4/],
      ['train words.txt', /data: expected at least 640 characters for samples of 64 .*, found 16 in words\.txt/],
      ['train empty.npy', /empty\.npy: expected a \.npy array/],
      ['train noise.npy', /noise\.npy: expected a \.npy array/],
      ['train noise.npz', /noise\.npz: expected a \.npz archive/],
      ['train truncated.npz', /truncated\.npz: expected/],
      ['train two.npz', /two\.npz: expected one array besides labels, found \["a","b"\]/],
      ['train truncated.npy', /truncated\.npy: expected 928 bytes as its header declares, found 200/],
      ['train train-images-idx3-ubyte', /train-images-idx3-ubyte: expected/],
      ['train nan.npy', /nan\.npy: expected finite numbers/],
      ['train infinite.npy', /infinite\.npy: expected finite numbers/],
      [
        'train huge.npy',
        /data: expected points that deviate from their mean by 1e-300 to 1e300, found others in huge\.npy/,
      ],
      [
        'train vector.npy',
        /vector\.npy: expected points \[n, d\], images .*, series or volumes \(--layout\), found shape \[4\]/,
      ],
      ['train pixels.npy', /pixels\.npy: expected integer pixels of 0 to 255, found 300; store other ranges as floats/],
      ['train one.npy', /one\.npy/],
      ['train equal.npy', /data: expected points that differ, found that all of equal\.npy are equal/],
      ['train points.npy --size 8', /size: is of images only, and these are points/],
      ['train emoji --size 65', /size: expected at most 64, the size of the images of emoji, found 65/],
      [
        'train emoji --size 1 --set net.multipliers=[1,2]',
        /net\.multipliers: expected at most 1 levels for images of 1x1 pixels, got 2; such as \[1\]/,
      ],
      [
        'train emoji --size 2 --net score-net',
        /net\.kind: score-net needs images of at least 3 pixels a side, got 2x2/,
      ],
      ['train emoji --group nothing', /group: expected one of .*found nothing/],
      ['data points.npy --out points.npz', /points\.npz: expected a name that ends in \.png/],
      ['data points.npy --out nowhere/x.png', /nowhere\/x\.png: its folder is not there/],
      ['data points.npy --out words.txt/x.png', /words\.txt\/x\.png: cannot be written: a part of the path is a file/],
    ]);
  });
});

describe('a configuration', () => {
  it('with one thing wrong', { timeout }, async () => {
    await refused([
      [
        'train points.npy --net unet',
        /--net: expected mlp, residual-mlp, diffwave, score-net, ddpmpp, ncsnpp, ddpm, ncsn, ncsnv2, transformer, dilated, shape-net, got unet/,
      ],
      ['train points.npy --sde foo', /--sde: expected ve, vp, .*got foo/],
      [
        'train points.npy --net ddpmpp',
        /net\.kind: points and tables need one of the networks mlp, residual-mlp; got ddpmpp/,
      ],
      [
        'train emoji --net mlp',
        /net\.kind: images and arrays need one of the networks score-net, ddpmpp, ncsnpp, ddpm, ncsn, ncsnv2; got mlp/,
      ],
      ['train points.npy --set train.batch', /--set: expected name\.key=value, got train\.batch/],
      ['train points.npy --set train.batch=[1', /train\.batch: expected a number, a word, or a list/],
      ['train points.npy --set train.bach=3', /train\.bach: unknown key; expected seed, init, batch, /],
      ['train points.npy --set sde.betaMin=30', /sde\.betaMax: expected a number of at least betaMin = 30, got 20/],
      ['train points.npy --set net.width=1e9', /net\.width: expected at most 4096, got 1000000000/],
      ['train two-gaussians --set data.count=1e12', /data\.count: expected at most 10000000/],
      ['train two-gaussians --set data.weights=[1]', /weights: expected two positive numbers, found \[1\]/],
      ['train two-gaussians --set data.flips=true', /flips: two-gaussians has no such option/],
      ['train two-gaussians --set data.split=all', /data\.split: expected train, test, got all/],
      ['train points.npy --set net.width=4096 --set net.depth=64', /net: expected a network of at most \d+ parameters/],
      ['train emoji --set net.width=6', /net\.width: expected a positive multiple of 4, got 6/],
      ['train emoji --batch 60000', /train\.batch: expected at most 21845 samples of 3072 numbers, got 60000/],
      [
        'train emoji --size 6 --net score-net --set net.channels=[8,8,8]',
        /net\.channels: expected at most 2 levels for images of 6 pixels, got 3/,
      ],
      ['train points.npy --set sde=5', /sde: expected keys with values, got 5/],
      ['train points.npy --config nowhere.yaml', /nowhere\.yaml: cannot be read: there is no such file/],
      ['train points.npy --config empty', /empty: cannot be read: it is a folder/],
      ['train points.npy --config bad.yaml', /bad\.yaml: expected YAML or JSON: .* at line 2, column \d+/],
      ['train points.npy --config list.yaml', /list\.yaml: expected keys with values/],
    ]);
  });

  it('with much wrong: a line for each, before the data are looked at', { timeout }, async () => {
    const all = /4 problems\n(?=[^]*train\.batch: expected at least 1, got 0)(?=[^]*train\.bach: unknown key)/;
    await refused(
      [
        ['train points.npy --config unknown.json', all],
        ['train nothing --config unknown.json', all],
        ['train points.npy --set net.kind=x --set sde.kind=y --set train.clip=-1 --set foo=1', /4 problems\n/],
      ],
      { problems: 4 },
    );
  });
});

describe('a run', () => {
  const devices: readonly [string, RegExp][] = [
    [`train points.npy --out /dev/null/run`, /\/dev\/null\/run: cannot be created/],
    [`train points.npy --out /dev/null`, /\/dev\/null: expected a folder for the run, found a file/],
  ];

  it('whose folder cannot be one', { timeout }, async () => {
    await refused([
      [`train points.npy --out run`, /run: there is a run in this folder; go on with it with --resume/],
      [`train points.npy --out words.txt`, /words\.txt: expected a folder for the run, found a file/],
      [`train points.npy --out words.txt/run`, /words\.txt\/run: cannot be created: a part of the path is a file/],
      [`train points.npy --out mixed`, /mixed: the folder is not empty; choose another --out/],
      [`train points.npy --out mixed --resume`, /mixed: the folder is not empty; choose another --out/],
      ...(unix ? devices : []),
    ]);
  });

  it('that is none, or damaged, or of another program', { timeout }, async () => {
    await refused([
      ['sample nothing', /nothing: there is no folder of a run and no model of this name; models: /],
      ['sample words.txt', /words\.txt: expected the folder of a run, found a file/],
      ['sample mixed', /mixed: not a run: it has no config\.json/],
      ['sample no-checkpoint-run', /no-checkpoint-run: there is no checkpoint yet/],
      [
        'sample truncated-run',
        /00000002\.safetensors: not a sound safetensors file: .*it may be cut off; .*start a new run/,
      ],
      ['train points.npy --resume --out noise-run', /00000002\.safetensors: not a sound safetensors file/],
      ['sample foreign-run', /00000002\.safetensors: expected a checkpoint of scorefield .*found none/],
      ['train points.npy --resume --out foreign-run', /00000002\.safetensors: expected a checkpoint of scorefield/],
      ['sample other-run', /00000002\.safetensors: expected \d+ numbers in 'ema' for the network mlp, found 3/],
      ['train points.npy --resume --out other-run', /00000002\.safetensors: expected \d+ numbers in 'ema'/],
      ['info config-run', /config\.json: expected JSON; the file is damaged/],
      ['sample version-run', /config\.json: not a configuration of this version: .*net: missing/],
      ['train points.npy --resume --out metrics-run', /metrics\.jsonl: line \d+ is not a JSON object with a step/],
    ]);
  });

  it('that is asked for what it does not have', { timeout }, async () => {
    await refused([
      ['sample run --checkpoint 7', /run: there is no checkpoint of step 7; there are: 2/],
      ['sample run --sampler magic', /sampler: expected pc, .*got magic/],
      [
        'sample run --sampler ode --steps 5',
        /steps: the sampler ode does not take it; it takes tolerance, temperature/,
      ],
      ['sample run --out samples.jpg', /samples\.jpg: expected a name that ends in \.png or \.npz/],
      ['sample run --out samples', /samples: expected a name that ends in \.png or \.npz/],
      ['sample run --out nowhere/x.npz', /nowhere\/x\.npz: its folder is not there/],
      ['sample run --sampler pc --nfe 1', /nfe: expected at least 3 evaluations/],
      ['likelihood run --data emoji', /--data: expected samples \[2\] as the run has, got \[3, 32, 32\]/],
      ['likelihood run --data train --out bits.png', /bits\.png: expected a name that ends in \.npz/],
      ['info run --size 8', /--size: is of data, run is a run/],
      [
        'train other.npy --resume --out run',
        /data: the data of this run were .*points\.npy, and other\.npy contains others/,
      ],
      ['train missing.npy --resume --out run', /data: there is no file or folder .*missing\.npy;/],
      ['train two-moons --resume --out run', /data\.ref: this run has ".*points\.npy", got "two-moons"/],
      [
        'train points.npy --resume --out run --seed 3',
        /train\.seed: this run has 0, got 3; start a new run to change it/,
      ],
    ]);
    await refused([['train points.npy --resume --out run --sde ve --batch 9', /2 problems\n/]], { problems: 2 });
  });

  it('whose data have changed', { timeout }, async () => {
    const kept = readFileSync(join(cwd, 'points.npy'));
    put('points.npy', formatNpy({ shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 7) }));
    await refused([
      ['train points.npy --resume --out run --steps 4', /data: points\.npy has changed since this run began/],
    ]);
    put('points.npy', kept);
  });
});

describe.skipIf(!unix)(`a disk that takes no more${onUnix}`, () => {
  // Blocks of 512 bytes: the configuration fits, a checkpoint does not.
  const full = (command: string): string => `ulimit -f 4; ${command}`;

  it('costs a training nothing but its next checkpoint', { timeout }, async () => {
    const args = [
      ...smallPoints,
      '--set',
      'net.width=64',
      '--set',
      'train.sampleEvery=0',
      '--set',
      'train.checkpointEvery=2',
    ];
    const begin = await scorefield(['train', 'points.npy', '--out', 'filling', ...args, '--steps', '2'], { cwd });
    expect(begin.code).toBe(0);
    const before = listing(join(cwd, 'filling', 'checkpoints'));
    const again = ['train', 'points.npy', '--out', 'filling', '--resume', '--steps', '4', '--threads', '1'];
    expectFull(
      await scorefield(again, { cwd, shell: full }),
      /filling\/checkpoints\/00000004\.safetensors: cannot be written/,
    );
    expect(listing(join(cwd, 'filling', 'checkpoints'))).toEqual(before);
    const end = await scorefield([...again, '--set', 'train.sampleEvery=0'], { cwd });
    expect(end).toMatchObject({ code: 0, err: '' });
    expect(end.out).toContain('going on with filling after step 2');
  });

  it('leaves the file that samples would replace', { timeout }, async () => {
    put('samples.npz', 'something dear\n');
    const before = listing(cwd);
    const args = ['sample', 'run', '-n', '2000', '--sampler', 'ancestral', '--steps', '2', '--out', 'samples.npz'];
    expectFull(await scorefield(args, { cwd, shell: full }), /samples\.npz: cannot be written/);
    expect(listing(cwd)).toEqual(before);
  });

  it.skipIf(!hasFullDevice)(`is reported where the output goes to it${withFullDevice}`, { timeout }, async () => {
    const end = await scorefield(['data', '--list'], { cwd, shell: (command) => `${command} > /dev/full` });
    expect(end).toMatchObject({ code: 2, out: '' });
    expect(end.err).toMatch(/^scorefield: the output cannot be written: the disk is full[^\n]*\n$/);
  });

  function expectFull({ code, err }: Ended, message: RegExp): void {
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).toMatch(/^scorefield: [^\n]+\n$/);
  }
});

describe.skipIf(!unix)(`a reader that has seen enough${onUnix}`, () => {
  it('does not end a training', { timeout }, async () => {
    const args = ['train', 'points.npy', '--out', 'piped', ...small];
    const end = await scorefield(args, { cwd, shell: (command) => `{ (${command}); echo "code $?" >&2; } | true` });
    expect(end.err).toBe('code 0\n');
    expect(listing(join(cwd, 'piped', 'checkpoints'))).toHaveProperty('00000002.safetensors');
  });
});

describe('numbers that stop being numbers', () => {
  it('end a training with the step, the noise level and the last good checkpoint', { timeout }, async () => {
    const settings = ['learningRate=1e30', 'warmup=1', 'checkpointEvery=1'].flatMap((set) => ['--set', `train.${set}`]);
    const args = ['train', 'points.npy', '--out', 'wild', '--steps', '50', ...smallPoints, ...settings];
    const { code, err } = await scorefield(args, { cwd });
    expect(code).toBe(1);
    const form =
      /^scorefield: step (\d+): the (loss|gradient|update) is not finite at noise level sigma = [\d.e-]+ \(t = [\d.e-]+\); [^\n]*the last good checkpoint is step (\d+), in wild\/checkpoints; begin a slower run with its parameters by: [^\n]* --init wild --set train\.learningRate=2\.5e\+29\n$/;
    expect(err).toMatch(form);
    const [, failed, , good] = form.exec(err)!;
    expect(Number(good)).toBe(Number(failed) - 1);
    const path = join(cwd, 'wild', 'checkpoints', `${good!.padStart(8, '0')}.safetensors`);
    const { tensors } = decodeSafetensors(new Uint8Array(readFileSync(path)), path);
    expect(Object.values(tensors).every(({ data }) => data.every(Number.isFinite))).toBe(true);
  });
});
