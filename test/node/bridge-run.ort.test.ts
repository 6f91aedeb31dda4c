/** @file Bridges as runs: rounds that go on where they were stopped, both directions, pictures, and mistakes in one sentence. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { formatNpy } from '../../src/data/arrays/npy.ts';
import { bridgeRun } from '../../src/node/bridges/bridge-run.ts';
import { lightRun } from '../../src/node/bridges/light-run.ts';
import { openBridge } from '../../src/node/bridges/open-bridge.ts';
import { drawPaths } from '../../src/node/bridges/path-pictures.ts';
import { startsFor } from '../../src/node/bridges/starts.ts';
import { openModel } from '../../src/node/open-model.ts';
import { bridgeOf } from '../../src/run/folder/bridge.ts';
import { temporaryPath } from '../../src/io/temporary.ts';
import { loadAnyRun } from '../../src/run/load.ts';
import { newFolder } from '../io/folders.ts';

const folder = newFolder();
const small = {
  ...{ threads: 1, rounds: 2, pairs: 200, steps: 40, batch: 32 },
  settings: { net: { width: 16, depth: 2, features: 8 } },
};
const whole = join(folder, 'whole');
const paramsOf = (run: string): Float32Array => loadAnyRun(run).point.state.ema;
const rejected = (running: PromiseLike<unknown>, words: RegExp): Promise<void> =>
  expect(Promise.resolve(running)).rejects.toThrow(words);

describe('a bridge', () => {
  it('is trained in rounds of both directions, and goes on where it was stopped as if it had not been', async () => {
    const seen = new Set<string>();
    const fractions: number[] = [];
    const running = bridgeRun('two-moons', 'spirals', { ...small, out: whole });
    for await (const { round, direction, fraction } of running) {
      seen.add(`${round} ${direction}`);
      fractions.push(fraction);
    }
    expect(await running).toMatchObject({ run: whole, method: 'dsbm', halfRounds: 4, interrupted: false });
    expect([...seen]).toEqual(['1 backward', '1 forward', '2 backward', '2 forward']);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));

    const out = join(folder, 'stopped');
    let taken = 0;
    const stopped = await bridgeRun('two-moons', 'spirals', { ...small, out, stopRequested: () => ++taken > 14 });
    expect(stopped).toMatchObject({ interrupted: true, halfRounds: 1 });
    await rejected(bridgeRun('two-moons', 'spirals', { ...small, out }), /there is a bridge in this folder; go on with it with --resume/); // prettier-ignore
    await rejected(bridgeRun('two-moons', 'spirals', { ...small, out, resume: true, epsilon: 0.2 }), /this bridge has epsilon 0.1, got 0.2/); // prettier-ignore
    await bridgeRun('two-moons', 'spirals', { ...small, out, resume: true });
    for (const part of ['rounds/1-backward', 'rounds/1-forward', 'backward', 'forward'])
      expect(paramsOf(join(out, part)), part).toEqual(paramsOf(join(whole, part)));
    // Pairs of rounds that are over are gone; those of the last one are drawn again if they are.
    const pairs = join(out, 'pairs', '2-forward.npy');
    expect(readdirSync(join(out, 'pairs'))).toEqual(['2-forward.npy']);
    rmSync(join(out, 'forward'), { recursive: true });
    writeFileSync(pairs, readFileSync(pairs).subarray(0, 700));
    await rejected(bridgeRun('two-moons', 'spirals', { ...small, out, resume: true }), /the pairs of a round are damaged; delete the file/); // prettier-ignore
    rmSync(pairs);
    await bridgeRun('two-moons', 'spirals', { ...small, out, resume: true });
    expect(paramsOf(join(out, 'forward'))).toEqual(paramsOf(join(whole, 'forward')));
  });

  it('carries samples of either set, or others of their shape, whatever is carried with them', async () => {
    const forward = await openBridge(whole, { threads: 1 });
    expect([forward.method.name, forward.epsilon, forward.step]).toEqual(['dsbm', 0.1, 10]);
    const starts = await startsFor(whole, 'forward', { count: 5, seed: 1, data: forward.data });
    const { x, samples, evaluations } = await forward.carry(starts, { seed: 3 });
    expect([x.shape, evaluations, samples.count]).toEqual([[5, 2], 39, 5]);
    const alone = await forward.carry({ shape: [1, 2], data: starts.data.slice(0, 2) }, { seed: 3 });
    // The key of a sample is that of its number; one program computes all batches.
    expect([...alone.x.data]).toEqual([...x.data.subarray(0, 2)]);
    expect((await forward.carry(starts, { seed: 4 })).x.data).not.toEqual(x.data);
    const still = await forward.carry(starts, { noise: false, steps: 4 });
    expect(still.evaluations).toBe(7);
    const file = join(folder, 'three.npy');
    writeFileSync(file, formatNpy({ shape: [3, 2], data: normalBatch(split(key(1), 3), [2]).data }));
    expect((await startsFor(whole, 'backward', { count: 9, seed: 1, data: forward.data, init: file })).shape).toEqual([
      3, 2,
    ]);
    await forward[Symbol.asyncDispose]();
    expect(bridgeOf(join(whole, 'backward'))).toEqual({ bridge: whole, direction: 'backward' });
  });

  it('goes from the rows of one set to those of another alone, where they belong together', async () => {
    const out = join(folder, 'paired');
    const [sharp, moved] = [join(folder, 'sharp.npy'), join(folder, 'moved.npy')];
    const { data } = normalBatch(split(key(3), 300), [2]);
    writeFileSync(sharp, formatNpy({ shape: [300, 2], data }));
    writeFileSync(moved, formatNpy({ shape: [300, 2], data: data.map((value) => value + 3) }));
    const { halfRounds } = await bridgeRun(sharp, moved, {
      ...{ ...small, rounds: undefined, pairs: undefined },
      out,
      method: 'i2sb',
      steps: 300,
      epsilon: 0.01,
    });
    expect([halfRounds, existsSync(join(out, 'forward'))]).toEqual([1, false]);
    const back = await openBridge(out, { threads: 1 });
    const starts = await startsFor(out, 'backward', { count: 200, seed: 1, data: back.data });
    const { x } = await back.carry(starts, { noise: false });
    // Each sample moves by -3 in the units of the data; independent pairs would lose it: their mean distance from that is over 1.
    const scale = Array.isArray(back.data.scaler.factor) ? 0 : Number(back.data.scaler.factor);
    const factors = scale > 0 ? [scale, scale] : (back.data.scaler.factor as readonly number[]);
    const off = x.data.map((value, i) => Math.abs((value - starts.data[i]!) / factors[i % 2]! + 3));
    expect(off.reduce((sum, value) => sum + value, 0) / off.length).toBeLessThan(0.5);
    await rejected(bridgeRun(sharp, 'two-moons', { ...small, rounds: undefined, pairs: undefined, out: join(folder, 'odd'), method: 'i2sb' }), /expected sets whose rows belong together for i2sb/); // prettier-ignore
  });

  it('turns chains round in rounds, and goes on where it was stopped as if it had not been', async () => {
    const chains = { ...small, method: 'dsb', rounds: 1, chain: 4, pairs: 60, steps: 16 };
    const [at, out] = [join(folder, 'chains'), join(folder, 'stopped-chains')];
    await bridgeRun('two-moons', 'spirals', { ...chains, out: at });
    let taken = 0;
    const stopped = await bridgeRun('two-moons', 'spirals', { ...chains, out, stopRequested: () => ++taken > 11 });
    expect(stopped).toMatchObject({ interrupted: true, halfRounds: 1 });
    await rejected(bridgeRun('two-moons', 'spirals', { ...chains, out, chain: 5, resume: true }), /this bridge has chain 4, got 5/); // prettier-ignore
    await bridgeRun('two-moons', 'spirals', { ...chains, out, resume: true });
    for (const part of ['backward', 'forward'])
      expect(paramsOf(join(out, part)), part).toEqual(paramsOf(join(at, part)));
    const forward = await openBridge(at, { threads: 1 });
    const starts = await startsFor(at, 'forward', { count: 3, seed: 1, data: forward.data });
    expect((await forward.carry(starts)).evaluations).toBe(4);
    expect((await forward.carry(starts, { last: 'noise' })).x.data).not.toEqual((await forward.carry(starts)).x.data);
    await rejected(forward.carry(starts, { steps: 5 }), /steps: expected 4, the steps of the chain .* got 5/);
    await forward[Symbol.asyncDispose]();
  });

  it('is fitted without a network, whose ends are those of its law or of its paths', async () => {
    // Between N(0, 1) and N(3, 1/4) in either coordinate one Gaussian is the whole bridge.
    const n = 2000;
    const [near, far, out] = ['near.npy', 'far.npy', 'light'].map((name) => join(folder, name)) as [string, string, string]; // prettier-ignore
    const [x, y] = [5, 6].map((seed) => normalBatch(split(key(seed), n), [2]).data) as [Float64Array, Float64Array];
    writeFileSync(near, formatNpy({ shape: [n, 2], data: x }));
    writeFileSync(far, formatNpy({ shape: [n, 2], data: y.map((value) => 3 + value / 2) }));
    const fit = { out, components: 1, steps: 3000, batch: 64, epsilon: 0.2 };
    await lightRun(near, far, fit);
    const moment = (p: ArrayLike<number>, q: ArrayLike<number>): number => {
      const mean = (f: (i: number) => number): number => Array.from(p, (_, i) => f(i)).reduce((a, b) => a + b) / n;
      return mean((i) => p[i]! * q[i]!) - mean((i) => p[i]!) * mean((i) => q[i]!);
    };
    for (const direction of ['forward', 'backward'] as const) {
      const own = await openBridge(join(out, direction));
      const starts = await startsFor(out, direction, { count: n, seed: 1, data: own.data });
      const column = ({ data }: { readonly data: ArrayLike<number> }, j: number): number[] =>
        Array.from({ length: n }, (_, i) => data[2 * i + j]!);
      const others = await startsFor(out, direction === 'forward' ? 'backward' : 'forward', { count: n, seed: 1, data: own.data }); // prettier-ignore
      for (const steps of [undefined, 20]) {
        const { x: ends } = await own.carry(starts, { steps });
        for (const j of [0, 1]) {
          const [a, b, other] = [starts, ends, others].map((all) => column(all, j)) as [number[], number[], number[]];
          const [v0, v1] = [moment(a, a), moment(other, other)];
          // 4 standard errors of n pairs, which are 0.032 and 0.045, and as much again for the samples that the fit has seen.
          const c = (-0.2 + Math.sqrt(0.04 + 4 * v0 * v1)) / 2;
          expect(Math.abs(moment(b, b) / v1 - 1), `${direction} variance`).toBeLessThan(4 * Math.hypot(0.032, 0.032));
          expect(Math.abs(moment(a, b) / c - 1), `${direction} covariance`).toBeLessThan(4 * Math.hypot(0.045, 0.045));
        }
      }
      expect([own.step, (await own.carry(starts)).evaluations]).toEqual([undefined, 0]);
      const mean = await own.carry(starts, { noise: false });
      expect((await own.carry(starts, { noise: false, seed: 2 })).x.data).toEqual(mean.x.data);
      await rejected(openBridge(join(out, direction), { checkpoint: 3 }), /a light bridge has no checkpoints/);
    }
    // A direction that is there is kept; one that is not is fitted as it was.
    const file = join(out, 'backward', 'light.json');
    const before = readFileSync(file, 'utf8');
    await rejected(lightRun(near, far, fit), /there is a bridge in this folder/);
    writeFileSync(file, before.slice(0, 200));
    await rejected(openBridge(join(out, 'backward')), /light.json: .*the file is damaged/);
    rmSync(file);
    expect(Object.keys((await lightRun(near, far, { ...fit, resume: true })).losses)).toEqual(['backward']);
    expect(readFileSync(file, 'utf8')).toBe(before);
    await rejected(bridgeRun(near, far, { threads: 1, method: 'light', out: join(folder, 'none') }), /light has no network to train/); // prettier-ignore
    // The second direction cannot have other components than the first.
    await rejected(lightRun(near, far, { ...fit, components: 2, resume: true }), /this bridge has components 1, got 2/);
    await rejected(lightRun('phantoms', 'phantoms', { size: 8, limit: 4, out: join(folder, 'none') }), /expected points for light/); // prettier-ignore
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  it('has pictures of its paths', async () => {
    const files = await drawPaths(whole, { threads: 1 });
    expect(files).toEqual([join(whole, 'paths.png')]);
    expect([...readFileSync(files[0]!).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  });

  it('is between images too', async () => {
    const out = join(folder, 'images');
    const settings = { net: { width: 4, multipliers: [1], blocks: 1, attention: [] } };
    const tiny = { ...small, out, rounds: 1, size: 8, limit: 12, pairs: 8, steps: 4, batch: 4, settings };
    await bridgeRun('phantoms', 'phantoms', { ...tiny, first: 'ot' });
    const files = await drawPaths(out, { threads: 1 });
    expect(files.map((file) => file.slice(out.length + 1))).toEqual(['paths-forward.png', 'paths-backward.png']);
  });
});

describe('the folder of a bridge', () => {
  const facts = (at: string): Record<string, unknown> =>
    JSON.parse(readFileSync(join(at, 'bridge.json'), 'utf8')) as Record<string, unknown>;

  it('says of a bridge what its method has, and nothing else', () => {
    const every = ['a', 'b', 'method', 'epsilon', 'seed'];
    const own = { whole: ['rounds', 'first', 'pairs'], chains: ['rounds', 'first', 'pairs', 'chain'], light: ['components'], paired: ['first'] }; // prettier-ignore
    for (const [name, more] of Object.entries(own))
      expect(Object.keys(facts(join(folder, name))).sort(), name).toEqual([...every, ...more].sort());
  });

  it('goes on with a bridge of which an older version has said more', async () => {
    const out = join(folder, 'light');
    writeFileSync(join(out, 'bridge.json'), JSON.stringify({ ...facts(out), components: undefined, rounds: 1, first: 'independent', pairs: 20_000 })); // prettier-ignore
    const [near, far] = [join(folder, 'near.npy'), join(folder, 'far.npy')];
    expect((await lightRun(near, far, { out, components: 1, epsilon: 0.2, resume: true })).losses).toEqual({});
  });

  it('has nothing else in it, whatever the method', async () => {
    const out = join(folder, 'taken');
    mkdirSync(out);
    writeFileSync(join(out, 'notes.txt'), 'mine');
    const how = { ...small, out };
    for (const resume of [false, true]) {
      await rejected(bridgeRun('two-moons', 'spirals', { ...how, resume }), /taken: the folder is not empty; choose another --out/); // prettier-ignore
      await rejected(lightRun('two-moons', 'spirals', { out, resume }), /taken: the folder is not empty/);
    }
    await rejected(lightRun('two-moons', 'spirals', { out: join(out, 'notes.txt') }), /expected a folder for the run, found a file/); // prettier-ignore
    await rejected(bridgeRun('two-moons', 'spirals', { ...how, out: join(whole, 'forward') }), /there is a run in this folder; choose another --out/); // prettier-ignore
    expect(readdirSync(out)).toEqual(['notes.txt']);
    // What a killed write has left is no content.
    rmSync(join(out, 'notes.txt'));
    writeFileSync(temporaryPath(out), '');
    await lightRun('two-moons', 'spirals', { out, components: 2, steps: 4 });
  });
});

describe('what is wrong', () => {
  it('is said before anything is written', async () => {
    const out = join(folder, 'wrong');
    const bridge = (a: string, b: string, options: object): PromiseLike<unknown> =>
      bridgeRun(a, b, { ...small, out, ...options });
    const flat = join(folder, 'flat.npy');
    writeFileSync(flat, formatNpy({ shape: [20, 3], data: normalBatch(split(key(2), 20), [3]).data }));
    await rejected(bridge('two-moons', flat, {}), /expected two sets of one shape, two-moons has samples \[2\] and flat.npy \[3\]/); // prettier-ignore
    await rejected(bridge('two-moons', 'spirals', { epsilon: 0 }), /epsilon: expected a positive number, got 0/);
    await rejected(bridge('two-moons', 'spirals', { method: 'dsbn' }), /method: expected dsbm, dsb, light, i2sb, got dsbn; did you mean dsb/); // prettier-ignore
    await rejected(bridge('two-moons', 'spirals', { first: 'rows' }), /first: expected independent, ot, reference, got rows/); // prettier-ignore
    await rejected(bridge('two-moons', 'spirals', { chain: 9 }), /chain: is of methods that learn chains, such as dsb; dsbm learns diffusions/); // prettier-ignore
    await rejected(bridge('two-moons', 'spirals', { method: 'dsb', chain: 1 }), /chain: expected 2 to 1000 steps, got 1/); // prettier-ignore
    await rejected(bridge('two-moons', 'spirals', { rounds: 0 }), /rounds: expected a positive integer, got 0/);
    await rejected(bridge('two-moons', 'eight-gaussians', { to: 'seven' }), /to: expected one of .*; got seven/);
    expect(existsSync(out)).toBe(false);
    await rejected(bridge('two-moons', 'spirals', { components: 3 }), /components: is of light, .* dsbm has a network/);
    const paired = { method: 'i2sb', rounds: undefined, pairs: undefined };
    await rejected(bridge('two-moons', 'spirals', { ...paired, rounds: 2 }), /rounds: is of methods that learn in rounds, such as dsbm; i2sb does not/); // prettier-ignore
    await rejected(bridge('two-moons', 'spirals', { ...paired, pairs: 9 }), /pairs: is of methods that draw pairs, such as dsbm; i2sb learns from all/); // prettier-ignore
    expect(existsSync(out)).toBe(false);
    await rejected(openBridge(folder), /expected a bridge, as scorefield bridge makes it, or one of its directions/);
    await rejected(
      openModel(join(whole, 'forward')),
      /expected a run that learns a score, .*forward is a direction of a bridge/,
    );
  });
});
