/** @file Densities and latents of small runs on the command line. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseNpz, formatNpz } from '../../src/data/arrays/npz.ts';
import type { NpyArray } from '../../src/data/arrays/npy.ts';
import { meanEstimate } from '../../src/evaluate/estimate.ts';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother, smallImages, smallPoints, type Ended } from './scorefield.ts';

const cwd = newFolder();
const timeout = 120_000;
const one = ['--threads', '1', '--json'];

async function all(calls: readonly string[]): Promise<Ended[]> {
  return oneAfterAnother(
    calls.map((line) => line.split(' ')),
    { cwd },
  );
}

const objectIn = ({ code, out, err }: Ended): Record<string, number> => {
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Record<string, number>;
};
const arraysIn = (file: string): ReadonlyMap<string, NpyArray> =>
  parseNpz(new Uint8Array(readFileSync(join(cwd, file))), file);
const values = (file: string, name: string): number[] => Array.from(arraysIn(file).get(name)?.data ?? []);

beforeAll(async () => {
  const quick = '--set train.warmup=1 --set train.learningRate=0.005 --set train.sampleEvery=0 --threads 1';
  const trained = await all([
    `train two-moons --out points --steps 300 ${smallPoints.slice(2).join(' ')} --batch 128 ${quick}`,
    `train two-moons --out learned --objective vlb --steps 600 --set net.width=32 --set net.depth=2 --batch 128 ${quick} --set train.emaDecay=0.98 --set loss.variance=learned --set loss.steps=10`,
    `train emoji --out images --steps 10 ${smallImages.join(' ')} ${quick} --set parametrization.kind=edm`,
  ]);
  trained.forEach(({ code, err }) => expect({ code, err }).toEqual({ code: 0, err: '' }));
}, timeout);

describe('scorefield likelihood', () => {
  it('bounds what the flow finds, on points', { timeout }, async () => {
    const lines = await all([
      `likelihood points -n 150 --out ode.npz ${one.join(' ')}`,
      `likelihood points -n 150 --method bound --probes 4 --out bound.npz ${one.join(' ')}`,
      `likelihood points -n 150 --method vlb --steps 200 --terms 40 --variance large ${one.join(' ')}`,
    ]);
    const [ode, bound, vlb] = lines.map(objectIn) as [
      Record<string, number>,
      Record<string, number>,
      Record<string, number>,
    ];
    // The same 150 samples: their differences tell more than the difference of the means.
    const [flow, reverse] = [values('ode.npz', 'bitsPerDim'), values('bound.npz', 'bitsPerDim')];
    const apart = flow.map((value, i) => reverse[i]! - value);
    const mean = apart.reduce((sum, value) => sum + value / apart.length, 0);
    const error = Math.sqrt(apart.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / apart.length;
    expect(mean).toBeGreaterThan(-4 * error);
    expect(vlb['bitsPerDim']).toBeGreaterThan(bound['bitsPerDim']! - 4 * vlb['standardError']!);
    expect(lines[0]!.err).toMatch(/evaluations per sample at tolerance 0.0001, with the exact trace, /);
    expect(ode).toMatchObject({ method: 'ode', probes: 'exact', dequantisation: 'none', n: 150 });
    expect(bound).toMatchObject({ method: 'bound', probes: 4, evaluations: 4 * 33 });
    expect(bound['probeError']).toBeGreaterThan(0);
    expect(bound['probeError']).toBeLessThan(bound['standardError']!);
    expect(arraysIn('bound.npz').get('byProbe')?.shape).toEqual([150, 4]);
    expect(new Set(values('bound.npz', 'rows')).size).toBe(150);
  });

  it('takes the variance that a run has learned, and the chain that it was trained on', { timeout }, async () => {
    const line = `likelihood learned --method vlb -n 100 --probes 8 ${one.join(' ')}`;
    const [own, small, large] = await all([
      `${line} --out own.npz`,
      `${line} --variance small --out small.npz`,
      `${line} --variance large --out large.npz`,
    ]);
    expect(objectIn(own!)).toMatchObject({ variance: 'learned', steps: 10, evaluations: 80 });
    expect(objectIn(large!)).toMatchObject({ variance: 'large', steps: 10, evaluations: 80 });
    expect(own!.err).toMatch(/80 network evaluations per sample, a chain of 10 steps of learned variance,/);
    objectIn(small!);
    // The same samples and noise: for so few steps the learned variance is nearer to the true one than either end.
    for (const file of ['small.npz', 'large.npz']) {
      const learned = values('own.npz', 'bitsPerDim');
      const more = meanEstimate(Float64Array.from(values(file, 'bitsPerDim'), (bits, i) => bits - learned[i]!));
      expect(more.value).toBeGreaterThan(4 * more.standardError);
    }
  });

  it('gives an image one value, whatever its batch', { timeout }, async () => {
    const ended = await all([
      `likelihood images --data train -n 5 --batch 1 --out alone.npz ${one.join(' ')}`,
      `likelihood images --data train -n 5 --batch 8 --probes 2 --ladder --out together.npz ${one.join(' ')}`,
    ]);
    const [, together] = ended.map(objectIn) as [unknown, Record<string, unknown>];
    const alone = values('alone.npz', 'bitsPerDim');
    // The first probe is the same; float32 sums of another order, through some ten thousand operations.
    const first = values('together.npz', 'byProbe').filter((_, j) => j % 2 === 0);
    alone.forEach((value, i) => expect(Math.abs(first[i]! - value)).toBeLessThan(1e-3));
    const ladder = together['ladder'] as Record<string, number>[];
    expect(ladder.map(({ tolerance }) => tolerance)).toEqual([1e-2, 1e-3, 1e-4, 1e-5, 1e-6]);
    const errors = ladder.map(({ error }) => error!);
    expect(errors[3]).toBeLessThan(errors[0]!);
    const effort = ladder.map(({ evaluations }) => evaluations!);
    expect(effort).toEqual(effort.toSorted((a, b) => a - b));
    expect(ended[1]!.err).toMatch(/tolerance {2}evaluations {2}bits\/dim {2}error \(rms of 5 samples\)\n1e-2 /);
    expect(ended[1]!.err).toMatch(/bits\/dim \+- [\d.]+ \(standard error over 5 samples of emoji-faces\)/);
    expect(ended[1]!.err).toMatch(/of which \+- [\d.]+ from the 2 probes per sample/);
  });

  it('takes a dequantiser that was trained for the run', { timeout }, async () => {
    const [none, missing, trained, variational, vlb] = await all([
      'dequantise images --resume',
      'likelihood images --data train --dequantisation variational',
      `dequantise images --steps 12 --batch 8 --layers 2 --width 4 ${one.join(' ')}`,
      `likelihood images --data train -n 4 --method bound --dequantisation variational ${one.join(' ')}`,
      `likelihood images --data train -n 4 --method vlb --steps 50 ${one.join(' ')}`,
    ]);
    expect(none!.err).toBe('scorefield: --resume: this run has no dequantizer to go on with; leave --resume away\n');
    expect(missing).toMatchObject({
      code: 2,
      err: 'scorefield: --dequantisation: this run has no dequantizer; train one with scorefield dequantise images\n',
    });
    expect(objectIn(trained!)).toMatchObject({ steps: 12, file: join('images', 'dequantiser.safetensors') });
    expect(trained!.err).toMatch(/bound [\d.]+ bits\/dim over steps 1 to 12, [\d.]+ at step 12/);
    expect(objectIn(variational!)).toMatchObject({ dequantisation: 'variational', n: 4 });
    expect(variational!.err).toMatch(/^at most [\d.]+ bits\/dim \+- /m);
    expect(objectIn(vlb!)).toMatchObject({ dequantisation: 'none', method: 'vlb', evaluations: 50 });
  });

  it('resumes a dequantiser as if it had not stopped, bit for bit', { timeout }, async () => {
    const whole = readFileSync(join(cwd, 'images', 'dequantiser.safetensors'));
    const small = '--batch 8 --layers 2 --width 4';
    const [half, resumed, other, done] = await all([
      `dequantise images --steps 5 ${small} ${one.join(' ')}`,
      `dequantize images --steps 12 --resume ${one.join(' ')}`,
      `dequantise images --steps 20 --resume --width 8`,
      `dequantise images --steps 12 --resume`,
    ]);
    expect([half!.code, resumed!.code], half!.err + resumed!.err).toEqual([0, 0]);
    expect(resumed!.err).toMatch(/over steps 6 to 12, [\d.]+ at step 12/);
    expect(readFileSync(join(cwd, 'images', 'dequantiser.safetensors')).equals(whole)).toBe(true);
    expect(other!.err).toBe('scorefield: --width: this dequantizer has 4, got 8\n');
    expect(done!.err).toBe('scorefield: --steps: expected more than the 12 that this dequantizer has, got 12\n');
  });

  it('refuses what cannot be, in one sentence', { timeout }, async () => {
    const refused = {
      'likelihood points --data valid': '--data: expected test, train, one of two-gaussians, ',
      'likelihood points --method elbo': "option '--method <M>' argument 'elbo' is invalid: expected ode, bound, vlb",
      'likelihood points --dequantisation variational': '--dequantisation: only bytes of images are dequantized',
      'likelihood points --dequantisation logit':
        "option '--dequantisation <D>' argument 'logit' is invalid: expected uniform, variational",
      'likelihood points --method vlb --variance tiny':
        "option '--variance <V>' argument 'tiny' is invalid: expected small, large, learned",
      'likelihood points --method vlb --variance learned': '--variance: this run has learned no variance',
      'likelihood points --variance small': '--variance: this is of the method vlb only',
      'likelihood points --method bound --steps 20': '--steps: these are of the method vlb only',
      'likelihood points --method vlb --steps 10 --terms 10': '--terms: expected at most steps - 1 = 9, got 10',
      'likelihood points --method bound --ladder': '--ladder: tolerances are of the method ode only',
      'likelihood points --terms 3': '--terms: these are of the methods bound and vlb only',
      'dequantise points': 'RUN: expected a run of images of bytes, found one of points',
    };
    const ended = await all(Object.keys(refused));
    for (const [i, message] of Object.values(refused).entries()) {
      expect(ended[i]?.code).toBe(2);
      expect(ended[i]?.err).toMatch(/^scorefield: [^\n]*\n$/);
      expect(ended[i]?.err).toContain(message);
    }
  });
});

describe('latents', () => {
  it('are encoded and decoded, with the error of the round trip', { timeout }, async () => {
    const [encoded, decoded, cool, strip] = await all([
      `encode images --data train -n 3 --tolerance 1e-5 --out latents.npz ${one.join(' ')}`,
      `decode images latents.npz --tolerance 1e-5 --out back.npz ${one.join(' ')}`,
      `decode images latents.npz --temperature 0.2 --out cool.npz ${one.join(' ')}`,
      `interpolate images --data train --from 3 --to 5 --steps 4 --out strip.png ${one.join(' ')}`,
    ]);
    const { roundTrip, n } = objectIn(encoded!) as unknown as { roundTrip: Record<string, number>; n: number };
    expect(n).toBe(3);
    expect(roundTrip['largest']).toBeLessThan(0.1);
    expect(roundTrip['mean']).toBeGreaterThan(0);
    expect(encoded!.err).toMatch(/round trip of 3 samples: mean error [\d.e-]+, largest [\d.e-]+ gray levels of 256/);
    expect(arraysIn('latents.npz').get('latents')?.shape).toEqual([3, 3, 8, 8]);
    [decoded, cool, strip].forEach((ended) => objectIn(ended!));
    const spread = (file: string): number => {
      const found = values(file, 'samples');
      const mean = found.reduce((sum, value) => sum + value / found.length, 0);
      return found.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    };
    expect(spread('cool.npz')).toBeLessThan(spread('back.npz'));
    const { width, height } = decode(readFileSync(join(cwd, 'strip.png')));
    // Four images side by side, with a margin.
    expect(Math.round(width / height)).toBe(4);
  });

  it('cool the samples of ode, and of no other sampler', { timeout }, async () => {
    const [ode, pc] = await all([
      `sample points -n 4 --sampler ode --temperature 0.5 --out cool-points.npz ${one.join(' ')}`,
      `sample points -n 4 --sampler pc --temperature 0.5 --out no.npz ${one.join(' ')}`,
    ]);
    objectIn(ode!);
    expect(pc).toMatchObject({
      code: 2,
      err: 'scorefield: --temperature: the sampler pc does not take it; it takes steps, nfe, grid, snr\n',
    });
  });

  it('of another shape are refused, and rows that are not there', { timeout }, async () => {
    writeFileSync(join(cwd, 'other.npz'), formatNpz({ latents: { shape: [1, 3], data: new Float64Array(3) } }));
    const ended = await all([
      'decode points other.npz --out no.npz',
      'decode points ode.npz --out no.npz',
      'encode points --out no.png',
      'interpolate points --from 3 --to 1000000 --out no.png',
    ]);
    const words = [
      'other.npz: expected finite latents [n, 2] as scorefield encode writes them, found [1, 3]',
      'ode.npz: expected finite latents [n, 2] as scorefield encode writes them, found none',
      'no.png: expected a name that ends in .npz',
      /^scorefield: --to: expected 0 to \d+, a sample of two-moons, got 1000000\n$/,
    ];
    ended.forEach(({ code, err }, i) => {
      expect(code).toBe(2);
      const expected = words[i]!;
      if (typeof expected === 'string') expect(err).toBe(`scorefield: ${expected}\n`);
      else expect(err).toMatch(expected);
    });
  });
});

describe('scorefield diagnose', () => {
  it('prints the errors of each level beside closed forms, of new samples or of known ones', { timeout }, async () => {
    const [points, text, images, train, pdf] = await all([
      `diagnose points -n 100 --out panel.svg ${one.join(' ')}`,
      'diagnose points -n 20 --levels 3 --noise-scale --threads 1',
      `diagnose images -n 8 --levels 4 --points 40 ${one.join(' ')}`,
      'diagnose points --data train',
      'diagnose points --out panel.pdf',
    ]);
    const found = JSON.parse(points!.out) as { levels: { noiseRatio: number; ceiling: string }[] };
    expect(found).toMatchObject({
      run: 'points',
      step: 300,
      count: 100,
      points: 10_000,
      heldOut: true,
      file: 'panel.svg',
    });
    expect(found.levels).toHaveLength(16);
    expect(found.levels[3]).toMatchObject({ network: { value: expect.any(Number) as number }, ceiling: 'empirical' });
    expect(readFileSync(join(cwd, 'panel.svg'), 'utf8')).toContain('Error by noise level');
    expect(text!.out).toMatch(/^ *sigma\/alpha +network +linear +empirical +network over the better +training$/m);
    expect(text!.out).toMatch(/± \d+\.\d %/);
    expect(text!.out).toMatch(/^gradient noise scale .* samples; the batch of the training has 128$/m);
    expect(JSON.parse(images!.out)).toMatchObject({ count: 8, points: 40, heldOut: false });
    expect(images!.err).toContain('it cannot be seen whether it memorizes');
    expect([train!.code, train!.err]).toEqual([
      2,
      'scorefield: --data: expected data that the model was not trained on, got train\n',
    ]);
    expect([pdf!.code, pdf!.err]).toEqual([2, expect.stringContaining('panel.pdf')]);
  });
});
