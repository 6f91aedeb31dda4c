/** @file What the workers of the studio compute, in Node. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { setTimeout as pause } from 'node:timers/promises';
import { interpreter } from '../../src/backend/interpreter.ts';
import type { Backend } from '../../src/backend/program.ts';
import { key } from '../../src/base/key.ts';
import { tensor } from '../../src/base/tensor.ts';
import type { Mixture } from '../../src/data/dataset.ts';
import { eightGaussians } from '../../src/data/sets/toy.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { finish } from '../../src/sample/sampler.ts';
import { epsilon } from '../../src/sde/learning/parametrization.ts';
import { initialState } from '../../src/studio/state/address.ts';
import { collecting, nearest, particlesAt, pathOf } from '../../src/studio/tabs/particles.ts';
import { exactDensity, learnedDensity } from '../../src/studio/work/density.ts';
import { exactField, momentAt } from '../../src/studio/work/field.ts';
import { learnedScores } from '../../src/studio/work/learned.ts';
import { levelFloor } from '../../src/studio/work/levels.ts';
import { paths } from '../../src/studio/work/paths.ts';
import { exactDistance } from '../../src/studio/work/exact-samples.ts';
import { race, runners } from '../../src/studio/work/race.ts';
import { clockSteps, exactOf, processOf, timeAt, type ProcessName } from '../../src/studio/work/setting.ts';
import { averaged, startPoint } from '../../src/train/train.ts';

const names: readonly ProcessName[] = ['vp', 'sub-vp', 've', 'edm'];
const law: Mixture = { weights: [0.2, 0.8], means: [[-1, -1], [1, 1]], stds: [0.3, 0.3] }; // prettier-ignore
const single: Mixture = { weights: [1], means: [[0.5, -0.25]], stds: [0.7] };

describe('the clock of the studio', () => {
  it.each(names)('runs from tMax to tEnd without turning back, %s', (sde) => {
    const process = processOf({ sde });
    const times = Array.from({ length: 241 }, (_, k) => timeAt(process, k / 240));
    expect(times[0]).toBe(process.tMax);
    expect(times.at(-1)).toBe(process.tEnd);
    times.forEach((t, i) => {
      if (i > 0) expect(t).toBeLessThan(times[i - 1] ?? NaN);
    });
  });
});

describe('the exact field', () => {
  it.each(names)('is that of a Gaussian in closed form, in units of the picture, %s', async (sde) => {
    const [cells, arrows, reach] = [8, 5, 3];
    const found = await exactField({ law: single, sde, place: 0.6, reach, cells, arrows });
    const { alpha, sigma, scale } = momentAt({ sde }, 0.6);
    const variance = (alpha * 0.7) ** 2 + sigma ** 2;
    for (let k = 0; k < arrows ** 2; k++) {
      // The first row is the uppermost.
      const at = (i: number): number => (((i + 0.5) / arrows) * 2 - 1) * reach * scale;
      const x = [at(k % arrows), -at(Math.floor(k / arrows))];
      x.forEach((value, j) => {
        const score = (alpha * (single.means[0]?.[j] ?? NaN) - value) / variance;
        expect(found.arrows[2 * k + j]).toBeCloseTo(score * scale, 4);
      });
    }
    expect(Math.max(...found.density)).toBe(1);
  });
});

describe('particles', () => {
  it.each(['sde', 'ode'] as const)('come to the law of the data, by the %s', async (flow) => {
    const n = 1500;
    const frames = collecting();
    for await (const frame of paths(exactOf({ law, sde: 'vp' }).score, { sde: 'vp', flow, seed: 3, n }))
      frames.add(frame);
    const all = frames.frames();
    expect(all).toMatchObject({ first: 0, stride: 1 });
    expect(all?.at).toHaveLength(clockSteps + 1);
    const last = all?.at.at(-1) ?? [];
    const light = Array.from({ length: n }, (_, i) => (last[2 * i] ?? NaN) + (last[2 * i + 1] ?? NaN) < 0);
    const part = light.filter(Boolean).length / n;
    // The standard error of a fraction of 0.2 of 1500 is 0.0103.
    expect(Math.abs(part - 0.2)).toBeLessThan(4 * 0.0103);
    const spread = Math.sqrt(
      light.reduce((sum, own, i) => sum + (own ? 0 : ((last[2 * i] ?? NaN) - 1) ** 2), 0) / (n * (1 - part)),
    );
    // That of a standard deviation of 0.3 of 1200 is 0.006; 120 steps are exact to a percent.
    expect(Math.abs(spread - 0.3)).toBeLessThan(4 * 0.006 + 0.003);
  });

  it('start where one is dropped, and are found again by their path', async () => {
    const frames = collecting();
    const from = { x: 0.5, y: 2, place: 0.5 };
    for await (const frame of paths(exactOf({ law, sde: 've' }).score, { sde: 've', flow: 'ode', seed: 1, n: 1, from }))
      frames.add(frame);
    const all = frames.frames();
    if (all === undefined) throw new Error('expected frames');
    expect(all.first).toBe(clockSteps / 2);
    const [x = NaN, y = NaN] = all.at[0] ?? [];
    expect([x, y]).toEqual([0.5, 2]);
    const now = particlesAt(all, 0.75);
    expect(nearest(now, [now[0] ?? NaN, now[1] ?? NaN], 0.01)).toBe(0);
    expect(nearest(now, [9, 9], 0.5)).toBeUndefined();
    const [past, future] = pathOf(all, 0, 0.75);
    expect([...past.slice(-2)]).toEqual([...now]);
    expect([...future.slice(0, 2)]).toEqual([...now]);
    expect(past.length + future.length).toBe(2 * (all.at.length + 2));
  });
});

describe('the floor of the loss', () => {
  it.each(names)('is s^2 / (s^2 + r^2) for a Gaussian, at every noise ratio r, %s', async (sde) => {
    const found = await finish(levelFloor({ law: single, sde, seed: 5 }));
    expect(found.length).toBeGreaterThan(20);
    for (const { noiseRatio, error, standardError } of found)
      expect(Math.abs(error - 0.49 / (0.49 + noiseRatio ** 2))).toBeLessThan(4.5 * standardError + 1e-9);
  });
});

describe('densities of the plane', () => {
  const ask = { law: single, sde: 'vp', reach: 3, cells: 6, points: 20, cut: 0.5, seed: 1 } as const;

  it('are those of a Gaussian in closed form, row by row from the top and along the line', () => {
    const { map, line } = exactDensity(ask);
    const process = processOf(ask);
    const [alpha, sigma] = [process.alpha(process.tMin), process.sigma(process.tMin)];
    const variance = (alpha * 0.7) ** 2 + sigma ** 2;
    const [mx, my] = [0.5 * alpha, -0.25 * alpha];
    const log = (x: number, y: number): number =>
      -Math.log(2 * Math.PI * variance) - ((x - mx) ** 2 + (y - my) ** 2) / (2 * variance);
    expect(map[1]).toBeCloseTo(log(-1.5, 2.5), 4);
    expect(line[19]).toBeCloseTo(log(2.85, 0.5), 4);
  });

  it('are found by the flow of an exact score, whose divergence from the law is none', async () => {
    const exact = exactDensity(ask);
    const { scoreJvp } = exactOf(ask);
    const steps: number[] = [];
    const run = learnedDensity({ scoreJvp, step: () => 7 }, { ...ask, tolerance: 1e-4 });
    for (;;) {
      const next = await run.next();
      if (next.done !== true) {
        steps.push(next.value.fraction);
        continue;
      }
      const { map, divergence, step, evaluations } = next.value;
      // The prior has no mean where the law has alpha(tMax) 0.56 of it left: 0.02 nats at five standard deviations.
      map.forEach((value, i) => expect(Math.abs(value - (exact.map[i] ?? NaN))).toBeLessThan(0.03));
      expect(Math.abs(divergence.value)).toBeLessThan(0.01);
      expect(step).toBe(7);
      // It can be stopped at each evaluation: two derivatives for each of three parts.
      expect(steps.length).toBeGreaterThan(evaluations);
      break;
    }
  });
});

describe('a race', () => {
  const ask = { law: eightGaussians(), sde: 'vp', seed: 1, n: 400 } as const;
  const score = exactOf(ask).score;

  it('gives each sampler the same noise and no more evaluations than it may have', async () => {
    const starts = await Promise.all(
      initialState.by.map(async (sampler) => {
        const frames: { readonly evaluations: number; readonly x: Float32Array }[] = [];
        const run = race(score, { ...ask, sampler, nfe: 20 });
        for (;;) {
          const next = await run.next();
          if (next.done === true) {
            expect(next.value.evaluations).toBeLessThanOrEqual(20);
            expect(frames.at(-1)?.evaluations).toBe(next.value.evaluations);
            return frames[0]?.x;
          }
          frames.push(next.value);
        }
      }),
    );
    for (const start of starts) expect(start).toEqual(starts[0]);
  });

  it('is won by DPM-Solver++ against Euler-Maruyama in 10 evaluations, and exact samples are nearer than either', async () => {
    const [solver, euler] = await Promise.all(
      ['dpm-solver-2m', 'euler-maruyama'].map((sampler) => finish(race(score, { ...ask, sampler, nfe: 10 }))),
    );
    const floor = exactDistance(ask);
    const distance = (one: typeof solver): number => one?.distance.value ?? NaN;
    expect(distance(solver)).toBeLessThan(distance(euler));
    expect(floor.value).toBeLessThan(distance(euler));
  });

  it('is open to every sampler whose evaluations are known before', () => {
    const all = runners();
    expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining([...initialState.by]));
    for (const { evaluationsPerStep } of all) expect(evaluationsPerStep).toBeGreaterThan(0);
  });
});

describe('a student', () => {
  it('is asked for the evaluations that it has learned, whatever the address says', async () => {
    // Its types are those of the page.
    const file = '../../src/studio/tabs/trained/asked-evaluations.ts';
    const { askedEvaluations } = (await import(file)) as {
      readonly askedEvaluations: (state: object, facts: object) => number | undefined;
    };
    expect(askedEvaluations({ evals: 50 }, { learnedNfe: undefined })).toBe(50);
    expect(askedEvaluations({ evals: 0 }, { learnedNfe: undefined })).toBeUndefined();
    expect(askedEvaluations({ evals: 50 }, { learnedNfe: 2 })).toBeUndefined();
  });
});

describe('the calls to a worker', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('reach a job that never rests: it ends within a few of its steps, and other jobs are answered meanwhile', async () => {
    const answers: { readonly kind: string; readonly id: number }[] = [];
    let receive: (event: { readonly data: unknown }) => void = () => undefined;
    vi.stubGlobal('addEventListener', (_: string, listener: typeof receive) => (receive = listener));
    vi.stubGlobal('postMessage', (answer: (typeof answers)[number]) => answers.push(answer));
    // Its types are those of the page.
    const file = '../../src/studio/work/serve.ts';
    const { serve } = (await import(file)) as { readonly serve: (handlers: object) => void };
    let steps = 0;
    serve({
      endless: async function* () {
        for (;;) {
          const until = performance.now() + 1;
          while (performance.now() < until);
          steps++;
          await Promise.resolve();
          yield undefined;
        }
      },
      quick: async function* () {
        yield await Promise.resolve(1);
        return 2;
      },
      broken: async function* (_: null, inbox: { readonly arrival: () => Promise<void> }) {
        yield null;
        await inbox.arrival();
        throw new Error('its model is gone');
      },
    });
    receive({ data: { kind: 'start', id: 1, name: 'endless', ask: null } });
    await pause(20);
    receive({ data: { kind: 'start', id: 2, name: 'quick', ask: null } });
    await pause(20);
    expect(answers).toEqual([
      { kind: 'step', id: 2, step: 1 },
      { kind: 'result', id: 2, result: 2 },
    ]);
    const before = steps;
    expect(before).toBeGreaterThan(3);
    receive({ data: { kind: 'stop', id: 1 } });
    await pause(20);
    // The step that it was in, and no other.
    expect(steps - before).toBeLessThanOrEqual(1);
    expect(answers.at(-1)).toEqual({ kind: 'stopped', id: 1 });
    // What goes wrong in a job after it is to stop is no fault.
    receive({ data: { kind: 'start', id: 3, name: 'broken', ask: null } });
    await pause(5);
    receive({ data: { kind: 'stop', id: 3 } });
    await pause(5);
    expect(answers.at(-1)).toEqual({ kind: 'stopped', id: 3 });
  });
});

describe('the learned score', () => {
  it('keeps the programs of the newest of 200 networks alone', async () => {
    const own = interpreter();
    let [compiled, open, most] = [0, 0, 0];
    const backend: Backend = {
      name: 'counted',
      compile: async (outputs, kept) => {
        const program = await own.compile(outputs, kept);
        compiled += 1;
        most = Math.max(most, (open += 1));
        return {
          ...program,
          dispose: async () => {
            open -= 1;
            await program.dispose();
          },
        };
      },
    };
    const net = mlp(2, { width: 4 });
    const sde = processOf({ sde: 'vp' });
    const process = { sde, parametrization: epsilon()(sde) };
    const scores = learnedScores(backend);
    const found = [];
    for (let step = 1; step <= 200; step++) {
      scores.put({ net, process, step, params: averaged(startPoint(net, key(step)).state) });
      // Two jobs at once, as the field and the samples of the page.
      const x = tensor([0.3, -0.2], [1, 2]);
      const [first, second] = await Promise.all([scores.score(x, 0.5), scores.score(x, 0.5)]);
      expect(first.data).toEqual(second.data);
      found.push(first.data[0]);
    }
    expect(new Set(found).size).toBe(200);
    expect(compiled).toBe(200);
    expect([open, most]).toEqual([1, 1]);
  });
});
